"""What a data frame of the whole country costs: time, and memory beside the frame.

Scores a polars frame of 620,573 communities with 33 float64 values each against
``benches/bench-33.toml``, and takes section points, total, grade and rank. The values are drawn as
``dabiao-bench`` draws them. Memory is the highest resident size over that of the process with the
frame alone, the least of several fresh processes.

    python benches/frame.py [--runs 5] [--threads N] [--rust PROGRAM] [--json]

``--rust`` names a built ``dabiao-bench`` of the same commit and build settings: then the same table
is worked on from Rust and from Python in turn, each in a process of its own, and the ratio of the
best times and of the medians is shown. Both start from the same Arrow buffers (polars hands over
codes as string views) and end with scores, or with columns: record batches in Rust, and in Python
an Arrow stream read to its end, or a polars frame, which makes string views of the texts.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

COMMUNITIES = 620_573
STANDARD = Path(__file__).resolve().parents[3] / "benches" / "bench-33.toml"

#: How each column's values lie: a kind, a least or a greatest, and decimals.
COLUMNS = """
percent 85 2, percent 82 2, number 24 4, number 52 1, many 4 0, many 4 0, percent 84 3, many 6 0,
percent 60 2, few 5 0, few 3 0, number 40 3, many 4 0, many 6 0, many 9 0, number 20 3, halves 4 0,
many 1 0, percent 65 2, number 45 3, percent 70 2, few 5 0, percent 90 2, many 6 0, percent 30 2,
many 4 0, many 16 0, many 7 0, many 4 0, number 60 1, percent 62 3, percent 89 2, number 40 3
"""


def unit(rows: Any, column: int) -> Any:  # noqa: ANN401 - NumPy is imported in the child alone
    """Give a number between 0 and 1 for each row: SplitMix64, of a counter."""
    import numpy as np  # noqa: PLC0415

    state = (rows * np.uint64(64) + np.uint64(column + 1)) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype("float64") / 2.0**53


def frame(names: list[str]) -> Any:  # noqa: ANN401 - polars is imported in the child alone
    """Make the table, its rows in the order of their codes."""
    import numpy as np  # noqa: PLC0415
    import polars as pl  # noqa: PLC0415

    rows = np.arange(COMMUNITIES, dtype="uint64")
    slack = np.clip(1.2 - unit(rows, 63), 0.05, 1.0)
    codes = pl.int_range(COMMUNITIES, eager=True) + 110_000_000_000
    columns = [codes.cast(pl.String).alias("code")]
    for at, (name, drawn) in enumerate(zip(names, COLUMNS.split(","), strict=True)):
        kind, bound, digits = drawn.split()
        most, scale = float(bound), 10.0 ** int(digits)
        good = 1.0 - (1.0 - unit(rows, at)) * slack
        if kind in {"percent", "number"}:
            value = most + (100.0 - most) * good if kind == "percent" else most * good
            column = np.floor(value * scale + 0.5) / scale
        else:
            share = 1.0 - good if kind == "few" else good
            column = np.minimum(np.floor((most + 1.0) * share), most)
            column /= 2.0 if kind == "halves" else 1.0
        columns.append(pl.Series(name, column))
    return pl.DataFrame(columns)


def peak() -> int:
    """Give the highest resident size so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def child(what: str, threads: int | None) -> dict[str, float]:
    """Measure one thing in this fresh process."""
    start = time.perf_counter()
    import dabiao  # noqa: PLC0415

    if what == "import":
        return {"seconds": time.perf_counter() - start}
    standard = dabiao.Standard.from_file(STANDARD)
    table = frame([measure.name for measure in standard.measures])
    sections = [section.code for section in standard.sections]
    columns = ["code", *sections, "total", "grade", "rank"]
    before = peak()
    start = time.perf_counter()
    scores = standard.score(table, threads=threads)
    if what == "columns":
        assert scores.to_polars(columns).shape == (COMMUNITIES, len(columns))
    done = time.perf_counter()
    size = float(table.estimated_size())
    return {"seconds": done - start, "frame": size, "peak": float(peak() - before)}


def serve() -> None:
    """Work as ``dabiao-bench`` does: a line asks, the answer is seconds."""
    import pyarrow  # noqa: PLC0415

    import dabiao  # noqa: PLC0415

    standard = dabiao.Standard.from_file(STANDARD)
    table = frame([measure.name for measure in standard.measures])
    columns = ["code", *(section.code for section in standard.sections), "total", "grade", "rank"]
    makes: dict[str, Callable[[dabiao.Scores], object]] = {
        "frame": lambda _: None,
        "columns": lambda scores: scores.to_arrow(columns),
        "polars": lambda scores: scores.to_polars(columns),
    }
    assert pyarrow
    print("ready", flush=True)
    for line in sys.stdin:
        what, threads = line.split()
        start = time.perf_counter()
        scores = standard.score(table, threads=int(threads))
        made = makes[what](scores)
        seconds = time.perf_counter() - start
        del scores, made
        print(seconds, flush=True)


def measure(what: str, runs: int, threads: int | None) -> dict[str, float]:
    """Run it in fresh processes and keep the best of each figure."""
    best: dict[str, float] = {}
    for _ in range(runs):
        command = [sys.executable, __file__, "--child", what]
        if threads:
            command += ["--threads", str(threads)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for name, figure in json.loads(told).items():
            best[name] = min(figure, best.get(name, figure))
    return best


def in_turn(rust: str, runs: int, threads: int) -> dict[str, dict[str, float]]:
    """Time Python and Rust one after the other: the best and the median of each in seconds."""
    served = []
    for command in ([sys.executable, __file__, "--serve"], [rust, str(COMMUNITIES)]):
        held = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert held.stdin is not None
        assert held.stdout is not None
        assert held.stdout.readline() == "ready\n"
        served.append((held, held.stdin, held.stdout))

    def timed(at: int, what: str) -> float:
        _, ask, answer = served[at]
        ask.write(f"{what} {threads}\n")
        ask.flush()
        return float(answer.readline())

    found = {}
    for ends, here, there in (
        ("scores", "frame", "frame"),
        ("columns", "columns", "columns"),
        ("polars columns", "polars", "columns"),
    ):
        pairs = [(timed(0, here), timed(1, there)) for _ in range(runs + 1)][1:]
        python, native = zip(*pairs, strict=True)
        found[f"to {ends}, {threads}"] = {
            "python": min(python),
            "rust": min(native),
            "python_median": statistics.median(python),
            "rust_median": statistics.median(native),
        }
    for held, ask, answer in served:
        ask.close()
        held.wait()
        answer.close()
    return found


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rust", help="a built dabiao-bench")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--child", choices=["import", "score", "columns"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve()
        return
    if asked.child:
        print(json.dumps(child(asked.child, asked.threads)))
        return
    kinds = ("import", "score", "columns")
    found = {what: measure(what, asked.runs, asked.threads) for what in kinds}
    if asked.rust:
        for threads in (1, asked.threads or 2):
            found |= in_turn(asked.rust, max(asked.runs, 21), threads)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    mega = 1e6
    score, columns = found["score"], found["columns"]
    print(f"import dabiao              {found['import']['seconds'] * 1e3:8.1f} ms")
    print(f"the frame                  {score['frame'] / mega:8.1f} MB")
    print(f"read and score             {score['seconds'] * 1e3:8.1f} ms")
    print(f"  memory beside the frame  {score['peak'] / mega:8.1f} MB")
    print(f"… and its columns to polars{columns['seconds'] * 1e3:8.1f} ms")
    print(f"  memory beside the frame  {columns['peak'] / mega:8.1f} MB")
    for name, figures in found.items():
        if "rust" in figures:
            python, rust = figures["python"], figures["rust"]
            print(f"{name + ' threads':<27}{python * 1e3:8.1f} ms, ", end="")
            medians = figures["python_median"] / figures["rust_median"]
            print(f"from Rust {rust * 1e3:.1f} ms: ×{python / rust:.3f}, medians ×{medians:.3f}")


if __name__ == "__main__":
    main()
