"""Writes the smallest Excel 97 file that there can be: one stream of records in a compound file (MS-XLS, MS-CFB)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def make_xls(rows: Sequence[Sequence[str | float]], *, sheet: str = "Open items") -> bytes:
    """A workbook with one sheet of texts and numbers."""
    bound = _record(0x0085, struct.pack("<IBBB", 0, 0, 0, len(sheet)) + b"\x00" + sheet.encode("latin-1"))
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0x06)) + _record(0x0042, struct.pack("<H", 1200))
    place = len(head) + len(bound) + 4
    bound = bound[:4] + struct.pack("<I", place) + bound[8:]
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0x06))
    body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            where = struct.pack("<HHH", number, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                body += _record(0x0204, where + struct.pack("<HB", len(value), 1) + text)
            else:
                body += _record(0x0203, where + struct.pack("<d", value))
    return _compound(head + bound + _record(0x000A, b"") + body + _record(0x000A, b""))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(stream: bytes) -> bytes:
    # A stream of less than 4,096 bytes would have to live in the small sectors.
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\x00")
    sectors = len(stream) // _SECTOR
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<I", _FREE) * 108
    chain = [_FAT, _END, *range(3, sectors + 2), _END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")
    root = _entry("Root Entry", kind=5, child=1, start=_END, size=0)
    book = _entry("Workbook", kind=2, child=_FREE, start=2, size=len(stream))
    return header + fat + (root + book).ljust(_SECTOR, b"\x00") + stream


def _entry(name: str, *, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    entry = text.ljust(64, b"\x00") + struct.pack("<HBB", len(text) + 2, kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)
