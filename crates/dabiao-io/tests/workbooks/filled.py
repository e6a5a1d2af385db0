"""Whether templates come back as they are sent out: `python3 filled.py DABIAO FOLDER`.

Forms and tables made by `dabiao template`, filled in by openpyxl (which works out no formula) and
saved by LibreOffice as XLSX, ODS and XLS, and put together by `dabiao collect`.
"""

import csv
import datetime
import pathlib
import shutil
import subprocess
import sys
import warnings

import openpyxl

from make import convert

warnings.filterwarnings("ignore", module="openpyxl")

HERE = pathlib.Path(__file__).resolve().parent
STANDARD = HERE / "standard.toml"
MEASURES = ["meetings", "coverage", "level", "charter", "since"]
DAY = datetime.date(2020, 7, 23)
# What is typed, and what the table is to hold.
TYPED = {
    "c1": ([12, "95.5", "良", "是", DAY], ["12", "95.5", "良", "是", "2020-07-23"]),
    "c2": ([0, "95%", "优", "否", None], ["0", "95", "优", "否", ""]),
    "c3": ([None, 0.1 + 0.2, "差", "不涉及", DAY], ["", "30", "差", "不涉及", "2020-07-23"]),
    "c4": ([7, None, None, None, None], ["7", "", "", "", ""]),
}


def places(book, street):
    """The cell of each measure: as the sheet for programs says it in its second row."""
    rows = list(book["数据"].iter_rows(min_row=2, max_row=3, values_only=True))
    places = {name: place.split("!")[1] for place, name in zip(*rows) if place}
    if not street:
        return places
    return {name: "".join(filter(str.isalpha, place)) for name, place in places.items()}


def put(cell, value):
    if value == "95%":
        cell.value, cell.number_format = 0.95, "0%"
    elif value == "95.5":
        # A bare number that is pasted with its format.
        cell.value, cell.number_format = 95.5, "General"
    elif value is not None:
        cell.value = value


def fill_form(path, code):
    book = openpyxl.load_workbook(path)
    for name, place in places(book, False).items():
        if name in MEASURES:
            put(book["自评表"][place], TYPED[code][0][MEASURES.index(name)])
    grid = book["网格"]
    grid["C4"] = "s1"
    for row, cells in enumerate(
        [("s1", "街道", None, "东街道", "是"), (f"{code}-1", "网格", code, "一网格", "是", 420)], 5
    ):
        for column, value in enumerate(cells, 1):
            grid.cell(row, column).value = value
    units = book["单元数据"]
    units["A4"], units["B4"] = f"{code}-1", 1.5
    book.save(path)


def fill_street(path):
    book = openpyxl.load_workbook(path)
    form = book["自评表"]
    for row in form.iter_rows(min_row=1):
        code = row[0].value
        if code not in TYPED:
            continue
        for name, column in places(book, True).items():
            if name in MEASURES:
                put(form[f"{column}{row[0].row}"], TYPED[code][0][MEASURES.index(name)])
    book.save(path)


def collected(dabiao, folder, *words, wrong=False):
    out = folder.parent / f"{folder.name}.csv"
    run = subprocess.run(
        [dabiao, "collect", folder, "--standard", STANDARD, "-o", out, "--lang", "en",
         "--communities", folder.parent / "registry.csv", *words],
        capture_output=True, text=True,
    )
    assert (run.returncode == 1) == wrong, run.stdout + run.stderr
    if wrong:
        return run.stderr
    with open(out, encoding="utf-8-sig", newline="") as file:
        rows = {row["code"]: [row.get(name, "") for name in MEASURES]
                for row in csv.DictReader(file)}
    return rows, run.stdout


def main(dabiao, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    registry = folder / "registry.csv"
    registry.write_text("code,name,street\n" + "".join(
        f"{code},{code}社区,东街道\n" for code in [*TYPED, "c5"]
    ), encoding="utf-8")
    make = [dabiao, "template", "--standard", STANDARD, "--registry", registry, "--lang", "zh"]
    expected = {code: held for code, (_, held) in TYPED.items()}

    # One form a community.
    forms = folder / "openpyxl"
    subprocess.run([*make, "-o", forms], check=True, stdout=subprocess.DEVNULL)
    for code in TYPED:
        fill_form(forms / f"{code} {code}社区.xlsx", code)
    kinds = [forms]
    for ending in ["xlsx", "ods", "xls"]:
        there = folder / f"libreoffice-{ending}"
        there.mkdir()
        for path in sorted(forms.glob("*.xlsx")):
            convert(path, ending, there)
        kinds.append(there)
    for there in kinds:
        grid, units = folder / f"{there.name}-grid.csv", folder / f"{there.name}-units.csv"
        rows, said = collected(dabiao, there, "--grid", grid, "--units", units)
        assert rows == expected, (there.name, rows)
        assert "Sent in blank, left out: c5" in said and "Missing: 1" in said, said
        lines = grid.read_text("utf-8-sig").splitlines()
        assert len(lines) == 1 + 1 + 2 * len(TYPED), lines
        assert lines[1:4] == ["c1,社区,s1,c1社区,,,,", "s1,街道,,东街道,是,,,",
                              "c1-1,网格,c1,一网格,是,420,,"], lines
        values = units.read_text("utf-8-sig").splitlines()
        assert values == ["code,patrols", *(f"{code}-1,1.5" for code in TYPED)], values
        subprocess.run([dabiao, "grid", "check", grid], check=True, stdout=subprocess.DEVNULL)

    # A table for a street.
    streets = folder / "streets"
    subprocess.run([*make, "--each", "street", "-o", streets], check=True,
                   stdout=subprocess.DEVNULL)
    (path,) = streets.iterdir()
    fill_street(path)
    kinds = [streets]
    for ending in ["xlsx", "ods", "xls"]:
        there = folder / f"streets-{ending}"
        there.mkdir()
        convert(path, ending, there)
        kinds.append(there)
    for there in kinds:
        rows, said = collected(dabiao, there)
        assert rows == expected, (there.name, rows)
        assert "Sent in blank, left out: c5" in said, said

    # What is wrong is told by the cell in which it was typed.
    wrong = folder / "wrong"
    shutil.copytree(forms, wrong)
    path = wrong / "c1 c1社区.xlsx"
    book = openpyxl.load_workbook(path)
    cells = places(book, False)
    book["自评表"][cells["coverage"]] = 130
    book["自评表"][cells["level"]] = "很好"
    book.save(path)
    convert(path, "ods", wrong)
    path.rename(wrong / "1.xlsx")
    said = collected(dabiao, wrong, wrong=True)
    for name in ["1.xlsx", "c1 c1社区.ods"]:
        for measure in ["coverage", "level"]:
            assert f"{name}:自评表!{cells[measure]}:{measure}: c1: " in said, said
    assert not (folder / "wrong.csv").exists()
    print("filled templates: the same from openpyxl and LibreOffice")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
