"""Reading what time a case gets: calendars, priority points, service levels and escalation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from csr_bot.core.business_time import DAY_MINUTES, BusinessCalendar, OpeningHours
from csr_bot.core.calendar import parse_clock, parse_days, parse_region
from csr_bot.core.document import Field
from csr_bot.core.policy.names import BOT_ROLE
from csr_bot.core.policy.scalars import PolicyReading
from csr_bot.core.priority import (
    AgeingPoints,
    FinancialBand,
    ForcedReason,
    PriorityLevel,
    PriorityPolicy,
    RiskPoints,
    UrgencyPoints,
)
from csr_bot.core.request import Category
from csr_bot.core.service_levels import (
    Channel,
    EscalationAction,
    EscalationStep,
    ResponseMinutes,
    SlaPolicy,
)

_ALWAYS: Final = BusinessCalendar(
    "always", "UTC", {day: (OpeningHours(0, DAY_MINUTES),) for day in range(7)}, frozenset()
)
_TIERS: Final = ("strategic", "key", "standard", "small")
_NEAR_THE_CASE: Final = ("case_owner", "team_lead")
"""Whom an escalation may go to beside holders of a role."""


def read_calendars(reading: PolicyReading, field: Field | None) -> dict[str, BusinessCalendar]:
    """The calendars by name."""
    found = {name: _read_calendar(reading, entry, name=name) for name, entry in reading.entries(field).items()}
    if field is not None and field.value == {}:
        reading.complain(field, "at least one calendar is needed here")
    return found


def _read_calendar(reading: PolicyReading, field: Field, *, name: str) -> BusinessCalendar:
    entry = reading.entries(field, needed=("tz", "week", "holidays"), also=("region",))
    zone = reading.value(entry.get("tz"), _zone, default="UTC")
    week = _read_week(reading, entry.get("week"))
    holidays: set[date] = set()
    for item in reading.items(entry["holidays"]) if "holidays" in entry else ():
        day = reading.value(item, date.fromisoformat, default=date.min)
        if day in holidays and day > date.min:
            reading.complain(item, f"{day} stands here twice")
        holidays.add(day)
    region = reading.value(entry.get("region"), parse_region, default="") or None
    hours = week if any(week.values()) else _ALWAYS.week
    return BusinessCalendar(name, zone, hours, frozenset(holidays), region)


def _read_week(reading: PolicyReading, field: Field | None) -> dict[int, tuple[OpeningHours, ...]]:
    week: dict[int, tuple[OpeningHours, ...]] = {}
    for name, entry in reading.entries(field).items():
        try:
            days = parse_days(name)
        except ValueError as error:
            reading.complain(entry, str(error))
            continue
        if not days.isdisjoint(week):
            reading.complain(entry, "a day of these stands here twice")
        week.update(dict.fromkeys(sorted(days), _read_hours(reading, entry)))
    if field is not None and field.value == {}:
        reading.complain(field, "the calendar is never open; name at least one day")
    return dict(sorted(week.items()))


def _read_hours(reading: PolicyReading, field: Field) -> tuple[OpeningHours, ...]:
    """Opening hours of a day: start and end in turn, each later than the one before."""
    items = reading.list_of(field, what="span of hours")
    clocks = [reading.value(item, _minute, default=-1) for item in items]
    if -1 in clocks or not clocks:
        return ()
    if len(clocks) % 2:
        reading.complain(field, "each opening needs its start and its end")
    elif not all(earlier < later for earlier, later in pairwise(clocks)):
        reading.complain(field, "each time must be later than the one before it, on the same day")
    else:
        return tuple(map(OpeningHours, clocks[::2], clocks[1::2]))
    return ()


def read_priority(reading: PolicyReading, field: Field | None) -> PriorityPolicy:
    """The points of a priority, and the lowest score of each level."""
    entry = reading.entries(
        field,
        needed=("financial_bands", "urgency", "tier", "risk", "ageing", "levels", "force_p1", "ml_adjustment"),
    )
    forced = reading.known_list(entry.get("force_p1"), tuple(ForcedReason), what="reason")
    return PriorityPolicy(
        financial_bands=_read_financial_bands(reading, entry.get("financial_bands")),
        urgency=UrgencyPoints(**_read_points(reading, entry.get("urgency"), UrgencyPoints.__slots__)),
        tier=_read_points(reading, entry.get("tier"), _TIERS),
        risk=RiskPoints(**_read_points(reading, entry.get("risk"), RiskPoints.__slots__)),
        ageing=AgeingPoints(**_read_points(reading, entry.get("ageing"), AgeingPoints.__slots__)),
        levels=_read_levels(reading, entry.get("levels")),
        force_p1=frozenset(map(ForcedReason, filter(None, forced))),
        model_max_points=_read_model(reading, entry.get("ml_adjustment")),
    )


def _read_points(reading: PolicyReading, field: Field | None, names: Collection[str]) -> dict[str, int]:
    entry = reading.entries(field, needed=tuple(names))
    return {name: reading.whole(entry.get(name), least=0) for name in names}


def _read_financial_bands(reading: PolicyReading, field: Field | None) -> tuple[FinancialBand, ...]:
    bands = []
    uppers: list[tuple[Field, Field | None]] = []
    for item in reading.list_of(field, what="band"):
        pair = list(reading.items(item))
        if len(pair) != 2:
            reading.complain(item, 'a band is an amount and its points, like ["1000.00", 5]')
            continue
        upper = None if pair[0].value is None else reading.amount(pair[0])
        bands.append(FinancialBand(upper, reading.whole(pair[1], least=0)))
        uppers.append((item, pair[0]))
    if field is not None:
        reading.check_order(field, uppers)
    return tuple(bands)


def _read_levels(reading: PolicyReading, field: Field | None) -> dict[PriorityLevel, int]:
    lowest = _read_points(reading, field, tuple(PriorityLevel))
    if field is not None and field.value and set(field.value) >= set(PriorityLevel):
        if not all(higher > lower for higher, lower in pairwise(lowest.values())):
            reading.complain(field, "each level must begin above the next one")
        if lowest[PriorityLevel.P4] != 0:
            reading.complain(field, "P4 must begin at 0, so that every score has a level")
    return {level: lowest[level] for level in PriorityLevel}


def _read_model(reading: PolicyReading, field: Field | None) -> int:
    """The points that a model may add; none unless it is enabled."""
    entry = reading.entries(field, needed=("enabled", "max_delta", "may_lower", "log_reason"))
    most = reading.whole(entry.get("max_delta"), least=0)
    reading.truth(entry.get("may_lower"), only=False, why="a model may raise a priority, never lower it")
    reading.truth(entry.get("log_reason"), only=True, why="people see why a model added points")
    return most if reading.truth(entry.get("enabled")) else 0


def read_sla(reading: PolicyReading, field: Field | None, *, calendars: Mapping[str, BusinessCalendar]) -> SlaPolicy:
    """The service levels. What is built in (``effective``, ``pause_states``) has to stand there as it is."""
    entry = reading.entries(
        field,
        needed=(
            "acknowledge",
            "targets_business_minutes",
            "category_resolution_caps",
            "contract_overrides",
            "effective",
            "pause_states",
            "max_pause_business_minutes",
            "approval_step_minutes",
        ),
    )
    acknowledge = reading.entries(entry.get("acknowledge"), needed=("minutes", "calendar"))
    calendar = reading.known(acknowledge.get("calendar"), calendars, what="calendar")
    reading.known(entry.get("effective"), ("earliest_deadline",), what="rule")
    reading.known_list(entry.get("pause_states"), ("awaiting_customer",), what="state that pauses a clock")
    approval = reading.entries(entry.get("approval_step_minutes"), needed=tuple(PriorityLevel))
    return SlaPolicy(
        acknowledge_minutes=reading.whole(acknowledge.get("minutes")),
        acknowledge_calendar=calendars.get(calendar, _ALWAYS),
        targets=_read_targets(reading, entry.get("targets_business_minutes")),
        category_resolution_caps=_read_caps(reading, entry.get("category_resolution_caps")),
        contract_overrides=reading.truth(entry.get("contract_overrides")),
        max_pause_minutes=reading.whole(entry.get("max_pause_business_minutes")),
        approval_step_minutes={level: reading.whole(approval.get(level)) for level in PriorityLevel},
    )


def _read_targets(reading: PolicyReading, field: Field | None) -> dict[PriorityLevel, ResponseMinutes]:
    entry = reading.entries(field, needed=tuple(PriorityLevel))
    targets = {}
    for level in PriorityLevel:
        item = entry.get(level)
        minutes = [reading.whole(each) for each in reading.list_of(item, what="number of minutes")]
        if item is not None and len(minutes) != 2:
            reading.complain(item, "the minutes to the first response and to the resolution are needed here")
        elif item is not None and minutes[0] > minutes[1]:
            reading.complain(item, "the first response must not be due after the resolution")
        targets[level] = ResponseMinutes(minutes[0], minutes[1]) if len(minutes) == 2 else ResponseMinutes(1, 1)
    return targets


def _read_caps(reading: PolicyReading, field: Field | None) -> dict[Category, int]:
    caps = {}
    for name, entry in reading.entries(field).items():
        if name in tuple(Category):
            caps[Category(name)] = reading.whole(entry)
        else:
            reading.complain(entry, f"unknown category {name!r}")
    return caps


def read_escalation(reading: PolicyReading, field: Field | None) -> tuple[EscalationStep, ...]:
    """Who is told when, in rising order of the time used up."""
    steps = []
    above = 0
    people = (reading.roles - {BOT_ROLE}).union(_NEAR_THE_CASE)
    for item in reading.list_of(field, what="step"):
        entry = reading.entries(item, needed=("at_pct", "to", "via"), also=("action",))
        at = reading.whole(entry.get("at_pct"))
        if at <= above and "at_pct" in entry:
            reading.complain(entry["at_pct"], f"{at} per cent is not later than {above}")
        above = max(at, above)
        to, action = entry.get("to"), entry.get("action")
        names = reading.list_of(to, what="role") if to and isinstance(to.value, list) else [to] if to else []
        via = reading.known_list(entry.get("via"), tuple(Channel), what="channel")
        done = reading.known(action, tuple(EscalationAction), what="action")
        steps.append(
            EscalationStep(
                at_pct=at,
                to=reading.several(names, people, what="role"),
                via=tuple(map(Channel, filter(None, via))),
                action=EscalationAction(done) if done else None,
            )
        )
    return tuple(steps)


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{text!r} is not a time zone; write one like Europe/Berlin or America/New_York") from None
    return text


def _minute(text: str) -> int:
    """The minute of the local day; 24:00 is its end."""
    if text == "24:00":
        return DAY_MINUTES
    clock = parse_clock(text)
    return clock.hour * 60 + clock.minute
