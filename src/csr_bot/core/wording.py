"""Amounts, numbers and days as people write them in five languages, and the plain forms in which payloads keep them.

A payload holds ``{"amount": "2400.00", "currency": "USD"}``, ``{"day": "2025-11-30"}`` or
``{"number": "125.5"}``. Which words and signs a customer reads is settled when an answer is written. Whole sentences
are for ``replies``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from csr_bot.core.money import Money, minor_units, parse_decimal, parse_money


@dataclass(frozen=True, slots=True)
class _Style:
    """How a language writes numbers and days; ``day`` has the places ``d``, ``m`` and ``y``."""

    group: str
    point: str
    day: str
    months: str


_STYLES: Final[Mapping[str, _Style]] = {
    "en": _Style(
        ",",
        ".",
        "{d} {m} {y}",
        "January February March April May June July August September October November December",
    ),
    "de": _Style(
        ".",
        ",",
        "{d}. {m} {y}",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    ),
    "fr": _Style(
        "\N{NO-BREAK SPACE}",
        ",",
        "{d} {m} {y}",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
    "es": _Style(
        ".",
        ",",
        "{d} de {m} de {y}",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "nl": _Style(
        ".",
        ",",
        "{d} {m} {y}",
        "januari februari maart april mei juni juli augustus september oktober november december",
    ),
}
LANGUAGES: Final = tuple(_STYLES)
"""The languages that answers are written in, English first."""

Packed = str | Mapping[str, object] | list[object]
"""A value of an answer in a payload: text, an amount, a day, a number, a sentence, or a list of these."""


def pack_value(value: object) -> Packed:
    """A value of an answer in its payload form. Raises TypeError for what has none (binary numbers, instants)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return [pack_value(item) for item in value]
    return _pack_plain(value)


def _pack_plain(value: object) -> dict[str, object]:
    match value:
        case Money():
            return {"amount": value.text(), "currency": value.currency}
        case Decimal():
            return {"number": f"{value:f}"}
        case bool() | datetime():
            pass  # Each is a kind of a type that has a form, and neither means the same.
        case int():
            return {"number": str(value)}
        case date():
            return {"day": value.isoformat()}
    raise TypeError(f"{type(value).__name__} as a value of an answer")


def show_plain(value: Mapping[str, object], *, language: str) -> str | None:
    """An amount, a day or a number of a payload for people; None for anything else."""
    match value:
        case {"amount": str(amount), "currency": str(currency)}:
            return show_amount(parse_money(amount, currency), language=language)
        case {"day": str(day)}:
            return show_day(date.fromisoformat(day), language=language)
        case {"number": str(number)}:
            return show_number(parse_decimal(number), language=language)
    return None


def show_amount(amount: Money, *, language: str) -> str:
    """``2,400.00 USD`` or ``2.400,00 USD``, rounded to the minor units of the currency (ISO 4217)."""
    text = f"{amount.rounded().amount:,.{minor_units(amount.currency)}f}"
    return f"{_with_signs(text, language)} {amount.currency}"


def show_number(value: Decimal, *, language: str) -> str:
    """A rate or quantity: at least two decimals where there is a fraction, none that say nothing."""
    whole, _, fraction = f"{abs(value):f}".partition(".")
    fraction = fraction.rstrip("0")
    text = f"{int(whole):,}" + (f".{fraction:0<2}" if fraction else "")
    return ("-" if value < 0 else "") + _with_signs(text, language)


def show_day(day: date, *, language: str) -> str:
    """``30 November 2025``: the month in letters, so that nobody takes it for the day."""
    style = _STYLES[language]
    # French counts the first of a month as an ordinal, and no other day.
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return style.day.format(d=number, m=style.months.split()[day.month - 1], y=day.year)


def _with_signs(text: str, language: str) -> str:
    style = _STYLES[language]
    return text.translate({ord(","): style.group, ord("."): style.point})
