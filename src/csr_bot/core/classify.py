"""What a customer wants: a message to its requests, by structure first and cues second. Says UNKNOWN rather than
guess.

Only the newest text decides; the quoted history adds references, marked as such. Whether a reference exists and a
claim is true is left to matching and recomputation. (Limits: confidence 0.60, margin 0.15)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from csr_bot.core.cues import THANKS, Hit, find_hits, read_ideas, read_words
from csr_bot.core.cues_amounts import read_role
from csr_bot.core.message import AutoClass, ParsedMessage
from csr_bot.core.parsing.amounts import find_numbers
from csr_bot.core.parsing.dates import find_dates
from csr_bot.core.parsing.digits import find_digits
from csr_bot.core.parsing.language import guess_language
from csr_bot.core.parsing.quoting import split_text
from csr_bot.core.parsing.references import FoundReference, find_references
from csr_bot.core.request import (
    AmountRole,
    Category,
    ClaimedAmount,
    ClaimedDate,
    DisputeReason,
    Reference,
    Request,
    TextSource,
)

MIN_CONFIDENCE: Final = Decimal("0.60")
MIN_MARGIN: Final = Decimal("0.15")
MAX_TEXT: Final = 20_000
"""Characters of the newest text, and of the quoted, that are looked at."""

_CENT: Final = Decimal("0.01")
_SURE: Final = Decimal("0.99")
_THANKS_WORDS: Final = 25
_REPLY_PREFIX: Final = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|rv|wg|fw|fwd|tr|wtr|doorst)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE
)
_REPLY: Final = re.compile(r"\s*(?:re|aw|antw|sv)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
# Whether it is worth to look for history at all: a quote mark, a drawn line, or a line that ends as heads of quotes do.
_HISTORY_SIGN: Final = re.compile(r"\n[ \t]{0,9}>|:[ \t]{0,9}\n|-----|_____|\n\W{0,3}(?:From|Von|De|Van)\s?:")
_PLAIN: Final = 4
"""Weight of a rule that is a plain request by itself, whatever else is said."""
# The second is how people ask for, or excuse, the first.
_SAME_WISH: Final = frozenset(
    {
        (Category.BILLING_DISPUTE, Category.CREDIT_NOTE_REQUEST),
        (Category.CREDIT_NOTE_REQUEST, Category.BILLING_DISPUTE),
        (Category.PAYMENT_STATUS, Category.REMITTANCE_ADVICE),
        (Category.REMITTANCE_ADVICE, Category.PAYMENT_STATUS),
        (Category.UNAPPLIED_CASH_REFUND, Category.REMITTANCE_ADVICE),
        (Category.PO_REFERENCE_UPDATE, Category.INVOICE_COPY),
    }
)
# The second only remarks, and asks nothing about, what the answer to the first will show.
_REMARKS: Final = frozenset({(Category.STATEMENT_OF_ACCOUNT, "PAYMENT_STATUS: still_open")})
_STRONG: Final = 6
"""Score of one rule that is a plain request by itself."""
_BANK_LEAD: Final = 5
"""Score from which words about bank details come before whatever else the message says."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one part of a message names, with places in that part."""

    invoices: tuple[Reference, ...] = ()
    orders: tuple[Reference, ...] = ()
    amounts: tuple[ClaimedAmount, ...] = ()
    dates: tuple[ClaimedDate, ...] = ()
    amount_words: frozenset[str] = frozenset()
    reference_words: frozenset[str] = frozenset()
    has_bank_account: bool = False


_NO_FACTS: Final = _Facts()


@dataclass(frozen=True, slots=True)
class _Verdict:
    category: Category
    reason: DisputeReason | None
    confidence: Decimal
    explain: tuple[str, ...]


def read_requests(message: ParsedMessage) -> tuple[Request, ...]:
    """The requests of a message, at least one: automatic mail is NOT_A_REQUEST, what no rule knows is UNKNOWN."""
    if message.auto_class is not AutoClass.NONE:
        verdict = _Verdict(Category.NOT_A_REQUEST, None, _SURE, (f"{message.auto_class}: {message.auto_reason}",))
        return (_request(verdict, language=message.language, parts=()),)
    more = len(message.text.strip()) > len(message.text_new)
    has_history = more and _HISTORY_SIGN.search(message.text, len(message.text_new) // 2) is not None
    quoted = split_text(message.text).quoted if has_history else ""
    return classify_text(subject=message.subject, text=message.text_new, quoted=quoted, language=message.language)


def classify_text(*, subject: str, text: str, quoted: str = "", language: str | None = None) -> tuple[Request, ...]:
    """The requests of a subject and a newest text; ``quoted`` is the history below it, a hint for references only.

    ``language`` (ISO 639-1) is guessed where it is not known.
    """
    subject, text, quoted = subject[:500], text[:MAX_TEXT], quoted[:MAX_TEXT]
    head, body = _read_facts(subject, TextSource.SUBJECT), _read_facts(text, TextSource.BODY)
    parts = (head, body, _read_facts(quoted, TextSource.QUOTED)) if quoted else (head, body)
    amounts, references = head.amount_words | body.amount_words, head.reference_words | body.reference_words
    title, words = read_words(_REPLY_PREFIX.sub("", subject)), read_words(text)
    title_ideas = read_ideas(title, amounts=amounts, references=references)
    ideas = read_ideas(words, amounts=amounts, references=references)
    language = language or guess_language([*title, *words])
    # The subject of a reply was said before: "Re: Your request" requests nothing.
    news = ideas if _REPLY.match(subject) else [*title_ideas, *ideas]
    if _is_only_thanks([*title, *words], news, parts=(head, body)):
        verdict = _Verdict(Category.NOT_A_REQUEST, None, Decimal("0.95"), ("thanks and nothing else",))
        return (_request(verdict, language=language, parts=parts),)
    verdict = _judge(find_hits([*title_ideas, *ideas]), has_bank_account=head.has_bank_account or body.has_bank_account)
    return (_request(verdict, language=language, parts=parts),)


def _judge(hits: list[Hit], *, has_bank_account: bool) -> _Verdict:
    if has_bank_account:
        # A message with bank data is screened for fraud before anything else is done with it.
        return _Verdict(Category.BANK_DETAIL_CHANGE, None, _SURE, ("a valid IBAN in the text",))
    scores, reasons = _score(hits)
    if not scores:
        return _Verdict(Category.UNKNOWN, None, Decimal(0), ("no cue found",))
    best = max(scores, key=scores.__getitem__)
    if scores.get(Category.BANK_DETAIL_CHANGE, 0) >= 2 * _BANK_LEAD:
        best = Category.BANK_DETAIL_CHANGE
    second = max([score for category, score in scores.items() if category is not best], default=0)
    confidence, margin = _confidence(scores[best], second)
    explain = tuple(dict.fromkeys([hit.rule.label for hit in hits if hit.rule.category is best]))
    if best is Category.BANK_DETAIL_CHANGE:
        confidence, margin = max(confidence, Decimal("0.90")), Decimal(1)
    if confidence < MIN_CONFIDENCE or margin < MIN_MARGIN:
        ranked = sorted(scores, key=lambda category: -scores[category])
        rivals = ", ".join(f"{category} {_confidence(scores[category], 0)[0]}" for category in ranked[:3])
        return _Verdict(Category.UNKNOWN, None, confidence, (f"not clear between {rivals}", *explain))
    if others := _asked_elsewhere(hits, best):
        # One answer cannot serve two wishes, and an automatic one must not drop the second.
        return _Verdict(
            Category.UNKNOWN, None, confidence, (f"several requests: {', '.join((best, *others))}", *explain)
        )
    return _Verdict(best, reasons.get(best), confidence, explain)


def _asked_elsewhere(hits: list[Hit], best: Category) -> list[Category]:
    """Other categories that a sentence of their own speaks for plainly."""
    own = {hit.sentence for hit in hits if hit.rule.category is best}
    apart: dict[Category, set[int]] = {}
    for hit in hits:
        if hit.rule.weight >= _PLAIN and hit.rule.category is not best and (best, hit.rule.label) not in _REMARKS:
            apart.setdefault(hit.rule.category, set()).add(hit.sentence)
    return [
        category
        for category, sentences in apart.items()
        if not sentences & own and (best, category) not in _SAME_WISH and best is not Category.BANK_DETAIL_CHANGE
    ]


def _score(hits: Iterable[Hit]) -> tuple[dict[Category, int], dict[Category, DisputeReason]]:
    """Twice the strongest rule of a category plus what its other rules add, at most as much as one strong rule."""
    weights: dict[Category, dict[str, int]] = {}
    by_reason: dict[DisputeReason, int] = {}
    for rule, _ in hits:
        weights.setdefault(rule.category, {})[rule.label] = rule.weight
        if rule.reason is not None:
            by_reason[rule.reason] = max(by_reason.get(rule.reason, 0), rule.weight)
    scores = {
        category: 2 * (strongest := max(found.values())) + min(sum(found.values()) - strongest, 6)
        for category, found in weights.items()
    }
    if scores.get(Category.BILLING_DISPUTE, 0) >= _STRONG:
        # A credit note asked for beside a dispute is its remedy, not another wish.
        scores.pop(Category.CREDIT_NOTE_REQUEST, None)
    reasons = {Category.BILLING_DISPUTE: max(by_reason, key=lambda reason: by_reason[reason])} if by_reason else {}
    return scores, reasons


@cache
def _confidence(score: int, second: int) -> tuple[Decimal, Decimal]:
    """How sure, and how far ahead, between 0 and 1. Not a calibrated probability: a trained model may replace it."""
    whole = Decimal(score) + Decimal(second) / 2 + 2
    return min((score / whole).quantize(_CENT), _SURE), (Decimal(score - second) / whole).quantize(_CENT)


def _is_only_thanks(words: list[str], ideas: list[int], *, parts: tuple[_Facts, ...]) -> bool:
    if len(words) > 2 * _THANKS_WORDS or sum(word[0].isalnum() for word in words) > _THANKS_WORDS or "?" in words:
        return False
    if any(part.invoices or part.orders or part.amounts or part.has_bank_account for part in parts):
        return False
    return bool(ideas) and any(mask & THANKS for mask in ideas) and all(mask & ~THANKS == 0 for mask in ideas)


def _read_facts(text: str, source: TextSource) -> _Facts:
    digits = find_digits(text)
    if not digits:
        return _NO_FACTS
    dates = find_dates(text, digits=digits)
    found = find_references(text, dates=tuple([date.span for date in dates]), digits=digits)
    claims = _read_claims(text, found.rest, source, digits=digits)
    return _Facts(
        invoices=_references(found.invoices, source),
        orders=_references(found.purchase_orders, source),
        amounts=claims,
        dates=tuple(ClaimedDate(date.value, date.span, source) for date in dates if date.value is not None),
        amount_words=frozenset(
            [word for word in _words_of([text[slice(*claim.span)] for claim in claims]) if word[0].isdigit()]
        ),
        reference_words=frozenset(_words_of([reference.raw for reference in found.invoices])),
        has_bank_account=found.has_bank_account,
    )


def _words_of(pieces: list[str]) -> list[str]:
    return read_words(" ".join(pieces)) if pieces else []


def _references(found: tuple[FoundReference, ...], source: TextSource) -> tuple[Reference, ...]:
    return tuple([Reference(reference.raw, reference.canonical, reference.span, source) for reference in found])


def _read_claims(
    text: str, rest: str, source: TextSource, *, digits: list[tuple[int, int]]
) -> tuple[ClaimedAmount, ...]:
    """The amounts, and those bare numbers that stand for what was billed or what would be right ("150 seats")."""
    claims: list[ClaimedAmount] = []
    floor, previous = 0, None
    for number in find_numbers(rest, digits=digits):
        role = read_role(text, number, floor=floor, previous=previous)
        floor, previous = number.span[1], role
        if number.plain and role not in {AmountRole.BILLED_VALUE, AmountRole.CORRECT_VALUE}:
            continue
        claims.append(
            ClaimedAmount(number.value, number.currency, role, number.span, source, number.candidates, number.why)
        )
    return tuple(claims)


def _request(verdict: _Verdict, *, language: str | None, parts: tuple[_Facts, ...]) -> Request:
    return Request(
        category=verdict.category,
        reason=verdict.reason,
        confidence=verdict.confidence,
        language=language,
        invoice_refs=tuple(reference for part in parts for reference in part.invoices),
        po_refs=tuple(reference for part in parts for reference in part.orders),
        amounts=tuple(amount for part in parts for amount in part.amounts),
        dates=tuple(found for part in parts for found in part.dates),
        explain=verdict.explain,
    )
