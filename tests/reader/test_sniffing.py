"""What a file is by its bytes, against what the mail and its name say."""

from __future__ import annotations

import pytest

from csr_bot.core.parsing.sniffing import (
    DOC,
    DOCX,
    MESSAGE,
    MSG,
    PDF,
    PROGRAM,
    UNKNOWN,
    XLS,
    XLSB,
    XLSM,
    XLSX,
    ZIP,
    sniff,
)
from tests.reader.mails import make_pdf, make_row, make_xlsx, make_zip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def ole(*streams: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams)


FILES = {
    "PDF": (make_pdf(""), PDF),
    "workbook": (make_xlsx(make_row("a")), XLSX),
    "workbook with macros": (make_xlsx("", more={"xl/vbaProject.bin": b""}), XLSM),
    "binary workbook": (make_zip({"xl/workbook.bin": b""}), XLSB),
    "document": (make_zip({"word/document.xml": "<a/>"}), DOCX),
    "OpenDocument sheet": (
        make_zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, stored=True),
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "archive": (make_zip({"a.txt": "a"}), ZIP),
    "empty archive": (make_zip({}), ZIP),
    "old workbook": (ole("Root Entry", "Workbook"), XLS),
    "old document": (ole("Root Entry", "WordDocument"), DOC),
    "Outlook message": (ole("Root Entry", "__properties_version1.0"), MSG),
    "picture": (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
    "photograph": (b"\xff\xd8\xff\xe0\x00", "image/jpeg"),
    "phone picture": (b"\x00\x00\x00\x18ftypheic\x00", "image/heic"),
    "scan": (b"II*\x00\x08", "image/tiff"),
    "program": (b"MZ\x90\x00", PROGRAM),
    "page": (b"\r\n<!DOCTYPE html><html></html>", "text/html"),
    "XML": (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "text/xml"),
    "mail": (b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nHello", MESSAGE),
    "text": (b"Dear team,\r\nplease", "text/plain"),
    "text that begins like a picture": (b"BMW invoice 5", "text/plain"),
    "text in UTF-16": ("Dear team".encode("utf-16"), "text/plain"),
    "rich text": (b"{\\rtf1", "application/rtf"),
    "nothing": (b"", UNKNOWN),
    "noise": (bytes(range(256)), UNKNOWN),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_known_by_its_bytes(name):
    content, content_type = FILES[name]
    assert sniff(content, declared="application/octet-stream", filename="").content_type == content_type


@pytest.mark.parametrize(
    ("name", "declared", "filename"),
    [
        ("PDF", "application/pdf", "Rechnung 5.PDF"),
        ("PDF", "application/x-pdf", "a.pdf"),
        ("PDF", "application/octet-stream", "scan"),
        ("workbook", XLSX, "a.xlsx"),
        ("old workbook", "application/vnd.ms-excel", "a.xls"),
        ("archive", "application/x-zip-compressed", "a.zip"),
        ("photograph", "image/jpg", "a.JPG"),
        ("text", "text/csv", "a.csv"),
        ("text", "application/vnd.ms-excel", "a.csv"),
        ("text", "text/plain", "invoice.com.txt"),
        ("mail", "message/rfc822", "a.eml"),
        ("page", "text/html", "a.htm"),
        ("XML", "application/xml", "invoice.xml"),
        ("noise", "application/pkcs7-signature", "smime.p7s"),
    ],
)
def test_an_ordinary_file_has_no_flags(name, declared, filename):
    assert sniff(FILES[name][0], declared=declared, filename=filename).flags == ()


@pytest.mark.parametrize(
    ("content", "declared", "filename", "code"),
    [
        (FILES["workbook"][0], "application/pdf", "a.pdf", "TYPE_MISMATCH"),
        (FILES["PDF"][0], "application/octet-stream", "a.xlsx", "TYPE_MISMATCH"),
        (FILES["page"][0], "application/pdf", "invoice.pdf", "TYPE_MISMATCH"),
        (FILES["noise"][0], "application/pdf", "invoice.pdf", "TYPE_MISMATCH"),
        (FILES["noise"][0], "text/csv", "a.csv", "TYPE_MISMATCH"),
        (FILES["workbook with macros"][0], XLSX, "a.xlsx", "MACRO"),
        (ole("Workbook", "_VBA_PROJECT_CUR"), "application/vnd.ms-excel", "a.xls", "MACRO"),
        (ole("EncryptedPackage"), XLSX, "a.xlsx", "ENCRYPTED"),
        (b"x\n" + FILES["PDF"][0], "application/pdf", "a.pdf", "POLYGLOT"),
        (b"GIF89a" + make_zip({"a.class": "x"}), "image/gif", "a.gif", "POLYGLOT"),
        (make_zip({"run.js": "x"}), "application/zip", "a.zip", "EXECUTABLE"),
        (b"#!/bin/sh\n", "text/plain", "a.txt", "EXECUTABLE"),
        (b"hello", "text/plain", "a.txt.js", "EXECUTABLE"),
        (b"", "application/pdf", "a.pdf", "EMPTY"),
    ],
)
def test_what_deceives_is_flagged(content, declared, filename, code):
    flags = sniff(content, declared=declared, filename=filename).flags
    assert any(flag.startswith(f"{code}: ") for flag in flags), flags
