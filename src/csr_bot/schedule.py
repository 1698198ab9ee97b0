"""The words of ``schedules/*.yaml``: what runs when, and what is paused; read, checked and turned into due slots.

A slot is a due time and nothing more. Who takes it, what becomes of one that was missed, and that a bot never runs
twice at once is for the scheduler, which records every slot under its key: bot, kind and instant.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final, assert_never
from zoneinfo import ZoneInfo, available_timezones

from csr_bot.core.addresses import check_email
from csr_bot.core.calendar import (
    Window,
    instant_of,
    last_instant_of,
    parse_clock,
    parse_days,
    parse_region,
    parse_window,
    public_holidays,
)
from csr_bot.core.document import Field, Mistake, MistakesError, Reading, read_document

LOOK_AHEAD: Final = timedelta(days=400)
"""How far ``next_slots`` looks: over a year, so that a run on a single day of the year is found, yet it always ends."""

ALL_BOTS: Final = "all"
DAY: Final = timedelta(days=1)
DURATION: Final = re.compile(r"(\d{1,6}) (second|minute|hour)s?", re.ASCII)
MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})", re.ASCII)


class RunKind(StrEnum):
    """What a run does: take in mail and portal rows, import the ledger, or send the report."""

    POLL = "poll"
    IMPORT = "import"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again while the wall clock is within ``window``, counted in elapsed time from its start on each day."""

    interval: timedelta
    window: Window


@dataclass(frozen=True, slots=True)
class At:
    """Once a day at each of these local times."""

    clocks: tuple[time, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One kind of run of one bot. ``to`` are the recipients of a report; ``line`` is where it stands in its file."""

    bot: str
    kind: RunKind
    rhythm: Every | At
    to: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """No slot of these bots (None: of all) falls due from ``from_at`` up to, but not including, ``until_at``."""

    bots: tuple[str, ...] | None
    from_at: datetime
    until_at: datetime
    why: str

    def covers(self, bot: str, at: datetime) -> bool:
        """Whether this bot is paused at this instant."""
        return self.from_at <= at < self.until_at and (self.bots is None or bot in self.bots)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A checked schedule file. ``holidays`` is a region as ``core.calendar`` has it; weekdays count from Monday, 0."""

    file: str
    zone: ZoneInfo
    business_days: frozenset[int]
    holidays: str | None
    runs: tuple[Run, ...]
    pauses: tuple[Pause, ...]

    def is_open(self, day: date) -> bool:
        """Whether anything may run on this local day."""
        closed = self.holidays is not None and day in public_holidays(self.holidays, day.year)
        return day.weekday() in self.business_days and not closed

    def find_run(self, bot: str, kind: RunKind) -> Run | None:
        """The run that a slot belongs to; a schedule holds at most one of each kind for a bot."""
        return next((run for run in self.runs if run.bot == bot and run.kind is kind), None)


@dataclass(frozen=True, slots=True)
class Slot:
    """A due time of one run: an aware UTC instant. The three values together name it once and for all."""

    bot: str
    kind: RunKind
    at: datetime


def slots_between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[Slot]:
    """Every slot later than ``after`` and not later than ``until`` (aware instants), ascending, lazily.

    A local time that the clock never shows runs at the next instant that it does, one that it shows twice runs at the
    first. Days that are no business days or are public holidays have no slots, nor have pauses.
    """
    every_run = (_slots_of_run(schedule, run, after, until) for run in schedule.runs)
    last: Slot | None = None
    for slot in heapq.merge(*every_run, key=lambda slot: (slot.at, slot.bot, slot.kind)):
        # Two local times of one run can meet in one instant where the clock is put forward.
        if slot != last and pause_at(schedule, slot.bot, slot.at) is None:
            yield slot
        last = slot


def next_slots(schedule: Schedule, now: datetime, count: int) -> tuple[Slot, ...]:
    """The next ``count`` slots later than ``now``; fewer where the next 400 days hold fewer."""
    return tuple(islice(slots_between(schedule, now, now + LOOK_AHEAD), count))


def pause_at(schedule: Schedule, bot: str, at: datetime) -> Pause | None:
    """The pause of this schedule that keeps the bot from running at this instant."""
    return next((pause for pause in schedule.pauses if pause.covers(bot, at)), None)


def _slots_of_run(schedule: Schedule, run: Run, after: datetime, until: datetime) -> Iterator[Slot]:
    day = after.astimezone(schedule.zone).date()
    last_day = until.astimezone(schedule.zone).date()
    while day <= last_day:
        if schedule.is_open(day):
            for at in _instants_on(day, run.rhythm, schedule.zone, after, until):
                yield Slot(run.bot, run.kind, at)
        day += DAY


def _instants_on(day: date, rhythm: Every | At, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[datetime]:
    match rhythm:
        case At(clocks):
            instants = (instant_of(day, clock, zone=zone) for clock in clocks)
            yield from (at for at in instants if after < at <= until)
        case Every(interval, window):
            start = instant_of(day, window.start, zone=zone)
            end = min(until, last_instant_of(day, window.end, zone=zone))
            at = start + interval * max(0, (after - start) // interval + 1)
            while at <= end:
                local = at.astimezone(zone)
                # Where the clock is put back within the day, it can leave the window and enter it again.
                if local.date() == day and window.holds(local.time()):
                    yield at
                at += interval
        case _:
            assert_never(rhythm)


def load_schedule(path: Path, *, bots: Collection[str]) -> Schedule:
    """The schedule in a file, for these bots. Raises MistakesError with everything that is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MistakesError([Mistake(str(path), 0, "(file)", f"cannot be read: {error}")]) from None
    return read_schedule(text, file=str(path), bots=bots)


def read_schedule(text: str, *, file: str, bots: Collection[str]) -> Schedule:
    """As ``load_schedule``, from a text."""
    with Reading() as reading:
        top = reading.mapping(
            read_document(text, file=file),
            known=("timezone", "business_days", "holidays", "runs", "pauses"),
            needed=("timezone", "runs"),
        )
        zone = reading.convert(top["timezone"], _zone) if "timezone" in top else None
        days = reading.convert(top["business_days"], parse_days) if "business_days" in top else frozenset(range(7))
        region = reading.convert(top["holidays"], parse_region) if "holidays" in top else None
        runs = _read_runs(reading, top["runs"], bots) if "runs" in top else ()
        # Without a zone the moments of a pause are still read, for the sake of their mistakes.
        pauses = _read_pauses(reading, top["pauses"], bots, zone or ZoneInfo("UTC")) if "pauses" in top else ()
    assert zone is not None, "a schedule without mistakes has a zone"
    assert days is not None, "and days"
    return Schedule(file, zone, days, region, runs, pauses)


def _read_runs(reading: Reading, field: Field, bots: Collection[str]) -> tuple[Run, ...]:
    if field.value == []:
        reading.mistakes.append(field.mistake("nothing would ever run; write at least one run"))
    first: dict[tuple[str, RunKind], Field] = {}
    runs = [_read_run(reading, item, bots, first) for item in reading.items(field)]
    return tuple(run for run in runs if run is not None)


def _read_run(
    reading: Reading, item: Field, bots: Collection[str], first: dict[tuple[str, RunKind], Field]
) -> Run | None:
    """One run. ``first`` remembers where each kind of run of each bot stands: a second one would share its slots."""
    known = (*RunKind, "every", "at", "between", "to")
    entries = reading.mapping(item, known=known)
    kinds = [kind for kind in RunKind if kind in entries]
    if isinstance(item.value, dict) and len(kinds) != 1 and set(entries) <= set(known):
        reading.mistakes.append(item.mistake("a run is one of poll, import or report"))
    rhythm = _read_rhythm(reading, item, entries)
    to = _read_recipients(reading, item, entries, kinds)
    if len(kinds) != 1:
        return None
    (kind,) = kinds
    bot = reading.convert(entries[kind], lambda text: _target(text, kind, bots))
    if bot is None:
        return None
    earlier = first.setdefault((bot, kind), entries[kind])
    if earlier is not entries[kind]:
        reason = f"{kind} of {bot} stands on line {earlier.line} already; a run may have several times"
        reading.mistakes.append(entries[kind].mistake(reason))
    return Run(bot, kind, rhythm, to, entries[kind].line) if rhythm else None


def _read_rhythm(reading: Reading, item: Field, entries: dict[str, Field]) -> Every | At | None:
    every, at, between = (entries.get(name) for name in ("every", "at", "between"))
    interval = reading.convert(every, _duration) if every else None
    clocks = _read_clocks(reading, at) if at else ()
    window = reading.convert(between, parse_window) if between else Window()
    if every and at:
        reading.mistakes.append(at.mistake("a run has either 'every' or 'at', not both"))
    elif not every and not at and isinstance(item.value, dict):
        reading.mistakes.append(item.mistake("when does it run? write 'every' (2 minutes) or 'at' (05:30)"))
    if between and not every:
        reading.mistakes.append(between.mistake("'between' belongs to 'every'; a run with 'at' names its times"))
    if interval and window:
        return Every(interval, window)
    return At(clocks) if clocks else None


def _read_clocks(reading: Reading, field: Field) -> tuple[time, ...]:
    items = list(field.value) if isinstance(field.value, list) else [field]
    if not items:
        reading.mistakes.append(field.mistake("at least one time is needed here"))
    clocks = [clock for item in items if (clock := reading.convert(item, parse_clock)) is not None]
    if len(set(clocks)) < len(clocks):
        reading.mistakes.append(field.mistake("a time stands here twice"))
    return tuple(sorted(clocks))


def _read_recipients(
    reading: Reading, item: Field, entries: dict[str, Field], kinds: Sequence[RunKind]
) -> tuple[str, ...]:
    to = entries.get("to")
    if to is None:
        if RunKind.REPORT in kinds:
            reading.mistakes.append(item.mistake("the field 'to' is missing: whom does the report go to?"))
        return ()
    if RunKind.REPORT not in kinds:
        reading.mistakes.append(to.mistake("only a report goes to somebody"))
    items = list(to.value) if isinstance(to.value, list) else [to]
    return tuple(found for each in items if (found := reading.convert(each, _recipient)) is not None)


def _read_pauses(reading: Reading, field: Field, bots: Collection[str], zone: ZoneInfo) -> tuple[Pause, ...]:
    found = []
    for item in reading.items(field):
        names = ("bots", "from", "until", "why")
        entries = reading.mapping(item, known=names, needed=names)
        paused = _read_paused(reading, entries["bots"], bots) if "bots" in entries else None
        start, end = (
            reading.convert(entries[name], lambda text: _moment(text, zone)) if name in entries else None
            for name in ("from", "until")
        )
        why = reading.convert(entries["why"], _reason) if "why" in entries else None
        if start and end and end <= start:
            reading.mistakes.append(entries["until"].mistake("the pause must end after it starts"))
        if start and end and why:
            found.append(Pause(paused, start, end, why))
    return tuple(found)


def _read_paused(reading: Reading, field: Field, bots: Collection[str]) -> tuple[str, ...] | None:
    if field.value == ALL_BOTS:
        return None
    items = list(field.value) if isinstance(field.value, list) else [field]
    if not items:
        reading.mistakes.append(field.mistake("name the bots, or write all"))
    return tuple(name for item in items if (name := reading.convert(item, lambda text: _bot(text, bots))) is not None)


def _zone(text: str) -> ZoneInfo:
    if text not in _known_zones():
        raise ValueError(f"{text!r} is not a time zone; write one like Europe/Berlin or America/New_York")
    return ZoneInfo(text)


@cache
def _known_zones() -> frozenset[str]:
    """Asked once, because it reads the whole folder of time zones."""
    return frozenset(available_timezones())


def _duration(text: str) -> timedelta:
    match = DURATION.fullmatch(text)
    length = timedelta(**{f"{match[2]}s": int(match[1])}) if match else timedelta()
    if not timedelta() < length <= DAY:
        raise ValueError(f"{text!r} is not a span of time up to a day; write it like 30 seconds, 2 minutes or 1 hour")
    return length


def _moment(text: str, zone: ZoneInfo) -> datetime:
    match = MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a moment; write it like 2026-12-31 18:00")
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        raise ValueError(f"{match[1]} is not a day of the calendar") from None
    return instant_of(day, parse_clock(match[2]), zone=zone)


def _bot(text: str, bots: Collection[str]) -> str:
    if text not in bots:
        raise ValueError(f"there is no bot {text!r}; known are {', '.join(sorted(bots)) or 'none'}")
    return text


def _target(text: str, kind: RunKind, bots: Collection[str]) -> str:
    name, slash, source = text.partition("/")
    if kind is RunKind.IMPORT and (not slash or source != "ledger"):
        raise ValueError(f"{text!r} does not say what to import; write {name}/ledger")
    return _bot(name if kind is RunKind.IMPORT else text, bots)


def _recipient(text: str) -> str:
    reason = check_email(text)
    if reason:
        raise ValueError(reason)
    return text


def _reason(text: str) -> str:
    if not text.strip():
        raise ValueError("say why, for those who find the bot idle")
    return text
