"""A list of open items as a ledger: one table with an invoice in each row, from whatever program it is.

The sheet is the one with the best header. Customers are made from the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from csr_bot.adapters.tables.cells import NO_CURRENCY
from csr_bot.adapters.tables.delimited import DelimitedGrid, Judge
from csr_bot.adapters.tables.grids import Cell, Grid
from csr_bot.adapters.tables.headers import (
    SEARCHED_ROWS,
    Header,
    HeaderError,
    Names,
    chosen_names,
    find_invoice_header,
    hits,
    invoice_names,
)
from csr_bot.adapters.tables.invoice_table import InvoiceTable, TableRules
from csr_bot.adapters.tables.notes import Notes
from csr_bot.adapters.tables.profiles import Profile
from csr_bot.adapters.tables.titles import find_as_of, find_currency
from csr_bot.ports import LedgerRow, RefusedError, SheetSummary

_UNKNOWN: Final = (
    (("net", "tax"), "NET_UNKNOWN", "no column says what is tax; all is taken to be net"),
    (("gross", "debit", "credit"), "GROSS_UNKNOWN", "no column says what was billed; it is taken to be what is open"),
    (("open_amount", "paid", "credited", "status", "settled_on"), "OPEN_UNKNOWN",
     "no column says what is open; it is taken to be all"),
    (("due_date", "terms"), "DUE_DATE_UNKNOWN", "no column says when it is due; it is taken to be at once"),
)  # fmt: skip


class OpenItems:
    """A list that is read as a ledger. ``rows`` once, then the rest."""

    def __init__(
        self, grids: Sequence[Grid], *, file_name: str, columns: Mapping[str, str], profile: Profile,
        currency: str | None, refused: Notes, warnings: Notes,
    ) -> None:  # fmt: skip
        self._grids = grids
        self._warnings = warnings
        names = open_item_names(columns, profile)
        self._grid, header, titles = _choose(grids, names, file_name=file_name, warnings=warnings)
        if not header.columns.keys() & {"invoice_date", "due_date"}:
            raise RefusedError(f"{_place(file_name, self._grid, grids)}: no column for invoice_date")
        self._titles = titles
        rules = TableRules(
            exact=isinstance(self._grid, DelimitedGrid),
            currency=currency or find_currency(titles),
            month_first=profile.month_first,
            decimal_comma=profile.decimal_comma,
        )
        self._table = InvoiceTable(self._grid, header, rules, refused=refused, warnings=warnings)
        self.rows_expected = None if self._grid.height is None else max(0, self._grid.height - header.last)

    def rows(self) -> Iterator[LedgerRow]:
        """All usable rows, a customer before its first invoice."""
        self._table.prepare()
        name = self._grid.name
        for fields, reason, what in _UNKNOWN:
            if not self._table.header.columns.keys() & set(fields):
                self._warnings.add(name, 0, fields[0], reason, what)
        if self._grid.hidden_rows:
            self._warnings.add(name, 0, "", "HIDDEN_ROWS", f"{self._grid.hidden_rows} rows are hidden; they are read")
        yield from self._table.rows()
        if isinstance(self._grid, DelimitedGrid) and not self._grid.ends_whole() and self._table.last_row:
            self._warnings.add(name, self._table.last_row, "", "LAST_LINE_OPEN", "the last line has no end")

    def as_of(self) -> date | None:
        """The day that the rows above the header name."""
        return find_as_of(self._titles, month_first=self._table.month_first)

    def find_fault(self, *, taken: int, refused: int) -> str | None:
        """Why the list is not to be used, once it was read."""
        if NO_CURRENCY in self._table.taken:
            return "no column, header or title names a currency; name it beside the file"
        if not taken:
            return "it holds no usable row"
        if refused > taken:
            return f"more rows are refused ({refused}) than taken ({taken})"
        return self._table.totals.contradiction()

    def sheets(self) -> tuple[SheetSummary, ...]:
        """The sheets, the one that was read among them."""
        return tuple(
            table_summary(self._table, grid.name) if grid is self._grid else SheetSummary(grid.name, None, {}, (), 0)
            for grid in self._grids
        )

    @property
    def stated_totals(self) -> Mapping[str, Decimal]:
        """What the list says is open in all."""
        return self._table.totals.stated()

    @property
    def read_totals(self) -> Mapping[str, Decimal]:
        """What the rows that were taken add up to."""
        return self._table.taken

    @property
    def duplicates(self) -> int:
        """Rows refused because another has their number."""
        return self._table.duplicates


def open_item_names(columns: Mapping[str, str], profile: Profile) -> Names:
    """The known names, the profile's above them and the caller's on top."""
    names = dict(invoice_names(columns))
    for name, titles in profile.columns.items():
        if name not in columns:
            for title in titles:
                names |= chosen_names({name: title})
    return names


def judge_rows(names: Names) -> Judge:
    """How well rows split at some delimiter look like a list of open items."""

    def judge(rows: Sequence[Sequence[Cell]]) -> int:
        return max((hits(row, names) for row in rows), default=0)

    return judge


def table_summary(table: InvoiceTable, name: str) -> SheetSummary:
    """What a table of invoices was understood to be."""
    header = table.header
    columns = {field: header.titles[index] for field, index in header.columns.items()}
    return SheetSummary(name, header.last, columns, header.unused(), table.row_count)


def _choose(
    grids: Sequence[Grid], names: Names, *, file_name: str, warnings: Notes
) -> tuple[Grid, Header, Sequence[Sequence[Cell]]]:
    """The sheet with the best header; a hidden one only where no other has any."""
    found: list[tuple[int, Grid, Header, Sequence[Sequence[Cell]]]] = []
    trouble: list[RefusedError] = []
    for grid in grids:
        top = list(islice(grid.rows(), SEARCHED_ROWS + 1))
        try:
            header = find_invoice_header(top, names)
        except HeaderError as error:
            trouble.append(RefusedError(f"{_place(file_name, grid, grids)}: {error}"))
            continue
        above = [cells for number, cells in top if number < header.first]
        found.append((len(header.columns) - 100 * grid.hidden, grid, header, above))
    if not found:
        both = [error for error in trouble if "both look like" in str(error) or "rounded amounts" in str(error)]
        raise (both or trouble or [RefusedError(f"{file_name}: it holds no sheet")])[0]
    best = max(found, key=lambda entry: entry[0])
    for _, grid, _, _ in found:
        if grid is not best[1]:
            warnings.add(grid.name, 0, "", "SHEET_NOT_READ", f"it is a list as well; {best[1].name} is read")
    if best[1].hidden:
        warnings.add(best[1].name, 0, "", "HIDDEN_SHEET", "the sheet is hidden")
    return best[1:]


def _place(file_name: str, grid: Grid, grids: Sequence[Grid]) -> str:
    return file_name if len(grids) == 1 and grid.name == file_name else f"{file_name}: sheet {grid.name}"
