"""Portal exports: rows of text by our names, wherever the header stands, and nothing taken for what it is not."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from csr_bot.adapters.tables import read_table
from csr_bot.ports import RefusedError

COLUMNS = {"ticket": "Dispute", "invoice": "Invoice", "status": "Status", "amount": "Amount"}
TEXT = 'Dispute,Invoice,Status,Amount,Owner\nD-1,0000417,DISPUTED - PO line fully invoiced,"1,234.56",Ana\n'
ROW = {"ticket": "D-1", "invoice": "0000417", "status": "DISPUTED - PO line fully invoiced", "amount": "1,234.56"}


def read(content, **options):
    return read_table(content, file_name="export.csv", columns=COLUMNS, **options)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        ("Supplier portal\nDownloaded;2025-11-03\n\n" + TEXT.replace(",I", ";I").replace(",S", ";S")).encode()
        .replace(b",Amount,Owner", b";Amount;Owner").replace(b"D-1,0000417,DIS", b"D-1;0000417;DIS")
        .replace(b"invoiced,", b"invoiced;").replace(b'",Ana', b'";Ana'),
        TEXT.replace("0000417", '"=""0000417"""').encode("cp1252"),
        ("sep=,\r\n" + TEXT.replace("\n", "\r\n")).encode(),
        TEXT.replace("Dispute,Invoice", "dispute ,INVOICE").encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "titles and semicolons", "protected", "separator named", "loose header"],
)  # fmt: skip
def test_an_export_is_read_in_any_dress(content):
    table = read(content)
    assert [dict(row.fields) for row in table.rows] == [ROW]
    assert dict(table.rows[0].extra) == {"Owner": "Ana"}
    assert table.refused == ()


def test_a_workbook_is_read_as_text(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(("All disputes", None))
    workbook.active.append(("Dispute", "Invoice", "Status", "Amount", "Raised"))
    workbook.active.append((4711, "0000417", "Open", 22400.1, date(2025, 11, 3)))
    out = BytesIO()
    workbook.save(out)
    table = read(out.getvalue())
    assert dict(table.rows[0].fields) == {"ticket": "4711", "invoice": "0000417", "status": "Open", "amount": "22400.1"}
    assert (table.header_row, table.rows[0].row, dict(table.rows[0].extra)) == (2, 3, {"Raised": "2025-11-03"})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("D-2,1,Open,1,234.56,Ana,x\n", "TOO_MANY_CELLS"),
        ('D-2,"a"b,Open,1,Ana\n', "BAD_QUOTATION"),
        ("D-2,a\0b,Open,1,Ana\n", "NUL_CHARACTER"),
        ("D-2,0000418,Op", "CUT_OFF"),
    ],
)
def test_a_row_that_cannot_be_told_is_refused_alone(row, reason):
    table = read((TEXT + row).encode())
    assert [(note.row, note.reason) for note in table.refused] == [(3, reason)]
    assert [dict(entry.fields) for entry in table.rows] == [ROW]


def test_a_missing_column_is_named():
    with pytest.raises(RefusedError, match=r"export\.csv: the column 'Amount' is missing; found \['Dispute', 'Inv"):
        read(TEXT.replace("Amount", "Sum").encode())
    assert dict(read(TEXT.replace("Amount", "Sum").encode(), required=("ticket",)).rows[0].extra)["Sum"] == "1,234.56"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"<html><body>Please log in", b"PK\x03\x04"])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(RefusedError, match=r"export\.csv: "):
        read(content)
