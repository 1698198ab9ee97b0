"""The directory of a ZIP file, read without unpacking anything: what is in it, and what is wrong with it.

Office files are ZIP files too. A directory only claims sizes; who unpacks an entry must stop at the claimed one.
(APPNOTE.TXT 6.3)
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

MAX_ENTRIES: Final = 2_000
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_RATIO: Final = 100
"""Bytes unpacked for each byte packed, of entries larger than `SMALL`; honest sheets stay below half of it."""
SMALL: Final = 8 * 1024 * 1024

_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"[/\\]|[a-z]:", re.IGNORECASE)
_PROGRAM: Final = re.compile(
    r"\.(?:exe|scr|com|pif|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|jar|msi|lnk|reg|cpl|dll|iso|img|vhd|chm|scf|url)$",
    re.IGNORECASE,
)
_ARCHIVE: Final = re.compile(r"\.(?:zip|7z|rar|gz|tgz|bz2|xz|tar|cab|ace|arj|lzh)$", re.IGNORECASE)
_LINK: Final = 0o120000
_KIND_OF_FILE: Final = 0o170000
_ENCRYPTED: Final = 0x1


@dataclass(frozen=True, slots=True)
class Archive:
    """The names in a ZIP file, in its order, and reason codes for what is wrong with it."""

    names: tuple[str, ...]
    flags: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether there is an entry of exactly this name."""
        return name in self.names


def read_directory(content: bytes) -> Archive:
    """The directory of a ZIP file. Where it cannot be read, there are no names and a flag says why."""
    if content.count(_DIRECTORY_ENTRY) > MAX_ENTRIES:
        return Archive((), (f"ARCHIVE_BOMB: more than {MAX_ENTRIES} entries",))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, EOFError, OSError) as error:
        return Archive((), (f"ARCHIVE_DAMAGED: {str(error)[:100]}",))
    return Archive(tuple(entry.filename for entry in entries), tuple(dict.fromkeys(_find_flags(entries))))


def is_program_name(name: str) -> bool:
    """Whether a file of this name is run when it is opened."""
    return _PROGRAM.search(name.rstrip(" .")) is not None


def is_device_name(name: str) -> bool:
    """Whether some systems take the name for a device."""
    return _DEVICE.match(name) is not None


def _find_flags(entries: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        yield "ARCHIVE_DUPLICATE: an entry is there twice"
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        yield f"ARCHIVE_BOMB: it unpacks to more than {MAX_UNPACKED // 1024**2} MB"
    for entry in entries:
        if entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            yield f"ARCHIVE_BOMB: an entry unpacks to more than {MAX_RATIO} times its size"
        if entry.flag_bits & _ENCRYPTED:
            yield "ENCRYPTED: an entry of the archive"
        yield from _find_name_flags(entry)


def _find_name_flags(entry: zipfile.ZipInfo) -> Iterator[str]:
    pieces = entry.filename.replace("\\", "/").split("/")
    if ".." in pieces or _ABSOLUTE.match(entry.filename) or any(_DEVICE.match(piece) for piece in pieces):
        yield "ARCHIVE_PATH: an entry would be unpacked elsewhere"
    if (entry.external_attr >> 16) & _KIND_OF_FILE == _LINK:
        yield "ARCHIVE_PATH: an entry is a link"
    if is_program_name(pieces[-1]):
        yield "EXECUTABLE: a program in the archive"
    elif _ARCHIVE.search(pieces[-1]):
        yield "ARCHIVE_NESTED: an archive in the archive"
