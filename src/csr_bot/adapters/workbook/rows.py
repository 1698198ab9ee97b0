"""What the sheets of the receivables workbook hold: their columns and keys, and how a row becomes a fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Generic, TypeVar

from csr_bot.adapters.workbook.cells import CellError, RowCells
from csr_bot.core.evidence import (
    Allocation,
    Contact,
    Contract,
    Customer,
    DocumentStatus,
    Invoice,
    InvoiceLine,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.core.money import Money, zero

_Fact = TypeVar("_Fact")

_INVOICE_AMOUNTS: Final = ("gross", "open_amount", "net", "tax")
_CREDIT_SIGNS: Final = frozenset({"h", "c", "k", "credit", "haben"})
_DEBIT_SIGNS: Final = frozenset({"s", "d", "debit", "soll"})
# Contractual default where the contract says nothing.
_DISPUTE_DAYS: Final = Decimal(60)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[_Fact]):
    """A sheet: ``required`` fields must have a column, ``others`` may; no two rows may share a ``key``."""

    name: str
    required: Sequence[str]
    others: Sequence[str]
    read: Callable[[RowCells], _Fact]
    key: Callable[[_Fact], Hashable]


def _read_invoice(cells: RowCells) -> Invoice:
    """An invoice. Its status follows from the amounts where the ledger has no such column; unknown words are errors."""
    currency = cells.currency("currency", amounts=_INVOICE_AMOUNTS)
    gross, open_amount = cells.money("gross", currency), cells.money("open_amount", currency)
    sign = _sign(cells)
    return Invoice(
        invoice_no=cells.id("invoice_no"),
        company_code=cells.optional_id("company_code") or "",
        doc_type=cells.optional_text("doc_type") or "invoice",
        customer_no=cells.id("customer_no"),
        status=_status(cells, gross=gross, open_amount=open_amount),
        invoice_date=cells.day("invoice_date"),
        due_date=cells.day("due_date"),
        service_from=cells.optional_day("service_from"),
        service_to=cells.optional_day("service_to"),
        po_no=cells.optional_id("po_no"),
        contract_no=cells.optional_id("contract_no"),
        net=cells.money("net", currency) * sign,
        tax=cells.money("tax", currency) * sign,
        gross=gross * sign,
        credited=_credited(cells, gross=gross, open_amount=open_amount) * sign,
        open_amount=open_amount * sign,
        locator=cells.locator,
    )


def read_open_amount(cells: RowCells) -> Money:
    """What is open on a row of the Invoices sheet, even where the rest of the row cannot be used."""
    return cells.money("open_amount", cells.currency("currency", amounts=_INVOICE_AMOUNTS)) * _sign(cells)


def _invoice_key(invoice: Invoice) -> Hashable:
    """Company code and number in the form that references are compared in: two alike cannot be told apart in a mail."""
    return invoice.company_code, re.sub(r"[^A-Z0-9]", "", invoice.invoice_no.upper())


def _sign(cells: RowCells) -> Decimal:
    word = (cells.optional_text("sign") or "debit").lower()
    if word not in _CREDIT_SIGNS | _DEBIT_SIGNS:
        raise CellError("sign", "UNKNOWN_SIGN")
    return Decimal(-1 if word in _CREDIT_SIGNS else 1)


def _status(cells: RowCells, *, gross: Money, open_amount: Money) -> DocumentStatus:
    word = cells.optional_text("status")
    if word is None:
        if not open_amount.amount:
            return DocumentStatus.PAID
        return DocumentStatus.OPEN if open_amount == gross else DocumentStatus.PARTLY_PAID
    try:
        return DocumentStatus("_".join(word.lower().split()))
    except ValueError:
        raise CellError("status", "UNKNOWN_STATUS") from None


def _credited(cells: RowCells, *, gross: Money, open_amount: Money) -> Money:
    """The ledger's own figure, else what is neither paid nor open. A ledger with neither column is not taken in."""
    if "credited" in cells.columns:
        return cells.money("credited", gross.currency)
    return gross - cells.money("paid", gross.currency) - open_amount


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
        tax_rate=cells.optional_number("tax_rate") or Decimal(0),
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
        active=cells.yes("active", default=False),
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
        waived=cells.yes("waived", default=False),
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


INVOICES: Final = Sheet(
    "Invoices",
    ("invoice_no", "customer_no", "invoice_date", "due_date", "net", "tax", "gross", "open_amount"),
    (
        "company_code", "doc_type", "customer_name", "service_from", "service_to", "po_no", "contract_no", "currency",
        "paid", "credited", "status", "sign",
    ),
    _read_invoice,
    _invoice_key,
)  # fmt: skip
PAYMENTS: Final = Sheet(
    "Payments",
    ("payment_no", "value_date", "currency", "amount"),
    ("customer_no", "unapplied", "reference_text"),
    _read_payment,
    lambda payment: payment.payment_no,
)
CUSTOMERS: Final = Sheet(
    "Customers",
    ("customer_no", "legal_name", "status", "currency"),
    ("tier", "country", "language", "parent_no", "email_domains", "invoice_email", "account_owner"),
    _read_customer,
    lambda customer: customer.customer_no,
)
CONTACTS: Final = Sheet(
    "Contacts",
    ("customer_no", "email", "active"),
    ("name", "role"),
    _read_contact,
    lambda contact: (contact.customer_no, contact.email),
)
CONTRACTS: Final = Sheet(
    "Contracts",
    ("contract_no", "version", "customer_no", "start", "currency"),
    ("end", "dispute_days", "cancelled_on"),
    _read_contract,
    lambda contract: (contract.contract_no, contract.version),
)
PRICE_TERMS: Final = Sheet(
    "PriceTerms",
    ("contract_no", "sku", "unit_price", "valid_from"),
    ("cap_qty", "waived", "valid_to", "clause"),
    _read_price_term,
    lambda term: term.locator,
)
USAGE: Final = Sheet(
    "Usage",
    ("contract_no", "sku", "period_from", "period_to", "quantity"),
    ("proof_ref",),
    _read_usage,
    lambda usage: usage.locator,
)


def lines_sheet(currencies: Mapping[str, str]) -> Sheet[InvoiceLine]:
    """The sheet of invoice lines, given the currency of each invoice: lines name none of their own."""
    return Sheet(
        "InvoiceLines",
        ("invoice_no", "line_no", "sku", "quantity", "unit_price", "net", "tax"),
        ("description", "unit", "tax_rate", "service_from", "service_to"),
        lambda cells: _read_line(cells, currencies),
        lambda line: (line.invoice_no, line.line_no),
    )


def allocations_sheet(currencies: Mapping[str, str]) -> Sheet[Allocation]:
    """The sheet of allocations, given the currency of each invoice."""
    return Sheet(
        "Allocations",
        ("payment_no", "invoice_no", "amount", "date"),
        (),
        lambda cells: _read_allocation(cells, currencies),
        lambda part: part.locator,
    )
