"""Chunks of ids through a real Celery queue and one worker in this process, set as csr_bot sets them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from celery import Celery
from celery.worker import state


def drain(broker: str, chunks: Sequence[Sequence[int]], work: Callable[[Sequence[int]], None]) -> float:
    """Queue every chunk and do ``work`` for each as a task; returns the seconds from the first sent to the last done.

    Starting and stopping the worker is not in these seconds. ``work`` runs in the calling thread. The first failure of
    ``work`` ends the worker and is raised.
    """
    app = _make_app(broker)
    left = len(chunks)
    started = ended = 0.0
    failures: list[Exception] = []

    @app.task(name="intake.take_in_chunk", shared=False)
    def take_in_chunk(uids: list[int]) -> None:
        nonlocal left, ended
        try:
            work(uids)
        except Exception as error:  # noqa: BLE001  # whatever it was ends the measurement, and is raised below
            failures.append(error)
        left -= 1
        if left == 0 or failures:
            ended = time.perf_counter()
            _stop_worker()

    def send_chunks(_consumer: object) -> None:
        nonlocal started, ended
        started = ended = time.perf_counter()
        for chunk in chunks:
            take_in_chunk.delay(list(chunk))
        if not chunks:
            _stop_worker()

    worker = app.WorkController(
        pool="solo",
        concurrency=1,
        ready_callback=send_chunks,  # what comes before is starting the worker
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    state.should_stop = None  # one flag for the process: an earlier worker may have left it set
    worker.start()
    if failures:
        raise failures[0]
    if left:
        raise RuntimeError(f"the worker ended with {left} of {len(chunks)} chunks left")
    return ended - started


def _stop_worker() -> None:
    # The worker looks at this between tasks; setattr, because its type is written as None alone.
    setattr(state, "should_stop", os.EX_OK)  # noqa: B010


def _make_app(broker: str) -> Celery:
    app = Celery("intake", broker=broker)
    # Late acknowledgement, prefetch 1 and no results, because the truth is in the database.
    app.conf.update(
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        # A queue of this run's own: what a killed run left behind must not be counted here.
        task_default_queue=f"intake-{os.getpid()}",
    )
    return app
