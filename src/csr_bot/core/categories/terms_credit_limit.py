"""Terms and credit limits: what the limit is and what is left of it is told, every change of them is for people."""

from __future__ import annotations

import re
from typing import Final

from csr_bot.core.account_checks import check_scope, today_of
from csr_bot.core.categories.answering import common_checks, plan_answers
from csr_bot.core.checks import Finding, Result, is_fresh
from csr_bot.core.erp import ErpCustomer
from csr_bot.core.facts import Facts
from csr_bot.core.kyc import DataScope
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.request import Category

_LIMIT: Final = re.compile(
    r"\bcredit (?:limit|line)|\bour limit\b|kreditlimit|kreditlinie|\blimite de crédit|plafond de crédit"
    r"|encours autorisé|\blímite de crédito|kredietlimiet|kredietruimte",
    re.IGNORECASE,
)
_CHANGE: Final = re.compile(
    r"\b(?:rais\w+|increas\w+|extend\w*|extension|higher|lower\w*|reduc\w+|rais|grow|bigger|releas\w+|unblock\w*|unlock\w*"
    r"|block(?:ed)?|held|hold|terms?|net \d+|net[- ]?(?:30|45|60|90)|discount|order"
    r"|erh(?:ö|oe)h\w*|heraufsetz\w*|anheb\w*|freigeb\w*|freigabe|gesperrt|zahlungsziel|skonto|auftrag\w*"
    r"|augment\w*|relev\w+|débloqu\w+|bloqué\w*|délais?|escompte|commande"
    r"|aument\w+|ampli\w+|elevar|liberar|bloquead\w+|plazos?|descuento|pedido"
    r"|verhog\w*|verruim\w*|vrijgev\w*|geblokkeerd|termijn\w*|korting|bestelling)\b",
    re.IGNORECASE,
)
_FINANCE_ROLES: Final = frozenset({"ap", "finance_signatory"})


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Tell a finance contact the limit, what is used and what is left, if ledger and ERP agree; nothing else alone."""
    checked = common_checks(facts, policy, required=IdentityLevel.L2)
    findings = [item for item in checked if item.check != "V03"]
    shown = facts.erp_customer
    findings += [
        check_scope(facts, needed=DataScope.ALL),
        _check_contact(facts),
        _check_limit(facts, shown),
        _note_standing(facts, shown),
    ]
    reasons = _beyond_information(facts)
    if shown is None or shown.credit_limit is None or reasons:
        rationale = "Terms and limits are changed by people."
        return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=tuple(reasons))
    left = shown.credit_limit - shown.exposure
    if left.amount < 0:
        reasons.append("CREDIT_LIMIT_EXCEEDED")
    if _is_over(shown, facts, policy):
        reasons.append("CREDIT_LIMIT_ENDED")
    answers = plan_answers(
        facts,
        seq=1,
        template="LIMIT_INFO",
        values={
            "as_of": today_of(facts, policy),
            "available": left,
            "limit": shown.credit_limit,
            "used": shown.exposure,
        },
    )
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=f"Tell the limit of {shown.credit_limit}: {shown.exposure} used, {left} left.",
        effects=answers,
        reasons=(*reasons, *(() if answers else ("NOBODY_TO_ANSWER",))),
    )


TERMS_CREDIT_LIMIT: Final = CategoryRules(
    category=Category.TERMS_CREDIT_LIMIT,
    wants=frozenset({Want.CUSTOMER, Want.ERP_CUSTOMER}),
    resolve=resolve,
)


def _beyond_information(facts: Facts) -> list[str]:
    """Codes for what is more than the question what the limit is, and for what is not even that."""
    found = {
        "CREDIT_CHANGE": bool(_CHANGE.search(facts.words))
        or any(not item.source.is_hint for item in facts.request.amounts),
        "CREDIT_WISH_UNCLEAR": not _LIMIT.search(facts.words),
    }
    return [code for code, holds in found.items() if holds]


def _check_contact(facts: Facts) -> Finding:
    """V24: the contact is one for money matters."""
    role = facts.sender.contact.role if facts.sender.contact else None
    return Finding(
        check="V24",
        subject="contact",
        result=Result.PASS if role in _FINANCE_ROLES else Result.FAIL,
        message="the role of the contact on file",
        reason="NOT_A_FINANCE_CONTACT",
        expected=" or ".join(sorted(_FINANCE_ROLES)),
        actual=role or "none",
        locators=(facts.sender.contact.locator,) if facts.sender.contact else (),
    )


def _check_limit(facts: Facts, shown: ErpCustomer | None) -> Finding:
    """V06: the ledger is fresh and has the limit and exposure that the ERP shows; what is missing is not nought."""
    if not is_fresh(facts):
        return Finding("V06", "credit limit", Result.FAIL, "the ledger snapshot is too old", "SNAPSHOT_TOO_OLD")
    if shown is None or facts.customer is None:
        return Finding("V06", "credit limit", Result.UNKNOWN, "the customer's page was not read", "ERP_NOT_READ")
    limit, used = facts.customer.credit_limit, facts.customer.exposure
    if limit is None or used is None or shown.credit_limit is None:
        return Finding("V06", "credit limit", Result.UNKNOWN, "no limit or exposure is known", "CREDIT_LIMIT_UNKNOWN")
    agrees = (limit, used) == (shown.credit_limit, shown.exposure)
    return Finding(
        check="V06",
        subject="credit limit",
        result=Result.PASS if agrees else Result.FAIL,
        message="limit and exposure of ledger and ERP",
        reason="STALE_SNAPSHOT",
        expected=f"{limit}, {used} used",
        actual=f"{shown.credit_limit}, {shown.exposure} used",
        locators=(facts.customer.locator, shown.fields.url_path),
    )


def _note_standing(facts: Facts, shown: ErpCustomer | None) -> Finding:
    """V17: blocks and dunning, for people to see; they keep nobody from being told his limit."""
    dunning = facts.customer.dunning_level if facts.customer else None
    blocked = shown is not None and shown.flag("credit_block")
    level = "not known" if dunning is None else str(dunning)
    return Finding(
        check="V17",
        subject="standing",
        result=Result.WARN if blocked or dunning else Result.PASS,
        message=f"credit block {'set' if blocked else 'not set'}, dunning level {level}",
        reason="CREDIT_STANDING",
        veto=False,
    )


def _is_over(shown: ErpCustomer, facts: Facts, policy: Policy) -> bool:
    """Whether the limit was for a time that is over."""
    until = shown.fields.value("credit_limit_until")
    return bool(until) and until < today_of(facts, policy).isoformat()
