"""What is mutated: mails and files made by the project's own generators, and a corpus where CSR_CORPUS names one."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import openpyxl
from fpdf import FPDF

from benchmarks.intake.mails import list_invoices, make_mails
from csr_bot.adapters.reader.samples import SAMPLES
from csr_bot.demo.books import make_books
from csr_bot.demo.letters import make_letters
from csr_bot.demo.workbook import write_workbook

MAILBOX = "support@shared.example"
WRITTEN_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
SHORT = 20
"""Rows of a sheet of the ledger that is mutated."""
ROWS = (("Invoice", "Date", "Amount"), ("INV-2026-0431", "2026-03-01", "1,234.50"), ("INV-2026-0432", "", "-20.00"))


def list_mails() -> list[bytes]:
    """The mails to mutate."""
    letters = [letter.raw for letter in make_letters(make_books(), at=WRITTEN_AT, mailbox=MAILBOX)]
    generated = make_mails(200, invoices=list_invoices(), seed=3)
    return [*generated, *letters, *SAMPLES, *[_enclose(name, content) for name, content in _files()], *_corpus_mails()]


def list_workbooks() -> list[bytes]:
    """The ledgers to mutate."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger.xlsx")
        write_workbook(make_books(), path, generated_at=WRITTEN_AT)
        # A short one is mutated and read ten times as often in the same time.
        book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        sheet.delete_rows(SHORT + 1, sheet.max_row)
    return [_save(book), *_read_corpus("hostile_xlsx")]


def _files() -> Iterator[tuple[str, bytes]]:
    document = FPDF()
    document.add_page()
    document.set_font("Helvetica", size=10)
    with document.table() as table:
        for row in ROWS:
            table.row(row)
    yield "remittance.pdf", bytes(document.output())
    book = openpyxl.Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    yield "items.xlsx", _save(book)
    yield "items.csv", "\r\n".join(";".join(row) for row in ROWS).encode("utf-16")
    yield (
        "page.html",
        b"<html><table>" + b"".join(b"<tr><td>%s</td></tr>" % row[0].encode() for row in ROWS) + b"</table>",
    )


def _save(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _enclose(name: str, content: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Dana Ortiz <dana@fabrikam.example>", MAILBOX, "Remittance advice"
    mail.set_content("Please find our remittance advice attached.")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _corpus_mails() -> Iterator[bytes]:
    for name in ("robustness", "zammad", "sisimai"):
        yield from _read_corpus(name)


def _read_corpus(name: str) -> Iterator[bytes]:
    path = Path(os.environ.get("CSR_CORPUS", ""), f"{name}.jsonl.gz")
    if "CSR_CORPUS" in os.environ and path.is_file():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield base64.b64decode(json.loads(line)["b64"])
