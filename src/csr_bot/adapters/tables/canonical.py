"""What the sheets of the canonical workbook hold beside invoices: columns, keys, and how a row becomes a fact."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Generic, TypeVar

from csr_bot.adapters.tables.cells import CellError, RowCells
from csr_bot.core.evidence import (
    Allocation,
    Contact,
    Contract,
    Customer,
    InvoiceLine,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.core.money import zero

_Fact = TypeVar("_Fact")

# Contractual default where the contract says nothing.
_DISPUTE_DAYS: Final = Decimal(60)
_AMOUNTS: Final = ("net", "tax", "amount", "unapplied", "quantity", "unit_price", "cap_qty", "tax_rate")
_DAYS: Final = (
    "value_date", "date", "start", "end", "cancelled_on", "valid_from", "valid_to", "period_from", "period_to",
    "service_from", "service_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet(Generic[_Fact]):
    """A sheet: ``required`` fields must have a column, ``others`` may; no two rows may share the fields of ``key``.

    An empty ``key`` means that rows may be alike.
    """

    name: str
    table: str
    required: Sequence[str]
    others: Sequence[str]
    read: Callable[[RowCells], _Fact]
    key: Sequence[str]

    @property
    def amounts(self) -> tuple[str, ...]:
        """Fields that hold numbers."""
        return tuple(name for name in (*self.required, *self.others) if name in _AMOUNTS)

    @property
    def days(self) -> tuple[str, ...]:
        """Fields that hold days."""
        return tuple(name for name in (*self.required, *self.others) if name in _DAYS)

    def key_of(self, cells: RowCells) -> Hashable:
        """The key of a row as it is written, before anything of it is read."""
        return tuple([_written(cells, name) for name in self.key])


def _written(cells: RowCells, name: str) -> object:
    index = cells.columns.get(name)
    value = "" if index is None else cells.cells[index]
    return value.strip() if isinstance(value, str) else value


def _read_line(cells: RowCells, currencies: Mapping[str, str]) -> InvoiceLine:
    invoice_no = cells.id("invoice_no")
    currency = _currency_of(invoice_no, "invoice_no", currencies)
    return InvoiceLine(
        invoice_no=invoice_no,
        line_no=cells.whole("line_no"),
        sku=cells.id("sku"),
        description=cells.optional_text("description") or "",
        quantity=cells.number("quantity"),
        unit=cells.optional_text("unit") or "",
        unit_price=cells.number("unit_price"),
        net=cells.money("net", currency),
        tax_rate=cells.optional_number("tax_rate", field="rate") or Decimal(0),
        tax=cells.money("tax", currency),
        service_from=cells.optional_day("service_from"),
        service_to=cells.optional_day("service_to"),
        locator=cells.locator,
    )


def _read_payment(cells: RowCells) -> Payment:
    currency = cells.currency("currency", amounts=("amount",))
    return Payment(
        payment_no=cells.id("payment_no"),
        customer_no=cells.optional_id("customer_no"),
        value_date=cells.day("value_date"),
        amount=cells.money("amount", currency),
        unapplied=cells.money("unapplied", currency) if "unapplied" in cells.columns else zero(currency),
        reference_text=cells.optional_text("reference_text") or "",
        locator=cells.locator,
    )


def _read_allocation(cells: RowCells, currencies: Mapping[str, str]) -> Allocation:
    invoice_no = cells.id("invoice_no")
    return Allocation(
        payment_no=cells.id("payment_no"),
        invoice_no=invoice_no,
        amount=cells.money("amount", _currency_of(invoice_no, "invoice_no", currencies)),
        allocated_on=cells.day("date"),
        locator=cells.locator,
    )


def _currency_of(number: str, name: str, currencies: Mapping[str, str]) -> str:
    if number not in currencies:
        raise CellError(name, "UNKNOWN_INVOICE")
    return currencies[number]


def _read_customer(cells: RowCells) -> Customer:
    domains = (cells.optional_text("email_domains") or "").lower().split(";")
    return Customer(
        customer_no=cells.id("customer_no"),
        legal_name=cells.text("legal_name"),
        status=cells.text("status").lower(),
        tier=(cells.optional_text("tier") or "standard").lower(),
        country=cells.optional_text("country") or "",
        language=(cells.optional_text("language") or "en").lower(),
        currency=cells.currency("currency", amounts=()),
        parent_no=cells.optional_id("parent_no"),
        email_domains=tuple(domain.strip() for domain in domains if domain.strip()),
        invoice_email=cells.optional_text("invoice_email"),
        account_owner=cells.optional_text("account_owner"),
        locator=cells.locator,
    )


def _read_contact(cells: RowCells) -> Contact:
    return Contact(
        customer_no=cells.id("customer_no"),
        name=cells.optional_text("name") or "",
        email=cells.text("email").lower(),
        role=(cells.optional_text("role") or "").lower(),
        active=cells.optional_yes("active") or False,
        locator=cells.locator,
    )


def _read_contract(cells: RowCells) -> Contract:
    return Contract(
        contract_no=cells.id("contract_no"),
        version=cells.whole("version"),
        customer_no=cells.id("customer_no"),
        start=cells.day("start"),
        end=cells.optional_day("end"),
        currency=cells.currency("currency", amounts=()),
        dispute_days=int(cells.optional_number("dispute_days") or _DISPUTE_DAYS),
        cancelled_on=cells.optional_day("cancelled_on"),
        locator=cells.locator,
    )


def _read_price_term(cells: RowCells) -> PriceTerm:
    return PriceTerm(
        contract_no=cells.id("contract_no"),
        sku=cells.id("sku"),
        unit_price=cells.number("unit_price"),
        cap_quantity=cells.optional_number("cap_qty"),
        waived=cells.optional_yes("waived") or False,
        valid_from=cells.day("valid_from"),
        valid_to=cells.optional_day("valid_to"),
        clause=cells.optional_text("clause") or "",
        locator=cells.locator,
    )


def _read_usage(cells: RowCells) -> Usage:
    return Usage(
        contract_no=cells.id("contract_no"),
        sku=cells.id("sku"),
        period_from=cells.day("period_from"),
        period_to=cells.day("period_to"),
        quantity=cells.number("quantity"),
        proof_ref=cells.optional_text("proof_ref") or "",
        locator=cells.locator,
    )


PAYMENTS: Final = Sheet(
    "Payments",
    "payments",
    ("payment_no", "value_date", "currency", "amount"),
    ("customer_no", "unapplied", "reference_text"),
    _read_payment,
    ("payment_no",),
)
CUSTOMERS: Final = Sheet(
    "Customers",
    "customers",
    ("customer_no", "legal_name", "status", "currency"),
    ("tier", "country", "language", "parent_no", "email_domains", "invoice_email", "account_owner"),
    _read_customer,
    ("customer_no",),
)
CONTACTS: Final = Sheet(
    "Contacts",
    "contacts",
    ("customer_no", "email", "active"),
    ("name", "role"),
    _read_contact,
    ("customer_no", "email"),
)
CONTRACTS: Final = Sheet(
    "Contracts",
    "contracts",
    ("contract_no", "version", "customer_no", "start", "currency"),
    ("end", "dispute_days", "cancelled_on"),
    _read_contract,
    ("contract_no", "version"),
)
PRICE_TERMS: Final = Sheet(
    "PriceTerms",
    "price_terms",
    ("contract_no", "sku", "unit_price", "valid_from"),
    ("cap_qty", "waived", "valid_to", "clause"),
    _read_price_term,
    (),
)
USAGE: Final = Sheet(
    "Usage",
    "usage",
    ("contract_no", "sku", "period_from", "period_to", "quantity"),
    ("proof_ref",),
    _read_usage,
    (),
)


def lines_sheet(currencies: Mapping[str, str]) -> Sheet[InvoiceLine]:
    """The sheet of invoice lines, given the currency of each invoice: lines name none of their own."""
    return Sheet(
        "InvoiceLines",
        "lines",
        ("invoice_no", "line_no", "sku", "quantity", "unit_price", "net", "tax"),
        ("description", "unit", "tax_rate", "service_from", "service_to"),
        lambda cells: _read_line(cells, currencies),
        ("invoice_no", "line_no"),
    )


def allocations_sheet(currencies: Mapping[str, str]) -> Sheet[Allocation]:
    """The sheet of allocations, given the currency of each invoice."""
    return Sheet(
        "Allocations",
        "allocations",
        ("payment_no", "invoice_no", "amount", "date"),
        (),
        lambda cells: _read_allocation(cells, currencies),
        (),
    )
