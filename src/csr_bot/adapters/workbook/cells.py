"""Turns the cells of one row into typed values, or says by reason code why a cell cannot be used. It never guesses.

Amounts written as text are taken only in the plain form ``22400.00``; reading locale forms is left to portal profiles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeVar

from csr_bot.adapters.workbook.file import BrokenCell, Cell
from csr_bot.core.money import Money

_T = TypeVar("_T")

_PLAIN_DECIMAL: Final = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_POINTED_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_YES: Final = frozenset({"true", "yes", "y", "ja", "oui", "x", "1", "wahr"})
_NO: Final = frozenset({"false", "no", "n", "nein", "non", "0", "falsch"})
_MONEY_DECIMALS: Final = 4
_PRICE_DECIMALS: Final = 6


class CellError(Exception):
    """A cell cannot be used: the field it belongs to and a reason code."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


@dataclass(slots=True)
class RowCells:
    """One row: ``columns`` maps our field names to indexes of ``cells``; ``warnings`` collects (field, reason code).

    Every reader has an ``optional_`` twin that gives None for an empty cell or an absent column; the plain reader
    raises CellError then.
    """

    locator: str
    cells: Sequence[Cell]
    columns: Mapping[str, int]
    column_currencies: Mapping[str, str] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def optional_text(self, name: str) -> str | None:
        """Text without the blanks around it; a whole number as Excel shows it. Dates and fractions are no text."""
        value = self._value(name)
        if value is None:
            return None
        return value if isinstance(value, str) else self._shown(name, value)

    def text(self, name: str) -> str:
        return self._required(name, self.optional_text)

    def optional_id(self, name: str) -> str | None:
        """An identifier, as text. A number cell has lost its leading zeros for good, which is worth a warning."""
        value = self._value(name)
        if value is None or isinstance(value, str):
            return value
        shown = self._shown(name, value)
        self.warnings.append((name, "ID_NUMERIC_CELL"))
        return shown

    def id(self, name: str) -> str:
        return self._required(name, self.optional_id)

    def optional_number(self, name: str, *, decimals: int = _PRICE_DECIMALS) -> Decimal | None:
        """A decimal through its shortest text, never from binary; more than ``decimals`` are rounded with a warning."""
        value = self._value(name)
        if value is None:
            return None
        if isinstance(value, str) and _PLAIN_DECIMAL.fullmatch(value):
            number = Decimal(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            number = Decimal(repr(value))
        else:
            raise CellError(name, "NOT_A_NUMBER")
        rounded = round(number, decimals)
        if rounded != number:
            self.warnings.append((name, "TOO_MANY_DECIMALS"))
            return rounded
        return number

    def number(self, name: str) -> Decimal:
        return self._required(name, self.optional_number)

    def whole(self, name: str) -> int:
        number = self.number(name)
        if number != number.to_integral_value():
            raise CellError(name, "NOT_A_WHOLE_NUMBER")
        return int(number)

    def money(self, name: str, currency: str) -> Money:
        """An amount with at most four decimals; a currency in the column's header must be that of the row."""
        number = self.optional_number(name, decimals=_MONEY_DECIMALS)
        if number is None:
            raise CellError(name, "EMPTY")
        if self.column_currencies.get(name, currency) != currency:
            raise CellError(name, "CURRENCY_CONTRADICTS_HEADER")
        return Money(number, currency)

    def optional_day(self, name: str) -> date | None:
        """A date cell, or text as 2025-10-31 or 31.10.2025 (a point means day first). Other forms are ambiguous."""
        value = self._value(name)
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        day = _day_from_text(value) if isinstance(value, str) else None
        if day is None:
            raise CellError(name, "NOT_A_DATE")
        return day

    def day(self, name: str) -> date:
        return self._required(name, self.optional_day)

    def yes(self, name: str, *, default: bool) -> bool:
        """A yes or no; ``default`` where the cell is empty."""
        value = self._value(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        word = self._shown(name, value).lower()
        if word in _YES or word in _NO:
            return word in _YES
        raise CellError(name, "NOT_A_YES_OR_NO")

    def currency(self, name: str, *, amounts: Sequence[str]) -> str:
        """The row's currency: its own cell, else the one that the headers of ``amounts`` agree on."""
        named = {self.column_currencies[amount] for amount in amounts if amount in self.column_currencies}
        code = self.optional_text(name) or (named.pop() if len(named) == 1 else None)
        if code is None:
            raise CellError(name, "EMPTY")
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise CellError(name, "NOT_A_CURRENCY_CODE")
        return code

    def _value(self, name: str) -> Cell | None:
        index = self.columns.get(name)
        value = self.cells[index] if index is not None and index < len(self.cells) else ""
        if isinstance(value, BrokenCell):
            raise CellError(name, value.reason)
        if isinstance(value, str):
            return value.strip() or None
        return value

    def _shown(self, name: str, value: Cell) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
            return str(int(value))
        raise CellError(name, "NOT_TEXT")

    def _required(self, name: str, read: Callable[[str], _T | None]) -> _T:
        value = read(name)
        if value is None:
            raise CellError(name, "EMPTY")
        return value


def _day_from_text(text: str) -> date | None:
    try:
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
        if pointed := _POINTED_DAY.fullmatch(text):
            return date(int(pointed[3]), int(pointed[2]), int(pointed[1]))
    except ValueError:
        return None
    return None
