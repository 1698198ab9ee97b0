"""Rows of the ledger's mirror: the core's evidence types to columns and back, by one generic mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Dialect, RowMapping, Table

from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.core.customer import UNTRACKED
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
    CreditProfile: tables.credit_profile,
    KycRecord: tables.kyc_record,
    LetterOfCredit: tables.letter_of_credit,
}
_MONEY: Final = {kind: tuple(field.name for field in fields(kind) if field.type == "Money") for kind in TABLES}
_SOME_MONEY: Final = {
    kind: tuple(field.name for field in fields(kind) if field.type == "Money | None") for kind in TABLES
}
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
        self._some_money = [names.index(name) for name in _SOME_MONEY[kind]]
        self._currency = names.index("currency") if self._some_money else 0
        # Where a row stands, and what moves with every invoice, is no change of it.
        self._digested = itemgetter(*(place for place, name in enumerate(names) if name not in UNTRACKED))
        self._has_digest = _COMPUTED in self.table.c
        computed = [_COMPUTED] if self._has_digest else []
        self.columns: list[str] = [*_PLACE, *names, *computed]

    def row(self, item: object, *, snapshot_no: int, seq: int) -> tuple[Any, ...]:
        """The values of ``columns``. Raises TypeError on a value that its column cannot keep."""
        values = list(self._read(item))
        for place in self._some_money:
            values[place] = _amount(values[place], values[self._currency])
        for place, check in self._checks:
            values[place] = check(values[place])
        digest = [_digest(self._digested(values))] if self._has_digest else []
        return (tables.row_id(snapshot_no, seq), snapshot_no, *values, *digest)


def read_value(kind: type[T], row: RowMapping) -> T:
    """A value from its row."""
    return _READERS[kind](row)  # type: ignore[no-any-return]


def _reader(kind: type[Any]) -> Callable[[RowMapping], Any]:
    money = frozenset((*_MONEY[kind], *_SOME_MONEY[kind]))
    names = [field.name for field in fields(kind)]

    def read(row: RowMapping) -> Any:
        values: list[Any] = []
        for name in names:
            value = row[name]
            if name in money:
                value = None if value is None else Money(value, row["currency"])
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


def _amount(value: Money | None, currency: str) -> Decimal | None:
    """An amount that may be missing; a row has one currency."""
    if value is None:
        return None
    if value.currency != currency:
        raise TypeError(f"{value} in a row of {currency}")
    return value.amount


def _digest(values: tuple[Any, ...]) -> int:
    """A checksum of what a row says."""
    text = "\x1f".join(map(str, values))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


_READERS: Final = {kind: _reader(kind) for kind in TABLES}
