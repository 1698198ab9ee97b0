"""The intake statement of a mailbox: what it received, and that each of these mails is accounted for exactly once.

Received is what polls wrote down before they fetched, and, where the server can be asked, what it holds. What is in
neither the log nor any list of known exceptions is the difference, named by UID.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from csr_bot.caselog import Records
from csr_bot.ports import MailboxSession

PENDING: Final = "pending"
GONE: Final = "gone"
_NOT_YET: Final = "NOT_YET: waits for the next poll"
_BROKEN_OFF: Final = "BROKEN_OFF: the poll that found it was broken off; the next one fetches it"
_MOVED: Final = "GONE: it was moved or deleted before it could be fetched"


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one mail. ``at``: when the server received it, or when it was first seen."""

    uid: int
    disposition: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ServerView:
    """What a server holds now, and when it received the mails that the log does not know."""

    uidvalidity: int
    uids: frozenset[int]
    received_at: Mapping[int, datetime]


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of one mailbox under one UIDVALIDITY.

    ``low`` and ``high`` are the first and last UID that it covers; above ``high`` a mail waits for the next poll.
    ``missing`` maps UIDs that nothing accounts for to when they were first seen. ``left`` counts mails that were taken
    in and are not on the server any more; None where it was not asked.
    """

    mailbox: str
    uidvalidity: int
    low: int | None
    high: int | None
    polled_at: datetime | None
    lines: Sequence[Line]
    missing: Mapping[int, datetime]
    left: int | None

    @property
    def received(self) -> int:
        return len(self.lines) + len(self.missing)

    @property
    def dispositions(self) -> Mapping[str, int]:
        """How many mails became what."""
        return dict(sorted(Counter(line.disposition for line in self.lines).items()))

    def named(self, disposition: str) -> Sequence[Line]:
        """The mails that became this."""
        return [line for line in self.lines if line.disposition == disposition]


def look_at_server(records: Records, key: str, session: MailboxSession) -> ServerView:
    """What the server holds, with the dates of what the log does not know."""
    validity = session.status.uidvalidity
    uids = frozenset(session.uids(low=1))
    unknown = sorted(uids - records.intake.known_uids(key, validity, low=1))
    return ServerView(validity, uids, session.arrivals(unknown))


def draw_up(
    records: Records, key: str, *, day: date | None = None, server: ServerView | None = None
) -> list[Statement]:
    """The statement of a mailbox, and those of earlier UIDVALIDITYs after it.

    ``day`` (UTC) leaves out what was received on others; ``server`` is what the server holds, where it was asked.
    """
    now = server.uidvalidity if server else records.mailboxes.get(key).uidvalidity or 0
    earlier = [one for one in records.mailboxes.generations(key) if one != now]
    return [_draw_up_one(records, key, now, day=day, server=server)] + [
        _draw_up_one(records, key, one, day=day, server=None) for one in reversed(earlier)
    ]


def _draw_up_one(
    records: Records, key: str, uidvalidity: int, *, day: date | None, server: ServerView | None
) -> Statement:
    state = records.mailboxes.get(key)
    is_now = state.uidvalidity == uidvalidity
    rows = records.intake.rows(key, uidvalidity)
    lines = {row.uid: Line(row.uid, row.disposition, row.reason, row.received_at) for row in rows}
    taken = frozenset(lines)
    for record in records.mailboxes.withheld(key, uidvalidity):
        disposition = PENDING if record.gone_at is None else GONE
        lines.setdefault(record.uid, Line(record.uid, disposition, record.reason, record.first_at))
    missing: dict[int, datetime] = {}
    noted: set[int] = set()
    for arrival in records.mailboxes.arrivals(key, uidvalidity):
        noted |= arrival.uids
        for uid in sorted(arrival.uids - lines.keys()):
            if arrival.settled:
                missing.setdefault(uid, arrival.seen_at)
            elif server is not None and uid not in server.uids:
                lines[uid] = Line(uid, GONE, _MOVED, arrival.seen_at)
            else:
                lines[uid] = Line(uid, PENDING, _BROKEN_OFF, arrival.seen_at)
    uidnext = state.uidnext if is_now else None
    if server is not None:
        _add_unseen(lines, missing, server, uidnext=uidnext)
    covered = sorted(lines.keys() | missing.keys())
    high = uidnext - 1 if uidnext else max(noted | taken, default=None)
    return Statement(
        mailbox=key,
        uidvalidity=uidvalidity,
        low=covered[0] if covered else None,
        high=high,
        polled_at=state.polled_at if is_now else None,
        lines=[lines[uid] for uid in covered if uid in lines and _is_on(lines[uid].at, day)],
        missing={
            uid: missing[uid] for uid in covered if uid in missing and uid not in lines and _is_on(missing[uid], day)
        },
        left=len(taken - server.uids) if server is not None and day is None else None,
    )


def _add_unseen(
    lines: dict[int, Line], missing: dict[int, datetime], server: ServerView, *, uidnext: int | None
) -> None:
    """What only the server knows: pending above the mark of the last poll, missing below it or if there was none."""
    for uid in server.uids - lines.keys():
        at = server.received_at.get(uid) or missing.get(uid)
        if at is None:
            continue  # it went away while the server was asked
        if uid in missing or uidnext is None or uid < uidnext:
            missing[uid] = at
        else:
            lines[uid] = Line(uid, PENDING, _NOT_YET, at)


def _is_on(moment: datetime, day: date | None) -> bool:
    return day is None or moment.astimezone(UTC).date() == day
