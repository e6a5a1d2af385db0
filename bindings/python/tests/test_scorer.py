"""Communities one at a time: the same as cards, from dicts and from arrays."""

from __future__ import annotations

import array
import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import dabiao

STANDARD = dabiao.Standard.builtin("weihai-2020")

RECORDS: list[dict[str, Any]] = [
    {},
    {"activities": 9},
    {"activities": 9, "smart_level": "优", "station_rules": False, "training_hours": 33.3},
    {"residents": 8000, "volunteers": 1041, "major_accidents": 1, "survey_valid": 0},
    {"property_firm": "不涉及", "compounds": 0, "red_compounds": 0, "upkeep_compounds": None},
    # What only the closer look knows: titles, attributes, texts, other kinds of numbers.
    {"文体活动次数": "9", "code": "c1", "name": "甲"},
    {"activities": Decimal(9), "open_hours": np.float64(39.5), "green_campaigns": np.int32(3)},
]


@pytest.mark.parametrize("record", RECORDS)
def test_a_scorer_says_what_a_card_says(record: dict[str, Any]) -> None:
    card = STANDARD.card(record)
    scorer = dabiao.Scorer(STANDARD)
    scorer.score({"activities": 12, "smart_level": "良"})  # nothing of it stays
    scored = scorer.score(record)
    assert (scored.total, scored.grade, scored.flags) == (card.total, card.grade, card.flags)
    for section in card.sections:
        assert scored.points(section.code) == section.points
    for item in card.items:
        assert scored.points(item.code) == item.points


def test_arrays_of_numbers() -> None:
    numbers: list[float | None] = [None] * len(STANDARD.measures)
    names = [measure.name for measure in STANDARD.measures]
    for name, value in {"activities": 9, "smart_level": 1, "station_rules": 1}.items():
        numbers[names.index(name)] = value
    scorer = dabiao.Scorer(STANDARD)
    same = scorer.score({"activities": 9, "smart_level": "良", "station_rules": True})
    for record in (numbers, tuple(numbers)):
        scored = scorer.score(record)
        assert (scored.total, scored.points("3.2")) == (same.total, same.points("3.2"))
    whole = [1.0] * len(numbers)
    totals = {scorer.score(a).total for a in (whole, np.array(whole), array.array("d", whole))}
    assert len(totals) == 1


@pytest.mark.parametrize(
    "record",
    [
        {"activities": -1, "training_hours": "viele", "smart_level": 1.5},
        {"activities": float("nan")},
        {"no_such_measure": 1},
        {"activities": 2**70},
    ],
)
def test_faults_are_those_of_a_card(record: dict[str, Any]) -> None:
    with pytest.raises(dabiao.TableError) as expected:
        STANDARD.card(record)
    with pytest.raises(dabiao.TableError) as found:
        dabiao.Scorer(STANDARD).score(record)
    assert found.value.faults == expected.value.faults


def test_all_faults_of_an_array_are_told() -> None:
    scorer = dabiao.Scorer(STANDARD)
    with pytest.raises(dabiao.TableError) as found:
        scorer.score([float("nan")] * len(STANDARD.measures))
    assert len(found.value.faults) == len(STANDARD.measures)
    with pytest.raises(ValueError, match=f"3 numbers for {len(STANDARD.measures)} measures"):
        scorer.score([1.0, 2.0, 3.0])
    with pytest.raises(TypeError):
        scorer.score([datetime.date(2020, 7, 23)] * len(STANDARD.measures))  # type: ignore[list-item]
    with pytest.raises(TypeError):
        scorer.score(7)  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        scorer.score({}).points("9.9")


def test_a_rule_that_needs_a_cohort() -> None:
    example = dabiao.Standard.builtin("uci-communities")
    with pytest.raises(dabiao.CohortError):
        dabiao.Scorer(example)
    table = {"code": ["n", "s"], "median_income": ["0.4", "0.9"]}
    scores = example.score(table)
    scorer = dabiao.Scorer(example, statistics=scores.statistics)
    assert scorer.score({"median_income": 0.4}).total == scores.points("total")[0]
