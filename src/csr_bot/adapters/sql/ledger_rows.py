"""The ledger's mirror in SQL: rows of the core's evidence types, stored by one generic mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, insert, select, update

from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.core.evidence import (
    Allocation,
    Contact,
    Contract,
    Customer,
    DocumentStatus,
    Invoice,
    InvoiceLine,
    Payment,
    PriceTerm,
    Usage,
)
from csr_bot.core.facts import InvoiceFacts
from csr_bot.core.matching import LedgerIndex, build_index
from csr_bot.core.money import Money
from csr_bot.records import SnapshotRecord

T = TypeVar("T")

TABLES: Final[Mapping[type[Any], Table]] = {
    Customer: tables.customer,
    Contact: tables.contact,
    Invoice: tables.invoice,
    InvoiceLine: tables.invoice_line,
    Payment: tables.payment,
    Allocation: tables.allocation,
    Contract: tables.contract,
    PriceTerm: tables.price_term,
    Usage: tables.usage,
}


class SqlLedger:
    """``caselog.LedgerRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_snapshot(self, snapshot: SnapshotRecord, rows: Mapping[str, Sequence[object]]) -> None:
        """Store an import. An active one replaces the snapshot that was active before."""
        if snapshot.status == "active":
            self._connection.execute(
                update(tables.snapshot)
                .where(tables.snapshot.c.bot == snapshot.bot, tables.snapshot.c.status == "active")
                .values(status="superseded")
            )
        row = {name: getattr(snapshot, name) for name in SnapshotRecord.__dataclass_fields__}
        totals = {currency: f"{total:f}" for currency, total in snapshot.control_totals.items()}
        refused = [dict(item) for item in snapshot.refused]
        self._connection.execute(insert(tables.snapshot), {**row, "control_totals": totals, "refused": refused})
        for items in rows.values():
            if items:
                stored = [{"snapshot_id": snapshot.id, **_row(item)} for item in items]
                self._connection.execute(insert(TABLES[type(items[0])]), stored)

    def active_snapshot(self, bot: str) -> SnapshotRecord | None:
        """The snapshot that decisions are made on."""
        return self._snapshot(tables.snapshot.c.bot == bot, tables.snapshot.c.status == "active")

    def latest_snapshot(self, bot: str) -> SnapshotRecord | None:
        """The newest import, accepted or not."""
        return self._snapshot(tables.snapshot.c.bot == bot)

    def index(self, snapshot_id: str) -> LedgerIndex:
        """Look-ups for matching, built from the whole snapshot."""
        return build_index(
            snapshot_id=snapshot_id,
            customers=self._read(Customer, snapshot_id),
            contacts=self._read(Contact, snapshot_id),
            invoices=self._read(Invoice, snapshot_id),
        )

    def customer(self, snapshot_id: str, customer_no: str) -> Customer | None:
        """A customer of the master."""
        found = self._read(Customer, snapshot_id, tables.customer.c.customer_no == customer_no)
        return found[0] if len(found) == 1 else None

    def invoice_facts(self, snapshot_id: str, invoice_no: str) -> InvoiceFacts | None:
        """An invoice with its lines, payments, contract, prices and usage; nothing of the ERP."""
        invoices = self._read(Invoice, snapshot_id, tables.invoice.c.invoice_no == invoice_no)
        if len(invoices) != 1:
            return None
        invoice = invoices[0]
        allocations = self._read(Allocation, snapshot_id, tables.allocation.c.invoice_no == invoice_no)
        payment_nos = {item.payment_no for item in allocations}
        contract_no = invoice.contract_no
        return InvoiceFacts(
            invoice=invoice,
            lines=tuple(self._read(InvoiceLine, snapshot_id, tables.invoice_line.c.invoice_no == invoice_no)),
            allocations=tuple(allocations),
            payments=tuple(self._read(Payment, snapshot_id, tables.payment.c.payment_no.in_(payment_nos))),
            contract=self._contract(snapshot_id, invoice),
            price_terms=tuple(self._read(PriceTerm, snapshot_id, tables.price_term.c.contract_no == contract_no)),
            usage=tuple(self._read(Usage, snapshot_id, tables.usage.c.contract_no == contract_no)),
            equal_net=tuple(
                other
                for other in self.invoices_of(snapshot_id, invoice.customer_no)
                if other.net == invoice.net and other.invoice_no != invoice_no
            ),
            screen=None,
            screen_problem=None,
            document=None,
            document_sha256=None,
        )

    def open_lines(self, snapshot_id: str, customer_no: str) -> Sequence[InvoiceLine]:
        """All lines of a customer's open invoices."""
        numbers = [item.invoice_no for item in self.invoices_of(snapshot_id, customer_no) if item.open_amount.amount]
        return self._read(InvoiceLine, snapshot_id, tables.invoice_line.c.invoice_no.in_(numbers))

    def invoices_of(self, snapshot_id: str, customer_no: str) -> Sequence[Invoice]:
        """All invoices of a customer."""
        return self._read(Invoice, snapshot_id, tables.invoice.c.customer_no == customer_no)

    def _contract(self, snapshot_id: str, invoice: Invoice) -> Contract | None:
        """The one contract version that holds on the last service day."""
        day = invoice.service_to or invoice.invoice_date
        versions = [
            item
            for item in self._read(Contract, snapshot_id, tables.contract.c.contract_no == invoice.contract_no)
            if item.start <= day and (item.end is None or day <= item.end)
        ]
        return max(versions, key=lambda item: item.version, default=None)

    def _snapshot(self, *where: ColumnElement[bool]) -> SnapshotRecord | None:
        query = select(tables.snapshot).where(*where).order_by(tables.snapshot.c.imported_at.desc()).limit(1)
        row = self._connection.execute(query).mappings().first()
        if row is None:
            return None
        totals = {currency: Decimal(total) for currency, total in row["control_totals"].items()}
        return SnapshotRecord(**{**row, "control_totals": totals, "refused": tuple(row["refused"])})

    def _read(self, kind: type[T], snapshot_id: str, *where: ColumnElement[bool]) -> list[T]:
        table = TABLES[kind]
        query = select(table).where(table.c.snapshot_id == snapshot_id, *where)
        order = [table.c[name] for name in ("invoice_no", "line_no") if name in table.c]
        return [_value(kind, row) for row in self._connection.execute(query.order_by(*order)).mappings()]


_MONEY: Final = {kind: frozenset(field.name for field in fields(kind) if field.type == "Money") for kind in TABLES}


def _row(item: object) -> dict[str, Any]:
    money = _MONEY[type(item)]
    row: dict[str, Any] = {}
    for field in fields(item):  # type: ignore[arg-type]  # one of the evidence types
        value = getattr(item, field.name)
        if field.name in money:
            row[field.name] = value.amount
            row["currency"] = value.currency
        elif isinstance(value, DocumentStatus):
            row[field.name] = value.value
        elif isinstance(value, tuple):
            row[field.name] = list(value)
        else:
            row[field.name] = value
    return row


def _value(kind: type[T], row: RowMapping) -> T:
    money = _MONEY[kind]
    values: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]  # one of the evidence types
        value = row[field.name]
        if field.name in money:
            values[field.name] = Money(value, row["currency"])
        elif field.name == "status" and kind is Invoice:
            values[field.name] = DocumentStatus(value)
        elif isinstance(value, list):
            values[field.name] = tuple(value)
        else:
            values[field.name] = value
    return kind(**values)
