"""Polars expressions: as many threads as ``POLARS_MAX_THREADS`` says when it is loaded."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from peers.arrays import COMPARE, MATH
from peers.formula import Engine, Term

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from peers.standard import Standard

EAGER, LAZY, STREAMING = "eager", "lazy", "streaming"
RANKED, SEARCHED = "rank()", "sort and search"


class Polars(Engine):
    """Over a data frame."""

    name = "polars expressions"
    variants: ClassVar[list[str]] = [
        ", ".join(words)
        for words in product((LAZY, STREAMING, EAGER), ("branches", "sums"), (RANKED, SEARCHED))
    ]

    def __init__(self, standard: Standard, columns: Mapping[str, Any]) -> None:
        ticks = {name for name, column in columns.items() if column.dtype == bool}
        super().__init__(standard, ticks)
        self.frame = pl.DataFrame(columns)
        self.choose(self.variants[0])

    def choose(self, variant: str) -> None:
        """Take a way of running, a form and a way of ranking."""
        self.how, self.form, self.ranking = variant.split(", ")

    def column(self, name: str) -> Term:
        return pl.col(name)

    def constant(self, value: float) -> Term:
        return pl.lit(value)

    def where(self, condition: Term, yes: Term, no: Term) -> Term:
        return pl.when(condition).then(yes).otherwise(no)

    def compare(self, how: str, a: Term, b: Term) -> Term:
        return COMPARE[how](a, b)

    def both(self, a: Term, b: Term) -> Term:
        return a & b

    def either(self, a: Term, b: Term) -> Term:
        return a | b

    def counted(self, condition: Term) -> Term:
        return condition.cast(pl.Float64)

    def math(self, how: str, a: Term, b: Term) -> Term:
        return MATH[how](a, b)

    def least(self, a: Term, most: float) -> Term:
        return a.clip(upper_bound=most)

    def most(self, a: Term, least: float) -> Term:
        return a.clip(lower_bound=least)

    def floor(self, a: Term) -> Term:
        return a.floor()

    def whole(self, a: Term) -> Term:
        return a.round().cast(pl.Int64)

    def steps_of(self) -> list[list[pl.Expr]]:
        """Give the columns that are made, each list from those before it."""
        codes = {section.code: f"s{section.code}" for section in self.standard.sections}
        sections = [self.section(s).alias(codes[s.code]) for s in self.standard.sections]
        first, bonus, taken = list(sections), self.bonus(), self.taken()
        parts = [pl.col(name) for name in codes.values()]
        if bonus is not None:
            first.append(bonus.alias("bonus"))
            parts.append(pl.col("bonus"))
        # What a condition of a veto looks at is at hand only here.
        vetoes = [v for v in self.standard.vetoes if v.best >= 0]
        if taken is not None:
            first.append(taken.alias("taken"))
        first += [self.value(veto.when).alias(f"veto{at}") for at, veto in enumerate(vetoes)]
        grade: Term = pl.lit(len(self.standard.grades) - 1, dtype=pl.Int8)
        total = pl.col("total")
        for index, asked in reversed(list(enumerate(self.standard.grades[:-1]))):
            marks = [] if asked.total is None else [total >= asked.total]
            if asked.sections is not None:
                marks += [
                    pl.col(codes[s.code]) >= round(asked.sections * s.points, 6)
                    for s in self.standard.sections
                ]
            index_of = pl.lit(index, dtype=pl.Int8)
            grade = pl.when(pl.all_horizontal(marks)).then(index_of).otherwise(grade)
        for at, veto in enumerate(vetoes):
            best = pl.lit(veto.best, dtype=pl.Int8)
            grade = pl.when(pl.col(f"veto{at}") & (grade < best)).then(best).otherwise(grade)
        scale = 10.0**self.standard.decimals
        key = self.whole(total * scale)
        for tie in self.standard.ties:
            key = key * 10_000 + self.whole(pl.col(codes[tie]) * scale)
        if taken is not None:
            gone = pl.col("taken")
            grade = pl.when(gone).then(pl.lit(-1, dtype=pl.Int8)).otherwise(grade)
            key = pl.when(gone).then(-1).otherwise(key)
        if self.ranking == RANKED:
            rank = key.rank("min", descending=True)
        else:
            found = key.sort().search_sorted(key, side="right")
            rank = (pl.len() - found.cast(pl.Int64) + 1).cast(pl.Int64)
        if taken is not None:
            rank = pl.when(pl.col("taken")).then(0).otherwise(rank)
        summed = pl.sum_horizontal(parts).alias("total")
        return [first, [summed], [grade.alias("grade"), rank.alias("rank")]]

    def plan(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Give the plan over a frame."""
        first, *others = self.steps_of()
        plan = frame.select(*(pl.col(name) for name in ("code",) if name in self.kept), *first)
        for columns in others:
            plan = plan.with_columns(columns)
        names = [f"s{section.code}" for section in self.standard.sections]
        return plan.select(*self.kept, *names, "total", "grade", "rank")

    #: Other columns that go into the result.
    kept: tuple[str, ...] = ()

    def run(self) -> Any:  # noqa: ANN401 - each engine's own
        """Give section points, total, grade and rank."""
        if self.how == EAGER:
            first, *others = self.steps_of()
            frame = self.frame.select(first)
            for columns in others:
                frame = frame.with_columns(columns)
            return frame
        engine: Any = "streaming" if self.how == STREAMING else "in-memory"
        return self.plan(self.frame.lazy()).collect(engine=engine)

    def item_columns(self) -> list[pl.Expr]:
        """Give each item's points, null where it does not apply."""
        made = []
        for at, item in enumerate(self.standard.items):
            points, applies = self.points(item)
            kept = points if applies is None else pl.when(applies).then(points)
            made.append(kept.cast(pl.Float64).alias(f"item{at}"))
        return made

    def answers(self) -> tuple[list[Any], Any, Any, Any]:
        """Give items, total, grade and rank, to be compared."""
        items = self.frame.select(self.item_columns())
        found = self.run()
        columns = [np.asarray(found[name].to_numpy()) for name in ("total", "grade", "rank")]
        return [column.to_numpy() for column in items], columns[0], columns[1], columns[2]


class PolarsCsv(Polars):
    """From a CSV file to a CSV file with what ``scores.csv`` has."""

    variants: ClassVar[list[str]] = [
        f"{how}, {form}, {RANKED}" for how, form in product((LAZY, STREAMING), ("branches", "sums"))
    ]
    kept = ("code",)

    def __init__(self, standard: Standard, folder: Path) -> None:
        Engine.__init__(self, standard, set())
        self.source, self.sink = folder / "table.csv", folder / "polars.csv"
        self.choose(self.variants[0])

    def run(self) -> None:
        """Read, mark, write."""
        types = {"code": pl.String}
        if self.how == STREAMING:
            plan = pl.scan_csv(self.source, schema_overrides=types)
            self.published(plan).sink_csv(self.sink, float_precision=self.standard.decimals)
        else:
            frame = pl.read_csv(self.source, schema_overrides=types)
            made = self.published(frame.lazy()).collect()
            made.write_csv(self.sink, float_precision=self.standard.decimals)

    def published(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Give the columns of ``scores.csv``, in the order of the codes."""
        items = self.standard.items
        columns = dict(zip([i.code for i in items], self.item_columns(), strict=True))
        plan = frame.select("code", *(column.alias(code) for code, column in columns.items()))
        sections = [
            pl.sum_horizontal([item.code for item in section.items]).alias(f"s{section.code}")
            for section in self.standard.sections
        ]
        _, *others = self.steps_of()
        plan = plan.with_columns(sections)
        for made in others:
            plan = plan.with_columns(made)
        names = [grade.code for grade in self.standard.grades]
        nothing = [
            pl.lit(None, dtype=pl.String).alias(name) for name in ("vetoes", "missing", "flags")
        ]
        grade = pl.col("grade").replace_strict(dict(enumerate(names)), return_dtype=pl.String)
        parts = []
        for section in self.standard.sections:
            parts.append(pl.col(f"s{section.code}").alias(section.code))
            parts += [pl.col(item.code) for item in section.items]
        wanted = ["code", "total", pl.lit(0.0).alias("bonus"), grade, "rank", *nothing, *parts]
        return plan.select(wanted).sort("code")

    def difference(self, folder: Path) -> dict[str, int]:
        """Count the rows that differ from those of the exact file."""
        with (folder / "scores.csv").open("rb") as ours, self.sink.open("rb") as theirs:
            pairs = zip(ours, theirs, strict=True)
            heads = next(pairs)
            if heads[0] != heads[1]:
                raise ValueError(f"other columns: {heads[0]!r}, {heads[1]!r}")
            return {"items": sum(a != b for a, b in pairs)}
