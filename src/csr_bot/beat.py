"""The scheduler's process: takes its turn again and again, and goes on when the database or the broker is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from csr_bot.core.document import MistakesError
from csr_bot.flow.scheduling import take_turn
from csr_bot.ports import PortError
from csr_bot.schedule import Schedule
from csr_bot.wiring import House
from csr_bot.workspace import load_workspace

TURN: Final = timedelta(seconds=1)

_logger = structlog.get_logger()


def run_scheduler(house: House, *, stop: threading.Event, on_turn: Callable[[bool], None] = lambda _: None) -> None:
    """Take turns until ``stop`` is set. A schedule file that becomes wrong keeps the schedules that were right."""
    scheduler = house.scheduler()
    schedules: tuple[Schedule, ...] = house.workspace.schedules
    while not stop.is_set():
        schedules = _reread(house, schedules)
        try:
            on_turn(take_turn(scheduler, schedules))
        except PortError as error:
            _logger.warning("the scheduler's turn failed", error=str(error))
        stop.wait(TURN.total_seconds())


def _reread(house: House, before: tuple[Schedule, ...]) -> tuple[Schedule, ...]:
    try:
        return load_workspace(house.settings.workspace).schedules
    except MistakesError as error:
        _logger.warning("a schedule or bot file is wrong; the ones before stay in force", mistakes=str(error))
        return before
