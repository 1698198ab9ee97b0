"""The parts of a text that may each ask for something of their own: sentences, clauses and items of lists, with their places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from csr_bot.core.facts_in_text import Facts
from csr_bot.core.request import ClaimedAmount, ClaimedDate, Reference

MAX_PARTS: Final = 16

Span = tuple[int, int]

# An end of a sentence before a new one, a new line, or a word that joins two clauses; "no. 431" ends nothing.
_BREAK: Final = re.compile(
    r"(?<!\b[Nn][or])(?<!\b[A-Za-z])[.!;](?=\s+[^\W\d])|\?(?=\s|$)|\n+|\b\d\)\s|"
    r"[,:]?\s(?=(?:and|also|plus|und|sowie|au(?:ß|ss)erdem|zudem|et|aussi|ainsi\s+que|y|adem[aá]s|tambi[eé]n|en|ook|alsook)\s)",
    re.IGNORECASE,
)
_MIN_PART: Final = 12
"""Characters of a part that may ask for something."""


_Fact = TypeVar("_Fact", Reference, ClaimedAmount, ClaimedDate)


def split_parts(text: str) -> list[Span]:
    """The places of the parts, in order; none where there are too many to be wishes."""
    spans: list[Span] = []
    start = 0
    for found in _BREAK.finditer(text):
        if found.end() - start >= _MIN_PART:
            spans.append((start, found.end()))
            start = found.end()
    if len(text) - start >= _MIN_PART:
        spans.append((start, len(text)))
    elif spans:
        spans[-1] = (spans[-1][0], len(text))
    return spans if len(spans) <= MAX_PARTS else []


def facts_within(facts: Facts, span: Span, *, moved: bool = False) -> Facts:
    """The facts that stand in a part; ``moved``: with their places counted from its start."""
    start = span[0] if moved else 0
    return Facts(
        invoices=_pick(facts.invoices, span, start),
        orders=_pick(facts.orders, span, start),
        amounts=_pick(facts.amounts, span, start),
        dates=_pick(facts.dates, span, start),
    )


def _pick(facts: Sequence[_Fact], span: Span, start: int) -> tuple[_Fact, ...]:
    chosen = [fact for fact in facts if span[0] <= fact.span[0] < span[1]]
    if start:
        chosen = [replace(fact, span=(fact.span[0] - start, fact.span[1] - start)) for fact in chosen]
    return tuple(chosen)
