"""What the library takes: kept apart so that annotations can name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from ._dabiao import Observations


class ArrowStreamExportable(Protocol):
    """A table of many chunks: polars, pyarrow, pandas, DuckDB, narwhals, ``Table``, ``Scores``."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give an ``ArrowArrayStream`` in a capsule."""


class ArrowArrayExportable(Protocol):
    """A table of one chunk, such as a ``pyarrow.RecordBatch``."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Give an ``ArrowSchema`` and an ``ArrowArray`` in capsules."""


class Lazy(Protocol):
    """A table that is yet to be worked out, such as a ``polars.LazyFrame``."""

    def collect(self) -> Any:  # noqa: ANN401 - a frame of the same library
        """Work it out."""


class Event(Protocol):
    """Something that is set, such as a ``threading.Event``."""

    def is_set(self) -> bool:
        """Whether it is."""


if TYPE_CHECKING:
    #: What a table of communities can be.
    TableLike = (
        ArrowStreamExportable
        | ArrowArrayExportable
        | Lazy
        | Mapping[str, Any]
        | Sequence[Mapping[str, Any]]
        | str
        | os.PathLike[str]
        | Observations
    )
