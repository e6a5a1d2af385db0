"""Pictures of results with matplotlib: the extra ``dabiao[plot]``.

Every function draws on the axes that it is given, or on new ones, and returns them. What is shown
comes from the core as it is published; nothing is marked or rounded here. Lengths are points,
shares are percent.

Chinese labels need a font that has them: the first of ``FONTS`` that is installed. A character
that the font lacks makes matplotlib warn ("Glyph … missing from font").

>>> import matplotlib
>>> matplotlib.use("agg")
>>> import dabiao, dabiao.plot
>>> standard = dabiao.Standard.builtin("weihai-2020")
>>> scores = standard.score({"code": ["c1", "c2"], "activities": [9, 12]})
>>> axes = dabiao.plot.totals(scores, lang="en")
>>> axes.get_xlabel()
'total, points of 100'
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Any, cast

try:
    from matplotlib import font_manager, pyplot, rc_context
    from matplotlib.text import Text
    from matplotlib.ticker import MaxNLocator
except ImportError:
    # What is missing is shown above it.
    raise ImportError("pictures need matplotlib: pip install 'dabiao[plot]'")  # noqa: B904

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.projections.polar import PolarAxes

    from ._dabiao import Card, Scores

__all__ = ["FONTS", "font", "gaps", "radar", "totals"]

#: Families with simplified Chinese, in the order in which they are looked for.
FONTS: tuple[str, ...] = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "DengXian",
    "Sarasa Gothic SC",
    "LXGW WenKai",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Sans CJK JP",  # what the first face of a collection is called
    "Noto Serif CJK SC",
    "Droid Sans Fallback",
    "AR PL UMing CN",
    "Arial Unicode MS",
    "SimSun",
)

#: Colours that stay apart for those who see fewer of them, best grade first.
_COLOURS = ("#1b7837", "#5aae61", "#d9a441", "#c4622d", "#7b3294", "#4d4d4d")
_STRONG, _PALE, _OTHER, _GREY = "#b2403a", "#edc9c3", "#3b6fb6", "#9aa0a6"

#: What matplotlib sets weights by.
_WEIGHTS = (
    "font.weight",
    "axes.labelweight",
    "axes.titleweight",
    "figure.labelweight",
    "figure.titleweight",
)

#: The fewest corners of a radar.
_CORNERS = 3


def font() -> str:
    """Give the first family of ``FONTS`` that is installed.

    Returns:
        The name of the family.

    Raises:
        RuntimeError: If none is. ``font=`` of every picture names any other family.

    Example:
        >>> import dabiao.plot
        >>> dabiao.plot.font() in dabiao.plot.FONTS
        True

    """
    installed = set(font_manager.get_font_names())
    for family in FONTS:
        if family in installed:
            return family
    raise RuntimeError(
        "no font with Chinese characters is installed: install fonts-noto-cjk, or another of "
        "dabiao.plot.FONTS, or name a font with font="
    )


def _pick(lang: str, zh: str, en: str) -> str:
    if lang not in {"zh", "en"}:
        raise ValueError(f"unknown language {lang!r}: expected zh or en")
    return zh if lang == "zh" else en


def _style(family: str | None, lang: str) -> Any:  # noqa: ANN401 - keys of matplotlib alone
    """Give what holds while texts are made; their fonts stay with them."""
    _pick(lang, "", "")
    family = family or font()
    faces = [face.weight for face in font_manager.fontManager.ttflist if face.name == family]
    # Some families have no face of the weight 400, which matplotlib would tell on every text.
    numbers = [weight for weight in faces if isinstance(weight, int)]
    weight = min(numbers, key=lambda weight: abs(weight - 400), default=400)
    style: dict[str, Any] = {"font.family": [family], "axes.unicode_minus": False}
    return style | dict.fromkeys(_WEIGHTS, weight)


def _dress(axes: Axes, style: dict[Any, Any]) -> None:
    """Give the font to texts that the caller's axes had before."""
    for text in axes.findobj(Text):
        assert isinstance(text, Text)
        text.set_fontfamily(style["font.family"])
        text.set_fontweight(style["font.weight"])


def _bare(axes: Axes, *, grid: str) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color="#e3e3e3", linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def _footnote(axes: Axes, scores: Scores, lang: str) -> None:
    """Say below what is drafted in the standard, as it asks wherever it is shown."""
    notice = scores.standard.notice
    figure = axes.get_figure(root=True)
    if notice is None or figure is None:
        return
    width = int(figure.get_figwidth() * 20)
    text = _folded(notice.get(lang), width)
    figure.supxlabel(text, x=0.02, ha="left", fontsize=6.5, color="#707070", linespacing=1.35)


def _number(number: Any) -> str:  # noqa: ANN401 - Decimal or Fraction
    """Write a number of the standard without zeros that say nothing."""
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _folded(text: str, width: int) -> str:
    """Break a text into lines of a width, at spaces or between Chinese characters."""
    lines, line = [""], ""
    words: list[str] = []
    for c in text:
        wide = unicodedata.east_asian_width(c) in "WF"
        if not words or wide or words[-1].endswith(" ") or _width(words[-1][-1]) > 1:
            words.append(c)
        else:
            words[-1] += c
    for word in words:
        if line and _width((line + word).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word
    lines.append(line.rstrip())
    return "\n".join(line for line in lines if line)


def _called(card: Card) -> str:
    return card.name or card.code


def totals(
    scores: Scores,
    *,
    code: str | None = None,
    lang: str = "zh",
    font: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the distribution of the totals, coloured by grade.

    Args:
        scores: The scores of a table.
        code: A community whose total is marked.
        lang: ``"zh"`` or ``"en"``.
        font: A font family, in place of the first installed of ``FONTS``.
        ax: Where to draw; new axes if not given.

    Returns:
        The axes: totals in points across, the number of communities upwards.

    Example:
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> import dabiao, dabiao.plot
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> scores = standard.score({"code": ["c1", "c2"], "activities": [9, 12]})
        >>> dabiao.plot.totals(scores, code="c2").get_ylabel()
        '社区数'

    Raises:
        KeyError: If no community has the code.
        ValueError: If no community has a total, or for any other language.
        RuntimeError: If no font is named and none of ``FONTS`` is installed.

    """
    standard = scores.standard
    rows = [row for row in scores.to_dicts(["total", "grade"]) if row["total"] is not None]
    if not rows:
        raise ValueError("no community has a total")
    found = [float(row["total"]) for row in rows]
    step = _step(max(found) - min(found))
    first = math.floor(min(found) / step) * step
    # The last bar takes in its right edge, so that full marks stand below full marks.
    count = max(1, math.ceil((max(found) - first) / step))
    edges = [first + step * at for at in range(count + 1)]
    kinds: list[tuple[str | None, str]] = [
        (grade, title.get(lang)) for grade, title in standard.grades
    ]
    kinds.append((None, _pick(lang, "无等次", "no grade") if kinds else ""))
    style = _style(font, lang)
    # A notebook's backend starts with its first figure, and must outlast the style.
    given = ax is not None
    if ax is None:
        _, ax = pyplot.subplots(figsize=(7.2, 4.4), layout="constrained")
    with rc_context(style):
        if not given:
            _footnote(ax, scores, lang)
        colours = [*_COLOURS[: len(kinds) - 1], *[_GREY] * len(kinds)]
        drawn = []
        for at, (grade, title) in enumerate(kinds):
            held = [float(row["total"]) for row in rows if row["grade"] == grade]
            if held:
                colour = colours[at] if len(kinds) > 1 else _OTHER
                drawn.append((held, f"{title} ({len(held)})" if title else "", colour))
        ax.hist(
            [held for held, _, _ in drawn],
            bins=edges,
            stacked=True,
            color=[colour for _, _, colour in drawn],
            label=[label for _, label, _ in drawn],
            edgecolor="white",
            linewidth=0.6,
        )
        full = _number(standard.full_marks)
        ax.set_xlabel(_pick(lang, f"总分（满分 {full} 分）", f"total, points of {full}"))
        ax.set_ylabel(_pick(lang, "社区数", "communities"))
        ax.set_title(standard.title.get(lang), loc="left")
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        _bare(ax, grid="y")
        if code is not None:
            card = scores.card(code)
            if card.total is not None:
                ax.axvline(float(card.total), color="black", linewidth=1.2, linestyle="--")
                ax.margins(y=0.14)
                right = float(card.total) > (edges[0] + edges[-1]) / 2
                ax.annotate(
                    f"{_called(card)} {card.total}",
                    (float(card.total), 0.985),
                    xycoords=("data", "axes fraction"),
                    xytext=(-5 if right else 5, 0),
                    textcoords="offset points",
                    ha="right" if right else "left",
                    va="top",
                )
        if any(label for _, label, _ in drawn):
            ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        _dress(ax, style)
    return ax


def _step(span: float) -> float:
    """Give the width of a bar: 1, 2 or 5 times a power of ten, for some twenty of them."""
    wanted = span / 20
    if wanted <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= wanted)


def radar(
    scores: Scores,
    code: str,
    *,
    against: str | Sequence[str] | None = None,
    lang: str = "zh",
    font: str | None = None,
    ax: PolarAxes | None = None,
) -> PolarAxes:
    """Draw a community's sections against the mean of its district.

    Args:
        scores: The scores of a table.
        code: The community.
        against: The attribute whose other holders it is compared with; ``"district_code"`` or
            ``"district"``, whichever the table has, if not given, and all communities where it
            has neither. Or the codes of the communities to compare with.
        lang: ``"zh"`` or ``"en"``.
        font: A font family, in place of the first installed of ``FONTS``.
        ax: Polar axes; new ones if not given.

    Returns:
        The axes: a corner for each top-level section that applies to the community, from 0 to
        100% of what the section is worth. The other line is the mean over the communities that
        it applies to.

    Example:
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> import dabiao, dabiao.plot
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> scores = standard.score({"code": ["c1", "c2"], "activities": [9, 12]})
        >>> mean, own = dabiao.plot.radar(scores, "c1", lang="en").lines
        >>> mean.get_label(), own.get_label()
        ('mean of all 2', 'c1 2.25')

    Raises:
        KeyError: If no community has the code, or the table lacks the attribute.
        ValueError: If fewer than three sections apply, or for any other language.
        RuntimeError: If no font is named and none of ``FONTS`` is installed.

    """
    card = scores.card(code)
    codes, group = _group(scores, card, against, lang)
    lost = {row["code"]: row for row in scores.losses("sections", codes=codes).to_dicts()}
    sections = [s for s in card.sections if s.points is not None and float(s.full) > 0]
    if len(sections) < _CORNERS:
        raise ValueError("a radar needs at least three sections that apply")
    own = [float(s.points or 0) / float(s.full) * 100 for s in sections]
    mean = [100 - float(lost[s.code]["mean_lost"]) / float(s.full) * 100 for s in sections]
    corners = [2 * math.pi * at / len(sections) for at in range(len(sections))]
    closed = [*corners, corners[0]]
    style = _style(font, lang)
    given = ax is not None
    if ax is None:
        figure = pyplot.figure(figsize=(6.4, 5.8), layout="constrained")
        ax = cast("PolarAxes", figure.add_subplot(projection="polar"))
    with rc_context(style):
        if not given:
            _footnote(ax, scores, lang)
        ax.set_theta_zero_location("N")
        ax.set_theta_direction(-1)
        ax.set_ylim(0, 100)
        ax.set_yticks([20, 40, 60, 80, 100], labels=["20", "40", "60", "80", "100%"])
        ax.tick_params(axis="y", labelsize=8, labelcolor="#707070")
        ax.set_rlabel_position(180 / len(sections))
        ax.grid(color="#dcdcdc", linewidth=0.8)
        ax.spines["polar"].set_color("#c0c0c0")
        ax.plot(closed, [*mean, mean[0]], color=_GREY, linestyle="--", linewidth=1.6, label=group)
        total = "–" if card.total is None else str(card.total)
        name = f"{_called(card)} {total}"
        ax.plot(closed, [*own, own[0]], color=_OTHER, linewidth=2, marker="o", ms=4, label=name)
        ax.fill(closed, [*own, own[0]], color=_OTHER, alpha=0.15)
        ax.set_xticks(corners, labels=[""] * len(corners))
        for corner, section in zip(corners, sections, strict=True):
            title = _folded(f"{section.code} {section.title.get(lang)}", 18)
            side = math.sin(corner)
            near = 1e-6
            across = "center" if abs(side) < near else "left" if side > 0 else "right"
            up = math.cos(corner)
            rise = "bottom" if up > 1 - near else "top" if up < near - 1 else "center"
            label = f"{title}\n{section.points}/{_number(section.full)}"
            ax.text(corner, 108, label, ha=across, va=rise, linespacing=1.3)
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(-0.33, 1.14))
        _dress(ax, style)
    return ax


def _group(
    scores: Scores, card: Card, against: str | Sequence[str] | None, lang: str
) -> tuple[list[str], str]:
    """Give the codes to compare with, and what they are called together."""
    if against is not None and not isinstance(against, str):
        codes = list(against)
        return codes, _pick(lang, f"平均（{len(codes)} 个）", f"mean of {len(codes)}")
    attribute = against
    if attribute is None:
        known = (name for name in ("district_code", "district") if name in card.attributes)
        attribute = next(known, None)
    if attribute is None:
        count = len(scores)
        return scores.codes, _pick(lang, f"全部平均（{count} 个）", f"mean of all {count}")
    value = card.attributes[attribute]
    held = scores.to_dicts(["code", attribute])
    codes = [row["code"] for row in held if row[attribute] == value]
    name = card.attributes.get(attribute.removesuffix("_code"), value)
    count = len(codes)
    return codes, _pick(lang, f"{name}平均（{count} 个）", f"mean of {name} ({count})")


def _lost(
    scores: Scores, code: str | None, codes: Sequence[str] | None, most: int, lang: str
) -> tuple[list[float], list[float], list[str], list[str], str]:
    """Give the bars: points lost, those that the next step wins, labels, notes, a heading."""
    if code is not None:
        rows = scores.gaps([code], lang=lang).to_dicts()
        rows.sort(key=lambda row: -row["lost"])
        rows = rows[:most]
        lost = [float(row["lost"]) for row in rows]
        gains = [float(row["gain"] or 0) for row in rows]
        strong = [min(pair) for pair in zip(gains, lost, strict=True)]
        labels = [f"{row['item']} {row['title']}" for row in rows]
        notes = [f"{row['points']}/{_number(row['full'])}" for row in rows]
        heading = _called(scores.card(code)) + _pick(lang, "：短板", ": gaps")
        return lost, strong, labels, notes, heading
    held = None if codes is None else list(codes)
    rows = scores.losses("items", codes=held).to_dicts()
    rows = [row for row in rows if row["lost"] > 0]
    rows.sort(key=lambda row: -row["mean_lost"])
    rows = rows[:most]
    lost = [float(row["mean_lost"]) for row in rows]
    labels = [f"{row['code']} {row['title_' + lang]}" for row in rows]
    notes = [f"{row['mean_lost']}/{_number(row['full'])}" for row in rows]
    count = len(scores) if held is None else len(held)
    heading = _pick(lang, f"短板：{count} 个社区平均", f"gaps: mean of {count} communities")
    return lost, [], labels, notes, heading


def gaps(
    scores: Scores,
    code: str | None = None,
    *,
    codes: Sequence[str] | None = None,
    most: int = 12,
    lang: str = "zh",
    font: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw where points are lost, the costliest items on top.

    Args:
        scores: The scores of a table.
        code: One community: its points lost, and of them in a stronger colour what the nearest
            change would win. Without it, the mean loss of many communities.
        codes: The many communities; all of them if not given.
        most: How many items at most.
        lang: ``"zh"`` or ``"en"``.
        font: A font family, in place of the first installed of ``FONTS``.
        ax: Where to draw; new axes if not given.

    Returns:
        The axes: points lost across, a bar for each item.

    Example:
        >>> import matplotlib
        >>> matplotlib.use("agg")
        >>> import dabiao, dabiao.plot
        >>> standard = dabiao.Standard.builtin("weihai-2020")
        >>> scores = standard.score({"code": ["c1"], "activities": [9]})
        >>> dabiao.plot.gaps(scores, "c1", lang="en", most=5).get_title(loc="left")
        'c1: gaps'

    Raises:
        KeyError: If no community has one of the codes.
        ValueError: For any other language, or a community together with others.
        RuntimeError: If no font is named and none of ``FONTS`` is installed.

    """
    if code is not None and codes is not None:
        raise ValueError("expected one community or several, found both")
    _pick(lang, "", "")
    lost, strong, labels, notes, heading = _lost(scores, code, codes, most, lang)
    labels = [_folded(label, 30) for label in labels]
    lines = sum(label.count("\n") + 1 for label in labels)
    style = _style(font, lang)
    given = ax is not None
    if ax is None:
        height = 1.8 + 0.17 * len(labels) + 0.19 * lines
        _, ax = pyplot.subplots(figsize=(7.6, height), layout="constrained")
    with rc_context(style):
        if not given:
            _footnote(ax, scores, lang)
        places = range(len(lost))
        pale = _PALE if strong else _STRONG
        gap = _pick(lang, "失分", "points lost")
        bars = ax.barh(places, lost, color=pale, height=0.66, label=gap)
        if any(strong):
            won = _pick(lang, "下一步可得", "won by the next step")
            ax.barh(places, strong, color=_STRONG, height=0.66, label=won)
            ax.legend(frameon=False, loc="lower right")
        ax.bar_label(bars, labels=notes, padding=4, fontsize="small", color="#404040")
        ax.set_yticks(places, labels=labels)
        ax.invert_yaxis()
        ax.margins(x=0.14)
        earned = _pick(lang, "得分/满分", "points/full marks")
        mean = _pick(lang, "平均失分/满分", "mean lost/full marks")
        ax.set_xlabel(f"{gap} ({earned if code is not None else mean})")
        ax.set_title(heading, loc="left")
        ax.tick_params(axis="y", length=0)
        _bare(ax, grid="x")
        _dress(ax, style)
    return ax
