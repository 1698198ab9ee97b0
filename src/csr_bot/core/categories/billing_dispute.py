"""Billing disputes: a price, a quantity or a whole invoice is said to be wrong.

The bot computes its own delta and compares it with the claim. It credits what contract or usage support; it never
denies: a claim that the records do not support goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from csr_bot.core.categories.answering import common_checks, plan_answers, show
from csr_bot.core.checks import (
    CREDITABLE,
    Finding,
    Result,
    check_amount,
    check_corroboration,
    check_currency,
    check_dispute_window,
    check_no_duplicate_case,
    check_no_earlier_credit,
    check_owner,
    check_period,
    check_snapshot,
    check_status,
    check_sum,
    keep_firm,
)
from csr_bot.core.crediting import credit_line, credit_matter, plan_credit_note
from csr_bot.core.effects import RISK, PlannedEffect, RiskClass
from csr_bot.core.evidence import Invoice
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.instruction import Instruction
from csr_bot.core.matching import Candidate, Match, MatchDecision
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.recompute import (
    CalcLine,
    Recomputation,
    find_original,
    recompute_price,
    recompute_quantity,
    whole_invoice,
)
from csr_bot.core.replies import say
from csr_bot.core.request import AmountRole, Category, DisputeReason

_RECOMPUTED: Final = frozenset({DisputeReason.PRICE, DisputeReason.QUANTITY, DisputeReason.DUPLICATE})
_AMOUNT_IS_CREDIT: Final = frozenset({DisputeReason.PRICE, DisputeReason.QUANTITY})


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Check the claim against contract, usage and ERP, and propose the credit that they support."""
    findings = common_checks(facts, policy, required=IdentityLevel.L2)
    entries = facts.matched()
    if facts.reason not in _RECOMPUTED:
        return _for_a_person(findings, f"{facts.reason} cannot be recomputed", "REASON_NEEDS_PERSON")
    if not entries:
        return _for_a_person(findings, "No invoice is meant beyond doubt.", "NO_INVOICE")
    entry, original, calculation = _calculate(facts, entries, policy)
    findings += _document_checks(facts, entry, policy)
    findings.append(calculation.finding)
    line_nos = {line.line_no for line in calculation.lines}
    findings.append(check_no_earlier_credit(facts, entry, line_nos=line_nos))
    if not calculation.lines:
        return _for_a_person(findings, "Our records do not show the claimed error.")
    amount = calculation.total(entry.invoice.currency)
    meant = next(
        match for match in facts.matches if match.certain and match.certain.invoice_no == entry.invoice.invoice_no
    )
    findings.append(check_amount(facts, entry, amount))
    findings.append(_check_claim(facts, entry, calculation, policy))
    findings.append(_check_corroborated(facts, entry, meant, amount, original, policy))
    return _credited(facts, findings, entry, calculation.lines, amount, original)


def grant(facts: Facts, policy: Policy, instruction: Instruction) -> Proposal:
    """Credit what a reviewer says: the lines of the instruction, or what the bot has computed where it has none."""
    drafted = resolve(facts, policy)
    if not instruction.lines:
        reasons = _unanswered(drafted.effects) if drafted.effects else ("NOT_GRANTABLE",)
        told = replace(drafted, findings=keep_firm(drafted.findings), reasons=reasons)
        return replace(told, outcome=_grade(facts, drafted.findings, drafted.total))
    findings = keep_firm(common_checks(facts, policy, required=IdentityLevel.L2))
    entries = facts.matched()
    if len(entries) != 1:
        return _for_a_person(list(findings), "A credit is for one invoice.", "NO_INVOICE")
    entry = entries[0]
    lines = {line.line_no: line for line in entry.lines}
    if any(told.line_no not in lines or told.net.currency != entry.invoice.currency for told in instruction.lines):
        return _for_a_person(list(findings), "A line or its currency is not the invoice's.", "NOT_GRANTABLE")
    credited = tuple(credit_line(lines[told.line_no], told.net, by=instruction.by) for told in instruction.lines)
    amount = sum((line.net + line.tax for line in credited), start=zero(entry.invoice.currency))
    firm = [
        *findings,
        *_document_checks(facts, entry, policy),
        check_no_earlier_credit(facts, entry, line_nos={line.line_no for line in credited}),
        check_amount(facts, entry, amount),
    ]
    proposal = _credited(facts, firm, entry, credited, amount, None)
    return replace(proposal, outcome=_grade(facts, drafted.findings, amount))


def _grade(facts: Facts, findings: Sequence[Finding], amount: Money | None) -> Outcome:
    """Whether a person's credit is all that was claimed: the stated difference, or else what the bot computed."""
    claim = facts.request.amount(AmountRole.CLAIMED_DELTA)
    if amount is not None and claim is not None and claim.value is not None:
        return Outcome.GRANTED if amount.amount >= claim.value else Outcome.PARTIALLY_GRANTED
    mismatch = any(finding.reason == "CLAIM_MISMATCH" and finding.stops for finding in findings)
    return Outcome.PARTIALLY_GRANTED if mismatch else Outcome.GRANTED


def _credited(
    facts: Facts,
    findings: Sequence[Finding],
    entry: InvoiceFacts,
    lines: tuple[CalcLine, ...],
    amount: Money,
    original: Invoice | None,
) -> Proposal:
    effects = _effects(facts, entry, lines, amount, original)
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=_rationale(entry, lines, amount, original),
        effects=effects,
        matters=(credit_matter(facts, entry, amount),),
        calculation=tuple(line.as_json() for line in lines),
        total=amount,
        reasons=_unanswered(effects),
    )


def _unanswered(effects: tuple[PlannedEffect, ...]) -> tuple[str, ...]:
    """A credit without an answer to its customer is for a person."""
    told = any(RISK[effect.type] is RiskClass.COMMUNICATION for effect in effects)
    return () if told else ("NOBODY_TO_ANSWER",)


BILLING_DISPUTE: Final = CategoryRules(
    category=Category.BILLING_DISPUTE,
    wants=frozenset({Want.PAYMENTS, Want.CONTRACT, Want.USAGE, Want.ERP_INVOICE, Want.CUSTOMER}),
    resolve=resolve,
    grant=grant,
)


def _for_a_person(findings: list[Finding], rationale: str, *reasons: str) -> Proposal:
    return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=reasons)


def _calculate(
    facts: Facts, entries: tuple[InvoiceFacts, ...], policy: Policy
) -> tuple[InvoiceFacts, Invoice | None, Recomputation]:
    """The disputed invoice, the original where it is a duplicate, and what to credit."""
    if facts.reason is DisputeReason.DUPLICATE:
        # Of two invoices that bill the same, the later one is the mistake.
        ranked = sorted(entries, key=lambda item: (item.invoice.invoice_date, item.invoice.invoice_no))
        if len(ranked) > 2:
            return ranked[-1], None, _several_invoices()
        named = ranked[-2] if len(ranked) > 1 else None
        original, finding = find_original(ranked[-1], named=named)
        lines = whole_invoice(ranked[-1], original) if original else ()
        return ranked[-1], original, Recomputation(lines, finding)
    recompute = recompute_price if facts.reason is DisputeReason.PRICE else recompute_quantity
    calculation = recompute(entries[0], tolerance=policy.tolerances.rounding_abs)
    if len(entries) == 1:
        return entries[0], None, calculation
    return entries[0], None, _several_invoices()


def _several_invoices() -> Recomputation:
    """One credit note is for one invoice: which of several is wrong, and by how much, is for a person to say."""
    return Recomputation((), Finding("V03", "request", Result.FAIL, "several invoices are named", "SEVERAL_INVOICES"))


def _document_checks(facts: Facts, entry: InvoiceFacts, policy: Policy) -> list[Finding]:
    return [
        check_owner(facts, entry),
        check_status(entry, allowed=CREDITABLE),
        check_snapshot(facts, entry),
        check_currency(facts, entry),
        check_sum(entry, tolerance=policy.tolerances.rounding_abs),
        check_no_duplicate_case(facts),
        check_dispute_window(facts, entry),
        check_period(facts),
    ]


def _check_claim(facts: Facts, entry: InvoiceFacts, calculation: Recomputation, policy: Policy) -> Finding:
    """The customer's figures against ours: the stated right value or difference must be the one that we computed."""
    expected = calculation.total(entry.invoice.currency)
    correct = facts.request.amount(AmountRole.CORRECT_VALUE)
    delta = facts.request.amount(AmountRole.CLAIMED_DELTA)
    total = facts.request.amount(AmountRole.INVOICE_TOTAL)
    stated: list[str] = []
    agrees: list[bool] = []
    if delta is not None and delta.value is not None:
        net = sum((line.net.amount for line in calculation.lines), start=Decimal(0))
        stated.append(f"difference {delta.value:f}")
        agrees.append(min(abs(delta.value - net), abs(delta.value - expected.amount)) <= policy.tolerances.rounding_abs)
    if correct is not None and correct.value is not None and facts.reason in _AMOUNT_IS_CREDIT:
        stated.append(f"right value {correct.value:f}")
        agrees.append(len(calculation.lines) == 1 and correct.value == calculation.lines[0].agreed)
    if facts.reason is DisputeReason.DUPLICATE:
        # The claim is that the invoice is wrong as a whole: naming it, or its total, says how much.
        stated.append(f"total {total.value:f}" if total and total.value is not None else "the whole invoice")
        agrees.append(total is None or total.value in {entry.invoice.gross.amount, entry.invoice.net.amount})
    return Finding(
        check="V14",
        subject=f"{entry.invoice.invoice_no} claim",
        result=Result.UNKNOWN if not stated else Result.PASS if all(agrees) else Result.FAIL,
        message="the customer's figures against the recomputation",
        reason="CLAIM_MISMATCH" if stated else "CLAIM_AMOUNT_MISSING",
        expected=str(expected),
        actual=", ".join(stated) or "no figure",
    )


def _check_corroborated(
    facts: Facts, entry: InvoiceFacts, meant: Match, amount: Money, original: Invoice | None, policy: Policy
) -> Finding:
    """V03 for money: enough signals that this is the invoice, or a person's word, with which people approve."""
    assert meant.best is not None  # it is certain
    if meant.decision is MatchDecision.CHOSEN:
        subject = f"{entry.invoice.invoice_no} corroboration"
        return Finding("V03", subject, Result.PASS, "; ".join(meant.why), "NOT_CORROBORATED")
    return check_corroboration(
        meant.best,
        _signals(facts, entry, meant.best, amount, original),
        needed=policy.matching.money_corroborators,
        full_ref=policy.matching.ref,
    )


def _signals(
    facts: Facts, entry: InvoiceFacts, candidate: Candidate, amount: Money, original: Invoice | None
) -> set[str]:
    """Independent signals that this is the invoice meant, beyond those that matching has found."""
    signals = set(candidate.agree)
    values = {claim.value for claim in facts.request.amounts if claim.value is not None}
    if any(_names_one_line(facts, entry, value) for value in values):
        signals.add("line_values")
    delta = facts.request.amount(AmountRole.CLAIMED_DELTA)
    if delta is not None and delta.value == amount.amount:
        signals.add("delta_amount")
    named = {match.best.invoice_no for match in facts.matches if match.best}
    if original is not None and original.invoice_no in named:
        signals.add("original_named")
    return signals


def _names_one_line(facts: Facts, entry: InvoiceFacts, value: Decimal) -> bool:
    """Whether a stated rate, quantity or line amount fits one line of this invoice and no line of another open one."""
    here = [line for line in entry.lines if value in (line.unit_price, line.quantity, line.net.amount)]
    elsewhere = [
        line
        for line in facts.open_lines
        if line.invoice_no != entry.invoice.invoice_no and value in (line.unit_price, line.quantity, line.net.amount)
    ]
    return len(here) == 1 and not elsewhere


def _effects(
    facts: Facts, entry: InvoiceFacts, lines: tuple[CalcLine, ...], amount: Money, original: Invoice | None
) -> tuple[PlannedEffect, ...]:
    invoice = entry.invoice
    credit = plan_credit_note(entry, lines, amount, seq=1, reason=str(facts.reason))
    answers = plan_answers(
        facts,
        seq=2,
        template="CN_GRANTED",
        values={
            "amount": amount,
            "due_date": invoice.due_date,
            "findings": _findings(facts, lines, original),
            "invoice_no": invoice.invoice_no,
            "new_open": invoice.open_amount - amount,
            "old_open": invoice.open_amount,
        },
    )
    return (credit, *answers)


def _findings(facts: Facts, lines: tuple[CalcLine, ...], original: Invoice | None) -> list[dict[str, object]]:
    if original is not None:
        return [say("duplicate", original=original.invoice_no)]
    name = "price" if facts.reason is DisputeReason.PRICE else "quantity"
    return [
        say(name, line=str(line.line_no), billed=line.billed, agreed=line.agreed, clause=line.clause) for line in lines
    ]


def _rationale(entry: InvoiceFacts, lines: tuple[CalcLine, ...], amount: Money, original: Invoice | None) -> str:
    number = entry.invoice.invoice_no
    if original is not None:
        return f"{number} bills the same supply as {original.invoice_no}; credit it in full, {amount}."
    parts = "; ".join(
        f"line {line.line_no}: {line.what} {show(line.billed)} billed, {show(line.agreed)} by {line.clause}"
        for line in lines
    )
    return f"{number}, {parts}. Credit {amount}."
