"""Reads a table with one invoice in each row: a list of open items, or the sheet of invoices of the canonical workbook.

It is read twice: first for what only the whole can tell (which numbers occur twice, how a column writes its amounts and
days, whether the customer stands only in the first row of a group), then row by row. Nothing is kept of a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from csr_bot.adapters.tables.cells import NO_CURRENCY, CellError, RowCells
from csr_bot.adapters.tables.forms import Forms, FormSurvey
from csr_bot.adapters.tables.grids import BrokenRow, Cell, Grid
from csr_bot.adapters.tables.headers import AMOUNTS, Header
from csr_bot.adapters.tables.invoices import InvoiceReader, derive_customer, invoice_key
from csr_bot.adapters.tables.keys import KeySurvey, Twins
from csr_bot.adapters.tables.notes import Notes
from csr_bot.adapters.tables.totals import OpenTotals
from csr_bot.adapters.tables.walking import RowKind, TableWalk, read_group
from csr_bot.core.evidence import Customer, Invoice, Payment

_DAYS: Final = ("invoice_date", "due_date", "service_from", "service_to", "last_payment_date")
_GROUPED_SHARE: Final = 4
"""One cell in so many must be blank before blanks are taken to mean "as above"."""


@dataclass(frozen=True, slots=True)
class TableRules:
    """How a table is to be read; ``currency`` is the file's where it names none in its rows or columns."""

    strict: bool = False
    exact: bool = False
    currency: str | None = None
    month_first: bool | None = None
    decimal_comma: bool | None = None


class InvoiceTable:
    """One table of invoices. ``prepare`` comes first, then ``rows``, then the counts and totals."""

    def __init__(self, grid: Grid, header: Header, rules: TableRules, *, refused: Notes, warnings: Notes) -> None:
        self._grid = grid
        self.header = header
        self._rules = rules
        self._refused = refused
        self._warnings = warnings
        self._columns = used_columns(header)
        self._walk = TableWalk(grid, header, strict=rules.strict, exact=rules.exact)
        self._reader = InvoiceReader(self._columns, strict=rules.strict)
        self._company = self._columns.get("company_code")
        self._number = self._columns["invoice_no"]
        self._filled: dict[str, int] = {}
        self._twins = Twins(frozenset())
        self._names: dict[str, int] = {}
        self.row_count = 0
        self.last_row = header.last
        self.totals = OpenTotals()
        self.has_currency = True
        self.month_first: bool | None = None
        self.taken: dict[str, Decimal] = {}
        self._row = RowCells(self._columns)

    def prepare(self) -> None:
        """Read it once for what only the whole can tell."""
        survey = FormSurvey(
            amounts={name: self._columns[name] for name in AMOUNTS if name in self._columns},
            days={name: self._columns[name] for name in _DAYS if name in self._columns},
        )
        keys, blanks = KeySurvey(), _Blanks(self._columns)
        for _, cells, kind in self._walk.rows():
            if kind is RowKind.ITEM:
                survey.add(cells)  # type: ignore[arg-type]  # a cell is an object
                keys.add(self._key(cells))
                blanks.add(cells)
            if kind not in (RowKind.BLANK, RowKind.TOTAL, RowKind.HEADER, RowKind.GROUP, RowKind.TEXT):
                self.row_count += 1
        forms = survey.finish()
        self.month_first = next(iter(set(forms.month_first.values())), None)
        self._filled = {} if self._rules.strict else blanks.grouped()
        self._twins = Twins(keys.finish())
        currency = self._rules.currency
        if currency is None and "currency" not in self._columns and not self.header.currencies:
            self.has_currency = survey.names_currency()
        self._row = RowCells(
            self._columns,
            self._ruled(forms),
            dict(self.header.currencies),
            NO_CURRENCY if currency is None and not self.has_currency else currency,
        )

    def rows(self) -> Iterator[Invoice | Payment | Customer]:
        """Every usable row; the customer of an invoice before it, unless the workbook has a sheet of customers."""
        row, group = self._row, ("", "")
        name, strict = self._grid.name, self._rules.strict
        above: dict[int, Cell] = {}
        text_rows = 0
        for number, cells, kind in self._walk.rows():
            self.last_row = number
            row.cells, row.locator = cells, f"{name}!{number}"
            if kind is RowKind.ITEM:
                if self._filled:
                    self._fill(cells, above)
                yield from self._item(row, number, group, strict=strict)
            elif kind is RowKind.GROUP:
                above.clear()
                group = self._group(cells) or group
            elif kind is RowKind.TOTAL:
                above.clear()
                self.totals.check(number, self._stated(row))
            elif kind is RowKind.TEXT:
                text_rows += 1
            elif kind not in (RowKind.BLANK, RowKind.HEADER):
                self._refuse_kind(cells, number, kind)
        if text_rows:
            self._warnings.add(name, 0, "", "TEXT_ROWS", f"{text_rows} rows hold neither number nor amount")
        self._finish()

    @property
    def duplicates(self) -> int:
        """Rows refused because another has their number."""
        return self._twins.count

    def _item(
        self, row: RowCells, number: int, group: tuple[str, str], *, strict: bool
    ) -> tuple[Invoice | Payment | Customer, ...]:
        row.warnings.clear()
        if self._twins.take(self._key(row.cells), number):
            self._add_open(row)
            return ()
        try:
            customer_no = row.optional_id("customer_no")
            if not customer_no and not strict:
                customer_no = row.optional_id("customer_name") or group[0]
            if not customer_no:
                raise CellError("customer_no", "EMPTY")
            fact = self._reader.read(row, customer_no)
            left = fact.open_amount if isinstance(fact, Invoice) else -fact.unapplied
            customer = None if strict else self._customer(row, customer_no, group, left.currency)
        except CellError as error:
            self._refused.add(self._grid.name, number, self._title(error.name), error.reason, error.detail)
            self._add_open(row)
            return ()
        self.totals.add(left)
        self.taken[left.currency] = self.taken.get(left.currency, Decimal(0)) + left.amount
        for name, reason in dict.fromkeys(row.warnings):
            self._warnings.add(self._grid.name, number, self._title(name), reason)
        return (fact,) if customer is None else (customer, fact)

    def _customer(self, row: RowCells, customer_no: str, group: tuple[str, str], currency: str) -> Customer | None:
        """The customer where it is met for the first time; a second name for it is worth a warning."""
        name = row.optional_text("customer_name") or (group[1] if group[0] == customer_no else "") or customer_no
        known = self._names.get(customer_no)
        if known is None:
            customer = derive_customer(row, customer_no=customer_no, name=name, currency=currency)
            self._names[customer_no] = hash(name)
            return customer
        if known != hash(name) and name != customer_no:
            row.warnings.append(("customer_name", "CUSTOMER_NAME_DIFFERS"))
        return None

    def _add_open(self, row: RowCells) -> None:
        """A row refused for its date must not pass for a missing one when sums are compared."""
        try:
            self.totals.add(self._reader.open_amount(row))
        except CellError:
            self.totals.add(None)

    def _refuse_kind(self, cells: list[Cell], number: int, kind: RowKind) -> None:
        self.totals.add(None)
        if kind is RowKind.UNNUMBERED:
            self._refused.add(self._grid.name, number, self._title("invoice_no"), "EMPTY")
        elif kind is RowKind.TOO_WIDE:
            self._refused.add(
                self._grid.name, number, "", "TOO_MANY_CELLS", f"{len(cells)} cells, {self.header.width} columns"
            )
        elif isinstance(cells, BrokenRow):
            self._refused.add(self._grid.name, number, "", cells.reason)

    def _stated(self, row: RowCells) -> Mapping[str | None, Decimal]:
        """What a row of totals says is open, by its currency where it has one."""
        names = [name for name in ("open_amount", "gross") if name in self._columns][:1]
        with suppress(CellError):
            for name in names:
                code = row.optional_text("currency")
                code = code if code and len(code) == 3 else row.column_currencies.get(name) or self._rules.currency
                amount = row.optional_money(name, code or NO_CURRENCY)
                return {} if amount is None else {code: amount}
        return {}

    def _finish(self) -> None:
        sheet = self._grid.name
        for places in self._twins.groups():
            for place in places:
                others = ", ".join(str(other) for other in places if other != place)
                self._refused.add(sheet, place, self._title("invoice_no"), "NOT_UNIQUE", f"also in row {others}")
        noted = sum(map(len, self._twins.groups()))
        self._refused.count += self._twins.count - noted
        for name, index in self._columns.items():
            rows = [row for row in self._grid.formulas(index) if self.header.last < row <= self.last_row]
            if rows and name in (*AMOUNTS, *_DAYS, "invoice_no", "customer_no"):
                self._warnings.add(
                    sheet, rows[0], self._title(name), "FORMULA_CELLS", f"{len(rows)} results of formulas"
                )
        if self._filled:
            self._warnings.add(sheet, 0, self._title(next(iter(self._filled))), "FILLED_DOWN")
        for row, stated, found in self.totals.differing:
            self._warnings.add(sheet, row, "", "TOTAL_DIFFERS", f"{stated:f} stated, {found:f} found above it")

    def _fill(self, cells: list[Cell], above: dict[int, Cell]) -> None:
        blank = [index for index in self._filled.values() if cells[index] == ""]
        if len(blank) == len(self._filled):
            for index in blank:
                cells[index] = above.get(index, "")
        else:
            for index in self._filled.values():
                above[index] = cells[index]

    def _group(self, cells: list[Cell]) -> tuple[str, str] | None:
        """The customer that a line above a group names, by its columns or by itself."""
        number, name = (self._columns.get(field) for field in ("customer_no", "customer_name"))
        if number is not None and name is not None and cells[number] != "":
            return str(cells[number]).strip(), str(cells[name]).strip()
        return read_group(cells)

    def _key(self, cells: object) -> object:
        row: list[Cell] = cells  # type: ignore[assignment]
        return invoice_key(row[self._company] if self._company is not None else "", row[self._number])

    def _title(self, name: str) -> str:
        index = self._columns.get(name)
        return name if index is None else self.header.titles[index]

    def _ruled(self, forms: Forms) -> Forms:
        """The caller's rules hold where the columns themselves leave it open."""
        months, commas = dict(forms.month_first), dict(forms.decimal_comma)
        for name in self._columns:
            if name not in forms.mixed and self._rules.month_first is not None:
                months.setdefault(name, self._rules.month_first)
            if name not in forms.mixed and self._rules.decimal_comma is not None:
                commas.setdefault(name, self._rules.decimal_comma)
        return replace(forms, month_first=months, decimal_comma=commas)


class _Blanks:
    """Tells a customer that is written once for a group from one that is missing."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._columns = {name: columns[name] for name in ("customer_no", "customer_name") if name in columns}
        self._rows = 0
        self._blank = 0
        self._last: tuple[Cell, ...] = ()
        self._repeated = False

    def add(self, cells: list[Cell]) -> None:
        values = tuple([cells[index] for index in self._columns.values()])
        self._rows += 1
        if not any(values):
            self._blank += 1
        elif values == self._last:
            self._repeated = True
        self._last = values if any(values) else self._last

    def grouped(self) -> dict[str, int]:
        """The columns to be filled down. A list that repeats a customer on the next row does not leave it out."""
        return (
            self._columns if self._blank * _GROUPED_SHARE >= self._rows > 0 < self._blank and not self._repeated else {}
        )


def used_columns(header: Header) -> dict[str, int]:
    """The columns that are read: amounts in local currency only where there are no others, no running balance."""
    columns = {name: index for name, index in header.columns.items() if name != "days_overdue"}
    local = {name: columns.pop(f"local_{name}", None) for name in ("gross", "open", "currency")}
    names = {"gross": "gross", "open": "open_amount", "currency": "currency"}
    if not columns.keys() & {"gross", "open_amount", "debit", "credit"}:
        columns.pop("currency", None)
        columns |= {names[name]: index for name, index in local.items() if index is not None}
    if columns.keys() & {"debit", "credit"} and "open_amount" in columns and "gross" not in columns:
        title = header.titles[columns["open_amount"]].strip().lower()
        if title in ("balance", "saldo", "solde"):
            del columns["open_amount"]
    return columns
