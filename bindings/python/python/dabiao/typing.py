"""Types for annotations: what the library takes.

>>> from dabiao.typing import TableLike
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, Union

from ._dabiao import Observations

if TYPE_CHECKING:
    import os

__all__ = ["ArrowArrayExportable", "ArrowStreamExportable", "Event", "Lazy", "TableLike"]


class ArrowStreamExportable(Protocol):
    """A table of many chunks: polars, pyarrow, pandas, DuckDB, narwhals, ``Table``, ``Scores``.

    Example:
        >>> import dabiao
        >>> table = dabiao.Standard.builtin("weihai-2020").table()
        >>> hasattr(table, "__arrow_c_stream__")
        True

    """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give an ``ArrowArrayStream`` in a capsule."""


class ArrowArrayExportable(Protocol):
    """A table of one chunk, such as a ``pyarrow.RecordBatch``.

    Example:
        >>> import dabiao, pyarrow
        >>> batch = pyarrow.record_batch({"code": ["c1"]})
        >>> dabiao.Standard.builtin("weihai-2020").read(batch).codes
        ['c1']

    """

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Give an ``ArrowSchema`` and an ``ArrowArray`` in capsules."""


class Lazy(Protocol):
    """A table that is yet to be worked out, such as a ``polars.LazyFrame``.

    Example:
        >>> import dabiao, polars
        >>> lazy = polars.LazyFrame({"code": ["c1"]})
        >>> dabiao.Standard.builtin("weihai-2020").read(lazy).codes
        ['c1']

    """

    def collect(self) -> Any:  # noqa: ANN401 - a frame of the same library
        """Work it out."""


class Event(Protocol):
    """Something that is set, such as a ``threading.Event``.

    Example:
        >>> import dabiao, threading
        >>> stop = threading.Event()
        >>> dabiao.Standard.builtin("weihai-2020").score({"code": ["c1"]}, cancel=stop).codes
        ['c1']

    """

    def is_set(self) -> bool:
        """Whether it is."""


#: What a table of communities can be.
TableLike: TypeAlias = Union[
    ArrowStreamExportable,
    ArrowArrayExportable,
    Lazy,
    Mapping[str, Any],
    Sequence[Mapping[str, Any]],
    str,
    "os.PathLike[str]",
    Observations,
]
