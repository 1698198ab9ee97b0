"""Ports in memory, for tests of rules and for trying things out: they keep the contracts of the real ones and can fail.

``fail_next`` makes a call fail in one of the three ways of a port, once for each time it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from threading import Lock
from typing import Any, Literal

from csr_bot.core.effects import CreditNoteOrder
from csr_bot.core.evidence import DocumentStatus, ErpDocument, ErpInvoice, Invoice, PostedDocument
from csr_bot.core.money import zero
from csr_bot.ports import (
    Clock,
    Fetched,
    FetchedMail,
    Mailbox,
    MailboxStatus,
    PortalFile,
    PortError,
    RefusedError,
    UncertainError,
)

MailboxCall = Literal["open", "uids", "fetch", "arrivals", "mark", "count_by_message_id"]
ErpCall = Literal["read_invoice", "fetch_document", "find_by_reference", "prepare", "submit"]
PortalCall = Literal["download_export", "comments", "prepare", "submit"]


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


class _Failures:
    """The failures that the calls of a site were told to have, each once, in order."""

    def __init__(self) -> None:
        self._planned: defaultdict[str, list[tuple[PortError, bool]]] = defaultdict(list)

    def plan(self, call: str, failure: PortError, *, happens: bool) -> None:
        if (call == "submit") != isinstance(failure, UncertainError):
            raise ValueError("behind the click every failure is uncertain, and none before it is")
        if happens and call != "submit":
            raise ValueError("nothing happens before the click")
        self._planned[call].append((failure, happens))

    def take(self, call: str) -> tuple[PortError | None, bool]:
        """The failure of this call, if any, and whether what was asked for happens."""
        return self._planned[call].pop(0) if self._planned[call] else (None, True)

    def begin(self, call: str) -> None:
        """Raise the failure of a call behind which nothing happens."""
        failure, _ = self.take(call)
        if failure is not None:
            raise failure


class MemoryErp:
    """An ERP in memory: invoices, and the credit notes that change them, found by the reference they carry.

    ``credit_notes`` is what was really booked; ``submits`` are the clicks. ``lag`` is how long a booking stays
    invisible to every page, as on a replica that is behind.
    """

    def __init__(self, invoices: Iterable[Invoice], *, clock: Clock) -> None:
        self.credit_notes: list[PostedDocument] = []
        self.submits: list[CreditNoteOrder] = []
        self.lag = timedelta(0)
        self._invoices = {invoice.invoice_no: invoice for invoice in invoices}
        self._clock = clock
        self._failures = _Failures()
        self._copies = 1
        self._changes: dict[str, Any] = {}
        self._lock = Lock()

    def read_invoice(self, invoice_no: str) -> ErpInvoice:
        """The invoice less the credit notes that show. Refused if there is none of this number."""
        self._failures.begin("read_invoice")
        invoice = self._invoice(invoice_no)
        return ErpInvoice(
            invoice_no=invoice_no,
            customer_no=invoice.customer_no,
            status=invoice.status,
            due_date=invoice.due_date,
            gross=invoice.gross,
            open_amount=invoice.open_amount,
            url_path=f"/invoices/{invoice_no}",
            captured_at=self._clock.now(),
            screenshot=f"picture of {invoice_no}, open {invoice.open_amount}".encode(),
        )

    def fetch_document(self, invoice_no: str) -> ErpDocument:
        """The printed invoice. Its file is its own text, not a real PDF."""
        self._failures.begin("fetch_document")
        text = f"Invoice {invoice_no}\nTotal {self._invoices[invoice_no].gross}\n"
        return ErpDocument(
            invoice_no=invoice_no,
            content=text.encode(),
            content_type="application/pdf",
            text=text,
            url_path=f"/invoices/{invoice_no}/document.pdf",
            captured_at=self._clock.now(),
        )

    def find_by_reference(self, reference: str) -> Sequence[PostedDocument]:
        """The credit notes with this reference that show by now."""
        self._failures.begin("find_by_reference")
        now = self._clock.now()
        return [replace(note, captured_at=now) for note in self._shown() if note.reference == reference]

    def post_credit_note(self, order: CreditNoteOrder, *, before_submit: Callable[[], None]) -> None:
        """Book a credit note, or fail as told. Two identical ones are both booked, as in any ERP."""
        self._failures.begin("prepare")
        self._require_unchanged(order)
        before_submit()
        with self._lock:
            self.submits.append(order)
            failure, happens = self._failures.take("submit")
            for _ in range(self._copies if happens else 0):
                self._book(order)
            self._copies = 1
        if failure is not None:
            raise failure

    def fail_next(self, call: ErpCall, failure: PortError, *, happens: bool = False) -> None:
        """Let the next call raise ``failure``; ``prepare`` and ``submit`` are posting up to and from the click on.

        With ``happens``, a submit that fails has booked all the same.
        """
        self._failures.plan(call, failure, happens=happens)

    def book_next_twice(self) -> None:
        """Book what comes next two times, as where a browser repeats a request by itself."""
        self._copies = 2

    def book_next_as(self, **changes: object) -> None:
        """Book what comes next with other values than were ordered: fields of a ``PostedDocument``."""
        self._changes = changes

    def change_invoice(self, invoice_no: str, **changes: object) -> None:
        """Change an invoice as somebody at its screen might."""
        values: dict[str, Any] = changes
        self._invoices[invoice_no] = replace(self._invoices[invoice_no], **values)

    def _book(self, order: CreditNoteOrder) -> None:
        if self._invoice(order.invoice_no).open_amount < order.amount:
            raise UncertainError(f"{order.amount} is more than what is open on {order.invoice_no}")
        number = f"CN-{len(self.credit_notes) + 1:05}"
        note = PostedDocument(
            number=number,
            invoice_no=order.invoice_no,
            customer_no=order.customer_no,
            amount=order.amount,
            tax=sum((line.tax for line in order.lines), zero(order.amount.currency)),
            reference=order.reference,
            url_path=f"/credit-notes/{number}",
            captured_at=self._clock.now(),
            screenshot=f"picture of {number}".encode(),
        )
        self.credit_notes.append(replace(note, **self._changes))
        self._changes = {}

    def _shown(self) -> list[PostedDocument]:
        return [note for note in self.credit_notes if note.captured_at + self.lag <= self._clock.now()]

    def _invoice(self, invoice_no: str) -> Invoice:
        invoice = self._invoices.get(invoice_no)
        if invoice is None:
            raise RefusedError(f"the ERP has no invoice {invoice_no}")
        amounts = (note.amount for note in self._shown() if note.invoice_no == invoice_no)
        credited = sum(amounts, zero(invoice.currency))
        left = invoice.open_amount - credited
        status = invoice.status
        if credited.amount:
            status = DocumentStatus.PARTLY_PAID if left.amount else DocumentStatus.CREDITED
        return replace(invoice, credited=invoice.credited + credited, open_amount=left, status=status)

    def _require_unchanged(self, order: CreditNoteOrder) -> None:
        shown = self._invoice(order.invoice_no)
        wanted = (order.customer_no, order.expected_gross, order.expected_open, order.expected_due_date)
        if (shown.customer_no, shown.gross, shown.open_amount, shown.due_date) != wanted:
            raise RefusedError(f"the page of {order.invoice_no} does not show what the order was decided on")


class MemoryPortal:
    """A customer's portal in memory: an export, and comments on disputes. ``written`` is what they really say."""

    def __init__(self, key: str, *, clock: Clock, export: bytes = b"") -> None:
        self.key = key
        self.export = export
        self.written: defaultdict[str, list[str]] = defaultdict(list)
        self._clock = clock
        self._failures = _Failures()

    def download_export(self) -> PortalFile:
        """The export as it is now."""
        self._failures.begin("download_export")
        return PortalFile("disputes.csv", self.export, self._clock.now())

    def post_comment(self, external_id: str, text: str, *, before_submit: Callable[[], None]) -> None:
        """Write a comment, or fail as told."""
        self._failures.begin("prepare")
        before_submit()
        failure, happens = self._failures.take("submit")
        if happens:
            self.written[external_id].append(text)
        if failure is not None:
            raise failure

    def comments(self, external_id: str) -> Sequence[str]:
        """All comments on a dispute, oldest first."""
        self._failures.begin("comments")
        return list(self.written[external_id])

    def fail_next(self, call: PortalCall, failure: PortError, *, happens: bool = False) -> None:
        """As ``MemoryErp.fail_next``."""
        self._failures.plan(call, failure, happens=happens)


def _message_id(raw: bytes) -> str | None:
    value = BytesHeaderParser().parsebytes(raw).get("Message-ID")
    return None if value is None else _bare(str(value))


def _bare(message_id: str) -> str:
    return message_id.strip().removeprefix("<").removesuffix(">")
