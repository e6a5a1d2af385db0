"""Every type that an Arrow column can have is read as it is, or refused by name."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

import dabiao

WHOLE = [3, 0, None, 97]
NUMBERS: list[Any] = [
    pa.int8(),
    pa.int16(),
    pa.int32(),
    pa.int64(),
    pa.uint8(),
    pa.uint16(),
    pa.uint32(),
    pa.uint64(),
    pa.float16(),
    pa.float32(),
    pa.float64(),
    pa.decimal128(5, 2),
    pa.decimal256(40, 2),
    pa.string(),
    pa.large_string(),
    pa.string_view(),
]
if hasattr(pa, "decimal32"):  # pyarrow 19 and later
    NUMBERS += [pa.decimal32(5, 2), pa.decimal64(12, 2)]
DAYS = [dt.date(2020, 7, 23), None, dt.date(1999, 12, 31), dt.date(2024, 2, 29)]
DATES: list[Any] = [
    pa.date32(),
    pa.date64(),
    pa.timestamp("s"),
    pa.timestamp("ms"),
    pa.timestamp("us"),
    pa.timestamp("ns"),
]
LABELS = ["优", None, "差", "良"]
TEXTS: list[Any] = [pa.string(), pa.large_string(), pa.string_view()]
CODES = ["a", "b", "c", "d"]


def digest(standard: dabiao.Standard, measure: str, values: list[Any]) -> str:
    return standard.read({"code": CODES, measure: values}).digest


def arrays(values: list[Any], kind: Any) -> list[Any]:  # noqa: ANN401
    """Give the column as it is, as a part of a longer one, in chunks, and in a dictionary."""
    plain = pa.array(values)
    if plain.type != kind:
        plain = plain.cast(kind)
    longer = pa.concat_arrays([plain, plain, plain])
    made = [plain, longer.slice(4, 4), pa.chunked_array([plain.slice(0, 1), plain.slice(1)])]
    # pyarrow cannot make dictionaries of some types.
    with contextlib.suppress(pa.ArrowNotImplementedError):
        made.append(plain.dictionary_encode())
    return made


@pytest.mark.parametrize("kind", NUMBERS, ids=str)
def test_numbers(standard: dabiao.Standard, kind: Any) -> None:  # noqa: ANN401
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    text = text or pa.types.is_string_view(kind)
    values: list[Any] = [None if v is None else str(v) if text else v for v in WHOLE]
    if pa.types.is_floating(kind):
        values = [None if v is None else float(v) for v in WHOLE]
    if pa.types.is_decimal(kind):
        values = [None if v is None else Decimal(v) for v in WHOLE]
    for measure in ("trees", "green"):
        expected = digest(standard, measure, WHOLE)
        for column in arrays(values, kind):
            table = pa.table({"code": CODES, measure: column})
            assert standard.read(table).digest == expected
            for batch in table.to_batches()[:1]:
                assert len(standard.read(batch)) == len(batch)


@pytest.mark.parametrize("kind", DATES, ids=str)
def test_dates(standard: dabiao.Standard, kind: Any) -> None:  # noqa: ANN401
    expected = digest(standard, "opened", DAYS)
    for column in arrays(DAYS, kind):
        table = pa.table({"code": CODES, "opened": column})
        assert standard.read(table).digest == expected


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_labels_and_codes(standard: dabiao.Standard, kind: Any) -> None:  # noqa: ANN401
    expected = digest(standard, "quality", LABELS)
    for column in arrays(LABELS, kind):
        codes = pa.array(CODES).cast(kind)
        assert standard.read(pa.table({"code": codes, "quality": column})).digest == expected


def test_yes_and_no(standard: dabiao.Standard) -> None:
    answers = [True, None, False, True]
    expected = digest(standard, "lift", answers)
    longer = pa.array([None, *answers, True])
    for column in (pa.array(answers), longer.slice(1, 4), pa.array([1, None, 0, 1], pa.int8())):
        assert standard.read(pa.table({"code": CODES, "lift": column})).digest == expected


def test_null(standard: dabiao.Standard) -> None:
    expected = standard.read({"code": CODES}).digest
    for measure in ("trees", "green", "lift", "quality", "opened"):
        table = pa.table({"code": CODES, measure: pa.nulls(4)})
        assert standard.read(table).digest == expected


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1], [2], [3], [4]]),
        pa.array([{"a": 1}] * 4),
        pa.array([b"1"] * 4),
        pa.array([dt.timedelta(1)] * 4),
        pa.array([dt.time(1)] * 4),
        pa.array([1, 2, 3, 4], pa.timestamp("s", "UTC")),
    ],
    ids=lambda column: str(column.type),
)
def test_what_is_no_value(standard: dabiao.Standard, column: Any) -> None:  # noqa: ANN401
    for measure in ("trees", "opened"):
        with pytest.raises(dabiao.TableError) as raised:
            standard.read(pa.table({"code": CODES, measure: column}))
        fault = raised.value.faults[0]
        assert fault.code in {"value-type", "value-unreadable"}
        assert fault.column == measure
        assert fault.found
