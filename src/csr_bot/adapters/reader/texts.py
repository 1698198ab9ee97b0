"""Text files: plain text, HTML, and tables written as text with commas, semicolons, tabs or bars.

A value stays the text that it is: 00123 keeps its zeros and NA is no gap. (RFC 4180)
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from typing import Final

from csr_bot.adapters.reader.extract import MAX_ROWS, Extract
from csr_bot.core.parsing.charsets import clean_text, decode_bytes
from csr_bot.core.parsing.markup import MAX_MARKUP, read_markup

MAX_BYTES: Final = 2_000_000
"""Bytes of a text file that are looked at."""
MAX_LINE: Final = 20_000
"""Characters of a line in a table; more is no line that a person or a program for accounts wrote."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = (";", "\t", ",", "|")
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)


def read_plain(content: bytes, extract: Extract) -> None:
    """The text as it stands."""
    extract.add_text(decode_text(content, extract))


def read_page(content: bytes, extract: Extract) -> None:
    """The text that a person would see of an HTML file."""
    charset = _CHARSET.search(content[:2_000])
    if b"<script" in content[:MAX_MARKUP].lower():
        extract.flag("ACTIVE: the page has a program in it")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or not charset:
        markup = decode_text(content, extract)
    else:
        markup = decode_bytes(content[:MAX_BYTES], charset[1].decode("ascii"), defects=[])
    extract.add_text(read_markup(clean_text(markup, defects=[])))


def read_separated(content: bytes, extract: Extract) -> None:
    """The rows of a CSV or TSV file; plain text where no sign separates anything."""
    text = decode_text(content, extract)
    delimiter = find_delimiter(text)
    if delimiter is None:
        extract.add_text(text)
        return
    extract.add_table("", _rows(text, delimiter, extract))


def decode_text(content: bytes, extract: Extract) -> str:
    """The text of a file without a label: by its mark, else UTF-8, else the charset of Windows in the west."""
    if len(content) > MAX_BYTES:
        extract.note(f"CUT: more than {MAX_BYTES} bytes of text")
        content = content[:MAX_BYTES]
    charset = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    text = content.decode(charset, "replace") if charset != "utf-8" else _decode_unmarked(content)
    return text.replace("\x00", "")


def find_delimiter(text: str) -> str | None:
    """The sign that separates cells: in most of the first lines, and about as often in each; None if there is none."""
    lines = [line[:MAX_LINE] for line in text[:MAX_BYTES].split("\n", 40)[:40] if line.strip()]
    if lines and (stated := re.fullmatch(r"sep=(.)\s*", lines[0], re.IGNORECASE)):
        return stated[1]
    best, best_score = None, 0
    for delimiter in _DELIMITERS:
        counts = sorted(line.count(delimiter) for line in lines)
        common = counts[len(counts) // 2] if counts else 0
        # Lines that have as many as most do; a comma inside amounts differs from line to line.
        score = common * sum(count == common for count in counts) if common else 0
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _decode_unmarked(content: bytes) -> str:
    # A cut may have gone through a character.
    for end in (len(content), len(content) - 1, len(content) - 2, len(content) - 3):
        try:
            return content[: max(end, 0)].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", "replace")


def _rows(text: str, delimiter: str, extract: Extract) -> Iterator[list[str]]:
    lines = [line for line in StringIO(text, newline=None) if line.strip()]
    if lines and re.fullmatch(r"sep=.\s*", lines[0], re.IGNORECASE):
        lines = lines[1:]
    if any(len(line) > MAX_LINE for line in lines):
        extract.note(f"CUT: a line of more than {MAX_LINE} characters")
        lines = [line[:MAX_LINE] for line in lines]
    try:
        rows = _parse(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        extract.note("BROKEN_QUOTES: a quotation mark is not closed, so that lines were read without them")
        rows = _parse(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    yield from rows


def _parse(reader: Iterator[list[str]]) -> list[list[str]]:
    return list(islice(reader, MAX_ROWS + 1))
