"""The party grid and whole campaigns."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dabiao

UNITS: dict[str, list[object]] = {
    "code": ["s", "c1", "c2", "g1", "g2", "b1", "b2"],
    "level": ["street", "社区", "community", "grid", "网格", "building", "building"],
    "parent": [None, "s", "s", "c1", "c2", "g1", "g2"],
    "name": ["街", "甲", "乙", None, None, None, None],
    "organisation": [True, True, True, True, False, True, None],
    "households": [None, 400, 300, 390, 300, 390, 300],
    "members": [None, None, None, 2, 60, None, None],
    "compound": [None, None, None, None, None, "p1", None],
}
COMPOUNDS = {"code": ["p1", "p2"], "community": ["c1", "c1"], "households": [100, 10]}


@pytest.fixture(scope="module")
def grid() -> dabiao.Grid:
    return dabiao.Grid.from_table(UNITS, COMPOUNDS)


def test_coverage(grid: dabiao.Grid) -> None:
    assert (len(grid), "c1" in grid, "c9" in grid) == (9, True, False)
    levels = {row["level"]: row for row in grid.coverage().to_dicts()}
    assert list(levels) == ["street", "community", "grid", "building"]
    assert (levels["grid"]["organised"], levels["grid"]["units"]) == (1, 2)
    assert levels["grid"]["share"] == 0.5
    communities = grid.coverage("communities").to_dicts()
    assert [(row["code"], row["organised"], row["units"]) for row in communities] == [
        ("c1", 4, 4),
        ("c2", 2, 4),
    ]
    assert communities[1]["share"] == 0.5
    assert grid.lacking() == ["g2", "b2"]
    assert (grid.lacking("c1"), grid.lacking("c2")) == ([], ["g2", "b2"])
    assert grid.codes("community") == ["c1", "c2"]
    assert grid.unheld_compounds == ["p2"]
    assert grid.unheld_households == [("c1", 10)]
    assert repr(grid) == "<Grid of 9 units in 2 communities>"
    with pytest.raises(KeyError, match="c9"):
        grid.lacking("c9")
    with pytest.raises(ValueError, match="level"):
        grid.codes("city")
    with pytest.raises(ValueError, match="levels or communities"):
        grid.coverage("streets")  # type: ignore[arg-type]


def test_advice(grid: dabiao.Grid) -> None:
    advice = grid.advice(lang="en").to_polars()
    assert ("g1", 2) in advice.select("unit", "found").rows()
    assert all(advice["source"].str.len_chars() > 0)
    assert grid.advice().columns == ["check", "unit", "found", "message", "source"]


def test_grids_from_any_table(grid: dabiao.Grid, tmp_path: Path) -> None:
    frame = pl.DataFrame(UNITS)
    frame.write_csv(tmp_path / "units.csv")
    frame.write_parquet(tmp_path / "units.parquet")
    tables: list[Any] = [
        frame,
        frame.lazy(),
        pd.DataFrame(UNITS),
        pa.table(UNITS),
        frame.to_dicts(),
        tmp_path / "units.csv",
        tmp_path / "units.parquet",
        pl.concat([frame.slice(0, 3), frame.slice(3, 4)], rechunk=False),
    ]
    for table in tables:
        made = dabiao.Grid.from_table(table, pl.DataFrame(COMPOUNDS))
        assert made.coverage("communities").to_dicts() == grid.coverage("communities").to_dicts()
        assert made.lacking() == grid.lacking()


@pytest.mark.parametrize(
    ("change", "code", "row"),
    [
        ({"parent": [None, "s", "s", "c1", "c9", "g1", "g2"]}, "unit-parent", 4),
        ({"parent": [None, "s", "s", "c1", "s", "g1", "g2"]}, "unit-parent", 4),
        ({"code": ["s", "c1", "c2", "g1", "g2", "b1", "b1"]}, "unit-duplicate", 6),
        ({"level": ["street", "x", "社区", "网格", "网格", "楼宇", "楼宇"]}, "unit-level", 1),
        ({"organisation": ["是", "maybe", "是", "是", "否", "是", ""]}, "value-unreadable", 1),
        ({"odd": [1, 2, 3, 4, 5, 6, 7]}, "table-unknown-column", None),
        ({"households": [None, -1, 300, 390, 300, 390, 300]}, None, 1),
    ],
)
def test_faulty_grids(change: dict[str, list[object]], code: str | None, row: int | None) -> None:
    for table in (UNITS | change, pl.DataFrame(UNITS | change)):
        with pytest.raises(dabiao.DabiaoError) as raised:
            dabiao.Grid.from_table(table)
        faults = raised.value.faults
        assert code is None or code in {fault.code for fault in faults}
        assert row in {fault.row for fault in faults}
        if code is not None and code.startswith("unit-"):
            assert isinstance(raised.value, dabiao.GridError)


def test_no_grids(tmp_path: Path) -> None:
    for table in (None, 1, {"code": "s"}):
        with pytest.raises(TypeError):
            dabiao.Grid.from_table(table)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        dabiao.Grid.from_table(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="free or divisions"):
        dabiao.Grid.from_table(UNITS, codes="x")  # type: ignore[arg-type]
    with pytest.raises(dabiao.DabiaoError):
        dabiao.Grid.from_table(
            {"code": ["1"], "level": ["street"], "parent": [""]}, codes="divisions"
        )


def test_a_grid_fills_its_coverage(grid: dabiao.Grid) -> None:
    standard = dabiao.Standard.builtin("weihai-2020")
    table: dict[str, list[Any]] = {"code": ["c1", "c2"]}
    assert standard.score(table, grid=grid).points("1.1") == [Decimal(4), Decimal(0)]
    assert standard.score(pl.DataFrame(table), grid=grid).points("1.1") == [Decimal(4), Decimal(0)]
    with pytest.raises(dabiao.DabiaoError) as raised:
        standard.score({"code": ["c1"], "organisation_coverage": ["95%"]}, grid=grid)
    assert [fault.code for fault in raised.value.faults] == ["value-both-given"]
    with pytest.raises(dabiao.GridError) as raised:
        standard.score({"code": ["c1", "c9"]}, grid=grid)
    assert [fault.subject for fault in raised.value.faults] == ["c9"]
    assert standard.validate({"code": ["c1", "c9"]}, grid=grid) == list(raised.value.faults)
    assert standard.validate(table, grid=grid) == []


CAMPAIGN = """
[campaign]
id = "spring"
title = { zh = "创建活动", en = "Campaign" }
standard = "small.toml"
synthetic = true
communities = "communities.csv"
[[phase]]
id = "self"
title = { zh = "自评", en = "self-assessment" }
observations = "self.csv"
[[phase]]
id = "review"
title = { zh = "初审", en = "review" }
observations = "review.csv"
[[selection.tier]]
id = "first"
places = 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from conftest import STANDARD  # noqa: PLC0415

    files = {
        "small.toml": STANDARD,
        "campaign.toml": CAMPAIGN,
        "communities.csv": "code,name,district\nc1,甲,北\nc2,乙,南\n",
        "self.csv": "code,trees,lift\nc1,40,是\nc2,40,是\n",
        "review.csv": "code,trees\nc1,30\nc2,40\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_campaign(folder: Path) -> None:
    campaign = dabiao.Campaign.from_file(folder / "campaign.toml")
    assert (campaign.id, campaign.title.en, campaign.synthetic) == ("spring", "Campaign", True)
    assert campaign.standard == dabiao.Standard.from_file(folder / "small.toml")
    assert campaign.advice == []
    assert "spring" in repr(campaign)
    result = campaign.run(threads=1)
    assert result.scores.points("1.1") == [Decimal("7.50"), Decimal("10.00")]
    assert result.scores.points("2.1") == [Decimal("10.00"), Decimal("10.00")]
    assert result.scores.standard == campaign.standard
    phases = dict(result.phases)
    assert list(phases) == ["self", "review"]
    assert phases["self"].points("1.1") == [Decimal("10.00"), Decimal("10.00")]
    assert result.selection is not None
    assert result.selection.chosen == ["c2"]
    assert [row["district"] for row in result.districts.to_dicts()] == ["北", "南"]
    assert len(result.streets) >= 0
    differences = {(row["code"], row["item"]): row for row in result.differences().to_dicts()}
    moved = differences["c1", "1.1"]
    assert (moved["from"], moved["to"], moved["difference"]) == ("self", "review", Decimal("-2.50"))
    assert [phase["communities"] for phase in result.summary["phases"]] == [2, 2]
    assert "2 communities" in repr(result)


def read(path: Path, *columns: str) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [tuple(row[column] for column in columns) for row in csv.DictReader(file)]


def test_a_campaign_is_written_whole(folder: Path) -> None:
    result = dabiao.Campaign.from_file(str(folder / "campaign.toml")).run()
    written = [Path(path) for path in result.write(folder / "out", lang="en")]
    names = {path.name for path in written}
    assert {"scores.csv", "items.csv", "gaps.csv", "selection.csv", "summary.json"} <= names
    assert all(path.exists() for path in written)
    assert json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))["phases"]
    # The tables say what the files say.
    assert read(folder / "out" / "scores.csv", "code", "total", "1.1", "rank") == [
        (row["code"], str(row["total"]), str(row["1.1"]), str(row["rank"]))
        for row in result.scores.to_dicts()
    ]
    selection = result.selection
    assert selection is not None
    assert sorted(read(folder / "out" / "selection.csv", "code", "outcome", "reason")) == sorted(
        (row["code"], row["outcome"], row["reason_en"]) for row in selection.to_dicts()
    )
    assert read(folder / "out" / "districts.csv", "code", "mean") == [
        (row["district"], str(row["mean"])) for row in result.districts.to_dicts()
    ]
    assert "synthetic" in (folder / "out" / "scores.csv").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="zh or en"):
        result.write(folder / "out", lang="fr")
    with pytest.raises(OSError, match=r"exist|directory"):
        result.write(folder / "self.csv")


def test_campaigns_that_cannot_run(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        dabiao.Campaign.from_file(folder / "none.toml")
    campaign = dabiao.Campaign.from_file(folder / "campaign.toml")
    with pytest.raises(dabiao.Cancelled):
        campaign.run(progress=lambda _done, _rows: False)
    with pytest.raises(ValueError, match="at least 1"):
        campaign.run(threads=0)
    (folder / "review.csv").write_text("code,trees\nc9,30\n", encoding="utf-8")
    with pytest.raises(dabiao.DabiaoError) as raised:
        dabiao.Campaign.from_file(folder / "campaign.toml")
    fault = raised.value.faults[0]
    assert fault.code == "unit-unknown"
    assert (fault.file or "").endswith("review.csv")
    (folder / "campaign.toml").write_text("[campaign]\nfoo = 1\n", encoding="utf-8")
    with pytest.raises(dabiao.DabiaoError):
        dabiao.Campaign.from_file(folder / "campaign.toml")
