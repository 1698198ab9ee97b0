"""What matching knows of the ledger: its invoices in short, and a view of some or all of them to look things up in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Final, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from csr_bot.core.evidence import Invoice, InvoiceLine
from csr_bot.core.matching.numbers import NumberForms, ReadNumber, canonical_order, number_forms, prefix_of

_Key = TypeVar("_Key", bound=Hashable)

MAX_CANDIDATES: Final = 200
"""Entries that one key may bring up. What more than these have in common tells none of them from the others."""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """The figures of a billed line that a customer may state."""

    rate: Decimal
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class LedgerEntry:
    """An invoice as matching sees it. Amounts are in ``currency`` and without sign; ``amounts`` are gross, net and open
    where they are not zero. ``po_no`` is canonical.
    """

    invoice_no: str
    company_code: str
    customer_no: str
    forms: NumberForms
    currency: str
    gross: Decimal
    net: Decimal
    open_amount: Decimal
    amounts: frozenset[Decimal]
    po_no: str | None
    dates: frozenset[date]
    lines: tuple[EntryLine, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether anything is left to pay."""
        return self.open_amount != 0


def ledger_entry(invoice: Invoice, lines: Iterable[InvoiceLine] = ()) -> LedgerEntry:
    """An invoice and its lines as matching sees them."""
    return build_entry(
        invoice_no=invoice.invoice_no,
        company_code=invoice.company_code,
        customer_no=invoice.customer_no,
        currency=invoice.currency,
        gross=invoice.gross.amount,
        net=invoice.net.amount,
        open_amount=invoice.open_amount.amount,
        po_no=invoice.po_no,
        dates=(invoice.invoice_date, invoice.due_date),
        lines=tuple(EntryLine(line.unit_price, line.quantity, abs(line.net.amount)) for line in lines),
    )


def build_entry(  # noqa: PLR0913  # one for each thing that matching knows of an invoice
    *,
    invoice_no: str,
    company_code: str,
    customer_no: str,
    currency: str,
    gross: Decimal,
    net: Decimal,
    open_amount: Decimal,
    po_no: str | None,
    dates: Iterable[date],
    lines: tuple[EntryLine, ...],
) -> LedgerEntry:
    """An entry from what the ledger says: amounts with their sign, the order as it is written there."""
    amounts = abs(gross), abs(net), abs(open_amount)
    return LedgerEntry(
        invoice_no,
        company_code,
        customer_no,
        number_forms(invoice_no),
        currency,
        *amounts,
        frozenset(filter(None, amounts)),
        canonical_order(po_no) if po_no else None,
        frozenset(dates),
        lines,
    )


def ledger_entries(invoices: Iterable[Invoice], lines: Iterable[InvoiceLine]) -> list[LedgerEntry]:
    """A whole ledger as matching sees it. Lines name no company: they go to every invoice of their number."""
    by_number: defaultdict[str, list[InvoiceLine]] = defaultdict(list)
    for line in lines:
        by_number[line.invoice_no].append(line)
    return [ledger_entry(invoice, by_number.get(invoice.invoice_no, ())) for invoice in invoices]


class Account:
    """The entries of one customer, looked up by what a request may state of them."""

    def __init__(self, entries: Sequence[LedgerEntry]) -> None:
        self.entries = entries

    @cached_property
    def _canonicals(self) -> list[str]:
        return [entry.forms.canonical for entry in self.entries]

    @cached_property
    def _digits(self) -> list[str]:
        return [entry.forms.digits for entry in self.entries]

    def one_slip_from(self, number: ReadNumber) -> list[LedgerEntry]:
        """The entries whose number is exactly one slip away, letters left out where none are written."""
        whole = bool(prefix_of(number.full))
        written, numbers = (number.full, self._canonicals) if whole else (number.digits, self._digits)
        found = process.extract(written, numbers, scorer=OSA.distance, score_cutoff=1, limit=None)
        return [self.entries[place] for _, distance, place in found if distance == 1]

    @cached_property
    def by_tail(self) -> Mapping[str, Sequence[LedgerEntry]]:
        """By serial without leading zeros."""
        return _group(self.entries, lambda entry: (entry.forms.tail,))

    @cached_property
    def by_po(self) -> Mapping[str, Sequence[LedgerEntry]]:
        """By canonical purchase order."""
        return _group(self.entries, lambda entry: (entry.po_no,) if entry.po_no else ())

    @cached_property
    def by_amount(self) -> Mapping[Decimal, Sequence[LedgerEntry]]:
        """By gross, net and open amount."""
        return _group(self.entries, lambda entry: entry.amounts)

    @cached_property
    def by_date(self) -> Mapping[date, Sequence[LedgerEntry]]:
        """By invoice date and due date."""
        return _group(self.entries, lambda entry: entry.dates)

    @cached_property
    def by_canonical(self) -> Mapping[str, Sequence[LedgerEntry]]:
        """By number."""
        return _group(self.entries, lambda entry: (entry.forms.canonical,))

    @cached_property
    def open_by_value(self) -> Mapping[Decimal, Sequence[LedgerEntry]]:
        """Open entries by rate, quantity and net amount of their lines."""
        return _group(self.open, lambda entry: {value for line in entry.lines for value in _values(line)})

    @cached_property
    def open(self) -> Sequence[LedgerEntry]:
        """Those with something left to pay."""
        return [entry for entry in self.entries if entry.is_open]


class LedgerView:
    """Entries of a ledger and the letters that its numbers begin with: all of it, or what a chunk of requests wants."""

    def __init__(self, entries: Sequence[LedgerEntry], prefixes: frozenset[str]) -> None:
        self.entries = entries
        self.prefixes = prefixes
        self._by_canonical: dict[str, list[LedgerEntry]] = {}
        self._by_digits: dict[str, list[LedgerEntry]] = {}
        self._by_tail: dict[str, list[LedgerEntry]] = {}
        by_customer: dict[str, list[LedgerEntry]] = {}
        for entry in entries:
            forms = entry.forms
            self._by_canonical.setdefault(forms.canonical, []).append(entry)
            for form in {forms.digits, forms.year_serial} - {""}:
                self._by_digits.setdefault(form, []).append(entry)
            if forms.tail and len(found := self._by_tail.setdefault(forms.tail, [])) < MAX_CANDIDATES:
                found.append(entry)
            by_customer.setdefault(entry.customer_no, []).append(entry)
        self._accounts = {number: Account(found) for number, found in by_customer.items()}

    def extended(self, entries: Iterable[LedgerEntry]) -> LedgerView:
        """The same view with more entries; one that it has already is left out."""
        known = {_key(entry) for entry in self.entries}
        return LedgerView([*self.entries, *(entry for entry in entries if _key(entry) not in known)], self.prefixes)

    def numbered(self, canonical: str) -> Sequence[LedgerEntry]:
        """The entries of this number: one, or one for each company that has it."""
        return self._by_canonical.get(canonical, ())

    def with_digits(self, digits: str) -> Sequence[LedgerEntry]:
        """The entries whose digits, or year and serial, are these; the first of very many."""
        return list(islice(self._by_digits.get(digits, ()), MAX_CANDIDATES))

    def ending_in(self, tail: str) -> Sequence[LedgerEntry]:
        """The entries of any customer with this serial; the first of very many."""
        return self._by_tail.get(tail, ())

    def accounts(self, customer_nos: Iterable[str]) -> list[Account]:
        """What the view holds of these customers."""
        return [self._accounts[number] for number in customer_nos if number in self._accounts]


def build_view(entries: Iterable[LedgerEntry], *, prefixes: frozenset[str] | None = None) -> LedgerView:
    """A view of these entries; ``prefixes`` are those of the whole ledger, by default those of the entries."""
    entries = list(entries)
    if prefixes is None:
        prefixes = frozenset(prefix_of(entry.forms.canonical) for entry in entries) - {""}
    return LedgerView(entries, prefixes)


def _key(entry: LedgerEntry) -> tuple[str, str]:
    return entry.company_code, entry.invoice_no


def _values(line: EntryLine) -> tuple[Decimal, Decimal, Decimal]:
    return line.rate, line.quantity, line.net


def _group(
    entries: Iterable[LedgerEntry], keys: Callable[[LedgerEntry], Iterable[_Key]]
) -> Mapping[_Key, Sequence[LedgerEntry]]:
    found: dict[_Key, list[LedgerEntry]] = {}
    for entry in entries:
        for key in keys(entry):
            found.setdefault(key, []).append(entry)
    return found
