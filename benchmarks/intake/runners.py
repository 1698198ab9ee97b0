"""What the measured programs have in common: their arguments, and the one line of JSON that they print.

A runner does one of three things: make its store ready (``--prefill N``: the schema and N stored cases), say what the
store holds (``--count``), or take in the mailbox. It imports little, because importing is part of what is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

BATCH = 50


class NotPluggedInError(Exception):
    """Nothing to run yet behind these arguments; the measurement goes on without it."""


NOT_PLUGGED_IN_EXIT_CODE = 3


@dataclass(frozen=True, slots=True)
class Job:
    """What to take in and where to keep it. ``database`` is an SQLAlchemy URL, ``broker`` a Celery one."""

    host: str
    port: int
    user: str
    password: str
    database: str
    broker: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a run did: mails taken in, and the commits, FETCHes and STOREs that it counted.

    ``seconds`` is the time of the intake itself, where the runner knows better than a watch on all of ``take_in``.
    """

    mails: int
    commits: int
    fetches: int
    stores: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a store holds from the mailbox, prefilled cases left out: rows, and how many different mails they are of."""

    rows: int
    distinct: int


def run(
    *,
    take_in: Callable[[Job], Taken],
    prefill: Callable[[str, int], None],
    count: Callable[[str], Held],
) -> int:
    """Do what the command line asks for with one of the three functions and print the result; returns the exit code.

    ``prefill`` and ``count`` are given the database URL.
    """
    arguments = _parser().parse_args()
    try:
        if arguments.prefill is not None:
            prefill(arguments.database, arguments.prefill)
            print(json.dumps({"stored": arguments.prefill}))
        elif arguments.count:
            print(json.dumps(asdict(count(arguments.database))))
        else:
            names = ("host", "port", "user", "password", "database", "broker")
            job = Job(**{name: getattr(arguments, name) for name in names})
            started = time.perf_counter()
            taken = take_in(job)
            seconds = time.perf_counter() - started
            print(json.dumps(asdict(taken if taken.seconds is not None else replace(taken, seconds=seconds))))
    except NotPluggedInError:
        return NOT_PLUGGED_IN_EXIT_CODE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=sys.argv[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=143)
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--database", required=True, help="SQLAlchemy URL")
    parser.add_argument("--broker", default="memory://", help="Celery broker URL, where the runner uses a queue")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--prefill", type=int, metavar="N", help="make the store ready with N stored cases, take nothing in"
    )
    what.add_argument("--count", action="store_true", help="say what the store holds, take nothing in")
    return parser
