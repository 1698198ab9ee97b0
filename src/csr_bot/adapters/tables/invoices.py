"""Makes an invoice (or a payment) of the row of a list, whatever of its figures the list has."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from csr_bot.adapters.tables.cells import CellError, RowCells
from csr_bot.adapters.tables.grids import Cell
from csr_bot.adapters.tables.statuses import read_sign, read_status, read_type, read_yes, says_disputed
from csr_bot.core.evidence import Customer, DocumentStatus, Invoice, Payment
from csr_bot.core.money import Money, zero
from csr_bot.core.parsing.references import canonical_number

FIELDS: Final = (
    "invoice_no", "customer_no", "invoice_date", "due_date", "net", "tax", "gross", "open_amount", "company_code",
    "doc_type", "customer_name", "service_from", "service_to", "po_no", "contract_no", "currency", "paid", "credited",
    "status", "sign", "terms", "dunning_level", "dispute_flag", "dispute_reason", "last_payment_date", "delivery_note",
)  # fmt: skip
"""The columns of the canonical sheet that a bot may give other headers."""
REQUIRED: Final = FIELDS[:8]
"""Those that the canonical sheet must have."""

_MONEY: Final = ("gross", "open_amount", "debit", "credit", "net", "tax", "paid", "credited")
_SETTLED: Final = frozenset(
    {DocumentStatus.PAID, DocumentStatus.CANCELLED, DocumentStatus.CREDITED, DocumentStatus.WRITTEN_OFF}
)
_DAYS: Final = re.compile(
    r"(?:net|netto|n|zahlbar|in|within|\s)*(\d{1,3})\s*(?:days?|tagen?|tage|jours?|d[ií]as|dagen|d|net|netto|nets)?"
    r"\s*(?:net|netto|date of invoice)?"
    r"|.*\bnet(?:to)?\s*(\d{1,3})\b.*",
    re.IGNORECASE,
)
_NOTHING: Final = Decimal(0)


def _dispute(row: RowCells, name: str) -> bool | None:
    """A flag, or the amount that is disputed; where there is no such column, what the status says."""
    value = row.value(name)
    if name == "status":
        return True if isinstance(value, str) and says_disputed(value) else None
    if isinstance(value, str) and read_yes(value) is None:
        return bool(row.optional_number(name, field="money"))
    return None if value is None else read_yes(value) if isinstance(value, str) else bool(value)


_REMARKS: Final[tuple[tuple[str, str, Callable[[RowCells, str], object]], ...]] = (
    ("status", "disputed", _dispute),
    ("terms", "terms", RowCells.optional_text),
    ("dunning_level", "dunning_level", RowCells.optional_whole),
    ("dispute_flag", "disputed", _dispute),
    ("dispute_reason", "dispute_reason", RowCells.optional_text),
    ("last_payment_date", "last_payment_date", RowCells.optional_day),
    ("delivery_note", "delivery_note", RowCells.optional_id),
)
"""Column, field, and how it is read; of two for one field the later says more."""


class _Figures(NamedTuple):
    gross: Decimal
    open_amount: Decimal
    net: Decimal
    tax: Decimal
    credited: Decimal


class InvoiceReader:
    """Reads rows by one header. ``strict``: every figure has a column of its own, as in the canonical workbook."""

    def __init__(self, columns: Collection[str], *, strict: bool) -> None:
        self._columns = frozenset(columns)
        self._strict = strict
        self._named = tuple(name for name in _MONEY if name in self._columns)
        self._split = bool(self._columns & {"debit", "credit"}) and "gross" not in self._columns
        self._zeros: dict[str, Money] = {}
        self._told = tuple(remark for remark in _REMARKS if remark[0] in self._columns)

    def currency(self, row: RowCells) -> str:
        """The currency of the row's amounts."""
        return row.currency("currency", amounts=self._named)

    def open_amount(self, row: RowCells) -> Money:
        """What is open on a row, even where the rest of it cannot be used."""
        currency = self.currency(row)
        return Money(self._figures(row, currency, self._status(row)).open_amount, currency)

    def read(self, row: RowCells, customer_no: str) -> Invoice | Payment:
        """The row as an invoice, or as a payment that waits for its invoices. Raises CellError."""
        currency = self.currency(row)
        status = self._status(row)
        figures = self._figures(row, currency, status)
        number = row.id("invoice_no")
        kind = self._kind(row, figures.gross)
        invoice_date, due_date = self._days(row, kind)
        if kind == "payment":
            return Payment(
                payment_no=number,
                customer_no=customer_no,
                value_date=invoice_date,
                amount=Money(-figures.gross, currency),
                unapplied=Money(-figures.open_amount, currency),
                reference_text=row.optional_text("po_no") or "",
                locator=row.locator,
            )
        gross = Money(figures.gross, currency)
        return Invoice(
            invoice_no=number,
            company_code=row.optional_id("company_code") or "",
            doc_type=kind,
            customer_no=customer_no,
            status=self._final_status(row, status, figures),
            invoice_date=invoice_date,
            due_date=due_date,
            service_from=row.optional_day("service_from") if "service_from" in self._columns else None,
            service_to=row.optional_day("service_to") if "service_to" in self._columns else None,
            po_no=row.optional_id("po_no"),
            contract_no=row.optional_id("contract_no"),
            net=gross if figures.net == figures.gross else Money(figures.net, currency),
            tax=self._money(figures.tax, currency),
            gross=gross,
            credited=self._money(figures.credited, currency),
            open_amount=gross if figures.open_amount == figures.gross else self._money(figures.open_amount, currency),
            locator=row.locator,
            **self._remarks(row),
        )

    def _remarks(self, row: RowCells) -> dict[str, Any]:
        """What is said of an invoice besides its figures. A remark that cannot be read costs a warning, not the row."""
        remarks: dict[str, Any] = {}
        for name, field, read in self._told:
            try:
                value = read(row, name)
            except CellError as error:
                row.warnings.append((name, error.reason))
                continue
            if value is not None:
                remarks[field] = value
        return remarks

    def _money(self, amount: Decimal, currency: str) -> Money:
        if amount:
            return Money(amount, currency)
        if currency not in self._zeros:
            self._zeros[currency] = zero(currency)
        return self._zeros[currency]

    def _figures(self, row: RowCells, currency: str, status: DocumentStatus | None) -> _Figures:
        found: dict[str, Decimal | None] = {name: row.optional_money(name, currency) for name in self._named}
        if self._strict:
            for name in ("gross", "open_amount", "net", "tax"):
                if found[name] is None:
                    raise CellError(name, "EMPTY")
        gross = self._gross(found)
        open_amount = self._open(row, found, gross, status)
        net, tax = _parts(found.get("net"), found.get("tax"), gross)
        credited = self._credited(found, gross, open_amount)
        if "sign" in self._columns and (factor := self._sign(row)) is not None:
            return _Figures(*(factor * abs(amount) for amount in (gross, open_amount, net, tax, credited)))
        return _Figures(gross, open_amount, net, tax, credited)

    def _gross(self, found: Mapping[str, Decimal | None]) -> Decimal:
        if self._split:
            debit, credit = found.get("debit"), found.get("credit")
            if debit is None and credit is None:
                raise CellError("debit" if "debit" in found else "credit", "EMPTY")
            return (debit or _NOTHING) - abs(credit or _NOTHING)
        if "gross" in found:
            if found["gross"] is None:
                raise CellError("gross", "EMPTY")
            return found["gross"]
        net, tax, left = found.get("net"), found.get("tax"), found.get("open_amount")
        if net is not None and tax is not None:
            return net + tax
        if left is None:
            raise CellError("open_amount", "EMPTY")
        return left

    def _open(
        self, row: RowCells, found: Mapping[str, Decimal | None], gross: Decimal, status: DocumentStatus | None
    ) -> Decimal:
        """Its own column, else what paid and credited leave, else nothing where it is settled, else all of it."""
        if (left := found.get("open_amount")) is not None:
            return left
        settled = status in _SETTLED or ("settled_on" in self._columns and row.value("settled_on") is not None)
        if settled:
            return _NOTHING
        if "open_amount" in found:
            raise CellError("open_amount", "EMPTY")
        if found.get("paid") is not None or found.get("credited") is not None:
            return gross - (found.get("paid") or _NOTHING) - (found.get("credited") or _NOTHING)
        if status is DocumentStatus.PARTLY_PAID:
            raise CellError("open_amount", "OPEN_AMOUNT_UNKNOWN")
        return gross

    def _credited(self, found: Mapping[str, Decimal | None], gross: Decimal, open_amount: Decimal) -> Decimal:
        """The ledger's own figure, else what is neither paid nor open; nothing where the list does not tell."""
        credited, paid = found.get("credited"), found.get("paid")
        if credited is not None:
            return credited
        if self._strict and paid is None:
            raise CellError("credited" if "credited" in found else "paid", "EMPTY")
        return gross - paid - open_amount if paid is not None else _NOTHING

    def _sign(self, row: RowCells) -> int | None:
        word = row.optional_text("sign")
        if word is None:
            return None
        sign = read_sign(word)
        if sign is None:
            raise CellError("sign", "UNKNOWN_SIGN", word)
        # A debit may be negative already (a reversal); a credit is negative however it is written.
        return -1 if sign < 0 else None

    def _status(self, row: RowCells) -> DocumentStatus | None:
        word = row.optional_text("status")
        if word is None:
            return None
        status = read_status(word)
        if status is None:
            if self._strict:
                raise CellError("status", "UNKNOWN_STATUS", word)
            row.warnings.append(("status", "UNKNOWN_STATUS"))
        return status

    def _final_status(self, row: RowCells, stated: DocumentStatus | None, figures: _Figures) -> DocumentStatus:
        """The amounts say how much is paid; the ledger's word says what amounts cannot."""
        if not figures.open_amount:
            derived = DocumentStatus.PAID
        else:
            derived = DocumentStatus.OPEN if figures.open_amount == figures.gross else DocumentStatus.PARTLY_PAID
        if stated is None or stated is derived:
            return derived
        if stated is DocumentStatus.PARTLY_PAID and figures.open_amount and "gross" not in self._named:
            return stated
        if stated in (DocumentStatus.OPEN, DocumentStatus.PAID, DocumentStatus.PARTLY_PAID):
            if (stated is DocumentStatus.PAID) != (derived is DocumentStatus.PAID):
                row.warnings.append(("status", "STATUS_CONTRADICTS_AMOUNT"))
            return derived
        return stated

    def _kind(self, row: RowCells, gross: Decimal) -> str:
        word = row.optional_text("doc_type")
        kind = read_type(word) if word else None
        if kind is None and word:
            row.warnings.append(("doc_type", "UNKNOWN_TYPE"))
        if gross < 0 and kind not in ("payment", "credit_note"):
            return "credit_note"
        return kind or "invoice"

    def _days(self, row: RowCells, kind: str) -> tuple[date, date]:
        invoice_date, due_date = row.optional_day("invoice_date"), row.optional_day("due_date")
        if invoice_date is None:
            if due_date is None or "invoice_date" in self._columns:
                raise CellError("invoice_date", "EMPTY")
            invoice_date = due_date
        if due_date is None:
            due_date = self._due(row, invoice_date)
            if due_date is None:
                if self._strict:
                    raise CellError("due_date", "EMPTY")
                if "due_date" in self._columns and kind == "invoice":
                    row.warnings.append(("due_date", "DUE_DATE_UNKNOWN"))
                due_date = invoice_date
        return invoice_date, due_date

    def _due(self, row: RowCells, invoice_date: date) -> date | None:
        words = row.optional_text("terms")
        found = _DAYS.fullmatch(words[:40]) if words else None
        return invoice_date + timedelta(days=int(found[1] or found[2])) if found else None


def invoice_key(company_code: Cell, number: Cell) -> Hashable:
    """Company code and number in the form that references are compared in: two alike cannot be told apart in a mail."""
    text = number.strip() if isinstance(number, str) else _whole(number)
    bare = text.replace("-", "")
    text = bare.upper() if bare.isalnum() and bare.isascii() else canonical_number(text) or text
    if not company_code:
        return text
    return company_code.strip() if isinstance(company_code, str) else _whole(company_code), text


def derive_customer(row: RowCells, *, customer_no: str, name: str, currency: str) -> Customer:
    """A customer of whom nothing is known but what an open item says."""
    country = row.optional_text("country") or ""
    return Customer(
        customer_no=customer_no,
        legal_name=name,
        status="active",
        tier="standard",
        country=country.upper() if len(country) == 2 and country.isalpha() else "",
        language="en",
        currency=currency,
        parent_no=None,
        email_domains=(),
        invoice_email=(row.optional_text("invoice_email") or "").lower() or None,
        account_owner=None,
        locator=row.locator,
    )


def _parts(net: Decimal | None, tax: Decimal | None, gross: Decimal) -> tuple[Decimal, Decimal]:
    if net is None and tax is None:
        return gross, _NOTHING
    if net is None:
        return gross - (tax or _NOTHING), tax or _NOTHING
    return net, gross - net if tax is None else tax


def _whole(value: Cell) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
