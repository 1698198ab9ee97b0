"""The database as migrations make it is the database that the program speaks of."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from csr_bot.adapters.sql import ledger_tables, work_tables
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.schema import schema_problem, upgrade
from csr_bot.adapters.sql.tables import metadata


def test_the_migrations_make_exactly_the_tables_of_the_program(engine: Engine):
    assert ledger_tables.snapshot.metadata is work_tables.task.metadata is metadata
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_an_upgraded_database_has_no_problem_and_may_be_upgraded_again(engine: Engine):
    assert schema_problem(engine) is None
    upgrade(engine)
    assert schema_problem(engine) is None


def test_an_empty_database_is_named_with_its_cure(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/new/log.db")
    assert "run csr-bot db upgrade" in str(schema_problem(engine))
    engine.dispose()


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("intake", ["mailbox", "uidvalidity", "uid"]),
        ("message", ["content_key"]),
        ("approval", ["decision_id", "approver"]),
        ("approval", ["decision_id", "step_no"]),
        ("effect", ["idempotency_key"]),
        ("request_case", ["case_no"]),
        ("decision", ["case_id", "version"]),
        ("run", ["bot", "kind", "slot_at"]),
    ],
)
def test_the_database_itself_knows_what_must_be_unique(engine: Engine, table, columns):
    found = [item["column_names"] for item in inspect(engine).get_unique_constraints(table)]
    found += [item["column_names"] for item in inspect(engine).get_indexes(table) if item["unique"]]
    assert columns in found


def test_sqlite_is_opened_durable_and_with_its_foreign_keys(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/log.db")
    with engine.connect() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    engine.dispose()
    assert found == ["wal", 2, 1]
