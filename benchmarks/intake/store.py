"""csr_bot's store for the measurement: made ready with a ledger and with cases that came from elsewhere, and counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import func, select

from csr_bot.adapters.imap import ImapMailbox
from csr_bot.adapters.memory import MemoryMailbox
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.schema import upgrade
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.tables import intake
from csr_bot.bot import Bot, Mailbox, Secret
from csr_bot.demo.books import make_books
from csr_bot.flow.desk import Desk, Source
from csr_bot.flow.intake import poll_source
from csr_bot.ids import new_id
from csr_bot.records import SnapshotRecord
from csr_bot.wiring import OffsetClock, SilentDoorbell, read_rules

from benchmarks.intake.mails import RECEIVING_SERVER, list_invoices, make_mails
from benchmarks.intake.runners import Held, Job

BOT: Final = "benchmark"
_POLICY: Final = Path(__file__).parents[2] / "policies" / "standard.yaml"
_ELSEWHERE: Final = "elsewhere/INBOX"
_SEED_OF_STORED: Final = 99


def open_log(database: str) -> SqlCaseLog:
    """The log on an SQLAlchemy URL."""
    return SqlCaseLog(open_engine(database), doorbell=SilentDoorbell(), lock_folder=Path("unused"))


def open_desk(log: SqlCaseLog) -> Desk:
    """A desk that takes in mail and does nothing else."""
    nothing = cast("Any", None)
    bot = Bot(BOT, "ops@shared.example", ("invoice_copy",), (), nothing, nothing, nothing, "policies/standard.yaml")
    rules = read_rules(_POLICY, name="standard.yaml")
    clock = OffsetClock(datetime(2025, 11, 24, 13, 12, tzinfo=UTC) - datetime.now(UTC))
    return Desk(bot, rules, log, clock, (), {}, nothing, nothing, nothing, timedelta(0))


def source_of(job: Job) -> Source:
    """The mailbox that a job names."""
    word = Mailbox(job.user, host=job.host, port=job.port, security="plain", password=Secret("unused"))
    return Source(ImapMailbox(word, password=job.password), frozenset({RECEIVING_SERVER}))


def prefill(database: str, stored: int) -> None:
    """Create the schema, import the demo's ledger, and take in ``stored`` other mails through the product's own path."""
    log = open_log(database)
    upgrade(log.engine)
    desk = open_desk(log)
    books = make_books()
    rows = {name: list(getattr(books, name)) for name in _LEDGER}
    now = desk.clock.now()
    snapshot = SnapshotRecord(
        new_id(), BOT, "books", "0" * 64, books.as_of, now, now, sum(map(len, rows.values())), (), {}, "active", None
    )
    with log.begin() as records:
        records.ledger.add_snapshot(snapshot, rows)
    mailbox = MemoryMailbox(_ELSEWHERE)
    for number, raw in enumerate(make_mails(stored, invoices=list_invoices(), seed=_SEED_OF_STORED), start=1):
        mailbox.deliver(raw, received_at=now - timedelta(days=30))
        if number % 1000 == 0 or number == stored:
            poll_source(desk, Source(mailbox, frozenset({RECEIVING_SERVER})))
            mailbox.mails.clear()
    log.engine.dispose()


def count(database: str) -> Held:
    """The rows of the measured mailbox, and how many different mails they are of."""
    log = open_log(database)
    query = select(func.count(), func.count(func.distinct(intake.c.message_id))).where(intake.c.mailbox != _ELSEWHERE)
    with log.engine.connect() as connection:
        rows, distinct = connection.execute(query).one()
    return Held(rows, distinct)


_LEDGER: Final = (
    "customers",
    "contacts",
    "invoices",
    "lines",
    "payments",
    "allocations",
    "contracts",
    "price_terms",
    "usage",
)
