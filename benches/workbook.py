"""A workbook of 10,000 rows and 40 columns, read by us and by openpyxl read-only, in one run.

    cargo build --release -p dabiao-io --example read_workbook
    python3 benches/workbook.py target/release/examples/read_workbook

Needs openpyxl. Both read every cell of the same file, which openpyxl writes; the quickest of
three runs counts. Wanted: at least 8 times as fast.
"""

import datetime
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import openpyxl

ROWS, COLUMNS, TIMES = 10_000, 40, 3


def write(path):
    random.seed(1)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("表")
    sheet.append(["code", "name"] + [f"m{at}" for at in range(2, COLUMNS)])
    for row in range(ROWS):
        cells = [f"37{row:010}", f"第{row}社区"]
        for at in range(2, COLUMNS):
            kind = at % 8
            if kind == 0:
                cells.append(random.choice(["优", "良", "差"]))
            elif kind == 1:
                cells.append(datetime.date(2020, 1, 1 + row % 28))
            elif kind == 2:
                cells.append(random.choice([True, False]))
            elif kind < 5:
                cells.append(random.randrange(5000))
            else:
                cells.append(round(random.random() * 100, 2))
        sheet.append(cells)
    book.save(path)


def theirs(path):
    start = time.perf_counter()
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = cells = 0
    for row in book.active.iter_rows(values_only=True):
        rows += 1
        cells += sum(cell is not None for cell in row)
    return rows, cells, time.perf_counter() - start


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "table.xlsx"
        write(path)
        rows, cells, ours = subprocess.run(
            [program, path, str(TIMES)], check=True, capture_output=True, text=True,
        ).stdout.split()
        runs = [theirs(path) for _ in range(TIMES)]
    seconds = min(run[2] for run in runs)
    assert (int(rows), int(cells)) == runs[0][:2], (rows, cells, runs[0])
    print(f"{rows} rows, {cells} cells: dabiao {float(ours):.3f} s, openpyxl {seconds:.3f} s, "
          f"{seconds / float(ours):.1f} times as fast")


if __name__ == "__main__":
    main(sys.argv[1])
