"""One small mail with a file of each kind: read once at the start, so that nothing is left to be loaded later."""

from __future__ import annotations

import zipfile
from base64 import b64encode
from io import BytesIO
from typing import Final

_HEAD: Final = (
    b"From: A <a@b.example>\r\nTo: c@d.example\r\nSubject: =?utf-8?q?Rechnung_=C3=A4?=\r\nMIME-Version: 1.0\r\n"
)
_TEXT: Final = b"Guten Tag, please send invoice INV-100 over EUR 1,200.50 of 3 March 2026. Thanks"
_PAGE: Final = b"<p>Hello <b>there</b></p>"
_BOOK: Final = """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1"
r:id="rId1"/></sheets></workbook>"""
_RELATIONS: Final = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"""
_SHEET: Final = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>INV-100</t></is></c><c r="B1"><v>1.5</v></c></row></sheetData></worksheet>"""
_DOCUMENT: Final = """<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>
<w:r><w:t>Hello</w:t></w:r></w:p></w:body></w:document>"""


def _make_package(parts: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _make_pdf() -> bytes:
    contents = b"BT /F1 12 Tf 72 700 Td (Invoice INV-100) Tj 200 0 Td (1,200.50) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(contents), contents),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj%sendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    return b"%sxref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        written,
        rows,
        len(written),
    )


def _make_mail() -> bytes:
    files = {
        "a.pdf": _make_pdf(),
        "a.xlsx": _make_package(
            {
                "xl/workbook.xml": _BOOK,
                "xl/_rels/workbook.xml.rels": _RELATIONS,
                "xl/worksheets/sheet1.xml": _SHEET,
            }
        ),
        "a.docx": _make_package({"word/document.xml": _DOCUMENT}),
        "a.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(1_024),
        "a.csv": b"Invoice;Amount\r\nINV-100;1,5\r\n",
        "a.html": b"<html><body>" + _PAGE + b"</body></html>",
        "a.txt": _TEXT,
    }
    parts = [b"Content-Type: text/plain\r\n\r\n" + _TEXT, b"Content-Type: text/html\r\n\r\n" + _PAGE]
    parts += [
        b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=%s\r\n\r\n%s" % (name.encode(), b64encode(content))
        for name, content in files.items()
    ]
    body = b"".join(b"--x\r\n%s\r\n" % part for part in parts)
    return _HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + body + b"--x--\r\n"


SAMPLES: Final = (_make_mail(),)
