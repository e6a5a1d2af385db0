"""Standards: made, looked at, pickled, compared."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import dabiao

from conftest import ROWS, STANDARD

if TYPE_CHECKING:
    from pathlib import Path


def test_built_in() -> None:
    assert "weihai-2020" in dabiao.Standard.builtin_ids()
    standard = dabiao.Standard.builtin("weihai-2020")
    assert (standard.id, standard.decimals, standard.full_marks) == ("weihai-2020", 2, Decimal(100))
    assert [section.code for section in standard.sections] == ["1", "2", "3", "4", "5", "6"]
    assert [section.points for section in standard.sections] == [15, 20, 20, 20, 15, 10]
    assert [len(section.items) for section in standard.sections] == [5, 6, 7, 7, 5, 3]
    assert sum(item.points or 0 for item in standard.items) == 100
    assert standard.notice is not None
    assert "[standard]" in standard.text
    for known in dabiao.Standard.builtin_ids():
        assert dabiao.Standard.from_toml(dabiao.Standard.builtin(known).text).id == known


def test_objects(standard: dabiao.Standard) -> None:
    item = standard["1.2"]
    assert isinstance(item, dabiao.Item)
    assert (item.code, item.section, item.kind, item.rule) == ("1.2", "1", "item", "curve")
    assert (item.value, item.points, item.evidence) == ("green", Decimal(10), None)
    assert "Green" in repr(item)
    assert item.rule_in_words("en") != item.rule_in_words() == item.rule_in_words("zh")
    section = standard["2"]
    assert isinstance(section, dabiao.Section)
    assert (section.code, section.parent, section.sections) == ("2", None, [])
    assert (section.points, section.weight) == (None, None)
    bonus = standard["B1"]
    assert isinstance(bonus, dabiao.Item)
    assert (bonus.kind, bonus.section, bonus.points) == ("bonus", None, None)
    assert [item.code for item in standard.bonus] == ["B1"]
    assert standard.deductions == []
    assert standard.grades[0] == ("best", dabiao.Text("优秀", "Best"))
    assert standard.vetoes[0][0] == "V1"
    measure = next(m for m in standard.measures if m.name == "green")
    assert (measure.kind, measure.unit) == ("number", "%")
    assert (measure.min, measure.max) == (Decimal(0), Decimal(100))
    assert (measure.level, measure.labels) == ("community", [])
    with pytest.raises(KeyError, match="9"):
        standard["9"]
    with pytest.raises(ValueError, match="expected zh or en"):
        item.rule_in_words("fr")


def test_nested_sections_and_fractions() -> None:
    standard = dabiao.Standard.from_toml(
        """
        [standard]
        id = "nested"
        title = "Nested"
        [measures.a]
        type = "count"
        [[section]]
        id = "1"
        title = "One"
        [[section.section]]
        id = "1.1"
        title = "Inner"
        weight = "1/3"
        item = [{ id = "1.1.1", title = "Leaf", points = 3, value = "a", award = {} }]
        """
    )
    inner = standard["1.1"]
    assert isinstance(inner, dabiao.Section)
    assert (inner.parent, inner.weight) == ("1", Fraction(1, 3))
    assert [s.code for s in standard.sections[0].sections] == ["1.1"]
    assert [item.code for item in standard.items] == ["1.1.1"]
    assert standard.full_marks == Fraction(1, 3)


def test_text() -> None:
    text = dabiao.Text("绿化", "Green")
    assert (text.zh, text.en, str(text)) == ("绿化", "Green", "绿化")
    assert (text.get("zh_CN"), text.get("en")) == ("绿化", "Green")
    assert dabiao.Text("绿化").en == "绿化"
    assert text == dabiao.Text("绿化", "Green") != dabiao.Text("绿化")
    assert len({text, dabiao.Text("绿化", "Green")}) == 1
    with pytest.raises(ValueError, match="expected zh or en"):
        text.get("de")


def test_files(tmp_path: Path, standard: dabiao.Standard) -> None:
    toml = tmp_path / "small.toml"
    toml.write_text(STANDARD, encoding="utf-8")
    assert dabiao.Standard.from_file(toml) == standard
    assert dabiao.Standard.from_file(str(toml)).digest == standard.digest
    document = {
        "standard": {"id": "j", "title": "J"},
        "measures": {"a": {"type": "count"}},
        "section": [
            {
                "id": "1",
                "title": "One",
                "item": [{"id": "1.1", "title": "A", "points": 1, "value": "a", "award": {}}],
            }
        ],
    }
    text = json.dumps(document)
    path = tmp_path / "j.json"
    path.write_text(text, encoding="utf-8")
    assert dabiao.Standard.from_file(path) == dabiao.Standard.from_json(text) != standard


def test_pickles(standard: dabiao.Standard) -> None:
    for original in (standard, dabiao.Standard.builtin("weihai-2020")):
        again = pickle.loads(pickle.dumps(original))
        assert again == original
        assert hash(again) == hash(original)
        assert again.text == original.text
    text = standard.title
    assert pickle.loads(pickle.dumps(text)) == text
    statistics = standard.statistics(ROWS)
    assert pickle.loads(pickle.dumps(statistics)) == statistics
    fault = standard.validate({"code": ["a"], "trees": ["x"]})[0]
    assert pickle.loads(pickle.dumps(fault)) == fault


def test_statistics_merge(standard: dabiao.Standard, scores: dabiao.Scores) -> None:
    parts = [{name: values[at : at + 2] for name, values in ROWS.items()} for at in (0, 2)]
    first, second = (standard.statistics(part, threads=1) for part in parts)
    whole = first.merge(second)
    assert whole == second.merge(first) == standard.statistics(ROWS) == scores.statistics
    assert first.merge() == first
    assert dabiao.Statistics.from_json(whole.to_json()) == whole
    rows = [row for part in parts for row in standard.score(part, statistics=whole).to_dicts()]
    alone = {row["code"]: row["1.1"] for row in rows}
    assert alone == dict(zip(scores.codes, scores.points("1.1"), strict=True))


def test_a_single_community(standard: dabiao.Standard, scores: dabiao.Scores) -> None:
    row = [{name: values[0] for name, values in ROWS.items()}]
    with pytest.raises(dabiao.CohortError):
        standard.score(row, alone=True)
    card = standard.score(row, alone=True, statistics=scores.statistics)
    assert card.points("total") == [scores.points("total")[2]]


def test_cohorts_and_items_by_code(standard: dabiao.Standard) -> None:
    assert standard.looks_at_cohorts
    assert not dabiao.Standard.builtin("weihai-2020").looks_at_cohorts
    assert (standard.item("1.2").section, standard.item("B1").kind) == ("1", "bonus")
    for code in ("1", "9", "V1"):
        with pytest.raises(KeyError, match=code):
            standard.item(code)
