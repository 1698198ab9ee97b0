"""csr_bot's intake as a process of its own: one poll of the mailbox into the database, without a queue."""

from __future__ import annotations

import sys

from benchmarks.intake.runners import Held, Job, Taken, run


def take_in(job: Job) -> Taken:
    """Take in the whole mailbox: fetch, parse, identify, classify, match, commit, mark."""
    from benchmarks.intake.desk import open_desk, open_log, source_of
    from csr_bot.flow.intake import poll_source

    log = open_log(job.database)
    chunks = 0

    def count_chunk() -> None:
        nonlocal chunks
        chunks += 1

    counts = poll_source(open_desk(log), source_of(job), after_chunk=count_chunk)
    return Taken(mails=sum(counts.values()), commits=log.commits, fetches=chunks, stores=chunks)


def prefill(database: str, stored: int) -> None:
    """Create the schema, import the ledger, and store ``stored`` cases that came from elsewhere."""
    from benchmarks.intake import store

    store.prefill(database, stored)


def count(database: str) -> Held:
    """The messages that came from the mailbox, and how many different mails they are."""
    from benchmarks.intake import store

    return store.count(database)


if __name__ == "__main__":
    sys.exit(run(take_in=take_in, prefill=prefill, count=count))
