"""The conformance suite of the repository, byte for byte what Rust gives."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import pytest

import dabiao

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TOP = next(
    folder
    for folder in Path(__file__).resolve().parents
    if (folder / "tests" / "conformance").is_dir()
)
CASES = sorted(path for path in (TOP / "tests" / "conformance").iterdir() if path.is_dir())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Case:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about: dict[str, Any] = tomllib.loads(
            (folder / "case.toml").read_text(encoding="utf-8")
        )

    def standard(self) -> dabiao.Standard:
        if "standard" in self.about:
            return dabiao.Standard.builtin(self.about["standard"])
        return dabiao.Standard.from_toml(
            (self.folder / "standard.toml").read_text(encoding="utf-8")
        )

    @property
    def table(self) -> Path:
        named: str | None = self.about.get("observations")
        return TOP / named if named else self.folder / "observations.csv"

    def expected(self, name: str) -> list[dict[str, str]] | None:
        path = self.folder / name
        return rows(path) if path.exists() else None


def place(fault: dabiao.Fault, key: str) -> dict[str, str]:
    line = "" if fault.line is None else str(fault.line)
    # In a standard, what is at fault is a part by its code.
    part = fault.subject if fault.code.startswith("standard-") else fault.column
    return {key: fault.code, "line": line, "field": part or ""}


def amount(number: object) -> object:
    if isinstance(number, dict):
        return f"{number['share']} of {number['grade']}"
    return number


def cards(scores: dabiao.Scores) -> dict[str, dict[str, str]]:
    """Every field of every card, as text."""

    def text(value: object) -> str:
        return "" if value is None else str(value)

    listed = scores.to_dicts(scores.all_columns)
    return {row["code"]: {name: text(value) for name, value in row.items()} for row in listed}


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path) -> None:
    case = Case(folder)
    faults = case.expected("expected-faults.csv")
    if faults is not None:
        with pytest.raises(dabiao.DabiaoError) as raised:
            case.standard().score(case.table)
        assert [place(fault, "fault") for fault in raised.value.faults] == faults
        return
    scores = case.standard().score(case.table, threads=1)
    found = cards(scores)
    expected = case.expected("expected.csv")
    assert expected
    wrong = [
        (row["code"], row["field"], found[row["code"]][row["field"]], row["value"])
        for row in expected
        if row["field"] in found[row["code"]] and found[row["code"]][row["field"]] != row["value"]
    ]
    assert not wrong
    assert all(row["field"] in found[row["code"]] for row in expected)
    chosen = case.expected("expected-selection.csv")
    if chosen is not None:
        tiers = [
            {key: amount(value) for key, value in tier.items()}
            for tier in case.about["selection"]["tier"]
        ]
        decided = {row["code"]: row for row in scores.select(tiers=tiers).to_dicts()}
        for row in chosen:
            assert (decided[row["code"]][row["field"]] or "") == row["value"]
    advice = case.expected("expected-advice.csv") or []
    assert [place(fault, "advice") for fault in scores.advice] == advice


@pytest.mark.parametrize(
    "folder",
    [folder for folder in CASES if Case(folder).table.exists()],
    ids=lambda folder: folder.name,
)
def test_lists_in_another_order_say_the_same(folder: Path) -> None:
    """The same texts as a dict of lists, rows the other way round, on four threads."""
    case = Case(folder)
    text = case.table.read_text(encoding="utf-8")
    heading, *body = list(csv.reader(io.StringIO(text)))
    columns = {title: [row[at] for row in reversed(body)] for at, title in enumerate(heading)}
    try:
        expected = cards(case.standard().score(case.table))
    except dabiao.DabiaoError as error:
        with pytest.raises(type(error)) as raised:
            case.standard().score(columns)
        codes = sorted(fault.code for fault in error.faults)
        assert sorted(fault.code for fault in raised.value.faults) == codes
        return
    assert cards(case.standard().score(columns, threads=4)) == expected


def test_there_are_cases() -> None:
    assert len(CASES) > 80
