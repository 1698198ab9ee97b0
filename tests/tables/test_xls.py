from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from csr_bot.ports import RefusedError
from tests.tables.biff import make_xls
from tests.tables.conftest import read_file

ROWS = [
    ("Invoice No", "Customer No", "Customer Name", "Invoice Date", "Due Date", "Currency", "Amount", "Open Amount"),
    ("0000417", "C-100", "Müller", 45961.0, "30.11.2025", "EUR", 1234.56, 1000.0),
    ("0000418", "C-100", "Müller", 45961.0, "30.11.2025", "EUR", "1.234,56", 22400.1),
]


def test_an_old_workbook_is_read_whatever_its_name(tmp_path):
    path = tmp_path / "open.xlsx"
    path.write_bytes(make_xls(ROWS))
    reading = read_file(path)
    assert reading.form == "xls"
    assert [(row.invoice_no, row.gross.amount, row.open_amount.amount) for row in reading.invoices] == [
        ("0000417", Decimal("1234.56"), Decimal(1000)),
        ("0000418", Decimal("1234.56"), Decimal("22400.1")),
    ]
    assert reading.invoices[0].invoice_date == date(2025, 10, 31)
    assert reading.invoices[1].locator == "Open items!3"
    assert reading.accepted


def test_a_cell_far_out_does_not_take_the_memory_up_to_it(tmp_path):
    path = tmp_path / "open.xls"
    content = make_xls(ROWS)
    first = b"\x04\x02" + content.split(b"\x04\x02", 1)[1][:2]
    path.write_bytes(content.replace(first + bytes(4), first + b"\xfe\xff\xf0\x0f", 1))
    with pytest.raises(RefusedError, match=r"open\.xls: a sheet extends over 65535 rows and 4081 columns"):
        read_file(path)


def test_a_chain_of_sectors_without_an_end_is_refused(tmp_path):
    path = tmp_path / "open.xls"
    content = bytearray(make_xls(ROWS))
    # The second sector of the stream is said to follow itself.
    content[512 + 12 : 512 + 16] = b"\x03\x00\x00\x00"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match="bites its tail"):
        read_file(path)


@pytest.mark.parametrize("place", [0, 30, 512, 1030, 1600])
def test_a_damaged_old_workbook_is_refused_or_read(tmp_path, place):
    content = bytearray(make_xls(ROWS))
    content[place : place + 40] = b"\xff" * 40
    path = tmp_path / "open.xls"
    path.write_bytes(content[:3000])
    with pytest.raises(RefusedError, match=r"open\.xls: "):
        read_file(path)
