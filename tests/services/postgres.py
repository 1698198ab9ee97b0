"""A real PostgreSQL server without durability, giving each test an empty database of its own."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services.inventory import POSTGRES
from tests.services.process import (
    LOOPBACK,
    ServerProcess,
    as_user,
    check_reachable,
    find_free_port,
    is_root,
    require,
)

SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running PostgreSQL whose superuser needs no password from loopback."""

    port: int
    folder: Path
    process: ServerProcess

    def new_database(self) -> str:
        """Create an empty database and return its address in SQLAlchemy's form."""
        name = f"csr_{secrets.token_hex(6)}"
        with self.connect() as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{SUPERUSER}@{LOOPBACK}:{self.port}/{name}"

    def connect(self, database: str | None = "postgres") -> psycopg.Connection:
        """Open a superuser's connection outside any transaction."""
        return psycopg.connect(host=LOOPBACK, port=self.port, user=SUPERUSER, dbname=database, autocommit=True)

    def kill(self) -> None:
        """End the server at once, as a crash would; every connection breaks."""
        self.process.kill()

    def start(self) -> None:
        """Start the server again on the same port; it recovers what was committed."""
        self.process.start()


@contextmanager
def running_postgres(folder: Path) -> Iterator[PostgresServer]:
    """Run a PostgreSQL server with its files in ``folder``; skips where PostgreSQL is not installed.

    PostgreSQL refuses root: then it runs as the system user ``postgres``, who must be able to enter ``folder``.
    """
    programs = require(POSTGRES).resolve().parent
    user = SUPERUSER if is_root() else None
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user:
        check_reachable(folder)
        shutil.chown(data, user)
    _initialise(programs / "initdb", data, user)
    port = find_free_port()
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": "100",
        "timezone": "UTC",
    }
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    # An immediate shutdown skips the last checkpoint: nobody needs this data any more.
    process = ServerProcess(
        command, folder / "postgres.log", is_ready=lambda: _answers(port), user=user, stop_signal=signal.SIGQUIT
    )
    process.start()
    try:
        yield PostgresServer(port, folder, process)
    finally:
        process.stop()


def _initialise(initdb: Path, data: Path, user: str | None) -> None:
    done = subprocess.run(
        [initdb, "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        cwd=data.parent,
        check=False,
        capture_output=True,
        text=True,
        **as_user(user),
    )
    if done.returncode:
        message = f"initdb ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)


def _answers(port: int) -> bool:
    try:
        psycopg.connect(host=LOOPBACK, port=port, user=SUPERUSER, dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:  # not listening yet, or starting up
        return False
    return True
