"""Ports in memory, for tests of rules and for trying things out: they keep the contracts of the real ones and can fail.

``fail_next`` makes a call fail in one of the three ways of a port, once for each time it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from typing import Literal

from csr_bot.ports import FetchedMail, Mailbox, MailboxStatus, PortError, UncertainError

MailboxCall = Literal["open", "uids", "fetch", "mark", "count_by_message_id"]


class MemoryMailbox:
    """A mailbox folder in memory. UIDs are given ascending and never twice, as on a server.

    ``mails`` is what it holds, by UID; ``fetches`` and ``marks`` record the calls, for counting round trips.
    """

    def __init__(self, key: str = "desk@corp.example/INBOX", *, uidvalidity: int = 1) -> None:
        self.key = key
        self.fetches: list[tuple[int, ...]] = []
        self.marks: list[tuple[int, ...]] = []
        self.uidvalidity = uidvalidity
        self.uidnext = 1
        self.mails: dict[int, FetchedMail] = {}
        self._failures: dict[MailboxCall, list[PortError]] = defaultdict(list)

    @contextmanager
    def open(self) -> Iterator[MemorySession]:
        """Open the folder as it is now."""
        self.begin("open")
        yield MemorySession(self)

    def deliver(self, raw: bytes, *, uid: int | None = None, received_at: datetime | None = None) -> int:
        """Put a mail in and return its UID. A ``uid`` below the next one is a mail that becomes visible late."""
        uid = uid or self.uidnext
        at = received_at or datetime.now(UTC)
        self.mails[uid] = FetchedMail(uid=uid, raw=raw, size=len(raw), received_at=at)
        self.uidnext = max(self.uidnext, uid + 1)
        return uid

    def remove(self, uid: int) -> None:
        """Take a mail out, as a person or another program may at any time."""
        del self.mails[uid]

    def withhold(self, uid: int) -> None:
        """Let the server answer for this mail without its bytes from now on."""
        mail = self.mails[uid]
        self.mails[uid] = FetchedMail(uid=uid, raw=None, size=mail.size, received_at=mail.received_at)

    def renumber(self, *, uidvalidity: int) -> None:
        """Give every mail a new UID under a new UIDVALIDITY, as after a folder was rebuilt."""
        mails = [self.mails[uid] for uid in sorted(self.mails)]
        self.uidvalidity, self.uidnext, self.mails = uidvalidity, 1, {}
        for mail in mails:
            uid = self.deliver(mail.raw or b"", received_at=mail.received_at)
            if mail.raw is None:
                self.withhold(uid)

    def fail_next(self, call: MailboxCall, failure: PortError) -> None:
        """Let the next call of this name raise ``failure``."""
        self._failures[call].append(failure)

    def begin(self, call: MailboxCall) -> None:
        """Raise the failure that this call was told to have, if any."""
        if self._failures[call]:
            raise self._failures[call].pop(0)


class MemorySession:
    """An open folder of a ``MemoryMailbox``."""

    def __init__(self, mailbox: MemoryMailbox) -> None:
        self.status = MailboxStatus(uidvalidity=mailbox.uidvalidity, uidnext=mailbox.uidnext)
        self._mailbox = mailbox

    def uids(self, *, low: int) -> Sequence[int]:
        """All UIDs >= ``low``, ascending."""
        self._mailbox.begin("uids")
        return sorted(uid for uid in self._mailbox.mails if uid >= low)

    def fetch(self, uids: Sequence[int]) -> Sequence[FetchedMail]:
        """The mails that are there."""
        self._mailbox.fetches.append(tuple(uids))
        self._mailbox.begin("fetch")
        return [self._mailbox.mails[uid] for uid in uids if uid in self._mailbox.mails]

    def mark(self, uids: Sequence[int]) -> None:
        """Record the mark."""
        self._mailbox.begin("mark")
        self._mailbox.marks.append(tuple(uids))

    def count_by_message_id(self, message_id: str) -> int:
        """How many mails carry this Message-ID, given with or without its angle brackets."""
        self._mailbox.begin("count_by_message_id")
        wanted = _bare(message_id)
        return sum(_message_id(mail.raw or b"") == wanted for mail in self._mailbox.mails.values())


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that left, with its envelope."""

    raw: bytes
    sender: str
    recipients: tuple[str, ...]


class MemoryMailer:
    """Outgoing mail in memory: ``sent`` is what left, with a copy of each in ``archive``."""

    def __init__(self, *, archive: MemoryMailbox | None = None) -> None:
        self.sent: list[SentMail] = []
        self.archive = archive or MemoryMailbox("archive@corp.example/INBOX")
        self._failures: list[tuple[PortError, bool]] = []

    def send(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """Send, or fail as told."""
        failure, leaves = self._failures.pop(0) if self._failures else (None, True)
        if leaves:
            self.sent.append(SentMail(raw=raw, sender=sender, recipients=tuple(recipients)))
            self.archive.deliver(raw)
        if failure:
            raise failure
        return f"250 taken as {len(self.sent)}"

    def count_sent(self, message_id: str) -> int:
        """How many copies of this message the archive holds."""
        archive: Mailbox = self.archive
        with archive.open() as session:
            return session.count_by_message_id(message_id)

    def fail_next(self, failure: PortError, *, after_leaving: bool = False) -> None:
        """Let the next send raise ``failure``; only an uncertain one can have left all the same."""
        if after_leaving and not isinstance(failure, UncertainError):
            raise ValueError("a mail that left is either sent or uncertain")
        self._failures.append((failure, after_leaving))


def _message_id(raw: bytes) -> str | None:
    value = BytesHeaderParser().parsebytes(raw).get("Message-ID")
    return None if value is None else _bare(str(value))


def _bare(message_id: str) -> str:
    return message_id.strip().removeprefix("<").removesuffix(">")
