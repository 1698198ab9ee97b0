"""What people type into the demo ERP's forms, read as amounts and days, or the sentence that says what is wrong."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from csr_bot.core.money import Money, minor_units

_AMOUNT: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")


class FormError(Exception):
    """A form that cannot be accepted. The arguments are sentences for the person at the page."""


def amount_of(text: str, currency: str, *, label: str) -> Money:
    """An amount typed as ``2,400.00`` or ``2400``. Raises ValueError on anything else."""
    typed = _AMOUNT.fullmatch(text)
    if typed is None or len(typed[1] or "") > minor_units(currency):
        raise ValueError(f"{label}: {text} is not an amount in {currency}.")
    return Money(Decimal(text.replace(",", "")), currency)


def day_of(text: str, *, label: str) -> date:
    """A day typed as in ISO 8601. Raises ValueError on anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{label}: {text or 'nothing'} is not a date.") from None
