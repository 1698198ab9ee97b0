"""The parts of a text that may each ask for something of their own: sentences, clauses and items of lists, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol, TypeVar

from csr_bot.core.facts_in_text import Facts

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


class _Placed(Protocol):
    @property
    def span(self) -> Span: ...


_Fact = TypeVar("_Fact", bound=_Placed)


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

    def inside(found: Iterable[_Fact]) -> tuple[_Fact, ...]:
        chosen = [one for one in found if span[0] <= one.span[0] < span[1]]
        return tuple([replace(one, span=(one.span[0] - start, one.span[1] - start)) for one in chosen] if start else chosen)  # type: ignore[type-var]  # facts are dataclasses

    return Facts(
        invoices=inside(facts.invoices),
        orders=inside(facts.orders),
        amounts=inside(facts.amounts),
        dates=inside(facts.dates),
    )
