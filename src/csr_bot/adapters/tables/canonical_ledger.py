"""The canonical workbook as a ledger: sheets under our own names, held against what its Control sheet says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from csr_bot.adapters.tables.aliases import plain
from csr_bot.adapters.tables.canonical import Sheet
from csr_bot.adapters.tables.canonical_contracts import CONTRACTS, PRICE_TERMS, USAGE
from csr_bot.adapters.tables.canonical_customers import (
    CONTACTS,
    CUSTOMERS,
    KYC,
    LETTERS_OF_CREDIT,
    credit_sheet,
)
from csr_bot.adapters.tables.canonical_items import PAYMENTS, allocations_sheet, lines_sheet
from csr_bot.adapters.tables.control import NAME as CONTROL
from csr_bot.adapters.tables.control import find_differences, read_control
from csr_bot.adapters.tables.grids import Grid
from csr_bot.adapters.tables.headers import SEARCHED_ROWS, HeaderError, find_invoice_header, invoice_names
from csr_bot.adapters.tables.invoice_table import InvoiceTable, TableRules
from csr_bot.adapters.tables.invoices import REQUIRED
from csr_bot.adapters.tables.notes import Notes
from csr_bot.adapters.tables.open_items import table_summary
from csr_bot.adapters.tables.sheet_table import SheetTable
from csr_bot.core.evidence import Customer, Invoice
from csr_bot.ports import LedgerRow, RefusedError, SheetSummary

INVOICES = "Invoices"
_OBLIGATORY = (INVOICES, CUSTOMERS.name, CONTACTS.name)


def is_canonical(names: Sequence[str]) -> bool:
    """Whether a workbook with these sheets claims to be the canonical one."""
    known = {plain(name) for name in names}
    return plain(CONTROL) in known or known.issuperset(map(plain, _OBLIGATORY))


class CanonicalLedger:
    """A canonical workbook. ``rows`` once, then the rest."""

    def __init__(
        self, grids: Sequence[Grid], *, file_name: str, columns: Mapping[str, str], refused: Notes, warnings: Notes
    ) -> None:
        self._grids = {plain(grid.name): grid for grid in grids}
        self._all = grids
        self._file_name = file_name
        self._refused = refused
        self._warnings = warnings
        for name in (*_OBLIGATORY, CONTROL):
            if plain(name) not in self._grids:
                raise RefusedError(f"{file_name}: no sheet {name}")
        try:
            self.control = read_control(self._grids[plain(CONTROL)])
        except HeaderError as error:
            raise RefusedError(f"{file_name}: sheet {CONTROL}: {error}") from None
        self._invoices = self._invoice_table(columns)
        self._tables: dict[str, SheetTable[Any]] = {}
        self.rows_expected = sum(self.control.row_counts.values())

    def rows(self) -> Iterator[LedgerRow]:
        """All usable rows: customers, then invoices, then what belongs to them."""
        currencies: dict[str, str] = {}
        accounts: dict[str, str] = {}
        for customer in self._sheet(CUSTOMERS):
            if isinstance(customer, Customer):
                accounts[customer.customer_no] = customer.currency
            yield customer
        yield from self._sheet(CONTACTS)
        self._invoices.prepare()
        for fact in self._invoices.rows():
            if isinstance(fact, Invoice):
                currencies[fact.invoice_no] = fact.currency
            yield fact
        for sheet in _dependent(currencies, accounts):
            yield from self._sheet(sheet)

    @property
    def generated_at(self) -> datetime:
        """When the workbook says it was made."""
        return self.control.generated_at

    def find_fault(self) -> str | None:
        """How the workbook contradicts its own Control sheet."""
        known = dict.fromkeys((sheet.name for sheet in _dependent({}, {})), 0) | {
            name: table.row_count for name, table in self._tables.items()
        }
        known[INVOICES] = self._invoices.row_count
        return "; ".join(find_differences(self.control, row_counts=known, sums_open=self._invoices.totals.all)) or None

    def sheets(self) -> tuple[SheetSummary, ...]:
        """The sheets in the order of the workbook."""
        return tuple(self._summary(grid) for grid in self._all)

    @property
    def stated_totals(self) -> Mapping[str, Decimal]:
        """What Control says is open."""
        return self.control.sums_open

    @property
    def read_totals(self) -> Mapping[str, Decimal]:
        """What the invoices that were taken add up to."""
        return self._invoices.taken

    @property
    def duplicates(self) -> int:
        """Rows refused because another has their key."""
        return self._invoices.duplicates + sum(table.duplicates for table in self._tables.values())

    def _invoice_table(self, columns: Mapping[str, str]) -> InvoiceTable:
        grid = self._grids[plain(INVOICES)]
        top = [row for row, _ in zip(grid.rows(), range(SEARCHED_ROWS + 1), strict=False)]
        try:
            header = find_invoice_header(top, invoice_names(columns, ours_first=True))
            if missing := [name for name in REQUIRED if name not in header.columns]:
                raise HeaderError(f"no column for {', '.join(missing)}")
        except HeaderError as error:
            raise RefusedError(f"{self._file_name}: sheet {INVOICES}: {error}") from None
        return InvoiceTable(grid, header, TableRules(strict=True), refused=self._refused, warnings=self._warnings)

    def _sheet(self, sheet: Sheet[Any]) -> Iterator[LedgerRow]:
        grid = self._grids.get(plain(sheet.name))
        if grid is None:
            return
        try:
            table = SheetTable(grid, sheet, refused=self._refused, warnings=self._warnings)
        except HeaderError as error:
            raise RefusedError(f"{self._file_name}: sheet {sheet.name}: {error}") from None
        self._tables[sheet.name] = table
        table.prepare()
        yield from table.rows()

    def _summary(self, grid: Grid) -> SheetSummary:
        for name, table in self._tables.items():
            if plain(name) == plain(grid.name):
                header = table.header
                columns = {field: header.titles[index] for field, index in header.columns.items()}
                return SheetSummary(grid.name, header.last, columns, header.unused(), table.row_count)
        if plain(grid.name) == plain(INVOICES):
            return table_summary(self._invoices, grid.name)
        return SheetSummary(grid.name, None, {}, (), 0)


def _dependent(currencies: Mapping[str, str], accounts: Mapping[str, str]) -> tuple[Sheet[Any], ...]:
    """The sheets that a workbook may do without, given the currencies of invoices and of customers."""
    return (
        lines_sheet(currencies), PAYMENTS, allocations_sheet(currencies), CONTRACTS, PRICE_TERMS, USAGE,
        credit_sheet(accounts), KYC, LETTERS_OF_CREDIT,
    )  # fmt: skip
