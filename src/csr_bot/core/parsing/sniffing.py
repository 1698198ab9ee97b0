"""What an attachment is by its bytes, and what about it deceives: its type, its name, its lock, its programs.

Nothing is unpacked or run. What a file says is left to its readers; here is only decided which reader may see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from csr_bot.core.parsing.archives import Archive, is_device_name, is_program_name, read_directory

MAX_NAME: Final = 255

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM: Final = "application/vnd.ms-excel.sheet.macroenabled.12"
XLSB: Final = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
XLS: Final = "application/vnd.ms-excel"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC: Final = "application/msword"
MSG: Final = "application/vnd.ms-outlook"
OLE: Final = "application/x-ole-storage"
ZIP: Final = "application/zip"
ODF: Final = "application/vnd.oasis.opendocument."
PROGRAM: Final = "application/x-msdownload"
MESSAGE: Final = "message/rfc822"
UNKNOWN: Final = "application/octet-stream"

_ZIP_MAGIC: Final = b"PK\x03\x04"
_ZIP_END: Final = b"PK\x05\x06"
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: Final = (
    (b"%PDF-", PDF),
    (_ZIP_MAGIC, ZIP),
    (_ZIP_END, ZIP),
    (_OLE_MAGIC, OLE),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "image/bmp"),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", PROGRAM),
    (b"#!/", PROGRAM),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"x\x9f>\x22", "application/ms-tnef"),
    (b"{\\rtf", "application/rtf"),
)
_SHORT_MAGIC: Final = frozenset({"image/bmp"})  # two letters, which a text may begin with
_HEIC: Final = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)
_WEBP: Final = re.compile(rb"RIFF....WEBP", re.DOTALL)
# Parts of an OOXML package that say what it is.
_PACKAGES: Final = (
    ("xl/workbook.xml", XLSX),
    ("xl/workbook.bin", XLSB),
    ("word/document.xml", DOCX),
    ("ppt/presentation.xml", PPTX),
    ("META-INF/MANIFEST.MF", "application/java-archive"),
)
# Names of streams in an OLE file, as they stand in its directory.
_STREAMS: Final = tuple(
    (name.encode("utf-16-le"), content_type)
    for name, content_type in (
        ("Workbook", XLS),
        ("WordDocument", DOC),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
        ("__properties_version1.0", MSG),
        ("Book\0", XLS),
    )
)
_OLE_LOCK: Final = tuple(name.encode("utf-16-le") for name in ("EncryptedPackage", "EncryptionInfo"))
_OLE_MACRO: Final = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "VBA\0"))
_ODF_TYPE: Final = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z-]{3,30})")

_PAGE: Final = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|p|script)\b", re.IGNORECASE | re.DOTALL
)
_FIELDS: Final = re.compile(rb"(?:[A-Za-z][A-Za-z-]{1,40}:[ \t][^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}")
_FIELD_NAMES: Final = re.compile(
    rb"^(?:from|received|subject|date|message-id|to|return-path):", re.IGNORECASE | re.MULTILINE
)
_NOT_IN_TEXT: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_LOOK: Final = 4_096

_TEXT_TYPES: Final = frozenset(
    {"application/json", "application/xml", "application/csv", "application/rtf", "application/ics", "message/rfc822"}
)
_VAGUE_TYPES: Final = re.compile(
    r"application/(?:octet-stream|x-?download|force-download|x-unknown|unknown|binary|save|x-octet-stream)$|^$|^[^/]*$"
)
# What the ending of a name promises.
_ENDINGS: Final = {
    "pdf": PDF, "xlsx": XLSX, "xlsm": XLSM, "xlsb": XLSB, "xls": XLS, "docx": DOCX, "doc": DOC, "pptx": PPTX,
    "zip": ZIP, "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "tif": "image/tiff",
    "tiff": "image/tiff", "heic": "image/heic", "csv": "text/csv", "tsv": "text/csv", "txt": "text/plain",
    "htm": "text/html", "html": "text/html", "eml": MESSAGE, "msg": MSG, "xml": "text/xml", "json": "application/json",
    "ods": f"{ODF}spreadsheet", "odt": f"{ODF}text",
}  # fmt: skip
_TWO_ENDINGS: Final = re.compile(
    r"\.(?:pdf|xlsx?|docx?|csv|txt|jpe?g|png|html?)\s*\.\s*[a-z0-9]{2,4}\s*$", re.IGNORECASE
)
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the bytes are, and reason codes, each with a sentence, for what deceives or is dangerous."""

    content_type: str
    flags: tuple[str, ...]


def sniff(content: bytes, *, declared: str, filename: str) -> Sniffed:
    """The type of a file and its flags; ``declared`` and ``filename`` as the mail gives them, not yet made safe."""
    archive = read_directory(content) if content[:4] in (_ZIP_MAGIC, _ZIP_END) else None
    content_type = _find_type(content, archive, declared.lower(), filename)
    flags = [
        *_find_name_flags(filename),
        *_find_mismatch(content_type, declared.lower(), filename),
        *_find_dangers(content, content_type, archive),
    ]
    return Sniffed(content_type, tuple(dict.fromkeys(flags)))


def is_text_type(content_type: str) -> bool:
    """Whether a file of this type is read as text."""
    return content_type.startswith("text/") or content_type in _TEXT_TYPES or content_type.endswith(("+xml", "+json"))


def _find_type(content: bytes, archive: Archive | None, declared: str, filename: str) -> str:
    found = next((content_type for magic, content_type in _MAGIC if content.startswith(magic)), "")
    if found == ZIP:
        return _find_package(content, archive)
    if found == OLE:
        return next((content_type for name, content_type in _STREAMS if name in content), OLE)
    if found and not (found in _SHORT_MAGIC and _looks_like_text(content)):
        return found
    return _find_inside(content) or _find_text_type(content, declared, filename)


def _find_inside(content: bytes) -> str:
    """The types whose signs do not stand at the very beginning."""
    if _HEIC.match(content):
        return "image/heic"
    if _WEBP.match(content):
        return "image/webp"
    # Readers forgive what stands before a PDF.
    return PDF if b"%PDF-" in content[:1_024] else ""


def _find_package(content: bytes, archive: Archive | None) -> str:
    names = archive.names if archive else ()
    for name, content_type in _PACKAGES:
        if name in names:
            macros = any(entry.lower().endswith("vbaproject.bin") for entry in names)
            return XLSM if macros and content_type == XLSX else content_type
    # The first entry of an OpenDocument file is its type, not packed. (ODF 1.3, part 2, 3.3)
    odf = _ODF_TYPE.search(content[:200])
    return odf[1].decode("ascii") if odf else ZIP


def _find_text_type(content: bytes, declared: str, filename: str) -> str:
    if not content or not _looks_like_text(content):
        # Bytes without a sign may be what they are said to be, unless that is known by a sign, or is text.
        signed = is_text_type(declared) or declared in _ENDINGS.values() or _VAGUE_TYPES.search(declared)
        return UNKNOWN if signed or not content else declared
    look = content[:_LOOK].removeprefix(b"\xef\xbb\xbf")
    if _PAGE.match(look):
        return "text/html"
    if look.lstrip().startswith(b"<?xml"):
        return "text/xml"
    if _FIELDS.match(look) and len(set(_FIELD_NAMES.findall(look))) >= 3:
        return MESSAGE
    named = _ENDINGS.get(_ending(filename), "")
    for promise in (named, declared):
        # Without a sign of its own, any text may be what it is said to be, but for pages and mails.
        if is_text_type(promise) and promise not in {"text/html", MESSAGE, "application/rtf"}:
            return promise
    return "text/plain"


def _looks_like_text(content: bytes) -> bool:
    look = content[:_LOOK]
    if look.startswith(_MARKS):
        return True
    return _NOT_IN_TEXT.search(look) is None


def _ending(filename: str) -> str:
    return filename.rstrip(" .").rpartition(".")[2].lower() if "." in filename else ""


def _find_name_flags(filename: str) -> Iterator[str]:
    if _TURNING.search(filename):
        yield "NAME_TRICK: the name has marks that turn its direction"
    if _TWO_ENDINGS.search(filename) and is_program_name(filename):
        yield "NAME_TRICK: the name has two endings"
    if ".." in re.split(r"[/\\]", filename) or is_device_name(filename):
        yield "NAME_TRICK: the name leads elsewhere"
    if len(filename) > MAX_NAME or any(ord(sign) < 32 for sign in filename):
        yield "NAME_TRICK: a name that no system keeps"
    if is_program_name(filename):
        yield "EXECUTABLE: the name of a program"


def _find_mismatch(found: str, declared: str, filename: str) -> Iterator[str]:
    promises = {"the mail": declared, "its name": _ENDINGS.get(_ending(filename), "")}
    for source, promise in promises.items():
        if not _VAGUE_TYPES.search(promise) and not _agree(promise, found):
            yield f"TYPE_MISMATCH: {source} says {promise[:80]}, it is {found[:80]}"


def _agree(promise: str, found: str) -> bool:
    """Whether a type is a way of saying another: text of any kind, and the vague names that mail programs use."""
    if promise == found:
        return True
    if is_text_type(promise) and is_text_type(found):
        return found not in {"text/html", MESSAGE} or promise in {"text/plain", "text/xml", "application/xhtml+xml"}
    # What Excel registers for CSV files on the sender's computer.
    if promise == XLS and found in {"text/csv", "text/plain"}:
        return True
    names = {promise.rpartition("/")[2].removeprefix("x-"), found.rpartition("/")[2].removeprefix("x-")}
    return any(names <= cousins for cousins in _COUSINS)


_COUSINS: Final = (
    frozenset({"jpeg", "jpg", "pjpeg"}),
    frozenset({"tiff", "tif"}),
    frozenset({"heic", "heif"}),
    frozenset({"bmp", "ms-bmp"}),
    frozenset({"zip", "zip-compressed", "compressed"}),
    frozenset({"vnd.ms-excel", "msexcel", "excel", "ms-excel", "ole-storage"}),
    frozenset({"pdf", "acrobat"}),
    frozenset({"rtf", "msword"}),
    frozenset({"gzip", "gz"}),
    frozenset({"rar", "vnd.rar", "rar-compressed"}),
    frozenset({"ms-tnef", "vnd.ms-tnef"}),
)


def _find_dangers(content: bytes, content_type: str, archive: Archive | None) -> Iterator[str]:
    if not content:
        yield "EMPTY: a file without content"
    if content_type == PROGRAM:
        yield "EXECUTABLE: a program"
    if archive is not None:
        yield from archive.flags
        if any(name.lower().endswith("vbaproject.bin") for name in archive.names):
            yield "MACRO: the document has macros"
    elif content.startswith(_OLE_MAGIC):
        if any(name in content for name in _OLE_LOCK):
            yield "ENCRYPTED: a document with a password"
        if any(name in content for name in _OLE_MACRO):
            yield "MACRO: the document has macros"
    elif content.rfind(_ZIP_END, max(len(content) - 65_557, 0)) >= 0:
        yield "POLYGLOT: a ZIP file as well"
    if content_type == PDF and not content.startswith(b"%PDF-"):
        yield "POLYGLOT: something else stands before the PDF"
