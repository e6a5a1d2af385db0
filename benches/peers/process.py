"""The processes that take times: each is asked by a line and answers by one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Process:
    """A process that answers lines with lines."""

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
        self.command = [str(word) for word in command]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self.command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **(env or {})}
        )
        self.told = self.line()

    def line(self) -> str:
        """Read its next line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            sys.exit(f"{' '.join(self.command)}: ended with {self.process.returncode}")
        return line

    def ask(self, line: str) -> Any:  # noqa: ANN401 - JSON
        """Give its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.line())

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Worker(Process):
    """A peer, with the variant that was quickest."""

    def __init__(
        self,
        engine: str,
        threads: int,
        folder: Path,
        standard: Path,
        variants: Sequence[str] = (),
    ) -> None:
        env = {
            "POLARS_MAX_THREADS": str(threads),
            "OMP_NUM_THREADS": str(threads),
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "peers.worker",
            engine,
            str(threads),
            folder,
            standard,
        ]
        super().__init__([*command, *variants], env)
        self.trials: dict[str, float] = json.loads(self.told)

    @property
    def best(self) -> str:
        """The variant that is measured."""
        return min(self.trials, key=lambda variant: self.trials[variant])

    def near(self) -> list[str]:
        """Give the variants that come near the best."""
        most = self.trials[self.best] * 1.15
        return [variant for variant, seconds in self.trials.items() if seconds <= most]
