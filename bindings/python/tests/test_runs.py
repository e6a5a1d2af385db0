"""Threads, processes, progress, cancelling."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import dabiao

from conftest import ROWS

if TYPE_CHECKING:
    from pathlib import Path

MANY = 40_000


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    count = pl.int_range(MANY, eager=True)
    return pl.DataFrame({"code": count.cast(pl.String), "trees": count % 997, "green": count % 101})


def test_any_number_of_threads_gives_the_same(
    standard: dabiao.Standard, table: pl.DataFrame
) -> None:
    one = standard.score(table, threads=1).to_arrow()
    assert one.equals(standard.score(table, threads=2).to_arrow())
    assert one.equals(standard.score(table.sample(fraction=1, shuffle=True, seed=1)).to_arrow())


def test_threads_score_at_once(standard: dabiao.Standard, table: pl.DataFrame) -> None:
    expected = standard.score(table).to_arrow()
    with ThreadPoolExecutor(8) as pool:
        for scores in pool.map(lambda _: standard.score(table, threads=2), range(16)):
            assert scores.to_arrow().equals(expected)


def test_the_interpreter_is_free_meanwhile(standard: dabiao.Standard, table: pl.DataFrame) -> None:
    big = standard.read(table)
    ticks = 0
    done = threading.Event()

    def run() -> None:
        standard.score(big, threads=1)
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    while not done.is_set():
        ticks += 1
        time.sleep(0.0005)
    thread.join()
    # Held, the interpreter would let this thread run only at the start and the end.
    assert ticks > 3


def test_progress(standard: dabiao.Standard, table: pl.DataFrame) -> None:
    seen: list[tuple[int, int]] = []
    standard.score(table, progress=lambda done, rows: seen.append((done, rows)))
    assert seen
    assert all(rows == MANY for _, rows in seen)
    assert max(done for done, _ in seen) == MANY


def test_a_callback_cancels(standard: dabiao.Standard, table: pl.DataFrame) -> None:
    with pytest.raises(dabiao.Cancelled) as raised:
        standard.score(table, progress=lambda _done, _rows: False)
    assert raised.value.faults[0].code == "run-cancelled"


def test_an_event_cancels(standard: dabiao.Standard, table: pl.DataFrame) -> None:
    event = threading.Event()
    standard.score(table, cancel=event)
    event.set()
    with pytest.raises(dabiao.Cancelled):
        standard.score(table, cancel=event)


def test_what_a_callback_raises_comes_out(standard: dabiao.Standard, table: pl.DataFrame) -> None:
    def fail(done: int, rows: int) -> None:
        raise LookupError(done, rows)

    with pytest.raises(LookupError):
        standard.score(table, progress=fail)


def test_explanations_and_statistics_can_be_watched(standard: dabiao.Standard) -> None:
    scores = standard.score(ROWS)
    seen: list[tuple[int, int]] = []

    def watch(done: int, rows: int) -> None:
        seen.append((done, rows))

    stopped = threading.Event()
    stopped.set()
    for ask in (scores.items, scores.gaps, scores.next_grades):
        seen.clear()
        assert ask(progress=watch).to_dicts() == ask().to_dicts()
        assert seen[-1] == (4, 4)
        with pytest.raises(dabiao.Cancelled):
            ask(cancel=stopped)
        with pytest.raises(dabiao.Cancelled):
            ask(progress=lambda _done, _rows: False)
    seen.clear()
    assert standard.statistics(ROWS, progress=watch) == scores.statistics
    assert seen[-1] == (4, 4)
    with pytest.raises(dabiao.Cancelled):
        standard.statistics(ROWS, cancel=stopped)


def test_reading_a_file_can_be_cancelled(standard: dabiao.Standard, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("code,trees\n" + "".join(f"c{at},{at}\n" for at in range(50_000)))
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(dabiao.Cancelled):
        standard.score(path, cancel=stopped)


def test_ctrl_c(tmp_path: Path) -> None:
    program = tmp_path / "long.py"
    program.write_text(
        "import dabiao, sys\n"
        "standard = dabiao.Standard.builtin('weihai-2020')\n"
        "table = standard.read({'code': list(range(20000)), 'activities': [1] * 20000})\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    standard.score(table)\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors


def totals(standard: dabiao.Standard) -> list[Any]:
    return standard.score(ROWS, threads=2).points("total")


def big_total(table: pl.DataFrame) -> int:
    standard = dabiao.Standard.builtin("weihai-2020")
    codes = table["code"].to_list()
    return len(standard.score({"code": codes, "activities": [1] * len(codes)}, threads=2))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_after_fork(standard: dabiao.Standard, table: pl.DataFrame) -> None:
    expected = totals(standard)
    standard.score(table, threads=2)  # threads have run here before
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        for found in pool.map(totals, [standard] * 4, timeout=60):
            assert found == expected
    with context.Pool(2) as workers:
        lists = pl.DataFrame({"code": list(range(20_000))})
        assert (
            workers.map_async(len_of_scores, [lists["code"].to_list()] * 2).get(60) == [20_000] * 2
        )


def len_of_scores(codes: list[int]) -> int:
    standard = dabiao.Standard.builtin("weihai-2020")
    return len(standard.score({"code": codes, "activities": [1] * len(codes)}, threads=2))


def test_after_spawn(standard: dabiao.Standard) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        assert pool.submit(totals, standard).result(60) == totals(standard)


def raises(standard: dabiao.Standard) -> None:
    standard.score({"code": ["a"], "trees": ["x"]})


def test_errors_cross_processes(standard: dabiao.Standard) -> None:
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=context) as pool,
        pytest.raises(dabiao.TableError) as raised,
    ):
        pool.submit(raises, standard).result(60)
    assert raised.value.faults[0].column == "trees"
