"""A mailbox folder and outgoing mail in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from typing import Literal

from csr_bot.ports import Fetched, FetchedMail, Mailbox, MailboxStatus, PortError, UncertainError

MailboxCall = Literal["open", "uids", "fetch", "arrivals", "mark", "count_by_message_id"]


class MemoryMailbox:
    """A mailbox folder in memory. UIDs are given ascending and never twice, as on a server.

    ``mails`` is what it holds, by UID; ``fetches`` and ``marks`` record the calls, for counting round trips. A mail
    above ``largest`` bytes is not read.
    """

    def __init__(
        self, key: str = "desk@corp.example/INBOX", *, uidvalidity: int = 1, largest: int = 40 * 1024 * 1024
    ) -> None:
        self.key = key
        self.largest = largest
        self.fetches: list[tuple[int, ...]] = []
        self.marks: list[tuple[int, ...]] = []
        self.uidvalidity = uidvalidity
        self.uidnext = 1
        self.mails: dict[int, FetchedMail] = {}
        self.withheld: set[int] = set()
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
        """Let the server name this mail and not hand it out, until it is released."""
        self.withheld.add(uid)

    def release(self, uid: int) -> None:
        """Let the server hand out this mail again."""
        self.withheld.discard(uid)

    def renumber(self, *, uidvalidity: int) -> None:
        """Give every mail a new UID under a new UIDVALIDITY, as after a folder was rebuilt."""
        mails = [(self.mails[uid], uid in self.withheld) for uid in sorted(self.mails)]
        self.uidvalidity, self.uidnext, self.mails, self.withheld = uidvalidity, 1, {}, set()
        for mail, withheld in mails:
            uid = self.deliver(mail.raw or b"", received_at=mail.received_at)
            if withheld:
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

    def fetch(self, uids: Sequence[int], *, room: int) -> Fetched:
        """The mails that are there and handed out."""
        self._mailbox.fetches.append(tuple(uids))
        self._mailbox.begin("fetch")
        mails: list[FetchedMail] = []
        withheld: list[int] = []
        held = 0
        for place, uid in enumerate(uids):
            mail = None if uid in self._mailbox.withheld else self._mailbox.mails.get(uid)
            if mail is None:
                withheld.append(uid)
                continue
            if mail.size > self._mailbox.largest:
                mail = replace(mail, raw=None, reason=f"TOO_LARGE: the mail has {mail.size} bytes and was not fetched")
            elif held and held + mail.size > room:
                return Fetched(mails, withheld, uids[place:])
            mails.append(mail)
            held += len(mail.raw or b"")
        return Fetched(mails, withheld)

    def arrivals(self, uids: Sequence[int]) -> Mapping[int, datetime]:
        """When each of these was received."""
        self._mailbox.begin("arrivals")
        return {uid: self._mailbox.mails[uid].received_at for uid in uids if uid in self._mailbox.mails}

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
