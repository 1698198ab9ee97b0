"""Writes the demo's books as the canonical receivables workbook: ids as text, dates as dates, money as numbers.

The last sheet, Control, states how many rows every sheet has and what is open per currency, so that a reader can tell a
whole workbook from a damaged one. Reading it back is left to the adapter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from csr_bot.core.evidence import Contract, CreditProfile, Invoice, LetterOfCredit, PriceTerm
from csr_bot.core.money import Money, zero
from csr_bot.demo.books import Books

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Value = str | int | bool | Decimal | date | None
_Row = Mapping[str, _Value]

_COLUMNS: Final[Mapping[str, str]] = {
    "Invoices": (
        "company_code invoice_no doc_type customer_no customer_name invoice_date service_from service_to due_date terms"
        " po_no contract_no currency net tax gross paid credited open_amount status dunning_level dispute_flag"
        " dispute_reason last_payment_date pdf_path delivery_note"
    ),
    "InvoiceLines": (
        "invoice_no line_no sku description quantity unit unit_price discount_pct net tax_code tax_rate tax"
        " service_from service_to delivery_ref"
    ),
    "Payments": (
        "payment_no value_date posted_date customer_no payer_name payer_account_last4 method currency amount unapplied"
        " reference_text bank_ref status"
    ),
    "Allocations": "payment_no invoice_no amount discount deduction deduction_reason date",
    "Customers": (
        "customer_no legal_name parent_no status tier country language currency tax_id terms invoice_email"
        " email_domains credit_limit exposure hold dunning_level account_owner calendar cac gross_margin_pct phone"
        " delivery_method po_required po_regex legal_flags"
    ),
    "Contacts": "customer_no name email role phone active",
    "Contracts": (
        "contract_no version customer_no start end auto_renew notice_days currency terms dispute_days sla_resolution"
        " sla_calendar cancelled_on title sla_first_response sla_clause clauses"
    ),
    "PriceTerms": (
        "contract_no sku unit unit_price tier_from tier_to included_qty cap_qty discount_pct waived valid_from valid_to"
        " clause cap_amount"
    ),
    "Usage": "contract_no sku period_from period_to quantity unit proof_ref",
    "Credit": (
        "customer_no as_of noi debt_service dscr rating statements_date currency revenue ebitda current_ratio"
        " equity_ratio next_review"
    ),
    "KYC": "customer_no status risk next_review missing hits",
    "LC": (
        "lc_no customer_no bank amount currency tol_plus tol_minus issue latest_shipment expiry presentation_days"
        " status applicant about documents expiry_place"
    ),
    "Control": "as_of generated_at generator sheet row_count currency sum_open",
}
_MONEY: Final = frozenset(
    """
    net tax gross paid credited open_amount amount unapplied discount deduction sum_open credit_limit exposure cac noi
    debt_service revenue ebitda cap_amount
    """.split()  # noqa: SIM905  # two lines instead of eighteen
)


def write_workbook(books: Books, path: Path, *, generated_at: datetime) -> None:
    """Write the workbook to ``path``, replacing a file that is there. ``generated_at`` is an aware instant.

    Columns that the books know nothing of stay empty.
    """
    workbook = Workbook(write_only=True)
    rows = _rows(books)
    rows["Control"] = tuple(_control(books, rows, generated_at))
    for name, columns in _COLUMNS.items():
        _write_sheet(workbook.create_sheet(name), columns.split(), rows[name])
    workbook.save(path)


def _write_sheet(sheet: WriteOnlyWorksheet, columns: Sequence[str], rows: Sequence[_Row]) -> None:
    sheet.append(columns)
    for row in rows:
        sheet.append([_cell(sheet, column, row.get(column)) for column in columns])


def _cell(sheet: WriteOnlyWorksheet, column: str, value: _Value) -> WriteOnlyCell | None:
    if value is None:
        return None
    cell = WriteOnlyCell(sheet, value)
    if column in _MONEY:
        cell.number_format = "#,##0.00"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, str):
        # Without the text format, opening and re-typing a cell in Excel would turn 0000417 into 417.
        cell.number_format = "@"
    return cell


def _rows(books: Books) -> dict[str, Sequence[_Row]]:
    names = {customer.customer_no: customer.legal_name for customer in books.customers}
    return {
        "Invoices": tuple(_invoice(row, names[row.customer_no]) for row in books.invoices),
        "InvoiceLines": tuple(_plain(row) for row in books.lines),
        "Payments": tuple(
            {**_plain(row), "posted_date": row.posted_on, "currency": row.amount.currency} for row in books.payments
        ),
        "Allocations": tuple({**_plain(row), "date": row.allocated_on} for row in books.allocations),
        "Customers": tuple(_plain(row) for row in books.customers),
        "Contacts": tuple(_plain(row) for row in books.contacts),
        "Contracts": tuple(_contract(row) for row in books.contracts),
        "PriceTerms": tuple(_price_term(row) for row in books.price_terms),
        "Usage": tuple(_plain(row) for row in books.usage),
        "Credit": tuple(_credit_profile(row) for row in books.credit_profiles),
        "KYC": tuple(
            {**_plain(row), "risk": row.risk_rating, "next_review": row.next_review_on} for row in books.kyc_records
        ),
        "LC": tuple(_letter(row) for row in books.letters_of_credit),
    }


def _plain(row: DataclassInstance) -> dict[str, _Value]:
    """A row under the names of its own fields; what belongs in no column is passed over when it is written."""
    return {item.name: _value(getattr(row, item.name)) for item in fields(row)}


def _value(value: Any) -> _Value:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, tuple):
        return ";".join(value) or None
    if isinstance(value, StrEnum):
        return value.value
    # An empty text is an empty cell.
    return None if value == "" else cast("_Value", value)


def _invoice(row: Invoice, customer_name: str) -> _Row:
    paid = (row.gross - row.credited - row.open_amount).amount
    return {
        **_plain(row),
        "customer_name": customer_name,
        "currency": row.currency,
        "paid": paid,
        "dispute_flag": row.disputed,
    }


def _contract(row: Contract) -> _Row:
    return {
        **_plain(row),
        "sla_first_response": row.first_response_min,
        "sla_resolution": row.resolution_min,
        "clauses": "\n".join(row.clauses) or None,
    }


def _price_term(row: PriceTerm) -> _Row:
    return {**_plain(row), "cap_qty": row.cap_quantity, "included_qty": row.included_quantity}


def _credit_profile(row: CreditProfile) -> _Row:
    plain = _plain(row)
    return {**plain, "noi": plain["net_operating_income"], "statements_date": row.statements_on}


def _letter(row: LetterOfCredit) -> _Row:
    return {
        **_plain(row),
        "bank": row.issuing_bank,
        "currency": row.amount.currency,
        "tol_plus": row.tolerance_plus_pct,
        "tol_minus": row.tolerance_minus_pct,
        "issue": row.issued_on,
        "latest_shipment": row.latest_shipment_on,
        "expiry": row.expires_on,
    }


def _control(books: Books, rows: Mapping[str, Sequence[_Row]], generated_at: datetime) -> Iterator[_Row]:
    stamp: _Row = {"as_of": books.as_of, "generated_at": generated_at.isoformat(), "generator": "csr-bot demo"}
    for sheet, content in rows.items():
        yield {**stamp, "sheet": sheet, "row_count": len(content)}
    for currency in sorted({invoice.currency for invoice in books.invoices}):
        amounts = (invoice.open_amount for invoice in books.invoices if invoice.currency == currency)
        yield {**stamp, "sheet": "Invoices", "currency": currency, "sum_open": sum(amounts, zero(currency)).amount}
