"""Storing a ledger beside the one in force: rows as they come, in short transactions, then the keys in their order.

Other writers wait for one batch at most. Which snapshot is in force is not decided here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Column, Connection, Engine, Table, and_, delete, func, insert, literal, select, update

from csr_bot.adapters.sql import ledger_tables as tables
from csr_bot.adapters.sql.engine import WRITES
from csr_bot.adapters.sql.ledger_keys import KEPT, invoice_keys, line_keys, payment_keys
from csr_bot.adapters.sql.ledger_mapping import RowWriter
from csr_bot.core.evidence import Customer, Invoice, InvoiceLine, Payment
from csr_bot.core.matching import FREE_MAIL, canonical_number, prefix_of, stored_keys
from csr_bot.ports import LedgerRow

BATCH: Final = 4_000
"""Rows written in one transaction."""
KEYS_AT_ONCE: Final = 40_000
"""Keys written in one transaction, about as long as a batch of rows."""
_PAUSE: Final = 0.01
"""Seconds between two transactions with nothing to read in between. SQLite has no queue of writers: who waits for the
lock looks again every few milliseconds."""
_KEY_LIMIT: Final = 1 << 32
_CACHE_KIB: Final = 48 * 1024


@contextmanager
def loading_connection(engine: Engine) -> Iterator[Connection]:
    """A connection set up for one import, and closed after it: what is set here must not reach others."""
    with engine.connect() as connection:
        connection.detach()
        is_postgres = engine.dialect.name == "postgresql"
        with connection.begin():
            if is_postgres:
                connection.exec_driver_sql("SET statement_timeout = 0")
        if not is_postgres:
            driver = connection.connection.dbapi_connection
            assert driver is not None
            driver.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        yield connection


class SqlLedgerLoad:
    """``caselog.LedgerLoad`` on a connection of its own."""

    def __init__(self, connection: Connection, *, snapshot_no: int) -> None:
        self._connection = connection
        self._snapshot_no = snapshot_no
        self._writers: dict[type[Any], RowWriter] = {}
        self._counts: dict[type[Any], int] = {}
        self._prefixes: set[str] = set()
        self._owned: set[tuple[str, str]] = set()
        self._domains: set[str] = set()
        self._staged = 0
        self._staging = tables.staging_table()
        with connection.begin():
            self._staging.create(connection)

    def add(self, rows: Sequence[LedgerRow]) -> None:
        """Store rows of one type. TypeError where a column cannot keep a value."""
        for start in range(0, len(rows), BATCH):
            self._add_batch(rows[start : start + BATCH])

    def finish(self) -> Iterator[None]:
        """Make what was stored ready to be looked up, step by step."""
        for batch in self._open_line_keys():
            with self._connection.begin():
                self._stage(batch)
            yield
        self._sort_keys()
        for low, high in self._key_ranges():
            with self._connection.begin():
                self._connection.execute(self._append(low, high))
            time.sleep(_PAUSE)
            yield
        with self._connection.begin():
            self._connection.execute(
                update(tables.snapshot)
                .where(tables.snapshot.c.number == self._snapshot_no)
                .values(prefixes=sorted(self._prefixes - {""}))
            )

    def _add_batch(self, rows: Sequence[LedgerRow]) -> None:
        kind = type(rows[0])
        writer = self._writers.get(kind) or RowWriter(kind, self._connection.dialect)
        self._writers[kind] = writer
        first = self._counts.get(kind, 0) + 1
        self._counts[kind] = first + len(rows) - 1
        number = self._snapshot_no
        stored = [writer.row(row, snapshot_no=number, seq=seq) for seq, row in enumerate(rows, start=first)]
        keys = list(self._keys(rows, first)) if kind in (Invoice, Payment) else []
        domains = list(self._new_domains(rows)) if kind is Customer else []
        with self._connection.begin():
            write_rows(self._connection, writer.table, writer.columns, stored)
            self._stage(keys)
            if domains:
                self._add_domains(domains)

    def _keys(self, rows: Sequence[Any], first: int) -> Iterator[tuple[int, int]]:
        for seq, item in enumerate(rows, start=first):
            if isinstance(item, Invoice):
                self._prefixes.add(prefix_of(canonical_number(item.invoice_no)))
            for key in invoice_keys(item) if isinstance(item, Invoice) else payment_keys(item):
                yield key, tables.row_id(self._snapshot_no, seq)

    def _new_domains(self, rows: Sequence[Any]) -> Iterator[tuple[str, str]]:
        found = {(domain, customer.customer_no) for customer in rows for domain in customer.email_domains}
        yield from found - self._owned
        self._owned |= found

    def _add_domains(self, domains: Sequence[tuple[str, str]]) -> None:
        number = self._snapshot_no
        owned = [(number, domain, customer_no) for domain, customer_no in domains]
        write_rows(self._connection, tables.customer_domain, ["snapshot_no", "domain", "customer_no"], owned)
        new = {domain for domain, _ in domains} - self._domains - FREE_MAIL
        self._domains |= new
        pieces = [(number, piece, domain) for domain in new for piece in stored_keys(domain)]
        write_rows(self._connection, tables.domain_piece, ["snapshot_no", "piece", "domain"], pieces)

    def _stage(self, keys: Sequence[tuple[int, int]]) -> None:
        write_rows(self._connection, self._staging, ["key", "item_id"], keys)
        self._staged += len(keys)

    def _open_line_keys(self) -> Iterator[list[tuple[int, int]]]:
        """The keys of lines of open invoices. Their accounts are known only when all invoices are there."""
        line, invoice = tables.invoice_line.c, tables.invoice.c
        same = and_(invoice.snapshot_no == line.snapshot_no, invoice.invoice_no == line.invoice_no)
        query = select(
            invoice.id, invoice.customer_no, invoice.open_amount, line.unit_price, line.quantity, line.net
        ).join_from(tables.invoice_line, tables.invoice, same)
        for start in range(0, self._counts.get(InvoiceLine, 0), BATCH):
            low, high = (tables.row_id(self._snapshot_no, seq) for seq in (start, start + BATCH))
            with self._connection.begin():
                rows = self._connection.execute(query.where(line.id > low, line.id <= high)).all()
            yield [
                (key, row.id)
                for row in rows
                if row.open_amount
                for key in line_keys(row.customer_no, (row.unit_price, row.quantity, abs(row.net)))
            ]

    def _sort_keys(self) -> None:
        staging = self._staging.c
        self._sorted = Table(
            "ledger_sorted",
            self._staging.metadata,
            Column("key", staging.key.type, primary_key=True, autoincrement=False),
            Column("item_id", staging.key.type, primary_key=True, autoincrement=False),
            prefixes=["TEMPORARY"],
            sqlite_with_rowid=False,
        )
        each = (staging.key, staging.item_id)
        with self._begun_without_lock():
            self._sorted.create(self._connection)
            self._connection.execute(
                insert(self._sorted).from_select(["key", "item_id"], select(*each).group_by(*each).order_by(*each))
            )
            self._connection.execute(self._cut())

    @contextmanager
    def _begun_without_lock(self) -> Iterator[None]:
        """A transaction that touches nothing but tables of this connection."""
        self._connection.execution_options(**{WRITES: False})
        with self._connection.begin():
            yield
        self._connection.execution_options(**{WRITES: True})

    def _key_ranges(self) -> Iterator[tuple[int, int]]:
        """Checksums are spread evenly, so equal ranges hold about equally many."""
        step = 2 * _KEY_LIMIT // (2 * self._staged // KEYS_AT_ONCE + 1)
        for low in range(-_KEY_LIMIT, _KEY_LIMIT, step):
            yield low, low + step

    def _append(self, low: int, high: int) -> Any:
        key, item_id = self._sorted.c.key, self._sorted.c.item_id
        found = select(literal(self._snapshot_no), key, item_id).where(key >= low, key < high)
        return insert(tables.ledger_key).from_select(["snapshot_no", "key", "item_id"], found.order_by(key, item_id))

    def _cut(self) -> Any:
        """Leave only the first of the invoices that share what very many have."""
        key, other = self._sorted.c.key, self._sorted.alias("other")
        crowded = select(key).where(key >= 0).group_by(key).having(func.count() > KEPT)
        place = other.c.item_id
        last = select(place).where(other.c.key == key).order_by(place).offset(KEPT - 1).limit(1)
        return delete(self._sorted).where(key.in_(crowded), self._sorted.c.item_id > last.scalar_subquery())


def write_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Send rows to the driver as they are: COPY on PostgreSQL, one prepared statement elsewhere."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quote, columns))
    if connection.dialect.name != "postgresql":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", list(rows))  # noqa: S608  # names of our own tables
        return
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
