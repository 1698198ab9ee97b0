"""The case log in SQL: transactions over the groups of rows, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from csr_bot.adapters.sql.case_rows import SqlCases
from csr_bot.adapters.sql.clock_rows import SqlClocks
from csr_bot.adapters.sql.dossier_rows import SqlDossiers
from csr_bot.adapters.sql.effect_rows import SqlEffects
from csr_bot.adapters.sql.engine import WRITES
from csr_bot.adapters.sql.event_rows import SqlEvents
from csr_bot.adapters.sql.house_rows import SqlHouse
from csr_bot.adapters.sql.intake_rows import SqlIntake
from csr_bot.adapters.sql.ledger_loading import SqlLedgerLoad, loading_connection
from csr_bot.adapters.sql.ledger_rows import SqlLedger
from csr_bot.adapters.sql.locks import AdvisoryLock, FileLock
from csr_bot.adapters.sql.mailbox_rows import SqlMailboxes
from csr_bot.adapters.sql.mandate_rows import SqlMandates
from csr_bot.adapters.sql.overview_rows import SqlOverview
from csr_bot.adapters.sql.register_rows import SqlRegisters
from csr_bot.adapters.sql.task_rows import SqlTasks
from csr_bot.caselog import ConflictError, EffectLock
from csr_bot.ledgerlog import SnapshotRecord
from csr_bot.ports import Doorbell, UnavailableError


class SqlRecords:
    """``caselog.Records`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.intake = SqlIntake(connection)
        self.mailboxes = SqlMailboxes(connection)
        self.cases = SqlCases(connection)
        self.clocks = SqlClocks(connection)
        self.effects = SqlEffects(connection)
        self.tasks = SqlTasks(connection)
        self.ledger = SqlLedger(connection)
        self.house = SqlHouse(connection)
        self.events = SqlEvents(connection)
        self.overview = SqlOverview(connection)
        self.registers = SqlRegisters(connection)
        self.dossiers = SqlDossiers(connection)
        self.mandates = SqlMandates(connection)


class SqlCaseLog:
    """``caselog.CaseLog`` over an engine. Tasks recorded in a transaction are rung after its commit."""

    def __init__(self, engine: Engine, *, doorbell: Doorbell, lock_folder: Path) -> None:
        self.engine = engine
        self.commits = 0
        self._doorbell = doorbell
        is_postgres = engine.dialect.name == "postgresql"
        # SQLite reads one state from BEGIN on by itself; PostgreSQL takes a new look with every statement unless told.
        self._reading: Mapping[str, Any] = {WRITES: False} | (
            {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if is_postgres else {}
        )
        self.lock: EffectLock = AdvisoryLock(engine) if is_postgres else FileLock(lock_folder)

    @contextmanager
    def begin(self) -> Iterator[SqlRecords]:
        """A transaction that may write."""
        rings: Mapping[str, Sequence[str]] = {}
        try:
            with self.engine.connect() as connection, connection.begin():
                records = SqlRecords(connection)
                yield records
                records.events.flush()
                rings = records.tasks.recorded
        except IntegrityError as error:
            raise ConflictError(str(error.orig)) from error
        except OperationalError as error:
            raise UnavailableError(f"the database did not answer: {error.orig}") from error
        self.commits += 1
        if rings:
            self._doorbell.ring(rings)

    @contextmanager
    def load_ledger(self, snapshot: SnapshotRecord) -> Iterator[SqlLedgerLoad]:
        """Store a ledger beside the one in force, in short transactions of its own."""
        with self.begin() as records:
            number = records.ledger.add_snapshot(snapshot)
        try:
            with loading_connection(self.engine) as connection:
                yield SqlLedgerLoad(connection, snapshot_no=number)
        except OperationalError as error:
            raise UnavailableError(f"the database did not answer: {error.orig}") from error

    @contextmanager
    def read(self) -> Iterator[SqlRecords]:
        """A consistent view that writes nothing."""
        try:
            with self.engine.connect() as connection:
                reader = connection.execution_options(**self._reading)
                with reader.begin() as transaction:
                    yield SqlRecords(reader)
                    transaction.rollback()
        except OperationalError as error:
            raise UnavailableError(f"the database did not answer: {error.orig}") from error
