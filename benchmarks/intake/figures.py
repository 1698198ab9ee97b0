"""The runs of one measurement, and the figures read from them: medians of repeats, starting the program told apart."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.intake.contenders import Run
from benchmarks.intake.crash import Crash


@dataclass(slots=True)
class Measurement:
    """Everything that was measured.

    ``timed`` holds the interleaved runs, those on an empty mailbox (size 0) among them; ``growth`` those with and
    without stored cases; ``memory`` and ``counted`` one run each, not for their time.
    """

    machine: dict[str, str]
    timed: list[Run] = field(default_factory=list)
    growth: list[Run] = field(default_factory=list)
    memory: list[Run] = field(default_factory=list)
    counted: list[Run] = field(default_factory=list)
    crashes: list[Crash] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of one contender at one size: seconds and CPU seconds for all mails, and those for starting alone.

    ``seconds`` is the time inside the intake as the program took it; None for the peer.
    """

    size: int
    seconds: float | None
    wall_s: float
    cpu_s: float
    start_wall_s: float
    start_cpu_s: float
    largest_process_mb: float

    @property
    def mails_per_s(self) -> float:
        """Mails a second once the program runs."""
        return self.size / max(self.wall_s - self.start_wall_s, 1e-9)

    @property
    def mails_per_s_with_start(self) -> float:
        """Mails a second from starting the program to its end."""
        return self.size / self.wall_s

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds a mail once the program runs, children included."""
        return (self.cpu_s - self.start_cpu_s) * 1000 / self.size

    @property
    def cpu_ms_with_start(self) -> float:
        """CPU milliseconds a mail, children and starting the program included."""
        return self.cpu_s * 1000 / self.size


def find_figures(measurement: Measurement, contender: str, size: int) -> Figures | None:
    """The medians of the timed runs; None where there are none."""
    return _figures(measurement, measurement.timed, contender, size=size, stored=0)


def find_growth(measurement: Measurement, contender: str, size: int, *, stored: int) -> Figures | None:
    """The medians of the growth runs with so many cases stored before; None where there are none."""
    return _figures(measurement, measurement.growth, contender, size=size, stored=stored)


def _figures(measurement: Measurement, runs: list[Run], contender: str, *, size: int, stored: int) -> Figures | None:
    own = [run for run in runs if (run.contender, run.size, run.stored) == (contender, size, stored)]
    # Starting is what a run on an empty mailbox and an empty store takes, in the same interleaved rounds.
    empty = [run for run in measurement.timed if (run.contender, run.size, run.stored) == (contender, 0, 0)]
    if not own or not empty:
        return None
    inside = [run.seconds for run in own if run.seconds is not None]
    return Figures(
        size=size,
        seconds=statistics.median(inside) if inside else None,
        wall_s=_median(own, lambda run: run.usage.wall_s),
        cpu_s=_median(own, lambda run: run.usage.cpu_s),
        start_wall_s=_median(empty, lambda run: run.usage.wall_s),
        start_cpu_s=_median(empty, lambda run: run.usage.cpu_s),
        largest_process_mb=_median(own, lambda run: run.usage.largest_process_mb),
    )


def _median(runs: list[Run], figure: Callable[[Run], float]) -> float:
    return statistics.median(figure(run) for run in runs)
