"""One ring through the product's own Celery app, answered by a worker in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from celery import Celery
from celery.worker import state


def time_one_ring(app: Celery, *, name: str, ring: Callable[[], None]) -> float:
    """Seconds from ``ring``, which has to send one message for the task ``name``, to the end of that task.

    Starting and stopping the worker is not in these seconds. The task runs in the calling thread.
    """
    app.set_default()
    task = app.tasks[name]
    work = task.run
    started = ended = 0.0
    failures: list[Exception] = []

    def timed(**arguments: object) -> None:
        nonlocal ended
        try:
            work(**arguments)
        except Exception as error:  # noqa: BLE001  # whatever it was ends the measurement, and is raised below
            failures.append(error)
        ended = time.perf_counter()
        state.should_stop = os.EX_OK  # type: ignore[assignment]  # the worker looks at this between tasks

    def begin(_consumer: object) -> None:
        nonlocal started
        started = time.perf_counter()
        ring()

    setattr(task, "run", timed)  # noqa: B010  # as in Celery itself, whose types call it a method
    worker = app.WorkController(
        pool="solo",
        concurrency=1,
        queues="mail",
        ready_callback=begin,  # what comes before is starting the worker
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    try:
        worker.start()
    finally:
        state.should_stop = None
        setattr(task, "run", work)  # noqa: B010  # as above
    if failures:
        raise failures[0]
    return ended - started
