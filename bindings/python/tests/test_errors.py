"""Every way to go wrong is an exception that says what, where and what was expected."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dabiao

from conftest import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAN = float("nan")


def only(standard: dabiao.Standard, table: Any) -> dabiao.Fault:  # noqa: ANN401
    with pytest.raises(dabiao.TableError) as raised:
        standard.score(table)
    assert len(raised.value.faults) == 1, raised.value
    assert raised.value.more == 0
    fault = raised.value.faults[0]
    assert str(raised.value) == str(fault) == fault.message("en") != fault.message("zh")
    assert standard.validate(table) == [fault]
    return fault


@pytest.mark.parametrize("kind", ["lists", "polars", "pandas", "pyarrow"])
@pytest.mark.parametrize(
    ("column", "values", "code", "row", "found", "expected"),
    [
        ("trees", [1, -1], "value-range", 1, "-1", "at least 0"),
        ("trees", [1.5, 2.0], "value-unreadable", 0, "1.5", "a whole number, at least 0"),
        ("trees", ["1", "many"], "value-unreadable", 1, "many", "a whole number, at least 0"),
        ("green", [50.0, 100.5], "value-range", 1, "100.5", "0 to 100"),
        ("green", [50.0, float("inf")], "value-unreadable", 1, "inf", "a number"),
        ("quality", ["优", "极好"], "value-label", 1, "极好", "优, 良, 差"),
        ("lift", ["是", "maybe"], "value-unreadable", 1, "maybe", None),
        ("opened", ["2020-01-01", "2020-02-30"], "value-unreadable", 1, "2020-02-30", None),
    ],
)
def test_values(
    standard: dabiao.Standard,
    kind: str,
    column: str,
    values: list[Any],
    code: str,
    row: int,
    found: str,
    expected: str | None,
) -> None:
    lists: dict[str, list[Any]] = {"code": ["a", "b"], column: values}
    makers: dict[str, Any] = {
        "lists": dict,
        "polars": pl.DataFrame,
        "pandas": pd.DataFrame,
        "pyarrow": pa.table,
    }
    fault = only(standard, makers[kind](lists))
    assert (fault.code, fault.row, fault.column) == (code, row, column)
    assert (fault.line, fault.subject, fault.found) == (row + 2, "ab"[row], found)
    assert fault.expected is not None
    if expected is not None:
        assert fault.expected.en == expected
    assert (fault.file, fault.sheet, fault.cell, fault.offset) == (None,) * 4


def test_nan_is_a_fault_outside_pandas(standard: dabiao.Standard) -> None:
    for table in (
        {"code": ["a"], "green": [NAN]},
        pl.DataFrame({"code": ["a"], "green": [NAN]}),
        pa.table({"code": ["a"], "green": [NAN]}),
        [{"code": "a", "green": NAN}],
    ):
        fault = only(standard, table)
        assert (fault.code, fault.row, fault.column, fault.found) == (
            "value-unreadable", 0, "green", "NaN",
        )  # fmt: skip
    assert standard.validate(pd.DataFrame({"code": ["a"], "green": [NAN]})) == []


def test_columns(standard: dabiao.Standard) -> None:
    fault = only(standard, pl.DataFrame({"trees": [1]}))
    assert (fault.code, fault.row, fault.expected) == (
        "table-missing-column", None, dabiao.Text("code", "code"),
    )  # fmt: skip
    fault = only(standard, pl.DataFrame({"code": ["a"], "tree": [1]}))
    assert (fault.code, fault.column) == ("table-unknown-column", "tree")
    assert "trees" in str(fault)
    fault = only(standard, pl.DataFrame({"code": ["a"], "名称": ["x"], "name": ["x"]}))
    assert (fault.code, fault.column) == ("table-duplicate-column", "name")
    fault = only(standard, {"code": ["a", "b"], "trees": [1]})
    assert (fault.code, fault.column, fault.found) == ("table-column-length", "trees", "1")


def test_wrong_types_are_one_fault_a_column(standard: dabiao.Standard) -> None:
    frame = pl.DataFrame({"code": ["a", "b"], "trees": [None, True], "opened": [1, 2]})
    with pytest.raises(dabiao.TableError) as raised:
        standard.score(frame)
    assert [(f.code, f.row, f.column, f.found) for f in raised.value.faults] == [
        ("value-type", 0, "opened", "Int64"),
        ("value-type", 1, "trees", "Boolean"),
    ]
    nested = pl.DataFrame({"code": ["a"], "trees": [[1]]})
    fault = only(standard, nested)
    assert (fault.code, fault.column) == ("value-type", "trees")
    assert only(standard, pl.DataFrame({"code": [["a"]]})).code == "value-type"


def test_codes(standard: dabiao.Standard) -> None:
    fault = only(standard, pl.DataFrame({"code": ["b", "a", "b"]}))
    assert (fault.code, fault.row, fault.found) == ("table-duplicate-row", 2, "b")
    fault = only(standard, {"code": ["b", "a", "b"]})
    assert (fault.code, fault.row, fault.found) == ("table-duplicate-row", 2, "b")
    fault = only(standard, pl.DataFrame({"code": ["b", None]}))
    assert (fault.code, fault.row) == ("table-empty-code", 1)


def test_all_faults_at_once_up_to_a_limit(standard: dabiao.Standard) -> None:
    table = {"code": list(range(3000)), "trees": [-1] * 3000}
    for made in (table, pl.DataFrame(table)):
        with pytest.raises(dabiao.TableError) as raised:
            standard.score(made)
        assert (len(raised.value.faults), raised.value.more) == (1000, 2000)
        assert [fault.row for fault in raised.value.faults[:3]] == [0, 1, 2]
        assert str(raised.value).count("\n") == 20
        assert str(raised.value).endswith("… and 2980 more")
        assert len(standard.validate(made)) == 1000


def test_standards() -> None:
    with pytest.raises(dabiao.StandardError) as raised:
        dabiao.Standard.from_toml('[standard]\nid = "x"\nfoo = 1')
    faults = raised.value.faults
    assert ("standard-unknown-key", 3, 1) in {(f.code, f.line, f.offset) for f in faults}
    assert all(fault.row is None for fault in faults)
    with pytest.raises(dabiao.StandardError, match="weihai-2020"):
        dabiao.Standard.builtin("nowhere")
    with pytest.raises(dabiao.StandardError):
        dabiao.Standard.from_json("{")


def test_files(tmp_path: Path, standard: dabiao.Standard) -> None:
    with pytest.raises(FileNotFoundError):
        dabiao.Standard.from_file(tmp_path / "none.toml")
    path = tmp_path / "bad.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(dabiao.StandardError, match="UTF-8"):
        dabiao.Standard.from_file(path)
    path.write_text("[standard", encoding="utf-8")
    with pytest.raises(dabiao.StandardError) as raised:
        dabiao.Standard.from_file(path)
    assert raised.value.faults[0].file == str(path)
    for name in ["none.csv", "none.parquet"]:
        with pytest.raises(FileNotFoundError):
            standard.score(tmp_path / name)
    table = tmp_path / "table.csv"
    table.write_text("code,trees\na,1\nb,x\n", encoding="utf-8")
    fault = standard.validate(table)[0]
    assert (fault.file, fault.line, fault.row, fault.column) == (str(table), 3, None, "trees")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"no parquet")
    with pytest.raises(Exception, match=r"(?i)parquet"):
        standard.score(broken)


@pytest.mark.parametrize(
    "table",
    [None, 1, b"bytes", {"code": "abc"}, {"code": 1}, {1: ["a"]}, [1], ["code"], object()],
    ids=repr,
)
def test_what_is_no_table(standard: dabiao.Standard, table: Any) -> None:  # noqa: ANN401
    for call in (standard.score, standard.read, standard.validate, standard.statistics):
        with pytest.raises(TypeError):
            call(table)


def test_cells_that_are_no_cells(standard: dabiao.Standard) -> None:
    for cell in ([1], {}, object(), 1j):
        with pytest.raises(TypeError, match="a cell cannot be"):
            standard.score({"code": ["a"], "trees": [cell]})
    fault = only(standard, {"code": ["a"], "trees": [10**30]})
    assert fault.code == "value-range"


def test_a_series_is_no_table(standard: dabiao.Standard) -> None:
    with pytest.raises((dabiao.TableError, TypeError)):
        standard.score(pl.Series("code", ["a"]))
    with pytest.raises((dabiao.TableError, TypeError)):
        standard.score(pa.array(["a"]))


class Odd:
    def __init__(self, what: object) -> None:
        self.what = what

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.what


def test_capsules_that_are_none(standard: dabiao.Standard) -> None:
    schema = pa.schema([("code", pa.string())]).__arrow_c_schema__()
    for what in (None, 1, "text", schema):
        with pytest.raises((TypeError, ValueError)):
            standard.score(Odd(what))


def test_a_stream_that_fails_halfway(standard: dabiao.Standard) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"code": ["a"]})
        raise RuntimeError("the source is gone")

    reader = pa.RecordBatchReader.from_batches(pa.schema([("code", pa.string())]), batches())
    with pytest.raises(dabiao.TableError, match="the source is gone"):
        standard.score(reader)


def test_errors_of_the_library_that_made_the_table_come_through(
    standard: dabiao.Standard,
) -> None:
    lazy = pl.LazyFrame({"code": ["a"]}).select("nothing")
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        standard.score(lazy)


def test_kinds() -> None:
    kinds = [
        dabiao.StandardError, dabiao.TableError, dabiao.ScoreError, dabiao.CohortError,
        dabiao.GridError, dabiao.SelectionError, dabiao.CampaignError, dabiao.Cancelled,
    ]  # fmt: skip
    for kind in kinds:
        assert issubclass(kind, dabiao.DabiaoError)
        assert issubclass(kind, ValueError)
        assert kind.__doc__
    assert issubclass(dabiao.CohortError, dabiao.ScoreError)


def test_scoring_faults(standard: dabiao.Standard) -> None:
    strict = dabiao.Standard.from_toml(
        """
        [standard]
        id = "strict"
        title = "Strict"
        missing = "error"
        [measures.a]
        type = "number"
        [[section]]
        id = "1"
        title = "One"
        item = [{ id = "1.1", title = "A", points = 1, value = "a * a", curve = [[0, 0], [1, 1]] }]
        """
    )
    with pytest.raises(dabiao.ScoreError) as raised:
        strict.score({"code": ["a"], "a": [None]})
    assert raised.value.faults[0].code == "value-missing"
    assert strict.validate({"code": ["a"], "a": [1e9]})[0].code == "value-computed-range"
    with pytest.raises(dabiao.CohortError) as raised:
        standard.score(ROWS, statistics=strict.statistics({"code": ["a"], "a": [1]}))
    assert raised.value.faults[0].code == "cohort-mismatch"
    with pytest.raises(dabiao.CohortError):
        standard.statistics(ROWS).merge(strict.statistics({"code": ["a"], "a": [1]}))
    with pytest.raises(dabiao.DabiaoError):
        dabiao.Statistics.from_json("{")


def test_errors_and_faults_pickle(standard: dabiao.Standard) -> None:
    with pytest.raises(dabiao.TableError) as raised:
        standard.score({"code": ["a"], "trees": ["x"]})
    again = pickle.loads(pickle.dumps(raised.value))
    assert type(again) is dabiao.TableError
    assert (str(again), again.faults, again.more) == (
        str(raised.value), raised.value.faults, 0,
    )  # fmt: skip
    fault = again.faults[0]
    assert hash(fault) == hash(raised.value.faults[0])
    assert fault.to_dict() == {
        "code": "value-unreadable", "file": None, "sheet": None, "line": 2, "row": 0,
        "column": "trees", "offset": None, "cell": None, "subject": "a", "found": "x",
        "expected": "a whole number, at least 0",
        "message": str(fault),
    }  # fmt: skip
    assert "value-unreadable" in repr(fault)


def test_arguments(standard: dabiao.Standard) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        standard.score(ROWS, threads=0)
    with pytest.raises(TypeError, match="callable"):
        standard.score(ROWS, progress=1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="is_set"):
        standard.score(ROWS, cancel=1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        standard.score(ROWS, 1)  # type: ignore[call-arg, arg-type]
    with pytest.raises(OverflowError):
        standard.score(ROWS, threads=-1)
