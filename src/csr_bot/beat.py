"""The scheduler's process: takes its turn again and again, and goes on when the database or the broker is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from csr_bot.core.document import MistakesError
from csr_bot.flow.anchoring import keep_anchored
from csr_bot.flow.scheduling import hasten_poll, take_turn
from csr_bot.ports import PortError
from csr_bot.schedule import Schedule
from csr_bot.wiring import House, Watch
from csr_bot.workspace import load_workspace

TURN: Final = timedelta(seconds=1)

_logger = structlog.get_logger()


def run_scheduler(house: House, *, stop: threading.Event, on_turn: Callable[[bool], None] = lambda _: None) -> None:
    """Take turns until ``stop`` is set. A schedule file that becomes wrong keeps the schedules that were right."""
    scheduler = house.scheduler()
    schedules: tuple[Schedule, ...] = house.workspace.schedules
    for bot, watch in house.watches():
        arguments = (bot, watch, lambda bot=bot: hasten_poll(scheduler, schedules, bot), stop)
        threading.Thread(target=_watch_mailbox, args=arguments, name=f"news for {bot}", daemon=True).start()
    while not stop.is_set():
        schedules = _reread(house, schedules)
        try:
            leads = take_turn(scheduler, schedules)
            if leads:
                _keep_anchored(house)
            on_turn(leads)
        except PortError as error:
            _logger.warning("the scheduler's turn failed", error=str(error))
        stop.wait(TURN.total_seconds())


def _watch_mailbox(bot: str, watch: Watch, hasten: Callable[[], bool], stop: threading.Event) -> None:
    """Let a server's word on new mail bring a poll forward. Whatever goes wrong here costs time, never mail."""

    def on_news() -> bool:
        try:
            return hasten()
        except PortError as error:
            _logger.warning("a poll could not be brought forward", bot=bot, error=str(error))
            return True

    def on_trouble(what: str) -> None:
        _logger.warning("a mailbox cannot be watched", bot=bot, error=what)

    try:
        watch(on_news, stop=stop, on_trouble=on_trouble)
    except PortError as error:
        on_trouble(str(error))


def _keep_anchored(house: House) -> None:
    """Write down outside the database how the audit chain stands. A full disk stops no schedule."""
    try:
        keep_anchored(house.log, house.anchors_file, now=house.clock.now())
    except OSError as error:
        _logger.warning("the audit chain could not be anchored", error=str(error))


def _reread(house: House, before: tuple[Schedule, ...]) -> tuple[Schedule, ...]:
    try:
        return load_workspace(house.settings.workspace).schedules
    except MistakesError as error:
        _logger.warning("a schedule or bot file is wrong; the ones before stay in force", mistakes=str(error))
        return before
