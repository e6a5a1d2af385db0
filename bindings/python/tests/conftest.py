"""What the tests share."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, Any

import pytest

import dabiao

if TYPE_CHECKING:
    from pathlib import Path

#: The packages that have no wheel for this Python: what imports them is skipped, by name.
WITHOUT = set(filter(None, os.environ.get("DABIAO_WITHOUT", "").split(",")))


class Skipped(pytest.Module):
    """A module of tests that cannot run here."""

    lacking: str

    def collect(self) -> list[Any]:
        pytest.skip(f"no wheel of {self.lacking} for this Python", allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Skipped | None:
    imported: set[str] = set()
    for node in ast.parse(module_path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            imported.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.split(".")[0])
    lacking = sorted(imported & WITHOUT)
    if not lacking:
        return None
    skipped: Skipped = Skipped.from_parent(parent, path=module_path)
    skipped.lacking = ", ".join(lacking)
    return skipped


def need(*, there: bool, what: str) -> None:
    """Skip the tests of a module where something is not on the machine; fail in CI."""
    if not there:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what} is missing", pytrace=False)
        pytest.skip(f"{what} is missing", allow_module_level=True)


#: A small standard with a measure of every type and rules that look at the cohort.
STANDARD = """
[standard]
id = "small"
title = { zh = "小标准", en = "Small" }
bonus_cap = 2
tie_breaks = ["2"]

[measures.trees]
type = "count"
[measures.green]
type = "number"
unit = "%"
min = 0
max = 100
[measures.lift]
type = "yes-no"
[measures.quality]
type = "label"
labels = ["优", "良", "差"]
[measures.opened]
type = "date"
[measures.closed]
type = "date"
[measures.honours]
type = "count"
[measures.accidents]
type = "count"

[[section]]
id = "1"
title = { zh = "绿化", en = "Green" }
[[section.item]]
id = "1.1"
title = { zh = "树木", en = "Trees" }
points = 10
value = "trees"
share_of_best = {}
[[section.item]]
id = "1.2"
title = { zh = "绿地率", en = "Green share" }
points = 10
value = "green"
curve = [["0%", 0], ["100%", 10]]
missing = "mean"

[[section]]
id = "2"
title = { zh = "生活", en = "Life" }
[[section.item]]
id = "2.1"
title = { zh = "电梯", en = "Lift" }
points = 10
value = "lift"
yes_no = {}
[[section.item]]
id = "2.2"
title = { zh = "品质", en = "Quality" }
points = 10
value = "quality"
levels = { "优" = 10, "良" = 6, "差" = 0 }
[[section.item]]
id = "2.3"
title = { zh = "开放天数", en = "Days open" }
points = 10
value = "days(opened, closed)"
curve = [[0, 0], [100, 10]]

[[bonus]]
id = "B1"
title = { zh = "荣誉", en = "Honours" }
value = "honours"
per_unit = { from = 0, over = 0, points = 1 }

[[veto]]
id = "V1"
title = { zh = "事故", en = "Accident" }
when = "accidents >= 1"
effect = "no-grade"

[[grade]]
id = "best"
title = { zh = "优秀", en = "Best" }
total = "80%"
[[grade]]
id = "good"
title = { zh = "良好", en = "Good" }
total = "50%"
"""

#: Values that the small standard scores, with blanks, a veto and a community without a lift.
ROWS: dict[str, list[object]] = {
    "code": ["c3", "c1", "c2", "c4"],
    "name": ["丙", "甲", "乙", "丁"],
    "district": ["南", "北", "北", "南"],
    "trees": [30, 40, None, 20],
    "green": [35.5, 80.0, None, 12.25],
    "lift": [True, True, False, None],
    "quality": ["优", "优", "良", "不涉及"],
    "opened": ["2020-01-01", "2020-01-01", "2020-03-01", None],
    "closed": ["2020-02-20", "2020-04-10", "2020-03-31", "2020-12-31"],
    "honours": [0, 3, 1, None],
    "accidents": [1, 0, 0, 0],
}


@pytest.fixture(scope="session")
def standard() -> dabiao.Standard:
    return dabiao.Standard.from_toml(STANDARD)


@pytest.fixture(scope="session")
def scores(standard: dabiao.Standard) -> dabiao.Scores:
    return standard.score(ROWS)
