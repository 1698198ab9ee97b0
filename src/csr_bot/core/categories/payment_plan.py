"""Payment plans: a customer cannot pay at once and proposes instalments, or asks for time.

The bot never grants one. It sends the form, lets reminders rest for five business days, and computes what people look
at. Where the message speaks of insolvency or law it does nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from csr_bot.core.account_checks import calendar_of, check_held_back, check_no_legal_words, today_of
from csr_bot.core.business_time import add_business_days
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import Finding, Result, check_owner, check_snapshot
from csr_bot.core.credit import Coverage, DscrClass, classify_dscr
from csr_bot.core.customer import is_owed
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.evidence import CreditProfile, Invoice
from csr_bot.core.facts import Facts
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.payment_plans import (
    LATEST_FIRST,
    Instalment,
    coverage_with_plan,
    find_plan_problems,
    first_payment_coverage,
    npv_loss,
    split_equally,
)
from csr_bot.core.policy import Policy
from csr_bot.core.postings import plan_instalments
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category

REST_DAYS: Final = 5
REST_ONCE_IN: Final = timedelta(days=180)
SIGNATORY: Final = "finance_signatory"
YEARLY_RATE: Final = Decimal("0.08")
"""What money costs a year, for what waiting costs; said beside the figure."""
_QUESTIONS: Final = ("proposal", "reason", "statements")
_FIELD: Final = "dunning_block_until"
_NUMBERS: Final[Mapping[str, int]] = {
    word: number
    for number, words in {
        2: "two zwei deux dos twee",
        3: "three drei trois tres drie",
        4: "four vier quatre cuatro",
        5: "five fünf cinq cinco vijf",
        6: "six sechs seis zes",
        8: "eight acht huit ocho",
        10: "ten zehn dix diez tien",
        12: "twelve zwölf douze doce twaalf",
    }.items()
    for word in words.split()
}
_COUNT: Final = rf"(?P<{{}}>\d{{{{1,2}}}}|{'|'.join(_NUMBERS)})"
_INSTALMENTS: Final = re.compile(
    rf"\b{_COUNT.format('of')}\s+(?:equal\s+|gleiche[nr]?\s+|gelijke\s+)?(?:monthly\s+|monatliche[nr]?\s+|maandelijkse\s+)?"
    rf"(?:instal|raten\b|monatsraten|mensualit|versements|échéances|cuotas|plazos|termijnen|payments\b|months\b|monaten?\b|mois\b|meses\b|maanden\b)"
    rf"|\b(?:split (?:it|this|that) (?:in|into)|in)\s+{_COUNT.format('split')}\s*(?:\?|parts|$)",
    re.IGNORECASE,
)


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Send the form first; draft the plan for people once the customer has answered."""
    findings = [item for item in common_checks(facts, policy, required=IdentityLevel.L2) if item.check != "V03"]
    legal = check_no_legal_words(facts)
    findings.append(legal)
    if legal.stops:
        return _for_a_person(findings, "Insolvency or law is spoken of: nothing is negotiated here.")
    items = _debt(facts)
    if facts.context is None or not facts.context.open_items_complete or not items:
        return _for_a_person(findings, "What is owed is not known in full.", "ACCOUNT_INCOMPLETE")
    for entry in facts.matched():
        findings += [check_owner(facts, entry), check_snapshot(facts, entry)]
    if facts.info_requests == 0 and facts.instruction is None:
        return _send_form(facts, policy, findings, items)
    count = _count(facts.words)
    if count is None:
        return _ask_again(facts, findings)
    return _draft(facts, policy, findings, items, count)


PAYMENT_PLAN: Final = CategoryRules(
    category=Category.PAYMENT_PLAN,
    wants=frozenset({Want.CUSTOMER, Want.ERP_INVOICE, Want.ERP_CUSTOMER}),
    resolve=resolve,
)


def _for_a_person(findings: list[Finding], rationale: str, *reasons: str) -> Proposal:
    return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=reasons)


def _ask_again(facts: Facts, findings: list[Finding]) -> Proposal:
    effects = ask_customer(facts, ["proposal"])
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask how many instalments are proposed.",
        effects=effects,
        questions=("proposal",),
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _debt(facts: Facts) -> list[Invoice]:
    """What a plan may be for: the undisputed part of the named invoices, else of all that is open."""
    named = {entry.invoice.invoice_no for entry in facts.matched()}
    currency = facts.customer.currency if facts.customer else ""
    open_items = facts.context.open_items if facts.context else ()
    items = [item for item in open_items if is_owed(item) and item.open_amount.amount > 0 and not item.disputed]
    return [item for item in items if item.currency == currency and (not named or item.invoice_no in named)]


def _count(words: str) -> int | None:
    """How many instalments are proposed, where one number is said."""
    said = {found["of"] or found["split"] for found in _INSTALMENTS.finditer(words)}
    counts = {int(word) if word.isdigit() else _NUMBERS[word.lower()] for word in said}
    return counts.pop() if len(counts) == 1 else None


def _send_form(facts: Facts, policy: Policy, findings: list[Finding], items: Sequence[Invoice]) -> Proposal:
    """The form, and a rest of reminders unless there was one within 180 days."""
    rested = any(item.decided_at >= facts.now - REST_ONCE_IN for item in facts.earlier(MatterKind.PAYMENT_PLAN))
    until = add_business_days(calendar_of(facts, policy), day=today_of(facts, policy), days=REST_DAYS)
    if rested:
        effects = ask_customer(facts, _QUESTIONS)
    else:
        rest = _plan_rest(facts, until)
        values = {"questions": [say(f"ask_{name}") for name in _QUESTIONS], "paused_until": until}
        form = plan_answers(facts, seq=len(rest) + 1, template="PLAN_FORM", values=values)
        effects = (*rest, *form) if form else ()
    owed = _total(items)
    return Proposal(
        outcome=Outcome.NO_ACTION,
        findings=tuple(findings),
        rationale=f"{owed} undisputed is open; the form is sent first. {_say_credit(facts)}",
        effects=effects,
        questions=_QUESTIONS,
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _plan_rest(facts: Facts, until: date) -> tuple[PlannedEffect, ...]:
    """No reminders until a day; a longer rest that there is already stays."""
    assert facts.customer is not None
    old = facts.erp_customer.fields.value(_FIELD) if facts.erp_customer else ""
    if old >= until.isoformat():
        return ()
    number = facts.customer.customer_no
    params = {"customer_no": number, "field": _FIELD, "value": until.isoformat(), "reason": "payment plan asked for"}
    return (PlannedEffect(1, EffectType.SET_DUNNING_BLOCK, number, params, precondition={"old": old}),)


def _draft(facts: Facts, policy: Policy, findings: list[Finding], items: Sequence[Invoice], count: int) -> Proposal:
    """The plan as proposed, with what it would mean, for those who may grant it."""
    assert facts.customer is not None
    today, owed = today_of(facts, policy), _total(items)
    days = [day.value for day in facts.request.dates if not day.source.is_hint and day.value >= today]
    base = policy.in_base(owed, rate=facts.rate_to(policy.base_currency, owed.currency))
    if base is None or count < 1:
        return _for_a_person(findings, "The debt cannot be compared with the limits.", "FX_RATE_MISSING")
    instalments = split_equally(owed, count=count, first_on=min(days, default=today + LATEST_FIRST))
    problems = find_plan_problems(instalments, owed=owed, base_amount=base.amount, today=today)
    findings += [_check_signatory(facts), _check_statements(facts, today)]
    findings += [_check_plan(problem.value) for problem in problems] or [_check_plan(None)]
    number = facts.customer.customer_no
    effect = plan_instalments(items, instalments, customer_no=number, seq=1)
    note = PlannedEffect(
        seq=2,
        type=EffectType.ADD_NOTE,
        target=number,
        params={"customer_no": number, "field": "note", "value": "Payment plan: credit limit frozen while it runs"},
        precondition={"old": ""},
    )
    findings.append(check_held_back(facts, [effect]))
    about = {
        "instalments_le_3": count <= 3,
        "first_payment_le_14d": instalments[0].due_on <= today + LATEST_FIRST,
    }
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=f"{owed} in {count} instalments from {instalments[0].due_on}. "
        + _say_feasibility(facts, instalments, owed, today),
        effects=(effect, note),
        matters=(Matter(MatterKind.PAYMENT_PLAN, owed, about=about),),
        calculation=tuple(
            {"seq": item.seq, "due_on": item.due_on.isoformat(), "amount": item.amount.text()} for item in instalments
        ),
        total=owed,
    )


def _total(items: Sequence[Invoice]) -> Money:
    return sum((item.open_amount for item in items), start=zero(items[0].currency))


def _figures(facts: Facts, currency: str) -> tuple[Decimal | None, Decimal | None]:
    """Income and debt service of the newest profile in a currency; None where it does not say so."""
    profile: CreditProfile | None = facts.context.credit if facts.context else None
    if profile is None or profile.currency != currency:
        return None, None
    income, service = profile.net_operating_income, profile.debt_service
    return (income.amount if income else None), (service.amount if service else None)


def _say_feasibility(facts: Facts, instalments: Sequence[Instalment], owed: Money, today: date) -> str:
    income, service = _figures(facts, owed.currency)
    before, after = coverage_with_plan(instalments, net_operating_income=income, debt_service=service, today=today)
    first = first_payment_coverage(instalments[0].amount, net_operating_income=income, debt_service=service)
    loss = npv_loss(instalments, open_amount=owed, yearly_rate=YEARLY_RATE, today=today)
    return (
        f"DSCR {_show(before)} before and {_show(after)} with the plan; a month's income covers the first payment "
        f"{_show(first)} times; waiting costs {loss} at {YEARLY_RATE:.0%} a year. The credit limit stays frozen."
    )


def _say_credit(facts: Facts) -> str:
    profile = facts.context.credit if facts.context else None
    return f"DSCR {_show(profile.dscr if profile else None)}."


def _show(figure: Coverage) -> str:
    """A figure, or n/a: what is missing is never nought."""
    if figure is None:
        return "n/a"
    return f"{figure.normalize():f}" if isinstance(figure, Decimal) else "without debt"


def _check_signatory(facts: Facts) -> Finding:
    """V24: the person who wrote may agree to a plan for the customer."""
    role = facts.sender.contact.role if facts.sender.contact else None
    return Finding(
        check="V24",
        subject="sender",
        result=Result.PASS if role == SIGNATORY else Result.FAIL,
        message="authority to agree to a plan",
        reason="NOT_A_SIGNATORY",
        expected=SIGNATORY,
        actual=role or "n/a",
    )


def _check_statements(facts: Facts, today: date) -> Finding:
    """V25: the coverage is known from statements that are not too old. A note: no plan is granted alone anyway."""
    profile = facts.context.credit if facts.context else None
    found = classify_dscr(
        profile.dscr if profile else None, statements_on=profile.statements_on if profile else None, today=today
    )
    return Finding(
        check="V25",
        subject="credit profile",
        result=Result.UNKNOWN if found is DscrClass.UNKNOWN else Result.PASS,
        message=f"DSCR is {found.value}",
        reason="STATEMENTS_MISSING",
        veto=False,
        actual=_show(profile.dscr if profile else None),
        locators=(profile.locator,) if profile else (),
    )


def _check_plan(problem: str | None) -> Finding:
    """V26: the instalments are feasible as proposed."""
    return Finding(
        check="V26",
        subject="plan",
        result=Result.FAIL if problem else Result.PASS,
        message=problem.replace("_", " ") if problem else "number, first day and sum of the instalments",
        reason=f"PLAN_{problem.upper()}" if problem else "PLAN_NOT_FEASIBLE",
    )
