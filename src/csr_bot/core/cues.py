"""Cues: one pass over the words of a text finds the ideas that each sentence names, and rules turn them into scores.

Words and rules are data in `cues_lexicon` and `cues_rules`; here they become bit masks, so that a sentence costs a few
look-ups and comparisons instead of dozens of searches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from csr_bot.core.cues_lexicon import LEXICON
from csr_bot.core.cues_rules import DISPUTE_RULES, RULES, Row
from csr_bot.core.parsing.language import FOLDING
from csr_bot.core.request import Category, DisputeReason

# Ideas that are facts of the text rather than words.
_FACTS: Final = ("amount",)
_IDEAS: Final = {name: 1 << index for index, name in enumerate((*LEXICON, *_FACTS))}
_AMOUNT: Final = _IDEAS["amount"]
_INVOICE: Final = _IDEAS["invoice"]
THANKS: Final = _IDEAS["thanks"]
QUESTION: Final = _IDEAS["question"]

_TOKEN: Final = re.compile(
    r"[a-z0-9][a-z0-9/]*+(?:[.-][a-z0-9]++|,\d++)*+(?:'(?:t|ll|ve|re|s|d|m)\b)?+|[.?!;]|\n\n"
)
_SENTENCE_ENDS: Final = frozenset({".", "?", "!", ";", "\n\n"})
_MAX_SENTENCE: Final = 45
_MAX_IDEAS: Final = 10
_MAX_TOKENS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled row: of the ideas in ``scope`` a sentence must have those in ``need`` and no other."""

    category: Category
    reason: DisputeReason | None
    weight: int
    need: int
    scope: int
    label: str


class Hit(NamedTuple):
    """A rule that a sentence satisfied, with the number of that sentence."""

    rule: Rule
    sentence: int


def _compile(category: Category, reason: DisputeReason | None, row: Row) -> Rule:
    weight, need, forbid = row
    needed, forbidden = (sum(_IDEAS[name] for name in names.split()) for names in (need, forbid))
    return Rule(
        category=category,
        reason=reason,
        weight=weight,
        need=needed,
        scope=needed | forbidden,
        label=f"{category if reason is None else reason}: {need.replace(' ', ' + ')}",
    )


_ALL_RULES: Final = (
    *(_compile(Category.BILLING_DISPUTE, reason, row) for reason, rows in DISPUTE_RULES.items() for row in rows),
    *(_compile(category, None, row) for category, rows in RULES.items() for row in rows),
)

# Each rule is filed under the first idea that it needs, so that a sentence meets only the rules it may satisfy.
_RULES_BY_IDEA: Final = {
    mask: tuple(rule for rule in _ALL_RULES if rule.need & -rule.need == mask) for mask in _IDEAS.values()
}
# By the second word of a phrase: the words after it, and the idea.
_Phrases = dict[str, list[tuple[tuple[str, ...], int]]]


def _index() -> dict[str, tuple[int, _Phrases]]:
    """What each first word means by itself, and the phrases that it begins."""
    index: dict[str, tuple[int, _Phrases]] = {}
    for name, entries in LEXICON.items():
        for entry in entries.split():
            first, *rest = entry.split("_")
            alone, phrases = index.get(first, (0, {}))
            if rest:
                phrases.setdefault(rest[0], []).append((tuple(rest[1:]), _IDEAS[name]))
            index[first] = (alone if rest else alone | _IDEAS[name], phrases)
    return index


_INDEX: Final = _index()
_TELLING: Final = frozenset(_INDEX) | _SENTENCE_ENDS


def read_words(text: str) -> list[str]:
    """Words in lower case without accents, and sentence ends, in order."""
    lowered = text.lower()
    return _TOKEN.findall(lowered if lowered.isascii() else lowered.translate(FOLDING))[:_MAX_TOKENS]


def read_ideas(words: list[str], *, amounts: frozenset[str], references: frozenset[str]) -> list[int]:
    """The ideas of each sentence as a bit mask; ``amounts`` and ``references`` are the words that were read as such."""
    facts = dict.fromkeys(references, _INVOICE) | dict.fromkeys(amounts, _AMOUNT)
    sentences: list[int] = []
    mask = begin = 0
    words = [*words, "."]
    for index, word in [found for found in enumerate(words) if found[1] in _TELLING or found[1] in facts]:
        while index - begin > _MAX_SENTENCE + 1:
            _close(mask, sentences)
            mask, begin = 0, begin + _MAX_SENTENCE + 1
        entry = _INDEX.get(word)
        if entry is not None:
            mask |= entry[0]
            following = entry[1].get(words[index + 1])
            if following is not None:
                mask |= _phrase_ideas(following, words, index + 2)
        elif word in facts:
            mask |= facts[word]
        if word in _SENTENCE_ENDS or index - begin > _MAX_SENTENCE:
            _close(mask, sentences)
            mask, begin = 0, index
    return sentences


def _close(mask: int, sentences: list[int]) -> None:
    # A sentence of a person names up to eight ideas; more is stuffing, and no evidence.
    if 0 < mask.bit_count() <= _MAX_IDEAS:
        sentences.append(mask)


def _phrase_ideas(following: list[tuple[tuple[str, ...], int]], words: list[str], at: int) -> int:
    mask = 0
    for rest, idea in following:
        if not rest or tuple(words[at : at + len(rest)]) == rest:
            mask |= idea
    return mask


def find_hits(sentences: list[int]) -> list[Hit]:
    """The rules that the sentences satisfy."""
    hits: list[Hit] = []
    for number, ideas in enumerate(sentences):
        left = ideas
        while left:
            lowest = left & -left
            left ^= lowest
            hits += [Hit(rule, number) for rule in _RULES_BY_IDEA[lowest] if ideas & rule.scope == rule.need]
    return hits
