"""The fields of invoices and customers that can be changed on the demo ERP's pages, and what each accepts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from csr_bot.core.money import minor_units
from csr_bot.demo.erp.typed import amount_of

NOTHING: Final = "—"
"""How a page shows that a field is empty."""
NOTE: Final = "note"
CONTACT: Final = "contact:"

Kind = Literal["text", "flag", "day", "amount", "account"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its name in addresses and in the database, what pages call it, and the kind of value that it takes."""

    name: str
    label: str
    kind: Kind = "text"
    opening: str = ""


INVOICE_FIELDS: Final = (
    Field("dispute-flag", "Dispute flag", "flag", "no"),
    Field("dunning-block-until", "Dunning block until", "day"),
    Field("service-hold-until", "Service hold until", "day"),
    Field("po-number", "PO number"),
)
CUSTOMER_FIELDS: Final = (
    Field("legal-name", "Legal name"),
    Field("billing-address", "Billing address"),
    Field("tax-id", "Tax ID"),
    Field("invoice-email", "Invoice e-mail"),
    Field("phone", "Phone"),
    Field("delivery-method", "Delivery method", opening="email"),
    Field("po-required", "PO required", "flag", "no"),
    Field("default-po-number", "Default PO number"),
    Field("payment-terms", "Payment terms"),
    Field("dunning-block-until", "Dunning block until", "day"),
    Field("service-hold-until", "Service hold until", "day"),
    Field("credit-limit", "Credit limit", "amount"),
    Field("credit-limit-until", "Credit limit until", "day"),
    Field("credit-block", "Credit block", "flag", "no"),
    Field("refund-block", "Refund block", "flag", "no"),
    Field("kyc-block", "KYC block", "flag", "no"),
    Field("bank-account", "Bank account", "account"),
    Field("staged-bank-account", "Staged bank account", "account"),
)
_NOTE: Final = Field(NOTE, "Note")
_BY_TARGET: Final = {"invoice": INVOICE_FIELDS, "customer": CUSTOMER_FIELDS}


def find_field(target: str, name: str) -> Field | None:
    """The field of an ``invoice`` or a ``customer`` by its name in addresses; notes and contacts among them."""
    if name == NOTE:
        return _NOTE
    if target == "customer" and name.startswith(CONTACT) and "@" in name:
        return Field(name, f"Contact {name.removeprefix(CONTACT)}")
    return next((field for field in _BY_TARGET[target] if field.name == name), None)


def accept(field: Field, text: str, *, currency: str) -> str:
    """The value that a typed text stands for. ValueError, with a sentence, if the field does not take it."""
    value = " ".join(text.split())
    if not value:
        if field.kind == "flag":
            raise ValueError(f"{field.label}: choose yes or no.")
        return value
    if field.kind == "flag" and value not in ("yes", "no"):
        raise ValueError(f"{field.label}: {value} is neither yes nor no.")
    if field.kind == "day":
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise ValueError(f"{field.label}: {value} is not a date.") from None
    if field.kind == "amount":
        return amount_of(value, currency, label=field.label).text()
    return value


def show_value(field: Field, value: str, *, currency: str) -> str:
    """A value as pages show it: an account by its last four characters only."""
    if not value:
        return NOTHING
    if field.kind == "account":
        return f"****{value.replace(' ', '')[-4:]}"
    if field.kind == "amount":
        return f"{Decimal(value):,.{minor_units(currency)}f}"
    return value
