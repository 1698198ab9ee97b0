"""Celery: wakes workers for tasks that the SQL log holds. A message carries an id and is only a hint.

One Celery task is enough: it does the task that was rung and then whatever else is due in its queue. Losing every
message costs time, never work, because the scheduler rings again what nobody holds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import celery.worker.state
import structlog
from celery import Celery
from celery.exceptions import OperationalError

from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE
from csr_bot.flow.running import Workshop, work_off
from csr_bot.wiring import House

QUEUES: Final = (MAIL_QUEUE, BROWSER_QUEUE)
# A ring wakes a worker that then empties the queue: a few for each commit wake all of them.
RINGS: Final = 4
# A worker returns to the broker after this long, so that it can be stopped or replaced.
STINT: Final = timedelta(seconds=60)
TASK: Final = "csr_bot.work_off"

_logger = structlog.get_logger()


class CeleryDoorbell:
    """``ports.Doorbell`` over a Celery app."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def ring(self, tasks: Mapping[str, Sequence[str]]) -> None:
        """Wake workers. A broker that is away is logged and nothing else: the tasks are recorded."""
        for queue, ids in tasks.items():
            for task_id in ids[:RINGS]:
                try:
                    self._app.send_task(
                        TASK, kwargs={"queue": queue, "task_id": task_id}, queue=queue, retry=False, expires=600
                    )
                except (OperationalError, OSError) as error:
                    _logger.warning("the broker did not take a ring", queue=queue, error=str(error))
                    return


def make_app(broker_url: str) -> Celery:
    """A Celery app with every setting that matters set on purpose."""
    app = Celery("csr_bot", broker=broker_url, set_as_current=False)
    app.conf.update(
        # Nothing is read from results: what became of a task is in the SQL log.
        task_ignore_result=True,
        # Only ids travel, and nothing that a queue holds is ever executed as code.
        accept_content=["json"],
        task_serializer="json",
        # A message is acknowledged when it is taken: it is a doorbell, and redelivery would add only noise.
        task_acks_late=False,
        # One message at a time: a worker that holds ten of them keeps nine from idle colleagues.
        worker_prefetch_multiplier=1,
        # Without these a link that is dead but not closed is never noticed; with them a worker is back in a minute.
        broker_transport_options=_transport_options(broker_url),
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=5,
        # Longer than a stint with a slow ERP page at its end; only prefork pools can enforce it.
        task_time_limit=600,
        task_soft_time_limit=540,
        worker_soft_shutdown_timeout=30,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        task_default_queue=MAIL_QUEUE,
        task_create_missing_queues=True,
    )
    return app


def _transport_options(broker_url: str) -> dict[str, Any]:
    if broker_url.startswith("memory"):
        # The default of a second between looks would mean one task a second.
        return {"polling_interval": 0.01}
    return {
        "socket_timeout": 10,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 15,
        "retry_on_timeout": True,
    }


def serve_tasks(app: Celery, house: House) -> None:
    """Register the one task of this program on an app, for the worker that will run it."""
    serve_workshop(app, house.workshop)


def serve_workshop(app: Celery, workshop: Callable[[], Workshop]) -> None:
    """The same over any workshop, which is asked for in the process that does the work."""

    def work(*, queue: str, task_id: str | None = None, **_: object) -> None:
        if queue not in QUEUES:
            _logger.warning("ring for an unknown queue", queue=queue)
            return
        deadline = time.monotonic() + STINT.total_seconds()
        work_off(workshop(), queue, first=task_id, until=lambda: time.monotonic() >= deadline)

    app.task(name=TASK, ignore_result=True)(work)


@contextmanager
def embedded_worker(app: Celery, *, concurrency: int) -> Iterator[None]:
    """A worker on threads of this process. One at a time: Celery keeps the flag that stops it for the whole process."""
    app.finalize()
    # The current app is local to a thread; the default one is what the worker's own threads see.
    app.set_default()
    ready = threading.Event()

    class Embedded(app.WorkController):  # type: ignore[name-defined,misc]  # a class made by the app
        def on_consumer_ready(self, consumer: object) -> None:  # noqa: ARG002 - the hook's shape
            ready.set()

    worker = Embedded(
        app=app,
        pool_cls="threads",
        concurrency=concurrency,
        queues=",".join(QUEUES),
        hostname="embedded@localhost",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    thread = threading.Thread(target=worker.start, name="worker", daemon=True)
    thread.start()
    if not ready.wait(30):
        raise RuntimeError("the embedded worker did not start within 30 s")
    try:
        yield
    finally:
        celery.worker.state.should_stop = 0  # type: ignore[assignment]  # its type is written as None alone
        thread.join(30)
        celery.worker.state.should_stop = None  # as it was before any worker stopped


def run_worker(app: Celery, *, queues: Sequence[str], concurrency: int, pool: str) -> None:
    """A worker process for a real broker, until it is told to stop."""
    arguments = ["worker", "--loglevel=WARNING", "--pool", pool, "--concurrency", str(concurrency)]
    arguments += ["--queues", ",".join(queues), "--without-gossip", "--without-mingle"]
    arguments += ["--max-tasks-per-child", "500", "--hostname", f"{'-'.join(queues)}@%h"]
    app.finalize()
    app.set_default()
    app.worker_main(arguments)
