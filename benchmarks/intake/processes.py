"""Runs a command to its end and tells what it used: wall time, CPU with its children, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.intake.runners import NOT_PLUGGED_IN_EXIT_CODE

REPOSITORY = Path(__file__).resolve().parents[2]
LAUNCHER = Path(__file__).with_name("launcher.py")
TIME_LIMIT_S = 900


class CommandError(Exception):
    """A measured command failed; the text holds the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, and what is added to the environment for it."""

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and the children it waited for used.

    ``largest_process_mb`` is the peak resident size of the largest one; ``all_processes_mb`` the peak sum over all of
    them with shared pages counted once, sampled, and None where it was not asked for.
    """

    wall_s: float
    cpu_s: float
    largest_process_mb: float
    all_processes_mb: float | None


def python_command(module: str, *arguments: str) -> Command:
    """A module of this repository as a program of its own."""
    paths = [str(REPOSITORY), str(REPOSITORY / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    return Command([sys.executable, "-m", module, *arguments], {"PYTHONPATH": os.pathsep.join(paths)})


def is_plugged_in(module: str, folder: Path) -> bool:
    """Whether a runner module has an intake to run; it is asked to prepare an empty store in ``folder``."""
    store = folder / f"{module}.sqlite3"
    command = python_command(module, "--database", f"sqlite:///{store}", "--prefill", "0")
    return _run(command).returncode != NOT_PLUGGED_IN_EXIT_CODE


def run_measured(command: Command, folder: Path, *, sample: bool = False) -> tuple[Usage, str]:
    """What the command used, and what it printed. Raises CommandError if it did not end with 0."""
    result, output = folder / "usage.json", folder / "output.txt"
    launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(result), str(TIME_LIMIT_S), str(int(sample)), "--"]
    with output.open("wb") as out, (folder / "errors.txt").open("wb") as errors:
        launcher = subprocess.Popen(
            [*launch, *command.arguments],
            cwd=REPOSITORY,
            env={**os.environ, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
        )
        try:
            launcher.wait()
        finally:
            launcher.terminate()  # where the wait was broken off: the launcher ends the command, too
            launcher.wait()
    used = json.loads(result.read_text())
    exit_code = used.pop("exit_code")
    if exit_code != 0:
        said = (folder / "errors.txt").read_text(errors="replace")[-3000:]
        raise CommandError(f"{' '.join(command.arguments)} ended with {exit_code}:\n{said}")
    return Usage(**used), output.read_text(errors="replace")


def run_plainly(command: Command) -> str:
    """What an unmeasured command printed. Raises CommandError if it did not end with 0."""
    done = _run(command)
    if done.returncode != 0:
        raise CommandError(f"{' '.join(command.arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def _run(command: Command) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(command.arguments),
        check=False,
        cwd=REPOSITORY,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
