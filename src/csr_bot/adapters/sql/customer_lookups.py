"""What the ledger's mirror says of one customer: its whole context, its payments, orders, contracts and credits.

Each question takes a fixed number of queries, each answered by an index. Of very many rows the first are read, and who
needs all of them is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.adapters.sql.ledger_keys import amount_key, open_key, order_key, trace_key, traces, unapplied_key
from csr_bot.adapters.sql.ledger_lookups import LedgerLookups
from csr_bot.clocklog import Stakes
from csr_bot.core.customer import ContractTerms, CustomerContext, is_owed
from csr_bot.core.evidence import (
    Contact,
    Contract,
    CreditProfile,
    Customer,
    Invoice,
    KycRecord,
    LetterOfCredit,
    Payment,
    PriceTerm,
)
from csr_bot.core.matching import canonical_order
from csr_bot.core.money import Money

_Row = TypeVar("_Row")

MOST: Final = 2_000
"""Rows of one kind that a question reads at most."""


def find_context(rows: LedgerLookups, customer_no: str) -> CustomerContext | None:
    """Everything about one customer; None where there is no such customer, or more than one."""
    customers = rows.read(Customer, tables.customer.c.customer_no == customer_no)
    if len(customers) != 1:
        return None
    kyc = rows.read(KycRecord, tables.kyc_record.c.customer_no == customer_no)
    profiles = rows.read(CreditProfile, tables.credit_profile.c.customer_no == customer_no)
    items, all_items = _first(rows.read_keyed(Invoice, open_key(customer_no), limit=MOST + 1))
    payments, all_payments = _first(rows.read_keyed(Payment, unapplied_key(customer_no), limit=MOST + 1))
    return CustomerContext(
        customer=customers[0],
        children=rows.children_of(customer_no),
        group=rows.group_of({customer_no}) - {customer_no},
        contacts=tuple(rows.read(Contact, tables.contact.c.customer_no == customer_no)),
        open_items=tuple(item for item in items if item.customer_no == customer_no and is_owed(item)),
        open_items_complete=all_items,
        unapplied=tuple(item for item in payments if item.customer_no == customer_no and item.unapplied.amount),
        unapplied_complete=all_payments,
        credit_profiles=tuple(sorted(profiles, key=lambda item: item.as_of, reverse=True)),
        kyc=kyc[0] if len(kyc) == 1 else None,
        letters_of_credit=tuple(rows.read(LetterOfCredit, tables.letter_of_credit.c.customer_no == customer_no)),
        contracts=tuple(rows.read(Contract, tables.contract.c.customer_no == customer_no)),
    )


def find_stakes(rows: LedgerLookups, customer_nos: Collection[str], invoice_nos: Collection[str]) -> Stakes:
    """What these customers and invoices have at stake. A number that the file has twice stands for nobody."""
    credit = rows.read_in(CreditProfile, tables.credit_profile.c.customer_no, customer_nos)
    return Stakes(
        customers=_by_number(rows.read_in(Customer, tables.customer.c.customer_no, customer_nos), "customer_no"),
        invoices=_by_number(rows.read_in(Invoice, tables.invoice.c.invoice_no, invoice_nos), "invoice_no"),
        contracts=tuple(rows.read_in(Contract, tables.contract.c.customer_no, customer_nos)),
        credit={item.customer_no: item for item in sorted(credit, key=lambda item: item.as_of)},
        kyc=_by_number(rows.read_in(KycRecord, tables.kyc_record.c.customer_no, customer_nos), "customer_no"),
    )


def _by_number(found: Sequence[_Row], name: str) -> dict[str, _Row]:
    counts = Counter(getattr(item, name) for item in found)
    return {number: item for item in found if counts[number := getattr(item, name)] == 1}


def find_payments(
    rows: LedgerLookups,
    *,
    amount: Decimal | None,
    currency: str | None,
    value_date: date | None,
    days: int,
    trace: str | None,
    customer_no: str | None,
) -> list[Payment]:
    """As ``caselog.LedgerRows.find_payments``."""
    sought = traces(trace or "")
    if sought:
        found = rows.read_keyed(Payment, *map(trace_key, sought), limit=MOST)
    elif amount is not None and currency is not None:
        found = rows.read_keyed(Payment, amount_key(Money(amount, currency)), limit=MOST)
    elif customer_no is not None:
        found = payments_of(rows, customer_no, since=value_date and value_date - timedelta(days=days), limit=MOST)
    else:
        raise ValueError("a payment is sought by a trace, by amount and currency, or by its customer")
    return [
        payment
        for payment in found
        if (amount is None or payment.amount.amount == amount)
        and (currency is None or payment.amount.currency == currency)
        and (value_date is None or abs(payment.value_date - value_date) <= timedelta(days=days))
        and (customer_no is None or payment.customer_no in (None, customer_no))
        and (not sought or not set(sought).isdisjoint(_traces_of(payment)))
    ]


def payments_of(rows: LedgerLookups, customer_no: str, *, since: date | None, limit: int) -> list[Payment]:
    """The customer's payments with a value date from ``since`` on, the latest first."""
    payment = tables.payment.c
    from_then = [payment.value_date >= since] if since else []
    return rows.read_latest(Payment, payment.value_date, payment.customer_no == customer_no, *from_then, limit=limit)


def find_contract(rows: LedgerLookups, contract_no: str) -> ContractTerms | None:
    """A contract in all its versions; None for an unknown one."""
    versions = rows.read(Contract, tables.contract.c.contract_no == contract_no)
    terms = rows.read(PriceTerm, tables.price_term.c.contract_no == contract_no)
    ordered = tuple(sorted(versions, key=lambda item: item.version))
    return ContractTerms(contract_no, ordered, tuple(terms)) if ordered or terms else None


def find_ordered(rows: LedgerLookups, po_no: str) -> list[Invoice]:
    """The invoices on an order, whoever's they are, however its number is written."""
    order = canonical_order(po_no)
    found = rows.read_keyed(Invoice, order_key(po_no), limit=MOST)
    return [item for item in found if item.po_no and canonical_order(item.po_no) == order]


def find_letters(rows: LedgerLookups, lc_no: str) -> list[LetterOfCredit]:
    """Letters of credit of this number; banks number theirs for themselves."""
    return rows.read(LetterOfCredit, tables.letter_of_credit.c.lc_no == lc_no)


def _first(found: list[_Row]) -> tuple[list[_Row], bool]:
    """What is to be read of what was found, and whether that is all."""
    return found[:MOST], len(found) <= MOST


def _traces_of(payment: Payment) -> set[str]:
    return {
        trace for text in (payment.payment_no, payment.bank_ref, payment.reference_text) for trace in traces(text or "")
    }
