"""Documents about who a customer is: ticked as received, and the customer told what is still missing.

That a document is genuine, and every release, is for the KYC officer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csr_bot.core.account_checks import calendar_of, check_held_back, kyc_status, today_of
from csr_bot.core.business_time import add_business_days
from csr_bot.core.categories.answering import ask_customer, common_checks, plan_answers
from csr_bot.core.checks import Finding, Result
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.facts import AttachedFile, Facts
from csr_bot.core.kyc import IN_FORCE, KycRisk
from csr_bot.core.kyc_documents import DocumentKind, KycDocument, find_document_problems, missing_documents
from csr_bot.core.legal_names import fold_name
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category

DAYS_TO_VERIFY: Final = 3
_KINDS: Final[Mapping[DocumentKind, re.Pattern[str]]] = {
    kind: re.compile(words, re.IGNORECASE)
    for kind, words in {
        DocumentKind.INCORPORATION: (
            r"certificate of (?:incorporation|good standing)|incorporation|handelsregister|extrait kbis|\bkbis\b|"
            r"escritura|registro mercantil|uittreksel|kvk"
        ),
        DocumentKind.TAX_FORM: r"\bw-?[89](?:ben)?(?:-e)?\b|tax (?:form|certificate)|steuerbescheinigung|attestation fiscale",
        DocumentKind.BENEFICIAL_OWNERS: (
            r"beneficial owner|\bubo\b|wirtschaftlich berechtigt|bénéficiaires? effectif|titular(?:es)? real|list of owners"
        ),
        DocumentKind.DIRECTOR_ID: r"passport|\bid card|identity card|personalausweis|reisepass|passeport|pasaporte|paspoort",
        DocumentKind.ADDRESS_PROOF: r"proof of address|utility bill|adressnachweis|justificatif de domicile",
        DocumentKind.OWNERSHIP_CHART: r"ownership (?:chart|structure)|organi[sz]ation chart|organigram|beteiligungsstruktur",
        DocumentKind.SOURCE_OF_FUNDS: r"source of funds|mittelherkunft|origine des fonds|origen de los fondos",
        DocumentKind.FINANCIAL_STATEMENTS: r"financial statements?|annual (?:report|accounts)|jahresabschluss|comptes annuels",
    }.items()
}
_WHY: Final = re.compile(r"\b(?:why|warum|wieso|weshalb|pourquoi|por qué|waarom)\b", re.IGNORECASE)
_LINK: Final = re.compile(r"\b(?:link|lien|enlace|koppeling)\b", re.IGNORECASE)
_RELEASE: Final = re.compile(
    r"\b(?:review|check|kyc)\b[^.\n]{0,30}\b(?:complete|done|finished)|\breleas|\bfreigeb|\bfreigab|\blibér|\bliberar|\bvrijgev",
    re.IGNORECASE,
)
_OWNERSHIP: Final = re.compile(
    r"\b(?:acquired|taken over|new (?:owner|shareholder|parent)|ownership (?:has )?change|change of (?:control|ownership)|"
    r"übernommen|neue[rn]? (?:eigentümer|gesellschafter)|rachet|nouvel actionnaire|adquirid|nuevo propietario|overgenomen)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Received:
    """A file and what it is taken for; None where that is not certain."""

    file: AttachedFile
    kind: DocumentKind | None


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Tick what came in and say what is missing; explain why we ask; leave the rest to the KYC officer."""
    findings = [item for item in common_checks(facts, policy, required=IdentityLevel.L2) if item.check != "V03"]
    if _OWNERSHIP.search(facts.words):
        return _for_a_person(findings, "Owners have changed: the customer is screened again.", "OWNERSHIP_CHANGED")
    if facts.files:
        return _tick(facts, policy, findings)
    if _WHY.search(facts.words):
        return _explain(facts, findings)
    if _LINK.search(facts.words):
        return _for_a_person(findings, "A new link to upload documents is asked for.", "UPLOAD_LINK_ASKED")
    if _RELEASE.search(facts.words):
        return _for_a_person(findings, "A release is asked for, which only people give.", "KYC_RELEASE_ASKED")
    effects = ask_customer(facts, ["document"])
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask for the document itself.",
        effects=effects,
        questions=("document",),
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


KYC_DOCUMENT: Final = CategoryRules(
    category=Category.KYC_DOCUMENT,
    wants=frozenset({Want.CUSTOMER}),
    resolve=resolve,
)


def _for_a_person(findings: list[Finding], rationale: str, *reasons: str) -> Proposal:
    return Proposal(Outcome.NO_ACTION, tuple(findings), rationale, reasons=reasons)


def _explain(facts: Facts, findings: list[Finding]) -> Proposal:
    answers = plan_answers(facts, seq=1, template="KYC_WHY", values={})
    findings.append(check_held_back(facts, answers))
    return Proposal(
        Outcome.INFORMATION_PROVIDED,
        tuple(findings),
        "Explain why we ask who our customers are.",
        effects=answers,
        reasons=() if answers else ("NOBODY_TO_ANSWER",),
    )


def _tick(facts: Facts, policy: Policy, findings: list[Finding]) -> Proposal:
    """Received, not verified: of each file what it is, and of the record what it still needs."""
    received = [_Received(file, _kind_of(file)) for file in facts.files]
    findings += [_check_document(facts, item) for item in received]
    kinds = [item.kind for item in received if item.kind is not None]
    due = add_business_days(calendar_of(facts, policy), day=today_of(facts, policy), days=DAYS_TO_VERIFY)
    number = facts.customer.customer_no if facts.customer else ""
    ticks = tuple(
        PlannedEffect(
            seq=seq,
            type=EffectType.KYC_MARK_RECEIVED,
            target=number,
            params={
                "customer_no": number,
                "due_on": due.isoformat(),
                "requirement": item.kind.value,
                "sha256": item.file.sha256,
            },
        )
        for seq, item in enumerate((item for item in received if item.kind is not None), start=1)
        if item.kind is not None
    )
    missing = _missing(facts, kinds)
    values = {
        "received": [say(f"kyc_{kind.value}") for kind in dict.fromkeys(kinds)],
        "missing": [_name(item) for item in missing] or [say("kyc_complete")],
    }
    answers = plan_answers(facts, seq=len(ticks) + 1, template="KYC_RECEIVED", values=values)
    findings.append(check_held_back(facts, (*ticks, *answers)))
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=f"Received, to be verified by {due}: {', '.join(kinds) or 'nothing'}. "
        f"Missing: {', '.join(missing) or 'nothing'}.",
        effects=(*ticks, *answers),
        reasons=() if answers else ("NOBODY_TO_ANSWER",),
    )


def _kind_of(file: AttachedFile) -> DocumentKind | None:
    """The one kind that the name of a file says; where it says none, the one that its text says."""
    for text in (re.sub(r"[_.]+", " ", file.file_name), file.text):
        found = [kind for kind, words in _KINDS.items() if words.search(text)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _check_document(facts: Facts, item: _Received) -> Finding:
    """E14: the kind is certain, and the text of the file names the customer."""
    legal_name = facts.customer.legal_name if facts.customer else ""
    named = bool(legal_name) and f" {fold_name(legal_name)} " in f" {fold_name(item.file.text)} "
    document = KycDocument(item.kind, legal_name if named else "")
    problems = find_document_problems(document, legal_name=legal_name, today=facts.now.date())
    return Finding(
        check="E14",
        subject=item.file.file_name,
        result=Result.FAIL if problems else Result.PASS,
        message=", ".join(problem.value.replace("_", " ") for problem in problems) or f"received: {item.kind}",
        reason=f"KYC_{problems[0].upper()}" if problems else "KYC_DOCUMENT_DOUBTFUL",
        locators=(item.file.sha256[:12],),
    )


def _missing(facts: Facts, received: Sequence[DocumentKind]) -> tuple[str, ...]:
    """What the record still needs once this has come in: its own list, else the checklist of its risk class."""
    record = facts.context.kyc if facts.context else None
    if record is not None and record.missing:
        named = ((text, [kind for kind, words in _KINDS.items() if words.search(text)]) for text in record.missing)
        return tuple(kinds[0].value if kinds else text for text, kinds in named if not set(kinds) & set(received))
    if kyc_status(facts) in IN_FORCE:
        return ()
    rating = record.risk_rating if record else None
    risk = KycRisk(rating) if rating in set(KycRisk) and rating is not None else KycRisk.HIGH
    return tuple(kind.value for kind in missing_documents(risk, states={}, received=received))


def _name(requirement: str) -> object:
    """A requirement in words: ours where it is of a kind that we know, else as the record says it."""
    return say(f"kyc_{requirement}") if requirement in set(DocumentKind) else requirement
