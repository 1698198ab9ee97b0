"""What every test may ask for: the real servers, one of each for the whole run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.services.dovecot import DovecotServer, running_dovecot
from tests.services.inventory import PROGRAMS
from tests.services.postgres import PostgresServer, running_postgres
from tests.services.process import open_folder
from tests.services.redis import RedisServer, running_redis


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A real Redis, shared by the run: flush it before relying on its being empty."""
    with open_folder("redis") as folder, running_redis(folder) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL, shared by the run: each test takes its own ``new_database()``."""
    with open_folder("postgres") as folder, running_postgres(folder) as server:
        yield server


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[DovecotServer]:
    """A real Dovecot, shared by the run: each test takes its own ``new_user()``."""
    with open_folder("dovecot") as folder, running_dovecot(folder) as server:
        yield server


def pytest_report_header() -> list[str]:
    """Say which real servers the run found, so that a green run cannot hide what it did not test."""
    needed = "required" if os.environ.get("CSR_REQUIRE_SERVICES") == "1" else "missing ones are skipped"
    found = ", ".join(f"{program.title} {program.read_version()}" for program in PROGRAMS)
    return [f"real services ({needed}): {found}"]
