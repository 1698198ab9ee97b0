"""Kills a runner in the middle of its work and runs it again: every mail must then be there exactly once."""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import dataclass

from benchmarks.intake.contenders import Ground, Runner, scratch_folder
from benchmarks.intake.mailboxes import filled_mailbox
from benchmarks.intake.processes import REPOSITORY, run_plainly
from benchmarks.intake.runners import Held

EARLIEST, LATEST = 0.05, 0.9
TRIES = 5


@dataclass(frozen=True, slots=True)
class Crash:
    """A runner killed ``after_s`` seconds, what its store held then, and what it held after it had run again."""

    size: int
    after_s: float
    at_the_kill: Held
    at_the_end: Held

    @property
    def exactly_once(self) -> bool:
        """Whether each mail is there, and there once."""
        return self.at_the_end.rows == self.at_the_end.distinct == self.size


def crash_once(
    ground: Ground, runner: Runner, *, size: int, start_s: float, work_s: float, chance: random.Random
) -> Crash:
    """Kill -9 at a random moment of the work and run again.

    ``start_s`` is what starting takes and ``work_s`` what taking in takes when undisturbed. A run that ended before its
    kill is repeated; raises TimeoutError if no kill hit.
    """
    for _ in range(TRIES):
        after_s = start_s + chance.uniform(EARLIEST, LATEST) * work_s
        crash = _try_crash(ground, runner, size=size, after_s=after_s)
        if crash is not None:
            return crash
    raise TimeoutError(f"{TRIES} runs ended before they could be killed")


def _try_crash(ground: Ground, runner: Runner, *, size: int, after_s: float) -> Crash | None:
    with scratch_folder(ground) as folder, filled_mailbox(ground.server, ground.mails[:size]) as account:
        command = runner.prepare(folder, account, stored=0)
        process = subprocess.Popen(
            list(command.arguments),
            cwd=REPOSITORY,
            env={**os.environ, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        else:
            return None
        at_the_kill = runner.count(folder)
        run_plainly(runner.command(folder, account))
        return Crash(size, after_s, at_the_kill, at_the_end=runner.count(folder))
