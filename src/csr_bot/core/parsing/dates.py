"""Calendar dates: one written date, and the dates in running text. A day and a month that could change places are
not guessed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from csr_bot.core.parsing.digits import MAX_RUNS, find_digits
from csr_bot.core.parsing.language import FOLDING
from csr_bot.core.parsing.relative_days import WEEKDAYS, nearest_year, read_relative

_MONTH_FIRST: Final = frozenset({"US", "PH"})
"""Countries that write the month first (ISO 3166-1 alpha-2)."""
_BOTH_ORDERS: Final = frozenset({"CA", ""})
"""Countries where both orders are seen; an empty one is none."""

_MONTH_WORDS: Final = (
    "january jan januar jaenner januari janvier janv enero ene", "february feb februar februari fevrier fevr febrero",
    "march mar maerz mrz maart mrt mars marzo", "april apr avril avr abril abr", "may mai mei mayo",
    "june jun juni juin junio", "july jul juli juillet juil julio", "august aug augustus aout agosto ago",
    "september sep sept septembre septiembre", "october oct oktober okt octobre octubre",
    "november nov novembre noviembre", "december dec dezember dez decembre diciembre dic",
)  # fmt: skip
_MONTHS: Final = {word: index for index, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

_ISO: Final = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_UNBROKEN: Final = re.compile(r"(20\d\d)(0[1-9]|1[0-2])([0-3]\d)")
_WEEKDAY: Final = re.compile(r"([^\W\d_]{2,10})\.?,?\s+(?:(?:den|the|le|el|der|dem)\s+)?(?=\S)")
_NO_YEAR: Final = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:of\s+|de\s+|del\s+)?([^\W\d_]{3,10})\.?|([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})\.(\d{1,2})\.?|(\d{1,2})[/-](\d{1,2}))"
)
_LEADING: Final = re.compile(r"(?:am|vom|bis|zum|on|by|the|le|du|el|del|op|den)\s+")
_SYSTEMS: Final = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}
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
    r"\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)|\d{1,2}\.\d{1,2}\.(?!\d)|\d{1,2}/\d{1,2}(?![\d/])|\d{1,2}[-.](?P<named>[A-Za-z]{3})[-.](?:\d{4}|\d{2})(?!\d)|(?P<short>(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])(?![\d,]|\.\d))"
    r"|\d{1,2}(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?(?P<month>[^\W\d_]{3,10})(?:,?\.?\s(?:de\s|del\s)?\d{4}(?!\d))?"
)
_DAY_AND_YEAR: Final = re.compile(r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:,?\s(?:19|20)\d\d)?(?![\d\w]|[.,]\d)")
_DAY_WORD: Final = re.compile(
    r"(?<!\w)(?:on|by|from|am|vom|zum|bis|ab|per|dt|dated|le|du|au|el|del|al|op|seit|since|until|till|dt\.) $",
    re.IGNORECASE,
)
_NOT_BEFORE: Final = frozenset("-/.,#$€£")
_MARKS: Final = re.compile(r"[./-]")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_]{3,10})\.?\s$")
_MAX_LENGTH: Final = 40
_NULLS: Final = frozenset(
    {"", "-", "--", "n/a", "na", "n.a.", "none", "null", "keine", "néant", "s/o", "nvt", "n.v.t."}
)


class DateReading(NamedTuple):
    """What a written date says; ``candidates`` holds both readings where day and month could change places.

    Flags: ``relative`` (told from the day of the message), ``yearless`` (the year is the nearest one: a candidate only),
    ``excel_serial``.
    """

    status: Literal["ok", "ambiguous", "error", "null"]
    value: date | None = None
    candidates: tuple[date, ...] = ()
    flags: tuple[str, ...] = ()


class FoundDate(NamedTuple):
    """A date in running text; ``value`` is None for a part of a date or an ambiguous one."""

    value: date | None
    candidates: tuple[date, ...]
    span: tuple[int, int]


def read_date(raw: str, *, country: str | None, received: date | None = None) -> DateReading:
    """A day from its written form; ``country`` (ISO 3166-1) decides ``03/04/2025``, else both days are candidates.

    Words such as "next Friday" and days without a year are read only where the day is known on which they were
    written (``received``).
    """
    text = " ".join(raw.split())
    if text.lower() in _NULLS:
        return DateReading("null")
    if len(text) > _MAX_LENGTH:
        return DateReading("error")
    reading = _read_whole(text, country)
    if reading.status != "error":
        return reading
    folded = _LEADING.sub("", text.lower().translate(FOLDING), count=1)
    if (named := _WEEKDAY.match(folded)) and named[1] in WEEKDAYS:
        folded = folded[named.end() :]
        reading = _read_whole(folded, country)
    if reading.status == "error" and received is not None:
        return _read_from(folded, text, country, received)
    return reading


def read_serial(raw: str, *, system: str | None) -> DateReading:
    """A day from the number that a spreadsheet keeps of it; ``system`` is 1900 or 1904, both are candidates where it is
    not known.
    """
    text = raw.strip().removesuffix(".0")
    if not (text.isascii() and text.isdigit() and 4 <= len(text) <= 5):
        return DateReading("error")
    days = {name: start + timedelta(days=int(text)) for name, start in _SYSTEMS.items()}
    if system in days:
        return DateReading("ok", days[system], flags=("excel_serial",))
    return DateReading("ambiguous", None, tuple(days.values()), ("excel_serial",))


def _read_whole(text: str, country: str | None) -> DateReading:
    """A date that names its year."""
    if found := _ISO.fullmatch(text):
        return _one(_day(found[1], int(found[3]), found[4]))
    if found := _UNBROKEN.fullmatch(text):
        return _one(_day(found[1], int(found[2]), found[3]))
    if found := _NUMERIC.fullmatch(text):
        return _read_numeric(found[1], found[3], found[4], country="DE" if found[2] == "." else country)
    folded = text.lower().translate(FOLDING)
    if (found := _DAY_MONTH.fullmatch(folded) or _COMPACT.fullmatch(folded)) and found[2] in _MONTHS:
        return _one(_day(found[3], _MONTHS[found[2]], found[1]))
    if (found := _MONTH_DAY.fullmatch(folded)) and found[1] in _MONTHS:
        return _one(_day(found[3], _MONTHS[found[1]], found[2]))
    return DateReading("error")


def _read_from(folded: str, text: str, country: str | None, received: date) -> DateReading:
    """A day without a year, or told from the day of the message."""
    if (day := read_relative(text, received)) is not None:
        return DateReading("ok", day, flags=("relative",))
    days = [
        day for month, number in _months_and_days(folded, country) if (day := nearest_year(month, number, received))
    ]
    return DateReading("ambiguous", None, tuple(days), ("yearless",)) if days else DateReading("error")


def _months_and_days(folded: str, country: str | None) -> list[tuple[int, int]]:
    found = _NO_YEAR.fullmatch(folded)
    if found is None:
        return []
    if found[2] or found[3]:
        month = _MONTHS.get(found[2] or found[3])
        return [(month, int(found[1] or found[4]))] if month else []
    first, second = (int(found[5]), int(found[6])) if found[5] else (int(found[7]), int(found[8]))
    if found[5] or (country not in _MONTH_FIRST and country not in _BOTH_ORDERS and country is not None):
        return [(second, first)] if second <= 12 else []
    if country in _MONTH_FIRST:
        return [(first, second)] if first <= 12 else []
    return list(dict.fromkeys((month, day) for month, day in ((second, first), (first, second)) if month <= 12))


def find_dates(
    text: str, *, country: str | None = None, limit: int = 40, digits: list[tuple[int, int]] | None = None
) -> tuple[FoundDate, ...]:
    """The dates in running text, in order, with the parts of dates, at most ``limit``; ``digits`` is what
    `find_digits` found.
    """
    found: list[FoundDate] = []
    at = 0
    for start, end in (find_digits(text) if digits is None else digits)[:MAX_RUNS]:
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


def _span_at(text: str, start: int, *, may_be_day: bool) -> tuple[int, int] | None:  # noqa: PLR0911  # one way out for each form
    """The span of a date around the number at ``start``; None where it is just a number."""
    follows = may_be_day and text[start - 1 : start].isspace()
    before = _WORD_BEFORE.search(text, max(0, start - 12), start) if follows else None
    if before and before[1].lower().translate(FOLDING) in _MONTHS and (day := _DAY_AND_YEAR.match(text, start)):
        return before.start(1), day.end()
    token = _FROM_DIGIT.match(text, start)
    if token is None:
        return None
    if token["short"]:
        # "on 04.09" is a day, "04.09" alone may be an amount.
        return token.span() if _DAY_WORD.search(text, max(0, start - 8), start) else None
    if token["named"]:
        return token.span() if token["named"].lower() in _MONTHS else None
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
    if country is None or country in _BOTH_ORDERS:
        return DateReading("ambiguous", None, (day_first, month_first))
    return _one(month_first if country in _MONTH_FIRST else day_first)


def _one(value: date | None) -> DateReading:
    return DateReading("ok", value) if value else DateReading("error")


def _day(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, int(day))
    except ValueError:
        return None
