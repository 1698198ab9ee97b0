"""Letters of credit: what our register says of one is told; everything with legal effect is for people.

For them the bot counts the days and lays the credit beside the invoice that it is to pay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from csr_bot.core.account_checks import check_held_back, check_scope, today_of
from csr_bot.core.calendar import public_holidays
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import Finding, Result
from csr_bot.core.credit_drafts import Agreement, CreditDraft, OrderTerms, compare_draft
from csr_bot.core.evidence import LetterOfCredit
from csr_bot.core.facts import Facts
from csr_bot.core.kyc import DataScope
from csr_bot.core.letters_of_credit import Tolerance, find_alerts, last_presentation
from csr_bot.core.message import IdentityLevel
from csr_bot.core.parsing.references import canonical_number
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category

# Words of what changes, claims or gives up something: never answered by the bot.
_LEGAL_EFFECT: Final = re.compile(
    r"\b(?:amend|waive|discrepan|refus|reject|accept|draft|issu(?:e|ance)\b|confirm(?:ing|ation) of the credit|extend|extension|"
    r"cancel|mt ?7\d\d|documents? (?:required|were)|can your side|provide|änder|unstimmigkeit|entwurf|verlänger|"
    r"ablehn|annehm|irrégularit|modifi|prolong|projet|réserve|enmienda|modific|prórrog|borrador|wijzig|afwijking|concept|verleng)",
    re.IGNORECASE,
)
_SATURDAY: Final = 5


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Tell what the register says of one credit, where only that is asked."""
    findings = [item for item in common_checks(facts, policy, required=IdentityLevel.L2) if item.check != "V03"]
    credits_held = facts.context.letters_of_credit if facts.context else ()
    said = canonical_number(facts.words)
    named = [item for item in credits_held if canonical_number(item.lc_no) in said]
    meant = named or list(credits_held)
    today = today_of(facts, policy)
    for item in meant:
        findings += [*_find_deadlines(facts, item, today), *_compare(facts, item)]
    if _LEGAL_EFFECT.search(facts.words):
        return _for_a_person(findings, "It may have legal effect: for the trade finance analyst.", "LC_LEGAL_EFFECT")
    if not credits_held:
        return _for_a_person(findings, "No letter of credit of the customer is on our register.", "LC_NOT_FOUND")
    if len(meant) != 1:
        return _ask(facts, findings)
    return _tell(facts, findings, meant[0])


LETTER_OF_CREDIT: Final = CategoryRules(
    category=Category.LETTER_OF_CREDIT,
    wants=frozenset({Want.CUSTOMER}),
    resolve=resolve,
)


def _for_a_person(findings: list[Finding], rationale: str, *reasons: str) -> Proposal:
    return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=reasons)


def _ask(facts: Facts, findings: list[Finding]) -> Proposal:
    effects = ask_customer(facts, ["lc_no"])
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask which letter of credit is meant.",
        effects=effects,
        questions=("lc_no",),
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _tell(facts: Facts, findings: list[Finding], item: LetterOfCredit) -> Proposal:
    values = {"lc_no": item.lc_no, "details": list(_details(facts, item))}
    answers = plan_answers(facts, seq=1, template="LC_INFO", values=values)
    findings += [check_scope(facts, needed=DataScope.ALL), check_held_back(facts, answers)]
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=f"Tell what our register says of {item.lc_no}.",
        effects=answers,
        reasons=() if answers else ("NOBODY_TO_ANSWER",),
    )


def _details(facts: Facts, item: LetterOfCredit) -> Iterator[object]:
    yield say("lc_amount", amount=item.amount)
    yield say("lc_expiry", day=item.expires_on, place=item.expiry_place or "n/a")
    if item.latest_shipment_on is not None:
        yield say("lc_shipment", day=item.latest_shipment_on)
        yield say("lc_presentation", day=_last_day(facts, item, item.latest_shipment_on))
    if item.documents:
        yield say("lc_documents", documents=list(item.documents))
    yield say("lc_status", status=item.status)


def _last_day(facts: Facts, item: LetterOfCredit, shipped_on: date) -> date:
    """The last day to present documents of goods that leave on a day."""
    return last_presentation(
        shipped_on=shipped_on,
        expires_on=item.expires_on,
        presentation_days=item.presentation_days,
        is_banking_day=lambda day: _is_banking_day(facts, day),
    )


def _is_banking_day(facts: Facts, day: date) -> bool:
    """Monday to Friday without the public holidays of the customer's country, whose bank has issued the credit."""
    if day.weekday() >= _SATURDAY:
        return False
    return facts.customer is None or day not in public_holidays(facts.customer.country, day.year)


def _find_deadlines(facts: Facts, item: LetterOfCredit, today: date) -> Iterator[Finding]:
    """V27: what falls due within 15, 7 or 3 banking days, or has passed."""
    shipment = item.latest_shipment_on
    last = _last_day(facts, item, shipment) if shipment else None
    alerts = find_alerts(
        latest_shipment_on=shipment,
        last_presentation_on=last,
        expires_on=item.expires_on,
        today=today,
        is_banking_day=lambda day: _is_banking_day(facts, day),
    )
    for alert in alerts:
        yield _note(
            item,
            Result.WARN,
            f"{alert.deadline.value.replace('_', ' ')} on {alert.falls_on}: {alert.banking_days_left} banking days left",
            "LC_DEADLINE_NEAR",
        )
    if item.expires_on < today:
        yield _note(item, Result.WARN, f"expired on {item.expires_on}", "LC_EXPIRED")
    yield _note(
        item, Result.PASS, f"last presentation {last or 'n/a'}, latest shipment {shipment or 'n/a'}", "LC_DATES"
    )


def _compare(facts: Facts, item: LetterOfCredit) -> Iterator[Finding]:
    """V27: the credit beside each invoice that is meant, point by point."""
    draft = CreditDraft(
        amount=item.amount,
        tolerance=Tolerance(item.tolerance_plus_pct, item.tolerance_minus_pct, about=bool(item.about)),
        applicant=item.applicant,
        latest_shipment_on=item.latest_shipment_on,
        expires_on=item.expires_on,
        presentation_days=item.presentation_days,
        documents=item.documents,
    )
    results = {
        Agreement.AGREES: Result.PASS,
        Agreement.DIFFERS: Result.WARN,
        Agreement.UNKNOWN: Result.UNKNOWN,
    }
    for entry in facts.matched():
        order = OrderTerms(
            amount=entry.invoice.gross,
            customer_name=facts.customer.legal_name if facts.customer else "",
            ships_on=entry.invoice.service_to,
        )
        for line in compare_draft(draft, order, is_banking_day=lambda day: _is_banking_day(facts, day)):
            yield Finding(
                check="V27",
                subject=f"{item.lc_no} {entry.invoice.invoice_no} {line.point}",
                result=results[line.agreement],
                message=f"{line.point} {line.agreement.value}",
                reason="LC_DIFFERS",
                veto=False,
                expected=line.in_order,
                actual=line.in_draft,
                locators=(item.locator,),
            )


def _note(item: LetterOfCredit, result: Result, message: str, reason: str) -> Finding:
    return Finding("V27", item.lc_no, result, message, reason, veto=False, locators=(item.locator,))
