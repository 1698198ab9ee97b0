"""All that the demo ERP keeps, opened together on one folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from csr_bot.demo.books import Books
from csr_bot.demo.erp.changes import FieldBook
from csr_bot.demo.erp.database import Database
from csr_bot.demo.erp.documents import DocumentBook
from csr_bot.demo.erp.ledger import ErpLedger


@dataclass(frozen=True, slots=True)
class ErpBooks:
    """Receivables, changeable fields and documents over one database."""

    ledger: ErpLedger
    fields: FieldBook
    documents: DocumentBook


def open_books(folder: Path, books: Books) -> ErpBooks:
    """The books in a folder: entered the first time, as they were left ever after."""
    db = Database(folder)
    ledger = ErpLedger(db, books)
    fields = FieldBook(db, ledger)
    return ErpBooks(ledger, fields, DocumentBook(db, ledger, fields))
