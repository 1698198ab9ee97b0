"""Files that old mail programs pack into a mail in their own way: uuencoded in the text, or in a winmail.dat (TNEF).

Of a winmail.dat the plain text and the files are taken; its rich text is left closed. (POSIX uuencode, MS-OXTNEF)
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_FILES: Final = 100

_UUENCODED: Final = re.compile(
    r"^begin[ ][0-7]{3,4}[ ](?P<name>[^\n]{1,200})\n(?P<lines>(?:[ -`]{1,62}\n)+?)(?:`?\n)?end[ \t]*$", re.MULTILINE
)
_TNEF_SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_TEXT: Final = 0x0002800C
_START_OF_FILE: Final = 0x00069002
_FILE_TITLE: Final = 0x00018010
_FILE_CONTENT: Final = 0x0006800F


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file by the name that its sender gave to it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What a wrapping held: a text, and files."""

    text: str
    files: tuple[PackedFile, ...]


def cut_uuencoded(text: str) -> Unpacked:
    """A text without the files that are uuencoded in it, and these files."""
    if "\nend" not in text or "begin " not in text:
        return Unpacked(text, ())
    files: list[PackedFile] = []
    pieces: list[str] = []
    at = 0
    for found in _UUENCODED.finditer(text):
        content = _decode_lines(found["lines"])
        if content is None or len(files) >= MAX_FILES:
            continue
        files.append(PackedFile(found["name"].strip(), content))
        pieces.append(text[at : found.start()])
        at = found.end()
    return Unpacked("".join((*pieces, text[at:])), tuple(files))


def open_winmail(content: bytes) -> Unpacked | None:
    """Plain text and files of a winmail.dat; None where it is none or is broken at its beginning."""
    if not content.startswith(_TNEF_SIGNATURE):
        return None
    text = ""
    files: list[PackedFile] = []
    name = ""
    for tag, value in _attributes(content):
        if tag == _TEXT:
            text = value.rstrip(b"\0").decode("cp1252", "replace")
        elif tag == _START_OF_FILE:
            name = ""
        elif tag == _FILE_TITLE:
            name = value.rstrip(b"\0").decode("cp1252", "replace")
        elif tag == _FILE_CONTENT and len(files) < MAX_FILES:
            files.append(PackedFile(name, value))
    return Unpacked(text, tuple(files))


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tags and values: level (1 byte), tag (4), length (4), value, checksum (2)."""
    at = 6
    while at + 9 <= len(content):
        tag = int.from_bytes(content[at + 1 : at + 5], "little")
        length = int.from_bytes(content[at + 5 : at + 9], "little")
        if at + 9 + length > len(content):
            return
        yield tag, content[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _decode_lines(lines: str) -> bytes | None:
    pieces: list[bytes] = []
    for line in lines.splitlines():
        try:
            pieces.append(binascii.a2b_uu(line))
        except (binascii.Error, ValueError):
            return None
    return b"".join(pieces)
