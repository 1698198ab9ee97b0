"""Turns the cells of one row into typed values, or says by reason code why a cell cannot be used. It never guesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from csr_bot.adapters.tables.forms import Forms
from csr_bot.adapters.tables.grids import ERROR_VALUES, BrokenCell, Cell
from csr_bot.adapters.tables.headers import currency_of
from csr_bot.adapters.tables.statuses import read_yes
from csr_bot.core.money import Money, is_currency, minor_units
from csr_bot.core.parsing.amounts import Field, read_amount
from csr_bot.core.parsing.dates import read_date

_T = TypeVar("_T")

NO_CURRENCY: Final = "XXX"
"""ISO 4217 for "no currency": a ledger that names none is shown with it and never accepted."""

_PLAIN: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_POINT: Final = re.compile(r"-?\d{1,3}(?:,\d{3})*\.\d{2}", re.ASCII)
_COMMA: Final = re.compile(r"-?\d{1,3}(?:\.?\d{3})*,\d{2}", re.ASCII)
_ONE_MARK: Final = re.compile(r"[^\d.,]*[1-9]\d{0,2}([.,])\d{3}[^\d.,]*")
_SCIENTIFIC: Final = re.compile(r"\d+(?:[.,]\d+)?E\+\d+|\d[.,]\d+E\d+", re.IGNORECASE)
_COMPACT_DAY: Final = re.compile(r"(19[89]\d|20\d\d)(\d\d)(\d\d)", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", re.ASCII)
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:\.\d+)?", re.ASCII)
_TIME: Final = re.compile(
    r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]\.?M\.?)?(?:Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_NULLS: Final = frozenset({"-", "--", "n/a", "none", "null", "nil", "nan", "\\n", "(null)", "(blank)"})
_SUSPECT: Final = frozenset("-nN(\\#")
"""What a text begins with that may stand for an empty cell or an error."""
_MONEY_DECIMALS: Final = 4
_PRICE_DECIMALS: Final = 6
# Excel holds 15 digits: a longer number has lost its last ones.
_EXACT: Final = 10**15
_MOST_DAYS: Final = 50_000


class CellError(Exception):
    """A cell cannot be used: the field it belongs to, a reason code, and what stands in it."""

    def __init__(self, name: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class RowCells:
    """One row at a time: ``columns`` maps our field names to indexes of ``cells``, which is as wide as the header.

    ``warnings`` collects (field, reason code) of the row. Every reader has an ``optional_`` twin that gives None for an
    empty cell or an absent column; the plain reader raises CellError then.
    """

    columns: Mapping[str, int]
    forms: Forms = field(default_factory=Forms)
    column_currencies: Mapping[str, str] = field(default_factory=dict)
    currency_default: str | None = None
    cells: Sequence[Cell] = ()
    locator: str = ""
    warnings: list[tuple[str, str]] = field(default_factory=list)
    _days: dict[tuple[str, str], date] = field(default_factory=dict)

    def value(self, name: str) -> Cell | None:
        """The cell as it is; None for an empty one or one that only says that it is empty."""
        index = self.columns.get(name)
        if index is None:
            return None
        value = self.cells[index]
        if type(value) is str:
            value = value.strip()
            if not value:
                return None
            if value[0] in _SUSPECT:
                if value.lower() in _NULLS:
                    return None
                if value.upper() in ERROR_VALUES:
                    raise CellError(name, "CELL_ERROR", value)
            return value
        if isinstance(value, BrokenCell):
            raise CellError(name, value.reason)
        return value

    def optional_text(self, name: str) -> str | None:
        """Text without the blanks around it; a whole number as Excel shows it. Dates and fractions are no text."""
        value = self.value(name)
        return value if value is None or isinstance(value, str) else _shown(name, value)

    def text(self, name: str) -> str:
        return self._required(name, self.optional_text)

    def optional_id(self, name: str) -> str | None:
        """An identifier, as text. A number cell has lost its leading zeros for good, which is worth a warning."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, str):
            if "+" in value and _SCIENTIFIC.fullmatch(value):
                raise CellError(name, "ID_SCIENTIFIC", value)
            return value.lstrip("'") if value[0] == "'" else value
        if isinstance(value, (int, float)) and abs(value) >= _EXACT:
            raise CellError(name, "ID_LOST_DIGITS", repr(value))
        shown = _shown(name, value)
        self.warnings.append((name, "ID_NUMERIC_CELL"))
        return shown

    def id(self, name: str) -> str:
        return self._required(name, self.optional_id)

    def optional_number(
        self, name: str, *, field: Field = "quantity", currency: str | None = None, decimals: int = _PRICE_DECIMALS
    ) -> Decimal | None:
        """A decimal through its shortest text, never from binary; more than ``decimals`` are rounded with a warning."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, str):
            number = self._number_from_text(name, value, field=field, currency=currency)
            if number is None:
                return None
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            number = Decimal(repr(value))
        else:
            raise CellError(name, "NOT_A_NUMBER", str(value))
        if number.as_tuple().exponent < -decimals:  # type: ignore[operator]  # finite
            rounded = round(number, decimals)
            if rounded != number:
                self.warnings.append((name, "TOO_MANY_DECIMALS"))
            return rounded
        return number

    def number(self, name: str) -> Decimal:
        return self._required(name, self.optional_number)

    def optional_whole(self, name: str) -> int | None:
        number = self.optional_number(name)
        if number is not None and number != number.to_integral_value():
            raise CellError(name, "NOT_A_WHOLE_NUMBER", f"{number:f}")
        return None if number is None else int(number)

    def whole(self, name: str) -> int:
        return self._required(name, self.optional_whole)

    def optional_rate(self, name: str) -> Decimal | None:
        """A ratio, or a percentage with or without its sign."""
        value = self.value(name)
        if isinstance(value, str) and value.endswith("%"):
            number = self._number_from_text(name, value[:-1].rstrip(), field="rate", currency=None)
        else:
            number = self.optional_number(name, field="rate")
        return number

    def optional_money(self, name: str, currency: str) -> Decimal | None:
        """An amount with at most four decimals; a currency in the column's header must be that of the row."""
        value = self.value(name)
        number = self._amount_as_usual(name, value) if type(value) is str else None
        if number is None:
            if value is None:
                return None
            number = self.optional_number(name, field="money", currency=currency, decimals=_MONEY_DECIMALS)
        if number is not None and self.column_currencies.get(name, currency) != currency:
            raise CellError(name, "CURRENCY_CONTRADICTS_HEADER", currency)
        return number

    def money(self, name: str, currency: str) -> Money:
        number = self.optional_money(name, currency)
        if number is None:
            raise CellError(name, "EMPTY")
        return Money(number, currency)

    def optional_cash(self, name: str, currency: str) -> Money | None:
        """As ``optional_money``, with its currency."""
        number = self.optional_money(name, currency)
        return None if number is None else Money(number, currency)

    def optional_day(self, name: str) -> date | None:
        """A date cell, or text in a form that means one day only, by itself or beside the others of its column."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, str):
            known = self._days.get((name, value))
            if known is None:
                known = _day_from_text(name, value, month_first=self.forms.month_first.get(name))
                if known is not None:
                    if len(self._days) > _MOST_DAYS:
                        self._days.clear()
                    self._days[name, value] = known
            return known
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            self.warnings.append((name, "DATE_AS_NUMBER"))
            return _day_from_number(name, value)
        raise CellError(name, "NOT_A_DATE", str(value))

    def day(self, name: str) -> date:
        return self._required(name, self.optional_day)

    def optional_yes(self, name: str) -> bool | None:
        value = self.value(name)
        if value is None or isinstance(value, bool):
            return value
        answer = read_yes(_shown(name, value))
        if answer is None:
            raise CellError(name, "NOT_A_YES_OR_NO", str(value))
        return answer

    def parts(self, name: str, *, marks: str = ";\n") -> tuple[str, ...]:
        """What a text lists between any of these marks; nothing for an empty cell."""
        text = self.optional_text(name) or ""
        for mark in marks:
            text = text.replace(mark, "\n")
        return tuple(part.strip() for part in text.split("\n") if part.strip())

    def currency(self, name: str, *, amounts: Sequence[str]) -> str:
        """The row's currency: its own cell, else the one that the headers of ``amounts`` agree on, else the file's."""
        if (written := self.optional_text(name)) is not None:
            code = currency_of(written) or (written if is_currency(written) else None)
            if code is None:
                raise CellError(name, "CURRENCY_AMBIGUOUS" if "$" in written else "NOT_A_CURRENCY_CODE", written)
            return code
        named = {self.column_currencies[amount] for amount in amounts if amount in self.column_currencies}
        if len(named) == 1:
            return named.pop()
        for amount in amounts:
            if isinstance(value := self.value(amount), str) and not _PLAIN.fullmatch(value):
                reading = read_amount(value, field="money", currency=None, decimal_comma=None)
                if reading.currency:
                    return reading.currency
        if self.currency_default is not None:
            return self.currency_default
        raise CellError(name, "EMPTY")

    def _amount_as_usual(self, name: str, text: str) -> Decimal | None:
        """Nearly every amount is in one of three forms that nobody can read otherwise: these are read fast."""
        if _PLAIN.fullmatch(text):
            return Decimal(text)
        comma = self.forms.decimal_comma.get(name)
        if comma:
            return Decimal(text.replace(".", "").replace(",", ".")) if _COMMA.fullmatch(text) else None
        if _POINT.fullmatch(text):
            return Decimal(text.replace(",", ""))
        return Decimal(text.replace(".", "").replace(",", ".")) if comma is None and _COMMA.fullmatch(text) else None

    def _number_from_text(self, name: str, text: str, *, field: Field, currency: str | None) -> Decimal | None:
        if (number := self._amount_as_usual(name, text)) is not None:
            return number
        comma = self.forms.decimal_comma.get(name)
        mixed = name in self.forms.mixed
        if (
            field == "money"
            and minor_units(currency or "USD") <= 2
            and (mark := _ONE_MARK.fullmatch(text))
            and (mixed or (comma is not None and (mark[1] == ",") == comma))
        ):
            # As money it would be thousands, but in this column the mark stands before decimals.
            raise CellError(name, "AMOUNT_AMBIGUOUS", text)
        reading = read_amount(
            text, field=field, currency=None if currency == NO_CURRENCY else currency, decimal_comma=comma
        )
        if reading.status == "ok" and "abbrev" not in reading.flags:
            if field == "money" and reading.currency not in (None, currency) and currency != NO_CURRENCY:
                raise CellError(name, "CURRENCY_CONTRADICTS_ROW", text)
            return reading.value
        if reading.status == "null":
            return None
        raise CellError(name, "AMOUNT_AMBIGUOUS" if reading.status != "error" else "NOT_A_NUMBER", text)

    def _required(self, name: str, read: Callable[[str], _T | None]) -> _T:
        value = read(name)
        if value is None:
            raise CellError(name, "EMPTY")
        return value


def plain_text(value: Cell) -> str:
    """A cell as text for a table that is taken as it is: numbers without needless decimals, days as ISO 8601."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{Decimal(repr(value)).normalize():f}" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(sep=" ")
    return value.reason if isinstance(value, BrokenCell) else str(value)


def _shown(name: str, value: Cell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
        return str(int(value))
    raise CellError(name, "NOT_TEXT", str(value))


def _day_from_text(name: str, text: str, *, month_first: bool | None) -> date | None:
    bare = _TIME.sub("", text)
    try:
        if (found := _COMPACT_DAY.fullmatch(bare)) or (found := _YEAR_FIRST.fullmatch(bare)):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise CellError(name, "NOT_A_DATE", text) from None
    if _SERIAL.fullmatch(bare):
        return _day_from_number(name, float(bare))
    country = None if month_first is None else "US" if month_first else "DE"
    reading = read_date(
        bare.replace("-", "/") if re.fullmatch(r"\d{1,2}-\d{1,2}-(\d{4}|\d\d)", bare) else bare, country=country
    )
    if reading.status in ("ok", "null"):
        return reading.value
    raise CellError(name, "DATE_AMBIGUOUS" if reading.status == "ambiguous" else "NOT_A_DATE", text)


def _day_from_number(name: str, value: float) -> date:
    """20251031, or days since 30 December 1899 as spreadsheets count them."""
    whole = int(value)
    try:
        if 19_800_101 <= whole <= 21_001_231:
            return date(whole // 10_000, whole // 100 % 100, whole % 100)
        if 20_000 <= whole < 80_000:
            return date(1899, 12, 30) + timedelta(days=whole)
    except ValueError:
        pass
    raise CellError(name, "NOT_A_DATE", repr(value))
