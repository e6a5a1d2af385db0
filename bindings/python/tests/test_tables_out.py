"""Results become tables of every library."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dabiao

COLUMNS = [
    "code", "name", "district", "total", "bonus", "grade", "rank", "vetoes", "missing", "flags",
    "1", "1.1", "1.2", "2", "2.1", "2.2", "2.3",
]  # fmt: skip

#: Worked by hand. Trees: 40 is best: 10, 30: 7.5, 20: 5, blank 0. Green: the mean of 80, 35.5 and
#: 12.25 is 42.583…: 4.26. Days: 100: 10, 30: 3, 50: 5. c4's quality does not apply: 0 × 30 ÷ 20.
TOTALS = [Decimal("50.00"), Decimal("14.26"), Decimal("36.05"), Decimal("6.23")]


def test_columns_and_values(scores: dabiao.Scores) -> None:
    assert scores.columns == COLUMNS
    first, second, third, fourth = scores.to_dicts()
    assert first["bonus"] == Decimal("2.00")
    assert [row["total"] for row in scores.to_dicts()] == TOTALS
    assert (third["vetoes"], third["rank"], third["grade"]) == ("V1", None, None)
    assert third["flags"] == "grade-taken"
    assert (second["missing"], second["flags"]) == ("1.1;1.2", "imputed")
    assert [row["rank"] for row in scores.to_dicts()] == [1, 2, None, 3]
    assert (fourth["2.2"], fourth["missing"]) == (None, "2.1;2.3")
    assert [str(p) for p in scores.points("1.1")] == ["10.00", "0.00", "7.50", "5.00"]
    assert scores.points("2.2") == [Decimal(10), Decimal(6), Decimal(10), None]
    assert scores.points("total") == TOTALS
    assert scores.codes == ["c1", "c2", "c3", "c4"]
    assert "c1" in scores
    assert "c9" not in scores


def test_polars(scores: dabiao.Scores) -> None:
    frame = scores.to_polars()
    assert frame.columns == COLUMNS
    assert frame.equals(pl.DataFrame(scores))
    assert frame.schema["total"] == pl.Decimal(38, 2)
    assert frame.schema["rank"] == pl.UInt32
    assert frame["total"].to_list() == TOTALS
    assert frame["2.2"].to_list() == [Decimal(10), Decimal(6), Decimal(10), None]
    frame.write_csv()  # no column is a list
    some = scores.to_polars(["code", "B1", "total_before_bonus", "undecided", "grade_earned"])
    assert some["B1"].to_list() == [Decimal(3), Decimal(1), Decimal(0), None]
    assert some["total_before_bonus"].to_list()[0] == Decimal("48.00")


def test_pyarrow(scores: dabiao.Scores) -> None:
    table = scores.to_arrow()
    assert table.equals(pa.table(scores))
    assert table.schema.field("total").type == pa.decimal128(38, 2)
    assert table["total"].to_pylist() == TOTALS
    table.validate(full=True)


def test_pandas(scores: dabiao.Scores) -> None:
    frame = scores.to_pandas()
    assert list(frame.columns) == COLUMNS
    assert frame["total"].dtype == np.float64
    assert frame["total"].tolist() == [float(total) for total in TOTALS]
    assert np.isnan(frame["2.2"].iloc[3])
    assert frame["rank"].dtype == "Int64"
    assert frame["rank"].isna().tolist() == [False, False, True, False]
    assert frame["code"].tolist() == scores.codes
    assert frame["grade"].isna().tolist() == [False, True, True, True]
    assert frame["code"].dtype == pd.DataFrame({"code": ["a"]})["code"].dtype
    frame.loc[0, "total"] = 1.0  # it belongs to the caller
    assert scores.points("total") == TOTALS
    exact = scores.to_pandas(["total", "2.2"], exact=True)
    assert exact["total"].tolist() == TOTALS
    assert exact["2.2"].tolist()[3] is None


def test_duckdb_and_narwhals(scores: dabiao.Scores) -> None:
    relation = duckdb.sql("select sum(total), typeof(any_value(total)) from scores")
    assert relation is not None
    total, kind = relation.fetchall()[0]
    assert (total, kind) == (sum(TOTALS), "DECIMAL(38,2)")
    frame: Any = nw.from_arrow(scores, backend="polars")
    assert frame["total"].to_list() == TOTALS


def test_what_was_asked_for_is_what_comes(scores: dabiao.Scores) -> None:
    assert scores.to_polars(["total", "code"]).columns == ["total", "code"]
    assert scores.to_dicts([]) == [{}] * 4
    assert set(scores.columns) < set(scores.all_columns)
    assert scores.to_polars(scores.all_columns).shape == (4, len(scores.all_columns))
    for ask in (scores.to_polars, scores.to_arrow, scores.to_pandas, scores.to_dicts):
        with pytest.raises(KeyError, match="none"):
            ask(["none"])
    for name in ["none", "code", "rank"]:
        with pytest.raises(KeyError, match=name):
            scores.points(name)


def test_rank_keys_sort_as_places(scores: dabiao.Scores) -> None:
    frame = scores.to_polars(["rank", "rank_key"]).drop_nulls().sort("rank_key")
    assert frame["rank"].to_list() == [1, 2, 3]


def test_an_unconsumed_or_released_stream_harms_nothing(scores: dabiao.Scores) -> None:
    capsule = scores.__arrow_c_stream__()
    assert "arrow_array_stream" in repr(capsule)
    del capsule
    reader = pa.RecordBatchReader.from_stream(scores)
    assert reader.read_next_batch().num_rows == 4
    del reader


def test_a_stream_can_be_taken_once(scores: dabiao.Scores, standard: dabiao.Standard) -> None:
    class Twice:
        def __init__(self) -> None:
            self.capsule = pa.table({"code": ["a"]}).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return self.capsule

    table = Twice()
    assert len(standard.score(table)) == 1
    with pytest.raises(dabiao.TableError):
        standard.score(table)


def test_notebooks(scores: dabiao.Scores, standard: dabiao.Standard) -> None:
    html = scores._repr_html_()
    assert html.startswith('<table class="dabiao"><caption>小标准 / Small</caption>')
    assert '<td style="text-align:right">50.00</td>' in html
    evil = standard.score({"code": ["a"], "name": ["<script>&"]})._repr_html_()
    assert "&lt;script&gt;&amp;" in evil
    assert "<script>" not in evil
    many = standard.score({"code": list(range(100))})
    assert "10 of 100 rows" in many._repr_html_()


def test_tables(standard: dabiao.Standard) -> None:
    items = standard.table()
    assert len(items) == 6
    frame = items.to_polars()
    assert frame.columns == items.columns
    assert frame["code"].to_list() == ["1.1", "1.2", "2.1", "2.2", "2.3", "B1"]
    assert items.to_arrow().num_rows == items.to_pandas().shape[0] == len(items.to_dicts()) == 6
    assert "<td" in items._repr_html_()
    assert [row["code"] for row in standard.table("sections").to_dicts()] == ["1", "2"]
    measures = {row["name"]: row for row in standard.table("measures").to_dicts()}
    assert measures["quality"]["labels"] == "优;良;差"
    assert (measures["green"]["max"], measures["green"]["unit"]) == ("100", "%")
    with pytest.raises(ValueError, match="items, sections or measures"):
        standard.table("grades")  # type: ignore[arg-type]
