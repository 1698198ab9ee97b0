"""Registers of our own in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from csr_bot.adapters.sql.register_tables import register_entry
from csr_bot.caselog import ConflictError
from csr_bot.registers import OPEN, RegisterEntry, RegisterKind


class SqlRegisters:
    """``registers.RegisterRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, entries: Sequence[RegisterEntry]) -> None:
        """Enter them."""
        if entries:
            self._connection.execute(insert(register_entry), [_row(entry) for entry in entries])

    def find_by_reference(self, reference: str) -> Sequence[RegisterEntry]:
        """The entries that an effect has made, in the order of their references."""
        mine = register_entry.c.reference
        query = (
            select(register_entry)
            .where(or_(mine == reference, mine.startswith(f"{reference}/", autoescape=True)))
            .order_by(register_entry.c.due_on, mine)
        )
        return [_entry(row) for row in self._connection.execute(query).mappings()]

    def open_entries(self, kind: RegisterKind, *, due_by: date) -> Sequence[RegisterEntry]:
        """Open entries that are due, the longest due first."""
        query = (
            select(register_entry)
            .where(
                register_entry.c.kind == kind.value,
                register_entry.c.status == OPEN,
                register_entry.c.due_on <= due_by,
            )
            .order_by(register_entry.c.due_on, register_entry.c.reference)
        )
        return [_entry(row) for row in self._connection.execute(query).mappings()]

    def of_customer(self, kind: RegisterKind, customer_no: str) -> Sequence[RegisterEntry]:
        """All entries of a register about a customer."""
        mine = (register_entry.c.kind == kind.value, register_entry.c.customer_no == customer_no)
        query = select(register_entry).where(*mine).order_by(register_entry.c.id)
        return [_entry(row) for row in self._connection.execute(query).mappings()]

    def set_status(self, entry: RegisterEntry, status: str) -> None:
        """Change the status of an entry that is as it was read."""
        changed = self._connection.execute(
            update(register_entry)
            .where(register_entry.c.id == entry.id, register_entry.c.status == entry.status)
            .values(status=status)
        )
        if changed.rowcount != 1:
            raise ConflictError(f"the {entry.kind} {entry.reference} is not as it was read")


def _row(entry: RegisterEntry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in RegisterEntry.__dataclass_fields__}
    return {**row, "kind": entry.kind.value}


def _entry(row: RowMapping) -> RegisterEntry:
    return RegisterEntry(**{**row, "kind": RegisterKind(row["kind"])})
