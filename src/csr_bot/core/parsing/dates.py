"""Calendar dates: one written date, and the dates in running text. A day and a month that could change places are
not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from csr_bot.core.parsing.digits import find_digits
from csr_bot.core.parsing.language import FOLDING

_MONTH_FIRST: Final = frozenset({"US", "PH"})
"""Countries that write the month first (ISO 3166-1 alpha-2)."""

_MONTH_WORDS: Final = (
    "january jan januar jaenner januari janvier janv enero ene", "february feb februar februari fevrier fevr febrero",
    "march mar maerz mrz maart mrt mars marzo", "april apr avril avr abril abr", "may mai mei mayo",
    "june jun juni juin junio", "july jul juli juillet juil julio", "august aug augustus aout agosto ago",
    "september sep sept septembre septiembre", "october oct oktober okt octobre octubre",
    "november nov novembre noviembre", "december dec dezember dez decembre diciembre dic",
)  # fmt: skip
_MONTHS: Final = {word: index for index, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_NUMERIC: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_MONTH: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:of\s+|de\s+|del\s+)?([^\W\d_]{3,10})\.?,?\s+(?:de\s+|del\s+)?(\d{4}|\d{2})",
    re.IGNORECASE,
)
_MONTH_DAY: Final = re.compile(r"([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.IGNORECASE)
_COMPACT: Final = re.compile(r"(\d{1,2})[- ]?([A-Za-z]{3})[- ]?(\d{4}|\d{2})")

# In running text, from its first digit: a full date, or a part of one ("12 Nov", "05.12.", "11/3"): no amount, no
# reference.
_FROM_DIGIT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)|\d{1,2}\.\d{1,2}\.(?!\d)|\d{1,2}/\d{1,2}(?![\d/])"
    r"|\d{1,2}(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?(?P<month>[^\W\d_]{3,10})(?:,?\.?\s(?:de\s|del\s)?\d{4}(?!\d))?"
)
_DAY_AND_YEAR: Final = re.compile(r"\d{1,2}(?:st|nd|rd|th)?,?(?:\s\d{4})?(?!\d)")
_NOT_BEFORE: Final = frozenset("-/.,#$€£")
_MARKS: Final = re.compile(r"[./-]")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]{3,10})\.?\s$")
_MAX_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a written date says; ``candidates`` holds both readings where day and month could change places."""

    status: Literal["ok", "ambiguous", "error", "null"]
    value: date | None = None
    candidates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in running text; ``value`` is None for a part of a date or an ambiguous one."""

    value: date | None
    candidates: tuple[date, ...]
    span: tuple[int, int]


def read_date(raw: str, *, country: str | None) -> DateReading:  # noqa: PLR0911  # one way out for each form
    """A day from its written form; ``country`` (ISO 3166-1) decides ``03/04/2025``, else both days are candidates."""
    text = raw.strip()
    if text.lower() in {"", "-", "n/a"}:
        return DateReading("null")
    if len(text) > _MAX_LENGTH:
        return DateReading("error")
    if found := _ISO.fullmatch(text):
        return _one(_day(found[1], int(found[2]), found[3]))
    if found := _NUMERIC.fullmatch(text):
        return _read_numeric(found[1], found[3], found[4], country="DE" if found[2] == "." else country)
    folded = text.lower().translate(FOLDING)
    if (found := _DAY_MONTH.fullmatch(folded) or _COMPACT.fullmatch(folded)) and found[2] in _MONTHS:
        return _one(_day(found[3], _MONTHS[found[2]], found[1]))
    if (found := _MONTH_DAY.fullmatch(folded)) and found[1] in _MONTHS:
        return _one(_day(found[3], _MONTHS[found[1]], found[2]))
    return DateReading("error")


def find_dates(
    text: str, *, country: str | None = None, limit: int = 40, digits: list[tuple[int, int]] | None = None
) -> tuple[FoundDate, ...]:
    """The dates in running text, in order, with the parts of dates, at most ``limit``; ``digits`` is what
    `find_digits` found.
    """
    found: list[FoundDate] = []
    at = 0
    for start, end in find_digits(text) if digits is None else digits:
        if start < at or end - start not in {1, 2, 4}:
            continue
        if start and ((before := text[start - 1]) in _NOT_BEFORE or before.isalnum()):
            continue
        span = _span_at(text, start, may_be_day=end - start <= 2)
        if span is not None:
            reading = read_date(text[slice(*span)].rstrip(",. "), country=country)
            found.append(FoundDate(reading.value, reading.candidates, span))
            at = span[1]
            if len(found) >= limit:
                break
    return tuple(found)


def _span_at(text: str, start: int, *, may_be_day: bool) -> tuple[int, int] | None:
    """The span of a date around the number at ``start``; None where it is just a number."""
    follows = may_be_day and text[start - 1 : start].isspace()
    before = _WORD_BEFORE.search(text, max(0, start - 12), start) if follows else None
    if before and before[1].lower().translate(FOLDING) in _MONTHS and (day := _DAY_AND_YEAR.match(text, start)):
        return before.start(1), day.end()
    token = _FROM_DIGIT.match(text, start)
    if token is None:
        return None
    if token["month"]:
        return token.span() if token["month"].lower().translate(FOLDING) in _MONTHS else None
    after = text[token.end() : token.end() + 1]
    if after.isalnum() or after in {"-", "/"}:
        return None
    if token[0][:4].isdigit():
        return token.span()
    first, second = (int(part) for part in _MARKS.split(token[0])[:2])
    return token.span() if 0 < min(first, second) <= 12 and max(first, second) <= 31 else None


def _read_numeric(first: str, second: str, year: str, *, country: str | None) -> DateReading:
    day_first, month_first = _day(year, int(second), first), _day(year, int(first), second)
    if day_first is None or month_first is None or day_first == month_first:
        return _one(day_first or month_first)
    if country is None:
        return DateReading("ambiguous", None, (day_first, month_first))
    return _one(month_first if country in _MONTH_FIRST else day_first)


def _one(value: date | None) -> DateReading:
    return DateReading("ok", value) if value else DateReading("error")


def _day(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    except ValueError:
        return None
