"""Checks V01 to V29: named tests of the facts, each with a result, what was expected, what was found, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.evidence import DocumentStatus, ErpInvoice, Invoice
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.matching import Candidate, Match, MatchDecision
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero

SNAPSHOT_LIFE: Final = timedelta(hours=24)
CREDITABLE: Final = frozenset({DocumentStatus.OPEN, DocumentStatus.PARTLY_PAID})
READABLE: Final = frozenset(DocumentStatus) - {DocumentStatus.DRAFT, DocumentStatus.CANCELLED}


class Result(StrEnum):
    """Outcome of a check; UNKNOWN where the data to tell is missing."""

    PASS = "PASS"  # noqa: S105 - a check's result
    WARN = "WARN"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check on one subject. ``reason`` is the code that a person sees where it stops automation."""

    check: str
    subject: str
    result: Result
    message: str
    reason: str
    veto: bool = True
    expected: str | None = None
    actual: str | None = None
    locators: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether this finding forbids the bot to go on alone."""
        return self.veto and self.result in (Result.FAIL, Result.UNKNOWN)


FIRM: Final = frozenset({"V02", "V04", "V05", "V06", "V07", "V13", "V14", "V16", "V18", "V20", "V21", "V22", "V27"})
"""Checks that nobody may override: they are about whose money it is, not about who is right."""
_ARGUABLE: Final = frozenset({"TOO_MANY_ANSWERS", "CLAIM_MISMATCH", "CLAIM_AMOUNT_MISSING"})


def keep_firm(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings for a decision of a person, with those only noted that a person may judge otherwise."""
    return tuple(
        finding if finding.check in FIRM and finding.reason not in _ARGUABLE else replace(finding, veto=False)
        for finding in findings
    )


def check_identity(facts: Facts, *, required: IdentityLevel) -> Finding:
    """V01: the sender is known well enough for what is asked."""
    level = facts.sender.level
    return Finding(
        check="V01",
        subject="sender",
        result=Result.PASS if level >= required else Result.FAIL,
        message=facts.sender.reason,
        reason="IDENTITY_TOO_LOW",
        expected=required.name,
        actual=level.name,
    )


def check_customer(facts: Facts) -> Finding:
    """V02: exactly one active customer."""
    customer = facts.customer
    if customer is None:
        numbers = ", ".join(sorted(facts.sender.customer_nos)) or "none"
        return Finding("V02", "customer", Result.FAIL, f"customers found: {numbers}", "CUSTOMER_NOT_RESOLVED")
    active = customer.status == "active"
    return Finding(
        check="V02",
        subject="customer",
        result=Result.PASS if active else Result.FAIL,
        message=f"{customer.customer_no} {customer.legal_name} is {customer.status}",
        reason="CUSTOMER_NOT_ACTIVE",
        expected="active",
        actual=customer.status,
        locators=(customer.locator,),
    )


def check_match(match: Match) -> Finding:
    """V03: the document that is meant is beyond doubt."""
    subject = match.reference.raw if match.reference else "request"
    score = f"{match.best.score} points for {match.best.invoice_no}" if match.best else "no candidate"
    ambiguous = match.decision is MatchDecision.SUGGEST
    return Finding(
        check="V03",
        subject=subject,
        result=Result.PASS if match.certain else Result.FAIL,
        message="; ".join((score, *match.why)),
        reason="AMBIGUOUS_REF" if ambiguous else "NO_MATCH",
        expected="auto",
        actual=match.decision.value,
    )


def check_owner(facts: Facts, entry: InvoiceFacts) -> Finding:
    """V04: the document belongs to the customer who writes or his declared group, in the ledger and on the ERP page."""
    owners = {entry.invoice.customer_no} | ({entry.screen.customer_no} if entry.screen else set())
    wanted = facts.customer.customer_no if facts.customer else "no customer"
    allowed = {wanted} | facts.sender.group_nos
    belongs = len(owners) == 1 and owners <= allowed
    return Finding(
        check="V04",
        subject=entry.invoice.invoice_no,
        result=Result.PASS if belongs else Result.FAIL,
        message="the document is the sender's, or of his declared group"
        if belongs
        else "the document is another customer's",
        reason="WRONG_CUSTOMER",
        expected=wanted,
        actual=", ".join(sorted(owners)),
        locators=(entry.invoice.locator,),
    )


def check_status(entry: InvoiceFacts, *, allowed: frozenset[DocumentStatus]) -> Finding:
    """V05: the document's state allows what is planned."""
    status = entry.invoice.status
    return Finding(
        check="V05",
        subject=entry.invoice.invoice_no,
        result=Result.PASS if status in allowed else Result.FAIL,
        message=f"the document is {status.value}",
        reason="DOCUMENT_STATUS",
        expected=" or ".join(sorted(item.value for item in allowed)),
        actual=status.value,
        locators=(entry.invoice.locator,),
    )


def check_snapshot(facts: Facts, entry: InvoiceFacts) -> Finding:
    """V06: the ledger snapshot is at most 24 hours old and the ERP page shows the same document."""
    number = entry.invoice.invoice_no
    generated_at = facts.snapshot_generated_at
    if not is_fresh(facts):
        age = "unknown" if generated_at is None else f"{generated_at:%Y-%m-%d %H:%M}Z"
        return Finding("V06", number, Result.FAIL, f"the ledger snapshot is of {age}", "SNAPSHOT_TOO_OLD")
    if entry.screen is None:
        problem = entry.screen_problem or "the ERP page was not read"
        return Finding("V06", number, Result.UNKNOWN, problem, "ERP_NOT_READ")
    differences = screen_differences(entry.invoice, entry.screen)
    return Finding(
        check="V06",
        subject=number,
        result=Result.FAIL if differences else Result.PASS,
        message="ledger and ERP differ" if differences else "ledger and ERP agree",
        reason="STALE_SNAPSHOT",
        expected="; ".join(f"{name} {ledger}" for name, ledger, _ in differences) or None,
        actual="; ".join(f"{name} {screen}" for name, _, screen in differences) or None,
        locators=(entry.invoice.locator, entry.screen.url_path),
    )


def is_fresh(facts: Facts) -> bool:
    """Whether the ledger snapshot is near enough to now. One from the future has a wrong clock and says nothing."""
    generated_at = facts.snapshot_generated_at
    return generated_at is not None and abs(facts.now - generated_at) <= SNAPSHOT_LIFE


def screen_differences(invoice: Invoice, screen: ErpInvoice) -> list[tuple[str, str, str]]:
    """Field, ledger value and ERP value for each of total, open amount, status and due date that differ."""
    pairs = [
        ("total", str(invoice.gross), str(screen.gross)),
        ("open amount", str(invoice.open_amount), str(screen.open_amount)),
        ("status", invoice.status.value, screen.status.value),
        ("due date", invoice.due_date.isoformat(), screen.due_date.isoformat()),
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def check_currency(facts: Facts, entry: InvoiceFacts) -> Finding:
    """V07: one currency across message, document and contract."""
    wanted = entry.invoice.currency
    found = {claim.currency for claim in facts.request.amounts if claim.currency is not None}
    if entry.contract is not None:
        found.add(entry.contract.currency)
    return Finding(
        check="V07",
        subject=entry.invoice.invoice_no,
        result=Result.PASS if found <= {wanted} else Result.FAIL,
        message="currencies of message, document and contract",
        reason="CURRENCY_DIFFERS",
        expected=wanted,
        actual=", ".join(sorted(found)) or wanted,
    )


def check_sum(entry: InvoiceFacts, *, tolerance: Decimal) -> Finding:
    """V08: lines and tax add up to the total."""
    invoice = entry.invoice
    total = sum((line.net + line.tax for line in entry.lines), start=zero(invoice.currency))
    agrees = bool(entry.lines) and total.is_close(invoice.gross, tolerance=tolerance)
    return Finding(
        check="V08",
        subject=invoice.invoice_no,
        result=Result.PASS if agrees else Result.FAIL if entry.lines else Result.UNKNOWN,
        message="sum of the lines with tax against the total",
        reason="LINES_DO_NOT_ADD_UP",
        expected=str(invoice.gross),
        actual=str(total),
        locators=tuple(line.locator for line in entry.lines),
    )


def check_no_earlier_credit(facts: Facts, entry: InvoiceFacts, *, line_nos: Collection[int]) -> Finding:
    """V13: nothing was credited on these lines before, and on the invoice nothing by anybody but us.

    A second credit on a line would be computed from what was billed, as if the first had never been. Which lines a
    credit of somebody else falls on is not known.
    """
    invoice = entry.invoice
    credits_of_ours = list(facts.credits_on(invoice.invoice_no))
    ours = [f"{credit.case_no} {credit.amount}" for credit in credits_of_ours if credit.line_nos & set(line_nos)]
    posted = sum((credit.amount for credit in credits_of_ours if credit.posted), start=zero(invoice.currency))
    credited = [f"ledger {invoice.credited}"] if posted < invoice.credited else []
    return Finding(
        check="V13",
        subject=invoice.invoice_no,
        result=Result.FAIL if ours or credited else Result.PASS,
        message="earlier credits on the same lines, or by somebody else",
        reason="EARLIER_CREDIT",
        expected="none",
        actual="; ".join(ours + credited) or "none",
        locators=(invoice.locator,),
    )


def check_amount(facts: Facts, entry: InvoiceFacts, amount: Money) -> Finding:
    """V14: the credit is above zero and within what is still open on the invoice and not promised by another case."""
    invoice = entry.invoice
    promised = (credit.amount for credit in facts.credits_on(invoice.invoice_no) if not credit.posted)
    limit = min(invoice.gross - invoice.credited, invoice.open_amount) - sum(promised, start=zero(invoice.currency))
    fits = zero(amount.currency) < amount <= limit
    return Finding(
        check="V14",
        subject=invoice.invoice_no,
        result=Result.PASS if fits else Result.FAIL,
        message="the credit against what is left of the invoice",
        reason="CREDIT_ABOVE_OPEN" if amount.amount > 0 else "NOTHING_TO_CREDIT",
        expected=f"above zero, up to {limit}",
        actual=str(amount),
    )


def check_dispute_window(facts: Facts, entry: InvoiceFacts) -> Finding:
    """V15: inside the contract's window for disputes, from the invoice date. A note for people, never a veto."""
    days = entry.contract.dispute_days if entry.contract else 60
    age = (facts.now.date() - entry.invoice.invoice_date).days
    return Finding(
        check="V15",
        subject=entry.invoice.invoice_no,
        result=Result.PASS if age <= days else Result.WARN,
        message=f"disputed {age} days after the invoice date",
        reason="DISPUTED_LATE",
        veto=False,
        expected=f"at most {days} days",
        actual=f"{age} days",
    )


def check_period(facts: Facts) -> Finding:
    """V18: today can be posted on. Where the ledger tells of no closed period, none is known."""
    closed, today = facts.closed_until, facts.now.date()
    return Finding(
        check="V18",
        subject=today.isoformat(),
        result=Result.PASS if closed is None or today > closed else Result.FAIL,
        message="no closed period is known" if closed is None else f"closed until {closed}",
        reason="PERIOD_CLOSED",
    )


def check_fraud(facts: Facts) -> Finding:
    """V22: nothing about the sender points to fraud."""
    signs = facts.sender.fraud_signs
    return Finding(
        check="V22",
        subject="sender",
        result=Result.FAIL if signs else Result.PASS,
        message="; ".join(signs) or "no sign of fraud",
        reason="FRAUD_SIGN",
    )


def check_answers(facts: Facts, *, limit: int) -> Finding:
    """V22: the address was not answered too often today, which is how two machines that answer each other look."""
    return Finding(
        check="V22",
        subject="answers",
        result=Result.PASS if facts.answers_24h < limit else Result.FAIL,
        message="automatic answers to the sender within a day",
        reason="TOO_MANY_ANSWERS",
        expected=f"fewer than {limit}",
        actual=str(facts.answers_24h),
    )


def check_attachments(facts: Facts) -> Finding:
    """V28: what came with the message is what it says it is, and holds nothing that acts or hides."""
    flags = facts.attachment_flags
    return Finding(
        check="V28",
        subject="attachments",
        result=Result.FAIL if flags else Result.PASS,
        message="; ".join(flags) or "no attachment is unsafe",
        reason="UNSAFE_ATTACHMENT",
    )


def check_no_duplicate_case(facts: Facts) -> Finding:
    """V29: no other open case asks for the same."""
    other = facts.open_duplicate
    return Finding(
        check="V29",
        subject=facts.case_no,
        result=Result.FAIL if other else Result.PASS,
        message=f"{other} asks for the same" if other else "no open case asks for the same",
        reason="DUPLICATE_CASE",
    )


def check_corroboration(candidate: Candidate, signals: Iterable[str], *, needed: int, full_ref: Decimal) -> Finding:
    """Enough independent signals for money: one an exact reference or PO, and nothing that contradicts."""
    agreeing = sorted(set(signals))
    exact = candidate.parts.get("ref") == full_ref or "po" in agreeing
    enough = len(agreeing) >= needed and exact and not candidate.contradict
    return Finding(
        check="V03",
        subject=f"{candidate.invoice_no} corroboration",
        result=Result.PASS if enough else Result.FAIL,
        message=f"contradicting: {', '.join(candidate.contradict) or 'nothing'}",
        reason="NOT_CORROBORATED",
        expected=f"{needed} independent signals, one an exact number",
        actual=", ".join(agreeing) or "none",
    )
