"""Opening the database: pragmas and transaction modes for SQLite, time-outs for PostgreSQL, and migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url

WRITES: Final = "csr_writes"
"""Execution option of connections that will write: on SQLite they take the write lock at BEGIN, not in the middle."""


def open_engine(url: str) -> Engine:
    """An engine for a SQLite or PostgreSQL URL. The folder of a SQLite file is made if it is missing."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, connect_args={"timeout": 30})
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        address,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "options": "-c lock_timeout=30000 -c statement_timeout=120000"},
    )


def _configure_sqlite(connection: Any, _: object) -> None:
    # The driver's own BEGIN is deferred: two such writers meet in SQLITE_BUSY. Transactions are begun below instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA busy_timeout = 30000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
