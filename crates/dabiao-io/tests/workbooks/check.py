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


def cells(path, sheet):
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [[("" if cell is None else cell) for cell in row] for row in rows]


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
    heading, *ranking = cells(ours, "排名")[2:]
    code, total, place = (heading.index(title) for title in ("编码", "总分", "名次"))
    assert len(ranking) == len(scores) > 300
    for row in ranking:
        held = scores[row[code]]
        assert isinstance(row[total], (int, float)), row
        assert f"{row[total]:.2f}" == held["total"], (row, held)
        assert str(row[place]) == held["rank"], (row, held)
    book = openpyxl.load_workbook(ours)
    assert len(book["概览"]._charts) == 3
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes and sheet.auto_filter.ref, sheet.title

    # LibreOffice opens it and saves the same cells.
    convert(ours, "xlsx", folder / "libreoffice")
    theirs = folder / "libreoffice" / "results.xlsx"
    assert openpyxl.load_workbook(theirs).sheetnames == book.sheetnames
    for sheet in book.sheetnames[1:]:
        if sheet != "得分明细":
            assert cells(ours, sheet) == cells(theirs, sheet), sheet
    print(f"{len(book.sheetnames)} sheets, {len(ranking)} communities: the same everywhere")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
