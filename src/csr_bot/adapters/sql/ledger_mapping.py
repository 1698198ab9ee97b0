"""Rows of the ledger's mirror: the core's evidence types to columns and back, by one generic mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Dialect, RowMapping, Table

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
from csr_bot.core.money import Money

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
_MONEY: Final = {kind: tuple(field.name for field in fields(kind) if field.type == "Money") for kind in TABLES}
_PLACE: Final = ("id", "snapshot_no")
_COMPUTED: Final = "digest"


class RowWriter:
    """Turns values of one type into rows of plain values, each column checked by its own type.

    Rows go to the driver in bulk: SQLAlchemy's own way of sending many costs as much again as storing them.
    """

    def __init__(self, kind: type[Any], dialect: Dialect) -> None:
        self.table = TABLES[kind]
        names = [column.name for column in self.table.c if column.name not in (*_PLACE, _COMPUTED)]
        self._read = attrgetter(*(_path(kind, name) for name in names))
        self._checks = [
            (place, check)
            for place, name in enumerate(names)
            if (check := self.table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) is not None
        ]
        self._has_digest = _COMPUTED in self.table.c
        computed = [_COMPUTED] if self._has_digest else []
        self.columns: list[str] = [*_PLACE, *names, *computed]

    def row(self, item: object, *, snapshot_no: int, seq: int) -> tuple[Any, ...]:
        """The values of ``columns``. Raises TypeError on a value that its column cannot keep."""
        values = list(self._read(item))
        for place, check in self._checks:
            values[place] = check(values[place])
        digest = [_digest(values)] if self._has_digest else []
        return (tables.row_id(snapshot_no, seq), snapshot_no, *values, *digest)


def read_value(kind: type[T], row: RowMapping) -> T:
    """A value from its row."""
    return _READERS[kind](row)  # type: ignore[no-any-return]


def _reader(kind: type[Any]) -> Callable[[RowMapping], Any]:
    money = frozenset(_MONEY[kind])
    names = [field.name for field in fields(kind)]

    def read(row: RowMapping) -> Any:
        values: list[Any] = []
        for name in names:
            value = row[name]
            if name in money:
                value = Money(value, row["currency"])
            elif value.__class__ is list:
                value = tuple(value)
            elif name == "status" and kind is Invoice:
                value = DocumentStatus(value)
            values.append(value)
        return kind(*values)

    return read


def _path(kind: type[Any], name: str) -> str:
    """Where a column's value stands in a value of this type."""
    if name in _MONEY[kind]:
        return f"{name}.amount"
    if name == "currency" and _MONEY[kind]:
        return f"{_MONEY[kind][0]}.currency"
    return "status.value" if name == "status" and kind is Invoice else name


def _digest(values: list[Any]) -> int:
    """A checksum of a row without its place in the file: equal for rows that say the same."""
    text = "\x1f".join(map(str, values[:-1]))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


_READERS: Final = {kind: _reader(kind) for kind in TABLES}
