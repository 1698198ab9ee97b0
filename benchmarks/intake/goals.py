"""The goals for intake, each a ratio taken in one measurement, and whether it was met.

Rates leave starting the programs out, on both sides: workers run for weeks. With starting them, the ratio stands in
``note``.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.intake import peer
from benchmarks.intake.contenders import BARE_LOOP, CSR_BOT, CSR_BOT_CELERY, Run
from benchmarks.intake.figures import Figures, Measurement, find_figures, find_growth
from benchmarks.intake.runners import BATCH

PEER = peer.NAME


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal, the figure measured and its bound. ``met`` is None where something needed was not measured."""

    goal: str
    text: str
    bound: str
    figure: str
    met: bool | None
    note: str = ""


def judge(measurement: Measurement, *, sizes: list[int], stored: int) -> list[Verdict]:
    """All verdicts, in the order of the goals."""
    largest = max(sizes)
    return [
        *(_judge_speed(measurement, size) for size in sizes),
        *(_judge_limit(measurement, size) for size in sizes),
        *(_judge_cpu(measurement, size) for size in sizes),
        *_judge_memory(measurement),
        _judge_growth(measurement, largest, stored=stored),
        *_judge_counts(measurement),
        _judge_queue(measurement, largest),
        _judge_crashes(measurement),
    ]


def _judge_speed(measurement: Measurement, size: int) -> Verdict:
    text, bound = f"mails/s against the peer, {size} mails", ">= 20x"
    pair = _pair(measurement, CSR_BOT, PEER, size)
    if pair is None:
        return _unmeasured("G1", text, bound)
    own, other = pair
    ratio = own.mails_per_s / other.mails_per_s
    note = f"{own.mails_per_s_with_start / other.mails_per_s_with_start:.1f}x with starting the programs"
    return Verdict("G1", text, bound, f"{ratio:.1f}x", ratio >= 20, note)


def _judge_limit(measurement: Measurement, size: int) -> Verdict:
    text, bound = f"mails/s against the bare loop, {size} mails", ">= 60 %"
    pair = _pair(measurement, CSR_BOT, BARE_LOOP, size)
    if pair is None:
        return _unmeasured("G2", text, bound)
    own, other = pair
    ratio = own.mails_per_s / other.mails_per_s
    return Verdict("G2", text, bound, f"{ratio:.0%}", ratio >= 0.6)


def _judge_cpu(measurement: Measurement, size: int) -> Verdict:
    text, bound = f"CPU a mail against the peer, {size} mails", "<= 1/16"
    pair = _pair(measurement, CSR_BOT, PEER, size)
    if pair is None:
        return _unmeasured("G3", text, bound)
    own, other = pair
    ratio = other.cpu_ms / own.cpu_ms
    note = f"1/{other.cpu_ms_with_start / own.cpu_ms_with_start:.1f} with starting the programs"
    return Verdict("G3", text, bound, f"1/{ratio:.1f}", ratio >= 16, note)


def _judge_memory(measurement: Measurement) -> list[Verdict]:
    own = sorted((run for run in measurement.memory if run.contender == CSR_BOT), key=lambda run: run.size)
    others = [run for run in measurement.memory if run.contender == PEER]
    verdicts: list[Verdict] = []
    for text, figure in (("largest process", _largest_process), ("all its processes", _all_processes)):
        if not own or not others:
            verdicts.append(_unmeasured("G4", f"memory, {text}, against the peer", "<= 1x"))
        else:
            most, peers = max(figure(run) for run in own), max(figure(run) for run in others)
            shown = f"{most:.0f} MB to {peers:.0f} MB"
            verdicts.append(Verdict("G4", f"memory, {text}, against the peer", "<= 1x", shown, most <= peers))
        if len(own) < 2:
            verdicts.append(_unmeasured("G4", f"memory, {text}, with more mails", "<= +10 %"))
        else:
            growth = figure(own[-1]) / figure(own[0]) - 1
            sizes = f"{own[0].size} to {own[-1].size} mails"
            verdicts.append(Verdict("G4", f"memory, {text}, {sizes}", "<= +10 %", f"{growth:+.0%}", growth <= 0.1))
    return verdicts


def _largest_process(run: Run) -> float:
    return run.usage.largest_process_mb


def _all_processes(run: Run) -> float:
    return run.usage.all_processes_mb or 0.0


def _judge_growth(measurement: Measurement, size: int, *, stored: int) -> Verdict:
    empty = find_growth(measurement, CSR_BOT, size, stored=0)
    full = find_growth(measurement, CSR_BOT, size, stored=stored)
    text, bound = f"CPU a mail with {stored:,} cases stored, against none", "<= 1.05x"
    if empty is None or full is None:
        return _unmeasured("G5", text, bound)
    # Judged by CPU, which a shared machine disturbs less than time.
    cpu, time = full.cpu_ms / empty.cpu_ms, empty.mails_per_s / full.mails_per_s
    return Verdict("G5", text, bound, f"{cpu:.2f}x", cpu <= 1.05, f"{time:.2f}x time")


def _judge_counts(measurement: Measurement) -> list[Verdict]:
    run = next((run for run in measurement.counted if run.contender == CSR_BOT), None)
    if run is None or run.commits is None or run.fetches is None or run.stores is None:
        return [_unmeasured("G6", f"commits, FETCHes and STOREs for {BATCH} mails", "<= 1 each")]
    counts = (("commits", run.commits), ("FETCHes", run.fetches), ("STOREs", run.stores))
    batches = -(-run.size // BATCH)
    return [
        Verdict(
            "G6",
            f"{name} for {BATCH} mails",
            "<= 1",
            f"{count / batches:.2f}",
            count <= batches,
            f"{count} for {run.size} mails" + (f", {run.body_fetches} of them read text" if name == "FETCHes" else ""),
        )
        for name, count in counts
    ]


def _judge_queue(measurement: Measurement, size: int) -> Verdict:
    text, bound = f"time through Celery in chunks of {BATCH} against without, {size} mails", "<= +5 %"
    pair = _pair(measurement, CSR_BOT_CELERY, CSR_BOT, size)
    if pair is None or not pair[0].seconds or not pair[1].seconds:
        return _unmeasured("G10", text, bound)
    queued, direct = pair
    # Inside the intake: stopping a worker waits for polls of its broker, which is not the queue's cost.
    more = pair[0].seconds / pair[1].seconds - 1
    cpu = queued.cpu_ms / direct.cpu_ms - 1
    return Verdict("G10", text, bound, f"{more:+.1%}", more <= 0.05, f"{cpu:+.1%} CPU")


def _judge_crashes(measurement: Measurement) -> Verdict:
    text, bound = "killed in the middle and run again, each mail exactly once", "always"
    crashes = measurement.crashes
    if not crashes:
        return _unmeasured("G11", text, bound)
    good = sum(crash.exactly_once for crash in crashes)
    found = ", ".join(str(crash.at_the_kill.rows) for crash in crashes)
    note = f"stored at the kill, of {crashes[0].size}: {found}"
    return Verdict("G11", text, bound, f"{good} of {len(crashes)}", good == len(crashes), note)


def _pair(measurement: Measurement, first: str, second: str, size: int) -> tuple[Figures, Figures] | None:
    one, other = find_figures(measurement, first, size), find_figures(measurement, second, size)
    return None if one is None or other is None else (one, other)


def _unmeasured(goal: str, text: str, bound: str) -> Verdict:
    return Verdict(goal, text, bound, "not measured", None)
