"""Questions about contracts and invoice lines: answered where a field of the contract or a line is the answer.

Nothing is interpreted. What is covered, promised, cancelled or due as a service credit is for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from csr_bot.core.account_checks import check_scope, today_of
from csr_bot.core.categories.answering import ask_customer, common_checks, language_of, plan_answers
from csr_bot.core.checks import (
    READABLE,
    Finding,
    Result,
    check_owner,
    check_snapshot,
    check_status,
    check_sum,
    is_fresh,
)
from csr_bot.core.evidence import Contract, PriceTerm
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.kyc import DataScope
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import Policy
from csr_bot.core.proposal import CategoryRules, Outcome, Proposal, Want
from csr_bot.core.replies import say
from csr_bot.core.request import Category

Sentence = Mapping[str, object]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NOTICE: Final = _words(
    r"notice period|period of notice|k(?:ü|ue)ndigungsfrist|délai de préavis|\bpréavis|plazo de preaviso|opzegtermijn"
)
_RENEWAL: Final = _words(
    r"auto[- ]?renew|renewal|\brenews?\b|verl(?:ä|ae)nger|reconduction|renouvel|renovaci(?:ó|o)n|verleng"
)
_DURATION: Final = _words(
    r"(?:start|end|expiry|expiration) date|when does .{0,40}(?:start|end|expire)|contract (?:term|duration)|laufzeit"
    r"|durée du contrat|duración del contrato|looptijd"
)
_PRICE: Final = _words(
    r"price list|(?:agreed|contract|unit) (?:price|rate)s?|preisliste|vereinbarte\w* preis|liste des prix|prix convenu"
    r"|lista de precios|precio acordado|prijslijst|afgesproken prijs"
)
_INCLUDED: Final = _words(
    r"included (?:units|seats|hours|quantity)|how many .{0,40} included|inklusiv(?:einheiten|menge)"
    r"|unités incluses|unidades incluidas|inbegrepen aantal"
)
_LINES: Final = _words(
    r"breakdown|explain (?:the )?lines?|\bline (?:item )?\d+|aufschl(?:ü|ue)sselung|position \d+|détail de la facture"
    r"|ligne \d+|desglose|línea \d+|specificatie|regel \d+"
)
_LINE_NO: Final = _words(r"\b(?:line(?: item)?|position|ligne|línea|regel) (\d{1,3})\b")
_FOR_PEOPLE: Final = {
    "CONTRACT_CANCELLATION": _words(
        r"\bcancel|\bterminat|\bwe (?:want|wish|would like) to end|k(?:ü|ue)ndig(?:en|ung\b)|résili|rescind|rescisi"
        r"|\bopzeggen|beëindig"
    ),
    "SERVICE_CREDIT": _words(r"service credit|uptime|availability|verf(?:ü|ue)gbarkeit|disponib|beschikbaarheid"),
    "CONTRACT_PROMISE": _words(
        r"\bpromised|you said|sales (?:rep|person|team)|zugesagt|versprochen|promis|prometi|beloofd"
    ),
    "CONTRACT_MEANING": _words(
        r"\bcover|weekend|index|\binclude[sd]?\b(?! (?:units|seats|hours|quantity))|separately|abgedeckt|couvert"
        r"|cubiert|gedekt"
    ),
}
_DAYS: Final = {"en": "days", "de": "Tage", "fr": "jours", "es": "días", "nl": "dagen"}


@dataclass(frozen=True, slots=True)
class _Found:
    """The contract that is meant, or why none is."""

    contract: Contract | None
    problem: str | None = None


def resolve(facts: Facts, policy: Policy) -> Proposal:
    """Answer from fields and lines alone; a question without a field takes the whole mail to people."""
    checked = common_checks(facts, policy, required=IdentityLevel.L2)
    findings = [item for item in checked if item.check != "V03" or facts.request.invoice_refs]
    findings.append(check_scope(facts, needed=DataScope.ALL))
    asked = [topic for topic in _TOPICS if topic.pattern.search(facts.words)]
    reasons = _for_people(facts.words)
    if not asked and not _LINES.search(facts.words):
        reasons.append("CONTRACT_NOT_A_FIELD")
    if reasons:
        return Proposal(Outcome.NO_ACTION, tuple(findings), "No field answers this.", reasons=tuple(reasons))
    if not asked:
        return _answer_lines(facts, policy, findings)
    found = _find_contract(facts, today_of(facts, policy))
    if found.problem is not None:
        return Proposal(Outcome.NO_ACTION, tuple(findings), "No contract of his is meant.", reasons=(found.problem,))
    if found.contract is None:
        return _ask(facts, findings, "contract_no")
    findings.append(_check_contract(facts, found.contract))
    told = [topic.tell(facts, found.contract, today_of(facts, policy)) for topic in asked]
    sentences = [sentence for some in told for sentence in some]
    unanswered = ["CONTRACT_NOT_A_FIELD"] if not all(told) or _LINES.search(facts.words) else []
    return _answer(facts, findings, found.contract.contract_no, sentences, unanswered)


CONTRACT_SERVICE_QUERY: Final = CategoryRules(
    category=Category.CONTRACT_SERVICE_QUERY,
    wants=frozenset({Want.CUSTOMER, Want.PRICE_TERMS, Want.ERP_INVOICE}),
    resolve=resolve,
)


def _for_people(words: str) -> list[str]:
    # Of the notice period and the included units somebody may ask without wanting to end or to interpret anything.
    plain = _INCLUDED.sub(" ", _NOTICE.sub(" ", words))
    return [code for code, pattern in _FOR_PEOPLE.items() if pattern.search(plain)]


def _ask(facts: Facts, findings: list[Finding], question: str) -> Proposal:
    effects = ask_customer(facts, (question,))
    return Proposal(
        Outcome.NO_ACTION,
        tuple(findings),
        "Ask what the question is about.",
        effects=effects,
        questions=(question,),
        reasons=() if effects else ("NOBODY_TO_ANSWER",),
    )


def _find_contract(facts: Facts, today: date) -> _Found:
    """The customer's own contract that is named, or the only one that holds. Of others nothing is said."""
    held = {item.contract_no: item for item in facts.context.contracts_on(today)} if facts.context else {}
    like_own = "|".join(sorted({re.sub(r"\\?\d", r"\\d", re.escape(number)) for number in held})) or r"(?!)"
    named = {number.upper() for number in re.findall(rf"(?<!\w)(?:{like_own})(?!\w)", facts.words, re.IGNORECASE)}
    own = {number.upper(): item for number, item in held.items()}
    if named - set(own):
        return _Found(None, "CONTRACT_NOT_FOUND")
    if len(named) > 1:
        return _Found(None, "SEVERAL_CONTRACTS")
    if named:
        return _Found(own[named.pop()])
    return _Found(next(iter(held.values())) if len(held) == 1 else None)


def _check_contract(facts: Facts, contract: Contract) -> Finding:
    """V04: the contract is the customer's, in a fresh ledger."""
    own = facts.customer is not None and contract.customer_no == facts.customer.customer_no
    return Finding(
        check="V04",
        subject=contract.contract_no,
        result=Result.PASS if own and is_fresh(facts) else Result.FAIL,
        message=f"version {contract.version} is of {contract.customer_no}",
        reason="SNAPSHOT_TOO_OLD" if own else "WRONG_CUSTOMER",
        locators=(contract.locator,),
    )


def _clause(contract: Contract, about: re.Pattern[str]) -> str | None:
    """The number of the one clause that speaks of something."""
    found = [clause.partition(":")[0] for clause in contract.clauses if about.search(clause)]
    return found[0] if len(found) == 1 else None


def _tell_notice(facts: Facts, contract: Contract, _today: date) -> list[Sentence]:
    clause = _clause(contract, _NOTICE)
    if contract.notice_days is None or clause is None:
        return []
    notice = f"{contract.notice_days} {_DAYS[language_of(facts)]}"
    return [say("contract_notice", notice=notice, clause=clause)]


def _tell_renewal(_facts: Facts, contract: Contract, _today: date) -> list[Sentence]:
    clause = _clause(contract, _RENEWAL)
    if contract.auto_renew is None or clause is None:
        return []
    return [say("contract_renews" if contract.auto_renew else "contract_ends", clause=clause)]


def _tell_duration(_facts: Facts, contract: Contract, _today: date) -> list[Sentence]:
    if contract.cancelled_on is not None:
        return []
    if contract.end is None:
        return [say("contract_open_end", valid_from=contract.start)]
    return [say("contract_runs", valid_from=contract.start, valid_to=contract.end)]


def _tell_prices(facts: Facts, contract: Contract, today: date) -> list[Sentence]:
    """The plain prices that hold today; with one that depends on more than the item, none of them."""
    terms = _terms(facts, contract, today)
    if any(_depends(term) or not term.clause for term in terms):
        return []
    return [
        say(
            "contract_price",
            item=term.sku,
            price=zero(contract.currency) if term.waived else Money(term.unit_price, contract.currency),
            valid_from=term.valid_from,
            clause=term.clause,
        )
        for term in terms
    ]


def _tell_included(facts: Facts, contract: Contract, today: date) -> list[Sentence]:
    return [
        say("contract_included", item=term.sku, quantity=term.included_quantity, clause=term.clause)
        for term in _terms(facts, contract, today)
        if term.included_quantity is not None and term.clause
    ]


def _terms(facts: Facts, contract: Contract, today: date) -> list[PriceTerm]:
    """The terms that hold today: of the items that are named, or of all."""
    held = [
        term
        for term in facts.price_terms
        if term.contract_no == contract.contract_no
        and term.valid_from <= today
        and (term.valid_to is None or today <= term.valid_to)
    ]
    newest = {term.sku: term for term in sorted(held, key=lambda term: term.valid_from)}
    words = facts.words.upper()
    named = [term for sku, term in newest.items() if re.search(rf"(?<!\w){re.escape(sku.upper())}(?!\w)", words)]
    return named or list(newest.values())


def _depends(term: PriceTerm) -> bool:
    return any(
        value is not None
        for value in (term.tier_from, term.tier_to, term.discount_pct, term.cap_amount, term.cap_quantity)
    )


@dataclass(frozen=True, slots=True)
class _Topic:
    """A kind of question that fields answer; no sentence means that they do not."""

    pattern: re.Pattern[str]
    tell: Callable[[Facts, Contract, date], Sequence[Sentence]]


_TOPICS: Final = (
    _Topic(_NOTICE, _tell_notice),
    _Topic(_RENEWAL, _tell_renewal),
    _Topic(_DURATION, _tell_duration),
    _Topic(_PRICE, _tell_prices),
    _Topic(_INCLUDED, _tell_included),
)


def _answer_lines(facts: Facts, policy: Policy, findings: list[Finding]) -> Proposal:
    """The lines of the one invoice that is meant, as they were billed."""
    entries = facts.matched()
    if not entries and not facts.request.invoice_refs:
        return _ask(facts, findings, "invoice")
    if len(entries) != 1:
        reason = "SEVERAL_INVOICES" if entries else "NO_INVOICE"
        return Proposal(Outcome.NO_ACTION, tuple(findings), "One invoice at a time is told.", reasons=(reason,))
    entry = entries[0]
    findings += [
        check_owner(facts, entry),
        check_status(entry, allowed=READABLE),
        check_snapshot(facts, entry),
        check_sum(entry, tolerance=policy.tolerances.rounding_abs),
    ]
    named = {int(number) for number in _LINE_NO.findall(facts.words)}
    missing = named - {line.line_no for line in entry.lines}
    reasons = ["NO_SUCH_LINE"] if missing else []
    return _answer(facts, findings, entry.invoice.invoice_no, _tell_lines(entry, named), reasons)


def _tell_lines(entry: InvoiceFacts, named: set[int]) -> list[Sentence]:
    return [
        say(
            "invoice_line",
            invoice_no=entry.invoice.invoice_no,
            line=line.line_no,
            item=line.description or line.sku,
            quantity=line.quantity,
            price=Money(line.unit_price, line.net.currency),
            amount=line.net,
        )
        for line in entry.lines
        if not named or line.line_no in named
    ]


def _answer(
    facts: Facts, findings: list[Finding], about: str, sentences: Sequence[Sentence], reasons: Sequence[str]
) -> Proposal:
    values = {"answers": list(sentences), "contract_no": about}
    answers = plan_answers(facts, seq=1, template="CONTRACT_ANSWER", values=values) if sentences else ()
    return Proposal(
        outcome=Outcome.INFORMATION_PROVIDED,
        findings=tuple(findings),
        rationale=f"Tell {len(sentences)} field(s) of {about}.",
        effects=answers,
        reasons=(*reasons, *(() if answers else ("CONTRACT_NOT_A_FIELD",))),
    )
