"""Looks through the archive of an xlsx file before anybody trusts it: its directory, and where its cells lie.

calamine gives the values later; this gives what calamine does not tell: how far a sheet extends before memory is taken
for it, formulas and whether they have a result, error cells, numbers shown with leading zeros, hidden rows. The sheets
are passed through once with regular expressions over bytes, which is an order of magnitude faster than a parser; a file
that would mislead them (another encoding, a document type, comments) is refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Final

from lxml import etree

MAX_ENTRIES: Final = 2_000
MAX_UNCOMPRESSED: Final = 512 * 1024 * 1024
MAX_RATIO: Final = 400
"""How many times larger an entry over 64 MB may be than its packed form; real sheets stay below 60."""
# A sheet is held as a full rectangle, so two far-apart cells would take the memory of all between them.
MAX_CELLS: Final = 12_000_000
MAX_FORMULA_CELLS: Final = 3_000_000
_MAX_ROW_BYTES: Final = 16 * 1024 * 1024
_CHUNK: Final = 1024 * 1024

_RELATION_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION_ID: Final = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_CELL: Final = re.compile(rb"<(?:\w+:)?c(?=[\s/>])[^>]*>")
_PLACES: Final = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,9})["']""")
_ODD: Final = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*?\sr\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']|r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'])([^>]*)>"""
    rb"""\s*(?:<(?:\w+:)?f(?=[\s/>])(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f\s*>)\s*(<(?:\w+:)?v\s*>[^<])?)?"""
)
_USUAL_PLACES: Final = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_ODD_SIGNS: Final = (b"<f", b":f", b'"e"', b"'e'")
_ERROR: Final = re.compile(rb"""\st\s*=\s*["']e["']""")
_TEXT_RESULT: Final = re.compile(rb"""\bt\s*=\s*["']str["']""")
_NUMERIC: Final = re.compile(rb"""\bt\s*=\s*["'](?!n["'])""")
_STYLE: Final = re.compile(rb"""\bs\s*=\s*["'](\d+)["']""")
_HIDDEN_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s[^>]*\bhidden\s*=\s*["'](?:1|true)["']""")
_ROW_END: Final = re.compile(rb"</(?:\w+:)?row\s*>")


class NotAWorkbookError(Exception):
    """The archive is not a workbook that may be opened; the text says why."""


@dataclass(slots=True)
class SheetScan:
    """What is odd in a sheet. Rows and columns count from 1; ``formulas`` are those with a result, by column."""

    broken: dict[int, dict[int, str]] = field(default_factory=dict)
    zero_padded: dict[int, dict[int, int]] = field(default_factory=dict)
    formulas: dict[int, list[int]] = field(default_factory=dict)
    hidden_rows: int = 0
    height: int = 0
    width: int = 0


def scan_archive(file: IO[bytes]) -> dict[str, SheetScan]:
    """Every worksheet by name. Raises NotAWorkbookError."""
    try:
        with zipfile.ZipFile(file) as archive:
            _require_limits(archive)
            widths = _zero_padding_styles(archive)
            return {name: _scan_sheet(archive, entry, widths) for name, entry in _sheet_entries(archive).items()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        # RuntimeError is how zipfile says that an entry is encrypted.
        raise NotAWorkbookError(f"not a readable xlsx file ({error})") from error
    except etree.XMLSyntaxError as error:
        raise NotAWorkbookError(f"the workbook is damaged ({error})") from error


def _require_limits(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MAX_ENTRIES:
        raise NotAWorkbookError(f"{len(entries)} entries in the archive, at most {MAX_ENTRIES} are read")
    if len(names) != len(entries):
        raise NotAWorkbookError("an entry of the archive is there twice")
    if sum(entry.file_size for entry in entries) > MAX_UNCOMPRESSED:
        raise NotAWorkbookError(f"it unpacks to more than {MAX_UNCOMPRESSED // 1024**2} MB")
    for entry in entries:
        if entry.file_size > 64 * 1024**2 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise NotAWorkbookError(f"the entry {entry.filename} is packed {MAX_RATIO} times or more")
    if "xl/workbook.bin" in names:
        raise NotAWorkbookError("a binary workbook (.xlsb); save it as .xlsx or as CSV")
    if "content.xml" in names:
        raise NotAWorkbookError("an OpenDocument file; save it as .xlsx or as CSV")
    if "xl/workbook.xml" not in names:
        raise NotAWorkbookError("not an xlsx workbook")
    # The directory only claims sizes; reading each entry up to its claim finds those that lie.
    if (damaged := archive.testzip()) is not None:
        raise NotAWorkbookError(f"the entry {damaged} is damaged")


def _sheet_entries(archive: zipfile.ZipFile) -> dict[str, str]:
    relations = _parse(archive, "xl/_rels/workbook.xml.rels")
    targets = {str(relation.get("Id")): str(relation.get("Target")) for relation in relations.iter("{*}Relationship")}
    entries: dict[str, str] = {}
    for sheet in _parse(archive, "xl/workbook.xml").iter("{*}sheet"):
        target = targets.get(str(sheet.get(_RELATION_ID) or sheet.get(_STRICT_RELATION_ID)), "")
        entry = posixpath.normpath(posixpath.join("xl", target)) if target[:1] != "/" else target[1:]
        if entry.startswith("xl/worksheets/"):
            entries[str(sheet.get("name"))] = entry
    return entries


def _zero_padding_styles(archive: zipfile.ZipFile) -> dict[bytes, int]:
    """Style index to number of digits, for the styles whose number format is nothing but zeros (``0000000``)."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = _parse(archive, "xl/styles.xml")
    formats = {str(entry.get("numFmtId")): str(entry.get("formatCode")) for entry in styles.iter("{*}numFmt")}
    codes = (formats.get(str(xf.get("numFmtId")), "") for cells in styles.iter("{*}cellXfs") for xf in cells)
    return {b"%d" % index: len(code) for index, code in enumerate(codes) if len(code) > 1 and not code.strip("0")}


def _scan_sheet(archive: zipfile.ZipFile, entry: str, zero_padding: Mapping[bytes, int]) -> SheetScan:
    scan = SheetScan()
    columns: set[bytes] = set()
    count = 0
    for part in _parts(archive, entry):
        places = _places(part, entry)
        columns.update({letters for letters, _ in places})
        scan.height = max(scan.height, *map(int, {row for _, row in places}), 0)
        if b"hidden" in part:
            scan.hidden_rows += len(_HIDDEN_ROW.findall(part))
        if zero_padding or any(sign in part for sign in _ODD_SIGNS):
            count += _note_odd(scan, part, zero_padding)
        if count > MAX_FORMULA_CELLS:
            raise NotAWorkbookError(f"{entry} holds more than {MAX_FORMULA_CELLS} formulas")
    scan.width = max(map(_column, columns), default=0)
    if scan.height * scan.width > MAX_CELLS:
        raise NotAWorkbookError(
            f"{entry} extends over {scan.height} rows and {scan.width} columns; export it as CSV if it is that large"
        )
    return scan


def _places(part: bytes, entry: str) -> list[tuple[bytes, bytes]]:
    """Column letters and row of every cell: fast where they are written as Excel writes them, else in any form."""
    places = _USUAL_PLACES.findall(part)
    if len(places) != part.count(b"<c") or b":c" in part:
        places = _PLACES.findall(part)
        # A cell without a place of its own stands right of the one before it; no export writes such cells.
        if len(places) != len(_CELL.findall(part)):
            raise NotAWorkbookError(f"a cell of {entry} does not say where it is")
    return places


def _parts(archive: zipfile.ZipFile, entry: str) -> Iterator[bytes]:
    """The sheet in parts that each end with a row, so that no cell is cut."""
    rest = b""
    with _open_entry(archive, entry) as stream:
        while chunk := stream.read(_CHUNK):
            if not rest and chunk[:2] in (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00"):
                raise NotAWorkbookError(f"{entry} is not in UTF-8")
            rest += chunk
            ends = rest.rfind(b"row>")
            if ends >= 0:
                yield _harmless(rest[: ends + 4], entry)
                rest = rest[ends + 4 :]
            elif len(rest) > _MAX_ROW_BYTES:
                raise NotAWorkbookError(f"a row of {entry} is longer than {_MAX_ROW_BYTES // 1024**2} MB")
    yield _harmless(rest, entry)


def _harmless(part: bytes, entry: str) -> bytes:
    if b"<!" in part and (b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"<!--" in part):
        raise NotAWorkbookError(f"{entry} holds a document type or comments, as no spreadsheet program writes them")
    return part


def _note_odd(scan: SheetScan, part: bytes, zero_padding: Mapping[bytes, int]) -> int:
    found = 0
    for match in _ODD.finditer(part):
        letters, digits, attributes, value = match[1] or match[3], match[2] or match[4], match[5], match[6]
        formula = match.end(5) + 1 < match.end() and b"f" in part[match.end(5) : match.end()]
        row, column = int(digits), _column(letters)
        if _ERROR.search(b" " + attributes):
            scan.broken.setdefault(row, {})[column] = "CELL_ERROR"
        elif formula and value:
            scan.formulas.setdefault(column, []).append(row)
            found += 1
        elif formula and not _TEXT_RESULT.search(attributes):
            # A formula whose result is the empty text is saved as t="str" without a value, and is no error.
            scan.broken.setdefault(row, {})[column] = "FORMULA_WITHOUT_VALUE"
        elif (
            zero_padding
            and not _NUMERIC.search(attributes)
            and (style := _STYLE.search(attributes))
            and (width := zero_padding.get(style[1]))
        ):
            scan.zero_padded.setdefault(row, {})[column] = width
    return found


@cache
def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _parse(archive: zipfile.ZipFile, entry: str) -> etree._Element:
    with _open_entry(archive, entry) as stream:
        return etree.parse(stream, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def _open_entry(archive: zipfile.ZipFile, entry: str) -> IO[bytes]:
    try:
        return archive.open(entry)
    except KeyError:
        raise NotAWorkbookError(f"the entry {entry} is missing") from None
