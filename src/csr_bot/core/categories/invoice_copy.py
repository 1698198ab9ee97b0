"""Invoice copies: the ERP's own documents, sent to a contact on the customer master."""

from __future__ import annotations

from typing import Final

from csr_bot.core.categories.answering import common_checks, plan_answers
from csr_bot.core.checks import READABLE, Finding, Result, check_owner, check_snapshot, check_status
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.matching import Match, MatchDecision
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Send every invoice that is the customer's own; name the others as not found, whoever they belong to."""
    findings = [
        finding for finding in common_checks(facts, policy, required=IdentityLevel.L2) if finding.check != "V03"
    ]
    entries = facts.matched()
    findings += [_check_findable(match) for match in facts.matches]
    for entry in entries:
        findings.append(check_owner(facts, entry))
        findings.append(check_status(entry, allowed=READABLE))
        findings.append(check_snapshot(facts, entry))
        findings.append(_check_document(entry))
    reasons = []
    if not entries:
        reasons.append("NO_INVOICE")
    if len(facts.matches) > policy.limits.invoice_copies_per_request:
        reasons.append("TOO_MANY_COPIES")
    answers = plan_answers(
        facts,
        seq=1,
        template="INV_COPY",
        values={
            "not_found": _not_found(facts),
            "sent": [entry.invoice.invoice_no for entry in entries],
        },
        attachments=tuple(
            {"file_name": f"{entry.invoice.invoice_no}.pdf", "sha256": entry.document_sha256 or ""} for entry in entries
        ),
    )
    if not answers:
        reasons.append("NOBODY_TO_ANSWER")
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=f"Send {len(entries)} of {len(facts.matches)} invoice copies asked for.",
        effects=answers if entries else (),
        reasons=tuple(reasons),
    )


INVOICE_COPY: Final = CategoryRules(
    category=Category.INVOICE_COPY,
    wants=frozenset({Want.ERP_INVOICE, Want.ERP_DOCUMENT}),
    resolve=resolve,
)


def _check_findable(match: Match) -> Finding:
    """V03 for copies: a number that is on no account of the sender is an answer, an ambiguous one is not."""
    clear = match.decision is not MatchDecision.SUGGEST and match.reference is not None
    return Finding(
        check="V03",
        subject=match.reference.raw if match.reference else "request",
        result=Result.PASS if clear else Result.FAIL,
        message="; ".join(match.why) or "meant beyond doubt",
        reason="AMBIGUOUS_REF" if match.reference else "NO_INVOICE",
        actual=match.decision.value,
    )


def _check_document(entry: InvoiceFacts) -> Finding:
    """E14: the printed document names the number and the total of the ledger."""
    invoice = entry.invoice
    text = entry.document.text if entry.document else ""
    total = f"{invoice.gross.rounded().amount:,.2f}"
    right = invoice.invoice_no in text and total in text
    return Finding(
        check="E14",
        subject=invoice.invoice_no,
        result=Result.PASS if right else Result.FAIL if entry.document else Result.UNKNOWN,
        message="number and total on the printed document",
        reason="DOCUMENT_DIFFERS" if entry.document else "NO_DOCUMENT",
        expected=f"{invoice.invoice_no}, {total}",
        locators=(entry.document.url_path,) if entry.document else (),
    )


def _not_found(facts: Facts) -> object:
    numbers = [
        match.reference.raw for match in facts.matches if match.decision is MatchDecision.NONE and match.reference
    ]
    return say("not_found", numbers=numbers) if numbers else ""
