"""``python -m benchmarks.intake``: measures intake beside the bare loop and django-helpdesk and judges the goals."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from tests.services.dovecot import running_dovecot
from tests.services.inventory import DOVECOT, REDIS
from tests.services.process import open_folder
from tests.services.redis import running_redis

from benchmarks.intake import rounds
from benchmarks.intake.contenders import BARE_LOOP, CSR_BOT, CSR_BOT_CELERY, Contender, Ground, Runner
from benchmarks.intake.figures import Measurement
from benchmarks.intake.goals import judge
from benchmarks.intake.machine import describe_machine
from benchmarks.intake.mails import SEED, list_invoices, make_mails
from benchmarks.intake.peer import install_peer
from benchmarks.intake.processes import is_plugged_in
from benchmarks.intake.report import print_report, write_json

CACHE = Path("~/.cache/csr-bot-bench").expanduser()
REPORT_WIDTH = 150
TERMINATED_EXIT_CODE = 128 + signal.SIGTERM
IN_MEMORY_BROKER = "memory://"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for."""

    sizes: list[int]
    repeats: int
    stored: int
    cache: Path
    json: Path | None
    peer: bool


def main() -> int:
    """Measure, print, and return 0 unless a goal was missed."""
    options = _read_options()
    # As Ctrl-C does: leave through every ``with``, so that no server and no runner is left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED_EXIT_CODE))
    # Wide enough for the tables where the output is not a terminal, which would count as 80 columns.
    console = Console(width=None if sys.stdout.isatty() else REPORT_WIDTH)
    if DOVECOT.find() is None:
        console.print(f"{DOVECOT.name} is not installed (Debian: apt-get install {DOVECOT.package})")
        return 2
    with open_folder("intake") as scratch:
        measurement = Measurement(describe_machine(scratch))
        contenders = _measure(measurement, options, scratch=scratch, say=partial(console.print, highlight=False))
        verdicts = judge(measurement, sizes=options.sizes, stored=options.stored)
    print_report(console, measurement, verdicts, contenders=contenders, sizes=options.sizes)
    if options.json:
        write_json(options.json, measurement, verdicts)
    return 1 if any(verdict.met is False for verdict in verdicts) else 0


def _measure(measurement: Measurement, options: Options, *, scratch: Path, say: rounds.Say) -> list[str]:
    """Do all runs; returns the names of those that took part."""
    with _open_ground(scratch, options) as ground, _running_broker(scratch) as broker:
        templates = scratch / "templates"
        csr_bot = Runner(CSR_BOT, "benchmarks.intake.run_csr_bot", templates, broker)
        queued = Runner(CSR_BOT_CELERY, "benchmarks.intake.run_csr_bot_celery", templates, broker)
        bare = Runner(BARE_LOOP, "benchmarks.intake.bare_loop", templates, broker)
        others: list[Contender] = [bare, install_peer(options.cache, scratch / "peer")] if options.peer else [bare]
        own = [runner for runner in (csr_bot, queued) if is_plugged_in(runner.module, scratch)]
        contenders: list[Contender] = [*own, *others]
        rounds.run_rounds(measurement, ground, contenders, sizes=options.sizes, repeats=options.repeats, say=say)
        if csr_bot in own:
            _measure_csr_bot(measurement, ground, csr_bot, others, options=options, say=say)
    return [contender.name for contender in contenders]


def _measure_csr_bot(
    measurement: Measurement,
    ground: Ground,
    csr_bot: Runner,
    others: Sequence[Contender],
    *,
    options: Options,
    say: rounds.Say,
) -> None:
    """What is asked of csr_bot alone: growth, memory, counts, crashes."""
    largest = max(options.sizes)
    rounds.run_growth(
        measurement, ground, csr_bot, size=largest, stored=options.stored, repeats=options.repeats, say=say
    )
    rounds.run_memory(measurement, ground, [csr_bot], others=others, say=say)
    rounds.run_counts(measurement, ground, [csr_bot], size=largest, say=say)
    rounds.run_counts(measurement, ground, others, size=min(options.sizes), say=say)
    rounds.run_crashes(measurement, ground, csr_bot, size=largest, trials=options.repeats, seed=SEED, say=say)


@contextmanager
def _open_ground(scratch: Path, options: Options) -> Iterator[Ground]:
    folder = scratch / "mails"
    folder.mkdir()
    mails: list[Path] = []
    for number, mail in enumerate(make_mails(max(*options.sizes, *rounds.MEMORY_SIZES), invoices=list_invoices())):
        path = folder / f"{number:06d}.eml"
        path.write_bytes(mail)
        mails.append(path)
    (scratch / "dovecot").mkdir()
    with running_dovecot(scratch / "dovecot") as server:
        yield Ground(server, mails, scratch)


@contextmanager
def _running_broker(scratch: Path) -> Iterator[str]:
    """A Redis of our own, or Celery's broker in memory where Redis is not installed."""
    if REDIS.find() is None:
        yield IN_MEMORY_BROKER
        return
    (scratch / "redis").mkdir()
    with running_redis(scratch / "redis") as server:
        yield server.url


def _read_options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake", description=__doc__)
    parser.add_argument("--sizes", default="500,2000", help="numbers of mails, with commas (%(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="interleaved repeats, medians are judged (%(default)s)")
    parser.add_argument("--stored", type=int, default=100_000, help="cases stored before, for the growth (%(default)s)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the peer is installed (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run and the goals to FILE")
    parser.add_argument(
        "--without-peer", action="store_true", help="leave django-helpdesk out: no package index needed"
    )
    given = parser.parse_args()
    return Options(
        sizes=[int(size) for size in given.sizes.split(",")],
        repeats=given.repeats,
        stored=given.stored,
        cache=given.cache,
        json=given.json,
        peer=not given.without_peer,
    )


if __name__ == "__main__":
    sys.exit(main())
