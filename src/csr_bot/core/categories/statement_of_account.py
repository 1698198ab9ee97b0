"""Statements of account: what is open today, once ledger and ERP agree on it to the cent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from csr_bot.core.account_checks import check_scope, today_of
from csr_bot.core.categories.answering import common_checks, plan_answers
from csr_bot.core.checks import Finding, Result, is_fresh
from csr_bot.core.customer import is_owed, sum_open
from csr_bot.core.effects import PlannedEffect
from csr_bot.core.evidence import Invoice
from csr_bot.core.facts import Facts
from csr_bot.core.kyc import DataScope
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.reconciliation import find_sums
from csr_bot.core.replies import say
from csr_bot.core.request import Category

_AUDIT: Final = re.compile(
    r"\baudit|wirtschaftspr|saldenbest|commissaires? aux comptes|confirmation de solde|confirmación de saldo"
    r"|saldobevestig|accountantsver|confirm the balance",
    re.IGNORECASE,
)
_MOVEMENTS: Final = re.compile(
    r"\b(?:movements?|transactions?|full history|paid invoices|bewegungen|umsätze|mouvements|movimientos|mutaties)\b",
    re.IGNORECASE,
)
_GROUP: Final = re.compile(
    r"\b(?:group|subsidiar\w*|affiliat\w*|all (?:our |your )?(?:entities|companies)|konzern\w*|tochter\w*|filial\w*"
    r"|grupo|dochter\w*)\b",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Send today's open items of the one account that the contact speaks for; another day or scope is for people."""
    today = today_of(facts, policy)
    items = _owed(facts)
    checked = common_checks(facts, policy, required=IdentityLevel.L2)
    findings = [
        *(finding for finding in checked if finding.check != "V03"),
        check_scope(facts, needed=DataScope.OPEN_ITEMS),
        _check_balance(facts, items, today),
    ]
    balances = _balances(facts, items, today)
    theirs, unclear = _quoted(facts, balances)
    reasons = [*_wider_scope(facts, today), *unclear]
    answers = _answers(facts, items, balances, theirs, today)
    if theirs is not None:
        reasons.append("BALANCE_QUOTED_DIFFERS")
    if not answers:
        reasons.append("NOBODY_TO_ANSWER")
    told = ", ".join(str(balance) for balance in balances.values())
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=f"Send the statement of {today}: {len(items)} open items, {told}.",
        effects=answers,
        reasons=tuple(reasons),
    )


STATEMENT_OF_ACCOUNT: Final = CategoryRules(
    category=Category.STATEMENT_OF_ACCOUNT,
    wants=frozenset({Want.CUSTOMER, Want.ERP_STATEMENT}),
    resolve=resolve,
)


def _owed(facts: Facts) -> tuple[Invoice, ...]:
    return tuple(item for item in facts.context.open_items if is_owed(item)) if facts.context else ()


def _balances(facts: Facts, items: tuple[Invoice, ...], today: date) -> Mapping[str, Money]:
    found = {currency: totals.open for currency, totals in sorted(sum_open(items, on=today).items())}
    currency = facts.customer.currency if facts.customer else "USD"
    return found or {currency: zero(currency)}


def _check_balance(facts: Facts, items: tuple[Invoice, ...], today: date) -> Finding:
    """V06: the snapshot is fresh and complete, no payment is left to apply, and the ERP shows the same open items."""
    shown, context = facts.erp_statement, facts.context
    if not is_fresh(facts):
        return Finding("V06", "balance", Result.FAIL, "the ledger snapshot is too old", "SNAPSHOT_TOO_OLD")
    if shown is None or context is None or facts.statement_sha256 is None:
        return Finding("V06", "balance", Result.UNKNOWN, "the ERP's open items were not read", "ERP_NOT_READ")
    if not context.open_items_complete:
        return Finding("V06", "balance", Result.UNKNOWN, "there are too many open items", "TOO_MANY_OPEN_ITEMS")
    if context.unapplied or not context.unapplied_complete:
        return Finding("V06", "balance", Result.FAIL, "payments are left to apply", "UNAPPLIED_PAYMENTS")
    ours = {item.invoice_no: item.open_amount for item in items}
    theirs = {item.invoice_no: item.open_amount for item in shown.items}
    sums = {currency: amount for currency, amount in shown.balances.items() if amount.amount}
    ledger = {currency: amount for currency, amount in _balances(facts, items, today).items() if amount.amount}
    return Finding(
        check="V06",
        subject="balance",
        result=Result.PASS if ours == theirs and sums == ledger else Result.FAIL,
        message="open items and balance of ledger and ERP",
        reason="BALANCE_DIFFERS",
        expected=", ".join(str(amount) for amount in ledger.values()) or "nothing open",
        actual=", ".join(str(amount) for amount in sums.values()) or "nothing open",
        locators=(shown.url_path,),
    )


def _wider_scope(facts: Facts, today: date) -> list[str]:
    """Codes for what is asked for beyond the items that are open on the one account today."""
    days = {day.value for day in facts.request.dates if not day.source.is_hint}
    found = {
        "AS_OF_OTHER_DAY": bool(days - {today}),
        "AUDIT_CONFIRMATION": bool(_AUDIT.search(facts.words)),
        "SCOPE_MOVEMENTS": bool(_MOVEMENTS.search(facts.words)),
        "SEVERAL_ACCOUNTS": _names_other_accounts(facts) or bool(_GROUP.search(facts.words)),
        "THIRD_PARTY_RECIPIENT": _names_other_domain(facts),
    }
    return [code for code, holds in found.items() if holds]


def _names_other_accounts(facts: Facts) -> bool:
    """Whether a number stands there that looks like the customer's own and is another."""
    if facts.customer is None:
        return False
    own = facts.customer.customer_no
    if not re.search(r"[A-Za-z]", own):
        return any(number in facts.words for number in facts.sender.group_nos)
    like_own = re.sub(r"\d+", lambda digits: rf"\d{{{len(digits[0])}}}", re.escape(own))
    found = re.findall(rf"(?<!\w){like_own}(?!\w)", facts.words, re.IGNORECASE)
    return any(number.upper() != own.upper() for number in found)


def _names_other_domain(facts: Facts) -> bool:
    known = set(facts.customer.email_domains) if facts.customer else set()
    if facts.sender.contact is not None:
        known.add(facts.sender.contact.email.rpartition("@")[2])
    return any(domain.lower() not in known for domain in _ADDRESS.findall(facts.words))


def _quoted(facts: Facts, balances: Mapping[str, Money]) -> tuple[Money | None, list[str]]:
    """The balance in the customer's own books where it is not ours, and why that cannot be told."""
    claims = [claim for claim in facts.request.amounts if not claim.source.is_hint]
    if not claims:
        return None, []
    if len(balances) != 1:
        return None, ["AMOUNT_NOT_CLEAR"]
    ((currency, ours),) = balances.items()
    if any(claim.value is None or claim.currency not in (None, currency) for claim in claims):
        return None, ["AMOUNT_NOT_CLEAR"]
    others = {claim.value for claim in claims if claim.value is not None} - {ours.amount}
    if len(others) > 1:
        return None, ["AMOUNT_NOT_CLEAR"]
    return (Money(others.pop(), currency), []) if others else (None, [])


def _answers(
    facts: Facts, items: tuple[Invoice, ...], balances: Mapping[str, Money], theirs: Money | None, today: date
) -> tuple[PlannedEffect, ...]:
    """The statement as a file; where the customer quoted another balance, with what may explain the difference."""
    number = facts.customer.customer_no if facts.customer else ""
    files = ({"file_name": f"statement-{number}-{today}.csv", "sha256": facts.statement_sha256 or ""},)
    if theirs is None:
        disputed = [
            say("in_dispute", invoice_no=item.invoice_no, amount=item.open_amount) for item in items if item.disputed
        ]
        values: dict[str, object] = {"as_of": today, "balance": list(balances.values()), "disputed": disputed}
        return plan_answers(facts, seq=1, template="STATEMENT", values=values, attachments=files)
    (ours,) = balances.values()
    values = {
        "as_of": today,
        "our_balance": ours,
        "their_balance": theirs,
        "difference": theirs - ours,
        "items": _explain(items, ours - theirs),
    }
    return plan_answers(facts, seq=1, template="STATEMENT_RECONCILED", values=values, attachments=files)


def _explain(items: tuple[Invoice, ...], missing: Money) -> list[object]:
    """What they may not have in their books: the one set of open items that sums to the difference, if there is one."""
    amounts = {item.invoice_no: item.open_amount for item in items}
    only = find_sums(amounts, payment=missing).only
    if only is None:
        return [say("unexplained", amount=-missing)]
    return [say("ours_only", document_no=number, amount=amounts[number]) for number in only]
