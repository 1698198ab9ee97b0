"""What the model looks at, by name: words, parts of words, neighbours, ideas, and ideas said in one sentence.

Training counts these names, scoring looks their numbers up; both go through here, so that they never differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Final, NamedTuple

from csr_bot.core.classification.ideas import name_ideas, read_ideas
from csr_bot.core.classification.words import Sentence

_SHORTEST: Final = 2
_LONGEST: Final = 5
_MAX_WORD: Final = 20


class Reading(NamedTuple):
    """Subject and text as the model sees them: masks of ideas, and what is counted once each."""

    words: frozenset[str]
    neighbours: frozenset[str]
    """Words side by side, with a blank between them."""
    subject: int
    """Ideas of the subject."""
    text: tuple[int, ...]
    """Ideas of each sentence of the text."""

    @property
    def body(self) -> tuple[int, ...]:
        """Ideas of each sentence, the subject as one of them."""
        return (self.subject, *self.text) if self.subject else self.text


def read_features(*, subject: Iterable[Sentence], text: Iterable[Sentence]) -> Reading:
    """The features of a message or of a part of one."""
    titles, sentences = list(subject), list(text)
    both = [*titles, *sentences]
    title_ideas = 0
    for sentence in titles:
        title_ideas |= read_ideas(sentence)
    return Reading(
        words=frozenset(chain.from_iterable(both)),
        neighbours=frozenset(map(" ".join, chain.from_iterable(map(pairwise, both)))),
        subject=title_ideas,
        text=tuple(dict.fromkeys(filter(None, map(read_ideas, sentences)))),
    )


def name_word(word: str) -> Iterator[str]:
    """The features of a word: itself and its parts, so that a new compound or a typo is not quite unknown."""
    yield f"w {word}"
    if word[0] == "z" == word[-1] or not word[0].isalpha():
        return
    marked = f"_{word[:_MAX_WORD]}_"
    for length in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(marked) - length + 1):
            yield f"c {marked[start : start + length]}"


def name_neighbours(pair: str) -> str:
    """The feature of two words side by side."""
    return f"b {pair}"


def name_subject(idea: str) -> str:
    """The feature of an idea in the subject."""
    return f"s {idea}"


def name_sentence(ideas: int) -> Iterator[str]:
    """The features of the ideas of one sentence: each, and each two together."""
    names = name_ideas(ideas)
    for place, name in enumerate(names):
        yield f"i {name}"
        for other in names[place + 1 :]:
            yield f"p {name} {other}"


def name_all(reading: Reading) -> dict[str, int]:
    """How often each feature counts in a reading; this is what a model is trained on."""
    counts: dict[str, int] = {}
    for word in reading.words:
        for name in name_word(word):
            counts[name] = counts.get(name, 0) + 1
    for pair in reading.neighbours:
        counts[name_neighbours(pair)] = 1
    for idea in name_ideas(reading.subject):
        counts[name_subject(idea)] = 1
    for ideas in reading.body:
        for name in name_sentence(ideas):
            counts[name] = counts.get(name, 0) + 1
    return counts
