"""Payment status: what the ledger and the ERP say of an invoice, never "you did not pay"."""

from __future__ import annotations

from typing import Final

from csr_bot.core.categories.answering import common_checks, language_of, plan_answers
from csr_bot.core.checks import READABLE, Finding, Result, check_owner, check_snapshot, check_status
from csr_bot.core.evidence import DocumentStatus
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import phrase
from csr_bot.core.request import Category


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Say for each invoice that it is settled, by which payment, or that it is open, and ask for proof."""
    findings = common_checks(facts, policy, required=IdentityLevel.L2)
    entries = facts.matched()
    sentences: list[str] = []
    for entry in entries:
        findings.append(check_owner(facts, entry))
        findings.append(check_status(entry, allowed=READABLE))
        findings.append(check_snapshot(facts, entry))
        finding, sentence = _look_up(facts, entry)
        findings.append(finding)
        sentences.append(sentence)
    values = {"status": "\n".join(sentences), "subject": facts.subject}
    answers = plan_answers(facts, seq=1, template="PAYMENT_STATUS", values=values)
    reasons = [] if entries else ["NO_INVOICE"]
    if not answers:
        reasons.append("NOBODY_TO_ANSWER")
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=" ".join(sentences) or "No invoice is meant beyond doubt.",
        effects=answers if entries else (),
        reasons=tuple(reasons),
    )


PAYMENT_STATUS: Final = CategoryRules(
    category=Category.PAYMENT_STATUS,
    wants=frozenset({Want.PAYMENTS, Want.ERP_INVOICE}),
    resolve=resolve,
)


def _look_up(facts: Facts, entry: InvoiceFacts) -> tuple[Finding, str]:
    """V19: the payment that settled the invoice, or that there is none; anything in between is for a person."""
    invoice = entry.invoice
    language = language_of(facts)
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
        sentence = phrase(
            "paid",
            language,
            invoice_no=invoice.invoice_no,
            amount=str(settled),
            value_date=payment.value_date.isoformat(),
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
    sentence = phrase(
        "open",
        language,
        invoice_no=invoice.invoice_no,
        amount=str(invoice.open_amount),
        due_date=invoice.due_date.isoformat(),
    )
    return finding, sentence
