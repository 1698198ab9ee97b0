"""Mails built to stop, starve or fool their reader, and what each of them must end as.

``Ending`` says where the reason stands: ``quarantined``, the file's ``problem`` or ``flags``; or that the mail is read.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from csr_bot.core.parsing.sniffing import XLSX
from tests.reader.mails import make_mail, make_pdf, make_row, make_xlsx, make_zip, show_text

HEAD = b"From: a@b.example\r\nMIME-Version: 1.0\r\n"
TEXT = show_text([(50, "Invoice INV-2026-0431"), (300, "EUR 1,200.50")])


@dataclass(frozen=True)
class Bomb:
    """A hostile mail and its ending: a reason code, and where it stands; None where the mail is simply read."""

    make: Callable[[], bytes]
    code: str | None = None
    where: str = "problem"


def xlsx(rows: str, **options: object) -> Callable[[], bytes]:
    return lambda: make_mail(make_xlsx(rows, **options), name="items.xlsx", declared=XLSX)  # type: ignore[arg-type]


def pdf(*contents: str, **options: object) -> Callable[[], bytes]:
    return lambda: make_mail(make_pdf(*contents, **options), name="a.pdf", declared="application/pdf")  # type: ignore[arg-type]


def archive(parts: dict[str, str | bytes], name: str = "a.zip") -> Callable[[], bytes]:
    return lambda: make_mail(make_zip(parts), name=name, declared="application/zip")


def csv(content: bytes) -> Callable[[], bytes]:
    return lambda: make_mail(content, name="a.csv", declared="text/csv")


def nest_zip(levels: int) -> bytes:
    content = bytes(1_000_000)
    for level in range(levels):
        content = make_zip({f"{level}.zip": content})
    return content


def repeat_entry() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("xl/workbook.xml", "a")
        packed.writestr("xl/Workbook.xml", "b")
    return buffer.getvalue()


def make_symlink() -> bytes:
    buffer = BytesIO()
    link = zipfile.ZipInfo("a")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def lock_entries(content: bytes) -> bytes:
    """The same archive with the mark of encryption on its entries."""
    changed = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(magic)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(magic, at + 4)
    return bytes(changed)


def break_checksum(content: bytes) -> bytes:
    """The same archive with a wrong checksum for its entries, in both places."""
    changed = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        at = changed.find(magic)
        while at >= 0:
            changed[at + offset] ^= 0xFF
            at = changed.find(magic, at + 4)
    return bytes(changed)


def claim_less(content: bytes) -> bytes:
    """The same archive, claiming that its entries unpack to ten bytes."""
    changed = bytearray(content)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def flate(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


def nested_kids(depth: int) -> list[bytes]:
    """A tree of pages as deep as this, hung in from object 100."""
    return [b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (101 + level) for level in range(depth)]


def ring_of_sectors() -> bytes:
    """An old workbook whose directory is a chain of sectors without an end."""
    free, table = 0xFFFFFFFF, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIII4xIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    numbers = struct.pack("<128I", table, 1, *[free] * 126)
    return header + numbers + "Workbook".encode("utf-16-le").ljust(512, b"\0")


LAUGHS = (
    "<!DOCTYPE w [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)) + "]>"
)
QUADRATIC = f"<!DOCTYPE w [<!ENTITY a '{'x' * 100_000}'>]>"
OUTSIDE = "<!DOCTYPE w [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"

BOMBS: dict[str, Bomb] = {
    "nested multiparts": Bomb(
        lambda: (
            HEAD
            + "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(2_000)).encode()
        ),
        "TOO_DEEP",
        "quarantined",
    ),
    "nested messages": Bomb(lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 2_000),
    "200,000 parts": Bomb(
        lambda: HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 200_000,
        "TOO_MANY_PARTS",
        "quarantined",
    ),
    "20,000 addresses": Bomb(
        lambda: HEAD + b"To: " + b", ".join(b"u%d@x.example" % n for n in range(20_000)) + b"\r\n\r\n"
    ),
    "a long run of encoded words": Bomb(
        lambda: HEAD + b"Subject: " + b" ".join([b"=?utf-8?q?abc?="] * 20_000) + b"\r\n\r\n"
    ),
    "3,000 nested comments": Bomb(
        lambda: b"From: " + b"(" * 3_000 + b")" * 3_000 + b" <a@b.example>\r\n\r\n", "SENDER_AMBIGUOUS", "quarantined"
    ),
    "5,000 parameters": Bomb(
        lambda: HEAD + b"Content-Type: text/plain; " + b"; ".join(b"p%d=v" % n for n in range(5_000)) + b"\r\n\r\n"
    ),
    "200,000 headers": Bomb(
        lambda: HEAD + b"".join(b"X-A%d: b\r\n" % n for n in range(200_000)) + b"\r\n",
        "TOO_MANY_HEADERS",
        "quarantined",
    ),
    "gaps in a split name": Bomb(
        lambda: HEAD + b"Content-Disposition: attachment; filename*0*=utf-8''a; filename*9999999=b\r\n\r\nx"
    ),
    "billion laughs": Bomb(xlsx(make_row("&a11;"), prologue=LAUGHS), ""),
    "quadratic entity": Bomb(xlsx(make_row("&a;" * 20_000), prologue=QUADRATIC), ""),
    "an entity from a file": Bomb(xlsx(make_row("&a;"), prologue=OUTSIDE), ""),
    "a text of 300 MB": Bomb(xlsx(make_row("x"), strings="<si><t>" + "a" * 300_000_000 + "</t></si>"), "ARCHIVE_BOMB"),
    "a million rows": Bomb(xlsx('<row><c t="n"><v>1</v></c></row>' * 1_000_000), "ARCHIVE_BOMB"),
    "200,000 rows": Bomb(xlsx('<row><c t="n"><v>1</v></c></row>' * 200_000), "CUT"),
    "a row of 150,000 cells": Bomb(xlsx("<row>" + '<c t="n"><v>1</v></c>' * 150_000 + "</row>"), "CUT"),
    "the farthest cell": Bomb(xlsx('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "CUT"),
    "a lying dimension": Bomb(xlsx(make_row("a"), before='<dimension ref="A1:XFD1048576"/>')),
    "a merged sheet": Bomb(xlsx(make_row("a"), after='<mergeCells><mergeCell ref="A1:XFD20000"/></mergeCells>')),
    "all columns hidden": Bomb(
        xlsx(make_row("a"), before='<cols><col min="1" max="999999999999" hidden="1"/></cols>'), "HIDDEN", "flags"
    ),
    "two entries of a name": Bomb(lambda: make_mail(repeat_entry(), name="a.xlsx", declared=XLSX), "ARCHIVE_DUPLICATE"),
    "a path that climbs": Bomb(archive({"../../etc/passwd": "x"}), "ARCHIVE_PATH"),
    "an absolute path": Bomb(archive({"/etc/passwd": "x"}), "ARCHIVE_PATH"),
    "a device name": Bomb(archive({"CON.txt": "x"}), "ARCHIVE_PATH"),
    "a link": Bomb(lambda: make_mail(make_symlink(), name="a.zip"), "ARCHIVE_PATH"),
    "ten nested archives": Bomb(lambda: make_mail(nest_zip(10), name="a.zip"), "ARCHIVE_NESTED", "flags"),
    "3,000 entries": Bomb(archive({f"{n}.txt": "x" for n in range(3_000)}), "ARCHIVE_BOMB"),
    "an archive with a password": Bomb(
        lambda: make_mail(lock_entries(make_zip({"a.txt": "x"})), name="a.zip"), "ENCRYPTED"
    ),
    "a wrong checksum": Bomb(
        lambda: make_mail(break_checksum(make_xlsx(make_row("a"))), name="a.xlsx", declared=XLSX), "DAMAGED"
    ),
    "a lying size": Bomb(
        lambda: make_mail(claim_less(make_xlsx(make_row("a"))), name="a.xlsx", declared=XLSX), "DAMAGED"
    ),
    "a cut archive": Bomb(lambda: make_mail(make_xlsx(make_row("a"))[:-40], name="a.xlsx"), "ARCHIVE_DAMAGED"),
    "macros renamed": Bomb(xlsx(make_row("a"), more={"xl/vbaProject.bin": b"x"}), "MACRO", "flags"),
    "a binary workbook renamed": Bomb(
        lambda: make_mail(make_zip({"xl/workbook.bin": b"x"}), name="a.xlsx", declared=XLSX), "TYPE_MISMATCH", "flags"
    ),
    "an old workbook renamed": Bomb(
        lambda: make_mail(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"),
            name="a.xlsx",
            declared=XLSX,
        ),
        "TYPE_MISMATCH",
        "flags",
    ),
    "a ring of sectors": Bomb(lambda: make_mail(ring_of_sectors(), name="a.xls"), "DAMAGED: the sectors"),
    "links to other files": Bomb(
        xlsx(make_row("a"), more={"xl/externalLinks/externalLink1.xml": "<a/>", "xl/connections.xml": "<a/>"}),
        "EXTERNAL",
        "flags",
    ),
    "a formula with another value": Bomb(
        xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>Total</t></is></c><c r="B1"><f>1+1</f><v>900</v></c></row>'),
        "FORMULAS",
    ),
    "a hidden sheet": Bomb(xlsx(make_row("a"), state="veryHidden"), "HIDDEN", "flags"),
    "hidden rows": Bomb(xlsx(make_row("a") + '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row>'), "HIDDEN", "flags"),
    "a PDF with a program": Bomb(
        pdf(TEXT, catalog="/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "ACTIVE", "flags"
    ),
    "a PDF that starts others": Bomb(pdf(TEXT, catalog="/OpenAction<</S/Launch/F(cmd.exe)>>"), "ACTIVE", "flags"),
    "a PDF with a file in it": Bomb(pdf(TEXT, catalog="/Names<</EmbeddedFiles<</Names[]>>>>"), "EMBEDDED", "flags"),
    "a PDF of 3,000 pages": Bomb(pdf(*[TEXT] * 3_000), "CUT"),
    "a PDF with a great page": Bomb(pdf(TEXT, box="0 0 1000000 1000000")),
    "a PDF with far-off text": Bomb(pdf(show_text([(50, "a"), (99_999_999, "b")])), None),
    "a PDF with a password": Bomb(
        pdf(TEXT, trailer="/Encrypt<</Filter/Standard/V 1/R 2/O(x)/U(y)/P -4>>/ID[(a)(a)]"), "ENCRYPTED"
    ),
    "a PDF with unseen text": Bomb(pdf(TEXT.replace("Tf", "Tf 3 Tr", 1)), "UNSEEN", "flags"),
    "a PDF that unpacks to 300 MB": Bomb(
        lambda: make_mail(
            make_pdf(TEXT, objects=[flate(b"BT " + b" " * 300_000_000)]).replace(
                b"/Contents 11 0 R", b"/Contents 100 0 R"
            ),
            name="a.pdf",
        ),
        "LIMIT",
    ),
    "a PDF of endless text": Bomb(pdf("BT /F1 10 Tf " + "(abc) Tj " * 200_000 + "ET"), None),
    "a PDF whose pages are a ring": Bomb(
        lambda: make_mail(make_pdf(TEXT).replace(b"/Kids[10 0 R]", b"/Kids[ 2 0 R]"), name="a.pdf"), ""
    ),
    "a PDF with a deep tree": Bomb(
        lambda: make_mail(
            make_pdf(TEXT, objects=nested_kids(2_000)).replace(b"/Kids[10 0 R]", b"/Kids[100 0 R]"), name="a.pdf"
        ),
        "",
    ),
    "a PDF of brackets": Bomb(pdf(TEXT, catalog="/A" + "[" * 50_000), None),
    "a great picture": Bomb(
        lambda: make_mail(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (50_000).to_bytes(4) * 2 + b"\x08\x06\x00\x00\x00", name="a.png"
        ),
        "NO_TEXT",
    ),
    "a PDF that is a ZIP": Bomb(
        lambda: make_mail(make_pdf(TEXT) + make_zip({"a.txt": "x"}), name="a.pdf"), "POLYGLOT", "flags"
    ),
    "a page that is a PDF": Bomb(
        lambda: make_mail(b"<html><script>alert(1)</script>" + make_pdf(TEXT), name="a.html"), "POLYGLOT", "flags"
    ),
    "a name that climbs": Bomb(lambda: make_mail(b"x", name="../../x"), "NAME_TRICK", "flags"),
    "a device as name": Bomb(lambda: make_mail(b"x", name="CON"), "NAME_TRICK", "flags"),
    "a long name": Bomb(lambda: make_mail(b"x", name="a" * 300 + ".txt"), "NAME_TRICK", "flags"),
    "a turned name": Bomb(lambda: make_mail(b"x", name="invoice\u202egpj.exe"), "EXECUTABLE", "flags"),
    "two endings": Bomb(lambda: make_mail(b"x", name="invoice.pdf.exe"), "NAME_TRICK", "flags"),
    "a program": Bomb(lambda: make_mail(b"MZ\x90\x00" + bytes(100), name="a.pdf"), "EXECUTABLE"),
    "a table with NUL": Bomb(csv(b"Invoice;Amount\r\nINV\x001;2\r\n"), None),
    "a table in UTF-16": Bomb(csv("Invoice;Amount\r\nINV-1;2\r\n".encode("utf-16"))),
    "a quote never closed": Bomb(csv(b'a;b\r\n"c;d\r\n' + b"e;f\r\n" * 100_000), "BROKEN_QUOTES"),
    "a line of 10 MB": Bomb(csv(b"a;" * 5_000_000), "CUT"),
    "an HTML file of 100,000 levels": Bomb(lambda: make_mail(b"<html>" + b"<div>" * 100_000, name="a.html")),
    "an XML file of entities": Bomb(
        lambda: make_mail(f"<?xml version='1.0'?>{LAUGHS}<a>&a11;</a>".encode(), name="a.xml")
    ),
    "a file of 25 MB": Bomb(lambda: make_mail(bytes(25_000_000), name="a.bin"), "TOO_LARGE"),
}
