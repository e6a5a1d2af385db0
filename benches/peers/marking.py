"""A table in memory: section points, total, grade and rank of every row."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from peers.process import Process, Worker
from peers.report import Goal, Report, Times, shown
from peers.settings import BENCH_33, WEIHAI, Settings, scratch, threads

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    "polars": "polars expressions",
    "duckdb": "DuckDB SQL",
    "numpy": "NumPy",
    "pandas": "pandas",
    "openfisca": "OpenFisca",
}
#: Each engine with whether it has threads.
THREADED = {"polars": True, "duckdb": True, "numpy": False, "pandas": False, "openfisca": False}

#: The variants of an engine on so many threads that are worth trying with more rows.
Near = dict[tuple[str, int], list[str]]


def differing(agreed: dict[str, dict[str, int]]) -> str:
    """Tell how the peers' floats differ from the exact answer; those that agree are named once."""
    told: dict[str, list[str]] = {}
    for name, counts in agreed.items():
        text = (
            f"an item in {counts['items']:,} rows, the total in {counts['totals']:,}, the grade in "
            f"{counts['grades']:,}, the rank in {counts['ranks']:,}"
        )
        told.setdefault(text, []).append(name)
    each = "; ".join(f"{', '.join(names)}: {text}" for text, names in told.items())
    return f"Where floats differ from the exact answer, no item by more than 0.01: {each}."


def tried_out(worker: Worker) -> str:
    """Tell the best variant and the times of the others."""
    others = [variant for variant in worker.trials if variant != worker.best]
    trials = "; ".join(f"{variant} {shown(worker.trials[variant])}" for variant in others)
    return f"**{worker.best}** {shown(worker.trials[worker.best])}" + (f"; {trials}" * bool(trials))


@dataclass(frozen=True)
class Work:
    """A standard, so many rows of it, and who does it."""

    file: Path
    rows: int
    engines: list[str]


def table(settings: Settings, report: Report, work: Work, near: Near) -> None:
    """Measure one piece of work; what is quick is noted in `near`."""
    file, rows, engines, name = work.file, work.rows, work.engines, work.file.stem
    report.heading(f"{name}, {rows:,} rows")
    times, agreed, bests = Times(), {}, {}
    with scratch() as folder, ExitStack() as held:
        driver = held.enter_context(Process([settings.driver, str(rows), folder, name]))
        driver.ask("dump 1")
        workers = {}
        for engine in engines:
            for number in settings.both if THREADED[engine] else [1]:
                title = f"{NAMES[engine]}, {threads(number)}"
                tried = near.get((engine, number), [])
                worker = held.enter_context(Worker(engine, number, folder, file, tried))
                near[engine, number] = worker.near()
                bests[title] = f"- {title}: {tried_out(worker)}"
                workers[title] = worker
                if NAMES[engine] not in agreed:
                    agreed[NAMES[engine]] = worker.ask("agree")
        size = sum(path.stat().st_size for path in folder.glob("[0-9]*.*"))
        # What is still to be written to the disk would be written while times are taken.
        for dumped in folder.iterdir():
            dumped.unlink()
        for _ in range(settings.rounds):
            for number in settings.both:
                said = threads(number)
                times.add(f"Dabiao, {said}", driver.ask(f"score {number}"))
                times.add(f"Dabiao from Arrow, checked, {said}", driver.ask(f"table {number}"))
                times.add(f"reading the columns, {said}", driver.ask(f"read {number}"))
            for title, worker in workers.items():
                times.add(title, worker.ask("run"))
    many, one = f"Dabiao, {threads(settings.threads)}", "Dabiao, 1 thread"
    report.add(*times.table({1: one, 2: many}, "against Dabiao on as many threads"), "")
    read = times[f"reading the columns, {threads(settings.threads)}"]
    report.add(
        f"The columns are {size / 1e6:,.0f} MB, read at {size / read / 1e9:.1f} GB/s by "
        f"{settings.threads} threads and at "
        f"{size / times['reading the columns, 1 thread'] / 1e9:.1f} GB/s by one. "
        f"{settings.threads} threads against one: {times.ratio(one, many):.2f} ×.",
        "",
        differing(agreed),
        "",
        "The form in which each peer was quickest, and what the others took:",
        "",
        *bests.values(),
    )
    if file == BENCH_33:
        goals(settings, report, times, rows)


def goals(settings: Settings, report: Report, times: Times, rows: int) -> None:
    """Note what was wanted of `bench-33`."""
    many, said = f"Dabiao, {threads(settings.threads)}", threads(settings.threads)
    work = f"`bench-33`, {rows:,} rows"
    for against, number, wanted in (
        ("polars expressions", settings.threads, 10),
        ("DuckDB SQL", settings.threads, 20),
        ("NumPy", 1, 12),
        ("pandas", 1, 12),
    ):
        peer, own = f"{against}, {threads(number)}", f"Dabiao, {threads(number)}"
        if peer in times.taken:
            arrow = times.ratio(peer, f"Dabiao from Arrow, checked, {threads(number)}")
            aside = f"from Arrow, every cell checked: {arrow:.1f} ×"
            ratio = times.ratio(peer, own)
            done = f"{work}, {threads(number)}"
            report.goals.append(Goal(done, against, wanted, ratio, "×", aside))
    share = times.ratio(f"reading the columns, {said}", many)
    against = f"read bandwidth, {said}"
    report.goals.append(Goal(f"{work}, {said}", against, 0.4, share, "%"))
    if settings.threads > 1:
        ratio = times.ratio("Dabiao, 1 thread", many)
        report.goals.append(Goal(f"{work}, {said}", "one thread", 1.8, ratio))


def bench_33(settings: Settings, report: Report) -> None:
    """Measure `bench-33` at each number of rows."""
    near: Near = {}
    for rows in settings.rows:
        table(settings, report, Work(BENCH_33, rows, list(NAMES)), near)


def weihai(settings: Settings, report: Report) -> None:
    """Measure `weihai-2020` at the first number of rows."""
    engines = ["polars", "duckdb", "numpy", "pandas"]
    table(settings, report, Work(WEIHAI, settings.rows[0], engines), {})
    report.add(
        "",
        "All measures of the standard: counts as 64-bit integers, numbers as doubles, yes-no as "
        "booleans, labels by a dictionary (the peers have their keys); quotients, denominators of "
        "zero, an item that does not apply, checks, bonuses with a cap, vetoes. No cell is blank.",
    )


def vectors(settings: Settings, report: Report) -> None:
    """Measure each kind of vector code, forced."""
    for rows in settings.rows:
        report.heading(f"Vectors, bench-33, {rows:,} rows")
        times = Times()
        with scratch() as folder, ExitStack() as held:
            drivers = {}
            for kind in report.vectors:
                command: list[str | Path] = [settings.driver, str(rows), folder, "bench-33"]
                drivers[kind] = held.enter_context(Process(command, {"DABIAO_VECTORS": kind}))
            for _ in range(settings.rounds):
                for kind, driver in drivers.items():
                    for number in settings.both:
                        name = f"{kind}, {threads(number)}"
                        times.add(name, driver.ask(f"score {number}"))
        best = report.vectors[0]
        base = {1: f"{best}, 1 thread", 2: f"{best}, {threads(settings.threads)}"}
        report.add(*times.table(base, f"against {best} on as many threads"))
