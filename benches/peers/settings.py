"""What a run is told."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCHES = Path(__file__).resolve().parents[1]
BENCH_33 = BENCHES / "bench-33.toml"
WEIHAI = BENCHES.parent / "crates/dabiao/standards/weihai-2020.toml"


@dataclass(frozen=True)
class Settings:
    """Where the programs are, and how much is done."""

    #: The folder with what cargo built.
    built: Path
    #: The folder with the C library and its header.
    staged: Path
    rounds: int
    threads: int
    rows: list[int]
    buildings: int

    @property
    def driver(self) -> Path:
        """The program that takes Dabiao's times."""
        return self.built / "dabiao-bench"

    @property
    def both(self) -> list[int]:
        """One thread, and as many as are asked for."""
        return sorted({1, self.threads})


def threads(number: int) -> str:
    """Write how many threads."""
    return f"{number} thread{'s' * (number > 1)}"


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="dabiao-bench-") as folder:
        yield Path(folder)
