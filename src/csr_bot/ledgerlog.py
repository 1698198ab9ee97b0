"""The ledger's mirror as the flow uses it: snapshots of ledgers, and what is looked up in one.

A part of the case log: transactions are those of ``csr_bot.caselog``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from csr_bot.clocklog import Stakes
from csr_bot.core.customer import ContractTerms, CustomerChange, CustomerContext
from csr_bot.core.evidence import Customer, Invoice, InvoiceLine, LetterOfCredit, Payment
from csr_bot.core.facts import InvoiceFacts
from csr_bot.core.matching import LedgerEntry, SenderDirectory, Wanted


@dataclass(frozen=True, slots=True)
class SnapshotDelta:
    """What changed since the snapshot ``since``: numbers of invoices, and how what is open ``moved`` by currency."""

    since: str
    new: int
    changed: int
    gone: int
    moved: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class InvoiceChange:
    """An invoice that is ``new``, ``changed`` or ``gone`` from one snapshot to another."""

    change: str
    company_code: str
    invoice_no: str


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """One import of a ledger. Only the one ``active`` snapshot of a bot is used.

    ``status`` is ``loading`` until it has ended, then ``active`` or ``rejected``, and ``superseded`` by the next one.
    ``counts``: rows by table; ``control_totals``: what is open by currency.
    """

    id: str
    bot: str
    file_name: str
    file_sha256: str
    as_of: date | None
    generated_at: datetime | None
    imported_at: datetime
    row_count: int
    counts: Mapping[str, int]
    refused_count: int
    control_totals: Mapping[str, Decimal]
    delta: SnapshotDelta | None
    status: str
    reason: str | None


class LedgerRows(Protocol):
    """The ledger's mirror: snapshots, and what is looked up in one."""

    def settle_snapshot(self, snapshot: SnapshotRecord, *, refused: Sequence[Mapping[str, object]] = ()) -> None:
        """Record how an import ended. An active one replaces the snapshot that was active before."""
        ...

    def active_snapshot(self, bot: str) -> SnapshotRecord | None: ...
    def latest_snapshot(self, bot: str) -> SnapshotRecord | None:
        """The newest import that has ended, accepted or not."""
        ...

    def refused_rows(self, snapshot_id: str) -> Sequence[Mapping[str, object]]:
        """Rows of an import that were left out, with place and reason; of very many, the first."""
        ...

    def interrupted_snapshots(self, bot: str) -> Sequence[SnapshotRecord]:
        """Imports that have begun and not ended."""
        ...

    def dispensable_snapshots(self, bot: str) -> Sequence[str]:
        """Ended imports whose rows nobody needs: all but the active one and the one that was active before it."""
        ...

    def drop_rows(self, snapshot_id: str, *, limit: int) -> bool:
        """Remove up to about ``limit`` rows of a snapshot; False once none is left. Its record stays."""
        ...

    def compare_snapshots(self, before: SnapshotRecord, after_id: str) -> SnapshotDelta:
        """How many invoices are new, changed and gone since a snapshot; sums are left to the caller."""
        ...

    def changes(self, before_id: str, after_id: str, *, limit: int) -> Sequence[InvoiceChange]:
        """Invoices that are new, changed or gone from one snapshot to another."""
        ...

    def find_senders(
        self, snapshot_id: str, *, addresses: Collection[str], domains: Collection[str]
    ) -> SenderDirectory:
        """What the customer master says of these addresses and domains (lower case).

        Their contacts, the customers of the domains, the declared groups of all these, and for each domain that is
        neither a customer's nor free mail the domains stored under its ``reach_keys``.
        """
        ...

    def group_of(self, snapshot_id: str, customer_nos: Collection[str]) -> frozenset[str]:
        """All members of the declared groups of these customers: parents, and whoever has the same parent."""
        ...

    def find_entries(self, snapshot_id: str, wanted: Sequence[Wanted]) -> Sequence[LedgerEntry]:
        """The invoices that fit any key of any of these, each once with all its lines, by a handful of queries.

        Of what one key finds, the first ``MAX_CANDIDATES`` are enough.
        """
        ...

    def number_prefixes(self, snapshot_id: str) -> frozenset[str]:
        """The letters that invoice numbers begin with, each once; no empty one."""
        ...

    def customer(self, snapshot_id: str, customer_no: str) -> Customer | None: ...
    def invoice_facts(self, snapshot_id: str, invoice_no: str) -> InvoiceFacts | None: ...
    def open_lines(self, snapshot_id: str, customer_no: str, *, values: Collection[Decimal]) -> Sequence[InvoiceLine]:
        """Lines of the customer's open invoices with one of these figures as rate, quantity or net amount.

        Of what one figure finds, the lines of the first ``MAX_CANDIDATES`` invoices are enough.
        """
        ...

    def customer_context(self, snapshot_id: str, customer_no: str) -> CustomerContext | None:
        """Everything that the ledger says of one customer, by a fixed number of queries."""
        ...

    def stakes(self, snapshot_id: str, *, customer_nos: Collection[str], invoice_nos: Collection[str]) -> Stakes:
        """What these customers and invoices have at stake, however many they are, by a fixed number of queries."""
        ...

    def find_payments(
        self,
        snapshot_id: str,
        *,
        amount: Decimal | None = None,
        currency: str | None = None,
        value_date: date | None = None,
        days: int = 5,
        trace: str | None = None,
        customer_no: str | None = None,
    ) -> Sequence[Payment]:
        """Payments that fit all that is given: value dates at most ``days`` off, a word of ``trace`` in the references.

        With ``customer_no``, that customer's and those that nobody is known to have made. ValueError where neither a
        trace, nor amount and currency, nor a customer is given.
        """
        ...

    def payments_of(
        self, snapshot_id: str, customer_no: str, *, since: date | None = None, limit: int = 2_000
    ) -> Sequence[Payment]:
        """A customer's payments with a value date from ``since`` on, the latest first."""
        ...

    def contract_terms(self, snapshot_id: str, contract_no: str) -> ContractTerms | None:
        """A contract in all its versions with its price terms."""
        ...

    def invoices_by_po(self, snapshot_id: str, po_no: str) -> Sequence[Invoice]:
        """The invoices on an order, on whosever account, however its number is written; of very many, the first."""
        ...

    def letters_of_credit(self, snapshot_id: str, lc_no: str) -> Sequence[LetterOfCredit]:
        """The letters of credit of this number, one for each bank that gave it."""
        ...

    def add_customer_changes(
        self, before: SnapshotRecord, after: SnapshotRecord, *, places: range, at: datetime
    ) -> int:
        """Keep how the customers at these places of the files, from 1 on, differ; returns how many fields do.

        They are shown only once ``after`` has come into force.
        """
        ...

    def customer_changes(self, bot: str, customer_no: str, *, limit: int = 100) -> Sequence[CustomerChange]:
        """What imports that came into force changed of a customer's master row, the latest first."""
        ...
