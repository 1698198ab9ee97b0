"""A draft letter of credit beside the order that it is to pay: a checklist for the trade finance analyst.

It compares and accepts nothing. Dates and tolerances are those of ``csr_bot.core.letters_of_credit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from csr_bot.core.legal_names import fold_name, is_same_name
from csr_bot.core.letters_of_credit import (
    NO_TOLERANCE,
    PRESENTATION_DAYS,
    IsBankingDay,
    Tolerance,
    amount_range,
    next_banking_day,
)
from csr_bot.core.money import Money


class Agreement(StrEnum):
    """What comparing one point gave."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """A letter of credit as drafted; None where the draft does not say."""

    amount: Money | None = None
    tolerance: Tolerance = NO_TOLERANCE
    applicant: str | None = None
    latest_shipment_on: date | None = None
    expires_on: date | None = None
    presentation_days: int | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What the order or contract needs. ``days_to_present`` are the days from shipment until we have the documents.

    ``documents`` are those that we can supply.
    """

    amount: Money
    customer_name: str
    ships_on: date | None = None
    days_to_present: int = PRESENTATION_DAYS
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One point of the comparison, in words on both sides."""

    point: str
    in_draft: str
    in_order: str
    agreement: Agreement


def compare_draft(draft: CreditDraft, order: OrderTerms, *, is_banking_day: IsBankingDay) -> tuple[ChecklistLine, ...]:
    """The checklist: currency, amount, applicant, shipment, expiry, presentation, documents, always in this order."""
    return (
        _line(
            "currency",
            draft.amount and draft.amount.currency,
            order.amount.currency,
            fits=None if draft.amount is None else draft.amount.currency == order.amount.currency,
        ),
        _line("amount", draft.amount, order.amount, fits=_amount_fits(draft, order)),
        _line(
            "applicant",
            draft.applicant,
            order.customer_name,
            fits=is_same_name(draft.applicant, order.customer_name) if draft.applicant else None,
        ),
        _line("latest shipment", draft.latest_shipment_on, order.ships_on, fits=_shipment_fits(draft, order)),
        _line("expiry", draft.expires_on, order.ships_on, fits=_expiry_fits(draft, order, is_banking_day)),
        _presentation(draft, order),
        _documents(draft, order),
    )


def _amount_fits(draft: CreditDraft, order: OrderTerms) -> bool | None:
    """The credit covers the order, and the order is not below what must be drawn."""
    if draft.amount is None or draft.amount.currency != order.amount.currency:
        return None
    least, most = amount_range(draft.amount, tolerance=draft.tolerance)
    return least <= order.amount <= most


def _shipment_fits(draft: CreditDraft, order: OrderTerms) -> bool | None:
    if draft.latest_shipment_on is None or order.ships_on is None:
        return None
    return order.ships_on <= draft.latest_shipment_on


def _expiry_fits(draft: CreditDraft, order: OrderTerms, is_banking_day: IsBankingDay) -> bool | None:
    """Whether the days that we take for the documents end before the credit does."""
    if draft.expires_on is None or order.ships_on is None:
        return None
    ready_on = next_banking_day(order.ships_on + timedelta(days=order.days_to_present), is_banking_day=is_banking_day)
    return ready_on <= next_banking_day(draft.expires_on, is_banking_day=is_banking_day)


def _presentation(draft: CreditDraft, order: OrderTerms) -> ChecklistLine:
    given = PRESENTATION_DAYS if draft.presentation_days is None else draft.presentation_days
    said = f"{given} days" + ("" if draft.presentation_days is not None else " (not stated)")
    return _line("presentation", said, f"{order.days_to_present} days", fits=order.days_to_present <= given)


def _documents(draft: CreditDraft, order: OrderTerms) -> ChecklistLine:
    supplied = {fold_name(document) for document in order.documents}
    fits = all(fold_name(document) in supplied for document in draft.documents) if draft.documents else None
    return _line(
        "documents",
        ", ".join(draft.documents) or None,
        ", ".join(order.documents) or None,
        fits=fits if supplied else None,
    )


def _line(point: str, in_draft: object, in_order: object, *, fits: bool | None) -> ChecklistLine:
    agreements = {None: Agreement.UNKNOWN, True: Agreement.AGREES, False: Agreement.DIFFERS}
    draft, order = ("n/a" if value is None else str(value) for value in (in_draft, in_order))
    return ChecklistLine(point, draft, order, agreements[fits])
