"""Mails with files, and the files, made by hand so that each thing in them is on purpose."""

from __future__ import annotations

import zipfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from io import BytesIO

from csr_bot.core.message import Attachment
from csr_bot.core.parsing.sniffing import XLSX, sniff

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def make_mail(content: bytes, *, name: str = "file", declared: str = "application/octet-stream") -> bytes:
    """A plain request with one file."""
    return (
        b"From: Dana Ortiz <dana@fabrikam.example>\r\nTo: billing@shared.example\r\n"
        b"Message-ID: <1@fabrikam.example>\r\n"
        b"Subject: Invoice copy\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=sep\r\n\r\n"
        b"--sep\r\nContent-Type: text/plain\r\n\r\nPlease send a copy of invoice INV-2026-0431.\r\n"
        b"--sep\r\nContent-Type: " + declared.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="'
        + name.encode()
        + b'"\r\n\r\n'
        + b64encode(content)
        + b"\r\n--sep--\r\n"
    )


def make_attachment(content: bytes, *, name: str = "file", declared: str = "application/octet-stream") -> Attachment:
    """The file as the parser would hand it on."""
    found = sniff(content, declared=declared, filename=name)
    return Attachment(name, declared, len(content), "", content, found.content_type, found.flags)


def make_zip(parts: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_xlsx(
    rows: str,
    *,
    strings: str = "",
    before: str = "",
    after: str = "",
    prologue: str = "",
    state: str = "visible",
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of one sheet ``Data``; ``rows`` is what stands in its ``sheetData``."""
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="Data" sheetId="1" state="{state}" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{prologue}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}'
        "</worksheet>",
    }
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    return make_zip({**parts, **(more or {})})


def make_row(*cells: str, number: int = 1) -> str:
    """A row of texts."""
    inner = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in enumerate(cells)
    )
    return f'<row r="{number}">{inner}</row>'


def make_pdf(
    *contents: str,
    catalog: str = "",
    page: str = "",
    box: str = "0 0 595 842",
    trailer: str = "",
    objects: Sequence[bytes] = (),
) -> bytes:
    """A PDF with a page for each string of instructions; further objects begin at 100."""
    pages = [10 + 2 * place for place in range(len(contents))]
    found: dict[int, bytes] = {
        1: f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
        2: f"<</Type/Pages/Kids[{' '.join(f'{number} 0 R' for number in pages)}]/Count {len(pages)}>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    }
    for number, text in zip(pages, contents, strict=True):
        found[number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents {number + 1} 0 R"
            f"/Resources<</Font<</F1 3 0 R>>>>{page}>>"
        ).encode()
        found[number + 1] = f"<</Length {len(text)}>>stream\n{text}\nendstream".encode()
    found |= {100 + place: content for place, content in enumerate(objects)}
    written, places = b"%PDF-1.4\n", {}
    for number, content in found.items():
        places[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(
        b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
        for number in range(max(found) + 1)
    )
    tail = f"trailer\n<</Size {max(found) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + b"xref\n0 %d\n" % (max(found) + 1) + table + tail.encode()


def show_text(*lines: Sequence[tuple[int, str]]) -> str:
    """Instructions that write lines of texts, each at its own distance from the left."""
    pieces = [
        f"1 0 0 1 {left} {760 - 20 * number} Tm ({text}) Tj" for number, line in enumerate(lines) for left, text in line
    ]
    return "BT /F1 10 Tf " + " ".join(pieces) + " ET"


__all__ = ["XLSX", "make_attachment", "make_mail", "make_pdf", "make_row", "make_xlsx", "make_zip", "show_text"]
