"""A standard's marking in the few operations that every engine has.

There are two ways of writing steps and curves: ``branches`` (nested conditions) and ``sums`` (what
each mark or knot adds). Which is quicker differs from engine to engine and is measured.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from peers.standard import (
    Award,
    Boxes,
    Checks,
    Curve,
    Each,
    Levels,
    PerUnit,
    Steps,
    YesNo,
)

if TYPE_CHECKING:
    from peers.standard import Expression, Item, Rule, Section, Standard

#: An array, a column's expression, a piece of SQL …
Term: TypeAlias = Any

BRANCHES, SUMS = "branches", "sums"


class Engine:
    """An engine's operations; numbers are plain numbers."""

    name: str
    form = BRANCHES

    def __init__(self, standard: Standard, ticks: set[str]) -> None:
        self.standard = standard
        #: The columns that are true or false; other yes-no columns are 1 or 0.
        self.ticks = ticks

    # What each engine has.

    def column(self, name: str) -> Term:
        """Give a measure's column."""
        raise NotImplementedError

    def constant(self, value: float) -> Term:
        """Give a number as a column or something that joins with one."""
        raise NotImplementedError

    def where(self, condition: Term, yes: Term, no: Term) -> Term:
        """Choose row by row."""
        raise NotImplementedError

    def compare(self, how: str, a: Term, b: Term) -> Term:
        """Compare by ``>=``, ``>``, ``<``, ``<=`` or ``==``."""
        raise NotImplementedError

    def both(self, a: Term, b: Term) -> Term:
        """Tell where both hold."""
        raise NotImplementedError

    def either(self, a: Term, b: Term) -> Term:
        """Tell where one of them holds."""
        raise NotImplementedError

    def counted(self, condition: Term) -> Term:
        """Give 1.0 where it holds and 0.0 elsewhere."""
        raise NotImplementedError

    def math(self, how: str, a: Term, b: Term) -> Term:
        """Add, take away, multiply or divide: ``+``, ``-``, ``*``, ``/``."""
        raise NotImplementedError

    def least(self, a: Term, most: float) -> Term:
        """Hold to at most a number."""
        raise NotImplementedError

    def most(self, a: Term, least: float) -> Term:
        """Hold to at least a number."""
        raise NotImplementedError

    def floor(self, a: Term) -> Term:
        """Round down."""
        raise NotImplementedError

    def whole(self, a: Term) -> Term:
        """Round to the nearest whole number, as a 64-bit one."""
        raise NotImplementedError

    # What follows from them.

    def total(self, terms: list[Term]) -> Term:
        """Add them up."""
        added = terms[0]
        for term in terms[1:]:
            added = self.math("+", added, term)
        return added

    def rounded(self, a: Term) -> Term:
        """Round to the standard's decimals, ties up."""
        scale = 10.0**self.standard.decimals
        raised = self.math("+", self.math("*", a, scale), 0.5)
        return self.math("/", self.floor(raised), scale)

    def value(self, expression: Expression) -> Term:
        """Work out an expression or a condition."""
        if isinstance(expression, str):
            return self.column(expression)
        if isinstance(expression, float):
            return expression
        how, a, b = expression
        left, right = self.value(a), self.value(b)
        return self.math(how, left, right) if how in "+-*/" else self.compare(how, left, right)

    def holds(self, expression: Expression) -> Term:
        """Tell where a condition or a yes-no measure holds."""
        if isinstance(expression, str) and expression not in self.ticks:
            return self.compare(">=", self.column(expression), 1.0)
        return self.value(expression)

    def steps(self, x: Term, rule: Steps) -> Term:
        """Give points by marks."""
        value, last = self.constant(rule.otherwise), rule.otherwise
        for mark, points in reversed(rule.marks):
            reached = self.compare(">=", x, mark)
            if self.form == SUMS:
                value = self.math("+", value, self.math("*", self.counted(reached), points - last))
                last = points
            else:
                value = self.where(reached, points, value)
        return value

    def curve(self, x: Term, knots: list[tuple[float, float]]) -> Term:
        """Give points by straight lines."""
        value = self.constant(knots[0][1])
        for (x0, y0), (x1, y1) in pairwise(knots):
            slope = (y1 - y0) / (x1 - x0)
            if self.form == SUMS:
                part = self.math("-", self.least(self.most(x, x0), x1), x0)
                value = self.math("+", value, self.math("*", part, slope))
            else:
                line = self.math("+", self.math("*", self.math("-", x, x0), slope), y0)
                value = self.where(self.compare(">=", x, x0), line, value)
        if self.form == BRANCHES:
            value = self.where(self.compare(">=", x, knots[-1][0]), knots[-1][1], value)
        return self.rounded(value)

    def rule(self, rule: Rule, value: Expression | None, points: float | None) -> Term:
        """Give an item's or a check's points, rounded and within full marks."""
        match rule:
            case YesNo():
                assert value is not None
                return self.where(self.holds(value), rule.yes, rule.no)
            case Boxes(names=names, rule=counted):
                ticks = self.total([self.counted(self.holds(name)) for name in names])
                return self.of_number(counted, ticks, points)
            case Checks(checks=checks):
                parts = [self.rule(rule, value, None) for value, rule in checks]
                added = self.most(self.total(parts), 0.0)
                return added if points is None else self.least(added, points)
        assert value is not None
        return self.of_number(rule, self.value(value), points)

    def of_number(self, rule: Rule, x: Term, points: float | None) -> Term:
        """Give the points of a number or a label's index."""
        match rule:
            case Steps():
                return self.steps(x, rule)
            case Levels(points=by_index):
                value = self.constant(by_index[-1])
                for index in reversed(range(len(by_index) - 1)):
                    value = self.where(self.compare("==", x, index), by_index[index], value)
                return value
            case Each(points=each):
                value = self.math("*", x, each)
                return value if points is None else self.least(value, points)
            case Award():
                return x
            case PerUnit():
                if rule.under:
                    distance = self.most(self.math("*", self.math("-", x, rule.mark), -1.0), 0.0)
                elif rule.mark:
                    distance = self.most(self.math("-", x, rule.mark), 0.0)
                else:
                    distance = x  # of a count
                units = self.floor(distance) if rule.completed else distance
                value = self.math("+", self.math("*", units, rule.points), rule.start)
                if rule.points < 0:
                    return self.most(value, 0.0)
                return value if points is None else self.least(value, points)
            case Curve(knots=knots):
                return self.curve(x, knots)
        raise TypeError(rule)

    def points(self, item: Item) -> tuple[Term, Term | None]:
        """Give an item's points, and where it applies, unless it always does."""
        earned = self.rule(item.rule, item.value, item.points)
        applies = None if item.applies is None else self.holds(item.applies)
        if item.denominator is not None:
            denominator = self.value(item.denominator)
            if item.zero is None:
                nonzero = self.compare(">", denominator, 0)
                applies = nonzero if applies is None else self.both(applies, nonzero)
            else:
                earned = self.where(self.compare("==", denominator, 0), item.zero, earned)
        return earned, applies

    def section(self, section: Section) -> Term:
        """Add a section's items up, scaled where some do not apply."""
        marked = [(item, *self.points(item)) for item in section.items]
        if all(applies is None for _, _, applies in marked):
            return self.total([earned for _, earned, _ in marked])
        sure = sum(item.points or 0.0 for item, _, applies in marked if applies is None)
        earned = self.total([e if a is None else self.where(a, e, 0.0) for _, e, a in marked])
        unsure = [
            self.where(applies, item.points, 0.0)
            for item, _, applies in marked
            if applies is not None
        ]
        worth = self.math("+", self.total(unsure), sure)
        return self.rounded(self.math("/", self.math("*", earned, section.points), worth))

    def bonus(self) -> Term:
        """Add the bonuses up, to their cap; nothing where there are none."""
        if not self.standard.bonus:
            return None
        parts = [self.points(bonus)[0] for bonus in self.standard.bonus]
        return self.least(self.total(parts), self.standard.bonus_cap)

    def grade(self, sections: list[Term], total: Term) -> Term:
        """Give the index of the grade, -1 where a veto takes it."""
        grade: Term = self.constant(-1)
        for index, asked in reversed(list(enumerate(self.standard.grades))):
            holds = None if asked.total is None else self.compare(">=", total, asked.total)
            for section, points in zip(self.standard.sections, sections, strict=True):
                if asked.sections is not None:
                    mark = round(asked.sections * section.points, 6)
                    reached = self.compare(">=", points, mark)
                    holds = reached if holds is None else self.both(holds, reached)
            grade = self.constant(index) if holds is None else self.where(holds, index, grade)
        for veto in self.standard.vetoes:
            if veto.best >= 0:
                under = self.both(self.value(veto.when), self.compare("<", grade, veto.best))
                grade = self.where(under, veto.best, grade)
        taken = self.taken()
        return grade if taken is None else self.where(taken, -1, grade)

    def taken(self) -> Term | None:
        """Tell where a veto takes the grade."""
        taken = None
        for veto in self.standard.vetoes:
            if veto.best < 0:
                holds = self.value(veto.when)
                taken = holds if taken is None else self.either(taken, holds)
        return taken

    def key(self, total: Term, ties: list[Term]) -> Term:
        """Give what places are by: the total, then the tie-breaks; without a place it is -1."""
        scale = 10.0**self.standard.decimals
        key = self.whole(self.math("*", total, scale))
        for tie in ties:
            key = self.math(
                "+", self.math("*", key, 10_000), self.whole(self.math("*", tie, scale))
            )
        taken = self.taken()
        return key if taken is None else self.where(taken, -1, key)
