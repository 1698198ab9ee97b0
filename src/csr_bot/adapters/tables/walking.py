"""Tells what each row below a header is: an item, a total, the name of a group, a header once more, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Final

from csr_bot.adapters.tables.grids import BrokenRow, Cell, Grid, is_blank
from csr_bot.adapters.tables.headers import AMOUNTS, Header

_SUM_WORDS: Final = (
    r"(?:(?:grand|sub|gran|overall|report|sous|eind|tussen|zwischen|gesamt|gran|saldo)[\s-]*)?"
    r"(?:totals?|totale[ns]?|total général|summe|gesamt|gesamtbetrag|totaux|suma|totaal|ergebnis|endsumme)"
)
_TOTAL: Final = re.compile(
    rf"\s*(?:{_SUM_WORDS}(?![\w-])|\*{{1,4}}\s*$)|.*\s(?:total|ergebnis|summe|totaal)\s*:?\s*$", re.IGNORECASE
)
_DIGIT: Final = re.compile(r"\d")
_LABEL: Final = re.compile(
    r"(?:customer|kunde|kundennummer|debitor|client|cliente|klant|debiteur|account|konto|compte|cuenta)s?"
    r"(?:\s*(?:no|nr|number|nummer|n°|code|name|id)\b\.?)?\s*[:#]?\s+",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"([A-Za-z]{0,4}[-./]?\d[\w./-]*)(?:\s*[-–:,/|]\s*|\s+|$)(.*)")


class RowKind(Enum):
    """What a row is."""

    ITEM = auto()
    TOTAL = auto()
    GROUP = auto()
    HEADER = auto()
    TEXT = auto()
    BLANK = auto()
    UNNUMBERED = auto()
    TOO_WIDE = auto()
    BROKEN = auto()


class TableWalk:
    """Walks through the rows below a header, each as wide as the header.

    ``strict``: the table ends at the first blank row or total, as in the canonical workbook. ``exact``: a row must not
    be wider than the header, as in text files, where one delimiter too many shifts all that follows.
    """

    def __init__(self, grid: Grid, header: Header, *, strict: bool, exact: bool) -> None:
        self._grid = grid
        self._header = header
        self._strict = strict
        self._exact = exact
        self._number = header.columns["invoice_no"]
        self._number_title = header.titles[self._number]
        columns = header.columns
        self._dated = columns["invoice_date"] if "invoice_date" in columns else columns["due_date"]
        self._amounts = frozenset(header.columns[name] for name in AMOUNTS if name in header.columns)
        self._customers = tuple(
            header.columns[name] for name in ("customer_no", "customer_name") if name in header.columns
        )

    def rows(self) -> Iterator[tuple[int, list[Cell], RowKind]]:
        """Row number, cells and kind, from the first row below the header."""
        width, last, column, title = self._header.width, self._header.last, self._number, self._number_title
        dated = self._dated
        for number, cells in self._grid.rows():
            if number <= last:
                continue
            missing = width - len(cells)
            if missing > 0:
                cells.extend([""] * missing)
            if type(cells) is BrokenRow:
                yield number, cells, RowKind.BROKEN
                continue
            if missing < 0 and self._exact and not all(map(is_blank, cells[width:])):
                yield number, cells, RowKind.TOO_WIDE
                continue
            named = cells[column]
            if type(named) is not str or (_DIGIT.search(named) and cells[dated] != ""):
                kind = RowKind.ITEM
            elif named == title:
                kind = RowKind.HEADER
            else:
                kind = self._kind_without_date(cells, named)
            if self._strict and kind in (RowKind.BLANK, RowKind.TOTAL):
                return
            yield number, cells, kind

    def _kind_without_date(self, cells: Sequence[Cell], named: str) -> RowKind:
        if not named or named.isspace() or _TOTAL.match(named):
            return self._kind_without_number(cells)
        # A customer's name above a group often stands in the first column, whatever that is called.
        alone = not self._strict and sum(not is_blank(cell) for cell in cells) == 1
        return RowKind.GROUP if alone else RowKind.ITEM

    def _kind_without_number(self, cells: Sequence[Cell]) -> RowKind:
        filled = [index for index, cell in enumerate(cells) if not is_blank(cell)]
        if not filled:
            return RowKind.BLANK
        if any(isinstance(cells[index], str) and _TOTAL.match(str(cells[index])) for index in filled[:4]):
            return RowKind.TOTAL
        if self._strict:
            return RowKind.UNNUMBERED
        if any(index in self._amounts for index in filled):
            return RowKind.TOTAL if self._amounts.issuperset(filled) else RowKind.UNNUMBERED
        if any(index in self._customers for index in filled) or (not self._customers and len(filled) <= 2):
            return RowKind.GROUP
        return RowKind.TEXT


def read_group(cells: Sequence[Cell]) -> tuple[str, str] | None:
    """Number and name of the customer that a line above a group names: ``Customer: 4711 Acme Ltd``, ``Acme Ltd``."""
    text = " ".join(str(cell).strip() for cell in cells if isinstance(cell, str) and cell.strip())
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    if not text:
        return None
    found = _NUMBERED.fullmatch(text)
    return (found[1], found[2] or found[1]) if found else (text, text)
