"""Makes the workbooks of this folder: `python3 make.py FOLDER`.

openpyxl writes them; LibreOffice (`soffice`) works out their formulas and saves them in its
formats. They hold made-up values.
"""

import datetime
import pathlib
import shutil
import subprocess
import sys
import tempfile

import openpyxl
from openpyxl.styles import Alignment

HEAD = ["社区编码", "社区名称", "区县", "议事次数", "覆盖率", "等级", "有无章程", "成立日期", "打分"]
ROWS = [
    ["c03", "丙社区", "环翠区", 12, 0.955, "良", "是", datetime.date(2020, 7, 23), 1.5],
    ["c01", "甲社区", "环翠区", 1359, 1, "优", True, datetime.date(2019, 1, 1), 0.1 + 0.2],
    ["c02", "乙社区", "文登区", None, 0.07, "差", "否", None, "不涉及"],
    [104, "丁社区", "文登区", 0, 0.123456, None, "√", datetime.date(1996, 2, 29), 2],
]


def marks(path, formulas):
    """A cover, then the table below a title block, its heading over two rows."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "封面"
    cover["B2"] = "示范社区创建自评材料"
    cover["B4"] = "填报单位"
    cover["C4"] = "某街道"
    sheet = book.create_sheet("填报表")
    sheet["A1"] = "示范社区创建情况填报表"
    sheet.merge_cells("A1:I1")
    sheet["A2"] = "填报单位：某街道"
    sheet["H2"] = "填报日期：2020年8月"
    for column, title in enumerate(HEAD, 1):
        if column <= 3:
            sheet.cell(4, column, title)
            sheet.merge_cells(start_row=4, end_row=5, start_column=column, end_column=column)
        else:
            sheet.cell(5, column, title.replace("次数", "\n次数"))
    sheet["D4"] = "自治"
    sheet.merge_cells("D4:E4")
    sheet["F4"] = "评定"
    sheet.merge_cells("F4:I4")
    for cell in sheet[5]:
        cell.alignment = Alignment(wrap_text=True)
    for row, values in enumerate(ROWS, 6):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column, value)
            if column == 5:
                cell.number_format = "0.0%"
            if column == 8:
                cell.number_format = 'yyyy"年"m"月"d"日"'
    # A blank row between, and cells far out that are formatted and hold nothing.
    sheet.cell(40, 30).number_format = "0.00"
    if formulas:
        sheet["D6"] = "=6*2"
        sheet["E6"] = "=191/200"
        sheet["B6"] = '="丙"&"社区"'
        sheet["H6"] = "=DATE(2020,7,23)"
    hidden = book.create_sheet("旧表", 0)
    hidden.sheet_state = "hidden"
    for column, title in enumerate(HEAD, 1):
        hidden.cell(1, column, title)
    book.active = 1
    book.save(path)


def errors(path):
    """Cells that hold errors, and a code twice."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append(["说明"])
    sheet.append(["code", "议事次数", "覆盖率"])
    sheet.append(["c1", 3, "=1/0"])
    sheet.append(["c2", "许多", "=NA()"])
    sheet.append(["c1", 3, 0.5])
    sheet["C5"].number_format = "0%"
    book.save(path)


def convert(source, ending, folder):
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to",
             ending, "--outdir", str(folder), str(source)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180,
        )


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    marks(folder / "openpyxl.xlsx", formulas=False)
    marks(folder / "no-results.xlsx", formulas=True)
    errors(folder / "errors-source.xlsx")
    for name, ending in [
        ("no-results.xlsx", "xlsx"), ("no-results.xlsx", "ods"), ("no-results.xlsx", "xls"),
        ("errors-source.xlsx", "xlsx"), ("errors-source.xlsx", "ods"),
        ("errors-source.xlsx", "xls"),
    ]:
        made = "libreoffice" if name.startswith("no") else "errors"
        with tempfile.TemporaryDirectory() as there:
            convert(folder / name, ending, there)
            result = pathlib.Path(there) / f"{pathlib.Path(name).stem}.{ending}"
            shutil.move(result, folder / f"{made}.{ending}")
    (folder / "errors-source.xlsx").unlink()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
