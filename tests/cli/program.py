"""The real program as a process of its own: what it printed, and how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "src"


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Program:
    """``csr-bot`` with an environment of its own: nothing of the caller's settings reaches it."""

    environ: Mapping[str, str]

    def run(self, *words: str | Path, given: str | bytes = b"", **settings: str) -> Ended:
        """Run a command with ``given`` on standard input; ``settings`` are environment variables."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CSR_")}
        environ = kept | {"PYTHONPATH": str(SOURCE), "COLUMNS": "100"} | dict(self.environ) | settings
        done = subprocess.run(
            [sys.executable, "-m", "csr_bot.cli", *map(str, words)],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            env=environ,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())
