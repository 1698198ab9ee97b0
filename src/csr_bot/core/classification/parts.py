"""The parts of a text that may each ask for something of their own: sentences, clauses and items of lists, with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from csr_bot.core.classification.words import Span
from csr_bot.core.facts_in_text import Facts
from csr_bot.core.request import ClaimedAmount, ClaimedDate, Reference

MAX_PARTS: Final = 16

# An end of a sentence before a new one, a new line, or a word that joins two clauses; "no. 431" ends nothing. In lower
# case, each form with its first sign first: a search that ignores case, or looks behind first, costs twice as much.
_BREAK: Final = re.compile(
    r"[.!;](?=\s+[^\W\d])(?<!\bn[or].)(?<!\b[a-z].)|\?(?=\s|$)|\n+|\d(?<=\b\d)\)\s|[,:]\s(?=(?:{0})\s)|\s(?=(?:{0})\s)".format(
        r"and|also|plus|und|sowie|au(?:ß|ss)erdem|zudem|et|aussi|ainsi\s+que|y|adem[aá]s|tambi[eé]n|en|ook|alsook"
    )
)
_MIN_PART: Final = 12
"""Characters of a part that may ask for something."""


_Fact = TypeVar("_Fact", Reference, ClaimedAmount, ClaimedDate)


def split_parts(text: str) -> list[Span]:
    """The places of the parts, in order; none where there are too many to be wishes."""
    spans: list[Span] = []
    start = 0
    for found in _BREAK.finditer(lower_in_place(text)):
        end = found.end()
        if end - start >= _MIN_PART:
            spans.append((start, end))
            start = end
    if len(text) - start >= _MIN_PART:
        spans.append((start, len(text)))
    elif spans:
        spans[-1] = (spans[-1][0], len(text))
    return spans if len(spans) <= MAX_PARTS else []


def lower_in_place(text: str) -> str:
    """The text in lower case, each letter in its place: one capital only would become two characters."""
    return text.replace("İ", "i").lower()


def facts_within(facts: Facts, span: Span) -> Facts:
    """The facts that stand in a part."""
    return Facts(
        invoices=_pick(facts.invoices, span),
        orders=_pick(facts.orders, span),
        amounts=_pick(facts.amounts, span),
        dates=_pick(facts.dates, span),
    )


def _pick(facts: Sequence[_Fact], span: Span) -> tuple[_Fact, ...]:
    return tuple([fact for fact in facts if span[0] <= fact.span[0] < span[1]])
