"""Ideas: what the words of a sentence are about, whatever the language. One look-up for each word, remembered."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from csr_bot.core.classification.lexicon_desk import DESK
from csr_bot.core.classification.lexicon_trade import TRADE
from csr_bot.core.classification.words import Sentence

IDEAS: Final = (*TRADE, *DESK)
"""Names of the ideas; an idea is the bit of its place in a mask."""
MAX_IDEAS: Final = 14
"""Ideas of one sentence; a person names up to ten, more is stuffing."""
BIT: Final = {name: 1 << place for place, name in enumerate(IDEAS)}
_NAME: Final = {bit: name for name, bit in BIT.items()}

_Phrase = tuple[tuple[str, ...], int]
_SHORTEST: Final = 2
_KEY: Final = 2

_whole: dict[str, int] = {}
_stems: dict[str, int] = {}
_parts: dict[str, int] = {}
_phrases: dict[str, dict[str, list[_Phrase]]] = {}
"""By the first word, and by the first letters of the second."""


def _index() -> None:
    for name, entries in (*TRADE.items(), *DESK.items()):
        for entry in entries.split():
            first, *rest = entry.strip("_").split("_")
            if rest:
                _phrases.setdefault(first, {}).setdefault(rest[0][:_KEY], []).append((tuple(rest), BIT[name]))
                continue
            place = _parts if first[0] == "~" else _stems if first[-1] == "*" else _whole
            key = first.strip("~*")
            place[key] = place.get(key, 0) | BIT[name]


_index()


@lru_cache(maxsize=65_536)
def _look_up(word: str) -> tuple[int, dict[str, list[_Phrase]]] | None:
    """The ideas of a word by itself, and the phrases that it begins; None where it has neither."""
    length = min(len(word), 30)
    ideas = _whole.get(word, 0)
    for end in range(_SHORTEST, length + 1):
        ideas |= _stems.get(word[:end], 0)
    for start in range(length - 2):
        for end in range(start + 3, length + 1):
            ideas |= _parts.get(word[start:end], 0)
    phrases = _phrases.get(word, {})
    return (ideas, phrases) if ideas or phrases else None


def read_ideas(sentence: Sentence) -> int:
    """The ideas of a sentence as a mask; nothing of a sentence that names more than a person would."""
    ideas = 0
    for place, found in enumerate(map(_look_up, sentence), 1):
        if found is None:
            continue
        alone, phrases = found
        ideas |= alone
        if phrases and place < len(sentence):
            for rest, idea in phrases.get(sentence[place][:_KEY], ()):
                if _follows(sentence, place, rest):
                    ideas |= idea
    return ideas if ideas.bit_count() <= MAX_IDEAS else 0


def name_ideas(mask: int) -> tuple[str, ...]:
    """The names of the ideas in a mask."""
    names: list[str] = []
    while mask:
        bit = mask & -mask
        names.append(_NAME[bit])
        mask ^= bit
    return tuple(names)


def _follows(sentence: Sentence, at: int, rest: tuple[str, ...]) -> bool:
    words = sentence[at : at + len(rest)]
    return len(words) == len(rest) and all(
        word == wanted or (wanted[-1] == "*" and word.startswith(wanted[:-1]))
        for word, wanted in zip(words, rest, strict=True)
    )
