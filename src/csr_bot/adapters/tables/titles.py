"""What the rows above a header say of the whole list: the day it shows, and the currency of its amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from csr_bot.adapters.tables.grids import Cell
from csr_bot.adapters.tables.headers import currency_of
from csr_bot.core.parsing.dates import read_date

_WORDS: Final = re.compile(
    r"\b(?:as of|as at|as on|at key date|key date|open at|aging date|report date|statement date|snapshot date|balance date"
    r"|stichtag|stand|per|zum|situation au|arrêté au|date d'arrêté|au|a fecha(?: de)?|fecha de corte|fecha informe|al|peildatum|per datum"
    r"|date|datum|fecha)\b\s*[:=]?\s*(?:de[nr]?\s+)?",
    re.IGNORECASE,
)
_DAY: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?[ -](?:de )?[^\W\d_]{3,10}\.?,?[ -](?:de )?\d{4}|[^\W\d_]{3,10}\.? \d{1,2},? \d{4}"
)
_CURRENCY: Final = re.compile(
    r"(?i:\b(?:currency|währung|waehrung|devise|moneda|divisa|valuta|amounts in|amounts|all amounts in|values in|beträge in"
    r"|alle beträge in|montants en|importes en|bedragen in|en|in)\b\s*(?:code)?\s*[:=]?)\s*([A-Z]{3}|€|£)(?![A-Za-z])"
)


def find_as_of(rows: Sequence[Sequence[Cell]], *, month_first: bool | None) -> date | None:
    """The day that a title row names beside a word such as ``as of`` or ``Stichtag``; None where it is ambiguous."""
    country = None if month_first is None else "US" if month_first else "DE"
    for cells in rows:
        for index, cell in enumerate(cells):
            if not isinstance(cell, str) or not (word := _WORDS.search(cell)):
                continue
            rest = [
                cell[word.end() :],
                _with_next(cell[word.end() :], cells, index),
                *(other for other in cells[index + 1 : index + 4] if other != ""),
            ]
            for text in rest:
                if isinstance(text, date):
                    return text.date() if isinstance(text, datetime) else text
                found = _DAY.search(text) if isinstance(text, str) else None
                if found and (day := read_date(found[0], country=country).value):
                    return day
    return None


def _with_next(text: str, cells: Sequence[Cell], index: int) -> str:
    """A day that its own comma cut in two: ``December 15`` and ``2025``."""
    following = cells[index + 1] if index + 1 < len(cells) else ""
    return f"{text}, {following.strip()}" if isinstance(following, str) and following else ""


def find_currency(rows: Sequence[Sequence[Cell]]) -> str | None:
    """The one currency that title rows name; None where they name several or none."""
    found: set[str] = set()
    for cells in rows:
        line = " ".join(cell for cell in cells if isinstance(cell, str) and cell)
        found.update(code for match in _CURRENCY.finditer(line) if (code := currency_of(match[1])))
    return found.pop() if len(found) == 1 else None
