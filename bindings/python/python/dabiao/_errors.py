"""The errors of the library: every one a ``DabiaoError``, and so a ``ValueError``."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._dabiao import Fault

__all__ = [
    "CampaignError",
    "Cancelled",
    "CohortError",
    "DabiaoError",
    "GridError",
    "ScoreError",
    "SelectionError",
    "StandardError",
    "TableError",
]


class DabiaoError(ValueError):
    """An input is at fault.

    Attributes:
        faults: All faults that were found, up to 1,000, in the order of their places.
        more: How many more there were.

    Example:
        >>> import dabiao
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> try:
        ...     standard.score({"code": ["c1"], "training_hours": ["many"]})
        ... except dabiao.DabiaoError as error:
        ...     error.faults[0].code, error.faults[0].row, error.faults[0].column
        ('value-unreadable', 0, 'training_hours')

    """

    faults: "tuple[Fault, ...]"
    more: int

    def __init__(self, message: str = "", faults: "tuple[Fault, ...]" = (), more: int = 0) -> None:
        super().__init__(message)
        self.faults = faults
        self.more = more


class StandardError(DabiaoError):
    """A standard cannot be read, or contradicts itself."""


class TableError(DabiaoError):
    """A table of observations cannot be read into the standard's measures."""


class ScoreError(DabiaoError):
    """A table was read, and scoring it came upon a fault."""


class CohortError(ScoreError):
    """A rule needs the statistics of a cohort that are not there, or not of this standard."""


class GridError(DabiaoError):
    """A registry or a party grid is at fault."""


class SelectionError(DabiaoError):
    """A selection asks for what cannot be."""


class CampaignError(DabiaoError):
    """A campaign is at fault."""


class Cancelled(DabiaoError):  # noqa: N818 - as in asyncio and concurrent.futures
    """The run was cancelled by its progress callback or its event."""
