"""NumPy and pandas: one thread."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from peers.formula import Engine, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from peers.standard import Standard

MATH: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}


class Numpy(Engine):
    """Over arrays."""

    name = "NumPy"
    variants: ClassVar[list[str]] = ["branches", "sums"]

    def __init__(self, standard: Standard, columns: Mapping[str, Any]) -> None:
        ticks = {name for name, column in columns.items() if column.dtype == bool}
        super().__init__(standard, ticks)
        self.columns: Any = columns

    def choose(self, variant: str) -> None:
        """Take a form."""
        self.form = variant

    def column(self, name: str) -> Term:
        return self.columns[name]

    def constant(self, value: float) -> Term:
        return value

    def where(self, condition: Term, yes: Term, no: Term) -> Term:
        return np.where(condition, yes, no)

    def compare(self, how: str, a: Term, b: Term) -> Term:
        return COMPARE[how](a, b)

    def both(self, a: Term, b: Term) -> Term:
        return a & b

    def either(self, a: Term, b: Term) -> Term:
        return a | b

    def counted(self, condition: Term) -> Term:
        return condition.astype(np.float64)

    def math(self, how: str, a: Term, b: Term) -> Term:
        return MATH[how](a, b)

    def least(self, a: Term, most: float) -> Term:
        return np.minimum(a, most)

    def most(self, a: Term, least: float) -> Term:
        return np.maximum(a, least)

    def floor(self, a: Term) -> Term:
        return np.floor(a)

    def whole(self, a: Term) -> Term:
        return np.rint(a).astype(np.int64)

    def items(self) -> list[Any]:
        """Give each item's points, without a number where it does not apply."""
        made = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for item in self.standard.items:
                points, applies = self.points(item)
                kept = points if applies is None else np.where(applies, points, np.nan)
                made.append(np.asarray(kept, dtype=np.float64))
        return made

    def sections(self) -> list[Any]:
        """Give each section's points."""
        return [self.section(section) for section in self.standard.sections]

    def run(self) -> Any:  # noqa: ANN401 - each engine's own
        """Give section points, total, grade and rank."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.finished(self.sections())

    def finished(self, sections: list[Any]) -> tuple[list[Any], Any, Any, Any]:
        """Go on from the points of the sections."""
        total, bonus = self.total(sections), self.bonus()
        if bonus is not None:
            total = total + bonus
        grade = self.grade(sections, total)
        codes = [section.code for section in self.standard.sections]
        ties = [sections[codes.index(tie)] for tie in self.standard.ties]
        return sections, total, grade, self.rank(self.key(total, ties))

    def rank(self, key: Any) -> Any:  # noqa: ANN401 - an array
        """Give competition places, 0 where there is none."""
        order = np.sort(key)
        rank = len(key) - np.searchsorted(order, key, side="right") + 1
        return np.where(key < 0, 0, rank) if self.standard.vetoes else rank

    def answers(self) -> tuple[list[Any], Any, Any, Any]:
        """Give items, total, grade and rank, to be compared."""
        _, total, grade, rank = self.run()
        return self.items(), np.asarray(total), np.asarray(grade), np.asarray(rank)


class Pandas(Numpy):
    """The same over Series."""

    name = "pandas"

    def __init__(self, standard: Standard, columns: Mapping[str, Any]) -> None:
        super().__init__(standard, columns)
        self.columns = pd.DataFrame(dict(columns), copy=False)

    def where(self, condition: Term, yes: Term, no: Term) -> Term:
        if isinstance(no, pd.Series):
            return no.where(~condition, yes)
        if isinstance(yes, pd.Series):
            return yes.where(condition, no)
        return pd.Series(np.where(condition, yes, no))

    def least(self, a: Term, most: float) -> Term:
        return a.clip(upper=most)

    def most(self, a: Term, least: float) -> Term:
        return a.clip(lower=least)

    def floor(self, a: Term) -> Term:
        return a // 1

    def whole(self, a: Term) -> Term:
        return a.round().astype("int64")

    def rank(self, key: Any) -> Any:  # noqa: ANN401 - a Series
        rank = key.rank(method="min", ascending=False)
        return rank.where(key >= 0, 0) if self.standard.vetoes else rank
