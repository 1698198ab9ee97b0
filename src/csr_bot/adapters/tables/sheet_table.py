"""Reads a sheet of the canonical workbook that bears our own names in its first row; it ends at its first blank row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from csr_bot.adapters.tables.canonical import Sheet
from csr_bot.adapters.tables.cells import CellError, RowCells
from csr_bot.adapters.tables.forms import FormSurvey
from csr_bot.adapters.tables.grids import Cell, Grid, is_blank
from csr_bot.adapters.tables.headers import Header, HeaderError, Names, read_header
from csr_bot.adapters.tables.keys import KeySurvey, Twins
from csr_bot.adapters.tables.notes import Notes

_Fact = TypeVar("_Fact")


class SheetTable(Generic[_Fact]):
    """One sheet; ``prepare`` comes first, then ``rows``."""

    def __init__(self, grid: Grid, sheet: Sheet[_Fact], *, refused: Notes, warnings: Notes) -> None:
        self._grid = grid
        self._sheet = sheet
        self._refused = refused
        self._warnings = warnings
        self.header = read_sheet_header(grid, sheet.names, required=sheet.required)
        self._row = RowCells(self.header.columns)
        self._twins = Twins(frozenset())
        self.row_count = 0

    @property
    def duplicates(self) -> int:
        """Rows refused because another has their key."""
        return self._twins.count

    def prepare(self) -> None:
        """Read it once for what only the whole can tell."""
        columns = self.header.columns
        survey = FormSurvey(
            amounts={name: columns[name] for name in self._sheet.amounts if name in columns},
            days={name: columns[name] for name in self._sheet.days if name in columns},
        )
        keys = KeySurvey()
        for _, cells in self._cells():
            self.row_count += 1
            survey.add(cells)  # type: ignore[arg-type]  # a cell is an object
            if self._sheet.key:
                self._row.cells = cells
                keys.add(self._sheet.key_of(self._row))
        self._row.forms = survey.finish()
        self._twins = Twins(keys.finish())

    def rows(self) -> Iterator[_Fact]:
        """Every usable row."""
        row, sheet = self._row, self._sheet
        for number, cells in self._cells():
            row.cells, row.locator = cells, f"{sheet.name}!{number}"
            row.warnings.clear()
            if self._twins.take(sheet.key_of(row), number):
                continue
            try:
                fact = sheet.read(row)
            except CellError as error:
                self._refused.add(sheet.name, number, self.header.title(error.name), error.reason, error.detail)
                continue
            for name, reason in dict.fromkeys(row.warnings):
                self._warnings.add(sheet.name, number, self.header.title(name), reason)
            yield fact
        for places in self._twins.groups():
            for place in places:
                others = ", ".join(str(other) for other in places if other != place)
                self._refused.add(
                    sheet.name, place, self.header.title(sheet.key[0]), "NOT_UNIQUE", f"also in row {others}"
                )

    def _cells(self) -> Iterator[tuple[int, list[Cell]]]:
        width = self.header.width
        for number, cells in self._grid.rows():
            if number <= self.header.last:
                continue
            if all(map(is_blank, cells)):
                return
            cells.extend([""] * (width - len(cells)))
            yield number, cells


def read_sheet_header(grid: Grid, names: Names, *, required: Sequence[str]) -> Header:
    """The header in the first row of a sheet. Raises HeaderError where a required column is missing."""
    for number, cells in grid.rows():
        titles = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
        header = read_header(titles, names, first=number, last=number)
        break
    else:
        raise HeaderError("it is empty")
    if missing := [name for name in required if name not in header.columns]:
        raise HeaderError(f"no column for {', '.join(missing)}")
    return header
