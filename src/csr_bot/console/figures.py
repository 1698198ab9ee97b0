"""How amounts, quantities and moments are printed on the pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from csr_bot.core.money import Money, minor_units, parse_money


def print_amount(money: Money) -> str:
    """An amount without its currency, with the currency's decimals: ``2,400.00``."""
    return f"{money.amount:,.{minor_units(money.currency)}f}"


def print_text_amount(text: object, currency: object) -> str:
    """An amount stored as text, with its currency; as it is where it is none."""
    try:
        return str(parse_money(str(text), str(currency)))
    except ValueError:
        return f"{text} {currency}"


def print_figure(value: object) -> str:
    """A rate or quantity, with thousands set off and at least two decimals where there is a fraction."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    whole, _, fraction = f"{number:,f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction:0<2}" if fraction else whole


def print_moment(at: datetime) -> str:
    """A moment in UTC, with the zone: ``24 Nov 2025 08:12 UTC``."""
    return f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC"


def print_second(at: datetime) -> str:
    """A moment in UTC to the second."""
    return f"{at.astimezone(UTC):%d %b %Y %H:%M:%S} UTC"


def print_span(span: timedelta) -> str:
    """A length of time in its two largest units: ``2 h 10 min``. Less than a minute, or none, is ``under a minute``."""
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return "under a minute"
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{rest} min"


def print_content(value: object) -> str:
    """A structured value as indented JSON, to be read."""
    return json.dumps(value, ensure_ascii=False, indent=2)
