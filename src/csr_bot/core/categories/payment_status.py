"""Payment status: what the ledger and the ERP say of an invoice, never "you did not pay"."""

from __future__ import annotations

from typing import Final

from csr_bot.core.categories.answering import common_checks, plan_answers
from csr_bot.core.checks import READABLE, Finding, Result, check_owner, check_snapshot, check_status
from csr_bot.core.evidence import DocumentStatus
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Say for each invoice that it is settled, by which payment, or that it is open, and ask for proof."""
    findings = common_checks(facts, policy, required=IdentityLevel.L2)
    entries = facts.matched()
    sentences: list[dict[str, object]] = []
    for entry in entries:
        findings.append(check_owner(facts, entry))
        findings.append(check_status(entry, allowed=READABLE))
        findings.append(check_snapshot(facts, entry))
        finding, sentence = _look_up(entry)
        findings.append(finding)
        sentences.append(sentence)
    answers = plan_answers(facts, seq=1, template="PAYMENT_STATUS", values={"status": sentences})
    reasons = [] if entries else ["NO_INVOICE"]
    if not answers:
        reasons.append("NOBODY_TO_ANSWER")
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=_rationale(entries),
        effects=answers if entries else (),
        reasons=tuple(reasons),
    )


PAYMENT_STATUS: Final = CategoryRules(
    category=Category.PAYMENT_STATUS,
    wants=frozenset({Want.PAYMENTS, Want.ERP_INVOICE}),
    resolve=resolve,
)


def _rationale(entries: tuple[InvoiceFacts, ...]) -> str:
    found = (
        f"{entry.invoice.invoice_no} is {entry.invoice.status}, {entry.invoice.open_amount} open." for entry in entries
    )
    return " ".join(found) or "No invoice is meant beyond doubt."


def _look_up(entry: InvoiceFacts) -> tuple[Finding, dict[str, object]]:
    """V19: the payment that settled the invoice, or that there is none; anything in between is for a person."""
    invoice = entry.invoice
    if invoice.status is DocumentStatus.PAID and len(entry.payments) == 1:
        payment = entry.payments[0]
        finding = Finding(
            "V19",
            invoice.invoice_no,
            Result.PASS,
            f"settled by {payment.payment_no}",
            "PAYMENT_NOT_LOCATED",
            locators=(payment.locator, *(allocation.locator for allocation in entry.allocations)),
        )
        settled = next(iter(entry.allocations)).amount if len(entry.allocations) == 1 else invoice.gross
        sentence = say(
            "paid",
            invoice_no=invoice.invoice_no,
            amount=settled,
            value_date=payment.value_date,
            payment_no=payment.payment_no,
        )
        return finding, sentence
    untouched = invoice.status is DocumentStatus.OPEN and invoice.open_amount == invoice.gross and not entry.payments
    finding = Finding(
        check="V19",
        subject=invoice.invoice_no,
        result=Result.PASS if untouched else Result.UNKNOWN,
        message="no payment is booked on it" if untouched else "paid in part, or by several payments",
        reason="PAYMENT_NOT_CLEAR",
        locators=(invoice.locator,),
    )
    sentence = say("open", invoice_no=invoice.invoice_no, amount=invoice.open_amount, due_date=invoice.due_date)
    return finding, sentence
