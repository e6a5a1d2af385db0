"""The code of the guide and of the package's page runs as it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

matplotlib = pytest.importorskip("matplotlib", reason="the guide draws, on the first Python")
matplotlib.use("agg")

from pathlib import Path  # noqa: E402

import polars as pl  # noqa: E402
from matplotlib import font_manager, pyplot  # noqa: E402

from dabiao import plot  # noqa: E402

from conftest import need  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

need(
    there=bool(set(plot.FONTS) & set(font_manager.get_font_names())),
    what="a font with Chinese characters",
)

PACKAGE = Path(__file__).resolve().parents[1]
PAGES = [PACKAGE / "README.md", PACKAGE.parents[1] / "docs" / "python.md"]

FILES = {
    "communities.csv": "code,name,district\nc1,甲,北\nc2,乙,南\n",
    "review.csv": "code,activities\nc1,12\nc2,9\n",
    "campaign.toml": """
campaign = { id = "c", title = "C", standard = "weihai-2020", communities = "communities.csv" }
phase = [{ id = "review", title = "Review", observations = "review.csv" }]
selection = { tier = [{ id = "chosen", places = 1 }] }
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    table = pl.DataFrame({"code": ["c1", "c2"], "activities": [12, 9]})
    table.write_parquet(tmp_path / "communities.parquet")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    pyplot.close("all")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_code_of_a_page_runs(page: Path, folder: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    assert blocks
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(page), "exec"), names)
    assert folder.exists()
