"""The SQL log as the flow uses it: one transaction at a time, grouped by what is recorded.

Every write happens inside ``CaseLog.begin()``; leaving it normally commits all of it, an exception leaves nothing.
Tasks that were recorded are rung only after the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from csr_bot.core.case import CaseStatus
from csr_bot.core.checks import Finding
from csr_bot.core.customer import ContractTerms, CustomerChange, CustomerContext
from csr_bot.core.evidence import Customer, Evidence, Invoice, InvoiceLine, LetterOfCredit, Payment
from csr_bot.core.facts import EarlierCredit, InvoiceFacts
from csr_bot.core.matching import LedgerEntry, SenderDirectory, Wanted
from csr_bot.intakelog import IntakeLog, MailboxRows
from csr_bot.ports import LedgerRow
from csr_bot.records import (
    ApprovalRecord,
    Blob,
    CaseLine,
    CaseRecord,
    DecisionRecord,
    EffectRecord,
    Event,
    InvoiceChange,
    Person,
    ReceiptRecord,
    RunRecord,
    SnapshotDelta,
    SnapshotRecord,
    StoredEvidence,
    StoredMessage,
    TaskRecord,
    WaitingCase,
    WorkItem,
)
from csr_bot.registers import RegisterRows


class ConflictError(Exception):
    """Somebody else recorded the same thing first. Nothing of this transaction stands; it may be tried again."""


class CaseRows(Protocol):
    """Cases, their decisions and approvals, and the exception queue."""

    def next_numbers(self, year: int, count: int) -> Sequence[str]: ...
    def add(self, cases: Sequence[CaseRecord]) -> None: ...
    def get(self, case_id: str) -> CaseRecord: ...
    def get_for_update(self, case_id: str) -> CaseRecord: ...
    def by_no(self, case_no: str) -> CaseRecord | None: ...
    def update(self, before: CaseRecord, after: CaseRecord, *, at: datetime) -> None: ...
    def find_open_duplicate(self, dedupe_key: str, *, other_than: str) -> str | None: ...
    def find_twins(self, customer_nos: Collection[str], *, channel: str, since: datetime) -> Sequence[CaseRecord]:
        """Open cases of these customers that came in through this channel since then, oldest first."""
        ...

    def hold_customer(self, customer_no: str) -> None:
        """Let nobody else decide for this customer until the transaction ends."""
        ...

    def list(self, *, status: str | None, category: str | None, customer: str | None) -> Sequence[CaseRecord]: ...
    def search(self, text: str, *, limit: int) -> Sequence[CaseRecord]:
        """Cases in whose number, customer, ticket, subject or messages a text stands, the newest first."""
        ...

    def add_decision(self, decision: DecisionRecord, findings: Iterable[Finding]) -> None: ...
    def latest_decision(self, case_id: str) -> DecisionRecord | None: ...
    def set_decision_state(self, decision_id: str, state: str) -> None: ...
    def add_evidence(self, case_id: str, version: int, evidence: Iterable[Evidence]) -> None: ...
    def findings(self, decision_id: str) -> Sequence[Finding]: ...
    def add_approval(self, approval: ApprovalRecord) -> None: ...
    def approvals(self, decision_id: str) -> Sequence[ApprovalRecord]: ...
    def add_work_item(self, item: WorkItem) -> None: ...
    def add_items_for_new_cases(self, items: Sequence[WorkItem]) -> None: ...
    def open_items(self, case_id: str | None = None) -> Sequence[WorkItem]: ...
    def claim_item(self, item_id: str, *, login: str, lease_until: datetime, now: datetime) -> bool: ...
    def close_items(self, case_id: str, *, result: str, at: datetime) -> None: ...


class EffectRows(Protocol):
    """Effects and their receipts."""

    def add(self, effects: Sequence[EffectRecord], *, at: datetime) -> None: ...
    def get(self, effect_id: str) -> EffectRecord: ...
    def get_for_update(self, effect_id: str) -> EffectRecord: ...
    def update(self, before: EffectRecord, after: EffectRecord, *, at: datetime) -> None: ...
    def of_decision(self, decision_id: str) -> Sequence[EffectRecord]: ...
    def of_case(self, case_id: str) -> Sequence[EffectRecord]: ...
    def earlier_credits(self, customer_no: str, *, other_than_case: str) -> Sequence[EarlierCredit]: ...
    def bot_effects_since(self, customer_no: str, since: datetime) -> int: ...
    def answers_since(self, address: str, since: datetime) -> int: ...
    def add_receipt(self, receipt: ReceiptRecord) -> None: ...
    def receipts(self, effect_id: str) -> Sequence[tuple[str, datetime, Mapping[str, object], str | None]]: ...


class TaskRows(Protocol):
    """Work to be done: the queue of record."""

    def add(self, *, kind: str, subject: str, queue: str, due_at: datetime) -> str | None:
        """The new task's id; None if the same work is open already."""
        ...

    def add_for_new_cases(self, case_ids: Sequence[str], *, queue: str, due_at: datetime) -> None: ...

    def claim(self, task_id: str, *, owner: str, now: datetime, lease_until: datetime) -> TaskRecord | None: ...
    def claim_next(self, queue: str, *, owner: str, now: datetime, lease_until: datetime) -> TaskRecord | None: ...
    def renew(self, task_id: str, *, owner: str, lease_until: datetime) -> bool: ...
    def finish(self, task_id: str) -> None: ...
    def retry(self, task_id: str, *, due_at: datetime, error: str, counts: bool) -> None: ...
    def bury(self, task_id: str, *, error: str) -> None: ...
    def due(self, *, now: datetime, limit: int) -> Mapping[str, Sequence[str]]:
        """Queue to ids of tasks that are due and that nobody holds."""
        ...

    def open_count(self) -> int: ...
    def next_due_at(self) -> datetime | None: ...


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


class HouseRows(Protocol):
    """People, switches, runs, leases and files."""

    def put_person(self, person: Person) -> None: ...
    def person(self, login: str) -> Person | None: ...
    def people(self) -> Sequence[Person]: ...
    def signing_key(self, name: str) -> bytes:
        """A key of this installation, made with its database."""
        ...

    def stops(self) -> Mapping[str, str]:
        """Scope (``*``, a bot or a category) to why it is stopped."""
        ...

    def put_stop(self, scope: str, *, why: str, by: str, at: datetime) -> None: ...
    def remove_stop(self, scope: str) -> bool: ...
    def pauses(self) -> Mapping[str, str]: ...
    def put_pause(self, bot: str, *, why: str, by: str, at: datetime) -> None: ...
    def remove_pause(self, bot: str) -> bool: ...
    def use_policy(self, policy_id: str, version: int, *, sha256: str, yaml: str, at: datetime) -> None:
        """Keep the text of a policy version; ConflictError if another text was used under the same version."""
        ...

    def add_slot(self, bot: str, kind: str, *, slot_at: datetime, status: str, why: str | None) -> bool:
        """Record a scheduled slot; False if somebody has recorded it already."""
        ...

    def begin_run(self, bot: str, kind: str, *, at: datetime) -> RunRecord:
        """Start a run: the one of the newest slot that is due, or an unscheduled one."""
        ...

    def end_run(
        self, run_id: str, *, status: str, counters: Mapping[str, int], error: str | None, at: datetime
    ) -> None: ...
    def runs(self, *, limit: int) -> Sequence[RunRecord]: ...
    def last_slot(self, bot: str, kind: str) -> datetime | None: ...
    def take_lease(self, name: str, *, owner: str, now: datetime, until: datetime) -> bool: ...
    def put_blobs(self, blobs: Sequence[Blob], *, at: datetime) -> None: ...
    def blob(self, sha256: str) -> Blob | None: ...


class EventRows(Protocol):
    """The audit chain."""

    def add(
        self,
        action: str,
        *,
        actor: str,
        entity: str,
        entity_id: str,
        at: datetime,
        case_no: str | None = None,
        data: Mapping[str, object] | None = None,
    ) -> None: ...
    def of_case(self, case_no: str) -> Sequence[Event]: ...
    def all(self) -> Iterator[Event]: ...
    def head(self) -> tuple[int, str]:
        """Sequence number and hash that the chain ends with."""
        ...


class OverviewRows(Protocol):
    """What people look at: lists across cases. Reads only; nothing is decided by them."""

    def waiting(self, *, limit: int) -> Sequence[WaitingCase]: ...
    def waiting_count(self) -> int: ...
    def cases(self, *, status: CaseStatus | None, before: str | None, limit: int) -> Sequence[CaseLine]:
        """The newest first, from below the case number ``before`` on."""
        ...

    def case_counts(self) -> Mapping[CaseStatus, int]: ...
    def messages_of(self, case_id: str) -> Sequence[StoredMessage]: ...
    def evidence_of(self, case_id: str, *, version: int) -> Sequence[StoredEvidence]: ...
    def mails_by_disposition(self) -> Mapping[str, int]: ...
    def last_mail_taken_at(self) -> datetime | None: ...


class Records(Protocol):
    """One transaction on the log."""

    @property
    def intake(self) -> IntakeLog: ...
    @property
    def mailboxes(self) -> MailboxRows: ...
    @property
    def cases(self) -> CaseRows: ...
    @property
    def effects(self) -> EffectRows: ...
    @property
    def tasks(self) -> TaskRows: ...
    @property
    def ledger(self) -> LedgerRows: ...
    @property
    def house(self) -> HouseRows: ...
    @property
    def events(self) -> EventRows: ...
    @property
    def overview(self) -> OverviewRows: ...
    @property
    def registers(self) -> RegisterRows: ...


class EffectLock(Protocol):
    """Holds one effect for one worker: freed when the process dies, kept while it is only paused."""

    def hold(self, effect_id: str) -> AbstractContextManager[bool]:
        """True inside if the effect is ours; False if somebody else holds it."""
        ...


class LedgerLoad(Protocol):
    """A ledger that is being stored."""

    def add(self, rows: Sequence[LedgerRow]) -> None:
        """Store rows of one type. Customers come before their invoices, invoices before their lines."""
        ...

    def finish(self) -> Iterator[None]:
        """Make what was stored ready to be looked up, step by step: to be read to its end."""
        ...


class CaseLog(Protocol):
    """The shared log of everything."""

    def begin(self) -> AbstractContextManager[Records]:
        """A transaction that may write. Raises ConflictError at its end if somebody was first."""
        ...

    def read(self) -> AbstractContextManager[Records]:
        """A consistent view that writes nothing."""
        ...

    def load_ledger(self, snapshot: SnapshotRecord) -> AbstractContextManager[LedgerLoad]:
        """Store a ledger beside the one in force, committed bit by bit so that others can write in between.

        Nobody sees it before it is settled as active. Left before that, its remains are still to be removed.
        """
        ...

    @property
    def lock(self) -> EffectLock: ...
