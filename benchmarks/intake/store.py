"""csr_bot's store for the measurement: made ready with a ledger and with cases from elsewhere, and counted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import func, select

from benchmarks.intake.desk import BOT, open_desk, open_log
from benchmarks.intake.mails import RECEIVING_SERVER, list_invoices, make_mails
from benchmarks.intake.runners import Held
from csr_bot.adapters.memory import MemoryMailbox
from csr_bot.adapters.sql.schema import upgrade
from csr_bot.adapters.sql.tables import intake
from csr_bot.adapters.tables import open_ledger
from csr_bot.demo.books import make_books
from csr_bot.demo.workbook import write_workbook
from csr_bot.flow.desk import Source
from csr_bot.flow.intake import poll_source
from csr_bot.flow.ledger import store_reading

_ELSEWHERE: Final = "elsewhere/INBOX"
_SEED_OF_STORED: Final = 99


def prefill(database: str, stored: int) -> None:
    """Create the schema, import the demo's ledger, and take in ``stored`` other mails by the product's own path."""
    log = open_log(database)
    upgrade(log.engine)
    desk = open_desk(log)
    now = desk.clock.now()
    with TemporaryDirectory() as folder:
        workbook = Path(folder) / "ledger.xlsx"
        write_workbook(make_books(), workbook, generated_at=now)
        store_reading(open_ledger(workbook, columns={}), bot=BOT, log=log, clock=desk.clock)
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
