"""A standard's TOML file, as far as the benchmarks' standards go, in plain values.

What these standards do not use (nested sections, cohorts, blanks, checks that leave …) is refused,
so that no peer is given less to do than the standard says.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

#: A name, a number, or an operator with two of the same.
Expression: TypeAlias = "str | float | tuple[str, Expression, Expression]"


@dataclass(frozen=True)
class Steps:
    """Points from marks, the highest first, at or above which they are earned."""

    marks: list[tuple[float, float]]
    otherwise: float


@dataclass(frozen=True)
class YesNo:
    """Points for yes and for no."""

    yes: float
    no: float


@dataclass(frozen=True)
class Levels:
    """Points by a label's index."""

    points: list[float]


@dataclass(frozen=True)
class Each:
    """So much for each."""

    points: float


@dataclass(frozen=True)
class Award:
    """The value itself."""


@dataclass(frozen=True)
class PerUnit:
    """From a start so much for each unit over or under a mark."""

    start: float
    mark: float
    points: float
    under: bool
    completed: bool


@dataclass(frozen=True)
class Curve:
    """Straight lines between knots, flat outside."""

    knots: list[tuple[float, float]]


@dataclass(frozen=True)
class Boxes:
    """Yes-no measures: so much for each, or by a table of how many."""

    names: list[str]
    rule: Each | Steps


@dataclass(frozen=True)
class Checks:
    """Rules of their own, added up."""

    checks: list[tuple[Expression, Rule]]


Rule: TypeAlias = Steps | YesNo | Levels | Each | Award | PerUnit | Curve | Boxes | Checks


@dataclass(frozen=True)
class Item:
    """What earns points; without full marks it is a bonus."""

    code: str
    points: float | None
    value: Expression | None
    rule: Rule
    applies: Expression | None = None
    #: What a zero denominator earns; ``None`` where the item does not apply then.
    zero: float | None = None
    denominator: Expression | None = None


@dataclass(frozen=True)
class Section:
    """Items under a title."""

    code: str
    points: float
    items: list[Item]


@dataclass(frozen=True)
class Grade:
    """The marks of a grade: of the total, and the share that every section needs."""

    code: str
    total: float | None
    sections: float | None


@dataclass(frozen=True)
class Veto:
    """A condition with the best grade that is left: an index, or -1 for none."""

    when: Expression
    best: int


@dataclass(frozen=True)
class Standard:
    """All of it."""

    code: str
    decimals: int
    measures: list[str]
    sections: list[Section]
    bonus: list[Item]
    bonus_cap: float
    grades: list[Grade]
    vetoes: list[Veto]
    ties: list[str]

    @property
    def items(self) -> list[Item]:
        """The items of all sections."""
        return [item for section in self.sections for item in section.items]


def share(text: str | float, unit: float = 1.0) -> float:
    """Read a number or a percentage; a percentage of a measure in percent stays what it is."""
    if isinstance(text, str) and text.endswith("%"):
        # Divided, since 95 * 0.01 is above 0.95.
        return float(text[:-1]) / (100 / unit)
    return float(text)


OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
}


def expression(text: str | None) -> Expression | None:
    """Read an expression or a condition."""
    if text is None:
        return None
    percent = re.sub(r"([\d.]+)%", lambda found: repr(float(found[1]) / 100), text)

    def read(node: ast.expr) -> Expression:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.BinOp(left=left, op=op, right=right):
                return (OPERATORS[type(op)], read(left), read(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return (OPERATORS[type(op)], read(left), read(right))
        raise ValueError(f"{text!r} is more than the benchmarks know")

    return read(ast.parse(percent, mode="eval").body)


class Reader:
    """Reads one file."""

    def __init__(self, path: Path) -> None:
        self.told: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        self.measures: dict[str, dict[str, Any]] = self.told["measures"]

    def rule(self, item: dict[str, Any]) -> Rule:
        """Read the rule of an item, a check or a bonus."""
        value, points = item.get("value"), item.get("points")
        measure = self.measures.get(str(value), {})
        unit = 100.0 if measure.get("unit") == "%" else 1.0
        match item:
            case {"bands": bands, "otherwise": otherwise}:
                marks = [(share(band["at_least"], unit), float(band["points"])) for band in bands]
                return Steps(marks, float(otherwise))
            case {"levels": levels}:
                return Levels([float(levels[label]) for label in measure["labels"]])
            case {"yes_no": answers}:
                yes, no = answers.get("yes", points), answers.get("no", 0)
                return YesNo(float(yes), float(no))
            case {"checklist": checklist}:
                if "table" in checklist:
                    table = {int(count): float(p) for count, p in checklist["table"].items()}
                    counted: Each | Steps = Steps(sorted(table.items(), reverse=True), 0.0)
                else:
                    counted = Each(float(checklist["each"]))
                return Boxes(checklist["boxes"], counted) if "boxes" in checklist else counted
            case {"award": _}:
                return Award()
            case {"per_unit": rule}:
                start = item["points"] if rule["from"] == "full" else rule["from"]
                under = "under" in rule
                mark = float(rule["under"] if under else rule["over"])
                completed = rule.get("steps") == "completed"
                return PerUnit(float(start), mark, float(rule["points"]), under, completed)
            case {"curve": knots}:
                return Curve([(share(x, unit), float(y)) for x, y in knots])
            case {"check": checks, "combine": "sum", "start": 0}:
                return Checks([(check["value"], self.rule(check)) for check in checks])
        raise ValueError(f"{item['id']}: a rule that the benchmarks do not know")

    def item(self, item: dict[str, Any]) -> Item:
        """Read an item or a bonus."""
        value = expression(item.get("value"))
        points = float(item["points"]) if "points" in item else None
        zero, denominator = item.get("zero_denominator"), None
        if zero is not None and isinstance(value, tuple) and value[0] == "/":
            denominator = value[2]
        earned = {None: None, "not-applicable": None, "full": points}[zero]
        applies = expression(item.get("applies"))
        return Item(item["id"], points, value, self.rule(item), applies, earned, denominator)

    def standard(self) -> Standard:
        """Read all of it."""
        about, told = self.told["standard"], self.told
        grades = [
            Grade(g["id"], g.get("total"), share(g["sections"]) if "sections" in g else None)
            for g in told["grade"]
        ]
        places = [grade["id"] for grade in told["grade"]]
        vetoes = []
        for veto in told.get("veto", []):
            effect, when = veto["effect"], expression(veto["when"])
            best = -1 if effect == "no-grade" else places.index(effect["ceiling"])
            assert when is not None
            vetoes.append(Veto(when, best))
        sections = [
            Section(s["id"], float(s["points"]), [self.item(item) for item in s["item"]])
            for s in told["section"]
        ]
        return Standard(
            about["id"],
            about["decimals"],
            list(self.measures),
            sections,
            [self.item(bonus) for bonus in told.get("bonus", [])],
            float(about.get("bonus_cap", 0)),
            grades,
            vetoes,
            about["tie_breaks"],
        )


def read(path: Path) -> Standard:
    """Read a standard's file."""
    return Reader(path).standard()
