"""DuckDB's SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import numpy as np
import pyarrow as pa

from peers.formula import Engine, Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from peers.standard import Standard

RANKED, COUNTED = "rank()", "counts of keys"


def text(term: Term) -> str:
    """Write a number as SQL; SQL stays as it is."""
    if isinstance(term, str):
        return term
    return str(term) if isinstance(term, int) else f"{term!r}::double"


class DuckDb(Engine):
    """Over a table of its own, which is its best form."""

    name = "DuckDB SQL"
    variants: ClassVar[list[str]] = [
        f"{form}, {ranking}" for form in ("branches", "sums") for ranking in (RANKED, COUNTED)
    ]

    def __init__(self, standard: Standard, columns: Mapping[str, Any], threads: int) -> None:
        ticks = {name for name, column in columns.items() if column.dtype == bool}
        super().__init__(standard, ticks)
        self.connection = duckdb.connect(config={"threads": threads})
        rows = len(columns[standard.measures[0]])
        # Its result of many threads is in no order: the rows are numbered.
        frame = pa.table({"row": np.arange(rows), **columns})
        self.connection.register("frame", frame)
        self.connection.execute("create table t as select * from frame")
        self.connection.unregister("frame")
        self.choose(self.variants[0])

    def choose(self, variant: str) -> None:
        """Take a form and a way of ranking."""
        self.form, self.ranking = variant.split(", ")

    def column(self, name: str) -> Term:
        return f'"{name}"'

    def constant(self, value: float) -> Term:
        return text(value)

    def where(self, condition: Term, yes: Term, no: Term) -> Term:
        return f"case when {condition} then {text(yes)} else {text(no)} end"

    def compare(self, how: str, a: Term, b: Term) -> Term:
        return f"({text(a)} {'=' if how == '==' else how} {text(b)})"

    def both(self, a: Term, b: Term) -> Term:
        return f"({a} and {b})"

    def either(self, a: Term, b: Term) -> Term:
        return f"({a} or {b})"

    def counted(self, condition: Term) -> Term:
        return f"cast({condition} as double)"

    def math(self, how: str, a: Term, b: Term) -> Term:
        return f"({text(a)} {how} {text(b)})"

    def least(self, a: Term, most: float) -> Term:
        return f"least({a}, {text(most)})"

    def most(self, a: Term, least: float) -> Term:
        return f"greatest({a}, {text(least)})"

    def floor(self, a: Term) -> Term:
        return f"floor({a})"

    def whole(self, a: Term) -> Term:
        return f"round({a})::bigint"

    def query(self, kept: str = "") -> str:
        """Write the whole of it; `kept` are further columns of the result."""
        names = [f"s{section.code}" for section in self.standard.sections]
        first = [
            f"{self.section(section)} as {name}"
            for section, name in zip(self.standard.sections, names, strict=True)
        ]
        bonus, taken = self.bonus(), self.taken()
        parts = [*names, "bonus"] if bonus is not None else names
        if bonus is not None:
            first.append(f"{bonus} as bonus")
        carried = {v.when: f"veto{at}" for at, v in enumerate(self.standard.vetoes) if v.best >= 0}
        first += [f"{self.value(when)} as {name}" for when, name in carried.items()]
        if taken is not None:
            first.append(f"{taken} as taken")
        after = Finished(self.standard, carried)
        by_code = dict(zip([s.code for s in self.standard.sections], names, strict=True))
        key = after.key("total", [by_code[tie] for tie in self.standard.ties])
        rank = "rank() over (order by key desc)"
        if taken is not None:
            rank = f"case when taken then 0 else {rank} end"
        wanted = f"{kept}{', '.join(names)}, total, grade"
        ctes = [
            f"a as (select {kept}{', '.join(first)} from t)",
            f"b as (select *, {' + '.join(parts)} as total from a)",
            f"c as (select *, {after.grade(names, 'total')} as grade, {key} as key from b)",
        ]
        if self.ranking == RANKED:
            return f"with {', '.join(ctes)} select {wanted}, {rank} as rank from c"
        over = "sum(n) over (order by key desc rows between unbounded preceding and 1 preceding)"
        ctes += [
            "d as (select key, count(*) as n from c group by key)",
            f"e as (select key, coalesce({over}, 0)::bigint + 1 as place from d)",
        ]
        place = "place" if taken is None else "case when taken then 0 else place end"
        return f"with {', '.join(ctes)} select {wanted}, {place} as rank from c join e using (key)"

    def run(self) -> Any:  # noqa: ANN401 - each engine's own
        """Give section points, total, grade and rank."""
        return self.connection.sql(self.query()).to_arrow_table()

    def answers(self) -> tuple[list[Any], Any, Any, Any]:
        """Give items, total, grade and rank, to be compared."""
        made = []
        for at, item in enumerate(self.standard.items):
            points, applies = self.points(item)
            kept = points if applies is None else f"case when {applies} then {points} end"
            made.append(f"({kept})::double as item{at}")
        query = f"select {', '.join(made)} from t order by row"
        items = self.connection.sql(query).to_arrow_table()
        found = self.connection.sql(f"{self.query('row, ')} order by row").to_arrow_table()
        columns = [found[name].to_numpy() for name in ("total", "grade", "rank")]
        return [column.to_numpy() for column in items.columns], columns[0], columns[1], columns[2]


class Finished(DuckDb):
    """The same operations after the sections, where vetoes are columns."""

    def __init__(self, standard: Standard, carried: dict[Any, str]) -> None:
        self.standard, self.carried, self.ticks = standard, carried, set()

    def value(self, expression: Any) -> Term:  # noqa: ANN401 - an expression
        return self.carried[expression]

    def taken(self) -> Term | None:
        return "taken" if any(veto.best < 0 for veto in self.standard.vetoes) else None
