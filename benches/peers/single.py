"""One record at a time, from each face, against Zen."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import zen

from peers import files
from peers import standard as standards
from peers.formula import Engine, Term
from peers.process import Process
from peers.report import Goal, Report, Times
from peers.settings import BENCH_33, BENCHES, Settings, scratch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peers.standard import Standard

RECORDS = 1000
#: Repetitions of Dabiao's cards, so that a measurement takes some milliseconds.
TIMES = 100


class Zen(Engine):
    """A graph of expressions, compiled once."""

    def __init__(self, standard: Standard) -> None:
        super().__init__(standard, set())

        def node(code: str, expressions: list[tuple[str, str]]) -> dict[str, Any]:
            listed = [
                {"id": f"{code}{at}", "key": key, "value": value}
                for at, (key, value) in enumerate(expressions)
            ]
            content = {"expressions": listed, "passThrough": True}
            return {"id": code, "name": code, "type": "expressionNode", "content": content}

        items = [(self.variable(i.code), self.points(i)[0]) for i in standard.items]
        names = [f"s{section.code}" for section in standard.sections]
        sections = [
            (name, " + ".join(self.variable(item.code) for item in section.items))
            for name, section in zip(names, standard.sections, strict=True)
        ]
        grade = self.grade(names, "total")
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode"},
            node("items", items),
            node("sections", sections),
            node("total", [("total", " + ".join(names))]),
            node("grade", [("grade", grade)]),
            {"id": "out", "name": "out", "type": "outputNode"},
        ]
        edges = [
            {"id": f"e{at}", "sourceId": a["id"], "targetId": b["id"], "type": "edge"}
            for at, (a, b) in enumerate(pairwise(nodes))
        ]
        graph = json.dumps({"nodes": nodes, "edges": edges})
        self.decision: Any = zen.ZenEngine().create_decision(graph)

    @staticmethod
    def variable(code: str) -> str:
        """Name an item."""
        return "p" + code.replace(".", "_")

    def column(self, name: str) -> Term:
        return name

    def constant(self, value: float) -> Term:
        return str(value)

    def where(self, condition: Term, yes: Term, no: Term) -> Term:
        return f"({condition} ? {yes} : {no})"

    def compare(self, how: str, a: Term, b: Term) -> Term:
        return f"{a} {how} {b}"

    def both(self, a: Term, b: Term) -> Term:
        return f"({a} and {b})"

    def math(self, how: str, a: Term, b: Term) -> Term:
        return f"({a} {how} {b})"

    def least(self, a: Term, most: float) -> Term:
        return f"min([{a}, {most}])"

    def most(self, a: Term, least: float) -> Term:
        return f"max([{a}, {least}])"

    def floor(self, a: Term) -> Term:
        return f"floor({a})"

    def run(self, record: dict[str, float]) -> Any:  # noqa: ANN401 - JSON
        """Evaluate one record."""
        return self.decision.evaluate(record)["result"]


def per_record(work: Callable[[Any], object], records: list[Any]) -> float:
    """Time each record of a list by one call."""
    started = time.perf_counter()
    for record in records:
        work(record)
    return (time.perf_counter() - started) / len(records)


class Library:
    """The C library through ctypes: arrays of doubles that are ready."""

    def __init__(self, path: Path, standard: Path) -> None:
        self.library = ctypes.CDLL(str(path))
        held, self.scorer = ctypes.c_void_p(), ctypes.c_void_p()
        file = str(standard).encode()
        made = self.library.dabiao_standard_from_file(file, ctypes.byref(held))
        made = made or self.library.dabiao_scorer_new(held, None, ctypes.byref(self.scorer))
        if made:
            raise RuntimeError(f"the C library says {made}")
        # Its card begins with the total; more than its size is at hand.
        self.card = (ctypes.c_int64 * 64)()
        self.score = self.library.dabiao_scorer_score
        self.score.argtypes = [
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]

    def run(self, values: ctypes.Array[ctypes.c_double]) -> int:
        """Give the total, in cents."""
        if self.score(self.scorer, values, None, len(values), self.card, None):
            raise RuntimeError("a record was refused")
        return self.card[0]


def c_program(settings: Settings, folder: Path) -> Path | None:
    """Compile the program in C, where there is a compiler."""
    compiler, made = shutil.which("cc"), folder / "card"
    if compiler is None:
        return None
    library = settings.staged / "lib"
    command: list[str | Path] = [compiler, "-O2", BENCHES / "peers/card.c", "-o", made]
    linked = [f"-I{settings.staged}/include", f"-L{library}", "-ldabiao", f"-Wl,-rpath,{library}"]
    subprocess.run([*command, *linked], check=True)
    return made


def faces(settings: Settings, folder: Path, rows: Any) -> dict[str, Callable[[], float]]:  # noqa: ANN401
    """Give the ways from Dabiao to one record's points: each gives seconds."""
    import dabiao  # noqa: PLC0415 - made for this run

    lists = [[float(value) for value in row] for row in rows]
    names = standards.read(BENCH_33).measures
    dicts = [dict(zip(names, row, strict=True)) for row in lists]
    standard = dabiao.Standard.from_file(BENCH_33)
    scorer = dabiao.Scorer(standard)
    library = Library(settings.staged / "lib/libdabiao.so", BENCH_33)
    arrays = [(ctypes.c_double * len(row))(*row) for row in lists]
    totals = files.whole(folder, "total")
    for at in range(0, RECORDS, 50):
        by_c, card = library.run(arrays[at]), standard.card(dicts[at]).total * 100
        by_list, by_dict = (scorer.score(record).total * 100 for record in (lists[at], dicts[at]))
        if not by_c == totals[at] == card == by_list == by_dict:
            raise RuntimeError(f"record {at}: {by_c}, {card}, {by_list}, {by_dict}")
    own = "Dabiao from Python"
    return {
        f"{own}, from an array, `Scorer`": lambda: per_record(scorer.score, lists * 10),
        f"{own}, from an array, the C library by ctypes": lambda: per_record(
            library.run, arrays * 10
        ),
        f"{own}, from a dict, `Scorer`": lambda: per_record(scorer.score, dicts * 10),
        f"{own}, from a dict, `Standard.card` in words": lambda: per_record(standard.card, dicts),
    }


def one_record(settings: Settings, report: Report) -> None:
    """Measure one record of `bench-33`."""
    report.heading("One record of bench-33")
    times, differing = Times(), 0
    own, peer = "Dabiao from Rust, from an array", "Zen from Python, from a dict"
    with scratch() as folder, Process([settings.driver, str(RECORDS), folder]) as driver:
        driver.ask("dump 1")
        standard = standards.read(BENCH_33)
        columns = files.columns(folder, standard.measures)
        rows = np.column_stack(list(columns.values()))
        rows.tofile(folder / "cards.f64")
        engine, totals = Zen(standard), files.whole(folder, "total")
        records = [dict(zip(columns, map(float, row), strict=True)) for row in rows]
        for record, total in zip(records[:200], totals, strict=False):
            differing += round(float(engine.run(record)["total"]) * 100) != total
        ways = faces(settings, folder, rows)
        program = c_program(settings, folder)
        for _ in range(settings.rounds):
            number = RECORDS * TIMES
            times.add(own, driver.ask(f"cards {number}") / number)
            if program is not None:
                command: list[str | Path] = [program, BENCH_33, folder / "cards.f64", str(TIMES)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                times.add("Dabiao from C, from an array", float(done.stdout))
            for name, way in ways.items():
                times.add(name, way())
            times.add(peer, per_record(engine.run, records))
    report.add(*times.table(own, "against Dabiao from Rust"), "")
    report.add(
        f"Of 200 records Zen's total, rounded to cents, differs in {differing}. Each record is "
        "checked and marked by itself, from doubles or a dict to section points, total and grade."
    )
    work = "one record, from a prepared array"
    others = [name for name in times.taken if "from an array" in name and name != own]
    aside = "; ".join(
        f"{name.removeprefix('Dabiao ')}: {times.ratio(peer, name):.0f} ×" for name in others
    )
    ratio = times.ratio(peer, own)
    report.goals.append(Goal(f"{work}, from Rust", "Zen from Python", 300, ratio, "×", aside))
    ratio = times.ratio(peer, "Dabiao from Python, from a dict, `Scorer`")
    report.goals.append(Goal("one record, from a Python dict", "Zen from Python", 50, ratio))
