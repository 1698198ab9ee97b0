"""A log filled by the real flow: a workbook imported, mails taken in, decided and carried out, with an ERP on paper."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from csr_bot.adapters.memory import MemoryMailbox, MemoryMailer
from csr_bot.adapters.reader import DirectMailReader
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.schema import upgrade
from csr_bot.adapters.tables import read_table
from csr_bot.answers import shipped_answers
from csr_bot.bot import Bot, Erp, Mailbox, Outgoing, Secret, Workbook
from csr_bot.core.effects import CreditNoteOrder
from csr_bot.core.evidence import ErpDocument, ErpInvoice, Invoice, PostedDocument
from csr_bot.core.money import Money, zero
from csr_bot.demo.books import make_books
from csr_bot.demo.letters import make_letters
from csr_bot.demo.workbook import write_workbook
from csr_bot.flow.desk import Desk, Source
from csr_bot.flow.running import Workshop, run_bot, work_off
from csr_bot.ports import RefusedError
from csr_bot.wiring import SilentDoorbell, WorkbookLedger, read_rules

NOW = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)
MAILBOX = "billing@corp.example"
TRUSTED = "mx.corp.example"
POLICY = Path(__file__).parents[2] / "policies" / "standard.yaml"
BOOKS = make_books()
LETTERS = {letter.name: letter for letter in make_letters(BOOKS, at=NOW, mailbox=MAILBOX)}


@dataclass
class StandingClock:
    """A clock that is moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


def draw_picture() -> bytes:
    """A real PNG of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    )


@dataclass
class PaperErp:
    """An ERP that holds the demo's books and the credit notes that were posted."""

    clock: StandingClock
    notes: list[PostedDocument] = field(default_factory=list)

    def read_invoice(self, invoice_no: str) -> ErpInvoice:
        row = self._row(invoice_no)
        credited = sum((note.amount for note in self.notes if note.invoice_no == invoice_no), start=zero(row.currency))
        return ErpInvoice(
            invoice_no, row.customer_no, row.status, row.due_date, row.gross, row.open_amount - credited,
            f"/invoices/{invoice_no}", self.clock.now(), draw_picture(),
        )  # fmt: skip

    def fetch_document(self, invoice_no: str) -> ErpDocument:
        text = f"Invoice {invoice_no} {self._row(invoice_no).gross}"
        return ErpDocument(invoice_no, text.encode(), "application/pdf", text, f"/print/{invoice_no}", self.clock.now())

    def find_by_reference(self, reference: str) -> Sequence[PostedDocument]:
        return [note for note in self.notes if note.reference == reference]

    def post_credit_note(self, order: CreditNoteOrder, *, before_submit: Callable[[], None]) -> None:
        before_submit()
        number = f"CN-2025-{len(self.notes) + 1:05d}"
        tax = sum((line.tax for line in order.lines), start=Money(order.amount.amount * 0, order.amount.currency))
        self.notes.append(
            PostedDocument(
                number,
                order.invoice_no,
                order.customer_no,
                order.amount,
                tax,
                order.reference,
                f"/creditnotes/{number}",
                self.clock.now(),
                draw_picture(),
            )
        )

    def _row(self, invoice_no: str) -> Invoice:
        for row in BOOKS.invoices:
            if row.invoice_no == invoice_no:
                return row
        raise RefusedError(f"the ERP has no invoice {invoice_no}")


@dataclass
class Office:
    """A desk over a SQLite log, with what is around it."""

    log: SqlCaseLog
    clock: StandingClock
    desk: Desk
    mailbox: MemoryMailbox

    def receive(self, mails: Iterable[bytes]) -> None:
        """Deliver mails, take them in and do everything that can be done without people."""
        for raw in mails:
            self.mailbox.deliver(authenticated(raw), received_at=self.clock.now())
        shop = Workshop(self.log, self.clock, lambda _: self.desk, timedelta(minutes=2), "test")
        run_bot(shop, self.desk.bot.name, "poll")
        while any(work_off(shop, queue, first=None, until=lambda: False) for queue in ("mail", "browser")):
            pass

    def case_about(self, title: str) -> str:
        """The number of the first case whose title says this."""
        with self.log.read() as records:
            cases = records.cases.list(status=None, category=None, customer=None)
        return next(case.case_no for case in cases if title in case.title)


def authenticated(raw: bytes) -> bytes:
    """A mail as the trusted server hands it over: with its verdict on the domain in From on top."""
    sender = next(line for line in raw.split(b"\r\n") if line.lower().startswith(b"from:"))
    domain = sender.rpartition(b"@")[2].strip(b"> ")
    return b"Authentication-Results: " + TRUSTED.encode() + b"; dmarc=pass header.from=" + domain + b"\r\n" + raw


def open_log(folder: Path, url: str | None = None) -> SqlCaseLog:
    """An empty log, in a file of the folder unless an address is given."""
    engine = open_engine(url or f"sqlite:///{folder / 'log.sqlite3'}")
    upgrade(engine)
    return SqlCaseLog(engine, doorbell=SilentDoorbell(), lock_folder=folder / "locks")


def open_office(folder: Path, url: str | None = None) -> Office:
    """An office with the demo's books imported and an empty mailbox."""
    clock, log, mailbox = StandingClock(), open_log(folder, url), MemoryMailbox(f"{MAILBOX}/INBOX")
    write_workbook(BOOKS, folder / "open-items.xlsx", generated_at=NOW - timedelta(hours=3))
    archive = Mailbox("sent@corp.example", host="127.0.0.1", password=Secret("unused"))
    bot = Bot(
        name="billing",
        owner="ar-team@corp.example",
        requests=("invoice_copy", "billing_dispute", "payment_status"),
        intake=(Mailbox(MAILBOX, host="127.0.0.1", password=Secret("unused"), trusts=(TRUSTED,)),),
        ledger=Workbook("open-items.xlsx"),
        erp=Erp(url="http://127.0.0.1", screens="demo", user="csr-bot", password=Secret("unused")),
        outgoing=Outgoing(sender=MAILBOX, host="127.0.0.1", archive=archive),
        policy="policies/standard.yaml",
        mode="live",
    )
    desk = Desk(
        bot=bot,
        rules=read_rules(POLICY, name="standard.yaml"),
        answers=shipped_answers(),
        log=log,
        clock=clock,
        sources=[Source(mailbox, frozenset({TRUSTED}))],
        reader=DirectMailReader(),
        portals={},
        read_table=read_table,
        mailer=MemoryMailer(),
        erp=PaperErp(clock),
        ledger=WorkbookLedger(folder / "open-items.xlsx", {}),
        quiet=timedelta(0),
    )
    office = Office(log, clock, desk, mailbox)
    run_bot(Workshop(log, clock, lambda _: desk, timedelta(minutes=2), "test"), "billing", "import")
    return office


HOSTILE = b"\r\n".join(
    [
        b"From: =?utf-8?q?=3Cimg_src=3Dx_onerror=3Dalert=281=29=3E?= <dana.ortiz@northwind-analytics.example>",
        b"To: " + MAILBOX.encode(),
        b"Subject: <script>alert('subject')</script> {{7*7}} copy of INV-2025-00417",
        b"Date: Mon, 24 Nov 2025 13:00:00 +0000",
        b"Message-ID: <hostile@northwind-analytics.example>",
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8",
        b"",
        b"<script>alert('body')</script><img src=https://evil.example/x.png>",
        b"Please send a copy of invoice INV-2025-00417.",
        b"",
    ]
)
"""A mail that would run a script wherever its words are taken for markup."""
