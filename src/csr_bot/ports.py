"""What the flow asks of the outside world, and the three ways in which it may fail.

Adapters implement these protocols; the flow knows nothing else of them. A port fails in exactly three ways: the classes
below. Anything else that is raised is a defect and stops the task.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Protocol

from csr_bot.core.evidence import (
    Allocation,
    Contact,
    Contract,
    CreditProfile,
    Customer,
    Invoice,
    InvoiceLine,
    KycRecord,
    LetterOfCredit,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.core.message import ParsedMessage, blank_message
from csr_bot.core.request import Category, Request


class PortError(Exception):
    """An outside system did not do what was asked. The text is one sentence that an ops engineer can act on."""


class UnavailableError(PortError):
    """Nothing happened outside: it may be tried again."""


class RefusedError(PortError):
    """The outside system said no for a business reason: trying again will not help."""


class UncertainError(PortError):
    """It was sent and the outcome is unknown: look before doing anything."""


class Clock(Protocol):
    """The time. ``now`` is an aware UTC instant."""

    def now(self) -> datetime: ...


class Secrets(Protocol):
    """Passwords and tokens by name. ``read`` raises LookupError naming the places looked at."""

    def read(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """A mail as the server has it. ``raw`` is None where it is not to be had, ``reason`` a code and words for why."""

    uid: int
    raw: bytes | None
    size: int
    received_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking for mails, each of them in one of three lists.

    ``withheld``: named by the server and not handed out, never to be taken as done. ``left``: not read, for want of
    room; ask again.
    """

    mails: Sequence[FetchedMail]
    withheld: Sequence[int] = ()
    left: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """State of a mailbox folder: UIDs are meaningful only together with ``uidvalidity`` (RFC 9051, 2.3.1.1)."""

    uidvalidity: int
    uidnext: int


class MailboxSession(Protocol):
    """An open, selected mailbox."""

    status: MailboxStatus

    def uids(self, *, low: int) -> Sequence[int]:
        """All UIDs >= ``low`` that the folder holds now, ascending, whatever their flags."""
        ...

    def fetch(self, uids: Sequence[int], *, room: int) -> Fetched:
        """The mails in the order asked for, in one round trip where their sizes allow it, without changing a flag.

        All of them together have at most ``room`` bytes; only the first may have more.
        """
        ...

    def arrivals(self, uids: Sequence[int]) -> Mapping[int, datetime]:
        """When the server received each of these, of those that it still has."""
        ...

    def mark(self, uids: Sequence[int]) -> None:
        """Show people that these were taken in. Cosmetic: never read back as state."""
        ...

    def count_by_message_id(self, message_id: str) -> int:
        """How many mails in the folder carry this Message-ID."""
        ...


class AccessTokens(Protocol):
    """Short-lived tokens to log in with (RFC 6750), instead of a password."""

    def token(self, *, renew: bool = False) -> str:
        """A token that is good for the next minute; with ``renew`` not the one before. Unavailable or Refused."""
        ...


class Mailbox(Protocol):
    """A mailbox to read. ``key`` names it in the log."""

    key: str

    def open(self) -> AbstractContextManager[MailboxSession]: ...


@dataclass(frozen=True, slots=True)
class MailReading:
    """A mail as it was read: never an exception, at worst a quarantined message with the reason."""

    parsed: ParsedMessage
    requests: tuple[Request, ...]


UNREADABLE: Final = Request(Category.UNKNOWN, None, Decimal(0), None)
"""The request of a message that could not be read."""


def unread_mail(identity: bytes, reason: str) -> MailReading:
    """A mail of which nothing is believed but what it is known by (its bytes, or its place), for a person."""
    blank = blank_message(hashlib.sha256(identity).hexdigest(), subject="(unreadable)")
    return MailReading(replace(blank, quarantined=reason), (UNREADABLE,))


class MailReader(Protocol):
    """Reads mails where nothing that a mail does can harm the caller: a child process with limits."""

    def read(self, mails: Sequence[bytes], *, trusts: frozenset[str]) -> Iterator[MailReading]:
        """One reading for each mail, in order. A mail that breaks the limits is quarantined; the next is read on."""
        ...


class Mailer(Protocol):
    """Sends mail. Raises Unavailable if nothing left, Refused on a permanent no, Uncertain if it may have left."""

    def send(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """Send frozen bytes; returns the server's answer."""
        ...

    def count_sent(self, message_id: str) -> int:
        """How many copies of this message the archive of sent mail holds."""
        ...


LedgerRow = (
    Customer | Contact | Invoice | InvoiceLine | Payment | Allocation | Contract | PriceTerm | Usage | CreditProfile
    | KycRecord | LetterOfCredit
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowNote:
    """What is wrong or odd about a row: its place as a person finds it in the file, a reason code, and what was seen.

    ``row`` is 0 where the note is about the whole sheet; ``column`` is the header's own words.
    """

    sheet: str
    row: int
    column: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """A sheet (or the one table of a text file) as it was understood.

    ``header_row`` is None for a sheet that is no table of the ledger. ``columns``: our field to header; ``unused``:
    headers of no known meaning. ``rows``: rows below the header that hold something, totals left out.
    """

    name: str
    header_row: int | None
    columns: Mapping[str, str]
    unused: Sequence[str]
    rows: int


@dataclass(frozen=True, slots=True)
class LedgerSummary:
    """What came of reading a ledger to its end.

    ``form``: what kind of file it is, in words. ``counts``: rows handed out by table; ``control_totals``: what is open
    by currency as the file states it (empty where it states nothing), ``read_totals``: what the invoices handed out
    add up to; ``duplicates``: rows refused because another has their key. ``refused`` and ``warnings`` hold the first
    1,000 of ``refused_count`` and ``warning_count``. ``as_of_from`` says where the day is from: ``control``, ``title``,
    ``option`` or ``file``. ``reason`` says why the whole is not accepted.
    """

    file_name: str
    file_sha256: str
    form: str
    profile: str
    as_of: date
    as_of_from: str
    generated_at: datetime
    sheets: Sequence[SheetSummary]
    counts: Mapping[str, int]
    control_totals: Mapping[str, Decimal]
    read_totals: Mapping[str, Decimal]
    duplicates: int
    refused: Sequence[RowNote]
    refused_count: int
    warnings: Sequence[RowNote]
    warning_count: int
    reason: str | None

    @property
    def accepted(self) -> bool:
        """Whether it may replace the snapshot that is in force."""
        return self.reason is None


class LedgerReading(Protocol):
    """A ledger file that is being read, in chunks, so that its size does not matter."""

    @property
    def file_name(self) -> str: ...
    @property
    def file_sha256(self) -> str: ...
    @property
    def rows_expected(self) -> int | None:
        """About how many rows there will be, for a progress bar; None where that would take another pass."""
        ...

    def rows(self) -> Iterator[Sequence[LedgerRow]]:
        """Chunks of at most 1,000 rows of one type, once. Customers come before their invoices.

        Refused, naming file and reason, where the file turns out to be unreadable on the way. Only the summary says
        whether the rows may be used.
        """
        ...

    def summary(self) -> LedgerSummary:
        """What came of it, after ``rows`` was read to its end."""
        ...


class Ledger(Protocol):
    """The receivables workbook or export of a desk."""

    def open(self) -> LedgerReading:
        """The ledger as it is now. Refused, naming file and reason, if nothing can be taken from it."""
        ...


@dataclass(frozen=True, slots=True)
class PortalFile:
    """A downloaded portal export."""

    name: str
    content: bytes
    downloaded_at: datetime


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its number as a person sees it, our fields, and the other columns by their titles; all text."""

    row: int
    fields: Mapping[str, str]
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read; ``refused`` rows could not be told for certain."""

    sheet: str
    header_row: int
    rows: tuple[TableRow, ...]
    refused: tuple[RowNote, ...]


class TableReader(Protocol):
    """Reads an exported table, CSV or workbook, wherever its header stands."""

    def __call__(self, content: bytes, *, file_name: str, columns: Mapping[str, str]) -> Table:
        """``columns`` maps our fields to the table's headers. Refused, naming file and column, if one is missing."""
        ...


class Portal(Protocol):
    """A customer's portal. ``key`` names it in the log."""

    key: str

    def download_export(self) -> PortalFile: ...

    def post_comment(self, external_id: str, text: str, *, before_submit: Callable[[], None]) -> None:
        """Write a comment on a dispute once; ``before_submit`` and failures as in ``erpport.Erp``."""
        ...

    def comments(self, external_id: str) -> Sequence[str]:
        """All comments on a dispute, oldest first, read from a freshly loaded page."""
        ...


class Doorbell(Protocol):
    """Wakes a worker for tasks that are recorded already. Losing a ring costs time, never work."""

    def ring(self, tasks: Mapping[str, Sequence[str]]) -> None:
        """``tasks``: queue name to ids of due tasks."""
        ...


@dataclass(frozen=True, slots=True)
class Health:
    """What ``csr-bot doctor`` says of one outside system: the finding, and the cure where it is not well."""

    system: str
    ok: bool
    detail: str
    cure: str | None = None
