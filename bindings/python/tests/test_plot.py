"""Pictures: what they show, and that every character of it is in the font."""

from __future__ import annotations

import io
import math
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

matplotlib = pytest.importorskip("matplotlib", reason="pictures are drawn on the first Python")
matplotlib.use("agg")

from matplotlib import font_manager, pyplot  # noqa: E402
from matplotlib.patches import Rectangle  # noqa: E402

import dabiao  # noqa: E402
from dabiao import plot  # noqa: E402

from conftest import ROWS, STANDARD, need  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.projections.polar import PolarAxes

need(
    there=bool(set(plot.FONTS) & set(font_manager.get_font_names())),
    what="a font with Chinese characters",
)

#: A third section, so that there is something to span.
WIDE = (
    STANDARD
    + """
[[section]]
id = "3"
title = { zh = "更多绿化", en = "More green" }
item = [{ id = "3.1", title = "树", points = 4, value = "trees", curve = [[0, 0], [40, 4]] }]
"""
)


@pytest.fixture
def wide() -> dabiao.Scores:
    return dabiao.Standard.from_toml(WIDE).score(ROWS)


@pytest.fixture(autouse=True)
def close() -> Iterator[None]:
    yield
    pyplot.close("all")


def drawn(axes: Axes) -> bytes:
    """Draw it whole: a missing glyph warns, and a warning fails."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    held = io.BytesIO()
    figure.savefig(held, format="png")
    return held.getvalue()


def texts(axes: Axes) -> str:
    figure = axes.get_figure(root=True)
    assert figure is not None
    found = [cast("Any", text).get_text() for text in figure.findobj(matplotlib.text.Text)]
    return "\n".join(found)


def bars(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pictures_of_the_built_in_standard(lang: str) -> None:
    standard = dabiao.Standard.builtin("weihai-2020")
    rows = [
        {"code": f"c{at}", "name": f"第{at}社区", "district": "环翠区", "activities": at}
        for at in range(13)
    ]
    scores = standard.score(rows)
    assert standard.notice is not None
    for axes in (
        plot.totals(scores, code="c3", lang=lang),
        plot.radar(scores, "c3", lang=lang),
        plot.gaps(scores, "c3", lang=lang, most=40),
        plot.gaps(scores, lang=lang),
    ):
        assert drawn(axes).startswith(b"\x89PNG")
        assert standard.notice.get(lang)[:20] in texts(axes)


def test_totals(wide: dabiao.Scores) -> None:
    axes = plot.totals(wide, code="c1")
    heights = sum(bar.get_height() for bar in bars(axes))
    assert heights == len(wide)
    assert axes.get_xlabel() == "总分（满分 54 分）"
    assert axes.get_ylabel() == "社区数"
    said = texts(axes)
    assert "甲 54.00" in said
    assert "优秀 (1)" in said
    assert "无等次 (3)" in said
    drawn(axes)
    with pytest.raises(KeyError):
        plot.totals(wide, code="c9")
    with pytest.raises(ValueError, match="zh or en"):
        plot.totals(wide, lang="fr")
    with pytest.raises(ValueError, match="no community has a total"):
        plot.totals(wide.standard.score({"code": []}))


def test_one_total_and_no_grades() -> None:
    text = STANDARD.split("[[veto]]", maxsplit=1)[0]
    axes = plot.totals(dabiao.Standard.from_toml(text).score({"code": ["a"], "trees": [1]}))
    assert [bar.get_height() for bar in bars(axes)] == [1]
    assert axes.get_legend() is None
    drawn(axes)


def test_radar(wide: dabiao.Scores) -> None:
    axes = plot.radar(wide, "c2", lang="en")
    mean, own = axes.lines
    # c2 is in the north with c1, and has no trees.
    section = wide.points("3")
    assert cast("Any", own.get_ydata())[2] == 0.0
    assert cast("Any", mean.get_ydata())[2] == pytest.approx(float(section[0] or 0) / 2 / 4 * 100)
    assert len(cast("Any", own.get_xdata())) == 4
    said = texts(axes)
    assert "mean of 北 (2)" in said
    assert "3 More green\n0.00/4" in said
    drawn(axes)
    assert "mean of all 4" in texts(plot.radar(bare(wide), "c2", lang="en"))
    assert "平均（3 个）" in texts(plot.radar(wide, "c2", against=["c1", "c3", "c4"]))
    assert "南平均（2 个）" in texts(plot.radar(wide, "c4", against="district"))
    with pytest.raises(KeyError):
        plot.radar(wide, "c9")
    with pytest.raises(KeyError):
        plot.radar(wide, "c1", against="street")


def bare(scores: dabiao.Scores) -> dabiao.Scores:
    rows = {name: values for name, values in ROWS.items() if name != "district"}
    return scores.standard.score(rows)


def test_a_radar_needs_three_sections(scores: dabiao.Scores) -> None:
    with pytest.raises(ValueError, match="three sections"):
        plot.radar(scores, "c1")


def test_gaps(wide: dabiao.Scores) -> None:
    axes = plot.gaps(wide, "c3")
    rows = sorted(wide.gaps(["c3"]).to_dicts(), key=lambda row: -row["lost"])
    widths = [bar.get_width() for bar in bars(axes)]
    assert widths[: len(rows)] == [float(row["lost"]) for row in rows]
    won = widths[len(rows) :]
    assert all(0 <= win <= loss for win, loss in zip(won, widths, strict=False))
    assert "1.1 树木" in texts(axes)
    assert "丙：短板" in texts(axes)
    drawn(axes)
    assert len(bars(plot.gaps(wide, "c3", most=1))) == 2
    everyone = plot.gaps(wide, lang="en", codes=["c1", "c2"])
    assert "gaps: mean of 2 communities" in texts(everyone)
    lost = wide.losses(codes=["c1", "c2"]).to_dicts()
    expected = sorted((float(row["mean_lost"]) for row in lost if row["lost"] > 0), reverse=True)
    assert [bar.get_width() for bar in bars(everyone)] == expected
    drawn(everyone)
    with pytest.raises(ValueError, match="found both"):
        plot.gaps(wide, "c1", codes=["c2"])


def test_axes_of_the_caller(wide: dabiao.Scores) -> None:
    figure, (left, right) = pyplot.subplots(1, 2)
    polar = cast("PolarAxes", figure.add_subplot(projection="polar"))
    assert plot.totals(wide, ax=left) is left
    assert plot.gaps(wide, "c2", ax=right) is right
    assert plot.radar(wide, "c2", ax=polar) is polar
    assert matplotlib.rcParams["font.family"] != [plot.font()]
    assert math.isclose(polar.get_ylim()[1], 100)
    drawn(left)


def test_a_missing_glyph_fails(wide: dabiao.Scores) -> None:
    axes = plot.totals(wide, font="DejaVu Sans")
    with pytest.raises(UserWarning, match=r"Glyph .* missing from font"):
        drawn(axes)


def test_the_first_installed_font_is_taken(
    wide: dabiao.Scores, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plot.font() in plot.FONTS
    monkeypatch.setattr(plot, "FONTS", ("No Such Font", plot.font(), "Another"))
    assert plot.font() == plot.FONTS[1]
    monkeypatch.setattr(plot, "FONTS", ("No Such Font",))
    with pytest.raises(RuntimeError, match="fonts-noto-cjk"):
        plot.totals(wide)


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "dabiao.plot")
    with pytest.raises(ImportError, match=r"dabiao\[plot\]"):
        import dabiao.plot  # noqa: F401, PLC0415
