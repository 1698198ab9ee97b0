"""Attachments read: the reader for each kind of file, and what is not read and why.

An attachment that cannot be read never stops its mail: it says so, and a check decides what that means for the case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from csr_bot.adapters.reader.documents import read_document
from csr_bot.adapters.reader.extract import Extract, ProblemError
from csr_bot.adapters.reader.pdf import read_pdf
from csr_bot.adapters.reader.sheets import read_xls, read_xlsx
from csr_bot.adapters.reader.texts import read_page, read_plain, read_separated
from csr_bot.core.message import Attachment, AttachmentReading, ParsedMessage
from csr_bot.core.parsing.sniffing import DOCX, MESSAGE, PDF, XLS, XLSM, XLSX, is_text_type

MAX_SIZE: Final = 20 * 1024 * 1024
"""Bytes of an attachment that is read."""
MAX_READ: Final = 20
"""Attachments of one mail that are read."""
MAX_ALL_TEXT: Final = 200_000
"""Characters of all attachments of one mail."""

_READERS: Final[Mapping[str, Callable[[bytes, Extract], None]]] = {
    PDF: read_pdf,
    XLSX: read_xlsx,
    XLSM: read_xlsx,
    XLS: read_xls,
    DOCX: read_document,
    "text/html": read_page,
    "text/csv": read_separated,
    "text/tab-separated-values": read_separated,
    "application/csv": read_separated,
}
# A file with one of these flags is not opened at all.
_CLOSED: Final = (
    "ARCHIVE_BOMB", "ARCHIVE_DAMAGED", "ARCHIVE_DUPLICATE", "ARCHIVE_PATH", "EMPTY", "ENCRYPTED", "EXECUTABLE",
)  # fmt: skip


def read_contents(message: ParsedMessage) -> ParsedMessage:
    """The message with its attachments read, and without their bytes."""
    if not message.attachments:
        return message
    left = MAX_ALL_TEXT
    done: list[Attachment] = []
    for place, attachment in enumerate(message.attachments):
        if place >= MAX_READ or left <= 0:
            skipped = AttachmentReading(problem=f"CUT: only {MAX_READ} attachments of a mail are read")
            done.append(replace(attachment, content=b"", reading=skipped))
            continue
        read = read_attachment(attachment)
        left -= _size(read.reading)
        done.append(read)
    return replace(message, attachments=tuple(done))


def read_attachment(attachment: Attachment) -> Attachment:
    """The attachment with what it says; a message in a message has no reading, it is the parser's."""
    if attachment.sniffed_type == MESSAGE:
        return replace(attachment, content=b"")
    extract = Extract()
    try:
        _read(attachment, extract)
    except ProblemError as problem:
        extract.note(str(problem))
    except RecursionError:
        extract.note("TOO_DEEP: the file is nested too deep")
    except MemoryError:
        extract = Extract()
        extract.note("LIMIT_MEMORY: reading the file needs too much memory")
    reading, flags = extract.finish()
    return replace(
        attachment,
        content=b"",
        reading=reading,
        flags=tuple(dict.fromkeys((*attachment.flags, *flags))),
    )


def _read(attachment: Attachment, extract: Extract) -> None:
    if attachment.size > MAX_SIZE:
        raise ProblemError(f"TOO_LARGE: more than {MAX_SIZE // 1024**2} MB")
    if closed := next((flag for flag in attachment.flags if flag.partition(":")[0] in _CLOSED), None):
        raise ProblemError(closed)
    kind = attachment.sniffed_type
    if kind.startswith("image/"):
        raise ProblemError("NO_TEXT: a picture")
    reader = _READERS.get(kind) or (read_plain if is_text_type(kind) and kind != "application/rtf" else None)
    if reader is None:
        raise ProblemError(f"UNSUPPORTED: {kind[:80]} is not read")
    reader(attachment.content, extract)


def _size(reading: AttachmentReading | None) -> int:
    if reading is None:
        return 0
    return len(reading.text) + sum(len(cell) for table in reading.tables for row in table.rows for cell in row)
