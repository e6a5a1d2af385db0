"""Files in and out: every format as a path, templates, folders, workbooks, reports."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import polars as pl
import pytest

import dabiao

from conftest import STANDARD, need

if TYPE_CHECKING:
    from collections.abc import Callable

TOP = Path(__file__).resolve().parents[3]
WORKBOOKS = TOP / "crates" / "dabiao-io" / "tests" / "workbooks"

#: The command of this checkout, which writes the same files.
CLI = os.environ.get("DABIAO_CLI", "")

FILLED = """
standard = { id = "filled", title = "Filled" }
[measures]
meetings = { type = "count", title = "议事次数" }
coverage = { type = "number", unit = "%", title = "覆盖率" }
level = { type = "label", labels = ["优", "良", "差"], title = "等级" }
charter = { type = "yes-no", title = "有无章程" }
since = { type = "date", title = "成立日期" }
mark = { type = "number", title = "打分" }
[[section]]
id = "1"
title = "All"
[[section.item]]
id = "1.1"
title = "Meetings"
points = 3
value = "meetings"
per_unit = { over = 0, points = 1, cap = 3 }
"""

CAMPAIGN = """
[campaign]
id = "spring"
title = { zh = "创建活动", en = "Campaign" }
standard = "small.toml"
synthetic = true
communities = "communities.csv"
grid = "units.csv"
[[phase]]
id = "self"
title = { zh = "自评", en = "self-assessment" }
observations = "self.csv"
[[phase]]
id = "review"
title = { zh = "初审", en = "review" }
observations = "review.csv"
[[selection.tier]]
id = "first"
places = 1
"""

UNITS = """code,level,parent,organisation
s,street,,是
c1,community,s,是
c2,community,s,是
g1,grid,c1,是
g2,grid,c2,否
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "small.toml": STANDARD,
        "campaign.toml": CAMPAIGN,
        "communities.csv": "code,name,street,district\nc1,甲,东街,北\nc2,<乙>,东街,南\n",
        "units.csv": UNITS,
        "self.csv": "code,trees,lift\nc1,40,是\nc2,40,是\n",
        "review.csv": "code,name,district,trees\nc1,甲,北,30\nc2,<乙>,南,40\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def scored(folder: Path) -> dabiao.Scores:
    return dabiao.Standard.from_file(folder / "small.toml").score(folder / "review.csv")


@pytest.fixture
def result(folder: Path) -> dabiao.CampaignResult:
    return dabiao.Campaign.from_file(folder / "campaign.toml").run()


def command(*words: object) -> None:
    need(there=bool(CLI), what="the dabiao command (DABIAO_CLI)")
    run = [CLI, "--lang", "zh", *map(str, words)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def opened(path: Path) -> Any:  # noqa: ANN401
    """Open a workbook, whatever openpyxl has not heard of in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# Tables in


@pytest.mark.parametrize(
    "name", ["openpyxl.xlsx", "libreoffice.xlsx", "libreoffice.xls", "libreoffice.ods"]
)
def test_workbooks_are_read_as_paths(name: str) -> None:
    standard = dabiao.Standard.from_toml(FILLED)
    path = WORKBOOKS / name
    table = standard.read(path)
    assert table.codes == ["104", "c01", "c02", "c03"]
    assert table.digest == standard.read(WORKBOOKS / "openpyxl.xlsx").digest
    scores = standard.score(path, sheet="填报表")
    assert [str(points) for points in scores.points("1.1")] == ["0.00", "3.00", "0.00", "3.00"]
    assert scores.points("1.1") == standard.score(str(path)).points("1.1")
    assert standard.validate(path, sheet="填报表") == []
    with pytest.raises(dabiao.TableError) as raised:
        standard.score(path, sheet="没有")
    assert raised.value.faults[0].found == "没有"
    assert standard.validate(path, sheet="没有") == list(raised.value.faults)


def test_a_fault_of_a_workbook_names_its_cell() -> None:
    with pytest.raises(dabiao.TableError) as raised:
        dabiao.Standard.from_toml(FILLED).read(WORKBOOKS / "errors.xlsx")
    places = {(fault.sheet, fault.cell) for fault in raised.value.faults}
    assert all(sheet and re.fullmatch(r"[A-Z]+\d+", cell or "") for sheet, cell in places)


def test_files_of_every_other_kind(tmp_path: Path) -> None:
    standard = dabiao.Standard.from_toml(FILLED)
    frame = pl.DataFrame({"编码": ["c1", "c2"], "名称": ["甲", "乙"], "议事次数": [2, 1]})
    text = frame.write_csv()
    (tmp_path / "utf8.csv").write_text(text, encoding="utf-8")
    (tmp_path / "marked.csv").write_text(text, encoding="utf-8-sig")
    (tmp_path / "gbk.csv").write_text(text, encoding="gbk")
    (tmp_path / "gb18030.tsv").write_text(text.replace(",", "\t"), encoding="gb18030")
    frame.write_parquet(tmp_path / "table.parquet")
    frame.write_ipc(tmp_path / "table.arrow", compression="uncompressed")
    paths = sorted(tmp_path.iterdir())
    assert len(paths) == 6
    assert {standard.read(path).digest for path in paths} == {standard.read(frame).digest}
    for name in ("gbk", "GB18030", "gb2312"):
        read = standard.read(tmp_path / "gbk.csv", encoding=name)
        assert read.attribute("name") == ["甲", "乙"]
    # What was said is not found out.
    with pytest.raises(dabiao.TableError):
        standard.read(tmp_path / "gbk.csv", encoding="utf-8")
    with pytest.raises(ValueError, match="latin-1"):
        standard.read(tmp_path / "gbk.csv", encoding="latin-1")
    uses: list[Any] = [standard.read, standard.score, standard.statistics, standard.validate]
    for use in uses:
        for given in ({"sheet": "x"}, {"encoding": "gbk"}):
            with pytest.raises(ValueError, match="no path"):
                use(frame, **given)
    assert standard.statistics(tmp_path / "gbk.csv", encoding="gbk") == standard.statistics(frame)


# Observations out


def test_observations_read_back(scored: dabiao.Scores, folder: Path) -> None:
    standard = scored.standard
    table = standard.read(folder / "review.csv")
    table.write_csv(folder / "out.csv")
    assert (folder / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,district,name,trees\n")
    assert standard.read(folder / "out.csv").digest == table.digest


# Folders of tables


def test_a_folder_is_collected(folder: Path) -> None:
    standard = dabiao.Standard.from_file(folder / "small.toml")
    sent = folder / "sent"
    (sent / "north").mkdir(parents=True)
    (sent / "north" / "c1.csv").write_text("code,name,trees\nc1,甲,30\n", encoding="gbk")
    pl.DataFrame({"code": ["c2"], "trees": [40]}).write_parquet(sent / "c2.parquet")
    (sent / "letter.txt").write_text("…", encoding="utf-8")
    registered = {"code": ["c1", "c2", "c3"], "name": ["甲", "乙", "丙"]}
    (folder / "registered.csv").write_text("编码,名称\nc1,甲\nc2,乙\nc3,丙\n", encoding="utf-8")
    tables: list[Any] = [registered, pl.DataFrame(registered), folder / "registered.csv"]
    for communities in tables:
        collected = dabiao.collect(sent, standard, communities=communities)
        assert collected.missing.to_dicts() == [{"code": "c3", "name": "丙", "district": ""}]
    collected = dabiao.collect(str(sent), standard)
    assert len(collected.missing) == 0
    assert collected.passed_over == ["letter.txt"]
    assert collected.advice == []
    assert collected.files.to_dicts() == [
        {"file": "c2.parquet", "communities": 1},
        {"file": str(Path("north") / "c1.csv"), "communities": 1},
    ]
    assert repr(collected) == "<Collected 2 communities of 2 files>"
    table = collected.observations
    assert [str(points) for points in standard.score(table).points("1.1")] == ["7.50", "10.00"]
    # What was read is not written over.
    with pytest.raises(OSError, match="was read"):
        table.write_csv(sent / "c2.parquet")
    command("collect", sent, "-s", folder / "small.toml", "-o", folder / "cli.csv")
    table.write_csv(folder / "own.csv")
    assert (folder / "own.csv").read_bytes() == (folder / "cli.csv").read_bytes()
    command("collect", sent, "-s", folder / "small.toml", "-o", folder / "cli.parquet")
    assert standard.read(folder / "cli.parquet").digest == table.digest


def test_folders_that_cannot_be_collected(folder: Path) -> None:
    standard = dabiao.Standard.from_file(folder / "small.toml")
    with pytest.raises(FileNotFoundError, match="none"):
        dabiao.collect(folder / "none", standard)
    sent = folder / "sent"
    sent.mkdir()
    with pytest.raises(dabiao.TableError):
        dabiao.collect(sent, standard)
    (sent / "a.csv").write_text("code,trees\nc1,30\n", encoding="utf-8")
    (sent / "b.csv").write_text("code,trees\nc1,many\n", encoding="utf-8")
    (sent / "c.csv").write_text("code,trees\nc1,3\nc9,1\n", encoding="utf-8")
    with pytest.raises(dabiao.TableError) as raised:
        dabiao.collect(sent, standard)
    assert {Path(fault.file or "").name for fault in raised.value.faults} == {"b.csv", "c.csv"}
    (sent / "b.csv").unlink()
    (sent / "a.csv").unlink()
    with pytest.raises(dabiao.GridError) as unknown:
        dabiao.collect(sent, standard, communities={"code": ["c1"]})
    assert [fault.found for fault in unknown.value.faults] == ["c9"]
    with pytest.raises(dabiao.TableError):
        dabiao.collect(sent, standard, communities={"name": ["甲"]})
    with pytest.raises(TypeError):
        dabiao.collect(sent, standard, communities=1)  # type: ignore[arg-type]
    stop = threading.Event()
    stop.set()
    with pytest.raises(dabiao.Cancelled):
        dabiao.collect(sent, standard, cancel=stop)


# Templates


def test_templates(folder: Path) -> None:
    standard = dabiao.Standard.from_file(folder / "small.toml")
    one = folder / "one.xlsx"
    assert standard.write_template(one) == [str(one)]
    english = folder / "english.xlsx"
    standard.write_template(english, lang="en")
    assert one.read_bytes() != english.read_bytes()
    communities: list[Any] = [
        folder / "communities.csv",
        pl.read_csv(folder / "communities.csv"),
        pl.read_csv(folder / "communities.csv").to_dict(as_series=False),
    ]
    for at, table in enumerate(communities):
        each = folder / f"each-{at}"
        written = standard.write_template(each, communities=table)
        assert [Path(path).name for path in written] == ["c1 甲.xlsx", "c2 _乙_.xlsx"]
        streets = folder / f"streets-{at}"
        written = standard.write_template(streets, communities=table, each="street")
        assert [Path(path).name for path in written] == ["东街.xlsx"]
        if at:
            assert contents(each) == contents(folder / "each-0")
            assert contents(streets) == contents(folder / "streets-0")
    from_file = ["-s", folder / "small.toml", "--registry", folder / "communities.csv"]
    command("template", *from_file[:2], "-o", folder / "cli.xlsx")
    assert (folder / "cli.xlsx").read_bytes() == one.read_bytes()
    command("template", *from_file, "-o", folder / "cli-each")
    assert contents(folder / "cli-each") == contents(folder / "each-0")
    command("template", *from_file, "--each", "street", "-o", folder / "cli-streets")
    assert contents(folder / "cli-streets") == contents(folder / "streets-0")


def test_a_template_is_a_table(folder: Path) -> None:
    standard = dabiao.Standard.from_file(folder / "small.toml")
    standard.write_template(folder / "sent", communities=folder / "communities.csv", each="street")
    path = folder / "sent" / "东街.xlsx"
    blank = standard.read(path)
    assert (blank.codes, blank.attribute("name")) == (["c1", "c2"], ["甲", "<乙>"])
    # Filled in by a program that knows no formulas.
    book = opened(path)
    form = book["自评表"]
    cells = {cell.value: cell for row in form for cell in row if cell.value is not None}
    for code, trees in (("c1", 30), ("c2", 40)):
        form.cell(cells[code].row, cells["trees"].column).value = trees
    book.save(path)
    scores = standard.score(path)
    assert [str(points) for points in scores.points("1.1")] == ["7.50", "10.00"]
    collected = dabiao.collect(folder / "sent", standard, communities=folder / "communities.csv")
    assert len(collected.missing) == 0
    assert standard.score(collected.observations).points("1.1") == scores.points("1.1")
    # What is wrong is told by the cell in which it was typed.
    form.cell(cells["c1"].row, cells["trees"].column).value = "many"
    book.save(path)
    with pytest.raises(dabiao.TableError) as raised:
        standard.score(path)
    assert [fault.cell for fault in raised.value.faults] == ["C6"]


def test_templates_that_cannot_be_written(folder: Path) -> None:
    standard = dabiao.Standard.from_file(folder / "small.toml")
    with pytest.raises(ValueError, match="community or street"):
        standard.write_template(folder / "x", communities={"code": ["1"]}, each="city")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="zh or en"):
        standard.write_template(folder / "x.xlsx", lang="fr")
    with pytest.raises(TypeError):
        standard.write_template(folder / "x", communities=1)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        standard.write_template(folder / "none" / "x.xlsx")
    with pytest.raises(FileNotFoundError):
        standard.write_template(folder / "x", communities=folder / "none.csv")
    with pytest.raises(dabiao.TableError) as raised:
        standard.write_template(folder / "x", communities={"code": ["c1"]}, each="street")
    assert raised.value.faults[0].expected is not None
    many = {"code": [f"c{at}" for at in range(201)], "street": ["东街"] * 201}
    with pytest.raises(dabiao.DabiaoError) as too_many:
        standard.write_template(folder / "x", communities=many, each="street")
    assert too_many.value.faults[0].code == "file-too-large"
    assert not (folder / "x").exists()


# Standards


def test_standards_go_through_a_workbook(folder: Path) -> None:
    for standard in (
        dabiao.Standard.from_file(folder / "small.toml"),
        dabiao.Standard.builtin("weihai-2020"),
    ):
        path = folder / f"{standard.id}.xlsx"
        standard.to_workbook(path)
        again = dabiao.Standard.from_workbook(path)
        assert again.digest == standard.digest
        assert dabiao.Standard.from_file(path) == standard
        assert dabiao.Standard.from_toml(again.to_toml()) == standard
        assert dabiao.Standard.from_json(standard.to_json()) == standard
        command("standard", "export", folder / "small.toml", "-o", folder / "cli.xlsx")
    assert (folder / "small.xlsx").read_bytes() == (folder / "cli.xlsx").read_bytes()
    command("standard", "import", folder / "small.xlsx", "-o", folder / "cli.toml")
    imported = dabiao.Standard.from_workbook(folder / "small.xlsx")
    assert imported.to_toml() == (folder / "cli.toml").read_text(encoding="utf-8")
    assert imported.text == imported.to_toml()


def test_an_edited_workbook_is_an_edited_standard(folder: Path) -> None:
    path = folder / "standard.xlsx"
    standard = dabiao.Standard.from_file(folder / "small.toml")
    standard.to_workbook(path)
    book = opened(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    titles = [cell for cell in cells if cell.value == "树木"]
    assert titles
    titles[0].value = "乔木"
    book.save(path)
    edited = dabiao.Standard.from_workbook(path)
    assert str(edited["1.1"].title) == "乔木"
    assert edited != standard


def test_workbooks_that_are_no_standards(folder: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.xlsx"):
        dabiao.Standard.from_workbook(folder / "none.xlsx")
    with pytest.raises(dabiao.DabiaoError):
        dabiao.Standard.from_workbook(folder / "small.toml")
    with pytest.raises(dabiao.StandardError):
        dabiao.Standard.from_file(WORKBOOKS / "openpyxl.xlsx")


# Results


def test_the_files_of_a_run_are_those_of_the_command(scored: dabiao.Scores, folder: Path) -> None:
    written = scored.write(folder / "own")
    names = ["scores.csv", "items.csv", "gaps.csv", "summary.json", "results.xlsx"]
    assert [Path(path).name for path in written] == names
    command("score", folder / "review.csv", "-s", folder / "small.toml", "--out", folder / "cli")
    assert contents(folder / "own") == contents(folder / "cli")
    own = contents(folder / "own")
    scored.write_csv(folder / "scores.csv")
    assert (folder / "scores.csv").read_bytes() == own["scores.csv"]
    scored.write_excel(folder / "results.xlsx")
    assert (folder / "results.xlsx").read_bytes() == own["results.xlsx"]
    scored.write_report(folder / "own.html")
    command("report", folder / "review.csv", "-s", folder / "small.toml", "-o", folder / "cli.html")
    assert (folder / "own.html").read_bytes() == (folder / "cli.html").read_bytes()


def test_the_files_of_a_campaign_are_those_of_the_command(
    result: dabiao.CampaignResult, folder: Path
) -> None:
    result.write(folder / "own")
    command("run", folder / "campaign.toml", "--out", folder / "cli")
    own = contents(folder / "own")
    assert own == contents(folder / "cli")
    assert {"coverage.csv", "selection.csv", "results.xlsx", "report.html"} <= set(own)
    result.write_excel(folder / "results.xlsx")
    assert (folder / "results.xlsx").read_bytes() == own["results.xlsx"]
    result.write_report(folder / "report.html")
    assert (folder / "report.html").read_bytes() == own["report.html"]
    # In the other language, and over what was there.
    result.write(folder / "own", lang="en")
    assert contents(folder / "own")["report.html"] != own["report.html"]


def test_a_workbook_holds_numbers_and_the_report_texts(scored: dabiao.Scores, folder: Path) -> None:
    scored.write_excel(folder / "results.xlsx", lang="en")
    book = opened(folder / "results.xlsx")
    values = [value for sheet in book for row in sheet.values for value in row]
    totals = [float(total) for total in scored.points("total") if total is not None]
    assert set(totals) <= {value for value in values if isinstance(value, float | int)}
    scored.write_report(folder / "report.html", lang="en")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<乙>" not in page


def large(count: int) -> dabiao.Scores:
    standard = dabiao.Standard.from_toml(FILLED)
    return standard.score({"code": [f"c{at}" for at in range(count)]})


def test_what_is_too_large_is_said(tmp_path: Path) -> None:
    scores = large(5001)
    for write in (scores.write_excel, scores.write_report):
        with pytest.raises(dabiao.DabiaoError) as raised:
            write(tmp_path / "large")
        assert type(raised.value) is dabiao.DabiaoError
        assert raised.value.faults[0].found == "5001"
    assert list(tmp_path.iterdir()) == []
    with pytest.warns(UserWarning, match=r"5000 communities: results\.xlsx is left out"):
        written = scores.write(tmp_path / "out")
    assert "results.xlsx" not in {Path(path).name for path in written}


def test_nothing_is_written_over_its_input(
    scored: dabiao.Scores, result: dabiao.CampaignResult, folder: Path
) -> None:
    before = contents(folder)
    outputs: list[Callable[[Path], object]] = [
        scored.write_csv,
        scored.write_excel,
        scored.write_report,
        result.write_excel,
        result.write_report,
        result.scores.write_csv,
    ]
    for write in outputs:
        with pytest.raises(OSError, match=r"review\.csv: it was read"):
            write(folder / "review.csv")
    # A run whose input stands where an output would.
    (folder / "review.csv").rename(folder / "scores.csv")
    read = scored.standard.score(folder / "scores.csv")
    with pytest.raises(OSError, match="was read"):
        read.write(folder)
    (folder / "scores.csv").rename(folder / "review.csv")
    assert contents(folder) == before


@pytest.mark.parametrize("method", ["write_csv", "write_excel", "write_report"])
def test_files_that_cannot_be_written(scored: dabiao.Scores, folder: Path, method: str) -> None:
    write = getattr(scored, method)
    with pytest.raises(FileNotFoundError, match="none"):
        write(folder / "none" / "x")
    (folder / "there").mkdir()
    with pytest.raises(OSError, match="there"):
        write(folder / "there")
    if method in ("write_excel", "write_report"):
        with pytest.raises(ValueError, match="zh or en"):
            write(folder / "x", lang="fr")
    assert not list(folder.glob(".dabiao-*"))


def test_bytes_are_the_same_every_time(result: dabiao.CampaignResult, folder: Path) -> None:
    result.write_excel(folder / "a.xlsx")
    result.write_excel(folder / "b.xlsx")
    assert (folder / "a.xlsx").read_bytes() == (folder / "b.xlsx").read_bytes()
    assert zipfile.is_zipfile(folder / "a.xlsx")


def test_other_threads_run_meanwhile(folder: Path) -> None:
    scores = large(1500)
    ticks: list[int] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(1)
            done.wait(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    scores.write_excel(folder / "large.xlsx")
    done.set()
    thread.join()
    assert len(ticks) > 2
