"""Clocks of service levels in SQL, with the calendars that they count by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select, update

from csr_bot.adapters.sql.clock_tables import business_calendar, sla_clock
from csr_bot.adapters.sql.inserts import insert_rows
from csr_bot.adapters.sql.tables import request_case
from csr_bot.caselog import ConflictError
from csr_bot.clocklog import ClockRecord
from csr_bot.core.business_time import BusinessCalendar, OpeningHours
from csr_bot.core.effects import canonical_json
from csr_bot.core.service_levels import ClockKind, Target, TargetSource
from csr_bot.core.sla_clock import ClockState, PauseReason, SlaClock, Stretch

SECOND: Final = timedelta(seconds=1)
_KEY: Final = ("case_id", "kind", "cycle")
_PLAIN: Final = ("started_at", "due_at", "running_since", "stopped_at", "cycle")


class SqlClocks:
    """``clocklog.ClockRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, records: Sequence[ClockRecord]) -> None:
        """Store new counts."""
        insert_rows(self._connection, sla_clock, self._rows(records))

    def update(self, record: ClockRecord) -> None:
        """Change a count that is stored."""
        row = self._rows([record])[0]
        same = [sla_clock.c[name] == row.pop(name) for name in _KEY]
        if self._connection.execute(update(sla_clock).where(*same).values(**row)).rowcount != 1:
            raise ConflictError(f"there is no clock {record.clock.kind} {record.clock.cycle} of case {record.case_id}")

    def of_case(self, case_id: str) -> Sequence[ClockRecord]:
        """All counts of a case, by kind and cycle."""
        query = select(sla_clock).where(sla_clock.c.case_id == case_id).order_by(sla_clock.c.kind, sla_clock.c.cycle)
        return self._records(self._connection.execute(query).mappings().all())

    def due(self, bot: str, *, now: datetime, limit: int) -> Sequence[ClockRecord]:
        """Clocks of a bot's cases that have to be looked at, the longest due first."""
        query = (
            select(sla_clock)
            .join(request_case, request_case.c.id == sla_clock.c.case_id)
            .where(sla_clock.c.next_at <= now, request_case.c.bot == bot)
            .order_by(sla_clock.c.next_at, sla_clock.c.case_id, sla_clock.c.kind)
            .limit(limit)
        )
        return self._records(self._connection.execute(query).mappings().all())

    def bots_due(self, *, now: datetime) -> Sequence[str]:
        """The bots with a clock that has to be looked at."""
        query = (
            select(request_case.c.bot)
            .join(sla_clock, request_case.c.id == sla_clock.c.case_id)
            .where(sla_clock.c.next_at <= now)
            .distinct()
        )
        return sorted(self._connection.execute(query).scalars())

    def _rows(self, records: Sequence[ClockRecord]) -> list[dict[str, Any]]:
        """The rows of clocks, whose calendars are stored first."""
        calendars = {id(target.calendar): target.calendar for item in records for target in item.clock.targets}
        contents = {key: canonical_json(_calendar_content(calendar)) for key, calendar in calendars.items()}
        ids = {key: hashlib.sha256(content.encode()).hexdigest() for key, content in contents.items()}
        named = {ids[key]: {"id": ids[key], "content": _calendar_content(calendars[key])} for key in calendars}
        insert_rows(self._connection, business_calendar, list(named.values()), keep_known=True)
        return [_row(record, ids) for record in records]

    def _records(self, rows: Sequence[RowMapping]) -> list[ClockRecord]:
        wanted = {target["calendar"] for row in rows for target in row["targets"]}
        if not wanted:
            return []
        query = select(business_calendar).where(business_calendar.c.id.in_(wanted))
        calendars = {row["id"]: _calendar(row["content"]) for row in self._connection.execute(query).mappings()}
        return [_record(row, calendars) for row in rows]


def _row(record: ClockRecord, calendar_ids: Mapping[int, str]) -> dict[str, Any]:
    clock = record.clock
    return {
        **{name: getattr(clock, name) for name in _PLAIN},
        "case_id": record.case_id,
        "kind": clock.kind.value,
        "targets": [
            {
                "minutes": target.minutes,
                "calendar": calendar_ids[id(target.calendar)],
                "calendar_name": target.calendar.name,
                "source": target.source.value,
                "why": target.why,
            }
            for target in clock.targets
        ],
        "state": clock.state.value,
        "consumed_seconds": clock.consumed // SECOND,
        "ran": [[stretch.start_at.isoformat(), stretch.end_at.isoformat()] for stretch in clock.ran],
        "paused_reason": clock.paused_reason.value if clock.paused_reason else None,
        "escalated": sorted(clock.escalated),
        "next_at": record.next_at,
    }


def _record(row: RowMapping, calendars: Mapping[str, BusinessCalendar]) -> ClockRecord:
    kind = ClockKind(row["kind"])
    clock = SlaClock(
        **{name: row[name] for name in _PLAIN},
        targets=tuple(
            Target(kind, item["minutes"], calendars[item["calendar"]], TargetSource(item["source"]), item["why"])
            for item in row["targets"]
        ),
        state=ClockState(row["state"]),
        consumed=row["consumed_seconds"] * SECOND,
        ran=tuple(Stretch(*map(datetime.fromisoformat, pair)) for pair in row["ran"]),
        paused_reason=PauseReason(row["paused_reason"]) if row["paused_reason"] else None,
        escalated=frozenset(row["escalated"]),
    )
    return ClockRecord(row["case_id"], clock, row["next_at"])


def _calendar_content(calendar: BusinessCalendar) -> dict[str, Any]:
    """What a calendar says, in one order however it was made."""
    return {
        "name": calendar.name,
        "zone": calendar.zone,
        "week": {str(day): [[span.start, span.end] for span in hours] for day, hours in calendar.week.items()},
        "holidays": sorted(day.isoformat() for day in calendar.holidays),
        "region": calendar.region,
    }


def _calendar(content: Mapping[str, Any]) -> BusinessCalendar:
    return BusinessCalendar(
        name=content["name"],
        zone=content["zone"],
        week={int(day): tuple(OpeningHours(*span) for span in spans) for day, spans in content["week"].items()},
        holidays=frozenset(map(date.fromisoformat, content["holidays"])),
        region=content["region"],
    )
