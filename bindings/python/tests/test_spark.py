"""PySpark in a local session: the very bytes of one machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyspark", reason="Spark runs on the first Python")

import polars as pl
import pyarrow as pa
from pyspark.sql import SparkSession

import dabiao
import dabiao.spark

from conftest import ROWS, STANDARD, need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame

# No pandas is used here.
pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")

need(there=shutil.which("java") is not None, what="Java 17 or later")

#: The committees of the country, when the codes are at hand and when they are made up.
COMMITTEES = 620_573

#: A standard that looks at cohorts in every way, in all and by district, and breaks ties.
COHORTS = """
[standard]
id = "cohorts"
title = "Cohorts"
tie_breaks = ["1.1", "1.3"]
[measures.trees]
type = "count"
[measures.green]
type = "number"
unit = "%"
[measures.lift]
type = "yes-no"
[[section]]
id = "1"
title = "Green"
[[section.item]]
id = "1.1"
title = "Trees"
points = 10
value = "trees"
cohort = "district"
share_of_best = {}
[[section.item]]
id = "1.2"
title = "Green share"
points = 10
value = "green"
min_max = {}
missing = "median"
[[section.item]]
id = "1.3"
title = "Place"
points = 10
value = "green / trees"
zero_denominator = "not-applicable"
rank = { start = 10, step = "0.01", floor = 0 }
[[section.item]]
id = "1.4"
title = "Lift"
points = 5
value = "lift"
yes_no = {}
[[veto]]
id = "V1"
title = "Too few"
when = "green < 1%"
effect = "no-grade"
[[grade]]
id = "good"
title = "Good"
total = "60%"
[[grade]]
id = "fair"
title = "Fair"
total = 0
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    folder = tmp_path_factory.mktemp("spark")
    builder: Any = SparkSession.builder
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "2g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.session.timeZone": "UTC",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.log.level": "ERROR",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.master("local[2]").appName("dabiao").getOrCreate()
    yield session
    session.stop()


def frame_of(session: SparkSession, table: pa.Table, parts: int) -> DataFrame:
    return session.createDataFrame(table).repartition(parts)


def bytes_of(table: pa.Table) -> str:
    """Give a digest of the table written as CSV, by code."""
    frame = pl.DataFrame(table).sort("code")
    binary = [name for name, kind in frame.schema.items() if kind == pl.Binary]
    written = frame.with_columns(pl.col(binary).bin.encode("hex")).write_csv()
    return hashlib.sha256(written.encode()).hexdigest()


def some(count: int) -> pa.Table:
    at = pl.int_range(count, eager=True)
    return (
        pl.DataFrame(
            {
                "code": "c" + at.cast(pl.String).str.zfill(6),
                "name": "社区" + at.cast(pl.String),
                "district": pl.Series(["北", "南", "东"]).gather(at % 3),
                "trees": at * 7919 % 97,
                "green": (at * 104729 % 1009) / 10.0,
                "lift": at % 5 != 0,
            }
        )
        .with_columns(
            pl.when(pl.col("trees") % 13 == 5).then(None).otherwise(pl.col("trees")).alias("trees"),
            pl.when(pl.col("green") > 100).then(None).otherwise(pl.col("green")).alias("green"),
        )
        .to_arrow()
    )


@pytest.mark.parametrize("parts", [1, 18])
def test_the_bytes_of_one_machine(session: SparkSession, parts: int) -> None:
    standard = dabiao.Standard.from_toml(COHORTS)
    table = some(2_000)
    alone = standard.score(table)
    frame = frame_of(session, table, parts)
    assert dabiao.spark.statistics(frame, standard).to_json() == alone.statistics.to_json()
    columns = alone.all_columns
    scored = dabiao.spark.score(frame, standard, columns=columns)
    assert scored.columns == columns
    assert bytes_of(scored.toArrow()) == bytes_of(alone.to_arrow(columns))
    published = dabiao.spark.score(frame, standard)
    assert published.columns == alone.columns
    assert bytes_of(published.toArrow()) == bytes_of(alone.to_arrow())


def test_statistics_of_another_run(session: SparkSession) -> None:
    standard = dabiao.Standard.from_toml(COHORTS)
    held = standard.statistics(some(500))
    part = some(20)
    frame = frame_of(session, part, 2)
    scored = dabiao.spark.score(frame, standard, statistics=held, columns=["code", "total"])
    alone = standard.score(part, statistics=held)
    assert bytes_of(scored.toArrow()) == bytes_of(alone.to_arrow(["code", "total"]))
    other = dabiao.Standard.from_toml(STANDARD)
    with pytest.raises(dabiao.CohortError):
        dabiao.spark.score(frame, other, statistics=held)


def test_faults_of_all_partitions(session: SparkSession) -> None:
    standard = dabiao.Standard.from_toml(STANDARD)
    table = pa.table({"code": list("abcdef"), "trees": [1, -1, 2, 3, -4, 5]})
    with pytest.raises(dabiao.TableError) as raised:
        dabiao.spark.score(frame_of(session, table, 3), standard)
    faults = raised.value.faults
    assert [(f.code, f.subject, f.column, f.row, f.found) for f in faults] == [
        ("value-range", "b", "trees", None, "-1"),
        ("value-range", "e", "trees", None, "-4"),
    ]
    assert "b: out of range: found -1, expected at least 0" in str(raised.value)


def test_codes_that_stand_in_two_partitions(session: SparkSession) -> None:
    standard = dabiao.Standard.from_toml(STANDARD)
    one = session.createDataFrame(pa.table({"code": ["a", "b"], "trees": [1, 2]})).coalesce(1)
    two = session.createDataFrame(pa.table({"code": ["c", " a "], "trees": [1, 2]})).coalesce(1)
    with pytest.raises(dabiao.TableError) as raised:
        dabiao.spark.score(one.union(two), standard)
    fault, *others = raised.value.faults
    assert not others
    assert (fault.code, fault.found, fault.row) == ("table-duplicate-row", "a", None)
    assert fault.expected is not None
    assert fault.expected.en == "one row a code"
    with pytest.raises(dabiao.TableError) as raised:
        dabiao.spark.score(one.union(one).coalesce(1), standard)
    assert [fault.found for fault in raised.value.faults] == ["a", "b"]


def test_faults_of_the_computation(session: SparkSession) -> None:
    text = COHORTS.replace('missing = "median"', 'missing = "error"')
    standard = dabiao.Standard.from_toml(text)
    table = some(300)
    with pytest.raises(dabiao.ScoreError) as alone:
        standard.score(table)
    with pytest.raises(dabiao.ScoreError) as raised:
        dabiao.spark.score(frame_of(session, table, 3), standard)
    assert {fault.subject for fault in raised.value.faults} == {
        fault.subject for fault in alone.value.faults
    }
    assert len(raised.value.faults) == len(alone.value.faults) > 0


def test_no_rows(session: SparkSession) -> None:
    standard = dabiao.Standard.from_toml(STANDARD)
    frame = session.createDataFrame([], "code string, name string, trees long")
    scored = dabiao.spark.score(frame, standard)
    assert scored.count() == 0
    assert scored.columns == standard.score({"code": [], "name": []}).columns


def test_what_cannot_be_asked(session: SparkSession) -> None:
    standard = dabiao.Standard.from_toml(STANDARD)
    frame = session.createDataFrame(pl.DataFrame(ROWS, strict=False).to_arrow())
    with pytest.raises(KeyError, match="none"):
        dabiao.spark.score(frame, standard, columns=["none"])
    assert dabiao.spark.score(frame, standard, columns=["rank"]).columns == ["rank"]


def committees() -> pl.DataFrame:
    """Give the country's committees, marked by arithmetic for this test alone."""
    named = os.environ.get("DABIAO_DIVISIONS")
    if named:
        frame = pl.read_csv(Path(named), schema_overrides={"code": pl.String})
        frame = frame.select("code", pl.col("areaCode").cast(pl.String).alias("district"))
    else:
        at = pl.int_range(COMMITTEES, eager=True)
        code = 110_101_001_001 + at * 1_000
        frame = pl.DataFrame(
            {"code": code.cast(pl.String), "district": (at // 210).cast(pl.String)}
        )
    at = pl.int_range(len(frame), eager=True)
    marks = []
    for place, measure in enumerate(dabiao.Standard.builtin("weihai-2020").measures, start=2):
        share = (at * (2 * place + 101) + place * place) % 101
        if measure.kind == "count":
            top = int(measure.max) if measure.max is not None else 2_000
            column = share * top // 100
            if measure.name in {"major_accidents", "disciplined_members"}:
                column = (at % 997 == place).cast(pl.Int64)
        elif measure.kind == "yes-no" and measure.level == "community":
            column = share > 30
        elif measure.kind == "label":
            column = pl.Series(measure.labels).gather(share % len(measure.labels))
        else:
            top = int(measure.max) if measure.max is not None else 1
            column = (share * 2 * top // 100) / 2.0
        marks.append(column.alias(measure.name))
    return frame.with_columns(marks)


def test_the_committees_of_the_country(session: SparkSession, tmp_path: Path) -> None:
    standard = dabiao.Standard.builtin("weihai-2020")
    table = committees()
    assert len(table) == COMMITTEES
    alone = standard.score(table)
    expected = bytes_of(alone.to_arrow())
    ranked = len([rank for rank in alone.to_polars(["rank"])["rank"] if rank is not None])
    assert COMMITTEES / 2 < ranked < COMMITTEES
    del alone
    path = tmp_path / "committees.parquet"
    table.write_parquet(path)
    frame = session.read.parquet(str(path)).repartition(8)
    dabiao.spark.score(frame, standard).write.parquet(str(tmp_path / "scores"))
    found = pl.read_parquet(tmp_path / "scores" / "*.parquet")
    assert bytes_of(found.to_arrow()) == expected
