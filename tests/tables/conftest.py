from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from csr_bot.adapters.tables import TABLES, open_ledger
from csr_bot.demo.books import Books, make_books
from csr_bot.demo.workbook import write_workbook
from csr_bot.ports import LedgerSummary

GENERATED_AT = datetime(2025, 11, 24, 10, 30, tzinfo=UTC)
Edit = Callable[[Workbook], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A ledger that was read to its end: every table as a whole, and the summary."""

    tables: Mapping[str, Sequence[Any]]
    summary: LedgerSummary

    def __getattr__(self, name: str) -> Any:
        return self.tables[name] if name in self.tables else getattr(self.summary, name)


def read_file(path: Path, *, columns: Mapping[str, str] | None = None, **options: Any) -> Reading:
    """Read all of a file."""
    reading = open_ledger(path, columns=columns or {}, **options)
    tables: dict[str, list[Any]] = {name: [] for name in TABLES.values()}
    for chunk in reading.rows():
        assert len({type(row) for row in chunk}) == 1
        assert len(chunk) <= 1_000
        tables[TABLES[type(chunk[0])]] += chunk
    return Reading(tables, reading.summary())


def _small(books: Books) -> Books:
    """The customers of the stories only: quick to write again and again."""
    customers = books.customers[:12]
    numbers = {customer.customer_no for customer in customers}
    invoices = tuple(row for row in books.invoices if row.customer_no in numbers)
    known = {row.invoice_no for row in invoices}
    contracts = tuple(row for row in books.contracts if row.customer_no in numbers)
    agreed = {row.contract_no for row in contracts}
    return Books(
        books.company_code,
        books.as_of,
        customers,
        books.contacts[:12],
        invoices,
        tuple(row for row in books.lines if row.invoice_no in known),
        tuple(row for row in books.payments if row.customer_no in numbers),
        tuple(row for row in books.allocations if row.invoice_no in known),
        contracts,
        tuple(row for row in books.price_terms if row.contract_no in agreed),
        tuple(row for row in books.usage if row.contract_no in agreed),
        tuple(row for row in books.credit_profiles if row.customer_no in numbers),
        tuple(row for row in books.kyc_records if row.customer_no in numbers),
        books.letters_of_credit,
    )


@pytest.fixture(scope="session")
def books() -> Books:
    return _small(make_books())


@pytest.fixture
def ledger(tmp_path: Path, books: Books) -> Path:
    path = tmp_path / "ledger.xlsx"
    write_workbook(books, path, generated_at=GENERATED_AT)
    return path


@pytest.fixture
def read_edited(ledger: Path) -> Callable[..., Reading]:
    """Reads the small ledger after a person has changed it."""

    def read(edit: Edit, **columns: str) -> Reading:
        workbook = openpyxl.load_workbook(ledger)
        edit(workbook)
        workbook.save(ledger)
        return read_file(ledger, columns=columns)

    return read


def column(workbook: Workbook, sheet: str, title: str) -> int:
    """Number of the column under a header."""
    return next(cell.column for cell in workbook[sheet][1] if cell.value == title)


def put(sheet: str, title: str, value: object, *, row: int = 3, number_format: str = "General") -> Edit:
    """An edit that writes one cell."""

    def edit(workbook: Workbook) -> None:
        cell = workbook[sheet].cell(row, column(workbook, sheet, title))
        cell.value = value
        if not isinstance(value, date):
            cell.number_format = number_format

    return edit
