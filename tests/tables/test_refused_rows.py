from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.tables.conftest import column, put


@pytest.mark.parametrize(
    ("sheet", "title", "value", "reason"),
    [
        ("Invoices", "invoice_no", None, "EMPTY"),
        ("Invoices", "invoice_no", 417.5, "NOT_TEXT"),
        ("Invoices", "customer_no", date(2025, 1, 1), "NOT_TEXT"),
        ("Invoices", "invoice_date", "11/10/2025", "DATE_AMBIGUOUS"),
        ("Invoices", "invoice_date", "31.02.2025", "NOT_A_DATE"),
        ("Invoices", "due_date", 1234, "NOT_A_DATE"),
        ("Invoices", "net", "1,234,56", "NOT_A_NUMBER"),
        ("Invoices", "net", "6.5k", "AMOUNT_AMBIGUOUS"),
        ("Invoices", "net", True, "NOT_A_NUMBER"),
        ("Invoices", "net", None, "EMPTY"),
        ("Invoices", "net", "=1+1", "FORMULA_WITHOUT_VALUE"),
        ("Invoices", "net", "#REF!", "CELL_ERROR"),
        ("Invoices", "status", "half paid", "UNKNOWN_STATUS"),
        ("InvoiceLines", "line_no", 1.5, "NOT_A_WHOLE_NUMBER"),
        ("InvoiceLines", "invoice_no", "INV-1999-00001", "UNKNOWN_INVOICE"),
        ("Customers", "currency", "US dollars", "NOT_A_CURRENCY_CODE"),
        ("Contacts", "active", "perhaps", "NOT_A_YES_OR_NO"),
    ],
)
def test_a_row_with_an_unusable_cell_is_refused_and_no_other(read_edited, books, sheet, title, value, reason):
    reading = read_edited(put(sheet, title, value))
    note = reading.refused[0]
    assert (note.sheet, note.row, note.column, note.reason) == (sheet, 3, title, reason)
    tables = {"Invoices": "invoices", "InvoiceLines": "lines", "Customers": "customers", "Contacts": "contacts"}
    assert len(getattr(reading, tables[sheet])) == len(getattr(books, tables[sheet])) - 1


def test_a_refused_row_still_counts_so_that_the_snapshot_stays_usable(read_edited):
    reading = read_edited(put("Invoices", "invoice_date", "soon"))
    assert len(reading.refused) >= 1
    assert (reading.accepted, reading.reason) == (True, None)


def test_an_open_amount_without_a_value_is_never_zero(read_edited):
    reading = read_edited(put("Invoices", "open_amount", "=P3-Q3-R3"))
    assert reading.refused[0].reason == "FORMULA_WITHOUT_VALUE"
    assert not reading.accepted


def test_two_invoices_that_look_alike_in_a_mail_are_both_refused(read_edited):
    reading = read_edited(put("Invoices", "invoice_no", "inv 2025/00371", row=3))
    refused = [row for row in reading.refused if row.sheet == "Invoices"]
    assert [(row.row, row.reason, row.detail) for row in refused] == [
        (2, "NOT_UNIQUE", "also in row 3"),
        (3, "NOT_UNIQUE", "also in row 2"),
    ]
    assert reading.duplicates == 2


def test_a_broken_cell_that_nobody_reads_does_no_harm(read_edited):
    assert read_edited(put("Invoices", "pdf_path", "=HYPERLINK(1)")).refused == ()


@pytest.mark.parametrize("difference", ["0.01", "-0.01"])
def test_a_control_total_off_by_a_cent_keeps_the_workbook_out(read_edited, difference):
    def edit(workbook):
        sheet, title = workbook["Control"], column(workbook, "Control", "sum_open")
        cell = sheet.cell(sheet.max_row, title)
        cell.value = Decimal(str(cell.value)) + Decimal(difference)

    reading = read_edited(edit)
    assert not reading.accepted
    assert "USD are open, Control says" in (reading.reason or "")
    assert len(reading.invoices) > 1


def test_a_lost_row_keeps_the_workbook_out(read_edited, books):
    reading = read_edited(lambda workbook: workbook["Usage"].delete_rows(2))
    assert reading.reason == f"Usage has {len(books.usage) - 1} rows, Control says {len(books.usage)}"


def test_rows_below_a_blank_one_are_missed_by_control(read_edited):
    reading = read_edited(lambda workbook: workbook["Invoices"].insert_rows(5))
    assert not reading.accepted
    assert len(reading.invoices) == 3


def test_a_currency_that_control_does_not_know_keeps_the_workbook_out(read_edited):
    reading = read_edited(put("Invoices", "currency", "CAD"))
    assert "Control says nothing of CAD" in (reading.reason or "")
