"""A visit to a mailbox: which of its mails are new, in what portions they are fetched, and what is remembered of it.

What the server holds and what the log holds are compared as sets, because flags and order mean nothing: the newest
stretch at every poll, the whole once a day. What is going to be fetched is written down first, and what the server
does not hand out is asked for again by later polls, last and by itself, before a person has to look. How a mail is
taken in is left to ``intake``, what became of all of them to ``statement``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from csr_bot.caselog import CaseLog, Records
from csr_bot.flow.moving import BOT
from csr_bot.ports import Clock, Fetched, FetchedMail, MailboxSession, PortError
from csr_bot.records import MailboxRecord, WithheldRecord

CHUNK: Final = 50
ROOM: Final = 12 * 1024 * 1024
"""Bytes of one portion; only a single mail may be larger. Up to three portions are in hand at once."""
OVERLAP: Final = 1000
"""UIDs below the highest one taken in that every poll compares: mails can become visible out of order."""
WHOLE_AFTER: Final = timedelta(days=1)
TRIES: Final = 3
"""Polls that ask for a mail that is not handed out; the next one shows it to a person."""
PATIENCE: Final = timedelta(hours=1)
"""For how long at least a broken line is not taken for the fault of the mail that was being fetched."""
_BROKEN_OFF: Final = "BROKEN_OFF"

_Result = TypeVar("_Result")


@dataclass(slots=True)
class Visit:
    """A mailbox as one poll finds it. ``remark`` is what an ops engineer should know of it."""

    key: str
    session: MailboxSession
    began_at: datetime
    before: MailboxRecord
    whole: bool
    here: Sequence[int]
    new: Sequence[int]
    novel: Sequence[int]
    vanished: Mapping[int, datetime]
    known_withheld: Mapping[int, WithheldRecord]
    remark: str | None = None
    withheld: list[int] = field(default_factory=list)
    broke_on: Sequence[int] = ()

    @property
    def uidvalidity(self) -> int:
        return self.session.status.uidvalidity

    def portions(self, wire: Executor, *, room: int = ROOM) -> Iterator[list[FetchedMail]]:
        """The new mails: those that are given up, then all others, then one by one those not handed out before.

        The next portion is on its way while one is worked on, but not during one that is heavy.
        """
        tries = {uid: self.known_withheld[uid].attempts for uid in self.new if uid in self.known_withheld}
        given_up = [self.known_withheld[uid] for uid in tries if self._is_hopeless(self.known_withheld[uid])]
        if given_up:
            yield [_given_up(record) for record in given_up]
        doubtful = sorted(tries.keys() - {record.uid for record in given_up}, key=lambda uid: (tries[uid], uid))
        orders = _Orders(deque(uid for uid in self.new if uid not in tries), deque(doubtful))
        asked, answer = orders.place(wire, self.session, room)
        while answer is not None:
            try:
                fetched = answer.result()
            except PortError:
                self.broke_on = asked
                raise
            self.withheld += fetched.withheld
            orders.take_back(asked, fetched)
            mails = list(fetched.mails)
            heavy = is_heavy(mails, room=room)
            del fetched
            asked, answer = orders.place(wire, self.session, room) if not heavy else ([], None)
            if mails:
                yield mails
            del mails
            if heavy:
                asked, answer = orders.place(wire, self.session, room)

    def _is_hopeless(self, record: WithheldRecord) -> bool:
        line_broke = record.reason.startswith(_BROKEN_OFF)
        return record.attempts >= TRIES and not (line_broke and self.began_at - record.first_at < PATIENCE)


@dataclass(slots=True)
class _Orders:
    """What is still to be asked for: many at a time while they are small, then the doubtful ones one by one."""

    many: deque[int]
    single: deque[int]
    width: int = CHUNK

    def place(self, wire: Executor, session: MailboxSession, room: int) -> tuple[Sequence[int], Future[Fetched] | None]:
        """Ask for the next ones on the connection's thread; None when nothing is left."""
        asked = [self.many.popleft() for _ in range(min(self.width, len(self.many)))]
        if not asked and self.single:
            asked = [self.single.popleft()]
        return asked, wire.submit(session.fetch, asked, room=room) if asked else None

    def take_back(self, asked: Sequence[int], fetched: Fetched) -> None:
        """Ask again for what found no room, and for fewer: their first pieces were read in vain."""
        self.many.extendleft(reversed(fetched.left))
        self.width = max(1, len(asked) - len(fetched.left)) if fetched.left else min(CHUNK, self.width * 2)


def is_heavy(mails: Iterable[FetchedMail], *, room: int) -> bool:
    """Whether a portion is larger than others: nothing should be fetched or kept beside it."""
    return sum(len(mail.raw or b"") for mail in mails) > room


def work_ahead(
    pool: Executor,
    work: Callable[[list[FetchedMail]], _Result],
    portions: Iterable[list[FetchedMail]],
    *,
    room: int = ROOM,
) -> Iterator[_Result]:
    """What ``work`` makes of each portion, in order, with the next already begun; a heavy one is worked on alone.

    Where the mailbox fails, what it gave before comes first.
    """
    ahead: deque[Future[_Result]] = deque()
    source = iter(portions)
    broken: PortError | None = None
    while broken is None:
        try:
            mails = next(source, None)
        except PortError as error:
            broken, mails = error, None
        if mails is None:
            break
        heavy = is_heavy(mails, room=room)
        ahead.append(pool.submit(work, mails))
        del mails
        while ahead and (heavy or len(ahead) > 1):
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()
    if broken is not None:
        raise broken


@contextmanager
def visit_mailbox(
    log: CaseLog, clock: Clock, key: str, session: MailboxSession, *, run_id: str | None
) -> Iterator[Visit]:
    """Find out what is new and write it down; at the end, what became of the visit.

    Where it breaks off, what was being fetched then is remembered, so that one mail on which a server breaks does not
    keep the others from being read.
    """
    began_at = clock.now()
    with log.read() as records:
        visit = _look(records, key, session, began_at)
    if visit.novel or visit.vanished or visit.remark:
        with log.begin() as records:
            _write_down(records, visit, run_id)
    try:
        yield visit
    except PortError as error:
        if visit.broke_on:
            with log.begin() as records:
                _remember_withheld(records, visit, visit.broke_on, reason=f"{_BROKEN_OFF}: {error}"[:300])
        raise
    with log.begin() as records:
        _end(records, visit)


def _look(records: Records, key: str, session: MailboxSession, now: datetime) -> Visit:
    validity = session.status.uidvalidity
    before = records.mailboxes.get(key)
    renumbered = before.uidvalidity not in (None, validity)
    whole = renumbered or before.reconciled_at is None or now - before.reconciled_at >= WHOLE_AFTER
    withheld = {record.uid: record for record in records.mailboxes.withheld(key, validity)}
    expected = {uid: record.first_at for uid, record in withheld.items() if record.gone_at is None}
    for arrival in records.mailboxes.arrivals(key, validity, open_only=True):
        expected |= {uid: arrival.seen_at for uid in arrival.uids if uid not in expected}
    low = 1 if whole else max(1, min([records.intake.highest_uid(key, validity) - OVERLAP, *expected]))
    known = records.intake.known_uids(key, validity, low=low)
    here = session.uids(low=low)
    new = [uid for uid in here if uid not in known]
    accounted = known.union(here)
    remark = f"UIDVALIDITY changed from {before.uidvalidity} to {validity}: every mail is compared by its content"
    return Visit(
        key=key,
        session=session,
        began_at=now,
        before=before,
        whole=whole,
        here=here,
        new=new,
        novel=[uid for uid in new if uid not in expected],
        vanished={uid: at for uid, at in expected.items() if uid not in accounted},
        known_withheld=withheld,
        remark=remark if renumbered else None,
    )


def _write_down(records: Records, visit: Visit, run_id: str | None) -> None:
    if visit.novel:
        records.mailboxes.add_arrival(visit.key, visit.uidvalidity, visit.novel, run_id=run_id, at=visit.began_at)
    _remember_gone(records, visit, visit.uidvalidity, visit.vanished)
    old = visit.before.uidvalidity
    if old != visit.uidvalidity:
        # Committed with the notes, so that it is told once even if this visit comes to nothing.
        records.mailboxes.put(replace(visit.before, uidvalidity=visit.uidvalidity, uidnext=None, reconciled_at=None))
    if old is None or old == visit.uidvalidity:
        return
    taken = records.intake.known_uids(visit.key, old, low=1)
    lost = {record.uid: record.first_at for record in records.mailboxes.withheld(visit.key, old) if not record.gone_at}
    for arrival in records.mailboxes.arrivals(visit.key, old, open_only=True):
        lost |= dict.fromkeys(arrival.uids, arrival.seen_at)
    _remember_gone(records, visit, old, {uid: at for uid, at in lost.items() if uid not in taken})
    records.events.add(
        "mailbox.renumbered",
        actor=BOT,
        entity="mailbox",
        entity_id=visit.key,
        at=visit.began_at,
        data={"from": old, "to": visit.uidvalidity},
    )


def _remember_gone(records: Records, visit: Visit, uidvalidity: int, gone: Mapping[int, datetime]) -> None:
    known = {record.uid: record for record in records.mailboxes.withheld(visit.key, uidvalidity)} if gone else {}
    at = visit.began_at
    fresh = [known.get(uid) or WithheldRecord(uid, 0, first_at, at, None, "") for uid, first_at in gone.items()]
    reason = "GONE: the server named it once and names it no more"
    records.mailboxes.put_withheld(
        visit.key, uidvalidity, [replace(record, gone_at=at, reason=reason) for record in fresh]
    )


def _remember_withheld(records: Records, visit: Visit, uids: Iterable[int], *, reason: str) -> None:
    at = visit.began_at
    kept = [visit.known_withheld.get(uid) or WithheldRecord(uid, 0, at, at, None, "") for uid in uids]
    tried = [replace(one, attempts=one.attempts + 1, last_at=at, gone_at=None, reason=reason) for one in kept]
    records.mailboxes.put_withheld(visit.key, visit.uidvalidity, tried)


def _end(records: Records, visit: Visit) -> None:
    if visit.withheld:
        reason = "NOT_HANDED_OUT: the server named the mail and handed out nothing"
        _remember_withheld(records, visit, visit.withheld, reason=reason)
    if visit.known_withheld:
        records.mailboxes.forget_withheld(visit.key, visit.uidvalidity)
    records.mailboxes.settle_arrivals(visit.key, until=visit.began_at)
    before = records.mailboxes.get(visit.key)
    records.mailboxes.put(
        MailboxRecord(
            key=visit.key,
            uidvalidity=visit.uidvalidity,
            uidnext=max([visit.session.status.uidnext, *(uid + 1 for uid in visit.here[-1:])]),
            polled_at=visit.began_at,
            reconciled_at=visit.began_at if visit.whole else before.reconciled_at,
        )
    )
    if before.stalled_at is not None:
        records.events.add(
            "mailbox.recovered",
            actor=BOT,
            entity="mailbox",
            entity_id=visit.key,
            at=visit.began_at,
            data={"stalled_at": before.stalled_at.isoformat(), "failures": before.failures},
        )


def _given_up(record: WithheldRecord) -> FetchedMail:
    reason = f"{record.reason} ({record.attempts} times since {record.first_at:%Y-%m-%d %H:%M} UTC)"
    return FetchedMail(uid=record.uid, raw=None, size=0, received_at=record.first_at, reason=reason)
