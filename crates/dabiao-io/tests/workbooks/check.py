"""Whether other programs read our results as we wrote them: `python3 check.py DABIAO FOLDER`."""

import csv
import pathlib
import shutil
import subprocess
import sys
import warnings

import openpyxl

from make import convert

warnings.filterwarnings("ignore", module="openpyxl")


def cells(book, sheet):
    rows = book[sheet].iter_rows(values_only=True)
    return [["" if cell is None else rounded(cell) for cell in row] for row in rows]


def rounded(cell):
    """LibreOffice writes a number with 15 digits."""
    return float(f"{cell:.14g}") if isinstance(cell, float) else cell


def main(dabiao, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([dabiao, "demo", "--lang", "zh", "--out", folder / "demo"], check=True,
                   stdout=subprocess.DEVNULL)
    results = folder / "demo" / "results"
    ours = results / "results.xlsx"

    # openpyxl finds numbers where scores.csv has them, and every community.
    with open(results / "scores.csv", encoding="utf-8-sig", newline="") as file:
        scores = {row["code"]: row for row in csv.DictReader(file)}
    book = openpyxl.load_workbook(ours)
    heading, *ranking = cells(book, "排名")[2:]
    code, total, place = (heading.index(title) for title in ("编码", "总分", "名次"))
    assert len(ranking) == len(scores) > 300
    for row in ranking:
        held = scores[row[code]]
        assert isinstance(row[total], (int, float)), row
        assert f"{row[total]:.2f}" == held["total"], (row, held)
        assert str(row[place]) == held["rank"], (row, held)
    assert len(book["概览"]._charts) == 3
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes and sheet.auto_filter.ref, sheet.title

    # LibreOffice opens it and saves the same cells.
    convert(ours, "xlsx", folder / "libreoffice")
    saved = openpyxl.load_workbook(folder / "libreoffice" / "results.xlsx")
    assert saved.sheetnames == book.sheetnames
    for sheet in book.sheetnames[1:]:
        assert cells(book, sheet) == cells(saved, sheet), sheet
    print(f"{len(book.sheetnames)} sheets, {len(ranking)} communities: the same everywhere")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
