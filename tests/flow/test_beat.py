"""The scheduler's process: what a server announces brings a poll forward, and trouble with that stops nothing."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from csr_bot.beat import run_scheduler
from csr_bot.flow.scheduling import Scheduler
from csr_bot.ports import RefusedError, UnavailableError
from tests.flow.desks import BOT, NOW, WatchedLog, ask_for_copy
from tests.flow.test_scheduling import SCHEDULE, work
from tests.services.process import wait_until


def run_until_told(office, watch, *, log: Any = None) -> None:
    """Run the scheduler until ``watch`` has come to its end."""
    stop, over = threading.Event(), threading.Event()

    def watched(on_news, *, stop, on_trouble):
        try:
            watch(on_news, stop=stop, on_trouble=on_trouble)
        finally:
            over.set()

    house: Any = SimpleNamespace(
        scheduler=lambda: Scheduler(log or office.log, office.clock, office.doorbell, "first", NOW, frozenset()),
        workspace=SimpleNamespace(schedules=(SCHEDULE,)),
        settings=SimpleNamespace(workspace=office.folder / "nowhere"),
        log=office.log,
        clock=office.clock,
        anchors_file=office.folder / "anchors" / "chain.jsonl",
        watches=lambda: [(BOT, watched)],
    )
    thread = threading.Thread(target=run_scheduler, args=(house,), kwargs={"stop": stop})
    thread.start()
    try:
        wait_until(over.is_set, what="the watch has told its news")
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_news_bring_the_poll_of_their_bot_forward(office):
    office.deliver(ask_for_copy())
    run_until_told(office, lambda on_news, **_: wait_until(on_news, what="the news are taken"))
    work(office)
    assert len(office.cases()) == 1


@pytest.mark.parametrize("error", [RefusedError("no secret"), UnavailableError("away")])
def test_a_mailbox_that_cannot_be_watched_leaves_the_scheduler_alone(office, error):
    def fail(_, **__):
        raise error

    run_until_told(office, fail)


def test_a_log_that_is_away_while_news_come_costs_the_hint_only(office):
    def fail(place: str) -> None:
        raise UnavailableError(f"the database is away {place}")

    taken = []
    run_until_told(office, lambda on_news, **_: taken.append(on_news()), log=WatchedLog(office.log, fail))
    assert taken == [True]
