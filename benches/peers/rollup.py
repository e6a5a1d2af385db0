"""Buildings to communities and districts: Dabiao against the engines of ``buildings``."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from peers.process import Process, Worker
from peers.report import Goal, Report, Times
from peers.settings import BENCH_33, Settings, scratch, threads

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    "polars-buildings": "polars group-by",
    "duckdb-buildings": "DuckDB SQL",
    "numpy-buildings": "NumPy bincount",
}


def one_order(
    settings: Settings, report: Report, driver: Process, folder: Path, order: str
) -> None:
    """Measure buildings in one order."""
    report.heading(f"Roll-up of {settings.buildings:,} buildings, keys {order}")
    times, told, bests = Times(), [], []
    with ExitStack() as held:
        workers = {}
        for engine, name in NAMES.items():
            for number in settings.both if "numpy" not in engine else [1]:
                title = f"{name}, {threads(number)}"
                worker = held.enter_context(Worker(engine, number, folder / order, BENCH_33))
                workers[title] = worker
                agreed = worker.ask("agree")
                if len(worker.trials) > 1:
                    bests.append(f"{title}: {worker.best}")
                if number == 1:
                    told.append(f"{name} {agreed['means']:,}")
        for _ in range(settings.rounds):
            for number in settings.both:
                said = threads(number)
                times.add(f"Dabiao, {said}", driver.ask(f"rollup-{order} {number}"))
                times.add(f"reading the columns, {said}", driver.ask(f"rollup-read {number}"))
            for title, worker in workers.items():
                times.add(title, worker.ask("run"))
    many, one = f"Dabiao, {threads(settings.threads)}", "Dabiao, 1 thread"
    report.add(*times.table({1: one, 2: many}, "against Dabiao on as many threads"), "")
    report.add(
        "Means weighted by households, of communities and of districts, from 32-bit keys and "
        "doubles. Dabiao's are exact and rounded once to millionths; of the peers' floats so many "
        f"means differ from them, by one millionth at most: {', '.join(told)}. "
        f"The quickest forms: {'; '.join(bests)}."
    )
    ratio = times.ratio(f"polars group-by, {threads(settings.threads)}", many)
    work = f"roll-up of {settings.buildings:,}, weighted mean, two levels, {order}"
    said = threads(settings.threads)
    report.goals.append(Goal(f"{work}, {said}", "polars group-by", 5, ratio))


def rollup(settings: Settings, report: Report) -> None:
    """Measure both orders."""
    with scratch() as folder:
        command: list[str | Path] = [settings.driver, "rollup", str(settings.buildings), folder]
        with Process(command) as driver:
            driver.ask("dump 1")
            for order in ("sorted", "shuffled"):
                one_order(settings, report, driver, folder, order)
