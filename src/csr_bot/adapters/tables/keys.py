"""Finds rows that share a key in a table of any length: eight bytes are kept for each row."""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from itertools import pairwise
from typing import Final

_MOST_PLACES: Final = 1_000


class KeySurvey:
    """Digests of all keys of a table.

    Digests are Python's own, seeded anew in every process: nobody can make two keys collide on purpose, and by chance
    a million keys do so once in forty million files.
    """

    def __init__(self) -> None:
        self._digests = array("q")

    def add(self, key: Hashable) -> None:
        """Note the key of a row."""
        self._digests.append(hash(key))

    def finish(self) -> frozenset[int]:
        """The digests that more than one row has; the memory of the others is given back."""
        ordered = sorted(self._digests)
        twice = frozenset(one for one, other in pairwise(ordered) if one == other)
        self._digests = array("q")
        return twice


class Twins:
    """The rows of keys that occur more than once, as they come by in the second reading."""

    def __init__(self, digests: frozenset[int]) -> None:
        self._digests = digests
        self._places: dict[int, list[int]] = {}
        self.count = 0

    def take(self, key: Hashable, row: int) -> bool:
        """Whether the row is one of several with its key; its place is noted then."""
        if not self._digests or (digest := hash(key)) not in self._digests:
            return False
        self.count += 1
        if digest in self._places or len(self._places) < _MOST_PLACES:
            self._places.setdefault(digest, []).append(row)
        return True

    def groups(self) -> list[list[int]]:
        """Rows that share a key, in the order of the first of them."""
        return list(self._places.values())
