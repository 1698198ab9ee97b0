"""Which invoices a request means: candidates, points, and whether the best of them is good enough.

Similar text alone never makes a match: in a ledger with sequential numbers every number has a real neighbour one
keystroke away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from csr_bot.core.matching.entries import LedgerEntry, LedgerView
from csr_bot.core.matching.numbers import read_number
from csr_bot.core.matching.relations import Relation, relate
from csr_bot.core.matching.results import Candidate, Match, MatchDecision
from csr_bot.core.matching.scoring import Asking, Scored, Written, telling
from csr_bot.core.matching.statements import named_sums, open_sum, read_statements
from csr_bot.core.policy import MatchingPolicy
from csr_bot.core.request import Reference, Request

_SUGGESTIONS: Final = 5


def match_request(
    request: Request,
    *,
    own: Collection[str],
    view: LedgerView,
    policy: MatchingPolicy,
    group: Collection[str] = (),
    thread: Collection[str] = (),
) -> tuple[Match, ...]:
    """One match for each invoice that the request names; one for the whole request where it names none.

    ``own`` are the customers that the sender may speak for and ``group`` the other members of their declared groups: an
    invoice of anybody else never becomes more than a refused candidate. ``thread`` are the invoices that are certain on
    the case that the message continues.
    """
    asking = Asking(
        read_statements(request, thread), own=frozenset(own), group=frozenset(group), view=view, policy=policy
    )
    references = _distinct(request.invoice_refs)
    if not references:
        return (_match_without_number(asking),)
    asking.has_numbers = True
    written = [
        Written(read_number(reference.raw, view.prefixes), not reference.source.is_hint) for reference in references
    ]
    related = [asking.related(one.number) for one in written]
    meant = [_meant(found, asking) for found in related]
    asking.named = frozenset(entry for entries in meant for entry in entries)
    sums = named_sums(asking.statements, [entries[0] for entries in meant if len(entries) == 1])
    if sums:
        asking.statements = replace(asking.statements, sums=sums)
    matches = [
        _match(reference, one, found, asking)
        for reference, one, found in zip(references, written, related, strict=True)
    ]
    return tuple(_merge_same_invoice(matches))


def _distinct(references: Sequence[Reference]) -> list[Reference]:
    """One reference for each canonical number, the newest text before what is quoted."""
    if len(references) < 2:
        return list(references)
    ranked = sorted(references, key=lambda reference: reference.source.is_hint)
    found: dict[str, Reference] = {}
    for reference in ranked:
        found.setdefault(reference.canonical, reference)
    meant = [reference for reference in found.values() if not reference.source.is_hint]
    return meant or list(found.values())


def _meant(found: dict[LedgerEntry, Relation], asking: Asking) -> list[LedgerEntry]:
    """The sender's invoices that a number names, be it by its end only."""
    return [
        entry
        for entry, relation in found.items()
        if entry.customer_no in asking.allowed and (relation.is_certain or relation is Relation.TAIL)
    ]


def _match(reference: Reference, written: Written, found: dict[LedgerEntry, Relation], asking: Asking) -> Match:
    elsewhere = asking.named - found.keys()
    for entry in asking.stated:
        if entry not in found and entry not in elsewhere:
            found[entry] = relate(written.number, entry)
    if not found:
        return Match(reference, MatchDecision.NONE, None, (), (f"{reference.raw!r} is on no account of the sender",))
    scored = [asking.score(entry, relation, written) for entry, relation in found.items()]
    return _decide(reference, telling(scored, asking, written), asking, written)


def _match_without_number(asking: Asking) -> Match:
    if not asking.stated:
        addends = open_sum(asking.statements, asking.accounts)
        if not addends:
            return Match(None, MatchDecision.NONE, None, (), ("the text names no document",))
        return _suggest_sum(addends, asking)
    scored = [asking.score(entry, Relation.NONE, None) for entry in asking.stated]
    return _decide(None, telling(scored, asking, None), asking, None)


def _suggest_sum(addends: Sequence[LedgerEntry], asking: Asking) -> Match:
    """The figure that is the sum of some open invoices, and of no others, suggests all of them."""
    asking.statements = replace(asking.statements, sums=frozenset(entry.gross for entry in addends))
    candidates = tuple(_candidate(asking.score(entry, Relation.NONE, None)) for entry in addends)
    numbers = ", ".join(entry.invoice_no for entry in addends)
    return Match(None, MatchDecision.SUGGEST, candidates[0], candidates, (f"the amount is the sum of {numbers}",))


def _decide(reference: Reference | None, scored: Sequence[Scored], asking: Asking, written: Written | None) -> Match:
    ranked = sorted(scored, key=lambda one: (-one.score, one.entry.invoice_no, one.entry.company_code))
    decision, why = _judge(ranked, asking, written)
    candidates = tuple(_candidate(one) for one in ranked[:_SUGGESTIONS])
    return Match(reference, decision, candidates[0], candidates, (why,) if why else ())


def _judge(ranked: Sequence[Scored], asking: Asking, written: Written | None) -> tuple[MatchDecision, str | None]:
    """Whether the best is good enough by owner and points, and beyond doubt; if not, why."""
    best, policy = ranked[0], asking.policy
    if asking.allowed and best.entry.customer_no not in asking.allowed:
        return MatchDecision.NONE, "the document belongs to another customer"
    if best.score < policy.suggest:
        return MatchDecision.NONE, f"{best.score} points are below {policy.suggest}"
    doubt = _doubt(ranked, asking, written)
    return (MatchDecision.SUGGEST, doubt) if doubt else (MatchDecision.AUTO, None)


def _doubt(ranked: Sequence[Scored], asking: Asking, written: Written | None) -> str | None:
    """Why a person has to look at the best candidate; None where it is beyond doubt."""
    best, policy = ranked[0], asking.policy
    number = best.entry.invoice_no
    if not asking.allowed:
        return f"whether the sender may speak for the customer of {number} is not known"
    if best.score < policy.auto:
        return f"{best.score} points are below {policy.auto}"
    rival = next((one.entry for one in ranked[1:2] if best.score - one.score < policy.margin), None)
    if rival is None and best.contradict:
        return f"{' and '.join(best.contradict)} of the text do not fit {number}"
    if rival is None and written is not None:
        rival = next(iter(_possible_slips(best, written, asking)), None)
    if rival is not None:
        return _tie(best.entry, rival)
    return None if _is_corroborated(best) else f"nothing but {' and '.join(best.parts)} speaks for {number}"


def _possible_slips(best: Scored, written: Written, asking: Asking) -> list[LedgerEntry]:
    """The sender's invoices one slip away, where only the number speaks for the best and something makes it doubtful.

    Digits are missing: zeros that need not be written, or one that was forgotten. Or a figure is stated that is nowhere
    on the invoice.
    """
    lacks_digits = len(written.number.digits) < len(best.entry.forms.digits)
    if best.agree != ("ref",) or not (lacks_digits or asking.statements.leaves_open(best.entry)):
        return []
    return [entry for entry in asking.slips(written.number) if entry is not best.entry and entry not in asking.named]


def _is_corroborated(best: Scored) -> bool:
    """A number in full, or two agreeing signals, of which its end, or the number with a slip in it, may be one."""
    if "ref" in best.agree:
        return True
    partly = best.relation in (Relation.TAIL, Relation.EDIT) and "ref" in best.parts
    return len(best.agree) + partly >= 2


def _tie(one: LedgerEntry, other: LedgerEntry) -> str:
    """The two that compete, and the difference that would settle it."""
    differences = [
        f"{what} ({mine} or {theirs})"
        for what, mine, theirs in (
            ("the company code", one.company_code, other.company_code),
            ("the PO", one.po_no or "none", other.po_no or "none"),
            ("the amount", f"{one.gross:f} {one.currency}", f"{other.gross:f} {other.currency}"),
            ("the date", _days(one), _days(other)),
        )
        if mine != theirs
    ]
    settle = " or ".join(differences[:3]) or "the number in full"
    return f"{one.invoice_no} or {other.invoice_no}: {settle} would settle it"


def _days(entry: LedgerEntry) -> str:
    return min(entry.dates).isoformat()


def _candidate(one: Scored) -> Candidate:
    entry = one.entry
    return Candidate(
        invoice_no=entry.invoice_no,
        customer_no=entry.customer_no,
        score=one.score,
        parts=one.parts,
        agree=one.agree,
        contradict=one.contradict,
        company_code=entry.company_code,
    )


def _merge_same_invoice(matches: Sequence[Match]) -> Iterable[Match]:
    """Two spellings of one invoice ("417" and "INV-2025-00417") are one match: the one with more points."""
    best: dict[tuple[str, str], Match] = {}
    for number, match in enumerate(matches):
        key = (match.best.company_code, match.best.invoice_no) if match.best else ("", f"#{number}")
        rival = best.get(key)
        if rival is None or rival.best is None or (match.best and match.best.score > rival.best.score):
            best[key] = match
    return best.values()
