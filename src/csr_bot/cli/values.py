"""The command ``value``: written amounts, dates and texts read by the grammar, one JSON line for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import typer

from csr_bot.cli.outcome import WrongSetupError
from csr_bot.cli.output import print_line
from csr_bot.cli.requests import shape_amount, show_amount
from csr_bot.cli.streams import Entry, read_entries

if TYPE_CHECKING:
    from csr_bot.core.request import ClaimedAmount

_COMMA_PROFILES: Final = frozenset(
    {"eu", "comma", "decimal_comma", "de", "fr", "es", "nl", "it", "pt", "pl", "da", "sv", "nb", "fi", "cs", "tr", "ru"}
)
_POINT_PROFILES: Final = frozenset({"us", "uk", "gb", "en", "ch", "point", "dot", "decimal_point", "ja", "zh", "ko"})
_DAY_ORDERS: Final = {"dmy": "GB", "day_first": "GB", "mdy": "US", "month_first": "US"}
"""Profiles that tell the order of day and month, as a country that writes so."""
_DATE_SYSTEMS: Final = {"1900": "1900", "1904": "1904", "excel1900": "1900", "excel1904": "1904", "excel": "1900"}


def add_commands(app: typer.Typer) -> None:
    """Give the program these commands."""
    app.command(epilog='Example: echo \'{"id": "1", "raw": "1.234,56 EUR", "field": "money"}\' | csr-bot value')(value)


def value() -> None:
    """Read written values: JSON lines {"id", "raw", "field", "context"} in, one line out for each, in order.

    The context may name currency, country, column_profile (such as de, us, decimal_comma, dmy, excel1904) and received,
    the day from which "next Friday" is told.
    """
    for entry in read_entries():
        kind = entry.text("field")
        if kind not in READERS:
            raise WrongSetupError(f"(standard input):{entry.line}: field: {kind!r} is not one of {', '.join(READERS)}")
        print_line({"id": entry.text("id"), **READERS[kind](entry, kind)})


def _read_number(entry: Entry, kind: Any) -> dict[str, Any]:
    from csr_bot.core.parsing.amounts import read_amount

    context = entry.mapping("context")
    reading = read_amount(
        entry.text("raw"), field=kind, currency=_read_currency(context), decimal_comma=_read_comma(context)
    )
    named = reading.currency if kind == "money" else None
    return _shape_value(
        reading.status,
        value=show_amount(reading.value, named),
        currency=reading.currency,
        flags=reading.flags,
        candidates=[show_amount(candidate, named) for candidate in reading.candidates],
    )


def _read_day(entry: Entry, _: str) -> dict[str, Any]:
    from csr_bot.core.parsing.dates import read_date, read_serial

    context, raw = entry.mapping("context"), entry.text("raw")
    profile = (context.optional_text("column_profile") or "").lower()
    country = _DAY_ORDERS.get(profile) or context.optional_text("country")
    reading = read_date(raw, country=country and country.upper(), received=context.optional_day("received"))
    if reading.status == "error":
        reading = read_serial(raw, system=_DATE_SYSTEMS.get(context.optional_text("date_system") or profile))
    return _shape_value(reading.status, value=reading.value, flags=reading.flags, candidates=reading.candidates)


def _read_text(entry: Entry, _: str) -> dict[str, Any]:
    """All amounts of money in a text; the one value of it only where there is no other."""
    from csr_bot.core.facts_in_text import read_facts
    from csr_bot.core.request import TextSource

    raw, currency = entry.text("raw"), _read_currency(entry.mapping("context"))
    amounts = [_in_context(amount, raw, currency) for amount in read_facts(raw, TextSource.BODY).amounts]
    shown = [shape_amount(amount) for amount in amounts]
    only = shown[0] if len(shown) == 1 else {}
    certain = all(amount.value is not None for amount in amounts)
    flags = {
        "CURRENCY_AMBIGUOUS": "currency_ambiguous",
        "AMOUNT_APPROXIMATE": "abbrev",
        "AMOUNT_HIDDEN_MARKS": "hidden_marks",
    }
    return _shape_value(
        "null" if not amounts else "ok" if certain else "ambiguous",
        value=only.get("value"),
        currency=only.get("currency"),
        flags=sorted({flags[amount.why] for amount in amounts if amount.why in flags}),
        candidates=only.get("candidates", []),
        values=shown,
    )


def _in_context(amount: ClaimedAmount, text: str, currency: str | None) -> ClaimedAmount:
    """An amount that names no certain currency, read again as one of a customer with this currency."""
    from csr_bot.core.parsing.amounts import read_amount

    if amount.currency is not None or currency is None:
        return amount
    again = read_amount(text[slice(*amount.span)], field="money", currency=currency, decimal_comma=None)
    return replace(amount, currency=again.currency, why=None) if again.value == amount.value else amount


def _read_currency(context: Entry) -> str | None:
    """The currency of the context, else what a shared symbol means in its country."""
    from csr_bot.core.parsing.currencies import currency_of

    named = context.optional_text("currency")
    country = context.optional_text("country")
    return named.strip().upper() or None if named else currency_of(country.upper()) if country else None


def _read_comma(context: Entry) -> bool | None:
    """Whether the comma stands before the decimals, by the profile of the column ("de", "en-US"), else the country."""
    from csr_bot.core.parsing.currencies import has_decimal_comma

    language, _, region = (context.optional_text("column_profile") or "").replace("_", "-").partition("-")
    if region and (known := has_decimal_comma(region.upper())) is not None:
        return known
    whole = f"{language}_{region}".strip("_").lower()
    if whole in _COMMA_PROFILES or language.lower() in _COMMA_PROFILES:
        return True
    if whole in _POINT_PROFILES or language.lower() in _POINT_PROFILES:
        return False
    return has_decimal_comma((context.optional_text("country") or "").upper())


def _shape_value(status: str, *, value: object, **more: object) -> dict[str, Any]:
    empty = {"currency": None, "flags": (), "candidates": (), "values": ()}
    return {"status": status, "value": value, **empty, **more}


READERS: Final[Mapping[str, Callable[[Entry, str], dict[str, Any]]]] = {
    **dict.fromkeys(("money", "unit_price", "quantity", "rate"), _read_number),
    "date": _read_day,
    "text": _read_text,
}
