"""A desk at work for tests: the real SQL log on SQLite, everything outside in memory, and a clock moved by hand."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from csr_bot import bot
from csr_bot.adapters.memory import MemoryErp, MemoryMailbox, MemoryMailer, MemoryPortal
from csr_bot.adapters.reader import DirectMailReader
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.schema import upgrade
from csr_bot.adapters.tables import read_table
from csr_bot.answers import shipped_answers
from csr_bot.caselog import CaseLog, EffectLock, Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.chain import START, chain_hash, event_row
from csr_bot.core.effects import EffectState
from csr_bot.core.policy import read_policy
from csr_bot.demo import books_planted as planted
from csr_bot.demo.books import Books, make_books
from csr_bot.flow.desk import Desk, PolicyText, Source
from csr_bot.flow.ledger import store_reading
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE
from csr_bot.flow.running import Workshop, run_bot, work_off
from csr_bot.ports import LedgerSummary
from csr_bot.records import CaseRecord, DecisionRecord, EffectRecord, Event, Person, WorkItem

NOW = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)
QUIET = timedelta(seconds=60)
LEASE = timedelta(seconds=120)
BOT = "billing"
ADDRESS = "billing@sharedservices.example"
SERVER = "mx.sharedservices.example"
QUEUES = (MAIL_QUEUE, BROWSER_QUEUE)

PEOPLE = (
    Person("anna", "Anna Berg", "anna@sharedservices.example", frozenset({"ar_analyst"}), active=True),
    Person("luis", "Luis Prado", "luis@sharedservices.example", frozenset({"ar_lead"}), active=True),
    Person("maya", "Maya Lindt", "maya@sharedservices.example", frozenset({"ar_manager"}), active=True),
    Person("chen", "Chen Wei", "chen@sharedservices.example", frozenset({"controller"}), active=True),
    Person("tom", "Tom Sato", "tom@sharedservices.example", frozenset({"ar_lead"}), active=True),
    Person("gone", "Gail Once", "gone@sharedservices.example", frozenset({"ar_lead"}), active=False),
    Person("both", "Bo Thwaite", "both@sharedservices.example", frozenset({"ar_manager", "controller"}), active=True),
    Person("bot", "A robot", "bot@sharedservices.example", frozenset({"ar_lead"}), active=True),
)


@dataclass(slots=True)
class HandClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def advance(self, span: timedelta) -> None:
        self.moment += span


@dataclass(slots=True)
class Rings:
    """A doorbell that remembers; ``answer`` is called with each ring."""

    heard: list[str] = field(default_factory=list)
    answer: Callable[[], None] = lambda: None

    def ring(self, tasks: Mapping[str, Sequence[str]]) -> None:
        self.heard += [task_id for ids in tasks.values() for task_id in ids]
        self.answer()


@dataclass(frozen=True)
class Reading:
    """The demo company's books as a ledger that was read. Made once: the same file, the same digest."""

    books: Books
    file_name: str = "open-items.xlsx"
    file_sha256: str = hashlib.sha256(b"open-items").hexdigest()
    generated_at: datetime = NOW - timedelta(hours=3)
    reason: str | None = None

    @property
    def rows_expected(self) -> int:
        return sum(len(items) for items in self._tables().values())

    def rows(self) -> Iterator[Sequence[Any]]:
        for items in self._tables().values():
            for start in range(0, len(items), 1_000):
                yield items[start : start + 1_000]

    def summary(self) -> LedgerSummary:
        return LedgerSummary(
            file_name=self.file_name,
            file_sha256=self.file_sha256,
            form="xlsx",
            profile="books",
            as_of=self.books.as_of,
            as_of_from="control",
            generated_at=self.generated_at,
            sheets=(),
            counts={name: len(items) for name, items in self._tables().items()},
            control_totals={},
            read_totals={},
            duplicates=0,
            refused=(),
            refused_count=0,
            warnings=(),
            warning_count=0,
            reason=self.reason,
        )

    def _tables(self) -> dict[str, Sequence[Any]]:
        names = [
            "customers",
            "contacts",
            "invoices",
            "lines",
            "payments",
            "allocations",
            "contracts",
            "price_terms",
            "usage",
            "credit_profiles",
            "kyc_records",
            "letters_of_credit",
        ]
        return {name: getattr(self.books, name) for name in names if getattr(self.books, name)}


@dataclass(frozen=True, slots=True)
class ReadLedger:
    """The ledger port over a reading."""

    reading: Reading

    def open(self) -> Reading:
        return self.reading


@dataclass(slots=True)
class WatchedLog:
    """A case log that says where it is: ``at`` is called before, inside and after each writing transaction."""

    inner: CaseLog
    at: Callable[[str], None]

    @property
    def lock(self) -> EffectLock:
        return self.inner.lock

    @contextmanager
    def begin(self) -> Iterator[Records]:
        self.at("before a transaction")
        with self.inner.begin() as records:
            yield records
            self.at("before a commit")
        self.at("after a commit")

    def read(self) -> AbstractContextManager[Records]:
        return self.inner.read()


@cache
def the_books() -> Books:
    return make_books()


@cache
def the_rules() -> PolicyText:
    source = files("csr_bot").joinpath("cli", "templates", "policies", "standard.yaml").read_text(encoding="utf-8")
    return PolicyText(read_policy(source, file="standard.yaml"), source, hashlib.sha256(source.encode()).hexdigest())


def declare_bot(**changes: Any) -> bot.Bot:
    mailbox = bot.Mailbox(ADDRESS, host="imap.example", password=bot.Secret("imap"), trusts=(SERVER,))
    archive = replace(mailbox, address="sent@sharedservices.example")
    declared = bot.Bot(
        name=BOT,
        owner="ar-team@sharedservices.example",
        requests=("invoice_copy", "billing_dispute", "payment_status"),
        intake=(mailbox,),
        ledger=bot.Workbook("ledgers/open-items.xlsx"),
        erp=bot.Erp(url="https://erp.example", screens="demo", user="bot", password=bot.Secret("erp")),
        outgoing=bot.Outgoing(sender=ADDRESS, host="smtp.example", archive=archive),
        policy="policies/standard.yaml",
        mode="live",
    )
    return replace(declared, **changes)


def open_log(url: str, doorbell: Rings, *, locks: Path) -> SqlCaseLog:
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _trust_the_power)
    return SqlCaseLog(engine, doorbell=doorbell, lock_folder=locks)


def _trust_the_power(connection: Any, _: object) -> None:
    # These tests kill workers, not computers: waiting for the disk at every commit would prove nothing.
    connection.execute("PRAGMA synchronous = OFF")


@dataclass
class Office:
    """One desk with its surroundings."""

    folder: Path
    clock: HandClock
    doorbell: Rings
    log: SqlCaseLog
    mailbox: MemoryMailbox
    mailer: MemoryMailer
    erp: MemoryErp
    desk: Desk

    @property
    def engine(self) -> Engine:
        return self.log.engine

    def workshop(self, owner: str = "worker-1", *, desk: Desk | None = None) -> Workshop:
        """A worker. Give it a desk of its own to let it see the outside through something else."""
        mine = desk or self.desk
        return Workshop(mine.log, mine.clock, lambda _: mine, LEASE, owner)

    def other_office(self, **changes: Any) -> Desk:
        """The same desk with other ports or another declaration."""
        return replace(self.desk, **changes)

    def deliver(self, raw: bytes, **how: Any) -> int:
        return self.mailbox.deliver(raw, received_at=self.clock.now(), **how)

    def poll(self, shop: Workshop | None = None) -> Mapping[str, int]:
        """Take in the mailbox; the counters of the run."""
        return run_bot(shop or self.workshop(), BOT, "poll").counters

    def settle(self, *, shop: Workshop | None = None, within: timedelta = timedelta(hours=2)) -> None:
        """Work until nothing is left to do, moving the clock to what is due next, but not further than ``within``."""
        worker, end = shop or self.workshop(), self.clock.now() + within
        while True:
            if sum(work_off(worker, queue, first=None, until=lambda: False) for queue in QUEUES):
                continue
            with self.log.read() as records:
                due = records.tasks.next_due_at()
            if due is None:
                return
            # What is due and yet not done is held by a worker that died: its lease has to run out.
            later = due if due > self.clock.now() else self.clock.now() + LEASE + timedelta(seconds=1)
            if later > end:
                self.clock.moment = end
                return
            self.clock.moment = later

    def case(self, case_no: str | None = None) -> CaseRecord:
        """The case of this number, or the only one."""
        with self.log.read() as records:
            cases = records.cases.list(status=None, category=None, customer=None)
        found = [case for case in cases if case_no in (None, case.case_no)]
        assert len(found) == 1, [case.case_no for case in cases]
        return found[0]

    def cases(self) -> list[CaseRecord]:
        with self.log.read() as records:
            return list(records.cases.list(status=None, category=None, customer=None))

    def decision(self, case: CaseRecord | None = None) -> DecisionRecord:
        with self.log.read() as records:
            decision = records.cases.latest_decision((case or self.case()).id)
        assert decision is not None
        return decision

    def effects(self, case: CaseRecord | None = None) -> list[EffectRecord]:
        with self.log.read() as records:
            return list(records.effects.of_case((case or self.case()).id))

    def waiting(self) -> list[WorkItem]:
        with self.log.read() as records:
            return list(records.cases.open_items())

    def reasons(self) -> set[str]:
        """First reason of everything that waits for a person."""
        return {item.reasons[0] for item in self.waiting()}

    def events(self, prefix: str = "") -> list[Event]:
        with self.log.read() as records:
            return [item for item in records.events.all() if item.action.startswith(prefix)]

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values).mappings())

    def execute(self, statement: str, **values: Any) -> None:
        """Change the database behind the program's back, as its owner can: no trigger stops him."""
        with self.engine.begin() as connection:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(text(statement), values)

    def stop_everything(self, scope: str = "*") -> None:
        with self.log.begin() as records:
            records.house.put_stop(scope, why="a test", by="tom", at=self.clock.now())

    def resume_everything(self, scope: str = "*") -> None:
        with self.log.begin() as records:
            assert records.house.remove_stop(scope)

    def close(self) -> None:
        self.engine.dispose()


def make_office(url: str, folder: Path) -> Office:
    """A desk on an empty database, with the schema, the ledger and the people put in."""
    office = _furnish(url, folder)
    upgrade(office.engine)
    store_reading(Reading(the_books()), bot=BOT, log=office.log, clock=office.clock)
    with office.log.begin() as records:
        for person in PEOPLE:
            records.house.put_person(person)
    return office


def open_office(folder: Path, template: Path, **changes: Any) -> Office:
    """A fresh desk on a copy of a database; ``changes`` are fields of its bot."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / "log.sqlite3")
    return _furnish(f"sqlite:///{folder / 'log.sqlite3'}", folder, **changes)


def _furnish(url: str, folder: Path, **changes: Any) -> Office:
    clock, doorbell = HandClock(), Rings()
    log = open_log(url, doorbell, locks=folder / "locks")
    mailbox = MemoryMailbox(f"{ADDRESS}/INBOX")
    mailer = MemoryMailer()
    books = the_books()
    erp = MemoryErp(books.invoices, customers=books.customers, payments=books.payments, clock=clock)
    desk = Desk(
        bot=declare_bot(**changes),
        rules=the_rules(),
        answers=shipped_answers(),
        log=log,
        clock=clock,
        sources=[Source(mailbox, frozenset({SERVER}))],
        reader=DirectMailReader(),
        portals={},
        read_table=read_table,
        mailer=mailer,
        erp=erp,
        ledger=ReadLedger(Reading(the_books())),
        quiet=QUIET,
    )
    return Office(folder, clock, doorbell, log, mailbox, mailer, erp, desk)


def with_portal(office: Office, export: bytes, *, customer_no: str) -> MemoryPortal:
    """Give the desk a customer's portal."""
    portal = MemoryPortal("portal", clock=office.clock, export=export)
    word = bot.Portal("portal", "https://portal.example", "demo", customer_no, "bot", bot.Secret("portal"))
    declared = replace(office.desk.bot, intake=(*office.desk.bot.intake, word))
    office.desk = replace(office.desk, bot=declared, portals={"portal": portal})
    return portal


def write_mail(
    text_: str,
    *,
    customer_no: str = "C-1006",
    sender: str | None = None,
    subject: str = "A question",
    name: str = "mail-1",
    headers: Mapping[str, str] | None = None,
    authentic: bool = True,
) -> bytes:
    """A mail of a customer's contact as the receiving server delivers it. ``name`` makes its Message-ID."""
    contact = next(item for item in the_books().contacts if item.customer_no == customer_no)
    address = sender or contact.email
    mail = EmailMessage(policy=SMTP)
    if authentic:
        mail["Authentication-Results"] = f"{SERVER}; dmarc=pass header.from={address.rpartition('@')[2]}"
    mail["From"] = address
    mail["To"] = ADDRESS
    mail["Subject"] = subject
    mail["Date"] = format_datetime(NOW)
    mail["Message-ID"] = f"<{name}@{address.rpartition('@')[2]}>"
    for header, value in (headers or {}).items():
        mail[header] = value
    mail.set_content(text_)
    return mail.as_bytes()


def ask_for_credit(error: planted.PlantedError = planted.PRICE_DELTA_200, **how: Any) -> bytes:
    """A mail that asks for the credit of a planted price error."""
    said = (
        f"Hello,\n\nyou billed {error.billed} per unit on invoice {error.invoice_no}, our agreement says "
        f"{error.agreed}. Please correct the invoice.\n"
    )
    return write_mail(said, customer_no=error.customer_no, subject=f"Wrong price on {error.invoice_no}", **how)


def ask_for_big_credit(**how: Any) -> bytes:
    """The duplicate of 18,750 that needs two approvals."""
    said = (
        f"I think you invoiced October twice, {planted.S3_RIGHT_INVOICE} and {planted.S3.invoice_no} are the same "
        "thing, same PO, same amount 18.750,00\n"
    )
    return write_mail(said, customer_no="C-1003", subject="October invoiced twice", **how)


def ask_for_copy(number: int = 1, **how: Any) -> bytes:
    """A mail that asks for a copy of an invoice."""
    said = "Could you please resend INV-2025-00440? It never reached our AP inbox.\n"
    return write_mail(said, **{"customer_no": "C-1001", "subject": f"Copy {number}", "name": f"copy-{number}", **how})


def find_problems(office: Office) -> list[str]:
    """What is wrong about a credited case that should have ended well; nothing where all is right."""
    case = office.case()
    effects = office.effects(case)
    wanted = {effect.reference for effect in effects}
    problems = []
    if case.status is not CaseStatus.RESOLVED:
        problems.append(f"the case is {case.status}")
    if [note.reference in wanted for note in office.erp.credit_notes] != [True]:
        problems.append(f"{len(office.erp.credit_notes)} credit notes: {office.erp.credit_notes}")
    if len(office.mailer.sent) != 1:
        problems.append(f"{len(office.mailer.sent)} mails were sent")
    if [effect.state for effect in effects] != [EffectState.VERIFIED] * 2:
        problems.append(f"effects: {[effect.state.value for effect in effects]}")
    with office.log.read() as records:
        if records.tasks.open_count():
            problems.append(f"{records.tasks.open_count()} tasks are open")
        if records.intake.count() != len(office.mailbox.mails):
            problems.append(f"{records.intake.count()} mails were taken in")
    return problems + find_breaks(office)


def find_breaks(office: Office) -> list[str]:
    """Where the audit chain is broken."""
    breaks, previous = [], START
    for item in office.events():
        row = event_row(
            seq=item.seq,
            at=item.at,
            actor=item.actor,
            action=item.action,
            entity=item.entity,
            entity_id=item.entity_id,
            case_no=item.case_no,
            data=item.data,
        )
        if item.prev_hash != previous or item.hash != chain_hash(previous, row):
            breaks.append(f"event {item.seq}")
        previous = item.hash
    return breaks
