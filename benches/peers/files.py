"""What the driver writes: columns and what comes of them, numbers in the order of their bytes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from peers.standard import Standard

#: What each kind of column holds.
KINDS = {".f64": "<f8", ".i64": "<i8", ".u8": "?", ".i8": "i1"}
NO_POINTS = np.iinfo(np.int64).min
#: How far a peer's item may be from the exact one, with room for a float's last digits.
WITHIN = 0.010000001


def columns(folder: Path, measures: list[str]) -> dict[str, Any]:
    """Read the columns."""
    made = {}
    for at, name in enumerate(measures):
        (file,) = [path for path in folder.glob(f"{at}.*") if path.suffix in KINDS]
        made[name] = np.fromfile(file, dtype=KINDS[file.suffix])
    return made


def whole(folder: Path, name: str) -> Any:  # noqa: ANN401 - an array
    """Read whole numbers."""
    return np.fromfile(folder / f"{name}.i64", dtype="<i8")


def difference(engine: Any, folder: Path) -> dict[str, Any]:  # noqa: ANN401 - any engine
    """Compare an engine's answer with the exact one; no item may be further off than 0.01."""
    standard: Standard = engine.standard
    items, total, grade, rank = engine.answers()
    scale = 10**standard.decimals
    worst, rows = 0.0, np.zeros(len(total), dtype=bool)
    for at, found in enumerate(items):
        exact = whole(folder, f"item-{at}")
        without = exact == NO_POINTS
        if (np.isnan(found) != without).any():
            sys.exit(f"{engine.name}: item {standard.items[at].code} applies elsewhere")
        off = np.abs(np.where(without, 0.0, found) - np.where(without, 0, exact) / scale)
        worst = max(worst, float(off.max(initial=0.0)))
        rows |= off > 0.5 / scale
    if worst > WITHIN:
        sys.exit(f"{engine.name}: an item differs by {worst}")

    def unequal(found: Any, name: str) -> int:  # noqa: ANN401 - an array
        return int((np.asarray(found).astype(np.int64) != whole(folder, name)).sum())

    return {
        "worst": worst,
        "items": int(rows.sum()),
        "totals": unequal(np.rint(total * scale), "total"),
        "grades": unequal(grade, "grade"),
        "ranks": unequal(rank, "rank"),
    }
