"""The case log on both of its databases, each test with an empty one of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import Engine, make_url

from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.schema import upgrade
from tests.log.rows import Bell

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.service)]


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that was brought to the newest version, to be copied."""
    path = tmp_path_factory.mktemp("template") / "log.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def upgraded_database(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL database that was brought to the newest version, to be copied."""
    url = request.getfixturevalue("postgres_server").new_database()
    _upgrade(url)
    return str(make_url(url).database)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty log."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("upgraded_file"), tmp_path / "log.db")
        return f"sqlite:///{tmp_path / 'log.db'}"
    return _copy(request)


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty log on PostgreSQL, for what only it has."""
    return _copy(request)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def log(engine: Engine, bell: Bell, tmp_path: Path) -> SqlCaseLog:
    return SqlCaseLog(engine, doorbell=bell, lock_folder=tmp_path / "locks")


def _upgrade(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()


def _copy(request: pytest.FixtureRequest) -> str:
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("upgraded_database")
    name = make_url(server.new_database()).database
    with server.connect() as connection:
        connection.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    return f"postgresql+psycopg://postgres@127.0.0.1:{server.port}/{name}"
