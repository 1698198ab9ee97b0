"""Remittances: how a payment divides among the invoices that it names, and what explains what is left of each.

Documents are matched elsewhere; amounts arrive here with the invoices that they belong to. A payment is applied without
a person only when all of it is explained to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.money import Money, zero

DISCOUNT_GRACE_DAYS: Final = 3
BANK_CHARGE: Final = Decimal("25.00")
ROUNDING: Final = Decimal("0.02")


class Residual(StrEnum):
    """What explains the part of an invoice that a line leaves open."""

    NONE = "none"
    EARNED_DISCOUNT = "earned_discount"
    BANK_CHARGE = "bank_charge"
    DEDUCTION = "deduction"
    UNEXPLAINED = "unexplained"


class RemittanceProblem(StrEnum):
    """Why a payment goes to a person."""

    NO_LINES = "no_lines"
    TOTAL_DIFFERS = "total_differs"
    LINE_DOES_NOT_ADD_UP = "line_does_not_add_up"
    DOCUMENT_TWICE = "document_twice"
    DOCUMENT_NOT_OPEN = "document_not_open"
    MORE_THAN_OPEN = "more_than_open"
    UNEXPLAINED_REST = "unexplained_rest"
    BANK_CHARGES_TOO_HIGH = "bank_charges_too_high"


@dataclass(frozen=True, slots=True)
class DiscountTerms:
    """So many percent off when paid within so many days of the invoice date (``2/10`` is 2 and 10)."""

    percent: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class RemittanceLine:
    """One line as the customer wrote it: gross - discount - deduction = net, all in the currency of the payment."""

    document: str
    gross: Money
    discount: Money
    deduction: Money
    net: Money
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice as it is open before the payment."""

    document: str
    gross: Money
    open_amount: Money
    invoice_on: date
    terms: DiscountTerms | None = None


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """What of a payment goes to a document, what stays open of it, and why."""

    document: str
    applied: Money
    rest: Money
    residual: Residual
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    """How a payment would be applied. With ``problems`` it is a proposal to people."""

    lines: tuple[AllocationLine, ...]
    problems: tuple[RemittanceProblem, ...]


def is_earned(taken: Money, *, invoice: OpenInvoice, value_on: date) -> bool:
    """Whether a discount is what the terms allow, paid within their days and three of grace (to 0.02 for rounding)."""
    terms = invoice.terms
    if terms is None or value_on > invoice.invoice_on + timedelta(days=terms.days + DISCOUNT_GRACE_DAYS):
        return False
    return taken.is_close((invoice.gross * (terms.percent / 100)).rounded(), tolerance=ROUNDING)


def plan_allocation(
    lines: Sequence[RemittanceLine], *, payment: Money, invoices: Mapping[str, OpenInvoice], value_on: date
) -> AllocationPlan:
    """How ``payment`` (what of it is not applied yet) divides among ``invoices`` (by document) as the lines say.

    A deduction with a reason leaves that part open for a dispute; a short line without one is a bank charge up to 25.00
    for the whole payment. Lines of nothing are kept and change nothing. Raises CurrencyMismatchError.
    """
    allocated = tuple(
        _allocate(line, invoices[line.document], value_on=value_on) for line in lines if line.document in invoices
    )
    nothing = zero(payment.currency)
    charges = sum((line.rest for line in allocated if line.residual is Residual.BANK_CHARGE), start=nothing)
    tests = (
        (not lines, RemittanceProblem.NO_LINES),
        (sum((line.net for line in lines), start=nothing) != payment, RemittanceProblem.TOTAL_DIFFERS),
        (not all(map(_adds_up, lines)), RemittanceProblem.LINE_DOES_NOT_ADD_UP),
        (len({line.document for line in lines}) < len(lines), RemittanceProblem.DOCUMENT_TWICE),
        (any(line.document not in invoices for line in lines), RemittanceProblem.DOCUMENT_NOT_OPEN),
        (any(map(_exceeds, allocated)), RemittanceProblem.MORE_THAN_OPEN),
        (any(line.residual is Residual.UNEXPLAINED for line in allocated), RemittanceProblem.UNEXPLAINED_REST),
        (charges.amount > BANK_CHARGE, RemittanceProblem.BANK_CHARGES_TOO_HIGH),
    )
    return AllocationPlan(allocated, tuple(problem for found, problem in tests if found))


def split_refund(wanted: Money, *, overdue: Money) -> tuple[Money, Money]:
    """What of a refund is set off against overdue items first, and what remains to be paid out."""
    offset = max(min(wanted, overdue), zero(wanted.currency))
    return offset, wanted - offset


def _allocate(line: RemittanceLine, invoice: OpenInvoice, *, value_on: date) -> AllocationLine:
    rest = invoice.open_amount - line.net
    residual = _explain(line, invoice, rest, value_on=value_on)
    return AllocationLine(line.document, line.net, rest, residual, line.reason)


def _explain(line: RemittanceLine, invoice: OpenInvoice, rest: Money, *, value_on: date) -> Residual:
    """One cause for the whole rest, or the deduction that the customer gave a reason for, or none."""
    if rest.amount == 0:
        return Residual.NONE
    discount_is_earned = line.discount.amount > 0 and is_earned(line.discount, invoice=invoice, value_on=value_on)
    if line.deduction.amount > 0:
        explained = line.discount + line.deduction == rest and (line.discount.amount == 0 or discount_is_earned)
        return Residual.DEDUCTION if explained and line.reason else Residual.UNEXPLAINED
    if line.discount.amount > 0:
        return Residual.EARNED_DISCOUNT if discount_is_earned and line.discount == rest else Residual.UNEXPLAINED
    is_charge = 0 < rest.amount <= BANK_CHARGE and line.net.amount > 0
    return Residual.BANK_CHARGE if is_charge else Residual.UNEXPLAINED


def _exceeds(line: AllocationLine) -> bool:
    """More is taken than there was: the rest has the other sign, for a credit as for an invoice."""
    before = line.applied + line.rest
    return bool(line.rest.amount) and line.rest.amount * before.amount <= 0


def _adds_up(line: RemittanceLine) -> bool:
    nothing = zero(line.net.currency)
    return line.gross - line.discount - line.deduction == line.net and nothing <= min(line.discount, line.deduction)
