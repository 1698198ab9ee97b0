"""Whether the sectors of a compound file (xls, doc, msg) form chains that end; rings make readers take all memory.

Only the tables of sectors are looked at, in one pass. ([MS-CFB] 2.2 to 2.6)
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from typing import Final

_SHIFTS: Final = struct.Struct("<HH")
_STARTS: Final = struct.Struct("<I4xII4xI")
_IN_HEADER: Final = 109
"""Places of table sectors that the header has room for."""
_REGULAR: Final = 0xFFFFFFFA
"""Numbers from here on are no sectors: free, end of a chain, or a table."""
_ENTRY: Final = 128
_STREAM: Final = 2
_STORED: Final = frozenset({_STREAM, 5})
"""Kinds of directory entries that have content: streams and the root."""


class _UnsoundError(Exception):
    pass


def has_sound_chains(content: bytes) -> bool:
    """Whether every chain of sectors ends, and none is longer than the file."""
    try:
        return _check(content)
    except (_UnsoundError, struct.error):
        return False


def _check(content: bytes) -> bool:
    shift, mini_shift = _SHIFTS.unpack_from(content, 30)
    directory, cutoff, mini_start, more = _STARTS.unpack_from(content, 48)
    if shift not in (9, 12) or mini_shift != 6:
        return False
    size = 1 << shift
    table = _read_numbers(content, _table_sectors(content, size, more), size)
    budget = [len(table)]
    entries = b"".join([_sector(content, number, size) for number in _walk(directory, table, budget)])
    mini_table = _read_numbers(content, list(_walk(mini_start, table, budget)), size)
    mini_budget = [len(mini_table)]
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        kind, (start, length) = entries[at + 66], struct.unpack_from("<II", entries, at + 116)
        if kind not in _STORED or not length:
            continue
        if kind == _STREAM and length < cutoff:
            _walk_through(start, mini_table, mini_budget)
        else:
            _walk_through(start, table, budget)
    return True


def _table_sectors(content: bytes, size: int, more: int) -> list[int]:
    """The sectors that hold the table: those named in the header, then in a chain of sectors of its own."""
    found = list(struct.unpack_from(f"<{_IN_HEADER}I", content, 76))
    most = len(content) // size + 1
    while more < _REGULAR:
        numbers = _numbers(_sector(content, more, size))
        found.extend(numbers[:-1])
        more = numbers[-1]
        if len(found) > most + len(numbers) + _IN_HEADER:
            raise _UnsoundError
    return [number for number in found if number < _REGULAR]


def _read_numbers(content: bytes, sectors: list[int], size: int) -> array[int]:
    if len(sectors) > len(content) // size + 1:
        raise _UnsoundError
    return _numbers(b"".join(_sector(content, number, size) for number in sectors))


def _numbers(data: bytes) -> array[int]:
    return array("I", struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _sector(content: bytes, number: int, size: int) -> bytes:
    start = (number + 1) * size
    if start >= len(content):
        raise _UnsoundError
    return content[start : start + size]


def _walk(number: int, table: array[int], budget: list[int]) -> Iterator[int]:
    """The sectors of a chain. In a sound file no sector is in two, so all of them share one budget."""
    while number < _REGULAR:
        budget[0] -= 1
        if budget[0] < 0 or number >= len(table):
            raise _UnsoundError
        yield number
        number = table[number]


def _walk_through(number: int, table: array[int], budget: list[int]) -> None:
    for _ in _walk(number, table, budget):
        pass
