"""The keys that invoices and payments are looked up by: what may be stated of one, and whose it is, as one number.

A key is a checksum. Two things that share one cost a look at a row too many and no more, because matching compares for
itself. A key that a very common thing would fill is kept short (``KEPT``); one below zero is kept whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final
from zlib import crc32

from csr_bot.core.evidence import Invoice, Payment
from csr_bot.core.matching import MAX_CANDIDATES, Wanted, canonical_order, number_forms
from csr_bot.core.money import Money

KEPT: Final = MAX_CANDIDATES
"""Invoices kept under one key, the first of the file."""
_SHORTEST_TRACE: Final = 4
_MOST_TRACES: Final = 12
_BETWEEN_TRACES: Final = re.compile(r"[\s,;|]+")
_NOT_IN_TRACE: Final = re.compile(r"[\W_]+")
_DIGIT: Final = re.compile(r"\d")


def invoice_keys(invoice: Invoice) -> set[int]:
    """The keys of an invoice by its numbers, and on its account by amounts, order and days: all but those of its lines.

    Numbers, amounts and dates are those that ``matching.ledger_entry`` gives an invoice.
    """
    forms, account = number_forms(invoice.invoice_no), f"\n{invoice.customer_no}"
    gross, net, still_open = invoice.gross.amount, invoice.net.amount, invoice.open_amount.amount
    texts = [f"C{forms.canonical}", f"I{invoice.invoice_date}{account}", f"I{invoice.due_date}{account}"]
    if forms.tail:
        texts += (f"T{forms.tail}", f"t{forms.tail}{account}")
    texts += [f"D{form}" for form in (forms.digits, forms.year_serial) if form]
    texts += [f"A{_plain(abs(amount))}{account}" for amount in (gross, net, still_open) if amount]
    if invoice.po_no:
        texts.append(f"P{canonical_order(invoice.po_no)}{account}")
    if still_open:
        texts.append(f"O{account}")
    keys = {crc32(text.encode()) for text in texts}
    keys.add(net_key(invoice.customer_no, invoice.net))
    if still_open:
        keys.add(open_key(invoice.customer_no))
    if invoice.po_no:
        keys.add(order_key(invoice.po_no))
    return keys


def payment_keys(payment: Payment) -> set[int]:
    """The keys of a payment by its amount and by what it is called, and of one that is not used up by its payer."""
    keys = {amount_key(payment.amount), *map(trace_key, traces(payment.payment_no))}
    keys |= {trace_key(trace) for text in (payment.bank_ref, payment.reference_text) for trace in traces(text or "")}
    if payment.customer_no is not None and payment.unapplied.amount:
        keys.add(unapplied_key(payment.customer_no))
    return keys


def net_key(customer_no: str, net: Money) -> int:
    """The key of a customer's invoices with one net total, all of them."""
    return _whole(f"N{_plain(net.amount)}{net.currency}\n{customer_no}")


def open_key(customer_no: str) -> int:
    """The key of all of a customer's invoices with something open."""
    return _whole(f"O\n{customer_no}")


def order_key(po_no: str) -> int:
    """The key of all invoices on an order, whoever placed it."""
    return _whole(f"P{canonical_order(po_no)}")


def unapplied_key(customer_no: str) -> int:
    """The key of all of a customer's payments with something left to apply."""
    return _whole(f"U\n{customer_no}")


def amount_key(amount: Money) -> int:
    """The key of all payments of an amount."""
    return _whole(f"M{_plain(amount.amount)}{amount.currency}")


def trace_key(trace: str) -> int:
    """The key of all payments that a trace (``traces``) stands in."""
    return _whole(f"R{trace}")


def traces(text: str) -> tuple[str, ...]:
    """What a text on a payment may be found by, each once: its words with a digit and at least four signs, bare."""
    words = (_NOT_IN_TRACE.sub("", word).upper() for word in _BETWEEN_TRACES.split(text))
    found = dict.fromkeys(word for word in words if len(word) >= _SHORTEST_TRACE and _DIGIT.search(word))
    return tuple(found)[:_MOST_TRACES]


def line_keys(customer_no: str, values: Iterable[Decimal]) -> set[int]:
    """The keys of a customer's open invoices by the figures of a line: rate, quantity, and net without sign."""
    return {crc32(f"V{_plain(value)}\n{customer_no}".encode()) for value in values}


def wanted_keys(wanted: Wanted) -> set[int]:
    """The keys of all that a request wants but neighbours."""
    texts = {f"C{form}" for form in wanted.canonicals} | {f"D{form}" for form in wanted.digits}
    if not wanted.own:
        texts |= {f"T{form}" for form in wanted.tails}
    keys = {crc32(text.encode()) for text in texts}
    stated = list(_stated(wanted))
    for account in wanted.own:
        keys |= {crc32(f"{text}\n{account}".encode()) for text in stated}
    return keys


def neighbour_keys(wanted: Wanted) -> set[int]:
    """The keys of the numbers one slip away, on any account."""
    return {crc32(f"C{form}".encode()) for form in wanted.neighbours}


def _stated(wanted: Wanted) -> Iterator[str]:
    yield from (f"t{form}" for form in wanted.tails)
    yield from (f"A{_plain(amount)}" for amount in wanted.amounts)
    yield from (f"I{day}" for day in wanted.dates)
    yield from (f"P{order}" for order in wanted.po_nos)
    yield from (f"V{_plain(value)}" for value in wanted.values)
    if wanted.open_items:
        yield "O"


def _whole(text: str) -> int:
    """A key that is kept whole."""
    return -1 - crc32(text.encode())


def _plain(amount: Decimal) -> str:
    """The same text for equal amounts, however many zeros they are written with."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
