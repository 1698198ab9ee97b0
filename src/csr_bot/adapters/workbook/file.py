"""Opens an xlsx file within limits and gives the cells of its sheets as Python values; their meaning is left to others.

Beside calamine, which gives the values, the sheet XML is scanned once, for what calamine does not tell: how far a
sheet extends before memory is taken for it, formulas without a value, error cells, numbers shown with leading zeros.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from io import BytesIO
from typing import IO, Final

import python_calamine
from lxml import etree

from csr_bot.ports import RefusedError

MAX_ENTRIES: Final = 2_000
MAX_UNCOMPRESSED: Final = 512 * 1024 * 1024
# A sheet is held as a full rectangle, so two far-apart cells would take the memory of all between them.
MAX_CELLS: Final = 20_000_000

_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_RELATION_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A cell whose value is not to be had, and the reason code: never to be read as empty or 0."""

    reason: str


Cell = str | int | float | bool | date | datetime | time | timedelta | BrokenCell
Rows = list[list[Cell]]


def read_sheets(content: bytes, *, file_name: str) -> Mapping[str, Rows]:
    """All sheets by name; the row that Excel numbers n is at index n - 1, empty cells are ``""``.

    Raises RefusedError, naming the file, if it is not a sound xlsx within the limits.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _require_limits(archive)
            scans = _scan(archive)
        workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        return {name: _rows(workbook, name, scan) for name, scan in scans.items()}
    except _NotAWorkbookError as error:
        raise RefusedError(f"{file_name}: {error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # RuntimeError is how zipfile says that an entry is encrypted.
        raise RefusedError(f"{file_name}: not a readable xlsx file ({error})") from error
    except (etree.XMLSyntaxError, python_calamine.CalamineError) as error:
        raise RefusedError(f"{file_name}: the workbook is damaged ({error})") from error


class _NotAWorkbookError(Exception):
    """The archive is not a workbook that may be opened; the text says why."""


@dataclass(slots=True)
class _Scan:
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    zero_padded: dict[tuple[int, int], int] = field(default_factory=dict)
    height: int = 0
    width: int = 0


def _require_limits(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MAX_ENTRIES:
        raise _NotAWorkbookError(f"{len(entries)} entries in the archive, at most {MAX_ENTRIES} are read")
    if len(names) != len(entries):
        raise _NotAWorkbookError("an entry of the archive is there twice")
    if sum(entry.file_size for entry in entries) > MAX_UNCOMPRESSED:
        raise _NotAWorkbookError(f"it unpacks to more than {MAX_UNCOMPRESSED // 1024**2} MB")
    if "xl/workbook.xml" not in names:
        raise _NotAWorkbookError("not an xlsx workbook")
    # The directory only claims sizes; reading each entry up to its claim finds those that lie.
    if (damaged := archive.testzip()) is not None:
        raise _NotAWorkbookError(f"the entry {damaged} is damaged")


def _scan(archive: zipfile.ZipFile) -> dict[str, _Scan]:
    widths = _zero_padding_styles(archive)
    return {name: _scan_sheet(archive, entry, widths) for name, entry in _sheet_entries(archive).items()}


def _sheet_entries(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = _parse(archive, "xl/_rels/workbook.xml.rels")
    targets = {str(relation.get("Id")): str(relation.get("Target")) for relation in relations.iter("{*}Relationship")}
    entries: dict[str, str] = {}
    for sheet in _parse(archive, "xl/workbook.xml").iter("{*}sheet"):
        target = targets.get(str(sheet.get(_RELATION_ID)), "")
        entry = posixpath.normpath(posixpath.join("xl", target)) if target[:1] != "/" else target[1:]
        if entry.startswith("xl/worksheets/"):
            entries[str(sheet.get("name"))] = entry
    return entries


def _zero_padding_styles(archive: zipfile.ZipFile) -> dict[str, int]:
    """Style index to number of digits, for the styles whose number format is nothing but zeros (``0000000``)."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = _parse(archive, "xl/styles.xml")
    formats = {str(entry.get("numFmtId")): str(entry.get("formatCode")) for entry in styles.iter("{*}numFmt")}
    codes = (formats.get(str(xf.get("numFmtId")), "") for cells in styles.iter("{*}cellXfs") for xf in cells)
    return {str(index): len(code) for index, code in enumerate(codes) if len(code) > 1 and not code.strip("0")}


def _scan_sheet(archive: zipfile.ZipFile, entry: str, zero_padding: Mapping[str, int]) -> _Scan:
    scan = _Scan()
    with _open_entry(archive, entry) as stream:
        for _, element in etree.iterparse(stream, tag=("{*}c", "{*}row"), resolve_entities=False, no_network=True):
            if element.tag.endswith("row"):
                _forget(element)
            else:
                _note(scan, element, zero_padding)
    if scan.height * scan.width > MAX_CELLS:
        raise _NotAWorkbookError(f"{entry} extends over {scan.height} rows and {scan.width} columns")
    return scan


def _note(scan: _Scan, cell: etree._Element, zero_padding: Mapping[str, int]) -> None:
    row, column = place = _place(cell.get("r"))
    scan.height, scan.width = max(scan.height, row), max(scan.width, column)
    kind = cell.get("t")
    if kind == "e":
        scan.broken[place] = "CELL_ERROR"
    elif kind in (None, "n") and (digits := zero_padding.get(cell.get("s", ""))):
        scan.zero_padded[place] = digits
    # A formula whose result is the empty text is saved as t="str" without a value, and is no error.
    if kind != "str" and _is_formula_without_value(cell):
        scan.broken[place] = "FORMULA_WITHOUT_VALUE"


def _is_formula_without_value(cell: etree._Element) -> bool:
    # The schema puts the formula first and its value second (ECMA-376, 18.3.1.4).
    return len(cell) > 0 and cell[0].tag.endswith("}f") and (len(cell) == 1 or not cell[1].text)


def _place(address: str | None) -> tuple[int, int]:
    if (parts := _ADDRESS.fullmatch(address or "")) is None:
        raise _NotAWorkbookError(f"a cell does not say where it is ({address!r})")
    return int(parts[2]), _column(parts[1])


@cache
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _forget(row: etree._Element) -> None:
    row.clear()
    parent = row.getparent()
    while parent is not None and row.getprevious() is not None:
        del parent[0]


def _parse(archive: zipfile.ZipFile, entry: str) -> etree._Element:
    with _open_entry(archive, entry) as stream:
        return etree.parse(stream, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def _open_entry(archive: zipfile.ZipFile, entry: str) -> IO[bytes]:
    try:
        return archive.open(entry)
    except KeyError:
        raise _NotAWorkbookError(f"the entry {entry} is missing") from None


def _rows(workbook: python_calamine.CalamineWorkbook, name: str, scan: _Scan) -> Rows:
    rows: Rows = [[*cells] for cells in workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)]
    for (row, column), reason in scan.broken.items():
        _put(rows, row, column, BrokenCell(reason))
    for (row, column), digits in scan.zero_padded.items():
        value = rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else ""
        if isinstance(value, float) and value.is_integer():
            _put(rows, row, column, f"{int(value):0{digits}d}")
    return rows


def _put(rows: Rows, row: int, column: int, value: Cell) -> None:
    while len(rows) < row:
        rows.append([])
    cells = rows[row - 1]
    cells.extend([""] * (column - len(cells)))
    cells[column - 1] = value
