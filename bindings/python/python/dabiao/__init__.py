"""Scores communities against a published standard, exactly and explainably.

A :class:`Standard` (创建标准) scores a table of communities: any data frame with the Arrow
PyCapsule interface (polars, pandas, pyarrow, DuckDB, narwhals), a lazy frame, a Parquet or CSV
file, a dict of lists. The :class:`Scores` are a table again, exact to the last digit.

>>> import dabiao
>>> standard = dabiao.Standard.builtin("weihai-2020")
>>> scores = standard.score({"code": ["c2", "c1"], "deliberation_meetings": [1, 5]})
>>> scores.codes
['c1', 'c2']
>>> scores.points("2.3")
[Decimal('3.00'), Decimal('1.00')]
"""

from ._dabiao import (
    Campaign,
    CampaignResult,
    Card,
    CardItem,
    CardSection,
    Collected,
    Fault,
    GradeGap,
    Grid,
    Item,
    Measure,
    NextStep,
    Observations,
    Scored,
    Scorer,
    Scores,
    Section,
    Selection,
    Standard,
    Statistics,
    Table,
    Text,
    __version__,
    collect,
)
from ._errors import (
    CampaignError,
    Cancelled,
    CohortError,
    DabiaoError,
    GridError,
    ScoreError,
    SelectionError,
    StandardError,
    TableError,
)

__all__ = [
    "Campaign",
    "CampaignError",
    "CampaignResult",
    "Cancelled",
    "Card",
    "CardItem",
    "CardSection",
    "CohortError",
    "Collected",
    "DabiaoError",
    "Fault",
    "GradeGap",
    "Grid",
    "GridError",
    "Item",
    "Measure",
    "NextStep",
    "Observations",
    "ScoreError",
    "Scored",
    "Scorer",
    "Scores",
    "Section",
    "Selection",
    "SelectionError",
    "Standard",
    "StandardError",
    "Statistics",
    "Table",
    "TableError",
    "Text",
    "__version__",
    "collect",
]
