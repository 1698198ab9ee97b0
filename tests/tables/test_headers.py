from __future__ import annotations

import pytest

from csr_bot.ports import RefusedError
from tests.tables.conftest import column

GERMAN = {
    "invoice_no": "Belegnr.",
    "customer_no": "Debitor",
    "customer_name": "Rechnungsempfänger",
    "invoice_date": "Rechnungsdatum",
    "due_date": "Fällig am",
    "net": "Nettobetrag",
    "tax": "MwSt.",
    "gross": "Rechnungsbetrag *",
    "open_amount": "OFFENER BETRAG",
    "paid": "Bezahlt",
    "credited": "Gutschriften",
    "currency": "Währung",
    "po_no": "Bestellnummer",
    "status": "Rechnungsstatus",
}


def rename(titles):
    def edit(workbook):
        for field, title in titles.items():
            workbook["Invoices"].cell(1, column(workbook, "Invoices", field)).value = title

    return edit


def test_german_headers_below_six_rows_of_information_are_found(read_edited, books):
    def edit(workbook):
        rename(GERMAN)(workbook)
        sheet = workbook["Invoices"]
        sheet.insert_rows(1, 6)
        sheet["A1"], sheet["A2"], sheet["B2"] = "Offene Posten", "Buchungskreis", "1000"
        sheet["A4"], sheet["B4"] = "Rechnungsnummer", "alle"
        sheet.cell(sheet.max_row + 1, 1).value = "Summe"

    reading = read_edited(edit)
    assert (reading.accepted, reading.reason) == (True, None)
    assert [row.gross for row in reading.invoices] == [row.gross for row in books.invoices]
    assert [row.due_date for row in reading.invoices] == [row.due_date for row in books.invoices]
    assert reading.invoices[0].locator == "Invoices!8"


@pytest.mark.parametrize("title", ["Invoice #", "INVOICE  NO.", "N° facture", "Document Number", "RE-Nr.", "num"])
def test_known_names_of_the_invoice_number_are_understood(read_edited, books, title):
    reading = read_edited(rename({"invoice_no": title}))
    assert [row.invoice_no for row in reading.invoices] == [row.invoice_no for row in books.invoices]


def test_a_name_given_by_the_bot_file_is_understood(read_edited, books):
    reading = read_edited(rename({"invoice_no": "Our bill"}), invoice_no="our bill")
    assert [row.invoice_no for row in reading.invoices] == [row.invoice_no for row in books.invoices]


def test_a_name_given_by_the_bot_file_beats_a_known_one(read_edited, books):
    reading = read_edited(rename({"po_no": "Invoice No.", "invoice_no": "Bill"}), invoice_no="Bill")
    assert [row.invoice_no for row in reading.invoices] == [row.invoice_no for row in books.invoices]


def test_two_columns_for_one_field_are_shown_to_people(read_edited):
    with pytest.raises(RefusedError, match=r"ledger\.xlsx: sheet Invoices: .*'Amount'.*'Total'.*gross"):
        read_edited(rename({"gross": "Amount", "paid": "Total"}))


def test_a_missing_column_is_named(read_edited):
    with pytest.raises(RefusedError, match="no column for due_date"):
        read_edited(rename({"due_date": "whenever"}))


def test_a_sheet_without_header_is_refused(read_edited):
    with pytest.raises(RefusedError, match="no header among the first 30 rows"):
        read_edited(lambda workbook: workbook["Invoices"].delete_rows(1))


def test_the_currency_may_stand_in_the_header(read_edited):
    def edit(workbook):
        rename({"gross": "gross (USD)", "open_amount": "open_amount [USD]"})(workbook)
        for row in range(2, workbook["Invoices"].max_row + 1):
            cell = workbook["Invoices"].cell(row, column(workbook, "Invoices", "currency"))
            cell.value = None if cell.value == "USD" else cell.value

    reading = read_edited(edit)
    assert {row.currency for row in reading.invoices} == {"USD"}
    refused = {(row.column, row.reason) for row in reading.refused if row.sheet == "Invoices"}
    assert refused == {("gross (USD)", "CURRENCY_CONTRADICTS_HEADER")}


def test_a_sign_column_turns_credits_negative(read_edited):
    def edit(workbook):
        rename({"dispute_reason": "S/H"})(workbook)
        workbook["Invoices"].cell(2, column(workbook, "Invoices", "S/H")).value = "H"

    first, second, *_ = read_edited(edit).invoices
    assert first.gross.amount < 0 < second.gross.amount
