"""Money of a customer's that is left over: to be used for an invoice, to be paid back, or too little to keep.

Alone the bot only uses a credit for the oldest undisputed invoice, and writes off a small old rest. A refund is always
approved by people, after what is overdue has been set off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.account_checks import check_held_back, check_no_legal_words
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import (
    CREDITABLE,
    Finding,
    Result,
    check_currency,
    check_owner,
    check_period,
    check_snapshot,
    check_status,
)
from csr_bot.core.customer import is_owed, sum_open
from csr_bot.core.effects import PlannedEffect
from csr_bot.core.evidence import Invoice, Payment
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.parsing.bank_accounts import iban_length
from csr_bot.core.policy import Policy
from csr_bot.core.postings import (
    check_located,
    choose_payment,
    is_payer_known,
    plan_allocation,
    plan_refund,
    plan_write_off,
)
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.remittance import split_refund
from csr_bot.core.replies import say
from csr_bot.core.request import AmountRole, Category

SMALL_BALANCE: Final = Decimal("10.00")
SMALL_BALANCE_DAYS: Final = 30


class _Wish(StrEnum):
    """What the customer wants to be done with the money."""

    REFUND = "refund"
    OFFSET = "offset"
    MOVE = "move"
    WRITE_OFF = "write_off"


_WORDS: Final[Mapping[_Wish, re.Pattern[str]]] = {
    wish: re.compile(rf"\b(?:{words})", re.IGNORECASE)
    for wish, words in {
        _Wish.REFUND: (
            r"refund|reimburs|(?:pay|paid|send|sent|wire|transfer|return)\w* (?:it |the money |this |that )?(?:back|out)|"
            r"return (?:the|our|this) (?:money|amount|payment)|get (?:it|the money|our money) back|expect it back|"
            r"(?:rück)?erstatt|zurück(?:zahl|überweis|erstatt)|rücküberweis|auszahl|rembours|rembolso|reembols|devolu|"
            r"devolver|terugbeta|terugstort|restitu"
        ),
        _Wish.OFFSET: (
            r"off-?set|set (?:it )?off|net (?:it|this) (?:off )?against|use (?:it|this|the credit|that) (?:against|for)|"
            r"apply (?:it|this|the credit|that|the balance)|(?:against|for|with|to) (?:the|our|my) (?:next|oldest|open) |"
            r"verrechn|aufrechn|imput|compens|déduire|deducir|aplic\w+|verreken|"
            r"auf die nächste rechnung|sur la prochaine facture|en la próxima factura"
        ),
        _Wish.MOVE: (
            r"sister (?:company|firm)|another (?:customer|company|entity) |(?:move|transfer|rebook) (?:it|this|that|the payment) to|"
            r"umbuch|schwester(?:firma|gesellschaft)|société sœur|société soeur|empresa hermana|zuster"
        ),
        _Wish.WRITE_OFF: r"writ\w+ (?:it |this |that |the (?:rest|difference|balance) )?off|ausbuch|passer en perte|dar de baja|afboek",
    }.items()
}


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Offset alone where that is all that is asked for; draft a refund for people."""
    findings = [item for item in common_checks(facts, policy, required=IdentityLevel.L2) if item.check != "V03"]
    findings += [check_no_legal_words(facts), check_period(facts)]
    wishes = {wish for wish, words in _WORDS.items() if words.search(facts.words)}
    if not wishes:
        return _ask(facts, findings, "wish")
    if len(wishes) > 1:
        return _for_a_person(findings, "More than one thing may be wished for.", "WISH_NOT_CLEAR")
    (wish,) = wishes
    if wish is _Wish.MOVE:
        return _for_a_person(findings, "Money is to go to another customer's account.", "OTHER_CUSTOMERS_ACCOUNT")
    context = facts.context
    if context is None or not (context.open_items_complete and context.unapplied_complete):
        return _for_a_person(findings, "Not all that is open is known.", "ACCOUNT_INCOMPLETE")
    return _write_off(facts, findings) if wish is _Wish.WRITE_OFF else _use_payment(facts, policy, findings, wish)


UNAPPLIED_CASH_REFUND: Final = CategoryRules(
    category=Category.UNAPPLIED_CASH_REFUND,
    wants=frozenset({Want.CUSTOMER, Want.ERP_INVOICE}),
    resolve=resolve,
)


def _for_a_person(findings: list[Finding], rationale: str, *reasons: str) -> Proposal:
    return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=reasons)


def _ask(facts: Facts, findings: list[Finding], *questions: str) -> Proposal:
    effects = ask_customer(facts, questions)
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask what is to be done with the money.",
        effects=effects,
        questions=questions,
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _use_payment(facts: Facts, policy: Policy, findings: list[Finding], wish: _Wish) -> Proposal:
    payment = _payment(facts)
    findings.append(check_located(payment))
    if payment is None:
        return _for_a_person(findings, "Which payment is meant cannot be told.")
    return _offset(facts, findings, payment) if wish is _Wish.OFFSET else _refund(facts, policy, findings, payment)


def _payment(facts: Facts) -> Payment | None:
    """The payment with something left that is meant; where none is described, the only one there is."""
    assert facts.context is not None
    left = [item for item in facts.context.unapplied if item.unapplied.amount > 0]
    claims = [item for item in facts.request.amounts if not item.source.is_hint and item.value is not None]
    amounts = [
        Money(item.value, payment.amount.currency)
        for item in claims
        for payment in left
        if item.value is not None and item.currency in (None, payment.amount.currency)
    ]
    if not claims and len(left) == 1:
        return left[0]
    return choose_payment(left, text=facts.words, amounts=amounts, days=())


def _offset(facts: Facts, findings: list[Finding], payment: Payment) -> Proposal:
    """The credit against the oldest undisputed open invoice of the same currency, as the customer asked."""
    items = _undisputed(facts, payment.unapplied.currency)
    if not items:
        return _for_a_person(findings, "There is no undisputed open invoice to use it for.", "NOTHING_TO_OFFSET")
    oldest = items[0]
    named = {match.best.invoice_no for match in facts.matches if match.best}
    others = named - {oldest.invoice_no}
    amount = min(payment.unapplied, oldest.open_amount)
    rest = payment.unapplied - amount
    findings.append(_check_sum({oldest.invoice_no: amount}, payment, veto=False))
    effects = [_allocate(payment, {oldest.invoice_no: amount}, items, seq=1)]
    matters = [_allocation_matter(facts, payment, amount, exact=not others)]
    entry = facts.invoices.get(oldest.invoice_no)
    if entry is not None and _is_small_and_old(facts, entry, oldest.open_amount - amount):
        findings += _document_checks(facts, entry)
        effects.append(plan_write_off(oldest, oldest.open_amount - amount, seq=2))
        matters.append(_write_off_matter(oldest, oldest.open_amount - amount))
    findings.append(check_held_back(facts, effects))
    parts = [say("applied", invoice_no=oldest.invoice_no, amount=amount)]
    parts += [say("left_over", amount=rest)] if rest.amount else []
    values = {"amount": amount, "parts": parts}
    answers = plan_answers(facts, seq=len(effects) + 1, template="OFFSET_DONE", values=values)
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=f"Use {amount} of {payment.payment_no} for {oldest.invoice_no}; {rest} stays on the account.",
        effects=(*effects, *answers),
        matters=tuple(matters),
        calculation=({"payment_no": payment.payment_no, "invoice_no": oldest.invoice_no, "amount": amount.text()},),
        total=amount,
        reasons=(
            *(("OTHER_INVOICE_NAMED",) if others else ()),
            *(() if answers else ("NOBODY_TO_ANSWER",)),
        ),
    )


def _refund(facts: Facts, policy: Policy, findings: list[Finding], payment: Payment) -> Proposal:
    """Overdue items first, the rest to the account that it came from: a draft for people, whoever asks."""
    currency = payment.unapplied.currency
    wanted = _wanted(facts, payment)
    overdue = [item for item in _undisputed(facts, currency) if item.due_date < facts.now.date()]
    owed = sum((item.open_amount for item in overdue), start=zero(currency))
    findings += [_check_origin(facts, payment), _check_wanted(wanted, payment)]
    if wanted > payment.unapplied:
        return _for_a_person(findings, f"{wanted} is more than what is left of {payment.payment_no}.")
    offset, refund = split_refund(wanted, overdue=owed)
    parts = _spread(offset, overdue)
    effects: list[PlannedEffect] = []
    matters: list[Matter] = []
    if refund.amount:
        matters.append(_refund_matter(facts, policy, refund))
    if parts:
        effects.append(_allocate(payment, parts, overdue, seq=1))
        matters.append(_allocation_matter(facts, payment, offset, exact=True))
    if refund.amount:
        left = payment.unapplied - offset
        effects.append(plan_refund(payment, refund, left=left, customer_no=_customer_no(facts), seq=len(effects) + 1))
    findings += [_check_sum(parts, payment, refund=refund, veto=False), check_held_back(facts, effects)]
    return Proposal(
        outcome=Outcome.GRANTED if not offset.amount else Outcome.PARTIALLY_GRANTED,
        findings=tuple(findings),
        rationale=f"Of {wanted}, {offset} is set off against overdue items and {refund} is to be paid back "
        "to the account that it came from.",
        effects=tuple(effects),
        matters=tuple(matters),
        calculation=(
            {"what": "wanted", "amount": wanted.text()},
            {"what": "overdue", "amount": owed.text()},
            {"what": "offset", "amount": offset.text()},
            {"what": "refund", "amount": refund.text()},
        ),
        total=wanted,
    )


def _write_off(facts: Facts, findings: list[Finding]) -> Proposal:
    """A small old rest of one named invoice. Any other rest has no rule of ours."""
    entries = facts.matched()
    if len(entries) != 1:
        return _for_a_person(findings, "No invoice is meant beyond doubt.", "NO_INVOICE")
    (entry,) = entries
    invoice = entry.invoice
    findings += _document_checks(facts, entry)
    effect = plan_write_off(invoice, invoice.open_amount, seq=1)
    findings.append(check_held_back(facts, [effect]))
    small = _is_small_and_old(facts, entry, invoice.open_amount)
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=f"Write off {invoice.open_amount}, all that is open on {invoice.invoice_no}.",
        effects=(effect,),
        matters=(_write_off_matter(invoice, invoice.open_amount),),
        total=invoice.open_amount,
        reasons=() if small else ("NOT_A_SMALL_BALANCE",),
    )


def _document_checks(facts: Facts, entry: InvoiceFacts) -> list[Finding]:
    return [
        check_owner(facts, entry),
        check_status(entry, allowed=CREDITABLE),
        check_snapshot(facts, entry),
        check_currency(facts, entry),
    ]


def _wanted(facts: Facts, payment: Payment) -> Money:
    claim = facts.request.amount(AmountRole.CLAIMED_DELTA) or facts.request.amount(AmountRole.PAYMENT)
    if claim is None or claim.value is None or claim.currency not in (None, payment.amount.currency):
        return payment.unapplied
    return Money(claim.value, payment.amount.currency)


def _undisputed(facts: Facts, currency: str) -> list[Invoice]:
    """Open invoices of the customer that nobody disputes, the oldest first. Where nobody says so, that is not known."""
    assert facts.context is not None
    items = [
        item
        for item in facts.context.open_items
        if item.currency == currency and is_owed(item) and item.open_amount.amount > 0 and item.disputed is False
    ]
    return sorted(items, key=lambda item: (item.invoice_date, item.due_date, item.invoice_no))


def _spread(amount: Money, items: list[Invoice]) -> dict[str, Money]:
    parts: dict[str, Money] = {}
    for item in items:
        part = min(amount, item.open_amount)
        if part.amount > 0:
            parts[item.invoice_no] = part
            amount -= part
    return parts


def _allocate(payment: Payment, parts: Mapping[str, Money], items: list[Invoice], *, seq: int) -> PlannedEffect:
    invoices = {item.invoice_no: item for item in items}
    customer_no = next(iter(invoices.values())).customer_no
    return plan_allocation(payment, parts, invoices=invoices, customer_no=customer_no, seq=seq)


def _customer_no(facts: Facts) -> str:
    assert facts.customer is not None
    return facts.customer.customer_no


def _allocation_matter(facts: Facts, payment: Payment, amount: Money, *, exact: bool) -> Matter:
    about = {
        "payer_account_known": is_payer_known(facts, payment),
        "each_line_exact_or_within_tolerance": exact,
    }
    return Matter(MatterKind.CASH_ALLOCATION, amount, about=about)


def _write_off_matter(invoice: Invoice, amount: Money) -> Matter:
    return Matter(MatterKind.SMALL_BALANCE_WRITEOFF, amount, invoice.invoice_no)


def _refund_matter(facts: Facts, policy: Policy, amount: Money) -> Matter:
    """With what is overdue in all currencies. One without a rate counts as it stands: whether any is matters, not how
    much.
    """
    assert facts.context is not None
    totals = sum_open(facts.context.open_items, on=facts.now.date())
    overdue = sum(
        (
            total.overdue.amount * (facts.rate_to(policy.base_currency, currency) or Decimal(1))
            for currency, total in totals.items()
        ),
        start=Decimal(0),
    )
    return Matter(MatterKind.REFUND, amount, about={"customer.overdue_amount": overdue})


def _is_small_and_old(facts: Facts, entry: InvoiceFacts, rest: Money) -> bool:
    age = (facts.now.date() - entry.invoice.invoice_date).days
    return 0 < rest.amount <= SMALL_BALANCE and age > SMALL_BALANCE_DAYS


def _check_sum(parts: Mapping[str, Money], payment: Payment, *, veto: bool, refund: Money | None = None) -> Finding:
    """V20: what is allocated and paid back is all that is left of the payment."""
    total = sum(parts.values(), start=refund or zero(payment.unapplied.currency))
    return Finding(
        check="V20",
        subject=payment.payment_no,
        result=Result.PASS if total == payment.unapplied else Result.WARN,
        message="what is used against what is left of the payment",
        reason="ALLOCATION_DIFFERS",
        veto=veto,
        expected=str(payment.unapplied),
        actual=str(total),
    )


def _check_wanted(wanted: Money, payment: Payment) -> Finding:
    """V14: no more is asked for than is left."""
    return Finding(
        check="V14",
        subject=payment.payment_no,
        result=Result.PASS if zero(wanted.currency) < wanted <= payment.unapplied else Result.FAIL,
        message="the amount asked for against what is left of the payment",
        reason="MORE_THAN_LEFT",
        expected=f"up to {payment.unapplied}",
        actual=str(wanted),
    )


def _check_origin(facts: Facts, payment: Payment) -> Finding:
    """V21: money goes back to the account that it came from; a message that names an account wants something else."""
    named = any(iban_length(facts.words[place:]) for place, sign in enumerate(facts.words) if sign.isupper())
    known = payment.payer_account_last4 is not None
    return Finding(
        check="V21",
        subject=payment.payment_no,
        result=Result.FAIL if named else Result.PASS if known else Result.UNKNOWN,
        message="the message names an account" if named else "to the account that it came from",
        reason="OTHER_ACCOUNT_NAMED" if named else "ORIGIN_NOT_KNOWN",
        actual=f"****{payment.payer_account_last4}" if known else "n/a",
    )
