"""Tables of every library go in, and say the same."""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dabiao

from conftest import ROWS

if TYPE_CHECKING:
    from pathlib import Path


def typed() -> pl.DataFrame:
    return pl.DataFrame(ROWS, strict=False).with_columns(
        pl.col("opened", "closed").str.to_date(), pl.col("trees", "honours").cast(pl.Int16)
    )


def published(scores: dabiao.Scores) -> list[dict[str, Any]]:
    return scores.to_dicts(scores.all_columns)


@pytest.fixture(scope="module")
def expected(scores: dabiao.Scores) -> list[dict[str, Any]]:
    return published(scores)


def frames(tmp_path: Path) -> dict[str, Any]:
    frame = typed()
    frame.write_parquet(tmp_path / "table.parquet")
    frame.write_csv(tmp_path / "table.csv")
    arrow = frame.to_arrow()
    pandas = pd.DataFrame(ROWS).astype({"opened": "datetime64[ns]", "closed": "datetime64[us]"})
    duck = duckdb.connect()
    duck.register("communities", arrow)
    categorical = frame.with_columns(
        pl.col("quality", "district").cast(pl.Categorical), pl.col("code").cast(pl.Categorical)
    )
    return {
        "polars": frame,
        "polars, lazy": frame.lazy().filter(pl.col("code").is_not_null()),
        "polars, chunks": pl.concat([frame.slice(2, 2), frame.slice(0, 2)], rechunk=False),
        "polars, categorical": categorical,
        "polars, decimals": frame.with_columns(pl.col("green").cast(pl.Decimal(12, 3))),
        "polars, text": frame.with_columns(pl.all().cast(pl.String)),
        "polars, float32": frame.with_columns(pl.col("green", "trees").cast(pl.Float32)),
        "pandas": pandas,
        "pandas, filtered": pd.concat([pandas, pandas]).reset_index(drop=True).iloc[4:],
        "pandas, indexed": pandas.set_index("code"),
        "pandas, nullable": pandas.convert_dtypes(),
        "pandas, categorical": pandas.astype({"quality": "category"}),
        "pyarrow": arrow,
        "pyarrow, a batch": arrow.combine_chunks().to_batches()[0],
        "pyarrow, a reader": arrow.to_reader(),
        "pyarrow, dictionary": pa.table(
            {
                name: column.cast(pa.string()).dictionary_encode()
                for name, column in zip(arrow.column_names, arrow.columns, strict=True)
            }
        ),
        "duckdb": duck.sql("select * from communities"),
        "narwhals": nw.from_native(frame),
        "narwhals, lazy": nw.from_native(frame.lazy()),
        "narwhals of pandas": nw.from_native(pandas),
        "lists": ROWS,
        "dicts": [
            {name: values[at] for name, values in ROWS.items() if values[at] is not None}
            for at in range(4)
        ],
        "series": {name: frame[name] for name in frame.columns},
        "pandas series": {name: pandas[name] for name in pandas.columns},
        "csv": tmp_path / "table.csv",
        "csv, str": str(tmp_path / "table.csv"),
        "parquet": tmp_path / "table.parquet",
    }


NAMES = [
    "polars",
    "polars, lazy",
    "polars, chunks",
    "polars, categorical",
    "polars, decimals",
    "polars, text",
    "polars, float32",
    "pandas",
    "pandas, filtered",
    "pandas, indexed",
    "pandas, nullable",
    "pandas, categorical",
    "pyarrow",
    "pyarrow, a batch",
    "pyarrow, a reader",
    "pyarrow, dictionary",
    "duckdb",
    "narwhals",
    "narwhals, lazy",
    "narwhals of pandas",
    "lists",
    "dicts",
    "series",
    "pandas series",
    "csv",
    "csv, str",
    "parquet",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_table_scores_the_same(
    name: str, standard: dabiao.Standard, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    made = frames(tmp_path)
    assert list(made) == NAMES
    scores = standard.score(made[name])
    assert published(scores) == expected
    assert scores.advice == []


def test_digests_do_not_depend_on_the_format(standard: dabiao.Standard, tmp_path: Path) -> None:
    made = frames(tmp_path)
    digests = {standard.read(made[name]).digest for name in ["polars", "pandas", "duckdb", "csv"]}
    assert len(digests) == 1


def test_codes_of_any_type(standard: dabiao.Standard) -> None:
    code = 371002001901
    for codes in (
        pl.Series([code], dtype=pl.Int64),
        pl.Series([code], dtype=pl.UInt64),
        pl.Series([float(code)]),
        pl.Series([str(code)]),
        pl.Series([Decimal(code)]),
    ):
        assert standard.read(pl.DataFrame({"code": codes})).codes == [str(code)]
    assert standard.read({"code": [code]}).codes == [str(code)]


@pytest.mark.parametrize(
    "trees",
    [
        np.array([3, 4]),
        np.array([3.0, 4.0]),
        np.array([3, 4], dtype=np.uint8),
        (3, 4),
        iter([3, 4]),
        pa.array([3, 4]),
        [np.int64(3), np.float32(4)],
        [Decimal("3"), "4.0"],
        ["３", " 4 "],
        [3, 4.0],
    ],
    ids=repr,
)
def test_columns_of_any_kind(standard: dabiao.Standard, trees: object) -> None:
    table = standard.read({"code": ["a", "b"], "trees": trees})
    same = standard.read({"code": ["a", "b"], "trees": [3, 4]})
    assert table.digest == same.digest


def test_dates_in_lists(standard: dabiao.Standard) -> None:
    day = dt.date(2020, 7, 23)
    days = [day, dt.datetime(2020, 7, 23), pd.Timestamp("2020-07-23"), "2020年7月23日", "2020/7/23"]
    codes = list("abcde")
    table = standard.read({"code": codes, "opened": days})
    assert table.digest == standard.read({"code": codes, "opened": [day] * 5}).digest
    blank = standard.read({"code": ["a", "b"], "opened": [pd.NaT, None]})
    assert blank.digest == standard.read({"code": ["a", "b"]}).digest


def test_null_columns_and_null_likes(standard: dabiao.Standard) -> None:
    blank = standard.read({"code": ["a"]}).digest
    assert standard.read(pl.DataFrame({"code": ["a"], "trees": [None]})).digest == blank
    assert standard.read(pd.DataFrame({"code": ["a"], "trees": [None]})).digest == blank
    assert standard.read(pd.DataFrame({"code": ["a"], "trees": [float("nan")]})).digest == blank
    assert standard.read({"code": ["a"], "trees": [pd.NA]}).digest == blank
    assert standard.read({"code": ["a"], "trees": pd.Series([float("nan")])}).digest == blank


def test_a_frame_that_is_written_to_later(standard: dabiao.Standard) -> None:
    """What was read stays as it was, although pandas hands over its own memory."""
    numbers = np.array([[1.0, 2.0, np.nan], [10.0, 20.0, 30.0]])
    frame = pd.DataFrame({"code": ["a", "b", "c"], "trees": numbers[0], "green": numbers[1]})
    frame["quality"] = pd.Categorical(["优", "良", "优"])
    table = standard.read(frame)
    digest = table.digest
    scores = standard.score(table)
    before = scores.card("b").explain()
    for name in ("trees", "green"):
        held = frame[name].to_numpy()
        held.flags.writeable = True
        held[:] = 7.0
    held = cast("Any", frame["quality"]).cat.codes.to_numpy()
    held.flags.writeable = True
    held[:] = 0
    assert standard.read(frame).digest != digest
    assert table.digest == digest
    assert scores.card("b").explain() == before


def test_nan_through_narwhals(standard: dabiao.Standard) -> None:
    blank = standard.read({"code": ["a"]}).digest
    frame = pd.DataFrame({"code": ["a"], "trees": [float("nan")]})
    assert standard.read(nw.from_native(frame)).digest == blank
    series: Any = nw.from_native(frame["trees"], series_only=True)
    assert standard.read({"code": ["a"], "trees": series}).digest == blank
    exact = nw.from_native(pl.DataFrame({"code": ["a"], "trees": [float("nan")]}))
    with pytest.raises(dabiao.TableError):
        standard.read(exact)


def test_no_rows_give_no_rows(standard: dabiao.Standard, tmp_path: Path) -> None:
    empty = typed().clear()
    empty.write_csv(tmp_path / "empty.csv")
    tables: list[Any] = [
        empty,
        empty.lazy(),
        empty.to_pandas(),
        empty.to_arrow(),
        {name: [] for name in ROWS},
        tmp_path / "empty.csv",
    ]
    for table in tables:
        scores = standard.score(table)
        assert len(scores) == 0
        assert scores.to_polars().shape == (0, len(scores.columns))
        assert scores.to_pandas().shape == (0, len(scores.columns))
        assert scores.to_arrow().num_rows == 0
        assert scores.to_dicts() == []


def test_pandas_without_pyarrow(
    standard: dabiao.Standard, expected: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("no pyarrow")

    monkeypatch.setattr(pd.DataFrame, "__arrow_c_stream__", missing)
    assert published(standard.score(pd.DataFrame(ROWS))) == expected


def test_parquet_without_a_reader(
    standard: dabiao.Standard,
    expected: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "table.parquet"
    pq.write_table(typed().to_arrow(), path)
    typed().write_ipc(tmp_path / "table.arrow")
    for module in ["polars", "pyarrow", "pyarrow.parquet", "duckdb"]:
        monkeypatch.setitem(sys.modules, module, None)
    assert published(standard.score(path)) == expected
    assert published(standard.score(tmp_path / "table.arrow")) == expected


def test_faults_of_a_parquet_file_name_it(standard: dabiao.Standard, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"code": ["a", "b"], "trees": [1, -1]}).write_parquet(path)
    with pytest.raises(dabiao.TableError) as raised:
        standard.score(path)
    fault = raised.value.faults[0]
    assert (fault.file, fault.line, fault.column) == (str(path), 3, "trees")
    (tmp_path / "torn.parquet").write_bytes(path.read_bytes()[:-20])
    with pytest.raises(dabiao.TableError):
        standard.score(tmp_path / "torn.parquet")


def test_what_was_read_once_scores_often(
    standard: dabiao.Standard, expected: list[dict[str, Any]]
) -> None:
    table = standard.read(ROWS)
    assert (len(table), table.codes) == (4, ["c1", "c2", "c3", "c4"])
    assert table.attribute("district") == ["北", "北", "南", "南"]
    assert table.attribute("street") is None
    assert published(standard.score(table)) == published(standard.score(table)) == expected
    other = dabiao.Standard.builtin("weihai-2020")
    with pytest.raises(ValueError, match="another standard"):
        other.score(table)


def test_advice_is_no_fault(standard: dabiao.Standard) -> None:
    scores = standard.score({"code": ["a"], "green": ["0.1234567"]})
    assert [(a.code, a.row, a.column) for a in scores.advice] == [
        ("advice-decimals", 0, "green"),
        ("advice-percent", None, "green"),
    ]
