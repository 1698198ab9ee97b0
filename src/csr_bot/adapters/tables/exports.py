"""Reads a portal's export as rows of text by our field names: CSV or workbook, wherever its header stands.

Numbers and days are left as they are written: what they mean is for those who know the portal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from io import BytesIO
from itertools import islice

from csr_bot.adapters.tables.aliases import plain
from csr_bot.adapters.tables.cells import plain_text
from csr_bot.adapters.tables.content import tell_kind
from csr_bot.adapters.tables.delimited import DelimitedGrid
from csr_bot.adapters.tables.grids import BrokenCell, BrokenRow, Cell, Grid, is_blank
from csr_bot.adapters.tables.headers import SEARCHED_ROWS
from csr_bot.adapters.tables.workbooks import open_sheets
from csr_bot.ports import RefusedError, RowNote, Table, TableRow


def read_table(
    content: bytes, *, file_name: str, columns: Mapping[str, str], required: Collection[str] | None = None
) -> Table:
    """Read an export; ``columns`` maps our fields to its headers, ``required`` are those that must be there (all).

    Case, accents and punctuation of headers do not matter. Rows without any of our fields are left out. Raises
    RefusedError, naming the file, where it is no table or a required column is missing.
    """
    titles = {plain(title): name for name, title in columns.items()}
    kind = tell_kind(content[:4096], file_name=file_name)
    file = BytesIO(content)

    def judge(rows: Sequence[Sequence[Cell]]) -> int:
        return max((len(_fields(row, titles)) for row in rows), default=0)

    grids: Sequence[Grid]
    if kind == "text":
        grids = [DelimitedGrid(file, file_name=file_name, judge=judge)]
    else:
        grids = open_sheets(file, kind=kind, size=len(content), file_name=file_name)
    grid, header_row, header = _find_header(grids, titles, file_name=file_name)
    fields = _fields(header, titles)
    if missing := [columns[name] for name in (columns if required is None else required) if name not in fields]:
        found = [str(title) for title in header if not is_blank(title)]
        raise RefusedError(f"{file_name}: the column {missing[0]!r} is missing; found {found}")
    return _read(grid, header_row, header, fields, exact=kind == "text")


def _find_header(grids: Sequence[Grid], titles: Mapping[str, str], *, file_name: str) -> tuple[Grid, int, list[Cell]]:
    best: tuple[int, Grid, int, list[Cell]] | None = None
    for grid in grids:
        for number, cells in islice(grid.rows(), SEARCHED_ROWS):
            score = 2 * len(_fields(cells, titles)) - grid.hidden
            if not all(map(is_blank, cells)) and (best is None or score > best[0]):
                best = (score, grid, number, cells)
    if best is None:
        raise RefusedError(f"{file_name}: it holds no rows")
    return best[1:]


def _fields(cells: Sequence[Cell], titles: Mapping[str, str]) -> dict[str, int]:
    """Our fields to their columns; the first of two columns with one title."""
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if isinstance(cell, str) and (name := titles.get(plain(cell))):
            found.setdefault(name, index)
    return found


def _read(grid: Grid, header_row: int, header: Sequence[Cell], fields: Mapping[str, int], *, exact: bool) -> Table:
    width = len(header)
    others = {
        plain_text(title): index
        for index, title in enumerate(header)
        if not is_blank(title) and index not in fields.values()
    }
    rows: list[TableRow] = []
    refused: list[RowNote] = []
    last = 0
    for number, cells in grid.rows():
        if number <= header_row or all(map(is_blank, cells)) or list(cells[:width]) == list(header):
            continue
        last = number
        reason = _fault(cells, fields, width=width, exact=exact)
        if reason is not None:
            refused.append(RowNote(grid.name, number, "", reason))
            continue
        padded = [*cells, *[""] * (width - len(cells))]
        values = {name: plain_text(padded[index]) for name, index in fields.items()}
        if any(values.values()):
            rows.append(TableRow(number, values, {title: plain_text(padded[index]) for title, index in others.items()}))
    if isinstance(grid, DelimitedGrid) and not grid.ends_whole() and rows and rows[-1].row == last:
        cut = next((cells for number, cells in grid.rows() if number == last), [])
        if len(cut) < width:
            refused.append(RowNote(grid.name, last, "", "CUT_OFF", "the file ends within this row"))
            rows.pop()
    return Table(grid.name, header_row, tuple(rows), tuple(refused))


def _fault(cells: Sequence[Cell], fields: Mapping[str, int], *, width: int, exact: bool) -> str | None:
    if isinstance(cells, BrokenRow):
        return cells.reason
    if exact and not all(map(is_blank, cells[width:])):
        return "TOO_MANY_CELLS"
    for index in fields.values():
        if index < len(cells) and isinstance(cell := cells[index], BrokenCell):
            return cell.reason
    return None
