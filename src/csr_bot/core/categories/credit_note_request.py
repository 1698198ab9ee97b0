"""Credit notes that a customer waits for: one that is posted is sent, everything else is for people.

That somebody is said to have approved a credit is hearsay: only what our own record shows counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from csr_bot.core.account_checks import check_scope
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import READABLE, Finding, Result, check_owner, check_snapshot, check_status
from csr_bot.core.facts import CreditNoteCopy, Facts, InvoiceFacts
from csr_bot.core.kyc import DataScope
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.request import Category

_BEYOND: Final = {
    "REBATE": re.compile(r"\b(?:rebate|bonus|r(?:ü|ue)ckverg\w*|ristourne|rappel|kortingsbonus)\b", re.IGNORECASE),
    "RETURNED_GOODS": re.compile(
        r"\b(?:rma|return(?:ed|s)?|retoure\w*|zur(?:ü|ue)ckgesandt|retourn\w+|devolu\w+|devuelt\w+|retour)\b",
        re.IGNORECASE,
    ),
}
_HEARSAY: Final = re.compile(
    r"\b(?:approved|promised|agreed|confirmed|told (?:me|us)|said|genehmigt|zugesagt|versprochen|approuvé|promis"
    r"|aprob\w+|prometi\w+|goedgekeurd|beloofd|toegezegd)\b",
    re.IGNORECASE,
)


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Send the one posted credit note that is meant; the document itself goes to the contact who asks."""
    entries = facts.matched()
    checked = common_checks(facts, policy, required=IdentityLevel.L2)
    beyond = [code for code, pattern in _BEYOND.items() if pattern.search(facts.words)]
    if not facts.request.invoice_refs and not entries and not beyond:
        return _ask(facts, [item for item in checked if item.check != "V03"])
    findings = [*checked, check_scope(facts, needed=DataScope.ALL)]
    for entry in entries:
        findings += [check_owner(facts, entry), check_status(entry, allowed=READABLE), check_snapshot(facts, entry)]
    copies = _meant(facts, entries)
    if len(copies) != 1:
        codes = (*beyond, *_why_none(facts, entries, copies))
        return Proposal(Outcome.NO_ACTION, tuple(findings), "No one credit note is posted and meant.", reasons=codes)
    return _send(facts, copies[0], findings)


CREDIT_NOTE_REQUEST: Final = CategoryRules(
    category=Category.CREDIT_NOTE_REQUEST,
    wants=frozenset({Want.CUSTOMER, Want.ERP_INVOICE, Want.CREDIT_NOTES}),
    resolve=resolve,
)


def _ask(facts: Facts, findings: list[Finding]) -> Proposal:
    effects = ask_customer(facts, ("invoice",))
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask which invoice the credit note is for.",
        effects=effects,
        questions=("invoice",),
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _meant(facts: Facts, entries: Sequence[InvoiceFacts]) -> list[CreditNoteCopy]:
    """The posted credit notes on the named invoices; where amounts are stated, those over one of them."""
    numbers = {entry.invoice.invoice_no for entry in entries}
    on_them = [copy for copy in facts.credit_notes if copy.invoice_no in numbers]
    claims = [claim for claim in facts.request.amounts if not claim.source.is_hint]
    if not claims:
        return on_them
    return [
        copy
        for copy in on_them
        if any(claim.value == copy.amount.amount and claim.currency in (None, copy.amount.currency) for claim in claims)
    ]


def _why_none(facts: Facts, entries: Sequence[InvoiceFacts], copies: Sequence[CreditNoteCopy]) -> list[str]:
    if len(copies) > 1:
        return ["SEVERAL_CREDIT_NOTES"]
    coming = any(not item.posted for entry in entries for item in facts.credits_on(entry.invoice.invoice_no))
    found = {
        "CREDIT_ON_ITS_WAY": coming,
        "HEARSAY_APPROVAL": not coming and bool(_HEARSAY.search(facts.words)),
        "NO_CREDIT_NOTE": True,
    }
    return [code for code, holds in found.items() if holds]


def _send(facts: Facts, copy: CreditNoteCopy, findings: list[Finding]) -> Proposal:
    findings.append(
        Finding(
            check="E14",
            subject=copy.number,
            result=Result.PASS if copy.document_sha256 else Result.UNKNOWN,
            message="the printed credit note",
            reason="NO_DOCUMENT",
        )
    )
    answers = plan_answers(
        facts,
        seq=1,
        template="CN_COPY",
        values={
            "amount": copy.amount,
            "credit_note_no": copy.number,
            "invoice_no": copy.invoice_no,
            "issued_on": copy.issued_on,
        },
        attachments=({"file_name": f"{copy.number}.pdf", "sha256": copy.document_sha256 or ""},),
    )
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=f"Send credit note {copy.number} over {copy.amount} for {copy.invoice_no}.",
        effects=answers if copy.document_sha256 else (),
        reasons=() if answers else ("NOBODY_TO_ANSWER",),
    )
