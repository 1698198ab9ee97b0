"""csr_bot's intake through Celery: a recorded poll, rung through the broker and done by one worker in this process."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from datetime import timedelta

from benchmarks.intake.run_csr_bot import count, prefill
from benchmarks.intake.runners import Job, Taken, run


def take_in(job: Job) -> Taken:
    """Take in the whole mailbox in one poll task, as the scheduler would have it done."""
    from benchmarks.intake.celery_queue import time_one_ring
    from benchmarks.intake.desk import BOT, open_desk, open_log, source_of
    from csr_bot.flow.queues import MAIL_QUEUE
    from csr_bot.flow.running import Workshop, work_off
    from csr_bot.tasks import TASK, make_app

    log = open_log(job.database)
    desk = open_desk(log, source_of(job))
    shop = Workshop(log, desk.clock, lambda _: desk, timedelta(minutes=2), f"benchmark-{os.getpid()}")
    app = make_app(job.broker)
    app.finalize()

    def answer(*, queue: str, task_id: str) -> None:
        """As the product does, but for the cases that were opened: only intake is measured."""
        done = iter([False])
        work_off(shop, queue, first=task_id, until=lambda: next(done, True))

    app.task(name=TASK)(answer)

    def ring() -> None:
        with log.begin() as records:
            task_id = records.tasks.add(kind="poll", subject=BOT, queue=MAIL_QUEUE, due_at=desk.clock.now())
        app.send_task(TASK, kwargs={"queue": MAIL_QUEUE, "task_id": task_id}, queue=MAIL_QUEUE)

    before = time.perf_counter()
    seconds = time_one_ring(app, name=TASK, ring=ring)
    assert seconds < time.perf_counter() - before
    with log.read() as records:
        counters = Counter(records.house.runs(limit=1)[0].counters)
    mails = sum(counters.values())
    return Taken(mails=mails, commits=log.commits, fetches=-(-mails // 50), stores=-(-mails // 50), seconds=seconds)


if __name__ == "__main__":
    sys.exit(run(take_in=take_in, prefill=prefill, count=count))
