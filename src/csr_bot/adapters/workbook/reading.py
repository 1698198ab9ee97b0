"""Reads the receivables workbook, once and whole, into facts that each name their sheet and row.

A row that cannot be used is refused with its reason and stops no other row. A workbook that contradicts its own Control
sheet is read but not accepted: the caller keeps the snapshot it has. Storing snapshots is left to others.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from csr_bot.adapters.workbook import rows as layout
from csr_bot.adapters.workbook.cells import CellError, RowCells
from csr_bot.adapters.workbook.control import NAME as CONTROL
from csr_bot.adapters.workbook.control import Control, find_differences, read_control
from csr_bot.adapters.workbook.file import Rows, read_sheets
from csr_bot.adapters.workbook.headers import Header, HeaderError, find_header, last_row
from csr_bot.core.evidence import (
    Allocation,
    Contact,
    Contract,
    Customer,
    Invoice,
    InvoiceLine,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.ports import LedgerRow, LedgerSummary, RefusedError, RowNote

_Fact = TypeVar("_Fact")

MAX_FILE_SIZE: Final = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken in: Excel row number, column title, reason code."""

    sheet: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowWarning:
    """A row that was taken in although something about it is odd."""

    sheet: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """A workbook as it was read. ``control_totals``: open sums that it states; ``reason``: why it is not accepted."""

    file_name: str
    file_sha256: str
    as_of: date
    generated_at: datetime
    customers: tuple[Customer, ...]
    contacts: tuple[Contact, ...]
    invoices: tuple[Invoice, ...]
    lines: tuple[InvoiceLine, ...]
    payments: tuple[Payment, ...]
    allocations: tuple[Allocation, ...]
    contracts: tuple[Contract, ...]
    price_terms: tuple[PriceTerm, ...]
    usage: tuple[Usage, ...]
    control_totals: Mapping[str, Decimal]
    refused: tuple[RefusedRow, ...]
    warnings: tuple[RowWarning, ...]
    accepted: bool
    reason: str | None

    @property
    def rows_expected(self) -> int | None:
        """All rows are known already."""
        return sum(len(items) for items in self._tables().values())

    def rows(self) -> Iterator[Sequence[LedgerRow]]:
        """As ``ports.LedgerReading.rows``."""
        for items in self._tables().values():
            for start in range(0, len(items), 1_000):
                yield items[start : start + 1_000]

    def summary(self) -> LedgerSummary:
        """As ``ports.LedgerReading.summary``."""
        return LedgerSummary(
            file_name=self.file_name,
            file_sha256=self.file_sha256,
            form="xlsx",
            profile="canonical",
            as_of=self.as_of,
            as_of_from="control",
            generated_at=self.generated_at,
            sheets=(),
            counts={name: len(items) for name, items in self._tables().items()},
            control_totals=self.control_totals,
            read_totals=self.control_totals,
            duplicates=sum(row.reason == "NOT_UNIQUE" for row in self.refused),
            refused=tuple(RowNote(row.sheet, row.row, row.column, row.reason) for row in self.refused),
            refused_count=len(self.refused),
            warnings=tuple(RowNote(row.sheet, row.row, row.column, row.reason) for row in self.warnings),
            warning_count=len(self.warnings),
            reason=self.reason,
        )

    def _tables(self) -> Mapping[str, Sequence[LedgerRow]]:
        return {
            "customers": self.customers,
            "contacts": self.contacts,
            "invoices": self.invoices,
            "lines": self.lines,
            "payments": self.payments,
            "allocations": self.allocations,
            "contracts": self.contracts,
            "price_terms": self.price_terms,
            "usage": self.usage,
        }


def read_workbook(path: Path, *, columns: Mapping[str, str]) -> WorkbookReading:
    """Read an xlsx workbook; ``columns`` maps our field names to headers of its Invoices sheet where they differ.

    Raises RefusedError, naming file and reason, where nothing can be taken from it: missing, not an xlsx, beyond the
    limits, sheets or columns missing.
    """
    content = _read_bytes(path)
    table = _Tables(path.name, read_sheets(content, file_name=path.name))
    control = table.control()
    invoices = table.facts(layout.INVOICES, renamed=columns)
    currencies = {invoice.invoice_no: invoice.currency for invoice in invoices}
    customers, contacts = table.facts(layout.CUSTOMERS), table.facts(layout.CONTACTS)
    lines = table.facts(layout.lines_sheet(currencies))
    payments, allocations = table.facts(layout.PAYMENTS), table.facts(layout.allocations_sheet(currencies))
    contracts, price_terms = table.facts(layout.CONTRACTS), table.facts(layout.PRICE_TERMS)
    usage = table.facts(layout.USAGE)
    differences = tuple(find_differences(control, row_counts=table.row_counts, sums_open=table.sums_open))
    return WorkbookReading(
        file_name=path.name,
        file_sha256=hashlib.sha256(content).hexdigest(),
        as_of=control.as_of,
        generated_at=control.generated_at,
        customers=customers,
        contacts=contacts,
        invoices=invoices,
        lines=lines,
        payments=payments,
        allocations=allocations,
        contracts=contracts,
        price_terms=price_terms,
        usage=usage,
        control_totals=control.sums_open,
        refused=table.refused_in_order(),
        warnings=tuple(table.warnings),
        accepted=not differences,
        reason="; ".join(differences) or None,
    )


class _Tables:
    """The sheets of one workbook while they are read; collects what is refused, odd, counted and summed."""

    def __init__(self, file_name: str, sheets: Mapping[str, Rows]) -> None:
        self._file_name = file_name
        self._sheets = {_plain(name): rows for name, rows in sheets.items()}
        self.refused: list[RefusedRow] = []
        self.warnings: list[RowWarning] = []
        self.row_counts: dict[str, int] = {}
        self.sums_open: dict[str, Decimal] = {}
        needed = (layout.INVOICES.name, layout.CUSTOMERS.name, layout.CONTACTS.name, CONTROL)
        if missing := [name for name in needed if _plain(name) not in self._sheets]:
            raise RefusedError(f"{file_name}: no sheet {', '.join(missing)}")

    def control(self) -> Control:
        """What the workbook states of itself."""
        try:
            return read_control(self._sheets[_plain(CONTROL)])
        except HeaderError as error:
            raise RefusedError(f"{self._file_name}: sheet {CONTROL}: {error}") from None

    def facts(self, sheet: layout.Sheet[_Fact], *, renamed: Mapping[str, str] | None = None) -> tuple[_Fact, ...]:
        """The usable rows of a sheet; none if the workbook does without the sheet."""
        rows = self._sheets.get(_plain(sheet.name))
        if rows is None:
            self.row_counts[sheet.name] = 0
            return ()
        header = self._header(sheet, rows, renamed)
        end = last_row(rows, header)
        self.row_counts[sheet.name] = end - header.row - 1
        read: list[tuple[int, _Fact]] = []
        for index in range(header.row + 1, end):
            fact = self._fact(sheet, header, rows, index)
            if fact is not None:
                read.append((index, fact))
        return self._without_twins(sheet, header, read)

    def refused_in_order(self) -> tuple[RefusedRow, ...]:
        """As the sheets were read, so that a refused invoice comes before the lines that it takes with it."""
        order = list(self.row_counts)
        return tuple(sorted(self.refused, key=lambda row: (order.index(row.sheet), row.row)))

    def _header(self, sheet: layout.Sheet[_Fact], rows: Rows, renamed: Mapping[str, str] | None) -> Header:
        try:
            return find_header(rows, fields=(*sheet.required, *sheet.others), required=sheet.required, renamed=renamed)
        except HeaderError as error:
            raise RefusedError(f"{self._file_name}: sheet {sheet.name}: {error}") from None

    def _fact(self, sheet: layout.Sheet[_Fact], header: Header, rows: Rows, index: int) -> _Fact | None:
        cells = RowCells(f"{sheet.name}!{index + 1}", rows[index], header.columns, header.currencies)
        if sheet.name == layout.INVOICES.name:
            self._add_open(cells)
        try:
            fact = sheet.read(cells)
        except CellError as error:
            column = header.titles.get(error.name, error.name)
            self.refused.append(RefusedRow(sheet.name, index + 1, column, error.reason))
            return None
        for name, reason in dict.fromkeys(cells.warnings):
            self.warnings.append(RowWarning(sheet.name, index + 1, header.titles[name], reason))
        return fact

    def _add_open(self, cells: RowCells) -> None:
        """Sum what is open over all rows, so that one refused for its date does not pass for a missing one."""
        with suppress(CellError):
            amount = layout.read_open_amount(cells)
            self.sums_open[amount.currency] = self.sums_open.get(amount.currency, Decimal(0)) + amount.amount

    def _without_twins(
        self, sheet: layout.Sheet[_Fact], header: Header, read: Sequence[tuple[int, _Fact]]
    ) -> tuple[_Fact, ...]:
        """Refuse every row whose key another row has too: nobody can say which of them is right."""
        counts = Counter(sheet.key(fact) for _, fact in read)
        column = header.titles[sheet.required[0]]
        for index, fact in read:
            if counts[sheet.key(fact)] > 1:
                self.refused.append(RefusedRow(sheet.name, index + 1, column, "NOT_UNIQUE"))
        return tuple(fact for _, fact in read if counts[sheet.key(fact)] == 1)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_SIZE:
            raise RefusedError(f"{path.name}: larger than {MAX_FILE_SIZE // 1024**2} MB")
        return path.read_bytes()
    except OSError as error:
        raise RefusedError(f"{path.name}: cannot be read ({error.strerror})") from error


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
