"""Cards, gaps, comparisons and selections."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import dabiao

from conftest import ROWS


def changed(**columns: list[object]) -> dict[str, list[object]]:
    return ROWS | columns


def test_card(scores: dabiao.Scores) -> None:
    card = scores.card("c3")
    assert (card.code, card.name, card.attributes["district"]) == ("c3", "丙", "南")
    assert (card.total, card.total_before_bonus, card.full_marks) == (
        Decimal("36.05"), Decimal("36.05"), Decimal(50),
    )  # fmt: skip
    assert (card.bonus, card.deductions) == (Decimal("0.00"), Decimal("0.00"))
    assert (card.grade, card.grade_title, card.grade_earned) == (None, None, "good")
    assert (card.rank, card.of, card.vetoes) == (None, 4, ["V1"])
    assert card.flags == ["grade-taken"]
    assert [s.code for s in card.sections] == ["1", "2"]
    assert [(s.points, s.full, s.lost) for s in card.sections] == [
        (Decimal("11.05"), Decimal(20), Decimal("8.95")),
        (Decimal("25.00"), Decimal(30), Decimal(5)),
    ]
    assert [item.code for item in card.items] == ["1.1", "1.2", "2.1", "2.2", "2.3"]
    assert [i.code for s in card.sections for i in s.items] == [i.code for i in card.items]
    assert [item.code for item in card.bonus_items] == ["B1"]
    assert card.deduction_items == []


def test_card_items(scores: dabiao.Scores) -> None:
    card = scores.card("c3")
    item = card["1.2"]
    assert (item.points, item.full, item.lost) == (
        Decimal("3.55"), Decimal(10), Decimal("6.45"),
    )  # fmt: skip
    assert (item.title.en, item.exact_value) == ("Green share", Decimal("35.5"))
    assert item.value is not None
    assert item.value.en == "35.5%"
    assert item.rule.en
    assert item.next is not None
    assert item.next.gain is not None
    assert item.next.points == Decimal("3.55") + item.next.gain
    assert item.next.wording.zh != item.next.wording.en
    assert item.next.code == "1.2"
    assert card["B1"].points == Decimal("0.00")
    with pytest.raises(KeyError, match="9"):
        card["9"]
    excluded = scores.card("c4")["2.2"]
    assert (excluded.points, excluded.lost) == (None, None)
    assert excluded.note is not None


def test_card_in_words(scores: dabiao.Scores) -> None:
    card = scores.card("c3")
    assert card.explain("en") != card.explain() == card.explain("zh") == str(card)
    assert "35.5%" in card.explain("en")
    html = card._repr_html_()
    assert html == card.to_html() != card.to_html("en")
    assert html.startswith('<div class="dabiao-card"><h3>丙')
    assert "35.5%" in html
    again = json.loads(json.dumps(card.to_dict()))
    assert (again["code"], again["total"]) == ("c3", "36.05")
    for call in (card.explain, card.to_html):
        with pytest.raises(ValueError, match="zh or en"):
            call("fr")
    with pytest.raises(KeyError, match="c9"):
        scores.card("c9")


def test_next_grade(scores: dabiao.Scores) -> None:
    assert scores.card("c1").next_grade is None
    gap = scores.card("c2").next_grade
    assert gap is not None
    assert (gap.grade, gap.title.en, gap.vetoes) == ("good", "Good", [])
    assert "10.74" in gap.wording.en
    vetoed = scores.card("c3").next_grade
    assert vetoed is not None
    assert vetoed.vetoes == ["V1"]


def test_a_card_of_one_record(standard: dabiao.Standard, scores: dabiao.Scores) -> None:
    record = {name: values[0] for name, values in ROWS.items()}
    card = standard.card(record, statistics=scores.statistics)
    assert (card.code, card.total) == ("c3", Decimal("36.05"))
    with pytest.raises(dabiao.CohortError):
        standard.card(record)
    with pytest.raises(dabiao.TableError):
        standard.card({"trees": -1}, statistics=scores.statistics)
    with pytest.raises(TypeError):
        standard.card([1])  # type: ignore[arg-type]


def test_items(scores: dabiao.Scores) -> None:
    table = scores.items(lang="en")
    rows = table.to_dicts()
    # Five items each, and the bonus where it was observed.
    assert len(table) == 4 * 5 + 3
    of = {(row["code"], row["item"]): row for row in rows}
    assert of["c3", "1.2"]["points"] == Decimal("3.55")
    assert of["c3", "1.2"]["value"] == "35.5%"
    assert of["c4", "2.2"]["points"] is None
    some = scores.items(["c3"]).to_dicts()
    assert {row["code"] for row in some} == {"c3"}
    with pytest.raises(KeyError, match="c9"):
        scores.items(["c9"])


def test_gaps(scores: dabiao.Scores) -> None:
    rows = scores.gaps(["c2"], lang="en").to_dicts()
    assert [(row["item"], row["lost"]) for row in rows] == [
        ("1.1", Decimal("10.00")),
        ("2.1", Decimal("10.00")),
        ("2.3", Decimal("7.00")),
        ("1.2", Decimal("5.74")),
        ("2.2", Decimal("4.00")),
    ]
    assert rows[4]["value"] == "良"
    assert (rows[4]["gain"], rows[4]["full"]) == (Decimal("4.00"), Decimal("10.00"))
    assert all(row["points"] + row["lost"] == row["full"] for row in rows)
    assert scores.gaps(["c1"]).to_dicts()[0]["item"] == "1.2"
    every = scores.gaps().to_polars()
    assert every["code"].unique(maintain_order=True).to_list() == ["c1", "c2", "c3", "c4"]


def test_next_grades(scores: dabiao.Scores) -> None:
    rows = scores.next_grades(lang="en").to_dicts()
    kinds = [(row["code"], row["grade"], row["kind"], row["short"]) for row in rows]
    assert kinds == [
        ("c2", "good", "grade", None),
        ("c2", "good", "total", Decimal("10.74")),
        ("c3", "good", "grade", None),
        ("c3", "good", "veto", None),
        ("c4", "good", "grade", None),
        ("c4", "good", "total", Decimal("18.77")),
    ]
    assert rows[3]["subject"] == "V1"


def test_losses_and_groups(scores: dabiao.Scores) -> None:
    losses = {row["code"]: row for row in scores.losses().to_dicts()}
    assert losses["1.1"]["lost"] == 17.5
    assert losses["1.1"]["mean_lost"] == Decimal("4.38")
    assert (losses["2.2"]["counted"], losses["2.2"]["at_full"]) == (3, 2)
    north = {row["code"]: row for row in scores.losses("sections", codes=["c1", "c2"]).to_dicts()}
    assert list(north) == ["1", "2"]
    assert north["2"]["lost"] == 21.0
    groups = scores.groups("district").to_dicts()
    assert [(g["district"], g["communities"], g["mean"], g["rank"]) for g in groups] == [
        ("北", 2, Decimal("32.13"), 1),
        ("南", 2, Decimal("21.14"), 2),
    ]
    assert (groups[0]["best"], groups[0]["ungraded"]) == (1, 1)
    assert groups[0]["1.1"] == Decimal("5.00")
    with pytest.raises(KeyError, match="street"):
        scores.groups("street")
    with pytest.raises(ValueError, match="items or sections"):
        scores.losses("all")  # type: ignore[arg-type]


def test_compare(standard: dabiao.Standard, scores: dabiao.Scores) -> None:
    later = standard.score(changed(lift=[True, True, True, None], code=["c3", "c1", "c2", "c5"]))
    rows = {row["code"]: row for row in later.compare(scores).to_dicts()}
    assert list(rows) == ["c1", "c2", "c3", "c4", "c5"]
    assert (rows["c2"]["total_earlier"], rows["c2"]["total"], rows["c2"]["change"]) == (
        Decimal("14.26"), Decimal("24.26"), Decimal("10.00"),
    )  # fmt: skip
    assert (rows["c2"]["items"], rows["c1"]["items"]) == ("2.1", "")
    assert (rows["c4"]["total"], rows["c5"]["total_earlier"]) == (None, None)
    items = later.compare(scores, "items").to_dicts()
    assert items == [
        {
            "code": "c2", "item": "2.1", "points_earlier": Decimal("0.00"),
            "points": Decimal("10.00"), "change": Decimal("10.00"),
        }
    ]  # fmt: skip
    with pytest.raises(ValueError, match="communities or items"):
        later.compare(scores, "all")  # type: ignore[arg-type]


def test_select(scores: dabiao.Scores) -> None:
    selection = scores.select(places=2, per_district=1)
    assert isinstance(selection, dabiao.Table)
    assert (selection.chosen, selection.tied) == (["c1", "c4"], [])
    rows = {row["code"]: row for row in selection.to_dicts()}
    assert (rows["c1"]["outcome"], rows["c1"]["tier"]) == ("chosen", "1")
    assert "rank 1" in rows["c1"]["reason_en"]
    assert rows["c1"]["reason_zh"].startswith("入选")
    assert rows["c2"]["outcome"] == "not-chosen"
    assert "fill the 1 place that its district has at most" in rows["c2"]["reason_en"]
    assert ("V1" in rows["c3"]["reason_en"], rows["c3"]["total"]) == (True, Decimal("36.05"))
    assert selection.to_polars().columns == selection.columns
    assert "<td" in selection._repr_html_()
    tier = selection.tiers.to_dicts()[0]
    assert (tier["places"], tier["qualified"], tier["chosen"]) == (2, 3, 2)


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ({}, ["c1", "c2", "c4"]),
        ({"places": 1}, ["c1"]),
        ({"places": "34%"}, ["c1"]),
        ({"places": "100% of best"}, ["c1"]),
        ({"grade": "good"}, ["c1"]),
        ({"total": 14}, ["c1", "c2"]),
        ({"total": "90%"}, ["c1"]),
        ({"total": Decimal("6.23")}, ["c1", "c2", "c4"]),
        ({"places": 2, "at_least_per_district": 1}, ["c1", "c4"]),
        ({"per_district": 1, "by": "name"}, ["c1", "c2", "c4"]),
        ({"tiers": [{"places": 1}, {"id": "b", "places": 1}]}, ["c1", "c2"]),
        ({"tiers": [{"marks": {"2.1": "100%"}, "sections": 1}]}, ["c1"]),
    ],
)
def test_ways_to_select(
    scores: dabiao.Scores, arguments: dict[str, Any], chosen: list[str]
) -> None:
    assert scores.select(**arguments).chosen == chosen


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"places": 1, "at_least_per_district": 1}, dabiao.SelectionError),
        ({"grade": "none"}, dabiao.SelectionError),
        ({"tiers": [{"marks": {"9.9": 1}}]}, dabiao.SelectionError),
        ({"places": -1}, ValueError),
        ({"places": 1.5}, ValueError),
        ({"places": True}, ValueError),
        ({"places": "many"}, ValueError),
        ({"total": "much"}, ValueError),
        ({"places": 1, "tiers": [{}]}, ValueError),
        ({"tiers": [{"plaecs": 1}]}, TypeError),
        ({"tiers": [1]}, TypeError),
    ],
)
def test_selections_that_cannot_be(
    scores: dabiao.Scores, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        scores.select(**arguments)


def test_ties_stay_open(standard: dabiao.Standard) -> None:
    scores = standard.score({"code": ["a", "b", "c"], "trees": [2, 1, 1]})
    selection = scores.select(2)
    assert (selection.chosen, selection.tied) == (["a"], ["b", "c"])
    assert selection.tiers.to_dicts()[0]["open"] == 1


def test_weights_that_are_no_decimals() -> None:
    standard = dabiao.Standard.from_toml(
        """
        [standard]
        id = "thirds"
        title = "Thirds"
        [measures.a]
        type = "number"
        [[section]]
        id = "1"
        title = "One"
        weight = "1/3"
        item = [{ id = "1.1", title = "A", points = 3, value = "a", award = {} }]
        """
    )
    card = standard.card({"a": 1})
    assert (card.full_marks, card.sections[0].full) == (Fraction(1, 3), Fraction(1, 3))
    assert card.sections[0].points == Decimal("0.11")
    assert card.sections[0].lost == Fraction(1, 3) - Fraction(11, 100)
