"""The scheduler's turn: due slots become tasks, tasks that nobody holds are rung again. One of several leads.

The lease only saves noise. What keeps a slot from being run twice is that it can be recorded once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from csr_bot.caselog import CaseLog, ConflictError
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE
from csr_bot.ports import Clock, Doorbell
from csr_bot.schedule import RunKind, Schedule, Slot, slots_between

LEASE: Final = timedelta(seconds=30)
# A slot missed for longer than this is not caught up: the next one does its work.
CATCH_UP: Final = timedelta(days=2)
SOON: Final = timedelta(minutes=15)
"""A poll that is due within this time may come at once; nights and pauses have none."""
_RINGS: Final = 200


@dataclass(frozen=True, slots=True)
class Scheduler:
    """One scheduler process.

    ``owner`` tells it from the others, ``started_at`` is where a bot without history begins, and ``browser_bots`` are
    those whose intake needs a browser.
    """

    log: CaseLog
    clock: Clock
    doorbell: Doorbell
    owner: str
    started_at: datetime
    browser_bots: frozenset[str]


def take_turn(scheduler: Scheduler, schedules: Sequence[Schedule]) -> bool:
    """Record what is due and ring what is lying; False if another scheduler leads. Fails closed with the database."""
    now = scheduler.clock.now()
    with scheduler.log.begin() as records:
        if not records.house.take_lease("scheduler", owner=scheduler.owner, now=now, until=now + LEASE):
            return False
    for schedule in schedules:
        for slot in _due(scheduler, schedule, now):
            _record(scheduler, slot, now)
    _record_clocks(scheduler, {run.bot for schedule in schedules for run in schedule.runs}, now)
    watch(scheduler.log, scheduler.doorbell, now=now)
    return True


def hasten_poll(scheduler: Scheduler, schedules: Sequence[Schedule], bot: str) -> bool:
    """Poll a bot now, if the schedules let it be polled soon; False while a poll is under way: ask again after it."""
    now = scheduler.clock.now()
    soon = (slot for schedule in schedules for slot in slots_between(schedule, now, now + SOON))
    if not any(slot.bot == bot and slot.kind is RunKind.POLL for slot in soon):
        return True
    queue = BROWSER_QUEUE if bot in scheduler.browser_bots else MAIL_QUEUE
    with scheduler.log.begin() as records:
        if bot in records.house.pauses():
            return True
        return records.tasks.add(kind=RunKind.POLL.value, subject=bot, queue=queue, due_at=now) is not None


def watch(log: CaseLog, doorbell: Doorbell, *, now: datetime) -> int:
    """Ring every task that is due and that nobody holds: lost messages, dead workers, waits that are over."""
    with log.read() as records:
        due = records.tasks.due(now=now, limit=_RINGS)
    if due:
        doorbell.ring(due)
    return sum(len(ids) for ids in due.values())


def _record_clocks(scheduler: Scheduler, bots: Collection[str], now: datetime) -> None:
    """Have the clocks of the cases looked at that have come to something; also of a bot whose runs are paused."""
    with scheduler.log.read() as records:
        due = [bot for bot in records.clocks.bots_due(now=now) if bot in bots]
    if due:
        with scheduler.log.begin() as records:
            for bot in due:
                records.tasks.add(kind="clocks", subject=bot, queue=MAIL_QUEUE, due_at=now)


def _due(scheduler: Scheduler, schedule: Schedule, now: datetime) -> list[Slot]:
    """The newest due slot of each run: what was missed before it is made up for by this one."""
    newest: dict[tuple[str, str], Slot] = {}
    with scheduler.log.read() as records:
        last = {
            (run.bot, run.kind.value): records.house.last_slot(run.bot, run.kind.value) or scheduler.started_at
            for run in schedule.runs
        }
    since = max(min(last.values(), default=now), now - CATCH_UP)
    for slot in slots_between(schedule, since, now):
        key = (slot.bot, slot.kind.value)
        if slot.at > last[key]:
            newest[key] = slot
    return list(newest.values())


def _record(scheduler: Scheduler, slot: Slot, now: datetime) -> None:
    kind = slot.kind.value
    queue = BROWSER_QUEUE if kind == "poll" and slot.bot in scheduler.browser_bots else MAIL_QUEUE
    with suppress(ConflictError), scheduler.log.begin() as records:
        why = records.house.pauses().get(slot.bot)
        status = "due" if why is None else "paused"
        if why is None and records.tasks.add(kind=kind, subject=slot.bot, queue=queue, due_at=now) is None:
            status, why = "skipped", "the run before is not over"
        if not records.house.add_slot(slot.bot, kind, slot_at=slot.at, status=status, why=why):
            raise ConflictError("another scheduler has recorded this slot")  # which takes the task back
