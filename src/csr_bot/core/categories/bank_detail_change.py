"""Bank details: a customer's account is said to have changed, or ours are asked after.

The bot never changes an account. It stops refunds, tells the contacts on file that somebody asked, and prepares what
people look at. No account number leaves this module unmasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from csr_bot.core.bank_details import (
    AccountCheck,
    BankDetails,
    Verdict,
    find_account_findings,
    judge_routing_number,
    mask_account,
)
from csr_bot.core.categories.answering import common_checks, plan_notice
from csr_bot.core.checks import Finding, Result
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.evidence import Contact
from csr_bot.core.facts import Facts
from csr_bot.core.instruction import Instruction
from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import zero
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.request import Category

MOST_NOTICES: Final = 3
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b")
_NINE_DIGITS: Final = re.compile(r"(?<![\d-])\d{9}(?![\d-])")
_ROUTING_WORDS: Final = re.compile(r"\b(?:routing|aba|fedwire|ach)\b", re.IGNORECASE)
# "Do not call", "keep this between us": what asks us to leave out the call back is a sign of fraud.
_EVADES: Final = re.compile(
    r"\b(?:do not|don't|please don't|cannot|can't) (?:call|phone|ring)\b|\bno (?:phone )?calls?\b|"
    r"\b(?:confidential|keep this between|bypass|skip the (?:call|check|approval))\b|"
    r"\bnicht anrufen\b|\bvertraulich|\bne (?:pas|nous) appele|\bconfidentiel|"
    r"\bno (?:nos )?llam|\bconfidencial|\bniet bellen\b|\bvertrouwelijk",
    re.IGNORECASE,
)
_ASKS_OURS: Final = re.compile(
    r"\byour (?:new )?(?:bank|account|iban|payment|remittance)\b|\b(?:is|are) (?:this|these|it) really (?:you|yours)\b|"
    r"\bihre (?:neue )?(?:bank|konto|iban)|\bihr (?:neues )?konto|\bvos (?:nouvelles )?coordonn|\bvotre (?:nouveau )?(?:rib|compte|iban)|"
    r"\bsus datos bancarios|\bsu (?:nueva )?cuenta|\b(?:uw|jullie) (?:nieuwe )?(?:bank|rekening|iban)",
    re.IGNORECASE,
)
_ROLES_FIRST: Final = ("finance_signatory", "ap")


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Draft the stop of refunds and the neutral notices; the change itself is for people, after a call back."""
    findings = [item for item in common_checks(facts, policy, required=IdentityLevel.L2) if item.check != "V03"]
    findings += [_check_evasion(facts), *_check_account(facts)]
    effects = _protect(facts)
    if _asks_for_ours(facts):
        rationale = "The customer asks whether bank details are really ours: somebody may pretend to be us."
        return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, effects=(), reasons=("OUR_BANK_DETAILS_ASKED",))
    return Proposal(
        outcome=Outcome.NO_ACTION,
        findings=tuple(findings),
        rationale="Bank details are changed by people only: call back on a number known before, then 48 hours.",
        effects=effects,
        matters=(_matter(policy),),
        reasons=() if effects else ("CUSTOMER_NOT_RESOLVED",),
    )


def grant(facts: Facts, policy: Policy, instruction: Instruction) -> Proposal:  # noqa: ARG001 - no part of it is told
    """Protect the customer at once, whatever the sender looks like: it stops refunds and changes no account."""
    drafted = resolve(facts, policy)
    effects = _protect(facts)
    return replace(
        drafted,
        findings=tuple(replace(finding, veto=False) for finding in drafted.findings),
        rationale="Refunds are stopped and the contacts on file are told; no account is changed.",
        effects=effects,
        matters=(),
        reasons=() if effects else ("CUSTOMER_NOT_RESOLVED",),
    )


BANK_DETAIL_CHANGE: Final = CategoryRules(
    category=Category.BANK_DETAIL_CHANGE,
    wants=frozenset({Want.CUSTOMER, Want.ERP_CUSTOMER}),
    resolve=resolve,
    grant=grant,
)


def _matter(policy: Policy) -> Matter:
    """The change as a matter. That nobody called back yet, and that no time has passed, leaves its requirements open."""
    return Matter(
        MatterKind.BANK_DETAIL_CHANGE,
        zero(policy.base_currency),
        about={"callback_verified": None, "cooling_off_48h": None},
    )


def _protect(facts: Facts) -> tuple[PlannedEffect, ...]:
    customer = facts.customer
    if customer is None:
        return ()
    block = PlannedEffect(
        seq=1,
        type=EffectType.SET_REFUND_BLOCK,
        target=customer.customer_no,
        params={
            "customer_no": customer.customer_no,
            "field": "refund_block",
            "value": "yes",
            "reason": "change of bank details asked for",
        },
        precondition={"old": facts.erp_customer.fields.value("refund_block") if facts.erp_customer else "no"},
    )
    notices = (
        plan_notice(
            facts,
            seq=number,
            contact=contact,
            template="BANK_CHANGE_RECEIVED",
            values={"received_on": facts.now.date()},
        )
        for number, contact in enumerate(_contacts_on_file(facts), start=2)
    )
    return (block, *notices)


def _contacts_on_file(facts: Facts) -> list[Contact]:
    """Whom to tell: active contacts at the customer's own domains, those who sign first. Never an address that only the
    message names.
    """
    customer = facts.customer
    if customer is None or facts.context is None:
        return []
    domains = set(customer.email_domains)
    known = [item for item in facts.context.contacts if item.active and item.email.rpartition("@")[2] in domains]
    known.sort(key=lambda item: (_ROLES_FIRST.index(item.role) if item.role in _ROLES_FIRST else 9, item.email))
    return known[:MOST_NOTICES]


def _asks_for_ours(facts: Facts) -> bool:
    return bool(_ASKS_OURS.search(facts.words)) and not any(_accounts(facts))


def _check_evasion(facts: Facts) -> Finding:
    """V22: nothing in the words asks us to leave out the call back."""
    found = _EVADES.search(facts.words)
    return Finding(
        check="V22",
        subject="words",
        result=Result.FAIL if found else Result.PASS,
        message=f"the message says {found[0]!r}" if found else "nothing asks us to leave out a check",
        reason="FRAUD_SIGN",
    )


def _check_account(facts: Facts) -> Iterator[Finding]:
    """What can be said of the accounts in the message, for the person who calls back. Never a proof."""
    results = {Verdict.VALID: Result.PASS, Verdict.INVALID: Result.FAIL, Verdict.UNKNOWN: Result.UNKNOWN}
    for details in _accounts(facts):
        shown = mask_account(details.iban or details.routing_number or "")
        found = find_account_findings(
            details,
            legal_name=facts.customer.legal_name if facts.customer else "",
            country=facts.customer.country if facts.customer else None,
            is_used_by_others=None,
        )
        for item in found:
            if item.check is not AccountCheck.HOLDER:  # the text does not say for certain who holds it
                yield Finding(
                    check="V22",
                    subject=f"account {shown}",
                    result=results[item.verdict],
                    message=f"{item.check.value.replace('_', ' ')} is {item.verdict.value}",
                    reason="ACCOUNT_DOUBTFUL",
                    veto=False,
                )


def _accounts(facts: Facts) -> Iterator[BankDetails]:
    """The accounts that the message writes: IBANs, and US routing numbers where it speaks of them."""
    for found in _IBAN.finditer(facts.words):
        yield BankDetails(holder="", iban=found[0])
    if _ROUTING_WORDS.search(facts.words):
        for found in _NINE_DIGITS.finditer(facts.words):
            if judge_routing_number(found[0]) is Verdict.VALID:
                yield BankDetails(holder="", routing_number=found[0])
