from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

from csr_bot.demo.books import make_books
from csr_bot.demo.workbook import write_workbook
from tests.tables.conftest import GENERATED_AT, column, put, read_file

TABLES = (
    "customers", "contacts", "invoices", "lines", "payments", "allocations", "contracts", "price_terms", "usage",
    "credit_profiles", "kyc_records", "letters_of_credit",
)  # fmt: skip


def test_the_whole_books_come_back_to_the_cent(tmp_path):
    books = make_books()
    write_workbook(books, tmp_path / "ledger.xlsx", generated_at=GENERATED_AT)
    reading = read_file(tmp_path / "ledger.xlsx")
    assert (reading.accepted, reading.reason, reading.refused, reading.warnings) == (True, None, (), ())
    assert (reading.as_of, reading.generated_at) == (books.as_of, GENERATED_AT)
    for table in TABLES:
        assert tuple(replace(row, locator="") for row in getattr(reading, table)) == getattr(books, table)
    for currency, total in reading.control_totals.items():
        amounts = [row.open_amount.amount for row in books.invoices if row.currency == currency]
        assert total == sum(amounts)


def test_every_fact_names_the_row_that_excel_shows(ledger):
    reading = read_file(ledger)
    sheets = openpyxl.load_workbook(ledger)
    for table, sheet in (("invoices", "Invoices"), ("customers", "Customers"), ("usage", "Usage")):
        for fact in getattr(reading, table):
            name, _, row = fact.locator.partition("!")
            first = sheets[sheet].cell(int(row), 2 if sheet == "Invoices" else 1).value
            assert name == sheet
            assert first in {getattr(fact, field, None) for field in ("invoice_no", "customer_no", "contract_no")}


def test_the_reading_names_the_very_file(ledger):
    reading = read_file(ledger)
    assert (reading.file_name, reading.file_sha256) == (
        "ledger.xlsx", hashlib.sha256(ledger.read_bytes()).hexdigest(),
    )  # fmt: skip


@pytest.mark.parametrize("number", ["0000417", "1E5", "00012.50", "NA", "2025-10-31"])
def test_an_id_that_looks_like_something_else_stays_text(read_edited, number):
    reading = read_edited(put("Customers", "parent_no", number))
    assert reading.customers[1].parent_no == number
    assert reading.warnings == ()


def test_a_number_shown_with_leading_zeros_is_the_id_that_excel_shows(read_edited):
    reading = read_edited(put("Invoices", "po_no", 417, number_format="0000000"))
    assert reading.invoices[1].po_no == "0000417"
    assert reading.warnings == ()


def test_a_plain_number_as_id_is_taken_with_a_warning(read_edited):
    reading = read_edited(put("Invoices", "po_no", 4500017731))
    warning = reading.warnings[0]
    assert reading.invoices[1].po_no == "4500017731"
    assert (warning.sheet, warning.row, warning.column, warning.reason) == ("Invoices", 3, "po_no", "ID_NUMERIC_CELL")


def test_an_amount_with_more_than_four_decimals_is_rounded_with_a_warning(read_edited):
    reading = read_edited(put("Invoices", "net", 22400.10004999))
    assert reading.invoices[1].net.amount == Decimal("22400.1000")
    assert [warning.reason for warning in reading.warnings] == ["TOO_MANY_DECIMALS"]


def test_an_instant_without_offset_in_control_is_utc(read_edited):
    def edit(workbook):
        title = column(workbook, "Control", "generated_at")
        for row in range(2, workbook["Control"].max_row + 1):
            workbook["Control"].cell(row, title).value = datetime(2025, 11, 24, 6, 0)  # noqa: DTZ001  # as in Excel

    assert read_edited(edit).generated_at == datetime(2025, 11, 24, 6, 0, tzinfo=UTC)
