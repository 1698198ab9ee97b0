"""How a written number and an invoice's number are related, and what that is worth."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Final

from rapidfuzz.distance import OSA

from csr_bot.core.matching.entries import LedgerEntry
from csr_bot.core.matching.numbers import ReadNumber, prefix_of


class Relation(Enum):
    """From the same number to no likeness; the value is the points of fifty."""

    EXACT = Decimal(50)
    REPAIRED = Decimal("48.5")
    YEAR_SERIAL = Decimal("47.5")
    TAIL = Decimal("37.5")
    EDIT = Decimal(30)
    NONE = Decimal(0)

    @property
    def is_certain(self) -> bool:
        """Whether the number is named in full, up to how it is written."""
        return self in _CERTAIN


_CERTAIN: Final = frozenset({Relation.EXACT, Relation.REPAIRED, Relation.YEAR_SERIAL})


def relate(number: ReadNumber, entry: LedgerEntry) -> Relation:
    """The closest relation of a written number to an entry."""
    forms = entry.forms
    if number.canonical == forms.canonical:
        return Relation.EXACT
    if number.full == forms.canonical:
        return Relation.REPAIRED
    same_serial = bool(number.digits) and (
        number.digits == forms.digits or (bool(number.year_serial) and number.year_serial == forms.year_serial)
    )
    if same_serial:
        # The same digits behind other letters, an invoice's for a credit note's, are another number.
        letters = prefix_of(number.full)
        if letters and letters != prefix_of(forms.canonical):
            return Relation.EDIT
        return Relation.REPAIRED if number.repaired else Relation.YEAR_SERIAL
    if number.is_short:
        return Relation.TAIL if number.tail and number.tail == forms.tail else Relation.NONE
    return Relation.EDIT if _distance(number, entry) == 1 else Relation.NONE


def is_near(number: ReadNumber | None, entry: LedgerEntry) -> bool:
    """Whether who meant this entry may have written that number, by one slip or by looking at the line above or below.

    Who wrote none may have meant any.
    """
    if number is None:
        return True
    if number.is_short:
        return OSA.distance(number.tail, entry.forms.tail, score_cutoff=1) <= 1
    if abs(int(number.tail or 0) - int(entry.forms.tail or 0)) == 1 and len(number.digits) == len(entry.forms.digits):
        return True
    return _distance(number, entry) <= 1


def _distance(number: ReadNumber, entry: LedgerEntry) -> int:
    if prefix_of(number.full):
        return OSA.distance(number.full, entry.forms.canonical, score_cutoff=1)
    return OSA.distance(number.digits, entry.forms.digits, score_cutoff=1)
