"""csr_bot's intake through Celery: a task for each chunk of ``BATCH`` ids, worked off by one worker in this process."""

from __future__ import annotations

import sys

from benchmarks.intake.run_csr_bot import count, prefill
from benchmarks.intake.runners import Job, NotPluggedInError, Taken, run


def take_in(job: Job) -> Taken:  # noqa: ARG001  # not plugged in yet
    """Take in the whole mailbox, each chunk as a task: see ``celery_queue.drain``."""
    raise NotPluggedInError


if __name__ == "__main__":
    sys.exit(run(take_in=take_in, prefill=prefill, count=count))
