"""Money that is moved on the books: allocations, refunds, write-offs and plans as effects, and payments to move.

Whether anything is to be moved is for the categories; how it is entered, for the performers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from csr_bot.core.checks import Finding, Result
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.evidence import Invoice, Payment
from csr_bot.core.facts import Facts
from csr_bot.core.legal_names import is_same_name
from csr_bot.core.money import Money
from csr_bot.core.parsing.references import canonical_number
from csr_bot.core.payment_plans import Instalment

VALUE_DATE_REACH: Final = timedelta(days=5)
_SHORTEST_REFERENCE: Final = 6


def is_named(payment: Payment, text: str) -> bool:
    """Whether a text says the number of a payment or its bank reference."""
    said = canonical_number(text)
    names = (canonical_number(name) for name in (payment.payment_no, payment.bank_ref or ""))
    return any(len(name) >= _SHORTEST_REFERENCE and name in said for name in names)


def choose_payment(
    payments: Sequence[Payment], *, text: str, amounts: Sequence[Money], days: Sequence[date]
) -> Payment | None:
    """The one payment that is meant: by number or bank reference, else by amount and value date; None if several."""
    named = [payment for payment in payments if is_named(payment, text)]
    if named or not amounts:
        return named[0] if len(named) == 1 else None
    fitting = [
        payment
        for payment in payments
        if (payment.amount in amounts or payment.unapplied in amounts)
        and (not days or any(abs(payment.value_date - day) <= VALUE_DATE_REACH for day in days))
    ]
    return fitting[0] if len(fitting) == 1 else None


def check_located(payment: Payment | None) -> Finding:
    """V19: the payment is found, and it is the only one that it can be."""
    return Finding(
        check="V19",
        subject=payment.payment_no if payment else "payment",
        result=Result.PASS if payment else Result.FAIL,
        message=f"{payment.amount} of {payment.value_date}" if payment else "no payment, or more than one, fits",
        reason="PAYMENT_NOT_LOCATED",
        locators=(payment.locator,) if payment else (),
    )


def is_payer_known(facts: Facts, payment: Payment) -> bool:
    """Whether a payment is booked on the customer and came from an account in the customer's own name."""
    customer = facts.customer
    return (
        customer is not None
        and payment.customer_no == customer.customer_no
        and payment.payer_account_last4 is not None
        and is_same_name(payment.payer_name or "", customer.legal_name)
    )


def plan_allocation(
    payment: Payment, parts: Mapping[str, Money], *, invoices: Mapping[str, Invoice], customer_no: str, seq: int
) -> PlannedEffect:
    """What is left of a payment, or a part of it, against invoices (by number, with the amount for each)."""
    amount = _total(list(parts.values()))
    return PlannedEffect(
        seq=seq,
        type=EffectType.APPLY_PAYMENT,
        target=payment.payment_no,
        params={
            "amount": amount.text(),
            "currency": amount.currency,
            "customer_no": customer_no,
            "invoices": [{"invoice_no": number, "amount": part.text()} for number, part in parts.items()],
            "payment_no": payment.payment_no,
        },
        precondition={
            payment.payment_no: payment.unapplied.text(),
            **{number: invoices[number].open_amount.text() for number in parts},
        },
    )


def plan_refund(payment: Payment, amount: Money, *, left: Money, customer_no: str, seq: int) -> PlannedEffect:
    """A refund to be proposed to treasury; ``left`` is what must be left of the payment then."""
    return PlannedEffect(
        seq=seq,
        type=EffectType.REQUEST_REFUND,
        target=payment.payment_no,
        params={
            "amount": amount.text(),
            "currency": amount.currency,
            "customer_no": customer_no,
            "payment_no": payment.payment_no,
            "reason": "overpayment, to the originating account only",
        },
        precondition={payment.payment_no: left.text()},
    )


def plan_write_off(invoice: Invoice, amount: Money, *, seq: int) -> PlannedEffect:
    """The small rest of an invoice written off; it must be all that is open then."""
    return PlannedEffect(
        seq=seq,
        type=EffectType.WRITE_OFF_SMALL,
        target=invoice.invoice_no,
        params={
            "amount": amount.text(),
            "currency": amount.currency,
            "customer_no": invoice.customer_no,
            "invoice_no": invoice.invoice_no,
            "reason": "small balance",
        },
        precondition={invoice.invoice_no: amount.text()},
    )


def plan_instalments(
    invoices: Sequence[Invoice], instalments: Sequence[Instalment], *, customer_no: str, seq: int
) -> PlannedEffect:
    """A payment plan for all that is open on some invoices."""
    amount = _total([item.amount for item in instalments])
    return PlannedEffect(
        seq=seq,
        type=EffectType.CREATE_PAYMENT_PLAN,
        target=customer_no,
        params={
            "amount": amount.text(),
            "currency": amount.currency,
            "customer_no": customer_no,
            "instalments": [{"due_on": item.due_on.isoformat(), "amount": item.amount.text()} for item in instalments],
            "invoices": [{"invoice_no": item.invoice_no, "amount": item.open_amount.text()} for item in invoices],
        },
        precondition={item.invoice_no: item.open_amount.text() for item in invoices},
    )


def _total(amounts: Sequence[Money]) -> Money:
    return sum(amounts[1:], start=amounts[0])
