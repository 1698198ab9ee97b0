"""Which parts of a mail are its text and which are attachments, and both of them read.

Of alternatives the plain one is taken, unless it is empty or only says that the mail has HTML. (RFC 2046)
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from csr_bot.core.message import Attachment
from csr_bot.core.parsing.charsets import clean_text, decode_bytes
from csr_bot.core.parsing.markup import MAX_MARKUP, read_markup
from csr_bot.core.parsing.mime import Part

MAX_TEXT: Final = 500_000
"""Characters of text that are kept."""

_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(
    r"(?:html|format)[\w\s-]{0,60}(?:e-?mail|message|nachricht|client|view)", re.IGNORECASE
)
_UNSAFE_IN_NAME: Final = re.compile(r'[\x00-\x1f\x7f"<>|:*?]')
_MAX_NAME: Final = 200

# First bytes of the formats that customers send; ZIP and OLE keep the more telling declared type.
_MAGIC: Final = (
    (b"%PDF-", "application/pdf", frozenset[str]()),
    (
        b"PK\x03\x04",
        "application/zip",
        frozenset({"officedocument", "opendocument", "zip", "macroenabled", "jar", "epub"}),
    ),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "application/x-ole-storage",
        frozenset({"msword", "ms-excel", "ms-powerpoint", "ms-outlook", "ole"}),
    ),
    (b"\x89PNG\r\n\x1a\n", "image/png", frozenset[str]()),
    (b"\xff\xd8\xff", "image/jpeg", frozenset({"jpg"})),
    (b"GIF8", "image/gif", frozenset[str]()),
    (b"II*\x00", "image/tiff", frozenset[str]()),
    (b"MM\x00*", "image/tiff", frozenset[str]()),
    (b"MZ", "application/x-msdownload", frozenset[str]()),
    (b"Rar!\x1a\x07", "application/vnd.rar", frozenset[str]()),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", frozenset[str]()),
)
_NEVER_TEXT: Final = frozenset(
    {"text/calendar", "text/x-vcard", "text/vcard", "text/csv", "text/rtf", "text/xml", "text/x-amp-html"}
)
# Parts of reports: read where they say something, never handed on as files.
_REPORTS: Final = frozenset(
    {"message/delivery-status", "message/feedback-report", "message/disposition-notification", "text/rfc822-headers"}
)


def read_text(root: Part, *, defects: list[str]) -> str:
    """The readable text of a mail, its inline text parts in order."""
    texts = [text for text in _texts(root, defects) if text and not text.isspace()]
    text = texts[0] if len(texts) == 1 else "\n\n".join(part.strip("\n") for part in texts)
    if len(text) > MAX_TEXT:
        defects.append(f"a text of {len(text)} characters was cut to {MAX_TEXT}")
        text = text[:MAX_TEXT]
    return text


def read_attachments(root: Part, *, defects: list[str]) -> tuple[Attachment, ...]:
    """The files of a mail, with what they are by their first bytes where that is plain, else as declared."""
    if not root.children and _is_text(root):
        return ()
    return tuple(
        _read_attachment(part, defects)
        for part in root.leaves()
        if not _is_text(part) and part.content_type not in _REPORTS
    )


def unreadable_reason(root: Part) -> str | None:
    """Why the mail's text stays closed to us: encrypted or in a wrapping that only one mail program opens; None if
    neither.
    """
    for part in (root, *root.leaves()):
        if part.content_type in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
            return "ENCRYPTED: an S/MIME envelope"
        if part.content_type == "application/pgp-encrypted" or b"-----BEGIN PGP MESSAGE-----" in part.body[:2_000]:
            return "ENCRYPTED: a PGP message"
        if part.content_type in {"application/ms-tnef", "application/vnd.ms-tnef"}:
            return "WRAPPED: the text is inside winmail.dat"
        if part.content_type == "application/x-microsoft-rpmsg-message":
            return "ENCRYPTED: a rights-protected message"
    return None


def _is_text(part: Part) -> bool:
    if not part.content_type.startswith("text/") or part.content_type in _NEVER_TEXT:
        return False
    return part.disposition != "attachment" and (
        part.filename is None or (part.disposition == "inline" and part.content_type == "text/html")
    )


def _texts(part: Part, defects: list[str]) -> list[str]:
    if not part.children:
        return [_decode(part, defects)] if _is_text(part) else []
    if part.content_type == "multipart/alternative":
        return _best_alternative(part, defects)
    return [text for child in part.children for text in _texts(child, defects)]


def _best_alternative(part: Part, defects: list[str]) -> list[str]:
    plain = next((child for child in part.children if child.content_type == "text/plain" and _is_text(child)), None)
    if plain is not None:
        text = _decode(plain, defects)
        if text.strip() and not (len(text) < 300 and _PLACEHOLDER.search(text)):
            return [text]
    for child in reversed(part.children):
        texts = [] if child is plain else [text for text in _texts(child, defects) if text.strip()]
        if texts:
            return texts
    return [_decode(plain, defects)] if plain is not None else []


def _decode(part: Part, defects: list[str]) -> str:
    data = part.content()
    charset = part.parameters.get("charset", "")
    if part.content_type != "text/html":
        return clean_text(decode_bytes(data, charset, defects=defects), defects=defects)
    if len(data) > MAX_MARKUP:
        defects.append(f"HTML of {len(data)} bytes was cut to {MAX_MARKUP}")
        data = data[:MAX_MARKUP]
    if not charset and (meta := _META_CHARSET.search(data[:2_000])):
        charset = meta[1].decode("ascii")
    markup = clean_text(decode_bytes(data, charset, defects=defects), defects=defects)
    # Once more behind the markup: what cannot be seen may be written as an entity.
    return clean_text(read_markup(markup), defects=defects)


def _read_attachment(part: Part, defects: list[str]) -> Attachment:
    content = part.content()
    name = _safe_name(part.filename or "", part.content_type)
    content_type = _sniff(content, part.content_type)
    if content_type != part.content_type != "application/octet-stream":
        defects.append(f"attachment {name!r} says {part.content_type[:60]} but is {content_type}")
    return Attachment(
        filename=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )


def _safe_name(name: str, content_type: str) -> str:
    """The last part of the name without characters that mislead or that no file system keeps."""
    cleaned = clean_text(name, defects=[])
    cleaned = _UNSAFE_IN_NAME.sub("_", cleaned.replace("\\", "/").rpartition("/")[2]).strip(" .")
    if not cleaned:
        return "message.eml" if content_type == "message/rfc822" else "unnamed"
    if len(cleaned) <= _MAX_NAME:
        return cleaned
    stem, dot, ending = cleaned.rpartition(".")
    return f"{stem[: _MAX_NAME - 20]}{dot}{ending[:15]}"


def _sniff(content: bytes, declared: str) -> str:
    for magic, content_type, cousins in _MAGIC:
        if content.startswith(magic):
            return declared if any(word in declared for word in cousins) else content_type
    return declared if "/" in declared else "application/octet-stream"
