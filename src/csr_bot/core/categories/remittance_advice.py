"""Remittance advice: a payment is divided among invoices as the customer says, when that explains it to the cent.

Nothing is answered to an advice that fits. What does not add up, and money of or for somebody else, is for people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from csr_bot.core.account_checks import check_held_back
from csr_bot.core.categories.answering import ask_customer, common_checks
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
from csr_bot.core.evidence import Invoice, Payment
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.matching import Match
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import Policy
from csr_bot.core.postings import check_located, choose_payment, is_payer_known, plan_allocation
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.reconciliation import find_sums
from csr_bot.core.remittance import (
    AllocationPlan,
    DiscountTerms,
    OpenInvoice,
    RemittanceLine,
    Residual,
    is_earned,
)
from csr_bot.core.remittance import (
    plan_allocation as divide_payment,
)
from csr_bot.core.request import AmountRole, Category, ClaimedAmount

_TERMS: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:%\s*)?/\s*(\d+)\b")
_EXACT: Final = frozenset({Residual.NONE, Residual.EARNED_DISCOUNT, Residual.BANK_CHARGE})
_WITH_DISCOUNT: Final = 3


@dataclass(frozen=True, slots=True)
class _Advice:
    """The lines as read: net, and discount where it is told, by invoice. ``told`` is False where we worked them out."""

    lines: Mapping[str, tuple[Money, Money | None]]
    told: bool = True
    unclear: str | None = None


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Apply a located payment to the invoices that the advice names."""
    findings = [*common_checks(facts, policy, required=IdentityLevel.L1), check_period(facts)]
    claims = [item for item in facts.request.amounts if item.value is not None]
    if not claims and not facts.payments_found:
        return _ask(facts, findings)
    payment = _payment(facts, claims)
    findings.append(check_located(payment))
    if payment is None:
        return _for_a_person(findings, "The payment is not found, or it can be more than one.")
    if not payment.unapplied.amount:
        return _for_a_person(findings, f"{payment.payment_no} is applied already.", "ALREADY_APPLIED")
    entries = {entry.invoice.invoice_no: entry for entry in facts.matched()}
    advice = _read_lines(facts, entries, payment)
    if advice.unclear:
        return _for_a_person(findings, "Which amount is for which invoice cannot be told.", advice.unclear)
    return _apply(facts, findings, payment, advice, entries)


REMITTANCE_ADVICE: Final = CategoryRules(
    category=Category.REMITTANCE_ADVICE,
    wants=frozenset({Want.CUSTOMER, Want.BANK_PAYMENT, Want.ERP_INVOICE}),
    resolve=resolve,
)


def _for_a_person(findings: list[Finding], rationale: str, *reasons: str) -> Proposal:
    return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=reasons)


def _ask(facts: Facts, findings: list[Finding]) -> Proposal:
    questions = ("payment_reference", "amount", "value_date")
    effects = ask_customer(facts, questions)
    return Proposal(
        Outcome.NO_ACTION,
        tuple(item for item in findings if item.check != "V03"),
        "Ask which payment the advice is for.",
        effects=effects,
        questions=questions,
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _payment(facts: Facts, claims: Sequence[ClaimedAmount]) -> Payment | None:
    """The payment that is announced: by its reference, else by the stated amount, or by the sum of what is stated."""
    currencies = {payment.amount.currency for payment in facts.payments_found}
    days = [day.value for day in facts.request.dates if not day.source.is_hint]
    amounts = []
    for currency in currencies:
        told = [item for item in claims if item.currency in (None, currency)]
        lines = [item.value for item in told if item.role is not AmountRole.PAYMENT]
        values = [*(item.value for item in told), sum((value for value in lines if value), start=Decimal(0))]
        amounts += [Money(value, currency) for value in values if value]
    return choose_payment(facts.payments_found, text=facts.words, amounts=amounts, days=days)


def _read_lines(facts: Facts, entries: Mapping[str, InvoiceFacts], payment: Payment) -> _Advice:
    """Each invoice with the amounts that follow it up to the next one; else what the payment can only be for."""
    paid = {payment.amount.amount, payment.unapplied.amount}
    named = [match for match in facts.matches if match.reference is not None and match.certain is not None]
    groups = [(match, _amounts_after(facts, match, named)) for match in named]
    if not any(group for _, group in groups):
        return _without_amounts(facts, entries, payment)
    lines: dict[str, tuple[Money, Money | None]] = {}
    for match, group in groups:
        line = _read_line([item for item in group if item.value is not None], paid, payment.amount.currency)
        number = match.certain.invoice_no if match.certain else ""
        if line is None or lines.get(number, line) != line:
            return _Advice({}, unclear="LINE_NOT_CLEAR")
        lines[number] = line
    return _Advice(lines)


def _amounts_after(facts: Facts, match: Match, named: Sequence[Match]) -> list[ClaimedAmount]:
    reference = match.reference
    assert reference is not None
    starts = [
        other.reference.span[0] for other in named if other.reference and other.reference.source is reference.source
    ]
    following = min((start for start in starts if start > reference.span[0]), default=None)
    return [
        item
        for item in facts.request.amounts
        if item.source is reference.source
        and item.span[0] >= reference.span[1]
        and (following is None or item.span[0] < following)
    ]


def _read_line(group: Sequence[ClaimedAmount], paid: set[Decimal], currency: str) -> tuple[Money, Money | None] | None:
    """Net, or gross with discount and net. The total of the payment may stand behind the last line."""
    values = [item.value for item in group if item.value is not None]
    if len(values) > 1 and values[-1] in paid and group[-1].role is AmountRole.PAYMENT:
        values.pop()
    if any(item.currency not in (None, currency) for item in group):
        return None
    if len(values) == 1:
        return Money(values[0], currency), None
    if len(values) == _WITH_DISCOUNT and values[0] - values[1] == values[2]:
        return Money(values[2], currency), Money(values[1], currency)
    return None


def _without_amounts(facts: Facts, entries: Mapping[str, InvoiceFacts], payment: Payment) -> _Advice:
    """No amount stands at an invoice: one invoice takes it all, several if their open amounts are the payment; where
    none is named, the only set of open invoices that adds up to it, which is a suggestion.
    """
    left, currency = payment.unapplied, payment.unapplied.currency
    opens = {number: entry.invoice.open_amount for number, entry in entries.items()}
    if len(opens) == 1:
        return _Advice(dict.fromkeys(opens, (left, None)))
    if opens:
        same = all(amount.currency == currency for amount in opens.values())
        if same and sum(opens.values(), start=zero(currency)) == left:
            return _Advice({number: (amount, None) for number, amount in opens.items()})
        return _Advice({}, unclear="LINE_NOT_CLEAR")
    context = facts.context
    if context is None or not context.open_items_complete:
        return _Advice({}, unclear="ACCOUNT_INCOMPLETE")
    items = {item.invoice_no: item.open_amount for item in context.open_items}
    only = find_sums(items, payment=left).only
    if only is None:
        return _Advice({}, unclear="LINE_NOT_CLEAR")
    return _Advice({number: (items[number], None) for number in only}, told=False)


def _apply(
    facts: Facts,
    findings: list[Finding],
    payment: Payment,
    advice: _Advice,
    entries: Mapping[str, InvoiceFacts],
) -> Proposal:
    known = {item.invoice_no: item for item in facts.context.open_items} if facts.context else {}
    invoices = {number: entries[number].invoice if number in entries else known[number] for number in advice.lines}
    for entry in entries.values():
        findings += [check_owner(facts, entry), check_snapshot(facts, entry), check_currency(facts, entry)]
        if advice.lines.get(entry.invoice.invoice_no, (zero("USD"), None))[0].amount:
            findings.append(check_status(entry, allowed=CREDITABLE))
    if any(invoice.currency != payment.amount.currency for invoice in invoices.values()):
        return _for_a_person(findings, "Payment and invoices are in different currencies.", "CURRENCY_DIFFERS")
    opened = {number: _as_open(invoice) for number, invoice in invoices.items()}
    lines = [_line(opened[number], *told, payment=payment) for number, told in advice.lines.items()]
    plan = divide_payment(lines, payment=payment.unapplied, invoices=opened, value_on=payment.value_date)
    findings += _check_plan(plan, payment)
    parts = {line.document: line.applied for line in plan.lines if line.applied.amount}
    if not parts:
        return _for_a_person(findings, "Nothing would be applied.", "NOTHING_TO_APPLY")
    customer_no = payment.customer_no or (facts.customer.customer_no if facts.customer else "")
    effect = plan_allocation(payment, parts, invoices=invoices, customer_no=customer_no, seq=1)
    findings.append(check_held_back(facts, [effect]))
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=f"Apply {payment.unapplied} of {payment.payment_no} to {len(parts)} invoices.",
        effects=(effect,),
        matters=(_matter(facts, payment, plan, invoices, told=advice.told),),
        calculation=tuple(
            {
                "invoice_no": line.document,
                "applied": line.applied.text(),
                "rest": line.rest.text(),
                "residual": line.residual.value,
            }
            for line in plan.lines
        ),
        total=payment.unapplied,
    )


def _matter(
    facts: Facts, payment: Payment, plan: AllocationPlan, invoices: Mapping[str, Invoice], *, told: bool
) -> Matter:
    """The allocation; money of one customer for invoices of another is a matter of its own kind."""
    owners = {invoice.customer_no for invoice in invoices.values()}
    payers = {payment.customer_no} if payment.customer_no else set()
    crosses = len(owners | payers) > 1
    about = {
        "payer_account_known": is_payer_known(facts, payment),
        "each_line_exact_or_within_tolerance": told and all(line.residual in _EXACT for line in plan.lines),
    }
    kind = MatterKind.CASH_REALLOCATION_OTHER_CUSTOMER if crosses else MatterKind.CASH_ALLOCATION
    return Matter(kind, payment.unapplied, about=about)


def _as_open(invoice: Invoice) -> OpenInvoice:
    found = _TERMS.match(invoice.terms or "")
    terms = DiscountTerms(Decimal(found[1]), int(found[2])) if found else None
    return OpenInvoice(invoice.invoice_no, invoice.gross, invoice.open_amount, invoice.invoice_date, terms)


def _line(invoice: OpenInvoice, net: Money, discount: Money | None, *, payment: Payment) -> RemittanceLine:
    """The line as told. A rest that is exactly the discount of the terms is one, also where nobody calls it so."""
    nothing = zero(net.currency)
    rest = invoice.open_amount - net
    if discount is None:
        discount = (
            rest if rest.amount > 0 and is_earned(rest, invoice=invoice, value_on=payment.value_date) else nothing
        )
    return RemittanceLine(invoice.document, net + discount, discount, nothing, net)


def _check_plan(plan: AllocationPlan, payment: Payment) -> list[Finding]:
    """V20: the lines sum to what is left of the payment, each within what is open, with every rest explained."""
    applied = sum((line.applied for line in plan.lines), start=zero(payment.unapplied.currency))
    passed = Finding(
        check="V20",
        subject=payment.payment_no,
        result=Result.PASS,
        message="the lines explain the payment to the cent",
        reason="ALLOCATION_DIFFERS",
        expected=str(payment.unapplied),
        actual=str(applied),
    )
    return [
        Finding(
            check="V20",
            subject=payment.payment_no,
            result=Result.FAIL,
            message=problem.value.replace("_", " "),
            reason=f"REMITTANCE_{problem.upper()}",
            expected=str(payment.unapplied),
            actual=str(applied),
        )
        for problem in plan.problems
    ] or [passed]
