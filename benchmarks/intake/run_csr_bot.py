"""csr_bot's intake as a process of its own: one poll of the mailbox into the database, without a queue."""

from __future__ import annotations

import sys

from benchmarks.intake.runners import Held, Job, NotPluggedInError, Taken, run


def take_in(job: Job) -> Taken:  # noqa: ARG001  # not plugged in yet
    """Take in the whole mailbox, ``BATCH`` mails at a time: fetch, parse, classify, match, commit, flag."""
    raise NotPluggedInError


def prefill(database: str, stored: int) -> None:  # noqa: ARG001  # not plugged in yet
    """Create the schema, import the ledger, and store ``stored`` cases that came from elsewhere."""
    raise NotPluggedInError


def count(database: str) -> Held:  # noqa: ARG001  # not plugged in yet
    """The messages that came from the mailbox (prefilled ones left out), and how many different mails they are."""
    raise NotPluggedInError


if __name__ == "__main__":
    sys.exit(run(take_in=take_in, prefill=prefill, count=count))
