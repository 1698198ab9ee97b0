"""Real csr-bot processes for tests: started as an operator would, killed as a power cut would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Running:
    """A process with its children, in a process group of its own."""

    process: subprocess.Popen[bytes]
    output: Path

    def kill(self) -> None:
        """End all of it at once, with no chance to clean up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """Ask it to end; insist after a while."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def text(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")


def program(*arguments: str) -> list[str]:
    """The command line of csr-bot with the environment that the tests run in."""
    return [sys.executable, "-m", "csr_bot.cli", *arguments]


def environment(values: Mapping[str, str]) -> dict[str, str]:
    """Our environment with the package's sources and these values."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), **values}


@contextmanager
def started(arguments: Sequence[str], *, environ: Mapping[str, str], output: Path) -> Iterator[Running]:
    """A csr-bot process, ended when the block is left."""
    with output.open("ab") as file:
        process = subprocess.Popen(
            program(*arguments),
            env=environment(environ),
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        running = Running(process, output)
        try:
            yield running
        finally:
            running.stop()
            # Shown by pytest where the test fails.
            print(  # noqa: T201
                f"--- csr-bot {' '.join(arguments)}\n{running.text()[-4000:]}"
            )


def run(*arguments: str, environ: Mapping[str, str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run csr-bot to its end."""
    return subprocess.run(
        program(*arguments),
        env=environment(environ),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )
