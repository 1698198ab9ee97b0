"""Writes the demo's books as the canonical receivables workbook: ids as text, dates as dates, money as numbers.

The last sheet, Control, states how many rows every sheet has and what is open per currency, so that a reader can tell a
whole workbook from a damaged one. Reading it back is left to the adapter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from csr_bot.core.evidence import Invoice
from csr_bot.core.money import zero
from csr_bot.demo.books import Books

_Value = str | int | bool | Decimal | date | None
_Row = Mapping[str, _Value]

_COLUMNS: Final[Mapping[str, str]] = {
    "Invoices": (
        "company_code invoice_no doc_type customer_no customer_name invoice_date service_from service_to due_date terms"
        " po_no contract_no currency net tax gross paid credited open_amount status dunning_level dispute_flag"
        " dispute_reason last_payment_date pdf_path"
    ),
    "InvoiceLines": (
        "invoice_no line_no sku description quantity unit unit_price discount_pct net tax_code tax_rate tax"
        " service_from service_to delivery_ref"
    ),
    "Payments": (
        "payment_no value_date posted_date customer_no payer_name payer_account_last4 method currency amount unapplied"
        " reference_text bank_ref"
    ),
    "Allocations": "payment_no invoice_no amount discount deduction deduction_reason date",
    "Customers": (
        "customer_no legal_name parent_no status tier country language currency tax_id terms invoice_email"
        " email_domains credit_limit exposure hold dunning_level account_owner calendar cac gross_margin_pct"
    ),
    "Contacts": "customer_no name email role phone active",
    "Contracts": (
        "contract_no version customer_no start end auto_renew notice_days currency terms dispute_days sla_resolution"
        " sla_calendar cancelled_on"
    ),
    "PriceTerms": (
        "contract_no sku unit unit_price tier_from tier_to included_qty cap_qty discount_pct waived valid_from valid_to"
        " clause"
    ),
    "Usage": "contract_no sku period_from period_to quantity unit proof_ref",
    "Control": "as_of generated_at generator sheet row_count currency sum_open",
}
_MONEY: Final = frozenset(
    {"net", "tax", "gross", "paid", "credited", "open_amount", "amount", "unapplied", "sum_open", "exposure"}
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
    return {
        "Invoices": tuple(_invoices(books)),
        "InvoiceLines": tuple(_lines(books)),
        "Payments": tuple(_payments(books)),
        "Allocations": tuple(
            {"payment_no": row.payment_no, "invoice_no": row.invoice_no, "amount": row.amount.amount,
             "discount": Decimal(0), "deduction": Decimal(0), "date": row.allocated_on}
            for row in books.allocations
        ),
        "Customers": tuple(_customers(books)),
        "Contacts": tuple(
            {"customer_no": row.customer_no, "name": row.name, "email": row.email, "role": row.role,
             "active": row.active}
            for row in books.contacts
        ),
        "Contracts": tuple(
            {"contract_no": row.contract_no, "version": row.version, "customer_no": row.customer_no,
             "start": row.start, "end": row.end, "auto_renew": True, "currency": row.currency,
             "dispute_days": row.dispute_days, "cancelled_on": row.cancelled_on}
            for row in books.contracts
        ),
        "PriceTerms": tuple(
            {"contract_no": row.contract_no, "sku": row.sku, "unit_price": row.unit_price,
             "cap_qty": row.cap_quantity, "waived": row.waived, "valid_from": row.valid_from,
             "valid_to": row.valid_to, "clause": row.clause}
            for row in books.price_terms
        ),
        "Usage": tuple(
            {"contract_no": row.contract_no, "sku": row.sku, "period_from": row.period_from,
             "period_to": row.period_to, "quantity": row.quantity, "proof_ref": row.proof_ref}
            for row in books.usage
        ),
    }  # fmt: skip


def _invoices(books: Books) -> Iterator[_Row]:
    names = {customer.customer_no: customer.legal_name for customer in books.customers}
    paid_on = {part.invoice_no: part.allocated_on for part in books.allocations}
    for row in books.invoices:
        yield {
            "company_code": row.company_code, "invoice_no": row.invoice_no, "doc_type": row.doc_type,
            "customer_no": row.customer_no, "customer_name": names[row.customer_no], "invoice_date": row.invoice_date,
            "service_from": row.service_from, "service_to": row.service_to, "due_date": row.due_date,
            "terms": f"net {(row.due_date - row.invoice_date).days}", "po_no": row.po_no,
            "contract_no": row.contract_no, "currency": row.currency, "net": row.net.amount, "tax": row.tax.amount,
            "gross": row.gross.amount, "paid": _paid(row), "credited": row.credited.amount,
            "open_amount": row.open_amount.amount, "status": row.status.value, "dunning_level": 0,
            "dispute_flag": False, "last_payment_date": paid_on.get(row.invoice_no),
        }  # fmt: skip


def _paid(row: Invoice) -> Decimal:
    return (row.gross - row.credited - row.open_amount).amount


def _lines(books: Books) -> Iterator[_Row]:
    for row in books.lines:
        yield {
            "invoice_no": row.invoice_no, "line_no": row.line_no, "sku": row.sku, "description": row.description,
            "quantity": row.quantity, "unit": row.unit, "unit_price": row.unit_price, "net": row.net.amount,
            "tax_rate": row.tax_rate, "tax": row.tax.amount, "service_from": row.service_from,
            "service_to": row.service_to,
        }  # fmt: skip


def _payments(books: Books) -> Iterator[_Row]:
    names = {customer.customer_no: customer.legal_name for customer in books.customers}
    for row in books.payments:
        yield {
            "payment_no": row.payment_no, "value_date": row.value_date, "posted_date": row.value_date,
            "customer_no": row.customer_no, "payer_name": names.get(row.customer_no or ""), "method": "transfer",
            "currency": row.amount.currency, "amount": row.amount.amount, "unapplied": row.unapplied.amount,
            "reference_text": row.reference_text,
        }  # fmt: skip


def _customers(books: Books) -> Iterator[_Row]:
    exposure = {row.customer_no: zero(row.currency) for row in books.customers}
    for invoice in books.invoices:
        exposure[invoice.customer_no] += invoice.open_amount
    for row in books.customers:
        yield {
            "customer_no": row.customer_no, "legal_name": row.legal_name, "parent_no": row.parent_no,
            "status": row.status, "tier": row.tier, "country": row.country, "language": row.language,
            "currency": row.currency, "invoice_email": row.invoice_email,
            "email_domains": ";".join(row.email_domains), "exposure": exposure[row.customer_no].amount,
            "hold": False, "dunning_level": 0, "account_owner": row.account_owner,
        }  # fmt: skip


def _control(books: Books, rows: Mapping[str, Sequence[_Row]], generated_at: datetime) -> Iterator[_Row]:
    stamp: _Row = {"as_of": books.as_of, "generated_at": generated_at.isoformat(), "generator": "csr-bot demo"}
    for sheet, content in rows.items():
        yield {**stamp, "sheet": sheet, "row_count": len(content)}
    for currency in sorted({invoice.currency for invoice in books.invoices}):
        amounts = (invoice.open_amount for invoice in books.invoices if invoice.currency == currency)
        yield {**stamp, "sheet": "Invoices", "currency": currency, "sum_open": sum(amounts, zero(currency)).amount}
