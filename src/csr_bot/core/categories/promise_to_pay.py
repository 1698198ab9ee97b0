"""Promises to pay: recorded where the customer says what will be paid and when, and all of it soon.

Dunning then rests until the promise can no longer be kept. Whether it was kept is found out later, by others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from csr_bot.core.account_checks import (
    calendar_of,
    check_held_back,
    check_no_legal_words,
    today_of,
)
from csr_bot.core.business_time import add_business_days
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import CREDITABLE, Finding, Result, check_owner, check_snapshot, check_status
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.facts import EarlierPromise, Facts, InvoiceFacts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import Policy
from csr_bot.core.promises import Promise, PromiseStatus, find_promise_problems, grace_ends
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, ClaimedDate

_MONEY_ROLES: Final = frozenset({AmountRole.PAYMENT, AmountRole.INVOICE_TOTAL, AmountRole.OTHER})
_FIELD: Final = "dunning_block_until"
_CHEQUE: Final = re.compile(
    r"\b(?:cheques?|schecks?|chèques?|talón|(?:the|a|our|by|per) checks?|checks? (?:is|are|was|has|will|no|number))\b"
    r"(?P<number>[^\n]{0,25}?\d{4,})?",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"\b(?:once|as soon as(?! possible)|provided (?:that )?|subject to|only if|unless|sobald|sofern|vorbehaltlich"
    r"|dès que|sous réserve|à condition|en cuanto|siempre que|a condición|zodra|mits|onder voorbehoud)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the message promises; ``unclear`` says why that cannot be told."""

    parts: tuple[Promise, ...]
    unclear: str | None = None


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Record a promise for all that is open on the named invoices within 30 days; the rest is for people."""
    entries = facts.matched()
    days = _promised_days(facts, entries, policy)
    missing = _missing(facts, entries, days)
    findings = common_checks(facts, policy, required=IdentityLevel.L1)
    if missing:
        # That no document was found is what is asked about.
        findings = [item for item in findings if item.check != "V03" or "invoice" not in missing]
    findings.append(check_no_legal_words(facts))
    for entry in entries:
        findings += [check_owner(facts, entry), check_status(entry, allowed=CREDITABLE), check_snapshot(facts, entry)]
    reasons = _doubts(facts.words)
    if missing:
        return _ask(facts, findings, missing, reasons)
    said = _read_parts(facts, entries, days)
    if said.unclear:
        rationale = "What is promised is not clear enough to be recorded."
        return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=(*reasons, said.unclear))
    return _record(facts, policy, entries, said.parts, findings, reasons)


PROMISE_TO_PAY: Final = CategoryRules(
    category=Category.PROMISE_TO_PAY,
    wants=frozenset({Want.CUSTOMER, Want.ERP_INVOICE, Want.ERP_FIELDS, Want.PROMISES}),
    resolve=resolve,
)


def _missing(facts: Facts, entries: Sequence[InvoiceFacts], days: Sequence[ClaimedDate]) -> tuple[str, ...]:
    names = [] if entries or facts.request.invoice_refs else ["invoice"]
    return (*names, *([] if days else ["promise_date"]))


def _ask(facts: Facts, findings: list[Finding], missing: tuple[str, ...], reasons: list[str]) -> Proposal:
    effects = ask_customer(facts, missing)
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask which invoice will be paid, and when.",
        effects=effects,
        questions=missing,
        reasons=(*reasons, *(() if effects else ("NOBODY_TO_ANSWER",))),
    )


def _doubts(words: str) -> list[str]:
    """What in the words makes a promise less than one."""
    cheque = _CHEQUE.search(words)
    reasons = ["CHEQUE_WITHOUT_NUMBER"] if cheque and not cheque["number"] else []
    return [*reasons, "PROMISE_CONDITIONAL"] if _CONDITION.search(words) else reasons


def _promised_days(facts: Facts, entries: Sequence[InvoiceFacts], policy: Policy) -> tuple[ClaimedDate, ...]:
    """The days told in the newest text, each once; a past day, or one of the invoice's own, only if there is no other.

    "Your invoice of 3 November, due on 3 December, will be paid on the 5th" promises the 5th.
    """
    today = today_of(facts, policy)
    told = {day.value: day for day in facts.request.dates if not day.source.is_hint}
    own = {day for entry in entries for day in (entry.invoice.invoice_date, entry.invoice.due_date)}
    ahead = [day for day in told.values() if day.value >= today]
    chosen = [day for day in ahead if day.value not in own] or ahead or list(told.values())
    return tuple(sorted(chosen, key=lambda day: (day.source, day.span)))


def _read_parts(facts: Facts, entries: Sequence[InvoiceFacts], days: Sequence[ClaimedDate]) -> _Said:
    claims = [item for item in facts.request.amounts if item.role in _MONEY_ROLES and not item.source.is_hint]
    currencies = {entry.invoice.currency for entry in entries} | {item.currency for item in claims if item.currency}
    if len(currencies) != 1:
        return _Said((), "CURRENCY_DIFFERS")
    (currency,) = currencies
    amounts = [(item, Money(item.value, currency)) for item in claims if item.value is not None]
    if len(amounts) != len(claims):
        return _Said((), "AMOUNT_NOT_CLEAR")
    if len(days) > 1:
        return _read_split(entries, days, amounts)
    due_on, total = days[0].value, _open(entries)
    values = list(dict.fromkeys(amount for _, amount in amounts))
    others = [value for value in values if value != total]
    if not others or sum(others, start=zero(currency)) == total:
        return _Said((Promise(total, due_on),))
    if len(values) > 1:
        return _Said((), "AMOUNT_NOT_CLEAR")
    # Which of several invoices a part is for is not said.
    return _Said((Promise(values[0], due_on),)) if len(entries) == 1 else _Said((), "PROMISE_NOT_ALL_OF_IT")


def _read_split(
    entries: Sequence[InvoiceFacts], days: Sequence[ClaimedDate], amounts: Sequence[tuple[ClaimedAmount, Money]]
) -> _Said:
    """Several days with an amount each, told in turns, for one invoice; its total may be told besides."""
    if len(entries) != 1:
        return _Said((), "PROMISE_NOT_CLEAR")
    if len(amounts) == len(days) + 1:
        amounts = [pair for pair in amounts if pair[1] != _open(entries)]
    places = sorted(
        [(day.source.value, day.span, "day") for day in days]
        + [(claim.source.value, claim.span, "amount") for claim, _ in amounts]
    )
    kinds = [kind for *_, kind in places]
    in_turns = len(amounts) == len(days) and all(kinds[i] != kinds[i + 1] for i in range(len(kinds) - 1))
    if not in_turns:
        return _Said((), "PROMISE_NOT_CLEAR")
    ordered = sorted(amounts, key=lambda pair: (pair[0].source, pair[0].span))
    return _Said(tuple(Promise(amount, day.value) for (_, amount), day in zip(ordered, days, strict=True)))


def _open(entries: Sequence[InvoiceFacts]) -> Money:
    nothing = zero(entries[0].invoice.currency)
    return sum((entry.invoice.open_amount for entry in entries), start=nothing)


def _record(
    facts: Facts,
    policy: Policy,
    entries: Sequence[InvoiceFacts],
    parts: tuple[Promise, ...],
    findings: list[Finding],
    reasons: list[str],
) -> Proposal:
    calendar, today = calendar_of(facts, policy), today_of(facts, policy)
    total = _open(entries)
    rate = facts.rate_to(policy.base_currency, total.currency)
    promised = sum((part.amount for part in parts), start=zero(total.currency))
    base = policy.in_base(promised, rate=rate)

    def later(day: date, days: int) -> date:
        return add_business_days(calendar, day=day, days=days)

    concerned = [item for item in facts.earlier_promises if _is_about(item, facts, entries)]
    ends = {item: grace_ends(item.due_on, add_business_days=later) for item in concerned}
    broken = [ends[item] for item in concerned if _is_broken(item, ends[item], today)]
    running = [item for item in concerned if item.status == PromiseStatus.OPEN and ends[item] >= today]
    problems = find_promise_problems(parts, open_amount=total, base_amount=_amount(base), broken_on=broken, today=today)
    reasons += [f"PROMISE_{problem.upper()}" for problem in problems]
    reasons += ["PROMISE_STILL_OPEN"] if running else []
    until = max(grace_ends(part.due_on, add_business_days=later) for part in parts)
    findings += [_check_field(facts, entry) for entry in entries]
    effects = _effects(facts, entries, parts, until)
    findings.append(check_held_back(facts, effects))
    answers = plan_answers(
        facts, seq=len(effects) + 1, template="PROMISE_CONFIRMED", values=_told(entries, parts, until)
    )
    reasons += [] if answers else ["NOBODY_TO_ANSWER"]
    days = ", ".join(f"{part.amount} by {part.due_on}" for part in parts)
    return Proposal(
        outcome=Outcome.GRANTED,
        findings=tuple(findings),
        rationale=f"Record the promise of {days}; no dunning until {until}.",
        effects=(*effects, *answers),
        reasons=tuple(reasons),
    )


def _amount(base: Money | None) -> Decimal | None:
    return base.amount if base else None


def _is_about(earlier: EarlierPromise, facts: Facts, entries: Sequence[InvoiceFacts]) -> bool:
    numbers = {entry.invoice.invoice_no for entry in entries}
    return earlier.subject in numbers | {facts.customer.customer_no if facts.customer else ""}


def _is_broken(earlier: EarlierPromise, grace_end: date, today: date) -> bool:
    """Said to be broken, or past its grace while something is still open on what was promised."""
    overdue = earlier.status == PromiseStatus.OPEN and grace_end < today
    return earlier.status == PromiseStatus.BROKEN or overdue


def _check_field(facts: Facts, entry: InvoiceFacts) -> Finding:
    """V06: the ERP shows how long dunning of the invoice rests already."""
    number = entry.invoice.invoice_no
    shown = facts.erp_fields.get(number)
    return Finding(
        check="V06",
        subject=f"{number} {_FIELD}",
        result=Result.PASS if shown else Result.UNKNOWN,
        message=f"rests until {shown.value(_FIELD) or 'no day'}" if shown else "the fields were not read",
        reason="ERP_NOT_READ",
        locators=(shown.url_path,) if shown else (),
    )


def _effects(
    facts: Facts, entries: Sequence[InvoiceFacts], parts: Sequence[Promise], until: date
) -> tuple[PlannedEffect, ...]:
    effects: list[PlannedEffect] = []
    for entry in entries:
        invoice = entry.invoice
        for amount, due_on in _shares(entry, parts, several=len(entries) > 1):
            params = {
                "amount": amount.text(),
                "currency": amount.currency,
                "customer_no": invoice.customer_no,
                "due_on": due_on.isoformat(),
                "invoice_no": invoice.invoice_no,
            }
            effects.append(PlannedEffect(len(effects) + 1, EffectType.RECORD_PROMISE, invoice.invoice_no, params))
        shown = facts.erp_fields.get(invoice.invoice_no)
        old = shown.value(_FIELD) if shown else ""
        # Nobody's longer rest is cut short.
        if old < until.isoformat():
            effects.append(
                PlannedEffect(
                    len(effects) + 1,
                    EffectType.SET_DUNNING_BLOCK,
                    invoice.invoice_no,
                    {"field": _FIELD, "invoice_no": invoice.invoice_no, "value": until.isoformat()},
                    precondition={"old": old},
                )
            )
    return tuple(effects)


def _shares(entry: InvoiceFacts, parts: Sequence[Promise], *, several: bool) -> list[tuple[Money, date]]:
    """What is promised for one invoice. Several invoices are promised in full for one day."""
    if several:
        return [(entry.invoice.open_amount, parts[0].due_on)]
    return [(part.amount, part.due_on) for part in parts]


def _told(entries: Sequence[InvoiceFacts], parts: Sequence[Promise], until: date) -> dict[str, object]:
    return {
        "parts": [
            say("promised", invoice_no=entry.invoice.invoice_no, amount=amount, due_date=due_on)
            for entry in entries
            for amount, due_on in _shares(entry, parts, several=len(entries) > 1)
        ],
        "paused_until": until,
    }
