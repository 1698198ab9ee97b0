"""The files of a mail: their names, their content, and what they are by their bytes.

A file that says nothing beside the mail's text, such as the machine's part of a report, is not handed on. What a file
holds is left to its readers. (RFC 2183)
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from csr_bot.core.message import Attachment
from csr_bot.core.parsing.bodies import WINMAIL, is_text
from csr_bot.core.parsing.charsets import clean_text
from csr_bot.core.parsing.headers import decode_text
from csr_bot.core.parsing.mime import Part, split_headers
from csr_bot.core.parsing.sniffing import sniff
from csr_bot.core.parsing.wrappings import PackedFile, cut_uuencoded, open_winmail

MAX_TYPE: Final = 100
"""Characters of a content type."""

_UNSAFE_IN_NAME: Final = re.compile(r'[\x00-\x1f\x7f"<>|*?]')
_MAX_NAME: Final = 200
_MAX_ATTACHED_HEADERS: Final = 50_000
# Names for parts that have none, as people would call them.
_PLAIN_NAMES: Final = {
    "image/jpeg": "image.jpg", "image/jpg": "image.jpg", "image/png": "image.png", "image/gif": "image.gif",
    "image/bmp": "image.bmp", "image/tiff": "image.tif", "application/pdf": "document.pdf", "text/plain": "document.txt",
    "text/html": "document.html", "text/csv": "table.csv", "text/calendar": "invitation.ics", "application/zip": "archive.zip",
    "video/quicktime": "video.mov", "video/mp4": "video.mp4", "audio/mpeg": "audio.mp3", "audio/wav": "audio.wav",
}  # fmt: skip
# Parts of reports: read where they say something, never handed on as files.
_REPORTS: Final = frozenset(
    {"message/delivery-status", "message/feedback-report", "message/disposition-notification", "text/rfc822-headers"}
)


def read_attachments(root: Part) -> tuple[Attachment, ...]:
    """The files of a mail, with what they are by their first bytes where that is plain, else as declared."""
    found: list[Attachment] = []
    for part in root.leaves() if root.children else (root,):
        if is_text(part):
            found.extend(_make_attachment(file.name, "", file.content) for file in _packed_in_text(part))
        elif part.content_type not in _REPORTS:
            content = part.content()
            unpacked = open_winmail(content) if part.content_type in WINMAIL else None
            if unpacked is not None and unpacked.files:
                found.extend(_make_attachment(file.name, "", file.content) for file in unpacked.files)
            else:
                found.append(_make_attachment(_name_of(part, content), part.content_type, content))
    return tuple(found)


def _make_attachment(name: str, declared: str, content: bytes) -> Attachment:
    # The bare declared type: parameters of it may lie too, and nobody reads them.
    sniffed = sniff(content, declared=declared, filename=name)
    return Attachment(
        filename=_safe_name(name),
        content_type=declared[:MAX_TYPE] if "/" in declared else "application/octet-stream",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        sniffed_type=sniffed.content_type,
        flags=sniffed.flags,
    )


def _name_of(part: Part, content: bytes) -> str:
    """The name that the sender gave to a part, else the subject of an attached mail, else a plain one."""
    if part.filename:
        return part.filename
    if part.content_type == "message/rfc822":
        subject = dict(reversed(split_headers(content[:_MAX_ATTACHED_HEADERS].lstrip(b"\r\n"))[0])).get("subject", "")
        name = decode_text(subject, defects=[], limit=500) or part.headers.get("content-description", "") or "message"
        return f"{name[:_MAX_NAME]}.eml".replace("/", "_").replace("\\", "_")
    if part.content_type in _PLAIN_NAMES:
        return _PLAIN_NAMES[part.content_type]
    return part.headers.get("content-id", "").strip("<> ").partition("@")[0]


def _safe_name(name: str) -> str:
    """The last part of the name without characters that mislead or that no file system keeps."""
    cleaned = clean_text(name, defects=[])
    cleaned = _UNSAFE_IN_NAME.sub("_", cleaned.replace("\\", "/").rpartition("/")[2]).strip(" .")
    if not cleaned:
        return "unnamed"
    if len(cleaned) <= _MAX_NAME:
        return cleaned
    stem, dot, ending = cleaned.rpartition(".")
    return f"{stem[: _MAX_NAME - 20]}{dot}{ending[:15]}"


def _packed_in_text(part: Part) -> tuple[PackedFile, ...]:
    """Files that are uuencoded in a text."""
    if b"\nend" not in part.body or b"begin " not in part.body:
        return ()
    return cut_uuencoded(clean_text(part.content().decode("latin-1"), defects=[])).files
