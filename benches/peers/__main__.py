"""The same work in Dabiao and in what people would use instead, side by side in one run.

Called by `cargo xtask bench peers`, which prepares the interpreter and builds the programs. Every
engine is a process of its own and they alternate within each round; a table's cell is the median
over the rounds, a ratio is a ratio of medians.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from peers import exchange, marking, rollup, single
from peers.report import Report
from peers.settings import Settings

PARTS = {
    "bench-33": marking.bench_33,
    "vectors": marking.vectors,
    "weihai-2020": marking.weihai,
    "record": single.one_record,
    "rollup": rollup.rollup,
    "csv": exchange.csv,
    "workbook": exchange.workbook,
}


def main() -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--built", type=Path, required=True, help="where cargo put the programs")
    parser.add_argument("--staged", type=Path, required=True, help="where the C library is staged")
    parser.add_argument("--results", type=Path, required=True, help="the file to be written")
    parser.add_argument("--rows", type=int, nargs="+", default=[620_573, 5_000_000])
    parser.add_argument("--buildings", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    asked = parser.parse_args()
    settings = Settings(
        asked.built, asked.staged, asked.rounds, asked.threads, asked.rows, asked.buildings
    )
    report = Report(settings.rounds, settings.threads)
    started = time.monotonic()
    for part in asked.only:
        PARTS[part](settings, report)
    report.add("", f"The whole run took {(time.monotonic() - started) / 60:.0f} minutes.")
    asked.results.write_text(report.text(), "utf-8")
    print(report.text())


if __name__ == "__main__":
    main()
