"""The examples: the notebook runs from its first cell to its last, and its types hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="the notebook runs on the first Python")
nbclient = pytest.importorskip("nbclient", reason="the notebook runs on the first Python")

from matplotlib import font_manager  # noqa: E402

import dabiao.plot  # noqa: E402

from conftest import need  # noqa: E402

need(
    there=bool(set(dabiao.plot.FONTS) & set(font_manager.get_font_names())),
    what="a font with Chinese characters",
)

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def read(path: Path) -> Any:  # noqa: ANN401
    return nbformat.read(path, as_version=4)


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path: Path) -> None:
    for cell in read(path).cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_run(path: Path) -> None:
    notebook = read(path)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": EXAMPLES}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    said = [output.text for output in outputs if output.get("name") == "stderr"]
    assert said == []  # a missing glyph would be told here
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 4
    pages = [
        output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})
    ]
    assert any("dabiao-card" in page for page in pages)
    assert any("reason_zh" in page for page in pages)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_have_sound_types(path: Path, tmp_path: Path) -> None:
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    program = tmp_path / "notebook.py"
    program.write_text("\n".join(cells) + "\n", encoding="utf-8")
    config = EXAMPLES.parent / "pyproject.toml"
    # A cell may end in a value.
    run = [sys.executable, "-m", "mypy", "--config-file", str(config)]
    run += ["--cache-dir", str(tmp_path / "cache"), str(program), str(EXAMPLES / "synthetic.py")]
    done = subprocess.run(run, capture_output=True, text=True, cwd=EXAMPLES, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
