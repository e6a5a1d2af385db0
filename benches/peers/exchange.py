"""Files in and out: a CSV to ``scores.csv``, and a workbook's cells."""

from __future__ import annotations

import datetime
import random
import subprocess
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import polars as pl

from peers import files
from peers import standard as standards
from peers.process import Process, Worker
from peers.report import Goal, Report, Times, shown
from peers.settings import BENCH_33, Settings, scratch, threads

if TYPE_CHECKING:
    from pathlib import Path

#: What the workbook has.
ROWS, COLUMNS = 10_000, 40


def write_table(folder: Path, rows: int) -> int:
    """Write the columns as a CSV, whole numbers without decimals; give its size."""
    columns = files.columns(folder, standards.read(BENCH_33).measures)
    frame = pl.DataFrame({"code": np.arange(rows) + 110_000_000_000, **columns})
    whole = [name for name, column in columns.items() if (column % 1 == 0).all()]
    path = folder / "table.csv"
    types = [pl.col("code").cast(pl.String), *(pl.col(name).cast(pl.Int64) for name in whole)]
    frame.with_columns(types).write_csv(path)
    return path.stat().st_size


def csv(settings: Settings, report: Report) -> None:
    """Measure a CSV of the country's communities to ``scores.csv``."""
    rows = settings.rows[0]
    report.heading(f"CSV of {rows:,} × 34 to scores.csv")
    times = Times()
    said = threads(settings.threads)
    own = f"`dabiao score`, the whole process, {said}"
    peer = f"polars in a process that is warm, {said}"
    with scratch() as folder:
        with Process([settings.driver, str(rows), folder]) as driver:
            driver.ask("dump 1")
        size = write_table(folder, rows)
        for file in folder.glob("*.[fi]64"):
            file.unlink()
        command: list[str | Path] = [
            settings.built / "dabiao",
            "score",
            folder / "table.csv",
            "--format",
            "csv",
        ]
        command += ["--standard", BENCH_33, "--threads", str(settings.threads)]

        def score() -> float:
            with (folder / "scores.csv").open("wb") as out:
                started = time.perf_counter()
                subprocess.run(command, check=True, stdout=out, stderr=subprocess.DEVNULL)
                return time.perf_counter() - started

        with Worker("polars-csv", settings.threads, folder, BENCH_33) as worker:
            for _ in range(settings.rounds):
                times.add(own, score())
                times.add(peer, worker.ask("run"))
            lines = worker.ask("agree")["items"]
            best, trials = worker.best, worker.trials
        written = (folder / "scores.csv").stat().st_size
    report.add(*times.table(own, "against Dabiao"), "")
    slower = ", ".join(f"{v} {shown(s)}" for v, s in trials.items() if v != best)
    report.add(
        f"{size / 1e6:.0f} MB are read and {written / 1e6:.0f} MB written: code, total, grade, "
        "place, and the points of every section and item, with two decimals, by code. "
        "Of Dabiao the time of the process is taken from its start to its end, and every cell is "
        "checked; of polars neither the interpreter's start nor the import is counted, and it "
        f"trusts the cells. Its quickest form: {best} (others: {slower}). {lines:,} lines of its "
        "file differ from the exact one."
    )
    ratio = times.ratio(peer, own)
    report.goals.append(Goal(f"CSV of {rows:,} × 34 to scores.csv, {said}", "polars", 1.5, ratio))


def write_workbook(path: Path) -> None:
    """Write texts, labels, dates, yes-no and numbers."""
    draw = random.Random(1)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("表")
    sheet.append(["code", "name", *(f"m{at}" for at in range(2, COLUMNS))])
    kinds: list[Any] = [
        lambda row: draw.choice(["优", "良", "差"]),
        lambda row: datetime.date(2020, 1, 1 + row % 28),
        lambda row: draw.choice([True, False]),
        *[lambda row: draw.randrange(5000)] * 2,
        *[lambda row: round(draw.random() * 100, 2)] * 3,
    ]
    for row in range(ROWS):
        cells = [kinds[at % len(kinds)](row) for at in range(2, COLUMNS)]
        sheet.append([f"37{row:010}", f"第{row}社区", *cells])
    book.save(path)


def by_openpyxl(path: Path) -> tuple[int, int, float]:
    """Read every cell; give rows, cells and seconds."""
    started = time.perf_counter()
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = cells = 0
    assert book.active is not None
    for row in book.active.iter_rows(values_only=True):
        rows += 1
        cells += sum(cell is not None for cell in row)
    return rows, cells, time.perf_counter() - started


def workbook(settings: Settings, report: Report) -> None:
    """Measure the reading of a workbook against openpyxl's, read-only."""
    report.heading(f"Workbook of {ROWS:,} × {COLUMNS}, read")
    times = Times()
    own, peer = "Dabiao, 1 thread", "openpyxl read-only, 1 thread"
    with scratch() as folder:
        path = folder / "table.xlsx"
        write_workbook(path)
        program = settings.built / "examples/read_workbook"
        for _ in range(settings.rounds):
            command: list[str | Path] = [program, path, "1"]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rows, cells, seconds = done.stdout.split()
            times.add(own, float(seconds))
            theirs = by_openpyxl(path)
            times.add(peer, theirs[2])
            if (int(rows), int(cells)) != theirs[:2]:
                raise RuntimeError(f"{rows} rows and {cells} cells are not {theirs}")
    report.add(*times.table(own, "against Dabiao"), "")
    report.add(f"Both read every one of {cells} cells of the same file, which openpyxl wrote.")
    ratio = times.ratio(peer, own)
    report.goals.append(Goal(f"workbook of {ROWS:,} × {COLUMNS} read", "openpyxl", 8, ratio))
