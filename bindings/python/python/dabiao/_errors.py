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
    """A standard cannot be read, or contradicts itself.

    Example:
        >>> import dabiao
        >>> try:
        ...     dabiao.Standard.builtin("none")
        ... except dabiao.StandardError as error:
        ...     error.faults[0].found
        'none'

    """


class TableError(DabiaoError):
    """A table of observations cannot be read into the standard's measures.

    Example:
        >>> import dabiao
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> try:
        ...     standard.score({"code": ["c1", "c1"]})
        ... except dabiao.TableError as error:
        ...     error.faults[0].code
        'table-duplicate-row'

    """


class ScoreError(DabiaoError):
    """A table was read, and scoring it came upon a fault.

    Example:
        >>> import dabiao
        >>> standard = dabiao.Standard.builtin("uci-communities")
        >>> try:
        ...     standard.card({"median_income": "0.4"})
        ... except dabiao.ScoreError as error:
        ...     type(error).__name__
        'CohortError'

    """


class CohortError(ScoreError):
    """A rule needs the statistics of a cohort that are not there, or not of this standard.

    Example:
        >>> import dabiao
        >>> standard = dabiao.Standard.builtin("uci-communities")
        >>> try:
        ...     standard.card({"median_income": "0.4"})
        ... except dabiao.CohortError as error:
        ...     error.faults[0].code
        'cohort-needed'

    """


class GridError(DabiaoError):
    """A registry or a party grid is at fault.

    Example:
        >>> import dabiao
        >>> try:
        ...     dabiao.Grid.from_table({"code": ["c"], "level": ["community"], "parent": ["s"]})
        ... except dabiao.GridError as error:
        ...     error.faults[0].code
        'unit-parent'

    """


class SelectionError(DabiaoError):
    """A selection asks for what cannot be.

    Example:
        >>> import dabiao
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> table = {"code": ["a", "b"], "district": ["north", "south"], "activities": [9, 9]}
        >>> try:
        ...     standard.score(table).select(places=1, at_least_per_district=1)
        ... except dabiao.SelectionError as error:
        ...     error.faults[0].code
        'selection-quota'

    """


class CampaignError(DabiaoError):
    """A campaign is at fault.

    Example:
        >>> import dabiao
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "campaign.toml"
        >>> _ = path.write_text("campaign = 1")
        >>> try:
        ...     dabiao.Campaign.from_file(path)
        ... except dabiao.CampaignError as error:
        ...     error.faults[0].line
        1

    """


class Cancelled(DabiaoError):  # noqa: N818 - as in asyncio and concurrent.futures
    """The run was cancelled by its progress callback or its event.

    Example:
        >>> import dabiao
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> try:
        ...     standard.score({"code": ["c1"]}, progress=lambda done, rows: False)
        ... except dabiao.Cancelled as error:
        ...     error.faults[0].code
        'run-cancelled'

    """
