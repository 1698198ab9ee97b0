"""The books of the demo company: everyday trade plus the customers and billing errors that the demo's stories need.

Deterministic: the same seed and day give the same books. How they become a workbook, ERP pages or letters is left to
others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from csr_bot.core.evidence import (
    Allocation,
    Contact,
    Contract,
    CreditProfile,
    Customer,
    DocumentStatus,
    Invoice,
    InvoiceLine,
    KycRecord,
    LetterOfCredit,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.demo import books_finance as finance
from csr_bot.demo import books_planted as planted
from csr_bot.demo.books_random import open_accounts, trade
from csr_bot.demo.books_sales import COMPANY_CODE, Sale, bill, pay

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_WRITTEN_FOR: Final = date(2025, 11, 24)
_DUNNING_STEPS: Final = (1, 15, 31)
"""Days overdue from which an unpaid invoice is at dunning level 1, 2 and 3."""
_DUNNED: Final = {planted.S3.invoice_no: 2}
"""Levels that somebody set by hand."""
_Row = TypeVar("_Row", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the ledger side knows on the day ``as_of``."""

    company_code: str
    as_of: date
    customers: tuple[Customer, ...]
    contacts: tuple[Contact, ...]
    invoices: tuple[Invoice, ...]
    lines: tuple[InvoiceLine, ...]
    payments: tuple[Payment, ...]
    allocations: tuple[Allocation, ...]
    contracts: tuple[Contract, ...]
    price_terms: tuple[PriceTerm, ...]
    usage: tuple[Usage, ...]
    credit_profiles: tuple[CreditProfile, ...] = ()
    kyc_records: tuple[KycRecord, ...] = ()
    letters_of_credit: tuple[LetterOfCredit, ...] = ()


def make_books(*, seed: int = 7, as_of: date = _WRITTEN_FOR) -> Books:
    """The books as of a day.

    Numbers, amounts and text never depend on ``as_of``; all dates move with it by whole days, so that what is overdue
    or inside a dispute window stays so on whatever day the demo is shown.
    """
    rng = Random(seed)
    accounts = open_accounts(rng)
    taken = frozenset(sale.invoice_no for sale in planted.SALES)
    everyday = trade(rng, accounts, as_of=_WRITTEN_FOR, taken=taken)
    sales = sorted((*everyday.sales, *planted.SALES, *finance.SALES), key=lambda sale: sale.invoice_no)
    billed = [bill(sale) for sale in sales]
    settled = [_pay_planted(sale) for sale in (*planted.SALES, *finance.SALES) if sale.paid]
    allocations = (*everyday.allocations, *(part for _, parts in settled for part in parts))
    invoices = tuple(_dunned(invoice) for invoice in _last_paid([item for item, _ in billed], allocations))
    known = (*(row for row, _ in planted.ACCOUNTS), *(account.customer for account in accounts), *finance.CUSTOMERS)
    customers = tuple(finance.complete_customers(known, invoices))
    days = as_of - _WRITTEN_FOR
    return Books(
        company_code=COMPANY_CODE,
        as_of=as_of,
        customers=customers,
        contacts=(
            *(row for _, row in planted.ACCOUNTS), *(account.contact for account in accounts), *finance.CONTACTS,
        ),
        invoices=_moved(invoices, days),
        lines=_moved((line for _, lines in billed for line in lines), days),
        payments=_moved((*everyday.payments, *(payment for payment, _ in settled), *finance.CASH), days),
        allocations=_moved(allocations, days),
        contracts=_moved(
            (*planted.CONTRACTS, *(account.contract for account in accounts), *finance.CONTRACTS), days
        ),
        price_terms=_moved(
            (*planted.PRICE_TERMS, *(term for account in accounts for term in account.terms), *finance.PRICE_TERMS),
            days,
        ),
        usage=_moved((*planted.USAGE, *everyday.usage), days),
        credit_profiles=_moved(finance.make_credit_profiles(customers), days),
        kyc_records=_moved(finance.make_kyc_records(customers), days),
        letters_of_credit=_moved(finance.LETTERS_OF_CREDIT, days),
    )  # fmt: skip


def _last_paid(invoices: Iterable[Invoice], allocations: Iterable[Allocation]) -> Iterator[Invoice]:
    paid_on = {part.invoice_no: part.allocated_on for part in allocations}
    for invoice in invoices:
        yield replace(invoice, last_payment_date=paid_on.get(invoice.invoice_no))


def _dunned(invoice: Invoice) -> Invoice:
    overdue = (_WRITTEN_FOR - invoice.due_date).days if invoice.open_amount.amount > 0 else 0
    level = 0 if invoice.status is DocumentStatus.CANCELLED else sum(overdue >= step for step in _DUNNING_STEPS)
    return replace(invoice, dunning_level=_DUNNED.get(invoice.invoice_no, level))


def _pay_planted(sale: Sale) -> tuple[Payment, tuple[Allocation, ...]]:
    return pay(f"PAY-9{sale.invoice_no[-5:]}", (sale,), paid_on=(planted.PAID_ON | finance.PAID_ON)[sale.invoice_no])


def _moved(rows: Iterable[_Row], days: timedelta) -> tuple[_Row, ...]:
    return tuple(_move(row, days) for row in rows) if days else tuple(rows)


def _move(row: _Row, days: timedelta) -> _Row:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    return replace(row, **{name: value + days for name, value in values.items() if isinstance(value, date)})
