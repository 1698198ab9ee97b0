"""Looks through an xls file before memory is taken for it: how far the cells of its sheets extend (MS-CFB, MS-XLS).

calamine reserves a sheet as a full rectangle, and what it cannot reserve ends the process.
"""

from __future__ import annotations

import struct
from typing import Final

from csr_bot.adapters.tables.archive import MAX_CELLS, NotAWorkbookError

_SECTOR: Final = 512
_END: Final = 0xFFFFFFFA
"""From here on the numbers of sectors have other meanings."""
_MAX_COLUMNS: Final = 256
_MAX_ROWS: Final = 65_536
_BOF: Final = 0x0809
_DIMENSIONS: Final = 0x0200
_STRINGS: Final = 0x00FC
_CELLS: Final = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E})
_SHORTEST_STRING: Final = 3


def check_old_workbook(content: bytes) -> None:
    """Raises NotAWorkbookError where the file is damaged or a sheet extends too far."""
    try:
        stream = _workbook_stream(content)
        _check_records(stream)
    except (struct.error, IndexError) as error:
        raise NotAWorkbookError("a damaged or foreign compound file") from error


def _workbook_stream(content: bytes) -> bytes:
    major, _, shift, small = struct.unpack_from("<HHHH", content, 26)
    if shift != 9 or major != 3 or small != 6:
        raise NotAWorkbookError("a compound file that no Excel writes")
    directory, cutoff, small_fat = (struct.unpack_from("<I", content, place)[0] for place in (48, 56, 60))
    fat = _table(content, _fat_sectors(content))
    entries = _chain(content, fat, directory)
    found: list[tuple[int, int]] = []
    root = 0
    for place in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, place + 64)[0]
        name = entries[place : place + max(length - 2, 0)].decode("utf-16-le", errors="replace")
        start, size = struct.unpack_from("<II", entries, place + 116)
        if entries[place + 66] == 5:
            root = start
        elif name.lower() in ("workbook", "book"):
            found.append((start, size))
        elif name.lower() in ("encryptedpackage", "encryptioninfo"):
            raise NotAWorkbookError("it is protected by a password")
    if len(found) != 1:
        raise NotAWorkbookError("a compound file without a workbook, or with two")
    start, size = found[0]
    if size >= cutoff:
        return _chain(content, fat, start)[:size]
    return _small_chain(_chain(content, fat, root), _numbers(_chain(content, fat, small_fat)), start)[:size]


def _fat_sectors(content: bytes) -> list[int]:
    numbers = list(struct.unpack_from("<109I", content, 76))
    following, seen = struct.unpack_from("<I", content, 68)[0], 0
    while following < _END and seen * _SECTOR < len(content):
        entries = _numbers(_sector(content, following))
        numbers += entries[:-1]
        following, seen = entries[-1], seen + 1
    return [number for number in numbers if number < _END]


def _table(content: bytes, sectors: list[int]) -> list[int]:
    return _numbers(b"".join(_sector(content, number) for number in sectors))


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _sector(content: bytes, number: int) -> bytes:
    return content[(number + 1) * _SECTOR : (number + 2) * _SECTOR]


def _chain(content: bytes, fat: list[int], start: int) -> bytes:
    parts: list[bytes] = []
    while start < _END:
        parts.append(_sector(content, start))
        start = fat[start]
        if len(parts) * _SECTOR > len(content):
            raise NotAWorkbookError("a chain of sectors bites its tail")
    return b"".join(parts)


def _small_chain(stream: bytes, fat: list[int], start: int) -> bytes:
    parts: list[bytes] = []
    while start < _END:
        parts.append(stream[start * 64 : start * 64 + 64])
        start = fat[start]
        if len(parts) > len(fat):
            raise NotAWorkbookError("a chain of sectors bites its tail")
    return b"".join(parts)


def _check_records(stream: bytes) -> None:
    place = height = width = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind in _CELLS and length >= 4:
            row, column = struct.unpack_from("<HH", stream, place + 4)
            height, width = max(height, row + 1), max(width, column + 1)
            if kind in (0x00BD, 0x00BE) and length >= 6:
                width = max(width, struct.unpack_from("<H", stream, place + 2 + length)[0] + 1)
            _require(height, width)
        elif kind == _BOF:
            height = width = 0
        elif kind == _DIMENSIONS and length >= 12:
            _, bottom, _, right = struct.unpack_from("<IIHH", stream, place + 4)
            _require(bottom, right)
        elif kind == _STRINGS and length >= 8:
            count = struct.unpack_from("<I", stream, place + 8)[0]
            if count * _SHORTEST_STRING > len(stream):
                raise NotAWorkbookError("it claims more texts than it has room for")
        place += 4 + length


def _require(height: int, width: int) -> None:
    if height > _MAX_ROWS or width > _MAX_COLUMNS or height * width > MAX_CELLS:
        raise NotAWorkbookError(f"a sheet extends over {height} rows and {width} columns")
