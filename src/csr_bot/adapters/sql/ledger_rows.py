"""The ledger's mirror in SQL: its snapshots, what changed between two, and what decisions and matching ask of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from csr_bot.adapters.sql import customer_history, customer_lookups
from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.adapters.sql.ledger_lookups import LedgerLookups
from csr_bot.clocklog import Stakes
from csr_bot.core.customer import ContractTerms, CustomerChange, CustomerContext
from csr_bot.core.evidence import (
    Allocation,
    Contract,
    Customer,
    Invoice,
    InvoiceLine,
    LetterOfCredit,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.core.facts import InvoiceFacts
from csr_bot.core.matching import LedgerEntry, SenderDirectory, Wanted
from csr_bot.ledgerlog import InvoiceChange, SnapshotDelta, SnapshotRecord

_RECORD = tuple(tables.snapshot.c[name] for name in SnapshotRecord.__dataclass_fields__)
_STORED = select(tables.snapshot.c.number, tables.snapshot.c.prefixes).where(
    tables.snapshot.c.id == bindparam("snapshot_id")
)
_ACTIVE = select(*_RECORD).where(tables.snapshot.c.bot == bindparam("bot"), tables.snapshot.c.status == "active")


class SqlLedger:
    """``caselog.LedgerRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._active: dict[str, SnapshotRecord | None] = {}
        self._stored: dict[str, tuple[int, frozenset[str]]] = {}

    def add_snapshot(self, snapshot: SnapshotRecord) -> int:
        """Note that an import has begun; returns the number that its rows are stored under."""
        last = self._connection.execute(select(func.coalesce(func.max(tables.snapshot.c.number), 0))).scalar_one()
        row = {**_snapshot_row(snapshot), "number": last + 1, "refused": [], "is_stored": True}
        self._connection.execute(insert(tables.snapshot), row)
        return int(last) + 1

    def settle_snapshot(self, snapshot: SnapshotRecord, *, refused: Sequence[Mapping[str, object]] = ()) -> None:
        """Record how an import ended. An active one replaces the snapshot that was active before."""
        self._active.clear()
        table = tables.snapshot.c
        if snapshot.status == "active":
            self._connection.execute(
                update(tables.snapshot)
                .where(table.bot == snapshot.bot, table.status == "active")
                .values(status="superseded")
            )
        values = {**_snapshot_row(snapshot), "refused": [dict(note) for note in refused]}
        self._connection.execute(update(tables.snapshot).where(table.id == snapshot.id).values(**values))

    def active_snapshot(self, bot: str) -> SnapshotRecord | None:
        """The snapshot that decisions are made on."""
        if bot not in self._active:
            row = self._connection.execute(_ACTIVE, {"bot": bot}).one_or_none()
            self._active[bot] = None if row is None else _snapshot(row)
        return self._active[bot]

    def latest_snapshot(self, bot: str) -> SnapshotRecord | None:
        """The newest import that has ended, accepted or not."""
        table = tables.snapshot.c
        ended = select(*_RECORD).where(table.bot == bot, table.status != "loading")
        row = self._connection.execute(ended.order_by(table.imported_at.desc()).limit(1)).first()
        return None if row is None else _snapshot(row)

    def refused_rows(self, snapshot_id: str) -> Sequence[Mapping[str, Any]]:
        """Rows of an import that were left out, with place and reason; of very many, the first."""
        found = select(tables.snapshot.c.refused).where(tables.snapshot.c.id == snapshot_id)
        return list(self._connection.execute(found).scalar_one())

    def interrupted_snapshots(self, bot: str) -> Sequence[SnapshotRecord]:
        """Imports that have begun and not ended."""
        query = select(*_RECORD).where(tables.snapshot.c.bot == bot, tables.snapshot.c.status == "loading")
        return [_snapshot(row) for row in self._connection.execute(query)]

    def dispensable_snapshots(self, bot: str) -> Sequence[str]:
        """Snapshots whose rows nobody needs: all but the active one, the one before it, and one that is loading."""
        table = tables.snapshot.c
        query = (
            select(table.id, table.status)
            .where(table.bot == bot, table.is_stored, table.status != "loading")
            .order_by(table.number.desc())
        )
        rows = self._connection.execute(query).all()
        before = next((row.id for row in rows if row.status == "superseded"), None)
        return [row.id for row in rows if row.status != "active" and row.id != before]

    def drop_rows(self, snapshot_id: str, *, limit: int) -> bool:
        """Remove up to about ``limit`` rows of a snapshot from one table; False once none is left in any."""
        number = self._number(snapshot_id)
        for table in (*tables.LOOKED_UP, *tables.MIRRORED):
            place, mine = _place(table, number)
            last = self._connection.execute(
                select(place).where(mine).order_by(place).offset(limit).limit(1)
            ).scalar_one_or_none()
            removed = self._connection.execute(
                delete(table).where(mine, *([place <= last] if last is not None else []))
            )
            if removed.rowcount:
                return True
        self._connection.execute(
            update(tables.snapshot).where(tables.snapshot.c.id == snapshot_id).values(is_stored=False)
        )
        return False

    def compare_snapshots(self, before: SnapshotRecord, after_id: str) -> SnapshotDelta:
        """How many invoices are new, changed and gone since a snapshot; sums are left to the caller."""
        old, new = tables.invoice.alias("old"), tables.invoice.alias("new")
        # An outer join keeps its order: from each new invoice to the old one by its number.
        differs = case((old.c.digest != new.c.digest, 1), else_=0)
        both = select(func.count(old.c.id), func.coalesce(func.sum(differs), 0)).join_from(
            new, old, _same_invoice(old, new, self._number(before.id)), isouter=True
        )
        shared, changed = self._connection.execute(both.where(_rows_of(new, self._number(after_id)))).one()
        was, now = (self._count_invoices(number) for number in (before.id, after_id))
        return SnapshotDelta(before.id, new=now - shared, changed=int(changed), gone=was - shared, moved={})

    def changes(self, before_id: str, after_id: str, *, limit: int) -> Sequence[InvoiceChange]:
        """Invoices that are new, changed or gone from one snapshot to another, in the order of the files."""
        before, after = self._number(before_id), self._number(after_id)
        old, new = tables.invoice.alias("old"), tables.invoice.alias("new")
        met = select(
            case((old.c.invoice_no.is_(None), "new"), else_="changed"), new.c.company_code, new.c.invoice_no
        ).join_from(new, old, _same_invoice(old, new, before), isouter=True)
        met = met.where(_rows_of(new, after), or_(old.c.digest.is_(None), old.c.digest != new.c.digest))
        lost = select(literal("gone"), old.c.company_code, old.c.invoice_no).join_from(
            old, new, _same_invoice(new, old, after), isouter=True
        )
        lost = lost.where(_rows_of(old, before), new.c.invoice_no.is_(None))
        found = [*self._connection.execute(met.order_by(new.c.id).limit(limit))]
        found += self._connection.execute(lost.order_by(old.c.id).limit(limit - len(found)))
        return [InvoiceChange(*row) for row in found]

    def find_senders(
        self, snapshot_id: str, *, addresses: Collection[str], domains: Collection[str]
    ) -> SenderDirectory:
        """What the customer master says of these addresses and domains."""
        return self._lookups(snapshot_id).find_senders(addresses=addresses, domains=domains)

    def group_of(self, snapshot_id: str, customer_nos: Collection[str]) -> frozenset[str]:
        """These customers with all members of their declared groups."""
        return self._lookups(snapshot_id).group_of(customer_nos)

    def find_entries(self, snapshot_id: str, wanted: Sequence[Wanted]) -> Sequence[LedgerEntry]:
        """The invoices that fit any key of any of these, each once with all its lines."""
        return self._lookups(snapshot_id).find_entries(wanted)

    def number_prefixes(self, snapshot_id: str) -> frozenset[str]:
        """The letters that invoice numbers begin with."""
        return self._number_and_prefixes(snapshot_id)[1]

    def customer(self, snapshot_id: str, customer_no: str) -> Customer | None:
        """A customer of the master."""
        found = self._lookups(snapshot_id).read(Customer, tables.customer.c.customer_no == customer_no)
        return found[0] if len(found) == 1 else None

    def invoice_facts(self, snapshot_id: str, invoice_no: str) -> InvoiceFacts | None:
        """An invoice with its lines, payments, contract, prices and usage; nothing of the ERP."""
        rows = self._lookups(snapshot_id)
        invoices = rows.read(Invoice, tables.invoice.c.invoice_no == invoice_no)
        if len(invoices) != 1:
            return None
        invoice = invoices[0]
        allocations = rows.read(Allocation, tables.allocation.c.invoice_no == invoice_no)
        payment_nos = {item.payment_no for item in allocations}
        contract_no = invoice.contract_no
        return InvoiceFacts(
            invoice=invoice,
            lines=tuple(rows.read(InvoiceLine, tables.invoice_line.c.invoice_no == invoice_no)),
            allocations=tuple(allocations),
            payments=tuple(rows.read_in(Payment, tables.payment.c.payment_no, payment_nos)),
            contract=_valid_contract(rows, invoice),
            price_terms=tuple(rows.read(PriceTerm, tables.price_term.c.contract_no == contract_no)),
            usage=tuple(rows.read(Usage, tables.usage.c.contract_no == contract_no)),
            equal_net=tuple(rows.equal_net(invoice)),
            screen=None,
            screen_problem=None,
            document=None,
            document_sha256=None,
        )

    def open_lines(self, snapshot_id: str, customer_no: str, *, values: Collection[Decimal]) -> Sequence[InvoiceLine]:
        """Lines of the customer's open invoices with one of these figures as rate, quantity or net amount."""
        return self._lookups(snapshot_id).open_lines(customer_no, values)

    def customer_context(self, snapshot_id: str, customer_no: str) -> CustomerContext | None:
        """Everything that the ledger says of one customer."""
        return customer_lookups.find_context(self._lookups(snapshot_id), customer_no)

    def stakes(self, snapshot_id: str, *, customer_nos: Collection[str], invoice_nos: Collection[str]) -> Stakes:
        """What these customers and invoices have at stake, by a fixed number of queries."""
        return customer_lookups.find_stakes(self._lookups(snapshot_id), customer_nos, invoice_nos)

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
        """Payments that all of this fits; those of nobody fit every customer."""
        return customer_lookups.find_payments(
            self._lookups(snapshot_id),
            amount=amount,
            currency=currency,
            value_date=value_date,
            days=days,
            trace=trace,
            customer_no=customer_no,
        )

    def payments_of(
        self, snapshot_id: str, customer_no: str, *, since: date | None = None, limit: int = customer_lookups.MOST
    ) -> Sequence[Payment]:
        """A customer's payments, the latest first."""
        return customer_lookups.payments_of(self._lookups(snapshot_id), customer_no, since=since, limit=limit)

    def contract_terms(self, snapshot_id: str, contract_no: str) -> ContractTerms | None:
        """A contract in all its versions with its prices."""
        return customer_lookups.find_contract(self._lookups(snapshot_id), contract_no)

    def invoices_by_po(self, snapshot_id: str, po_no: str) -> Sequence[Invoice]:
        """The invoices on an order, on whosever account."""
        return customer_lookups.find_ordered(self._lookups(snapshot_id), po_no)

    def letters_of_credit(self, snapshot_id: str, lc_no: str) -> Sequence[LetterOfCredit]:
        """The letters of credit of this number."""
        return customer_lookups.find_letters(self._lookups(snapshot_id), lc_no)

    def add_customer_changes(
        self, before: SnapshotRecord, after: SnapshotRecord, *, places: range, at: datetime
    ) -> int:
        """Keep how the customers at these places, counted from 1, differ between two snapshots."""
        return customer_history.add_changes(
            self._connection,
            before_no=self._number(before.id),
            after_no=self._number(after.id),
            places=places,
            after=after,
            at=at,
        )

    def customer_changes(self, bot: str, customer_no: str, *, limit: int = 100) -> Sequence[CustomerChange]:
        """What imports changed of a customer's master row, the latest first."""
        return customer_history.list_changes(self._connection, bot, customer_no, limit=limit)

    def _lookups(self, snapshot_id: str) -> LedgerLookups:
        return LedgerLookups(self._connection, self._number(snapshot_id))

    def _number(self, snapshot_id: str) -> int:
        """The number that rows are stored under; one that no row has for an unknown snapshot."""
        return self._number_and_prefixes(snapshot_id)[0]

    def _number_and_prefixes(self, snapshot_id: str) -> tuple[int, frozenset[str]]:
        if snapshot_id not in self._stored:
            row = self._connection.execute(_STORED, {"snapshot_id": snapshot_id}).one_or_none()
            if row is None:
                return 0, frozenset()
            self._stored[snapshot_id] = row.number, frozenset(row.prefixes)
        return self._stored[snapshot_id]

    def _count_invoices(self, snapshot_id: str) -> int:
        query = select(func.count()).select_from(tables.invoice)
        rows = _rows_of(tables.invoice, self._number(snapshot_id))
        return self._connection.execute(query.where(rows)).scalar_one()


def _rows_of(table: Any, number: int) -> ColumnElement[bool]:
    """The rows of a snapshot, as they lie together."""
    inside: ColumnElement[bool] = table.c.id.between(tables.row_id(number, 1), tables.row_id(number + 1, 0))
    return inside


def _place(table: Table, number: int) -> tuple[Column[Any], ColumnElement[bool]]:
    """What the rows of a snapshot lie in the order of, and which they are."""
    if table in tables.MIRRORED:
        return table.c.id, _rows_of(table, number)
    return list(table.primary_key.columns)[1], table.c.snapshot_no == number


def _same_invoice(one: Any, other: Any, number: int) -> ColumnElement[bool]:
    """The row of ``one`` under this snapshot number that is about the invoice of ``other``."""
    return and_(
        one.c.snapshot_no == number,
        one.c.invoice_no == other.c.invoice_no,
        one.c.company_code == other.c.company_code,
    )


def _valid_contract(rows: LedgerLookups, invoice: Invoice) -> Contract | None:
    """The one contract version that holds on the last service day."""
    day = invoice.service_to or invoice.invoice_date
    versions = [
        item
        for item in rows.read(Contract, tables.contract.c.contract_no == invoice.contract_no)
        if item.start <= day and (item.end is None or day <= item.end)
    ]
    return max(versions, key=lambda item: item.version, default=None)


def _snapshot_row(snapshot: SnapshotRecord) -> dict[str, Any]:
    row = {name: getattr(snapshot, name) for name in SnapshotRecord.__dataclass_fields__}
    delta = snapshot.delta
    return {
        **row,
        "control_totals": _as_text(snapshot.control_totals),
        "counts": dict(snapshot.counts),
        "delta": delta
        and {
            "since": delta.since,
            "new": delta.new,
            "changed": delta.changed,
            "gone": delta.gone,
            "moved": _as_text(delta.moved),
        },
    }


def _snapshot(row: Row[Any]) -> SnapshotRecord:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it
    delta = values["delta"]
    values["control_totals"] = _as_decimals(values["control_totals"])
    values["delta"] = delta and SnapshotDelta(**{**delta, "moved": _as_decimals(delta["moved"])})
    return SnapshotRecord(**values)


def _as_text(totals: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: f"{total:f}" for currency, total in totals.items()}


def _as_decimals(totals: Mapping[str, str]) -> dict[str, Decimal]:
    return {currency: Decimal(total) for currency, total in totals.items()}
