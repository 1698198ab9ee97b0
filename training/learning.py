"""Learning: from labelled readings to linear weights, and from those to the file that is shipped.

One class against the rest, balanced, as a linear support vector machine over tf-idf with one length for each reading.
Everything is seeded and ordered, so that the same messages give the same file on the same machine.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from csr_bot.core.classification.features import Reading, name_all
from csr_bot.core.classification.model import MAGIC, ZERO

MIN_READINGS: Final = 2
"""Readings in which a feature must stand to be learned."""
STRENGTH: Final = {"w": 1.0, "b": 0.8, "c": 0.35, "i": 1.5, "p": 0.8, "s": 1.2}
"""How much a kind of feature counts, beside how rare it is."""
SOFTNESS: Final = 0.6
"""C of the support vector machine."""
_SEED: Final = 7
_SQUARE: Final = 3.0
"""Steps of a squared length in the file."""
_TOP: Final = 127
_SHIFTS: Final = 8


@dataclass(slots=True)
class Table:
    """The features that are learned, with what each is worth and what it adds to the length of a reading."""

    numbers: dict[str, int]
    worth: np.ndarray[Any, Any]
    squares: np.ndarray[Any, Any]

    def lay_out(self, readings: Sequence[Reading]) -> sparse.csr_matrix:
        """A row for each reading, of length one."""
        columns: list[int] = []
        values: list[float] = []
        starts = [0]
        for reading in readings:
            found = [
                (number, count)
                for name, count in name_all(reading).items()
                if (number := self.numbers.get(name)) is not None
            ]
            length = math.sqrt(max(sum(int(self.squares[number]) * count for number, count in found), 1) / _SQUARE)
            columns += [number for number, _ in found]
            values += [count * self.worth[number] / length for number, count in found]
            starts.append(len(columns))
        return sparse.csr_matrix((values, columns, starts), shape=(len(readings), len(self.numbers)))


@dataclass(slots=True)
class Learned:
    """Weights of the classes over a table."""

    table: Table
    classes: list[str]
    weights: np.ndarray[Any, Any]
    biases: np.ndarray[Any, Any]

    def margins(self, readings: Sequence[Reading]) -> np.ndarray[Any, Any]:
        """The margin of each reading to each class."""
        found: np.ndarray[Any, Any] = self.table.lay_out(readings) @ self.weights.T + self.biases
        return found


def make_table(readings: Sequence[Reading]) -> Table:
    """The features that stand in more than one reading."""
    seen: Counter[str] = Counter()
    for reading in readings:
        seen.update(name_all(reading).keys())
    names = sorted(name for name, count in seen.items() if count >= MIN_READINGS)
    rarity = np.array([math.log((1 + len(readings)) / (1 + seen[name])) + 1 for name in names])
    worth = rarity * np.array([STRENGTH[name[0]] for name in names])
    squares = np.clip(np.round(worth**2 * _SQUARE), 1, 255).astype(np.int64)
    return Table({name: number for number, name in enumerate(names)}, worth, squares)


def learn(table: Table, rows: sparse.csr_matrix, labels: Sequence[Collection[str]]) -> Learned:
    """Weights for the labels of the rows; a message that asks for two things is an example of both."""
    classes = sorted({label for found in labels for label in found})
    machines = []
    for label in classes:
        machine = LinearSVC(C=SOFTNESS, class_weight="balanced", random_state=_SEED, max_iter=3000)
        machines.append(machine.fit(rows, np.array([label in found for found in labels])))
    return Learned(
        table,
        classes,
        np.vstack([machine.coef_ for machine in machines]),
        np.concatenate([machine.intercept_ for machine in machines]),
    )


def pack(kinds: Learned, reasons: Learned, calibration: dict[str, Any]) -> bytes:
    """The file: a line of JSON, then compressed the keys of the features and a row of bytes for each."""
    table = kinds.table
    weights = np.vstack([kinds.weights, reasons.weights]) * table.worth
    biases = np.concatenate([kinds.biases, reasons.biases])
    # Each feature has a step of its own, a power of two: most weights are small, a few are a thousand times as great.
    steps = np.maximum(np.abs(weights).max(axis=1), 1e-9) / (_TOP << _SHIFTS)
    fine = weights / steps[:, None]
    shifts = np.ceil(np.log2(np.maximum(np.abs(fine).max(axis=0), 1) / _TOP)).clip(0, _SHIFTS).astype(np.int64)
    small = np.clip(np.round(fine / 2.0**shifts), -_TOP, _TOP).astype(np.int64)
    names = list(table.numbers)
    kept = np.arange(len(names))
    keys = np.array([zlib.crc32(names[number].encode()) for number in kept], dtype=np.uint64)
    order = np.argsort(keys, kind="stable")
    kept, keys = kept[order], keys[order]
    kept, keys = kept[np.r_[True, keys[1:] != keys[:-1]]], np.unique(keys)
    columns = np.vstack([shifts[kept], table.squares[kept], small[:, kept] + ZERO]).T
    head = {
        "features": len(kept),
        "categories": kinds.classes,
        "reasons": reasons.classes,
        "multipliers": [round((1000 << 24) * math.sqrt(_SQUARE) * step) for step in steps],
        "biases": [round(1000 * bias) for bias in biases],
        "calibration": calibration,
    }
    body = struct.pack(f"<{len(keys)}I", *keys.tolist()) + columns.astype(np.uint8).tobytes()
    return MAGIC + json.dumps(head, separators=(",", ":")).encode() + b"\n" + zlib.compress(body, 9)
