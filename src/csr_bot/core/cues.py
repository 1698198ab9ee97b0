"""Cues: one pass over the words of a text finds the ideas that each sentence names, and rules turn them into scores.

Words and rules are data in `cues_lexicon` and `cues_rules`; here they become bit masks, so that a sentence costs a few
look-ups and comparisons instead of dozens of searches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from csr_bot.core.cues_lexicon import LEXICON
from csr_bot.core.cues_rules import DISPUTE_RULES, RULES, Row
from csr_bot.core.parsing.language import FOLDING, SMALL_WORDS
from csr_bot.core.request import Category, DisputeReason

# Ideas that are facts of the text rather than words.
_FACTS: Final = ("amount",)
_IDEAS: Final = {name: 1 << index for index, name in enumerate((*LEXICON, *_FACTS))}
_AMOUNT: Final = _IDEAS["amount"]
_INVOICE: Final = _IDEAS["invoice"]
# Said in whatever way, it is looked at for fraud.
_SCREENED: Final = _IDEAS["bank"] | _IDEAS["changed"]
THANKS: Final = _IDEAS["thanks"]

_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9/]*+(?:[.-][a-z0-9]++|,\d++)*+(?:'(?:t|ll|ve|re|s|d|m)\b)?+|[.?!;]|\n\n")
_SENTENCE_ENDS: Final = (".", "?", "!", ";", "\n\n")
_MAX_SENTENCE: Final = 46
# A sentence of a person names up to eight ideas; more is stuffing, and no evidence.
_MAX_IDEAS: Final = 10
_MAX_LIST: Final = 12
"""Different words that may stand side by side without small ones, as in a short list."""
_SMALL_WORD_EVERY: Final = 8
"""Different words of a sentence of which at least one is a small one; people use one in three."""
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


def _index() -> dict[str, tuple[int, _Phrases, bool]]:
    """What each first word means by itself, the phrases that it begins, and whether it ends a sentence."""
    alone: dict[str, int] = dict.fromkeys(_SENTENCE_ENDS, 0)
    phrases: dict[str, _Phrases] = {}
    for name, entries in LEXICON.items():
        for entry in entries.split():
            first, *rest = entry.split("_")
            alone[first] = alone.get(first, 0) | (0 if rest else _IDEAS[name])
            if rest:
                phrases.setdefault(first, {}).setdefault(rest[0], []).append((tuple(rest[1:]), _IDEAS[name]))
    return {word: (ideas, phrases.get(word, {}), word in _SENTENCE_ENDS) for word, ideas in alone.items()}


_INDEX: Final = _index()


def read_words(text: str) -> list[str]:
    """Words in lower case without accents, and sentence ends, in order."""
    lowered = text.lower()
    return _TOKEN.findall(lowered if lowered.isascii() else lowered.translate(FOLDING))[:_MAX_TOKENS]


def read_ideas(words: list[str], *, amounts: frozenset[str], references: frozenset[str]) -> list[int]:
    """The ideas of each sentence as a bit mask; ``amounts`` and ``references`` are the words that were read as such."""
    facts = dict.fromkeys(references, _INVOICE) | dict.fromkeys(amounts, _AMOUNT)
    words = [*words, "."]
    sentences: list[int] = []
    ideas = begin = 0
    heap = False
    for index, entry in enumerate(map(_INDEX.get, words)):
        if entry is None:
            if words[index] in facts:
                ideas |= facts[words[index]]
            continue
        alone, phrases, ends = entry
        ideas |= alone
        if phrases and words[index + 1] in phrases:
            ideas |= _phrase_ideas(phrases[words[index + 1]], words, index + 2)
        if ends or index - begin >= _MAX_SENTENCE:
            # What is cut for its length goes on as what it was.
            heap = heap or (index - begin > _MAX_LIST and _is_heap(words[begin:index]))
            if heap or ideas.bit_count() > _MAX_IDEAS:
                ideas &= _SCREENED
            if ideas:
                sentences.append(ideas)
            heap = heap and not ends
            ideas, begin = 0, index + 1
    return sentences


def _is_heap(words: list[str]) -> bool:
    """Whether so many different words with hardly a "the" or "we" are no sentence: a table, a footer, stuffing."""
    different = {word for word in words if word.isalpha()}
    return len(different) > max(_MAX_LIST, _SMALL_WORD_EVERY * len(different & SMALL_WORDS))


def _phrase_ideas(endings: list[tuple[tuple[str, ...], int]], words: list[str], at: int) -> int:
    ideas = 0
    for rest, idea in endings:
        if not rest or tuple(words[at : at + len(rest)]) == rest:
            ideas |= idea
    return ideas


def find_hits(sentences: list[int]) -> list[Hit]:
    """The rules that the sentences satisfy."""
    return [Hit(rule, number) for number, ideas in enumerate(sentences) for rule in _rules_for(ideas)]


@lru_cache(maxsize=4096)
def _rules_for(ideas: int) -> tuple[Rule, ...]:
    """Most sentences name one of a few combinations of ideas."""
    found: list[Rule] = []
    left = ideas
    while left:
        lowest = left & -left
        left ^= lowest
        found += [rule for rule in _RULES_BY_IDEA[lowest] if ideas & rule.scope == rule.need]
    return tuple(found)
