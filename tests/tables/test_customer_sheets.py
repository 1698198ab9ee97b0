"""What the canonical workbook says of customers beside invoices, whatever its columns are called and it may lack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from csr_bot.core.money import Money
from csr_bot.demo import books_finance as finance
from csr_bot.demo.books import make_books
from csr_bot.demo.workbook import write_workbook
from tests.tables.conftest import GENERATED_AT, column, put, read_file

NEW_SHEETS = ("Credit", "KYC", "LC")
NEW_COLUMNS = {
    "Customers": ("tax_id", "terms", "credit_limit", "exposure", "hold", "dunning_level", "calendar", "cac",
                  "gross_margin_pct", "phone", "delivery_method", "po_required", "po_regex", "legal_flags"),
    "Contacts": ("phone",),
    "Invoices": ("dunning_level", "dispute_flag", "dispute_reason", "last_payment_date", "delivery_note", "terms"),
    "Payments": ("posted_date", "payer_name", "payer_account_last4", "method", "bank_ref", "status"),
    "Allocations": ("discount", "deduction", "deduction_reason"),
    "Contracts": ("title", "auto_renew", "notice_days", "terms", "sla_first_response", "sla_resolution", "sla_calendar",
                  "sla_clause", "clauses"),
    "PriceTerms": ("unit", "tier_from", "tier_to", "included_qty", "discount_pct", "cap_amount"),
    "Usage": ("unit",),
}  # fmt: skip


def rename(sheet: str, **titles: str) -> Any:
    """An edit that gives columns other headers."""

    def edit(workbook: Any) -> None:
        for ours, theirs in titles.items():
            workbook[sheet].cell(1, column(workbook, sheet, ours)).value = theirs

    return edit


def forget_everything_new(workbook: Any) -> None:
    """The workbook as it was before anything was told of customers."""
    for sheet in NEW_SHEETS:
        del workbook[sheet]
    for sheet, titles in NEW_COLUMNS.items():
        for title in titles:
            workbook[sheet].delete_cols(column(workbook, sheet, title))
    control = workbook["Control"]
    for row in range(control.max_row, 1, -1):
        if control.cell(row, column(workbook, "Control", "sheet")).value in NEW_SHEETS:
            control.delete_rows(row)


def test_an_older_workbook_still_loads_and_what_it_lacks_is_none(read_edited):
    reading = read_edited(forget_everything_new)
    assert (reading.accepted, reading.reason, reading.refused) == (True, None, ())
    customer, contract = reading.customers[0], reading.contracts[0]
    assert (customer.credit_limit, customer.exposure, customer.hold, customer.dunning_level) == (None,) * 4
    assert (customer.cac, customer.gross_margin_pct, customer.po_required, customer.legal_flags) == (
        None,
        None,
        None,
        (),
    )
    assert (contract.resolution_min, contract.auto_renew, contract.clauses) == (None, None, ())
    assert (reading.invoices[0].disputed, reading.invoices[0].dunning_level) == (None, None)
    assert [reading.credit_profiles, reading.kyc_records, reading.letters_of_credit] == [[], [], []]


def test_columns_may_bear_other_usual_names(read_edited):
    def edit(workbook: Any) -> None:
        rename("Customers", tax_id="VAT ID", terms="Payment Terms", hold="On hold", cac="Acquisition cost")(workbook)
        rename("Credit", noi="Net operating income", debt_service="Total debt service")(workbook)
        rename("KYC", risk="Risk rating", next_review="Review date")(workbook)
        rename("LC", bank="Issuing bank", expiry="Expiry date", tol_plus="Tolerance plus")(workbook)
        rename("Payments", bank_ref="Trace no.")(workbook)

    books = make_books()
    reading = read_edited(edit)
    assert (reading.reason, reading.refused) == (None, ())
    assert reading.customers[0].tax_id == books.customers[0].tax_id
    assert reading.customers[3].cac == Money(Decimal(46800), "USD")
    assert reading.credit_profiles[2].net_operating_income == Money(Decimal(1840000), "USD")
    assert reading.kyc_records[0].risk_rating == "LOW"
    assert reading.letters_of_credit[0].expires_on == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("sheet", "title", "value", "reason"),
    [
        ("Customers", "credit_limit", "much", "NOT_A_NUMBER"),
        ("Customers", "hold", "perhaps", "NOT_A_YES_OR_NO"),
        ("Credit", "as_of", None, "EMPTY"),
        ("Credit", "noi", "n.k.", "NOT_A_NUMBER"),
        ("KYC", "status", "looks fine", "UNKNOWN_STATUS"),
        ("KYC", "status", None, "EMPTY"),
        ("LC", "amount", None, "EMPTY"),
        ("LC", "status", "perhaps", "UNKNOWN_STATUS"),
        ("LC", "expiry", "soon", "NOT_A_DATE"),
        ("Contracts", "sla_resolution", "2 days", "NOT_A_DURATION"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_place_and_reason(read_edited, sheet, title, value, reason):
    reading = read_edited(put(sheet, title, value, row=2))
    (note,) = reading.refused
    assert (note.sheet, note.row, note.column, note.reason) == (sheet, 2, title, reason)


def test_a_credit_profile_without_a_currency_has_that_of_its_customer(read_edited):
    def edit(workbook: Any) -> None:
        workbook["Credit"].delete_cols(column(workbook, "Credit", "currency"))
        put("Credit", "customer_no", "C-0000", row=2)(workbook)

    reading = read_edited(edit)
    assert {row.currency for row in reading.credit_profiles} == {"USD"}
    assert [(note.row, note.reason) for note in reading.refused] == [(2, "UNKNOWN_CUSTOMER")]


def test_a_customer_with_two_states_of_kyc_has_none(read_edited):
    reading = read_edited(put("KYC", "customer_no", "C-1001", row=3))
    assert [(note.row, note.reason) for note in reading.refused] == [(2, "NOT_UNIQUE"), (3, "NOT_UNIQUE")]
    assert "C-1001" not in {row.customer_no for row in reading.kyc_records}


@pytest.mark.parametrize(
    ("sheet", "title", "value", "table", "field", "expected"),
    [
        ("Customers", "gross_margin_pct", "72 %", "customers", "gross_margin_pct", Decimal(72)),
        ("Customers", "legal_flags", "VIP; Insolvency", "customers", "legal_flags", ("vip", "insolvency")),
        ("Customers", "po_regex", "([", "customers", "po_regex", None),
        ("Customers", "credit_limit", 0, "customers", "credit_limit", Money(Decimal(0), "USD")),
        ("Payments", "payer_account_last4", "DE00 1234 5678", "payments", "payer_account_last4", "5678"),
        ("Payments", "status", "Partly applied", "payments", "status", "partly_applied"),
        ("Contracts", "sla_resolution", "24 h", "contracts", "resolution_min", 1440),
        ("Contracts", "clauses", "1: One.\n2: Two; three.", "contracts", "clauses", ("1: One.", "2: Two; three.")),
        ("KYC", "status", "review due", "kyc_records", "status", "REVIEW_DUE"),
        ("KYC", "risk", "rather low", "kyc_records", "risk_rating", None),
        ("KYC", "missing", "W-9;ownership chart", "kyc_records", "missing", ("W-9", "ownership chart")),
        ("Credit", "dscr", "1,25", "credit_profiles", "dscr", Decimal("1.25")),
        ("Invoices", "dispute_flag", "x", "invoices", "disputed", True),
        ("Invoices", "dunning_level", "second", "invoices", "dunning_level", None),
        ("Allocations", "deduction", "12.50", "allocations", "deduction", Money(Decimal("12.50"), "USD")),
    ],
)
def test_a_cell_is_read_as_it_is_meant(read_edited, sheet, title, value, table, field, expected):
    reading = read_edited(put(sheet, title, value, row=2))
    assert reading.refused == ()
    assert getattr(getattr(reading, table)[0], field) == expected


def test_a_sheet_that_lost_a_row_contradicts_control(read_edited):
    reading = read_edited(lambda workbook: workbook["KYC"].delete_rows(4))
    assert reading.reason == "KYC has 11 rows, Control says 12"


def test_a_list_of_open_items_tells_what_is_disputed_and_how_often_it_was_reminded(tmp_path):
    path = tmp_path / "open.csv"
    path.write_text(
        "Invoice No;Customer No;Invoice Date;Due Date;Currency;Open Amount;Status;Dunning level;Payment terms\n"
        "R-1;C-1;2025-10-01;2025-10-31;EUR;100,00;In dispute;2;net 30\n"
        "R-2;C-1;2025-10-02;2025-11-01;EUR;50,00;open;;30 days\n"
        "R-3;C-1;2025-10-03;2025-11-02;EUR;70,00;open;high;net 30\n"
    )
    reading = read_file(path)
    told = [(item.disputed, item.dunning_level, item.terms) for item in reading.invoices]
    assert told == [(True, 2, "net 30"), (None, None, "30 days"), (None, None, "net 30")]
    assert (4, "Dunning level") in {(note.row, note.column) for note in reading.warnings}


def test_the_demo_tells_of_customers_that_need_care(tmp_path):
    write_workbook(make_books(), tmp_path / "ledger.xlsx", generated_at=GENERATED_AT)
    reading = read_file(tmp_path / "ledger.xlsx")
    states = {row.customer_no: row.status for row in reading.kyc_records if row.status != "APPROVED"}
    assert states == {finance.EXPIRED: "EXPIRED", finance.BLOCKED: "BLOCKED"}
    weakest = min(reading.credit_profiles, key=lambda row: row.dscr)
    assert (weakest.customer_no, weakest.dscr) == (finance.WEAK, Decimal("0.92"))
