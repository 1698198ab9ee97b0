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
from codecs import utf_32_le_encode
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from math import isqrt
from operator import itemgetter
from typing import Any, Final, TypeVar

from csr_bot.core.classification.features import (
    Reading,
    name_neighbours,
    name_sentence,
    name_subject,
    name_word,
)
from csr_bot.core.classification.ideas import name_ideas
from csr_bot.core.request import Category, DisputeReason

MAGIC: Final = b"csrbot-requests-1\n"
ZERO: Final = 128
"""What stands for a weight of 0: a table holds bytes from 0 to 255, so that sums never borrow from their neighbour."""
_LANE: Final = 4
"""Bytes of one sum."""
_FIXED: Final = 2
"""Sums before those of the classes: how many zeros were added, and the length of the reading, squared."""
_ONE_ROW: Final = (1).to_bytes(_FIXED * _LANE, "little")
_MAX_REMEMBERED: Final = 30_000
"""Words, pairs of them and sentences of which the sums are remembered, of each; mail repeats itself."""
_SHORT: Final = len("c abc")
_PER_MILLE: Final = Decimal("0.001")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class WrongModelError(ValueError):
    """The bytes are not a model that this version reads."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of a reading, in thousandths of a margin; higher is surer, 0 is the border."""

    categories: dict[Category, int]
    """The likeliest first."""
    reasons: dict[DisputeReason, int]

    def rank(self) -> list[Category]:
        """The categories, the likeliest first."""
        return list(self.categories)


class _Memory(dict[_Key, _Value]):
    """What was worked out for words and the like, each when it was first asked for."""

    def __init__(self, work_out: Callable[[_Key], _Value]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, key: _Key) -> _Value:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        found = self[key] = self._work_out(key)
        return found


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
    _words: _Memory[str, int] = field(init=False)
    _pairs: _Memory[str, int] = field(init=False)
    _common: _Memory[str, int] = field(init=False)
    """The rows of what is in very many words and sentences: short parts of words, ideas, and pairs of these."""
    _sentences: _Memory[int, int] = field(init=False)
    _subjects: _Memory[int, int] = field(init=False)
    _weights: _Memory[str, tuple[int, ...]] = field(init=False)
    """What the ideas weigh for each class."""

    def __post_init__(self) -> None:
        self._words = _Memory(self._sum_word)
        self._pairs = _Memory(lambda pair: self._find(name_neighbours(pair)))
        self._common = _Memory(self._find)
        self._sentences = _Memory(lambda ideas: sum(map(self._common.__getitem__, name_sentence(ideas))))
        self._subjects = _Memory(lambda ideas: sum(map(self._find, map(name_subject, name_ideas(ideas)))))
        self._weights = _Memory(self._weigh_idea)

    def score(self, reading: Reading) -> Scores:
        """The score of each category and of each reason of a dispute."""
        return self._scores(self._add_up(reading))

    def confidence(self, scores: Scores) -> Decimal:
        """How often, of messages with such scores, the first category was the right one."""
        first, second, *_ = scores.categories.values()
        return self.calibration.read(first, first - second)

    def weigh_ideas(self, mask: int, category: Category) -> list[tuple[str, int]]:
        """The ideas in a mask that speak for a category, the strongest first, with what they weigh."""
        place = self.categories.index(category)
        weighed = [(-weight, name) for name in name_ideas(mask) if (weight := self._weights[name][place]) > 0]
        return [(name, -weight) for weight, name in sorted(weighed)]

    def _weigh_idea(self, name: str) -> tuple[int, ...]:
        count, _, *sums = _unpack(self._find(f"i {name}"), self._width)
        return tuple(value - ZERO * count for value in sums)

    def _add_up(self, reading: Reading) -> int:
        total = sum(map(self._words.__getitem__, reading.words)) + sum(map(self._pairs.__getitem__, reading.neighbours))
        total += sum(map(self._sentences.__getitem__, reading.body))
        return total + self._subjects[reading.subject] if reading.subject else total

    def _scores(self, total: int) -> Scores:
        count, squared, *sums = _unpack(total, self._width)
        zero, step = ZERO * count, isqrt(max(squared, 1) << 20) << 14
        scores = [
            (value - zero) * multiplier // step + bias
            for value, multiplier, bias in zip(sums, self.multipliers, self.biases, strict=True)
        ]
        kinds = len(self.categories)
        categories = sorted(zip(self.categories, scores[:kinds], strict=True), key=itemgetter(1), reverse=True)
        return Scores(dict(categories), dict(zip(self.reasons, scores[kinds:], strict=True)))

    def _find(self, name: str) -> int:
        """The row of a feature, each byte in a lane of its own; 0 where the model does not know it."""
        place = self._rows.get(zlib.crc32(name.encode()))
        if place is None:
            return 0
        at = place * self._width
        # As UTF-32 each byte has a lane of its own.
        lanes, _ = utf_32_le_encode(self._table[at + _FIXED : at + self._width].decode("latin-1"))
        # What is shifted counts that often as a zero, so that the sums come out right.
        shift, square = self._table[at], self._table[at + 1]
        return (int.from_bytes(_ONE_ROW + lanes, "little") << shift) + (square << 8 * _LANE)

    def _sum_word(self, word: str) -> int:
        common = self._common
        return sum([common[name] if len(name) <= _SHORT else self._find(name) for name in name_word(word)])


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
