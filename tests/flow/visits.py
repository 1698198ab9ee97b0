"""A mailbox that is polled without a desk behind it: only what a visit and a statement need is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from csr_bot.adapters.memory import MemoryMailbox, MemorySession
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.flow.mailboxes import Visit, visit_mailbox, work_ahead
from csr_bot.flow.stalling import attend
from csr_bot.flow.statement import Statement, draw_up, look_at_server
from csr_bot.ports import Fetched, FetchedMail, UnavailableError
from csr_bot.records import IntakeRecord
from tests.flow.desks import HandClock, Rings, open_log


class FaultyMailbox(MemoryMailbox):
    """A mailbox whose line breaks while it fetches one of ``deadly``, and that calls ``before_fetch``."""

    def __init__(self, **how: int) -> None:
        super().__init__(**how)
        self.deadly: set[int] = set()
        self.before_fetch: Callable[[], None] = lambda: None

    @contextmanager
    def open(self) -> Iterator[MemorySession]:
        self.begin("open")
        yield FaultySession(self)


class FaultySession(MemorySession):
    def fetch(self, uids: Sequence[int], *, room: int) -> Fetched:
        self._mailbox.before_fetch()
        fetched = super().fetch(uids, room=room)
        if self._mailbox.deadly & set(uids):
            raise UnavailableError("the connection failed")
        return fetched


@dataclass
class Visitor:
    """Polls one mailbox, by hand."""

    log: SqlCaseLog
    clock: HandClock = field(default_factory=HandClock)
    mailbox: Any = field(default_factory=FaultyMailbox)
    remarks: list[str] = field(default_factory=list)
    events_before: int = 0

    @property
    def key(self) -> str:
        return self.mailbox.key

    def deliver(self, count: int = 1, *, uid: int | None = None) -> list[int]:
        return [self.mailbox.deliver(b"x" * 10, uid=uid, received_at=self.clock.now()) for _ in range(count)]

    def poll(self) -> list[int]:
        """The UIDs that one poll took in, in that order."""
        taken: list[int] = []
        with (
            self.mailbox.open() as session,
            ThreadPoolExecutor(1) as wire,
            ThreadPoolExecutor(1) as lamp,
            visit_mailbox(self.log, self.clock, self.key, session, run_id=None) as visit,
        ):
            self.remarks += [visit.remark] if visit.remark else []
            for mails in work_ahead(lamp, list, visit.portions(wire)):
                self.take(visit, mails)
                taken += [mail.uid for mail in mails]
        self.clock.advance(timedelta(minutes=2))
        return taken

    def attend(self) -> str | None:
        """A poll as a run makes it."""
        problem = attend(self.log, self.clock, self.key, self.poll)
        self.clock.advance(timedelta(minutes=2) if problem else timedelta(0))
        return problem

    def take(self, visit: Visit, mails: Sequence[FetchedMail]) -> None:
        rows = [
            IntakeRecord(
                mailbox=self.key,
                uidvalidity=visit.uidvalidity,
                uid=mail.uid,
                raw_sha256=None,
                size=mail.size,
                received_at=mail.received_at,
                disposition="case" if mail.raw is not None else "quarantined",
                reason=mail.reason or None,
                message_id=None,
            )
            for mail in mails
        ]
        with self.log.begin() as records:
            records.intake.add(rows, [], taken_at=self.clock.now())

    def statement(self, *, live: bool = True, **how: object) -> Statement:
        with self.mailbox.open() as session, self.log.read() as records:
            server = look_at_server(records, self.key, session) if live else None
            return draw_up(records, self.key, server=server, **how)[0]

    def events(self) -> list[str]:
        with self.log.read() as records:
            return [event.action for event in records.events.all()][self.events_before :]

    def lose_row(self, uid: int) -> None:
        with self.log.engine.begin() as connection:
            connection.execute(text("DELETE FROM intake WHERE uid = :uid"), {"uid": uid})


@contextmanager
def visiting(folder: Path, template: Path, **how: Any) -> Iterator[Visitor]:
    """A visitor with a log of its own."""
    shutil.copy(template, folder / "log.sqlite3")
    log = open_log(f"sqlite:///{folder}/log.sqlite3", Rings(), locks=folder)
    visitor = Visitor(log, **how)
    visitor.events_before = len(visitor.events())
    yield visitor
    log.engine.dispose()
