"""The history of the customer master: what an import has otherwise than the one before, kept when both are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select

from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.adapters.sql.ledger_mapping import read_value
from csr_bot.adapters.sql.lists import one_of
from csr_bot.core.customer import CustomerChange, compare_customers
from csr_bot.core.evidence import Customer
from csr_bot.ledgerlog import SnapshotRecord

_old, _new = tables.customer.alias("old"), tables.customer.alias("new")
_change, _snapshot = tables.customer_change.c, tables.snapshot.c


def add_changes(
    connection: Connection, *, before_no: int, after_no: int, places: range, after: SnapshotRecord, at: datetime
) -> int:
    """Keep what customers at these places of either file have otherwise in the other; returns how many fields."""
    pairs = [*_met(connection, before_no, after_no, places), *_lost(connection, before_no, after_no, places)]
    rows = _read(connection, {number for pair in pairs for number in pair if number is not None})
    found = [
        {
            "bot": after.bot,
            "customer_no": (rows.get(new) or rows[old]).customer_no,
            "field": field,
            "before": was,
            "after": now,
            "snapshot_id": after.id,
            "at": at,
        }
        for old, new in pairs
        for field, (was, now) in compare_customers(rows.get(old), rows.get(new)).items()
    ]
    if found:
        connection.execute(insert(tables.customer_change), found)
    return len(found)


def list_changes(connection: Connection, bot: str, customer_no: str, *, limit: int) -> Sequence[CustomerChange]:
    """What imports that came into force changed of a customer, the latest first."""
    query = (
        select(_change.customer_no, _change.field, _change.before, _change.after, _change.snapshot_id, _change.at)
        .join_from(tables.customer_change, tables.snapshot, _snapshot.id == _change.snapshot_id)
        .where(_change.bot == bot, _change.customer_no == customer_no, _snapshot.status.in_(("active", "superseded")))
        .order_by(_change.id.desc())
        .limit(limit)
    )
    return [CustomerChange(*row) for row in connection.execute(query)]


def _met(connection: Connection, before_no: int, after_no: int, places: range) -> Iterator[Row[Any, Any]]:
    """New and changed customers: ids of the old row, if there is one, and of the new one."""
    same = and_(_old.c.snapshot_no == before_no, _old.c.customer_no == _new.c.customer_no)
    query = select(_old.c.id, _new.c.id).join_from(_new, _old, same, isouter=True)
    differs = or_(_old.c.id.is_(None), _old.c.digest != _new.c.digest)
    yield from connection.execute(query.where(_inside(_new, after_no, places), differs))


def _lost(connection: Connection, before_no: int, after_no: int, places: range) -> Iterator[Row[Any, Any]]:
    """Customers that are gone."""
    same = and_(_new.c.snapshot_no == after_no, _new.c.customer_no == _old.c.customer_no)
    query = select(_old.c.id, _new.c.id).join_from(_old, _new, same, isouter=True)
    yield from connection.execute(query.where(_inside(_old, before_no, places), _new.c.id.is_(None)))


def _inside(table: Any, number: int, places: range) -> Any:
    return table.c.id.between(tables.row_id(number, places.start), tables.row_id(number, places.stop - 1))


def _read(connection: Connection, ids: Iterable[int]) -> dict[int | None, Customer]:
    query = select(tables.customer).where(one_of(tables.customer.c.id, "ids"))
    rows = connection.execute(query, {"ids": list(ids)}).mappings()
    return {row["id"]: read_value(Customer, row) for row in rows}
