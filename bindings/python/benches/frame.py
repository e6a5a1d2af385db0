"""What a data frame of the whole country costs: time, and memory beside the frame.

Scores a polars frame of 620,573 communities with 33 float64 values each, made by arithmetic, and
takes section points, total, grade and rank. Every figure is the best of several runs in fresh
processes; memory is the highest resident size over that of the process with the frame alone.

    python benches/frame.py [--runs 5] [--threads N] [--json]

The same table from Rust: ``--rust PROGRAM`` names a program that takes the number of threads and
prints its best time in seconds; the ratio is shown beside it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

COMMUNITIES = 620_573
ITEMS = 33
SECTIONS = (5, 6, 7, 7, 5, 3)


def standard_text() -> str:
    """Six sections with 33 items that mark a percentage, in turn by bands and by a curve."""
    lines = ["[standard]", 'id = "thirty-three"', 'title = "Thirty-three items"']
    for item in range(1, ITEMS + 1):
        lines += [f"[measures.m{item}]", 'type = "number"', 'unit = "%"', "min = 0", "max = 100"]
    item = 0
    for section, count in enumerate(SECTIONS, start=1):
        lines += ["[[section]]", f'id = "{section}"', f'title = "Section {section}"']
        for place in range(1, count + 1):
            item += 1
            lines += ["[[section.item]]", f'id = "{section}.{place}"', f'title = "Item {item}"']
            lines += ["points = 3", f'value = "m{item}"']
            if item % 2:
                marks = (("95%", 3), ("85%", 2), ("60%", 1))
                bands = (f'{{ at_least = "{mark}", points = {points} }}' for mark, points in marks)
                lines += [f"bands = [{', '.join(bands)}]", "otherwise = 0"]
            else:
                lines.append('curve = [["40%", 0], ["100%", 3]]')
    for grade, mark in (("a", "90%"), ("b", "75%"), ("c", "60%")):
        lines += ["[[grade]]", f'id = "{grade}"', f'title = "{grade}"', f'total = "{mark}"']
    return "\n".join(lines) + "\n"


def frame() -> Any:  # noqa: ANN401 - polars is imported in the child alone
    """Make the table: codes in order, values with up to two digits."""
    import polars as pl  # noqa: PLC0415

    at = pl.int_range(COMMUNITIES, eager=True)
    columns = [(at + 110_101_001_001).cast(pl.String).alias("code")]
    for item in range(1, ITEMS + 1):
        digits = (at * (7 * item + 3) + item * 131) % 10_001
        columns.append((digits / 100.0).alias(f"m{item}"))
    return pl.DataFrame(columns)


def peak() -> int:
    """Give the highest resident size so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def child(what: str, threads: int | None) -> dict[str, float]:
    """Measure one thing in this fresh process."""
    if what == "import":
        start = time.perf_counter()
        import dabiao  # noqa: PLC0415

        return {"seconds": time.perf_counter() - start}
    import dabiao  # noqa: PLC0415

    standard = dabiao.Standard.from_toml(standard_text())
    table = frame()
    size = float(table.estimated_size())
    before = peak()
    columns = ["code", *(str(at) for at in range(1, len(SECTIONS) + 1)), "total", "grade", "rank"]
    start = time.perf_counter()
    scores = standard.score(table, threads=threads)
    scored = time.perf_counter()
    columns_made = scores.to_polars(columns) if what == "columns" else None
    done = time.perf_counter()
    assert columns_made is None or columns_made.shape == (COMMUNITIES, len(columns))
    return {
        "seconds": done - start,
        "score": scored - start,
        "frame": size,
        "peak": float(peak() - before),
    }


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


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rust", help="a program that does the same from Rust")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=["import", "score", "columns"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(child(asked.child, asked.threads)))
        return
    found = {
        what: measure(what, asked.runs, asked.threads) for what in ("import", "score", "columns")
    }
    if asked.rust:
        command = [asked.rust, *([str(asked.threads)] if asked.threads else [])]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found["rust"] = {"seconds": float(told.split()[0])}
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    mega = 1e6
    print(f"import dabiao             {found['import']['seconds'] * 1e3:8.1f} ms")
    score = found["score"]
    print(f"score 620,573 × 33        {score['seconds'] * 1e3:8.1f} ms")
    print(f"  memory over the frame   {score['peak'] / mega:8.1f} MB (the frame: ", end="")
    print(f"{score['frame'] / mega:.1f} MB)")
    columns = found["columns"]
    print(f"score, and 10 columns out {columns['seconds'] * 1e3:8.1f} ms")
    print(f"  memory over the frame   {columns['peak'] / mega:8.1f} MB")
    if "rust" in found:
        ratio = score["seconds"] / found["rust"]["seconds"]
        print(f"from Rust                 {found['rust']['seconds'] * 1e3:8.1f} ms, ×{ratio:.2f}")


if __name__ == "__main__":
    main()
