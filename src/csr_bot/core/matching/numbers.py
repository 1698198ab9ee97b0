"""Document numbers: the forms in which one is looked up, and what a reader or a scanner may have made of it.

The letters that numbers begin with come from the ledger itself (``prefixes``): only behind them a letter is read as the
digit that it looks like. The I of INV is an I.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from csr_bot.core.parsing.references import canonical_number

__all__ = [
    "NumberForms",
    "ReadNumber",
    "canonical_number",
    "canonical_order",
    "number_forms",
    "prefix_of",
    "read_number",
]

_DIGIT_GROUPS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[A-Z]*")
_NOT_DIGITS: Final = re.compile(r"\D+")
_WITH_YEAR: Final = re.compile(r"((?:19|20)\d\d)(\d{3,})")
_WITH_SHORT_YEAR: Final = re.compile(r"([12]\d)(\d{4,})")
_WITH_ZEROS: Final = re.compile(r"([1-9]\d?)(0{2,}\d+)")
# Letters that scanners and people put where a number wants a digit.
_AS_DIGITS: Final = str.maketrans("OQDILZSGB", "000112568")
_LOOKS_LIKE_DIGITS: Final = frozenset("OQDILZSGB")
_SHORT: Final = 6
"""A bare number of at most so many digits is the end of one, not a whole one."""
_DIGITS: Final = "0123456789"
_REMEMBERED: Final = 1024
"""Numbers of texts that are kept: each is read for what is wanted first, for its neighbours, and to be matched."""


@dataclass(frozen=True, slots=True)
class NumberForms:
    """A ledger's number as it is looked up: in full, its digits, year with serial, and serial, unpadded."""

    canonical: str
    digits: str
    year_serial: str
    tail: str


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number as somebody wrote it. ``full`` has its letters and digits put right; ``repaired`` says that this changed
    it; ``digits`` are those of it, ``year_serial`` empty where no year stands in it.
    """

    canonical: str
    full: str
    digits: str
    year_serial: str
    tail: str
    repaired: bool

    @property
    def is_short(self) -> bool:
        """Whether only the end of a number is named."""
        return len(self.digits) <= _SHORT and not self.year_serial

    def neighbours(self, prefixes: Collection[str]) -> frozenset[str]:
        """The canonical numbers of such a ledger that one slip away from this one would be: Damerau's four kinds.

        Letters are believed where they are a prefix of the ledger's; a number without letters may have any of them, or
        none.
        """
        if self.is_short:
            return frozenset()
        prefix = prefix_of(self.full)
        starts = {prefix} if prefix in prefixes else {prefix, *prefixes}
        serial = self.full[len(prefix) :]
        slips = list(_slips(serial))
        return frozenset(start + slip for start in starts for slip in slips) - {self.canonical}

    def adjacent(self) -> tuple[str, ...]:
        """The numbers before and after, which stand in the lines above and below in every list."""
        prefix = prefix_of(self.full)
        serial = self.full[len(prefix) :]
        if self.is_short or not serial.isdigit():
            return ()
        return tuple(f"{prefix}{int(serial) + step:0{len(serial)}}" for step in (-1, 1) if int(serial) + step >= 0)


def canonical_order(text: str) -> str:
    """An order number in canonical form: whether its "PO" is part of it or a word before it depends on who writes."""
    number = canonical_number(text)
    return number[2:] if number.startswith("PO") and number[2:3].isdigit() else number


def number_forms(invoice_no: str) -> NumberForms:
    """The look-up forms of a ledger's own number; empty text for a form that it does not have."""
    canonical = canonical_number(invoice_no)
    year, serial, digits = _split(invoice_no)
    return NumberForms(canonical, digits, _year_serial(year, serial), serial)


def prefix_of(canonical: str) -> str:
    """The letters before the first digit."""
    found = _LETTERS.match(canonical)
    return found[0] if found else ""


def read_number(raw: str, prefixes: Collection[str]) -> ReadNumber:
    """A number in a text as one of a ledger whose numbers begin with ``prefixes``."""
    return _read_number(raw, frozenset(prefixes))


@lru_cache(maxsize=_REMEMBERED)
def _read_number(raw: str, prefixes: frozenset[str]) -> ReadNumber:
    canonical = canonical_number(raw)
    written, known = _known_prefix(canonical, prefixes)
    rest = canonical[written:]
    if canonical.isdigit() or (rest.isdigit() and canonical[:written] == known):
        full = canonical
    else:
        full = known + rest.translate(_AS_DIGITS)
    repaired = full != canonical and len(full) == len(canonical)
    year, serial, digits = _split(_put_right(raw, canonical, full) if repaired else raw)
    if known or not written:
        digits = _NOT_DIGITS.sub("", full)
    return ReadNumber(canonical, full, digits, _year_serial(year, serial) if year else "", serial, repaired)


def _known_prefix(canonical: str, prefixes: Collection[str]) -> tuple[int, str]:
    """How many characters the letters at the front take up, and which prefix of the ledger they are, read kindly."""
    for known in sorted(prefixes, key=len, reverse=True):
        front = canonical[: len(known)]
        if front == known or (
            front.translate(_AS_DIGITS) == known.translate(_AS_DIGITS)
            and any(one == other for one, other in zip(front, known, strict=False))
        ):
            return len(known), known
    letters = prefix_of(canonical)
    # Letters that are no prefix here: a word such as "NO", or a digit badly read.
    return (0, "") if _LOOKS_LIKE_DIGITS.issuperset(letters) else (len(letters), letters)


def _put_right(raw: str, canonical: str, full: str) -> str:
    """The raw number with its marks where they were, and the letters and digits of ``full``."""
    if sum(char.isalnum() for char in raw) != len(canonical):
        return full
    letters = iter(full)
    return "".join(next(letters) if char.isalnum() else char for char in raw)


def _split(number: str) -> tuple[str, str, str]:
    """What stands before the serial, the serial without leading zeros, and all digits."""
    groups = _DIGIT_GROUPS.findall(number)
    if not groups:
        return "", "", ""
    digits = "".join(groups)
    if len(groups) > 1:
        return "".join(groups[:-1]), groups[-1].lstrip("0"), digits
    starts_with_letter = number[:1].isalpha()
    patterns = [_WITH_YEAR, _WITH_SHORT_YEAR, _WITH_ZEROS] if starts_with_letter else [_WITH_YEAR, _WITH_ZEROS]
    for pattern in patterns:
        if len(digits) > _SHORT and (parts := pattern.fullmatch(digits)):
            return parts[1], parts[2].lstrip("0"), digits
    return "", digits.lstrip("0"), digits


def _year_serial(year: str, serial: str) -> str:
    """Two digits of a year and four are the same year."""
    return (f"20{year}" if len(year) == 2 and year[0] in "12" else year) + serial


def _slips(serial: str) -> Iterable[str]:
    for place in range(len(serial) + 1):
        head, rest = serial[:place], serial[place:]
        yield from (head + digit + rest for digit in _DIGITS)
        if rest:
            yield head + rest[1:]
            yield from (head + digit + rest[1:] for digit in _DIGITS)
        if len(rest) > 1:
            yield head + rest[1] + rest[0] + rest[2:]
