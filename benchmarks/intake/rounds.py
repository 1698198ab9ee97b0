"""The order of the runs. Contenders take turns within each repeat, so that a noisy minute hits them alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.intake.contenders import CSR_BOT, Contender, Ground, Run, Runner, count_once, run_once
from benchmarks.intake.crash import crash_once
from benchmarks.intake.figures import Measurement, find_figures

MEMORY_SIZES = (500, 8000)
Say = Callable[[str], None]


def run_rounds(
    measurement: Measurement,
    ground: Ground,
    contenders: Sequence[Contender],
    *,
    sizes: Sequence[int],
    repeats: int,
    say: Say,
) -> None:
    """The timed runs: in each repeat every contender on an empty mailbox and on each size."""
    for repeat in range(repeats):
        # Whoever begins has the colder machine: everybody begins once.
        first = repeat % len(contenders)
        for size in (0, *sizes):
            for contender in (*contenders[first:], *contenders[:first]):
                run = run_once(ground, contender, size=size)
                measurement.timed.append(run)
                say(f"{repeat + 1}/{repeats} {_words(run)}")


def run_growth(
    measurement: Measurement, ground: Ground, contender: Contender, *, size: int, stored: int, repeats: int, say: Say
) -> None:
    """The same mailbox into an empty store and into one with ``stored`` cases, in turns."""
    for repeat in range(repeats):
        for before in (0, stored) if repeat % 2 == 0 else (stored, 0):
            run = run_once(ground, contender, size=size, stored=before)
            measurement.growth.append(run)
            say(f"{repeat + 1}/{repeats} {_words(run)}, {before:,} cases stored before")


def run_memory(
    measurement: Measurement, ground: Ground, contenders: Sequence[Contender], *, others: Sequence[Contender], say: Say
) -> None:
    """The sampled runs: ``contenders`` on few and on many mails, ``others`` on few."""
    few, many = MEMORY_SIZES
    for contender, size in [(one, few) for one in (*contenders, *others)] + [(one, many) for one in contenders]:
        run = run_once(ground, contender, size=size, sample=True)
        measurement.memory.append(run)
        say(f"memory of {_words(run)}")


def run_counts(
    measurement: Measurement, ground: Ground, contenders: Sequence[Contender], *, size: int, say: Say
) -> None:
    """One run each behind the counting proxy."""
    for contender in contenders:
        run = count_once(ground, contender, size=size)
        measurement.counted.append(run)
        say(f"counted: {run.contender}, {size} mails: {run.commits} commits, {run.fetches} FETCH, {run.stores} STORE")


def run_crashes(
    measurement: Measurement, ground: Ground, runner: Runner, *, size: int, trials: int, seed: int, say: Say
) -> None:
    """Kills at random moments; needs the timed runs of csr_bot, to know how long it works."""
    figures = find_figures(measurement, CSR_BOT, size)
    if figures is None:
        return
    chance = random.Random(f"kills {seed}")
    start_s, work_s = figures.start_wall_s, figures.wall_s - figures.start_wall_s
    for _ in range(trials):
        crash = crash_once(ground, runner, size=size, start_s=start_s, work_s=work_s, chance=chance)
        measurement.crashes.append(crash)
        say(
            f"killed after {crash.after_s:.2f} s with {crash.at_the_kill.rows} of {size} stored, "
            f"{crash.at_the_end.rows} rows of {crash.at_the_end.distinct} mails after the second run"
        )


def _words(run: Run) -> str:
    used = run.usage
    memory = f"{used.largest_process_mb:.0f} MB"
    return f"{run.contender}, {run.size} mails: {used.wall_s:.2f} s, {used.cpu_s:.2f} s CPU, {memory}"
