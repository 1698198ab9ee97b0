"""The grammar of one written number. Never guesses.

A number that two careful readers could read differently comes back as ambiguous with all its readings; one that no rule
covers is an error. Finding numbers in running text is done elsewhere, and so is saying which reading the ledger supports.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from csr_bot.core.money import minor_units
from csr_bot.core.parsing.currencies import name_currency, shares_symbol
from csr_bot.core.parsing.hidden import has_hidden, strip_hidden

Field = Literal["money", "unit_price", "quantity", "rate"]
Status = Literal["ok", "ambiguous", "error", "null"]

_NULLS: Final = frozenset(
    "- -- --- ./. ... n/a na n.a. n.a n/v n.v. none null nil void empty keine keiner kein k.a. entfällt entfaellt néant neant aucun aucune s/o s.o. "
    "ninguno ninguna nulo nada s/d geen nihil n.v.t. nvt".split()
) | {""}  # fmt: skip
ABBREVIATIONS: Final = {
    "K": 1_000, "TSD": 1_000, "TAUSEND": 1_000, "MIL": 1_000, "MILLE": 1_000, "DUIZEND": 1_000, "THOUSAND": 1_000,
    "M": 1_000_000, "MM": 1_000_000, "MN": 1_000_000, "MIO": 1_000_000, "MLN": 1_000_000, "MILLION": 1_000_000, "MILLIONS": 1_000_000,
    "MILLIONEN": 1_000_000, "MILJOEN": 1_000_000, "MILLONES": 1_000_000, "MILLÓN": 1_000_000, "LAKH": 100_000, "LAKHS": 100_000, "CRORE": 10_000_000,
    "BN": 1_000_000_000, "MRD": 1_000_000_000, "MLD": 1_000_000_000, "MIA": 1_000_000_000,
}  # fmt: skip
_SHORT: Final = r"(?:mio|mln|mn|mm|mrd|mld|mia|bn|tsd|tausend|thousand|million(?:s|en)?|miljoen|millones|millón|lakhs?|crore)\b\.?|[km](?![a-z])"
_AFFIX: Final = (
    r"(?!(?:CR|DR|mio|mln|mn|mm|mrd|mld|mia|bn|tsd|tausend|thousand|million|miljoen|millones|lakh|crore)s?\b)"
    r"(?:[A-Za-z]{0,3}[$€£¥₹₩₽₺₴₫฿₪₱₦](?:US?|CA)?|(?:F )?[A-Za-zŁłČčÓóЛлВв]{2,7}\.?|S/\.?|R(?=\s?\d))"
)
_SHAPE: Final = re.compile(
    rf"(?P<sign0>[-+])?\s*(?P<lead>{_AFFIX})?\s*(?P<sign>[-+])?\s*(?P<lead2>{_AFFIX})?\s*(?P<open>\()?\s*(?P<number>[.,]?\d[\d., ']*?)(?P<dash>[.,]\s?-{{1,2}}|/-)?"
    rf"\s*(?P<short>{_SHORT})?\s*(?P<percent>%)?(?P<minus1>\s?[-+])?\s*(?P<close>\))?\s*(?P<tail>{_AFFIX})?(?P<minus>\s?[-+])?\s*(?P<side>CR\b\.?|DR\b\.?| [HS])?",
    re.IGNORECASE,
)
_UNITS: Final = re.compile(
    r"\s*(?:pcs?|pieces?|pce|ea|each|units?|unit[eé]s?|pi[eè]ces?|unidades|uds?|piezas?|stk|st|stück|stuks?|x|h|hrs?|hours?|std|stunden|heures?|horas?|uren|uur|"
    r"kg|g|t|l|m|m2|m²|m3|m³|km|kwh|mwh|gb|tb|days?|tage|jours?|d[ií]as?|dagen|users?|seats?|licen[cs]es?)\.?$",
    re.IGNORECASE,
)
_SPACES: Final = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t ]+")
_AS_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63", "-"),
        **dict.fromkeys("\u2019\u2018\u02bc\u2032\u00b4`\u02b9", "'"),
        "\u066b": ".",
        "\u066c": "'",
    }
)
_SEPARATOR: Final = re.compile(r"[., ']")
_THREES: Final = re.compile(r"(?!0)\d{1,3}([., '])\d{3}(?:\1\d{3})*")
_INDIAN: Final = re.compile(r"(?!0)\d{1,2}(?:,\d\d)*,\d{3}")
_MAX_LENGTH: Final = 40
_MAX_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class AmountReading:
    """What a written number says. ``value`` only where the status is ``ok``; ``candidates`` where it is not certain.

    Flags: ``abbrev`` (6.5k: an approximation), ``currency_ambiguous`` ($ of an unknown dollar), ``sub_minor`` (more
    decimals than the currency has), ``hidden_marks`` (marks that nobody sees, such as those that turn the direction of
    writing, were taken out), ``unit`` (a unit behind a quantity was left out).
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
    flags: list[str] = []
    if has_hidden(raw):
        raw = strip_hidden(raw)
        flags.append("hidden_marks")
    text = _tidy(raw)
    if text.lower() in _NULLS:
        return AmountReading("null", None, currency, tuple(flags))
    if field == "quantity" and (unit := _UNITS.search(text)) and text[: unit.start()][-1:].isdigit():
        text = text[: unit.start()]
        flags.append("unit")
    return _read_tidy(text, field=field, currency=currency, decimal_comma=decimal_comma, flags=flags)


def _read_tidy(
    text: str, *, field: Field, currency: str | None, decimal_comma: bool | None, flags: list[str]
) -> AmountReading:
    negative = text.startswith("(") and text.endswith(")")
    shape = _SHAPE.fullmatch(text[1:-1].strip() if negative else text) if len(text) <= _MAX_LENGTH else None
    if shape is None or (shape["percent"] and field != "rate") or bool(shape["open"]) != bool(shape["close"]):
        return AmountReading("error", None, currency, tuple(flags))
    signs = [shape[name].strip() for name in ("sign0", "sign", "minus1", "minus") if shape[name]]
    if len(signs) > 1 or (signs and shape["open"]):
        return AmountReading("error", None, currency, tuple(flags))
    affixes = [shape[name].upper() for name in ("lead", "lead2", "tail") if shape[name]]
    named, known = _name_all(affixes, currency)
    if not known:
        return AmountReading("error", None, named or currency, tuple(flags))
    if affixes:
        currency = named
        if named is None:
            flags.append("currency_ambiguous")
    values = read_digits(
        shape["number"].strip(),
        field="quantity" if shape["short"] else field,
        currency=currency,
        decimal_comma=decimal_comma,
    )
    if not values or (shape["dash"] and len(values) > 1):
        return AmountReading("error", None, currency, tuple(flags))
    side = (shape["side"] or "").strip(" .").upper()
    negative = negative or bool(shape["open"]) or "-" in signs or side in {"CR", "H"}
    scale = ABBREVIATIONS[shape["short"].rstrip(".").upper()] if shape["short"] else 1
    if "TEUR" in affixes:
        scale = 1_000
    found = tuple(_signed(value * scale, negative=negative) for value in values)
    if scale > 1:
        flags.append("abbrev")
    return _judge(found, field=field, currency=currency, flags=flags)


def _name_all(affixes: list[str], context: str | None) -> tuple[str | None, bool]:
    """The one currency that all signs of a number name, and whether they agree on a currency at all."""
    named: str | None = None
    for affix in affixes:
        code, known = name_currency(affix, context)
        if not known:
            return None, False
        if code is not None and named not in {None, code}:
            return None, False
        named = named or code
    agree = all(name_currency(affix, named)[0] in {None, named} and _may_be(affix, named) for affix in affixes)
    return named, agree


def _may_be(affix: str, named: str | None) -> bool:
    return named is None or name_currency(affix, named)[0] == named or shares_symbol(affix, named)


def _judge(found: tuple[Decimal, ...], *, field: Field, currency: str | None, flags: list[str]) -> AmountReading:
    if len(found) > 1:
        return AmountReading("ambiguous", None, currency, tuple(flags), found)
    exponent = found[0].as_tuple().exponent
    if field == "money" and currency and isinstance(exponent, int) and -exponent > minor_units(currency):
        flags.append("sub_minor")
    return AmountReading("ok", found[0], currency, tuple(flags), found if "abbrev" in flags else ())


def _tidy(raw: str) -> str:
    if not raw.isascii():
        raw = raw.translate(_AS_PLAIN)
        # A raised digit is an exponent or a footnote, and a fraction is no decimal: neither is folded into a number.
        raw = "".join(
            letter if unicodedata.category(letter) == "No" else unicodedata.normalize("NFKC", letter) for letter in raw
        )
        raw = "".join(str(unicodedata.decimal(letter, letter)) for letter in raw)
    return _SPACES.sub(" ", raw).strip().removeprefix("'")


def _signed(value: Decimal, *, negative: bool) -> Decimal:
    return -value if negative and value else value


def read_digits(  # noqa: PLR0911  # one way out for each row of the grammar
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
