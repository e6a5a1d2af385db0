"""The text of RESULTS.md: machine, goals, tables."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

PEERS = ("polars", "duckdb", "numpy", "pandas", "zen-engine", "openfisca-core", "openpyxl")


def shown(seconds: float) -> str:
    """Write a time with three digits."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.3g} µs"
    return f"{seconds * 1e3:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


@dataclass(frozen=True)
class Goal:
    """A ratio that is wanted, and the one that was measured."""

    work: str
    against: str
    wanted: float
    measured: float
    unit: str = "×"
    aside: str = ""

    def line(self) -> str:
        """Write it as a row of the table of goals."""
        if self.unit == "%":
            wanted, measured = f"{self.wanted:.0%}", f"{self.measured:.0%}"
        else:
            digits = 1 if self.wanted >= 5 else 2
            wanted, measured = f"{self.wanted:g} ×", f"{self.measured:.{digits}f} ×"
        reached = self.measured / self.wanted
        told = "**met**" if reached >= 1 else f"missed: {reached:.0%} of it"
        return f"| {self.work} | {self.against} | {wanted} | {measured} | {told} | {self.aside} |"


class Times:
    """Seconds by name, several rounds of each."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}

    def add(self, name: str, seconds: float) -> None:
        """Add one."""
        self.taken.setdefault(name, []).append(seconds)

    def __getitem__(self, name: str) -> float:
        return median(self.taken[name])

    def ratio(self, name: str, base: str) -> float:
        """Tell how many times as long one took as another."""
        return self[name] / self[base]

    def table(self, base: dict[int, str] | str, about: str) -> list[str]:
        """Write a table, quickest first; `base` is Dabiao's row by threads, or for all."""
        lines = [f"| | median | least | {about} |", "| --- | ---: | ---: | ---: |"]
        for name in sorted(self.taken, key=lambda name: self[name]):
            of = base if isinstance(base, str) else base[1 if name.endswith(" 1 thread") else 2]
            least = shown(min(self.taken[name]))
            ratio = f"{self.ratio(name, of):.3g} ×"
            lines.append(f"| {name} | {shown(self[name])} | {least} | {ratio} |")
        return lines


class Report:
    """What is written."""

    def __init__(self, rounds: int, threads: int) -> None:
        self.vectors = vectors()
        self.head = machine(rounds, threads, self.vectors)
        self.goals: list[Goal] = []
        self.lines: list[str] = []

    def heading(self, text: str) -> None:
        """Begin a section."""
        print(f"== {text}", flush=True)
        self.lines += ["", f"## {text}", ""]

    def add(self, *lines: str) -> None:
        """Add lines."""
        self.lines += lines

    def text(self) -> str:
        """Give all of it, with the notes that are written by hand."""
        goals = [
            "",
            "## Goals",
            "",
            "| work | against | goal | measured | | |",
            "| --- | --- | ---: | ---: | --- | --- |",
            *(goal.line() for goal in self.goals),
            "",
        ]
        notes = (Path(__file__).resolve().parents[1] / "NOTES.md").read_text("utf-8")
        return "\n".join([*self.head, *goals, notes.strip(), *self.lines]) + "\n"


def vectors() -> list[str]:
    """Name the kinds of vector code that this machine can run, the widest first."""
    flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    kinds = {"avx512": "avx512f", "avx2": "avx2"}
    return [*(kind for kind, flag in kinds.items() if flag in flags), "portable"]


def machine(rounds: int, threads: int, vectors: list[str]) -> list[str]:
    """Describe the machine and the versions."""
    text = Path("/proc/cpuinfo").read_text("utf-8")
    models = [line.split(":")[1].strip() for line in text.splitlines() if "model name" in line]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PEERS)
    load = os.getloadavg()[0]
    day = datetime.now(UTC).date()
    return [
        "# Benchmarks against peers",
        "",
        "Written by `cargo xtask bench peers`; every number is of one run on one machine, engines "
        "alternating in each round, and only the ratios mean something elsewhere.",
        "",
        f"- {day}; machine: {models[0] if models else '?'}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB, {vectors[0]}; load {load:.1f} when it began",
        f"- Python {platform.python_version()}; {versions}",
        f"- {rounds} rounds, medians; {threads} threads where an engine has threads",
    ]
