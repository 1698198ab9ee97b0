"""Money: an exact amount with its currency. Everything that adds, compares or prints amounts goes through here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_PLAIN: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# ISO 4217 minor units that differ from two.
_MINOR_UNITS: Final = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
    "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one ISO 4217 currency. Amounts of different currencies are never equal and never add."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"an amount of money is a Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise ValueError(f"not an amount of money: {self.amount}")
        if not is_currency(self.currency):
            raise ValueError(f"not an ISO 4217 code: {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._require_same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal) -> Money:
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._require_same_currency(other)
        return self.amount <= other.amount

    def __str__(self) -> str:
        return f"{self.amount:,.{minor_units(self.currency)}f} {self.currency}"

    def rounded(self) -> Money:
        """Round half up to the minor units of the currency, as on a document (ISO 4217)."""
        return Money(self.amount.quantize(Decimal(1).scaleb(-minor_units(self.currency)), ROUND_HALF_UP), self.currency)

    def text(self) -> str:
        """The amount as a plain decimal string at the currency's minor units, for payloads and JSON: ``2400.00``."""
        return f"{self.rounded().amount:f}"

    def is_close(self, other: Money, *, tolerance: Decimal) -> bool:
        """Whether both are of one currency and differ by at most ``tolerance``."""
        return self.currency == other.currency and abs(self.amount - other.amount) <= tolerance

    def _require_same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency}")


def is_currency(code: str) -> bool:
    """Whether a text has the form of an ISO 4217 code: three upper case letters."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def minor_units(currency: str) -> int:
    """Number of decimals of a currency (ISO 4217); two unless listed."""
    return _MINOR_UNITS.get(currency, 2)


def parse_money(text: str, currency: str) -> Money:
    """Money from a plain decimal string such as ``2400.00``. Raises ValueError on anything else."""
    return Money(parse_decimal(text), currency)


def parse_decimal(text: str) -> Decimal:
    """A number from digits with at most one point: no exponent, grouping or blanks. Raises ValueError on all else."""
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text!r} is not a decimal number")
    return Decimal(text)


def zero(currency: str) -> Money:
    """Nothing, in a currency."""
    return Money(Decimal(0), currency)
