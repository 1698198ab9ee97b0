"""Amounts: the grammar of one written number, and the amounts in running text. Never guesses.

A number that two careful readers could read differently comes back as ambiguous with all its readings; one that no rule
covers is an error. What an amount stands for is decided elsewhere, and so is which reading the ledger supports.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from csr_bot.core.money import minor_units
from csr_bot.core.parsing.digits import find_digits

Field = Literal["money", "unit_price", "quantity", "rate"]
Status = Literal["ok", "ambiguous", "error", "null"]

_CODES: Final = frozenset(
    "USD EUR GBP CHF JPY CNY CAD AUD NZD SGD HKD SEK NOK DKK PLN CZK HUF RON BGN TRY INR BRL MXN ZAR AED SAR ILS KRW THB MYR IDR "
    "PHP VND TWD KWD BHD OMR JOD TND CLP COP ARS PEN UAH RUB ISK EGP MAD NGN KES".split()
)
_DOLLARS: Final = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"})
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_SYMBOLS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD",
    "NZ$": "NZD", "S$": "SGD", "HK$": "HKD", "EURO": "EUR", "EUROS": "EUR", "SFR": "CHF", "FR.": "CHF", "ZŁ": "PLN"}  # fmt: skip
_SHARED_SYMBOLS: Final = {"$": _DOLLARS, "KR": _CROWNS, "KR.": _CROWNS, "¥": frozenset({"JPY", "CNY"})}
_NULLS: Final = frozenset({"", "-", "--", "n/a", "na", "n.a.", "none", "null", "nil"})
_ABBREVIATIONS: Final = {"K": 1_000, "TSD": 1_000, "M": 1_000_000, "MN": 1_000_000, "MIO": 1_000_000}
_AFFIX: Final = r"(?!(?:CR|DR|mio|mn|tsd)\b)(?:[A-Za-zŁł]{0,3}[$€£¥₹]|[A-Za-złŁ]{2,5}\.?)"
_SHAPE: Final = re.compile(
    rf"(?P<lead>{_AFFIX})?\s*(?P<sign>[-+])?\s*(?P<lead2>{_AFFIX})?\s*(?P<number>[.,]?\d[\d., ']*?)(?P<dash>[.,]-{{1,2}})?"
    rf"\s*(?P<short>mio\.?|mn|tsd\.?|[km])?\s*(?P<percent>%)?\s*(?P<tail>{_AFFIX})?(?P<minus>-)?\s*(?P<side>CR|DR)?",
    re.IGNORECASE,
)
_SPACES: Final = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t ]+")
_SEPARATOR: Final = re.compile(r"[., ']")
_THREES: Final = re.compile(r"(?!0)\d{1,3}([., '])\d{3}(?:\1\d{3})*")
_INDIAN: Final = re.compile(r"(?!0)\d{1,2}(?:,\d\d)*,\d{3}")
_MAX_LENGTH: Final = 40
_MAX_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class AmountReading:
    """What a written number says. ``value`` only where the status is ``ok``; ``candidates`` where it is not certain.

    Flags: ``abbrev`` (6.5k: an approximation), ``currency_ambiguous`` ($ of an unknown dollar), ``sub_minor`` (more
    decimals than the currency has).
    """

    status: Status
    value: Decimal | None
    currency: str | None
    flags: tuple[str, ...] = ()
    candidates: tuple[Decimal, ...] = ()


def read_amount(raw: str, *, field: Field, currency: str | None, decimal_comma: bool | None) -> AmountReading:
    """One cell or word as a number of the given kind.

    ``currency`` is that of the column or customer and holds where the text names none; ``decimal_comma`` is the
    profile of the column, None where unknown. Empty is ``null``, never 0.
    """
    text = _tidy(raw)
    if text.lower() in _NULLS:
        return AmountReading("null", None, currency)
    negative = text.startswith("(") and text.endswith(")")
    shape = _SHAPE.fullmatch(text[1:-1].strip() if negative else text) if len(text) <= _MAX_LENGTH else None
    if shape is None or (shape["percent"] and field != "rate"):
        return AmountReading("error", None, currency)
    affixes = [shape[name].upper() for name in ("lead", "lead2", "tail") if shape[name]]
    flags: list[str] = []
    if len(affixes) > 1 and len(set(affixes)) > 1:
        return AmountReading("error", None, None)
    if affixes:
        named, certain = _name_currency(affixes[0], currency)
        if not certain:
            return AmountReading("error", None, currency)
        currency = named
        if named is None:
            flags.append("currency_ambiguous")
    values = _read_digits(shape["number"].strip(), field=field, currency=currency, decimal_comma=decimal_comma)
    if not values or (shape["dash"] and len(values) > 1):
        return AmountReading("error", None, currency, tuple(flags))
    negative = negative or shape["sign"] == "-" or bool(shape["minus"]) or (shape["side"] or "").upper() == "CR"
    scale = _ABBREVIATIONS[shape["short"].rstrip(".").upper()] if shape["short"] else 1
    found = tuple(_signed(value * scale, negative=negative) for value in values)
    if scale > 1:
        flags.append("abbrev")
    return _judge(found, field=field, currency=currency, flags=flags)


def _judge(found: tuple[Decimal, ...], *, field: Field, currency: str | None, flags: list[str]) -> AmountReading:
    if len(found) > 1:
        return AmountReading("ambiguous", None, currency, tuple(flags), found)
    exponent = found[0].as_tuple().exponent
    if field == "money" and currency and isinstance(exponent, int) and -exponent > minor_units(currency):
        flags.append("sub_minor")
    return AmountReading("ok", found[0], currency, tuple(flags), found if "abbrev" in flags else ())


def _tidy(raw: str) -> str:
    if not raw.isascii():
        raw = unicodedata.normalize("NFKC", raw)
        raw = (
            raw.replace("\u2212", "-")
            .replace("\u2013", "-")
            .replace("\u2014", "-")
            .replace("\u2019", "'")
            .replace("\u00b4", "'")
        )
    return _SPACES.sub(" ", raw).strip()


def _name_currency(affix: str, context: str | None) -> tuple[str | None, bool]:
    """The ISO code of a word or symbol, None for a shared symbol without context; and whether it is a currency at
    all.
    """
    if affix in _CODES:
        return affix, True
    if affix in _SYMBOLS:
        return _SYMBOLS[affix], True
    if affix in _SHARED_SYMBOLS:
        return (context if context in _SHARED_SYMBOLS[affix] else None), True
    return None, False


def _signed(value: Decimal, *, negative: bool) -> Decimal:
    return -value if negative and value else value


def _read_digits(  # noqa: PLR0911  # one way out for each row of the grammar
    text: str, *, field: Field, currency: str | None, decimal_comma: bool | None
) -> tuple[Decimal, ...]:
    """All readings of digits with separators: two where a single one stands before three digits, none for an error."""
    marks = [mark for mark in text if not mark.isdigit()]
    if len(text) - len(marks) > _MAX_DIGITS:
        return ()
    if not marks:
        return (Decimal(text),)
    last = marks[-1]
    if last in " '":
        return _grouped(text) if len(set(marks)) == 1 else ()
    if len(set(marks)) > 1:
        whole, _, cents = text.rpartition(last)
        if last in whole or not cents or len(set(marks) - {last}) > 1:
            return ()
        return tuple(number + Decimal(f"0.{cents}") for number in _grouped(whole))
    if len(marks) > 1:
        return _grouped(text)
    whole, _, rest = text.partition(last)
    decimal = Decimal(f"{whole or '0'}.{rest or '0'}")
    if not rest or len(rest) != 3 or len(whole) > 3 or not whole or whole.startswith("0"):
        return (decimal,)
    grouped = Decimal(whole + rest)
    if field == "money" and minor_units(currency or "USD") <= 2:
        return (grouped,)
    if decimal_comma is not None:
        return (decimal,) if (last == ",") == decimal_comma else (grouped,)
    return (grouped, decimal)


def _grouped(text: str) -> tuple[Decimal, ...]:
    """Digits in groups of three, or the Indian way with commas (two, two, three); anything else is no number."""
    if text.isdigit():
        return (Decimal(text),)
    return (Decimal(_SEPARATOR.sub("", text)),) if _THREES.fullmatch(text) or _INDIAN.fullmatch(text) else ()


_IN_TEXT: Final = re.compile(
    r"\d(?:[\d.,'’\u00a0\u202f]*\d|(?: \d{3}(?![\d]))+(?:[.,]\d{1,2}(?!\d))?)*(?:[.,]-{1,2}(?![\w-]))?"
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:[A-Z]{3}|[Ee]uros?|EURO|[Ss][Ff][Rr]\.?)|(?:\b(?:US|CA|AU|NZ|HK|[CAS]))?[$€£¥₹])[ \u00a0]?-?$"
)
_BEFORE_END: Final = frozenset("$€£¥₹ \u00a0-.DRPFYKNOs")
_AFTER: Final = re.compile(
    r"[ \u00a0]?(?:(?P<short>[kKmM](?![\w²])|[Mm]io\b\.?|[Tt]sd\b\.?)[ \u00a0]?)?(?P<unit>[$€£¥₹]|[A-Z]{3}\b|[Ee]uros?\b|EURO\b)?"
)
_NOT_MONEY_AFTER: Final = re.compile(
    r"\s?(?:%|°|:\d|\s*(?:percent|prozent|pour\s?cent|procent|por\s?ciento)\b|(?:st|nd|rd|th)\b)", re.IGNORECASE
)
_COUNTED: Final = re.compile(
    r"\s?(?:hours?|hrs?|seats?|users?|units?|pcs|pieces|cartons?|pallets?|boxes|kg|licen[cs]es?|days?|stunden|std|stück|stk|tage|kartons?|"
    r"heures?|unit[eé]s?|pi[eè]ces?|jours?|horas|unidades|piezas|d[ií]as|uren|stuks|dagen|gebruikers)\b",
    re.IGNORECASE,
)

_BLANK: Final = "\x00"
"""What stands where a number of another kind was."""
_LOOKS_LIKE_MONEY: Final = re.compile(r"[.,]\d\d(?:\D|$)|[.,' \u00a0\u202f’]\d{3}|[.,]-")


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """A number in running text; ``plain`` where neither currency, decimals nor grouping say that it is money.

    ``value`` is None where it cannot be read for certain; then ``why`` says so and ``candidates`` holds the readings.
    """

    value: Decimal | None
    candidates: tuple[Decimal, ...]
    currency: str | None
    span: tuple[int, int]
    why: str | None = None
    plain: bool = False


def find_amounts(text: str) -> tuple[FoundAmount, ...]:
    """The amounts of money in running text, in order; mask references, dates and numbers of other kinds first."""
    return tuple(found for found in find_numbers(text) if not found.plain)


def find_numbers(text: str, *, limit: int = 60, digits: list[tuple[int, int]] | None = None) -> tuple[FoundAmount, ...]:
    """The amounts of money and the bare numbers in running text, in order, at most ``limit``; ``digits`` is what
    `find_digits` found, before anything was blanked out.
    """
    found: list[FoundAmount] = []
    end = 0
    for start, _ in find_digits(text) if digits is None else digits:
        if start < end or text[start] == _BLANK or not (match := _IN_TEXT.match(text, start)):
            continue
        end = match.end()
        if (start and ((before := text[start - 1]) in "#_/" or before.isalnum())) or _NOT_MONEY_AFTER.match(text, end):
            continue
        number = _number_at(text, start, end)
        if number is not None:
            found.append(number)
            if len(found) >= limit:
                break
    return tuple(found)


def _number_at(text: str, start: int, end: int) -> FoundAmount | None:
    digits = text[start:end]
    lead = _BEFORE.search(text, max(0, start - 7), start) if start and text[start - 1] in _BEFORE_END else None
    tail = _AFTER.match(text, end)
    short, unit = (tail["short"], tail["unit"]) if tail else (None, None)
    before, behind = lead[0].strip(" \u00a0-").upper() if lead else "", unit.upper() if unit else ""
    named_before = bool(before) and _name_currency(before, None)[1]
    named_after = bool(behind) and not named_before and _name_currency(behind, None)[1]
    if end < len(text) and not short and not named_after and (text[end].isalnum() or text[end] == "_"):
        return None
    affix = before if named_before else behind if named_after else ""
    if not affix and not short and digits.isdigit():
        return FoundAmount(Decimal(digits), (), None, (start, end), plain=True) if len(digits) <= _MAX_DIGITS else None
    span = (
        start - (len(lead[0]) if lead and named_before else 0),
        tail.end() if tail and (short or named_after) else end,
    )
    counted = not affix and _COUNTED.match(text, end) is not None
    return _money_at(digits, affix=affix, short=short, counted=counted, span=span)


def _money_at(
    digits: str, *, affix: str, short: str | None, counted: bool, span: tuple[int, int]
) -> FoundAmount | None:
    currency = _name_currency(affix, None)[0] if affix else None
    number = digits if digits.isascii() else _SPACES.sub(" ", digits.replace("’", "'"))
    values = _read_digits(
        number.rstrip("-").rstrip(".,") if number.endswith("-") else number,
        field="quantity" if counted else "money",
        currency=currency,
        decimal_comma=None,
    )
    if not values:
        return None
    if short:
        scale = _ABBREVIATIONS[short.rstrip(".").upper()]
        return FoundAmount(None, tuple(value * scale for value in values), currency, span, "AMOUNT_APPROXIMATE")
    if len(values) > 1:
        return FoundAmount(None, values, currency, span, "AMOUNT_AMBIGUOUS", plain=counted)
    why = "CURRENCY_AMBIGUOUS" if affix and currency is None else None
    return FoundAmount(
        values[0], (), currency, span, why, plain=counted or not (affix or _LOOKS_LIKE_MONEY.search(digits))
    )
