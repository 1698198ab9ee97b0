"""What a customer wants: a message to its requests. Says UNKNOWN rather than guess.

Only the newest text decides; the quoted history adds references, marked as such. Whether a reference exists and a
claim is true is left to matching and recomputation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Final

from csr_bot.core.classification.features import Reading, read_features
from csr_bot.core.classification.ideas import BIT
from csr_bot.core.classification.judging import MIN_CONFIDENCE, SURE, Verdict, is_only_thanks, judge, name_first
from csr_bot.core.classification.model import Model, Scores
from csr_bot.core.classification.parts import facts_within, lower_in_place, split_parts
from csr_bot.core.classification.words import MAX_TEXT as MAX_READ
from csr_bot.core.classification.words import (
    Sentence,
    Span,
    cut_closing,
    name_facts,
    names_within,
    read_sentences,
    split_sentences,
    strip_reply,
)
from csr_bot.core.facts_in_text import Facts, read_days, read_facts
from csr_bot.core.message import AutoClass, ParsedMessage
from csr_bot.core.parsing.language import guess_language
from csr_bot.core.parsing.quoting import split_text
from csr_bot.core.request import Category, Request, TextSource

MAX_TEXT: Final = 20_000
"""Characters of the newest text, of the quoted, and of each attachment, in which facts are looked for."""
MAX_ATTACHED: Final = 5
"""Attachments in which facts are looked for."""

_REPLY: Final = re.compile(r"\s*(?:re|aw|antw|sv)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
# Whether it is worth to look for history at all: a quote mark, a drawn line, or a line that ends as heads of quotes do.
_HISTORY_SIGN: Final = re.compile(r"\n[ \t]{0,9}>|:[ \t]{0,9}\n|-----|_____|\n\W{0,3}(?:From|Von|De|Van)\s?:")
_MIN_SCORE: Final = -100
"""Score of a category in the whole message from which a part may ask for it beside the main one."""
_MIN_PART: Final = Decimal("0.45")
"""Confidence of a part from which it asks for something of its own; that the whole speaks for it too is the other leg."""
_MIN_CLEAR: Final = Decimal("0.75")
"""Confidence of a part that may stand for a message that is not clear as a whole."""
_MIN_MAIN: Final = Decimal("0.40")
"""Confidence of another part that asks for the main thing; without it there is one wish in several sentences."""
_ASKING: Final = (
    "please", "want", "question", "send", "correct_it", "add_to", "change", "confirm", "wrong", "should_be", "dispute",
    "withhold", "twice", "arrive_not",
)  # fmt: skip
_ASKS: Final = reduce(or_, [BIT[name] for name in _ASKING])
# How a second wish begins, in lower case. Whoever writes "and" may only go on, so the scores have to agree.
_ADDS: Final = re.compile(
    r"\b(?:also|additionally|plus|second|besides|as\s+well|while\s+you|too|and|au(?:ß|ss)erdem|zudem|zus(?:ä|ae)tzlich|ebenfalls|ebenso|auch|und|sowie|"
    r"aussi|[eé]galement|par\s+ailleurs|en\s+outre|et|adem[aá]s|tambi[eé]n|asimismo|de\s+paso|y|ook|tevens|daarnaast|bovendien|meteen|en|2[.)])(?!\w)"
)
_BANK: Final = BIT["bank_data"]
# Wishes about days: when something will be paid, or what is asked as of.
_DATED: Final = frozenset(
    {Category.PROMISE_TO_PAY, Category.PAYMENT_PLAN, Category.STATEMENT_OF_ACCOUNT, Category.UNKNOWN}
)
_NO_WISH: Final = frozenset({Category.NOT_A_REQUEST, Category.UNKNOWN})


@dataclass(frozen=True, slots=True)
class _Part:
    span: Span
    verdict: Verdict
    adds: bool
    """Whether a word says that it comes on top of what was said."""
    names_bank: bool

    @property
    def is_clear(self) -> bool:
        return self.verdict.confidence >= _MIN_CLEAR and self.verdict.category not in _NO_WISH

    @property
    def is_about_bank(self) -> bool:
        return (
            self.names_bank
            and self.verdict.category is Category.BANK_DETAIL_CHANGE
            and self.verdict.confidence >= MIN_CONFIDENCE
        )


def read_requests(message: ParsedMessage, *, model: Model) -> tuple[Request, ...]:
    """The requests of a message, at least one: automatic mail is NOT_A_REQUEST, what nobody knows is UNKNOWN."""
    if message.auto_class is not AutoClass.NONE:
        verdict = Verdict(Category.NOT_A_REQUEST, None, SURE, (f"{message.auto_class}: {message.auto_reason}",))
        return (_request(verdict, language=message.language, facts=(), model=model),)
    more = len(message.text.strip()) > len(message.text_new)
    has_history = more and _HISTORY_SIGN.search(message.text, len(message.text_new) // 2) is not None
    quoted = split_text(message.text).quoted if has_history else ""
    return classify_text(
        subject=message.subject,
        text=message.text_new,
        quoted=quoted,
        attached=[part.reading.text for part in message.attachments if part.reading and part.reading.text],
        language=message.language,
        received=message.sent_at.date() if message.sent_at else None,
        model=model,
    )


def classify_text(
    *,
    subject: str,
    text: str,
    model: Model,
    quoted: str = "",
    attached: Sequence[str] = (),
    language: str | None = None,
    received: date | None = None,
) -> tuple[Request, ...]:
    """The requests of a subject and a newest text, the main one first.

    ``quoted`` is the history below it and ``attached`` what its files say: hints for references, no claims.
    ``language`` (ISO 639-1) is guessed where it is not known; ``received`` is the day from which "next Friday" counts.
    """
    subject, text, quoted = subject[:500], text[:MAX_TEXT], quoted[:MAX_TEXT]
    requests = _classify(subject, text, quoted, attached, language=language, model=model)
    if received is None or len(requests) > 1 or requests[0].category not in _DATED:
        return requests
    # Looking for such days costs as much as all else, and few wishes are about days.
    parts = ((subject, TextSource.SUBJECT), (text, TextSource.BODY))
    told = [day for part, source in parts for day in read_days(part, source, received=received)]
    rest = [day for day in requests[0].dates if day.source.is_hint]
    return (replace(requests[0], dates=(*told, *rest)),)


def _classify(
    subject: str, text: str, quoted: str, attached: Sequence[str], *, language: str | None, model: Model
) -> tuple[Request, ...]:
    head, body = read_facts(subject, TextSource.SUBJECT), read_facts(text, TextSource.BODY)
    files = [read_facts(one[:MAX_TEXT], TextSource.ATTACHMENT) for one in attached[:MAX_ATTACHED]]
    facts = (head, body, *([read_facts(quoted, TextSource.QUOTED)] if quoted else []), *files)
    title, letter = _read_subject(subject, head), cut_closing(text)
    sentences = read_sentences(letter, body)
    language = language or guess_language([word for sentence in (*title, *sentences) for word in sentence])
    reading = read_features(subject=title, text=sentences)
    verdict = _judge_structure(reading, is_reply=_REPLY.match(subject) is not None, facts=(head, body))
    if verdict is not None:
        return (_request(verdict, language=language, facts=facts, model=model),)
    scores = model.score(reading)
    names_money = head.has_claims or body.has_claims
    main = judge(reading, scores, model=model, names_money=names_money)
    rivals = _find_rivals(scores)
    if rivals and "?" not in letter and not _ADDS.search(lower_in_place(letter)):
        rivals = []
    about_bank = bool(reduce(or_, reading.text, 0) & _BANK)
    has_parts = rivals or (about_bank and len(sentences) > 1)
    parts = _judge_parts(letter[:MAX_READ], body, model=model) if has_parts else []
    says_bank = about_bank or main.category is Category.UNKNOWN
    if says_bank and any(file.has_bank_account for file in files):
        verdict = Verdict(Category.BANK_DETAIL_CHANGE, None, SURE, ("a valid IBAN in an attachment",))
        return (_request(verdict, language=language, facts=facts, model=model),)
    screened = next((part for part in parts if part.is_about_bank), None)
    if screened is not None:
        # A message about bank details is screened for fraud before anything else is done with it.
        return (_request(screened.verdict, language=language, facts=facts, model=model),)
    whole = main
    if whole.category is Category.UNKNOWN and rivals:
        # Two wishes that speak equally loudly are not clear together, but each is in its own sentence.
        main = next((part.verdict for part in parts if part.is_clear), whole)
    others = _find_others(main, rivals, parts)
    if not others:
        return (_request(whole, language=language, facts=facts, model=model),)
    return _divide(main, others, parts, facts=facts, language=language, model=model)


def _read_subject(subject: str, facts: Facts) -> list[Sentence]:
    bare = strip_reply(subject)
    if bare != subject:
        facts = read_facts(bare, TextSource.SUBJECT)
    return read_sentences(bare, facts) if bare.strip() else []


def _judge_structure(reading: Reading, *, is_reply: bool, facts: tuple[Facts, Facts]) -> Verdict | None:
    """What the form of a message says, whatever its words."""
    head, body = facts
    if head.has_bank_account or body.has_bank_account:
        return Verdict(Category.BANK_DETAIL_CHANGE, None, SURE, ("a valid IBAN in the text",))
    if head.has_claims or body.has_claims:
        return None
    # The subject of a reply was said before: "Re: Your request" requests nothing.
    news = reading.text if is_reply else reading.body
    if is_only_thanks(reading, news=news):
        return Verdict(Category.NOT_A_REQUEST, None, Decimal("0.95"), ("thanks and nothing else",))
    return None


def _find_rivals(scores: Scores) -> list[Category]:
    """The categories for which the whole message speaks, if there is more than one."""
    loud: list[Category] = []
    for category, score in scores.categories.items():
        if score < _MIN_SCORE:
            break
        if category not in _NO_WISH:
            loud.append(category)
    return loud if len(loud) > 1 else []


def _judge_parts(text: str, facts: Facts, *, model: Model) -> list[_Part]:
    """The parts of a text that ask for something by themselves."""
    found: list[_Part] = []
    adds = False
    named = name_facts(facts)
    for start, end in split_parts(text):
        part = text[start:end]
        reading = read_features(subject=(), text=split_sentences(part, names_within(named, (start, end))))
        adds = adds or bool(found and _ADDS.search(lower_in_place(part)))
        if any(ideas & (_ASKS | _BANK) for ideas in reading.text):
            scores = model.score(reading)
            verdict = name_first(reading, scores, model=model)
            about_bank = any(ideas & _BANK for ideas in reading.text)
            # A question of its own comes on top without a word that says so.
            asks = bool(found) and part.endswith("?") and verdict.confidence >= _MIN_CLEAR
            found.append(_Part((start, end), verdict, adds=adds or asks, names_bank=about_bank))
    return found


def _find_others(main: Verdict, rivals: Sequence[Category], parts: Sequence[_Part]) -> list[_Part]:
    """The first part of each category that is another wish than the main one."""
    if not any(part.verdict.category is main.category and part.verdict.confidence >= _MIN_MAIN for part in parts):
        return []
    others: dict[Category, _Part] = {}
    for place, part in enumerate(parts):
        category = part.verdict.category
        adds = part.adds or (place == 0 and len(parts) > 1 and parts[1].adds)
        if adds and category is not main.category and category in rivals and part.verdict.confidence >= _MIN_PART:
            others.setdefault(category, part)
    return list(others.values())


def _divide(
    main: Verdict,
    others: Sequence[_Part],
    parts: Sequence[_Part],
    *,
    facts: Sequence[Facts],
    language: str | None,
    model: Model,
) -> tuple[Request, ...]:
    """A request for each wish, with what its own sentences name; what only one of them names belongs to all."""
    head, body, *quoted = facts
    own = {
        other.verdict.category: [part.span for part in parts if part.verdict.category is other.verdict.category]
        for other in others
    }
    rest = _without(body, [span for spans in own.values() for span in spans])
    wishes = [(main, rest)]
    wishes += [
        (other.verdict, _join([facts_within(body, span) for span in own[other.verdict.category]])) for other in others
    ]
    return tuple(
        [
            _request(verdict, language=language, facts=(head, _share(named, body), *quoted), model=model)
            for verdict, named in wishes
        ]
    )


def _share(named: Facts, body: Facts) -> Facts:
    """What a wish names, with the documents of the whole message where it names none itself."""
    if named.invoices or named.orders:
        return named
    return replace(named, invoices=body.invoices, orders=body.orders)


def _join(parts: Sequence[Facts]) -> Facts:
    return Facts(
        invoices=tuple([one for part in parts for one in part.invoices]),
        orders=tuple([one for part in parts for one in part.orders]),
        amounts=tuple([one for part in parts for one in part.amounts]),
        dates=tuple([one for part in parts for one in part.dates]),
    )


def _without(facts: Facts, spans: Sequence[Span]) -> Facts:
    """The facts that stand in none of the parts."""
    edges = [0, *[edge for span in sorted(spans) for edge in span], MAX_TEXT]
    return _join([facts_within(facts, span) for span in zip(edges[::2], edges[1::2], strict=True)])


def _request(verdict: Verdict, *, language: str | None, facts: Sequence[Facts], model: Model) -> Request:
    return Request(
        category=verdict.category,
        reason=verdict.reason,
        confidence=verdict.confidence,
        language=language,
        invoice_refs=tuple([reference for part in facts for reference in part.invoices]),
        po_refs=tuple([reference for part in facts for reference in part.orders]),
        amounts=tuple([amount for part in facts for amount in part.amounts]),
        dates=tuple([found for part in facts for found in part.dates]),
        explain=(*verdict.explain, f"model {model.version}"),
    )
