"""Taking in mail: every message of a mailbox becomes exactly one row, and its requests become cases.

A chunk of mails costs one FETCH, one transaction and one STORE. Raw bytes, row, message and cases are committed
together; only then is the mail marked on the server (not in shadow mode), and that mark is never read back.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from csr_bot.core.message import Channel
from csr_bot.core.request import Category
from csr_bot.flow.desk import Desk, Source
from csr_bot.flow.mailboxes import visit_mailbox, work_ahead
from csr_bot.flow.opening import NewCases, open_cases
from csr_bot.flow.threads import Thread, Threads, answered
from csr_bot.flow.understanding import Understood, understand_mails, unreadable_mail
from csr_bot.ids import new_id
from csr_bot.ports import FetchedMail, MailReading, UnavailableError, unread_mail
from csr_bot.records import Blob, IntakeRecord, MessageRecord

_Read: TypeAlias = tuple[FetchedMail, MailReading]
_Pair: TypeAlias = tuple[FetchedMail, Understood]


def poll_source(
    desk: Desk,
    source: Source,
    *,
    run_id: str | None = None,
    counts: Counter[str] | None = None,
    remarks: list[str] | None = None,
    after_chunk: Callable[[], None] = lambda: None,
) -> Counter[str]:
    """Take in what is new in a mailbox; returns how many mails had which disposition.

    ``run_id`` is the run that they are written down for. ``counts`` is added to chunk by chunk, so that it holds what
    was taken in before a mailbox failed; to ``remarks`` is added what an ops engineer should know of the mailbox.
    """
    counts = Counter() if counts is None else counts
    marks: list[Future[None]] = []
    # While one chunk is recorded the next is read in the reader's process, and the one after that is fetched. The
    # connection belongs to one thread.
    with (
        source.mailbox.open() as session,
        ThreadPoolExecutor(1, "mailbox") as wire,
        ThreadPoolExecutor(1, "reading") as desk_lamp,
    ):
        with desk.log.read() as records:
            thread_key = records.house.signing_key("thread")
        folder = _Folder(source, session.status.uidvalidity, run_id, thread_key)
        with visit_mailbox(desk.log, desk.clock, folder.key, session, run_id=run_id) as visit:
            if visit.remark is not None and remarks is not None:
                remarks.append(f"{folder.key}: {visit.remark}")
            for chunk in work_ahead(desk_lamp, partial(_read, desk, folder), visit.portions(wire)):
                counts += _take_in(desk, folder, chunk)
                if desk.bot.mode == "live":
                    marks.append(wire.submit(session.mark, [mail.uid for mail, _ in chunk]))
                # A large mail must not be kept while the next one is fetched.
                chunk.clear()
                after_chunk()
        for mark in marks:
            mark.result()
    return counts


@dataclass(frozen=True, slots=True)
class _Folder:
    """A mailbox as one run reads it."""

    source: Source
    uidvalidity: int
    run_id: str | None
    thread_key: bytes

    @property
    def key(self) -> str:
        return self.source.mailbox.key


def _read(desk: Desk, folder: _Folder, mails: Sequence[FetchedMail]) -> list[_Read]:
    """Each mail with what its reader made of it."""
    raws = [mail.raw for mail in mails if mail.raw is not None]
    readings = desk.reader.read(raws, trusts=folder.source.trusts)
    return [
        (mail, unread_mail(_identity(folder, mail), mail.reason) if mail.raw is None else next(readings))
        for mail in mails
    ]


def _take_in(desk: Desk, folder: _Folder, chunk: Sequence[_Read]) -> Counter[str]:
    """Record a chunk; if that fails, record its mails one by one, so that a bad one stays alone."""
    readings = [reading for _, reading in chunk]
    items = understand_mails(readings, log=desk.log, bot=desk.bot.name, policy=desk.policy)
    understood = [(mail, item) for (mail, _), item in zip(chunk, items, strict=True)]
    try:
        return _record(desk, folder, understood)
    except UnavailableError:
        raise
    except Exception:  # noqa: BLE001 - one of fifty cannot be recorded; which one shows when they are taken singly
        return sum((_take_in_alone(desk, folder, *pair) for pair in understood), start=Counter())


def _identity(folder: _Folder, mail: FetchedMail) -> bytes:
    """What tells a mail from all others: its bytes, or its place in the mailbox where they were not fetched."""
    return mail.raw or f"{folder.key} {folder.uidvalidity} {mail.uid}".encode()


def _take_in_alone(desk: Desk, folder: _Folder, mail: FetchedMail, item: Understood) -> Counter[str]:
    try:
        return _record(desk, folder, [(mail, item)])
    except UnavailableError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is about this mail, a person gets it and the rest goes on
        with desk.log.read() as records:
            if mail.uid in records.intake.known_uids(folder.key, folder.uidvalidity, low=mail.uid):
                return Counter({"taken by another poller": 1})
        reason = f"NOT_RECORDED: {type(error).__name__}: {error}"[:500]
        return _record(desk, folder, [(mail, unreadable_mail(_identity(folder, mail), reason))])


@dataclass(slots=True)
class _Batch:
    """The rows of a chunk while they are put together."""

    intake: list[IntakeRecord] = field(default_factory=list)
    messages: list[MessageRecord] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)
    new: list[NewCases] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def _record(desk: Desk, folder: _Folder, understood: Sequence[_Pair]) -> Counter[str]:
    now = desk.clock.now()
    counts: Counter[str] = Counter()
    with desk.log.begin() as records:
        stored = dict(records.intake.find_content({item.parsed.content_key for _, item in understood}))
        for wave in _waves(understood):
            threads = Threads(records, [item.parsed for _, item in wave], key=folder.thread_key)
            batch = _Batch()
            for mail, item in wave:
                _add_mail(batch, folder, mail, item, stored, threads)
            records.house.put_blobs(batch.blobs, at=now)
            records.intake.add(batch.intake, batch.messages, taken_at=now)
            open_cases(desk, records, batch.new, at=now)
            counts += batch.counts
    return counts


def _waves(understood: Sequence[_Pair]) -> Iterator[Sequence[_Pair]]:
    """The mails of a chunk in turns: one that answers another of them comes after it, to find its case."""
    left = list(understood)
    while left:
        ids = {item.parsed.message_id for _, item in left if item.parsed.message_id}
        wave = [pair for pair in left if not ids & (set(answered(pair[1].parsed)) - {pair[1].parsed.message_id})]
        # Mails that answer each other in a ring are taken as they come.
        wave = wave or left
        yield wave
        left = [pair for pair in left if pair not in wave] if len(wave) < len(left) else []


def _add_mail(
    batch: _Batch, folder: _Folder, mail: FetchedMail, item: Understood, stored: dict[str, str], threads: Threads
) -> None:
    raw = mail.raw
    digest = hashlib.sha256(raw).hexdigest() if raw is not None else None
    message_id = stored.get(item.parsed.content_key)
    disposition, reason = "duplicate", None
    if message_id is None:
        message_id = new_id()
        thread = threads.of(item)
        disposition, reason = _disposition(item, thread)
        stored[item.parsed.content_key] = message_id
        batch.messages.append(
            MessageRecord(
                id=message_id,
                direction="in",
                channel=Channel.EMAIL.value,
                received_at=mail.received_at,
                parsed=item.parsed,
                sender=item.sender,
                raw_sha256=digest or "",
            )
        )
        if raw is not None and digest is not None:
            batch.blobs.append(Blob(digest, "message/rfc822", raw))
        batch.new.append(NewCases(message_id, item, mail.received_at, disposition, reason, thread.parent))
    batch.counts[disposition] += 1
    batch.intake.append(
        IntakeRecord(
            mailbox=folder.key,
            uidvalidity=folder.uidvalidity,
            uid=mail.uid,
            raw_sha256=digest,
            size=mail.size,
            received_at=mail.received_at,
            disposition=disposition,
            reason=reason,
            message_id=message_id,
            run_id=folder.run_id,
        )
    )


def _disposition(item: Understood, thread: Thread) -> tuple[str, str | None]:
    """What becomes of a new message: case, joined, ignored or quarantined, and why."""
    if item.problem is not None:
        return "quarantined", item.problem
    if all(request.category is Category.NOT_A_REQUEST for request in item.requests):
        return "ignored", item.parsed.auto_reason or "nothing is asked for"
    if thread.foreign:
        return "quarantined", "FOREIGN_THREAD: the sender does not belong to the customer of this thread"
    if thread.parent is None:
        return "case", None
    if thread.new_matter:
        return "case", f"NEW_MATTER: in the thread of {thread.parent.case_no}, about something else"
    return "joined", None
