"""One engine in a process of its own, asked for one measurement after another.

``python -m peers.worker ENGINE THREADS FOLDER STANDARD [VARIANT …]`` reads what the driver wrote
into the folder, finds its quickest variant (of those that are named, or of all), and answers each
line ``run`` with seconds and ``agree`` with how it differs from the exact answer. Answers are lines
of JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any, ClassVar, Protocol

from peers import files
from peers import standard as standards


class Worked(Protocol):
    """What does the work in one way or another."""

    variants: ClassVar[list[str]]

    def choose(self, variant: str) -> None:
        """Take a variant."""

    def run(self) -> object:
        """Do the work."""


#: Where each engine's class is.
ENGINES = {
    "polars": ("peers.frames", "Polars"),
    "duckdb": ("peers.sql", "DuckDb"),
    "numpy": ("peers.arrays", "Numpy"),
    "pandas": ("peers.arrays", "Pandas"),
    "openfisca": ("peers.fisca", "OpenFisca"),
    "polars-csv": ("peers.frames", "PolarsCsv"),
    "polars-buildings": ("peers.buildings", "Polars"),
    "duckdb-buildings": ("peers.buildings", "DuckDb"),
    "numpy-buildings": ("peers.buildings", "Numpy"),
}


def made(name: str, threads: int, folder: Path, file: Path) -> Any:  # noqa: ANN401 - any engine
    """Make an engine with what it works on."""
    module, kind = ENGINES[name]
    engine = getattr(importlib.import_module(module), kind)
    if name.endswith("-buildings"):
        return engine(folder, threads)
    standard = standards.read(file)
    if name == "polars-csv":
        return engine(standard, folder)
    columns = files.columns(folder, standard.measures)
    return engine(standard, columns, threads) if name == "duckdb" else engine(standard, columns)


def timed(engine: Worked) -> float:
    """Time one run; setting its result free is not timed."""
    gc.collect()
    started = time.perf_counter()
    result = engine.run()
    seconds = time.perf_counter() - started
    del result
    return seconds


def main() -> None:
    """Serve."""
    name, threads, place, file, *variants = sys.argv[1:]
    folder = Path(place)
    engine = made(name, int(threads), folder, Path(file))
    # Each variant twice: the first run warms up.
    trials = {}
    for variant in variants or engine.variants:
        engine.choose(variant)
        trials[variant] = min(timed(engine), timed(engine))
    engine.choose(min(trials, key=lambda variant: trials[variant]))
    print(json.dumps(trials), flush=True)
    for line in sys.stdin:
        match line.split():
            case ["run"]:
                print(json.dumps(timed(engine)), flush=True)
            case ["agree"] if hasattr(engine, "difference"):
                print(json.dumps(engine.difference(folder)), flush=True)
            case ["agree"]:
                print(json.dumps(files.difference(engine, folder)), flush=True)
            case _:
                sys.exit(f"run or agree: {line}")


if __name__ == "__main__":
    main()
