"""Excel sheets: the cells that a person sees, as text. A formula is nobody's statement and its cell is left out.

An xlsx is streamed and given up when enough was read, so that its size, its claimed extent and far-off cells cost
nothing. An old xls goes through calamine, which does not tell formulas from values: that is noted. (ECMA-376, 18.3)
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from io import BytesIO
from typing import Final

import python_calamine
from lxml import etree

from csr_bot.adapters.reader.extract import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Extract, ProblemError
from csr_bot.adapters.reader.packages import RELATION_ID, forget, open_package, parse_part, stream_part
from csr_bot.core.parsing.compound import has_sound_chains

MAX_SHEETS: Final = 20
MAX_STRINGS: Final = 50_000
MAX_CELLS: Final = 200_000
"""Cells of a sheet that are looked at, empty and hidden ones too."""

_YES: Final = frozenset({"1", "true"})
_ADDRESS: Final = re.compile(r"([A-Z]{1,3})[1-9]\d{0,6}", re.ASCII)
_BUILT_IN_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_CODE: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
# Excel keeps fifteen digits of a number and writes down the noise behind them. (IEEE 754)
_AS_EXCEL: Final = Context(prec=15)
_MAX_SERIAL: Final = 2_958_465  # 31 December 9999
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 - as above
_OUTSIDE: Final = (
    ("xl/externalLinks/", "EXTERNAL: the workbook refers to other files"),
    ("xl/connections.xml", "EXTERNAL: the workbook fetches data"),
    ("xl/embeddings/", "EMBEDDED: the workbook has files in it"),
    ("xl/macrosheets/", "MACRO: the workbook has old macros"),
)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of a workbook refer to."""

    strings: tuple[str, ...]
    date_styles: frozenset[str]
    epoch: datetime


def read_xlsx(content: bytes, extract: Extract) -> None:
    """The visible sheets of an xlsx or xlsm, each a table."""
    with open_package(content) as package:
        for start, flag in _OUTSIDE:
            if any(name.startswith(start) for name in package.namelist()):
                extract.flag(flag)
        workbook = parse_part(package, "xl/workbook.xml")
        targets = _targets(package)
        book = _Book(_strings(package, extract), _date_styles(package), _epoch(workbook))
        sheets = list(workbook.iter("{*}sheet"))
        if len(sheets) > MAX_SHEETS:
            extract.note(f"CUT: more than {MAX_SHEETS} sheets")
        for sheet in sheets[:MAX_SHEETS]:
            name = str(sheet.get("name"))
            entry = targets.get(str(sheet.get(RELATION_ID)), "")
            if sheet.get("state") in {"hidden", "veryHidden"}:
                extract.flag(f"HIDDEN: the sheet {name[:60]!r}")
            elif entry.startswith("xl/worksheets/") and not extract.is_full:
                with package.open(entry) as stream:
                    elements = stream_part(stream, "{*}col", "{*}c", "{*}row")
                    extract.add_table(name, _Rows(book, extract).read(elements))


def read_xls(content: bytes, extract: Extract) -> None:
    """The visible sheets of an old binary workbook."""
    if not has_sound_chains(content):
        raise ProblemError("DAMAGED: the sectors of the workbook lead astray")
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        for sheet in workbook.sheets_metadata[:MAX_SHEETS]:
            if sheet.visible != python_calamine.SheetVisibleEnum.Visible:
                extract.flag(f"HIDDEN: the sheet {sheet.name[:60]!r}")
            elif sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
                rows = workbook.get_sheet_by_name(sheet.name).to_python(nrows=MAX_ROWS + 1)
                extract.add_table(sheet.name, ([_show(cell) for cell in row] for row in rows))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise ProblemError(f"DAMAGED: {str(error)[:100]}") from None
    except BaseException as error:
        # A panic in the library comes as a class of its own that is no Exception.
        if type(error).__name__ == "PanicException":
            raise ProblemError("DAMAGED: the workbook breaks its reader") from None
        raise
    extract.note("VALUES_ONLY: an old workbook does not tell which cells are calculated")


def _targets(package: zipfile.ZipFile) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for relation in parse_part(package, "xl/_rels/workbook.xml.rels").iter("{*}Relationship"):
        target = str(relation.get("Target"))
        path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        found[str(relation.get("Id"))] = path
    return found


def _strings(package: zipfile.ZipFile, extract: Extract) -> tuple[str, ...]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return ()
    strings: list[str] = []
    with package.open("xl/sharedStrings.xml") as stream:
        for item in stream_part(stream, "{*}si"):
            strings.append(_text_of(item))
            forget(item)
            if len(strings) >= MAX_STRINGS:
                extract.note(f"CUT: more than {MAX_STRINGS} texts in the workbook")
                break
    return tuple(strings)


def _text_of(item: etree._Element) -> str:
    """Its runs in order, without the reading aid of Japanese ones; a little more than a cell keeps shows the cut."""
    texts = item.iter("{*}t")
    return "".join(text.text or "" for text in texts if not _is_phonetic(text))[: MAX_CELL + 1]


def _is_phonetic(text: etree._Element) -> bool:
    parent = text.getparent()
    return parent is not None and str(parent.tag).endswith("}rPh")


def _date_styles(package: zipfile.ZipFile) -> frozenset[str]:
    if "xl/styles.xml" not in package.namelist():
        return frozenset()
    styles = parse_part(package, "xl/styles.xml")
    dates = {str(number) for number in _BUILT_IN_DATES}
    for entry in styles.iter("{*}numFmt"):
        code = _NOT_A_CODE.sub("", str(entry.get("formatCode"))[:200]).lower()
        if re.search(r"[yd]|m+[/.-]|[/.-]m+|h+:|:s", code) and "general" not in code:
            dates.add(str(entry.get("numFmtId")))
    formats = (xf for cells in styles.iter("{*}cellXfs") for xf in cells)
    return frozenset(str(index) for index, xf in enumerate(formats) if xf.get("numFmtId") in dates)


def _epoch(workbook: etree._Element) -> datetime:
    old = any(settings.get("date1904") in _YES for settings in workbook.iter("{*}workbookPr"))
    return _EPOCH_1904 if old else _EPOCH


class _Rows:
    """The visible rows of a sheet, put together from its elements as they are read."""

    def __init__(self, book: _Book, extract: Extract) -> None:
        self._book = book
        self._extract = extract
        self._hidden: set[int] = set()
        self._row: list[str] = []
        self._place = 0

    def read(self, elements: Iterator[etree._Element]) -> Iterator[list[str]]:
        """Rows as lists of text, until enough cells were seen."""
        seen = 0
        for element in elements:
            kind = str(element.tag).rpartition("}")[2]
            if kind == "col":
                self._hidden |= _hidden_columns(element, self._extract)
            elif kind == "c":
                self._take(element)
                element.clear()
                seen += 1
            else:
                row, self._row, self._place = self._row, [], 0
                if element.get("hidden") in _YES:
                    self._extract.flag("HIDDEN: rows of a sheet")
                elif row:
                    yield row
                forget(element)
            if seen > MAX_CELLS:
                self._extract.note(f"CUT: more than {MAX_CELLS} cells")
                return

    def _take(self, cell: etree._Element) -> None:
        self._place = place = _column(cell.get("r")) or self._place + 1
        if cell.find("{*}f") is not None:
            self._extract.note("FORMULAS: calculated cells were left out")
        elif place > MAX_COLUMNS:
            self._extract.note(f"CUT: more than {MAX_COLUMNS} columns")
        elif place not in self._hidden:
            self._row.extend([""] * (place - len(self._row)))
            self._row[place - 1] = _cell(cell, self._book)


def _hidden_columns(column: etree._Element, extract: Extract) -> set[int]:
    first, last = str(column.get("min")), str(column.get("max"))
    if column.get("hidden") not in _YES or not (first.isdecimal() and last.isdecimal()):
        return set()
    extract.flag("HIDDEN: columns of a sheet")
    return set(range(int(first[:5]), min(int(last[:5]), MAX_COLUMNS) + 1))


@cache
def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _column(address: str | None) -> int | None:
    found = _ADDRESS.fullmatch(address or "")
    return _column_number(found[1]) if found else None


def _cell(cell: etree._Element, book: _Book) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text_of(cell)
    value = (cell.findtext("{*}v") or "").strip()
    if kind == "s":
        index = int(value) if value.isdecimal() and len(value) < 10 else -1
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    if kind == "n" and value:
        return _number(value, is_date=cell.get("s", "0") in book.date_styles, epoch=book.epoch)
    return {"0": "FALSE", "1": "TRUE"}.get(value, value) if kind == "b" else value[: MAX_CELL + 1]


def _number(value: str, *, is_date: bool, epoch: datetime) -> str:
    try:
        number = _AS_EXCEL.create_decimal(value[:40])
    except InvalidOperation:
        return value[:40]
    if not number.is_finite() or not -30 < number.adjusted() < 30:
        return value[:40]
    if is_date and 0 <= number <= _MAX_SERIAL:
        moment = epoch + timedelta(seconds=int((number * 86_400).to_integral_value()))
        return _show(moment)
    return _plain(number)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _show(value: object) -> str:
    """A value as text that means the same everywhere: dates as ISO 8601, numbers with a point."""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(repr(value), is_date=False, epoch=_EPOCH)
    return str(value)[: MAX_CELL + 1]
