"""The trained model: a table of whole numbers, and the sums over it that score a message.

Only integers are added, so an answer is the same on every machine. How the table is made is told in training/README.md;
nothing here learns.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from math import isqrt
from typing import Any, Final, TypeVar

from csr_bot.core.classification.features import (
    Reading,
    name_neighbours,
    name_sentence,
    name_subject,
    name_word,
)
from csr_bot.core.classification.ideas import IDEAS
from csr_bot.core.request import Category, DisputeReason

MAGIC: Final = b"csrbot-requests-1\n"
ZERO: Final = 128
"""What stands for a weight of 0: a table holds bytes from 0 to 255, so that sums never borrow from their neighbour."""
_LANE: Final = 4
"""Bytes of one sum."""
_FIXED: Final = 2
"""Sums before those of the classes: how many zeros were added, and the length of the reading, squared."""
_MAX_REMEMBERED: Final = 50_000
"""Words and sentences of which the sums are remembered; mail repeats itself."""
_PER_MILLE: Final = Decimal("0.001")
_Key = TypeVar("_Key")


class WrongModelError(ValueError):
    """The bytes are not a model that this version reads."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of a reading, in thousandths of a margin; higher is surer, 0 is the border."""

    categories: dict[Category, int]
    reasons: dict[DisputeReason, int]

    def rank(self) -> list[Category]:
        """The categories, the likeliest first."""
        return sorted(self.categories, key=lambda category: -self.categories[category])


@dataclass(slots=True)
class Model:
    """A parsed model. What is remembered of words changes how fast it answers, never what."""

    version: str
    categories: tuple[Category, ...]
    reasons: tuple[DisputeReason, ...]
    multipliers: tuple[int, ...]
    biases: tuple[int, ...]
    calibration: Calibration
    _rows: dict[int, int]
    _table: bytes
    _width: int
    _words: dict[str, int] = field(default_factory=dict)
    _pairs: dict[str, int] = field(default_factory=dict)
    _sentences: dict[int, int] = field(default_factory=dict)
    _subjects: dict[int, int] = field(default_factory=dict)
    _weights: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def score(self, reading: Reading) -> Scores:
        """The score of each category and of each reason of a dispute."""
        return self._scores(self._add_up(reading))

    def confidence(self, scores: Scores) -> Decimal:
        """How often, of messages with such scores, the first category was the right one."""
        first, second = sorted(scores.categories.values(), reverse=True)[:2]
        return self.calibration.read(first, first - second)

    def weigh_ideas(self, mask: int, category: Category) -> list[tuple[str, int]]:
        """The ideas in a mask that speak for a category, the strongest first, with what they weigh."""
        place = self.categories.index(category)
        weighed = [(name, self._weigh_idea(name)[place]) for bit, name in enumerate(IDEAS) if mask >> bit & 1]
        return sorted([found for found in weighed if found[1] > 0], key=lambda found: (-found[1], found[0]))

    def _weigh_idea(self, name: str) -> tuple[int, ...]:
        weights = self._weights.get(name)
        if weights is None:
            count, _, *sums = _unpack(self._find(f"i {name}"), self._width)
            weights = self._weights[name] = tuple(value - ZERO * count for value in sums)
        return weights

    def _add_up(self, reading: Reading) -> int:
        total = 0
        words, pairs, sentences = self._words, self._pairs, self._sentences
        for word in reading.words:
            row = words.get(word)
            total += self._sum_word(word) if row is None else row
        for pair in reading.neighbours:
            row = pairs.get(pair)
            total += self._sum_pair(pair) if row is None else row
        for ideas in reading.body:
            row = sentences.get(ideas)
            total += self._sum_sentence(ideas) if row is None else row
        if reading.subject:
            row = self._subjects.get(reading.subject)
            total += self._sum_subject(reading.subject) if row is None else row
        return total

    def _scores(self, total: int) -> Scores:
        count, squared, *sums = _unpack(total, self._width)
        length = isqrt(max(squared, 1) << 20)
        zero = ZERO * count
        scores = [
            ((value - zero) * multiplier // length >> 14) + bias
            for value, multiplier, bias in zip(sums, self.multipliers, self.biases, strict=True)
        ]
        kinds = len(self.categories)
        return Scores(
            dict(zip(self.categories, scores[:kinds], strict=True)),
            dict(zip(self.reasons, scores[kinds:], strict=True)),
        )

    def _find(self, name: str) -> int:
        """The row of a feature, each byte in a lane of its own; 0 where the model does not know it."""
        place = self._rows.get(zlib.crc32(name.encode()))
        if place is None:
            return 0
        shift, square, *weights = self._table[place * self._width : (place + 1) * self._width]
        lanes = bytearray(_LANE * self._width)
        lanes[0] = 1
        lanes[_FIXED * _LANE :: _LANE] = bytes(weights)
        # What is shifted counts that often as a zero, so that the sums come out right.
        return (int.from_bytes(lanes, "little") << shift) + (square << 8 * _LANE)

    def _sum_word(self, word: str) -> int:
        return _remember(self._words, word, sum(map(self._find, name_word(word))))

    def _sum_pair(self, pair: str) -> int:
        return _remember(self._pairs, pair, self._find(name_neighbours(pair)))

    def _sum_sentence(self, ideas: int) -> int:
        return _remember(self._sentences, ideas, sum(map(self._find, name_sentence(ideas))))

    def _sum_subject(self, ideas: int) -> int:
        names = [name_subject(name) for bit, name in enumerate(IDEAS) if ideas >> bit & 1]
        return _remember(self._subjects, ideas, sum(map(self._find, names)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """From scores to how often they were right: steps measured on messages that the model had not seen."""

    height: int
    """How much the first score counts, in hundredths."""
    lead: int
    """How much its lead over the second counts, in hundredths."""
    steps: tuple[int, ...]
    shares: tuple[int, ...]
    """Right in a thousand, below the first step, from the first step, and so on."""

    def read(self, first: int, lead: int) -> Decimal:
        """The share of right answers at such a score and lead."""
        at = (first * self.height + lead * self.lead) // 100
        return self.shares[bisect_right(self.steps, at)] * _PER_MILLE


def parse_model(content: bytes) -> Model:
    """The model in these bytes. Raises WrongModelError."""
    if not content.startswith(MAGIC):
        raise WrongModelError("not a model of requests, or one of another version")
    try:
        head, _, packed = content[len(MAGIC) :].partition(b"\n")
        said = json.loads(head)
        body = zlib.decompress(packed)
        count, width = said["features"], _FIXED + len(said["categories"]) + len(said["reasons"])
        keys = struct.unpack(f"<{count}I", body[: 4 * count])
        table = body[4 * count :]
        if len(table) != count * width:
            raise WrongModelError("the table is cut off")
        return Model(
            version=f"requests-{hashlib.sha256(content).hexdigest()[:12]}",
            categories=tuple(Category(name) for name in said["categories"]),
            reasons=tuple(DisputeReason(name) for name in said["reasons"]),
            multipliers=tuple(said["multipliers"]),
            biases=tuple(said["biases"]),
            calibration=_read_calibration(said["calibration"]),
            _rows=dict(zip(keys, range(count), strict=True)),
            _table=table,
            _width=width,
        )
    except (KeyError, TypeError, ValueError, zlib.error, struct.error) as error:
        raise WrongModelError(f"the model is damaged: {error}") from error


def _read_calibration(said: dict[str, Any]) -> Calibration:
    return Calibration(said["height"], said["lead"], tuple(said["steps"]), tuple(said["shares"]))


def _unpack(total: int, width: int) -> tuple[int, ...]:
    return struct.unpack(f"<{width}I", total.to_bytes(_LANE * width, "little"))


def _remember(memory: dict[_Key, int], key: _Key, value: int) -> int:
    if len(memory) >= _MAX_REMEMBERED:
        memory.clear()
    memory[key] = value
    return value
