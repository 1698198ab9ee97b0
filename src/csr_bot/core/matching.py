"""Which customer wrote and which invoices are meant: candidates, points, and whether the best is good enough.

Pure functions over one immutable index of a ledger snapshot. Similar text alone never makes a match: in a ledger with
sequential numbers every number has a real neighbour one keystroke away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import OSA

from csr_bot.core.evidence import Contact, Customer, Invoice
from csr_bot.core.message import Address, IdentityLevel, ParsedMessage
from csr_bot.core.money import Money
from csr_bot.core.policy import MatchingPolicy
from csr_bot.core.request import AmountRole, Reference, Request, TextSource

_FREE_MAIL: Final = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "gmx.de", "gmx.net", "web.de"}
    | {"icloud.com", "aol.com", "proton.me", "protonmail.com", "mail.com", "live.com", "orange.fr", "ziggo.nl"}
)
# Letters that scanners and people put where a number template wants a digit.
_AS_DIGITS: Final = str.maketrans("OQDIL|ZSGB", "0001112568")
_SUGGESTIONS: Final = 5


class MatchDecision(StrEnum):
    """What the points of a match are good for."""

    AUTO = "auto"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class IndexedInvoice:
    """What matching needs to know of an invoice."""

    invoice_no: str
    canonical: str
    customer_no: str
    amounts: frozenset[Decimal]
    gross: Money
    po: str | None
    dates: frozenset[date]


@dataclass(frozen=True, slots=True)
class LedgerIndex:
    """Look-ups over one snapshot, built once and shared by every match on it."""

    snapshot_id: str
    customers: Mapping[str, Customer]
    contacts: Mapping[str, tuple[Contact, ...]]
    domains: Mapping[str, frozenset[str]]
    by_canonical: Mapping[str, IndexedInvoice]
    by_digits: Mapping[str, tuple[IndexedInvoice, ...]]
    by_tail: Mapping[tuple[str, str], tuple[IndexedInvoice, ...]]
    by_customer: Mapping[str, tuple[IndexedInvoice, ...]]
    prefixes: frozenset[str] = frozenset()
    """The letters that numbers of this ledger begin with, such as ``INV``."""


@dataclass(frozen=True, slots=True)
class SenderFinding:
    """Who wrote, as far as the customer master and the receiving server know."""

    level: IdentityLevel
    reason: str
    customer_nos: frozenset[str]
    contact: Contact | None
    fraud_signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An invoice that may be meant, with its points by signal."""

    invoice_no: str
    customer_no: str
    score: Decimal
    parts: Mapping[str, Decimal]
    agree: tuple[str, ...]
    contradict: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The invoice meant by one reference of a request (or by the request as a whole, where it names none)."""

    reference: Reference | None
    decision: MatchDecision
    best: Candidate | None
    candidates: tuple[Candidate, ...]
    why: tuple[str, ...]


def canonical_number(text: str) -> str:
    """A document number reduced to upper case letters and digits."""
    return "".join(char for char in text.upper() if char.isascii() and char.isalnum())


def build_index(
    *, snapshot_id: str, customers: Iterable[Customer], contacts: Iterable[Contact], invoices: Iterable[Invoice]
) -> LedgerIndex:
    """The index of a snapshot. Two invoices of one canonical number must have been refused by the import."""
    by_canonical: dict[str, IndexedInvoice] = {}
    by_digits: defaultdict[str, list[IndexedInvoice]] = defaultdict(list)
    by_tail: defaultdict[tuple[str, str], list[IndexedInvoice]] = defaultdict(list)
    by_customer: defaultdict[str, list[IndexedInvoice]] = defaultdict(list)
    for invoice in invoices:
        entry = _indexed(invoice)
        by_canonical[entry.canonical] = entry
        by_customer[entry.customer_no].append(entry)
        digits, year_serial, tail = _number_forms(invoice.invoice_no)
        for form in {digits, year_serial} - {""}:
            by_digits[form].append(entry)
        if tail:
            by_tail[entry.customer_no, tail].append(entry)
    masters = {customer.customer_no: customer for customer in customers}
    domains: defaultdict[str, set[str]] = defaultdict(set)
    for customer in masters.values():
        for domain in customer.email_domains:
            domains[domain].add(customer.customer_no)
    people: defaultdict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        people[contact.email].append(contact)
    return LedgerIndex(
        snapshot_id=snapshot_id,
        customers=masters,
        contacts={email: tuple(entries) for email, entries in people.items()},
        domains={domain: frozenset(numbers) for domain, numbers in domains.items()},
        by_canonical=by_canonical,
        by_digits={form: tuple(entries) for form, entries in by_digits.items()},
        by_tail={form: tuple(entries) for form, entries in by_tail.items()},
        by_customer={number: tuple(entries) for number, entries in by_customer.items()},
        prefixes=frozenset(_prefix(number) for number in by_canonical) - {""},
    )


def identify_sender(message: ParsedMessage, index: LedgerIndex) -> SenderFinding:
    """Identity level L0 to L2 of a mail's sender and the customers that he may speak for."""
    sender = message.sender
    if sender is None:
        return _unknown("no readable sender")
    signs = _fraud_signs(message, sender, index)
    contacts = tuple(contact for contact in index.contacts.get(sender.address, ()) if contact.active)
    known_domain = () if sender.domain in _FREE_MAIL else index.domains.get(sender.domain, frozenset())
    customers = frozenset(contact.customer_no for contact in contacts) or frozenset(known_domain)
    if not customers:
        return SenderFinding(
            IdentityLevel.L0, f"{sender.address} is not on the customer master", customers, None, signs
        )
    if signs or not message.authentication.passed:
        reason = signs[0] if signs else "the receiving server did not authenticate the sender's domain"
        return SenderFinding(IdentityLevel.L0, reason, customers, None, signs)
    if contacts:
        return SenderFinding(
            IdentityLevel.L2, f"{sender.address} is an active contact, DMARC passed", customers, contacts[0], signs
        )
    return SenderFinding(IdentityLevel.L1, f"{sender.domain} is on the customer master", customers, None, signs)


def match_request(
    request: Request, *, own: Collection[str], index: LedgerIndex, policy: MatchingPolicy
) -> tuple[Match, ...]:
    """One match for each invoice that the request names; one for the whole request where it names none.

    ``own`` are the customers that the sender may speak for: an invoice of anybody else never becomes more than a
    refused candidate.
    """
    references = _distinct(request.invoice_refs)
    if not references:
        question = _Question(request, own, policy, frozenset())
        return (_decide(None, _candidates_without_number(request, own, index), question),)
    candidates = [(reference, _candidates(reference, own, index)) for reference in references]
    named = {number for _, found in candidates for number in found}
    question = _Question(request, own, policy, _totals_of_others(request, own, index, named=named))
    return tuple(_merge_same_invoice([_decide(reference, found, question) for reference, found in candidates]))


def _unknown(reason: str) -> SenderFinding:
    return SenderFinding(IdentityLevel.L0, reason, frozenset(), None, ())


def _fraud_signs(message: ParsedMessage, sender: Address, index: LedgerIndex) -> tuple[str, ...]:
    signs = [
        f"Reply-To {address.address} is outside the sender's domain"
        for address in message.reply_to
        if address.domain != sender.domain
    ]
    if sender.domain not in index.domains and sender.domain not in _FREE_MAIL:
        shown = _as_shown(sender.domain)
        signs.extend(
            f"the domain {sender.domain} looks like {known}"
            for known in index.domains
            if OSA.distance(shown, known, score_cutoff=2) <= 2
        )
    return tuple(signs)


def _as_shown(domain: str) -> str:
    """A domain as people see it: look-alike letters of other alphabets instead of their ASCII form (RFC 5890)."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def _indexed(invoice: Invoice) -> IndexedInvoice:
    return IndexedInvoice(
        invoice_no=invoice.invoice_no,
        canonical=canonical_number(invoice.invoice_no),
        customer_no=invoice.customer_no,
        amounts=frozenset({invoice.gross.amount, invoice.net.amount, invoice.open_amount.amount}),
        gross=invoice.gross,
        po=canonical_number(invoice.po_no) if invoice.po_no else None,
        dates=frozenset({invoice.invoice_date, invoice.due_date}),
    )


def _prefix(canonical: str) -> str:
    """The letters before the first digit."""
    return canonical[: next((place for place, char in enumerate(canonical) if char.isdigit()), len(canonical))]


def _number_forms(number: str) -> tuple[str, str, str]:
    """Digits only; year and serial without leading zeros; serial alone without leading zeros."""
    groups: list[str] = []
    for char in number:
        if not char.isdigit():
            groups.append("")
        elif groups and groups[-1]:
            groups[-1] += char
        else:
            groups.append(char)
    numbers = [group for group in groups if group]
    if not numbers:
        return "", "", ""
    tail = numbers[-1].lstrip("0")
    return "".join(numbers), "".join(numbers[:-1]) + tail, tail


def _distinct(references: Sequence[Reference]) -> list[Reference]:
    """One reference for each canonical number, the newest text before what is quoted."""
    ranked = sorted(references, key=lambda reference: reference.source is TextSource.QUOTED)
    found: dict[str, Reference] = {}
    for reference in ranked:
        found.setdefault(reference.canonical, reference)
    meant = [reference for reference in found.values() if reference.source is not TextSource.QUOTED]
    return meant or list(found.values())


def _candidates(
    reference: Reference, own: Collection[str], index: LedgerIndex
) -> dict[str, tuple[IndexedInvoice, Decimal]]:
    exact = index.by_canonical.get(reference.canonical)
    if exact is not None:
        return {exact.invoice_no: (exact, Decimal(50))}
    # Letters are read as digits only where a number of this ledger has digits: the I of INV is an I.
    prefix = max((known for known in index.prefixes if reference.canonical.startswith(known)), key=len, default="")
    number = reference.canonical.removeprefix(prefix)
    repaired = number.translate(_AS_DIGITS)
    digits = "".join(char for char in repaired if char.isdigit())
    is_repaired = number != repaired and any(char.isdigit() for char in number)
    found: dict[str, tuple[IndexedInvoice, Decimal]] = {}
    same = (*index.by_digits.get(digits, ()), *index.by_digits.get(_number_forms(reference.raw)[1], ()))
    for entry in same:
        found[entry.invoice_no] = (entry, Decimal("48.5") if is_repaired else Decimal("47.5"))
    tail = digits.lstrip("0")
    if not found and tail:
        for customer_no in own:
            for entry in index.by_tail.get((customer_no, tail), ()):
                found[entry.invoice_no] = (entry, Decimal("37.5"))
    if not found:
        for customer_no in own:
            for entry in index.by_customer.get(customer_no, ()):
                if OSA.distance(reference.canonical, entry.canonical, score_cutoff=1) == 1:
                    found[entry.invoice_no] = (entry, Decimal(30))
    return found


def _candidates_without_number(
    request: Request, own: Collection[str], index: LedgerIndex
) -> dict[str, tuple[IndexedInvoice, Decimal]]:
    orders = {reference.canonical for reference in request.po_refs}
    amounts = {claim.value for claim in request.amounts if claim.value is not None}
    days = {claim.value for claim in request.dates}
    return {
        entry.invoice_no: (entry, Decimal(0))
        for customer_no in own
        for entry in index.by_customer.get(customer_no, ())
        if entry.po in orders or entry.amounts & amounts or entry.dates & days
    }


def _totals_of_others(
    request: Request, own: Collection[str], index: LedgerIndex, *, named: Collection[str]
) -> frozenset[Decimal]:
    """Totals in the text that fit an invoice of the sender that the text does not name."""
    totals = {
        claim.value
        for claim in request.amounts
        if claim.role is AmountRole.INVOICE_TOTAL and claim.source is not TextSource.QUOTED and claim.value is not None
    }
    if not totals:
        return frozenset()
    others = (entry for number in own for entry in index.by_customer.get(number, ()) if entry.invoice_no not in named)
    return frozenset(amount for entry in others for amount in entry.amounts & totals)


@dataclass(frozen=True, slots=True)
class _Question:
    """What every candidate is held against. ``foreign`` are totals in the text that fit another invoice."""

    request: Request
    own: Collection[str]
    policy: MatchingPolicy
    foreign: frozenset[Decimal]


def _decide(
    reference: Reference | None, found: Mapping[str, tuple[IndexedInvoice, Decimal]], question: _Question
) -> Match:
    quoted = reference is not None and reference.source is TextSource.QUOTED
    policy = question.policy
    scored = sorted(
        (_score(entry, points / 2 if quoted else points, question) for entry, points in found.values()),
        key=lambda candidate: (-candidate.score, candidate.invoice_no),
    )
    if not scored:
        named = f"{reference.raw!r} is on no account of the sender" if reference else "the text names no document"
        return Match(reference, MatchDecision.NONE, None, (), (named,))
    best, *others = scored
    lead = best.score - others[0].score if others else best.score
    why: list[str] = []
    decision = MatchDecision.AUTO
    if best.customer_no not in question.own:
        decision, why = MatchDecision.NONE, ["the document belongs to another customer"]
    elif best.score < policy.suggest:
        decision, why = MatchDecision.NONE, [f"{best.score} points are below {policy.suggest}"]
    elif best.score < policy.auto:
        decision, why = MatchDecision.SUGGEST, [f"{best.score} points are below {policy.auto}"]
    elif lead < policy.margin:
        decision = MatchDecision.SUGGEST
        why = [f"{others[0].invoice_no} is only {lead} points behind; a PO or an amount would settle it"]
    return Match(reference, decision, best, tuple(scored[:_SUGGESTIONS]), tuple(why))


def _score(entry: IndexedInvoice, points: Decimal, question: _Question) -> Candidate:
    request, policy = question.request, question.policy
    parts: dict[str, Decimal] = {}
    agree: list[str] = []
    contradict: list[str] = []
    if points:
        parts["ref"] = points * policy.ref / 50
        if points > Decimal(47):
            agree.append("ref")
    parts["customer"] = policy.customer if entry.customer_no in question.own else policy.customer_other
    fresh = [claim for claim in request.amounts if claim.source is not TextSource.QUOTED and claim.value is not None]
    if any(claim.value in entry.amounts and claim.currency in (None, entry.gross.currency) for claim in fresh):
        parts["amount"] = policy.amount
        agree.append("amount")
    elif question.foreign or any(
        claim.role is AmountRole.INVOICE_TOTAL and (claim.value or 0) > entry.gross.amount for claim in fresh
    ):
        parts["amount"] = policy.amount_conflict
        contradict.append("amount")
    orders = {reference.canonical for reference in request.po_refs}
    if entry.po is not None and entry.po in orders:
        parts["po"] = policy.po
        agree.append("po")
    elif entry.po is not None and orders:
        parts["po"] = policy.po_conflict
        contradict.append("po")
    if entry.dates & {claim.value for claim in request.dates}:
        parts["date"] = policy.date
        agree.append("date")
    total = sum(parts.values(), start=Decimal(0))
    return Candidate(entry.invoice_no, entry.customer_no, total, parts, tuple(agree), tuple(contradict))


def _merge_same_invoice(matches: Sequence[Match]) -> Iterable[Match]:
    """Two spellings of one invoice ("417" and "INV-2025-00417") are one match: the one with more points."""
    best: dict[str, Match] = {}
    for number, match in enumerate(matches):
        key = match.best.invoice_no if match.best else f"#{number}"
        rival = best.get(key)
        if rival is None or rival.best is None or (match.best and match.best.score > rival.best.score):
            best[key] = match
    return best.values()
