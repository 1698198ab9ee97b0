"""The verdict on one reading: structural rules first, then the model, then UNKNOWN rather than a guess."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Final

from csr_bot.core.classification.features import Reading
from csr_bot.core.classification.ideas import BIT, name_ideas
from csr_bot.core.classification.model import Model, Scores
from csr_bot.core.request import Category, DisputeReason

MIN_CONFIDENCE: Final = Decimal("0.60")
SURE: Final = Decimal("0.99")

# What a customer may lose money by, if his mail is filed away unread.
_MONEY: Final = frozenset(
    {
        Category.BILLING_DISPUTE,
        Category.PAYMENT_STATUS,
        Category.REMITTANCE_ADVICE,
        Category.UNAPPLIED_CASH_REFUND,
        Category.CREDIT_NOTE_REQUEST,
        Category.BANK_DETAIL_CHANGE,
        Category.TERMS_CREDIT_LIMIT,
        Category.PROMISE_TO_PAY,
        Category.PAYMENT_PLAN,
        Category.LETTER_OF_CREDIT,
    }
)
# A mail is filed as no request, where nobody sees it, if it speaks for that loudly and no category of money speaks up,
# or if those are all silent. In cross-validation no request for money passes either border.
_LOUD: Final = 350
_QUIET: Final = -300
_SILENT: Final = -700
# What shows that a mail with amounts or documents in it is still nobody's request; thanks alone do not.
_CHATTER: Final = reduce(
    or_,
    [BIT[name] for name in ("away", "undelivered", "read_receipt", "newsletter", "portal_ack", "sales", "spam")],
)
_THANKS_WORDS: Final = 25
_THANKS: Final = BIT["thanks"]
_BESIDE_THANKS: Final = (
    _THANKS | BIT["soon"] | BIT["past_day"] | BIT["everything"] | BIT["urgent"] | BIT["mailbox_data"]
)
_SHOWN: Final = 4
"""Ideas that an explanation names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reading asks for, how sure that is, and why."""

    category: Category
    reason: DisputeReason | None
    confidence: Decimal
    explain: tuple[str, ...]


def judge(reading: Reading, scores: Scores, *, model: Model, names_money: bool) -> Verdict:
    """The verdict of the model; UNKNOWN where it is not sure enough.

    ``names_money``: whether amounts or documents are named, which beat thanks.
    """
    if not any(word.isalpha() and word[0] != "z" for word in reading.words):
        return Verdict(Category.UNKNOWN, None, Decimal(0), ("no words",))
    first, second, *_ = scores.categories
    confidence = model.confidence(scores)
    if confidence < MIN_CONFIDENCE:
        return Verdict(Category.UNKNOWN, None, confidence, (f"not clear between {first}, {second}",))
    if first is Category.UNKNOWN:
        return Verdict(first, None, confidence, ("no category fits",))
    if first is Category.NOT_A_REQUEST and not _may_file(reading, scores, names_money=names_money):
        return Verdict(Category.UNKNOWN, None, confidence, (f"{first} is not sure enough to file it away",))
    return _name(reading, scores, confidence, model)


def name_first(reading: Reading, scores: Scores, *, model: Model) -> Verdict:
    """The likeliest category, however likely it is."""
    return _name(reading, scores, model.confidence(scores), model)


def _name(reading: Reading, scores: Scores, confidence: Decimal, model: Model) -> Verdict:
    first = next(iter(scores.categories))
    reason = _read_reason(scores) if first is Category.BILLING_DISPUTE else None
    return Verdict(first, reason, confidence, _explain(reading, first, model))


def _may_file(reading: Reading, scores: Scores, *, names_money: bool) -> bool:
    rival = max(scores.categories[category] for category in _MONEY)
    if names_money and not any(ideas & _CHATTER for ideas in reading.body):
        return False
    return rival <= _SILENT or (rival <= _QUIET and scores.categories[Category.NOT_A_REQUEST] >= _LOUD)


def is_only_thanks(reading: Reading, *, news: tuple[int, ...]) -> bool:
    """Whether a few words thank and say nothing else; ``news`` are the ideas of what was not said before."""
    if "?" in reading.words or sum(word[0].isalnum() for word in reading.words) > _THANKS_WORDS:
        return False
    return any(ideas & _THANKS for ideas in news) and not any(ideas & ~_BESIDE_THANKS for ideas in news)


def _read_reason(scores: Scores) -> DisputeReason:
    return max(scores.reasons, key=scores.reasons.__getitem__)


def _explain(reading: Reading, category: Category, model: Model) -> tuple[str, ...]:
    said = reduce(or_, reading.body, reading.subject)
    weighed = model.weigh_ideas(said, category)[:_SHOWN]
    words = (
        " + ".join(name for name, _ in weighed)
        if weighed
        else "its words"
        if not said
        else ", ".join(name_ideas(said)[:_SHOWN])
    )
    return (f"{category}: {words}",)
