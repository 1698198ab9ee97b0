"""One worker for one effect: a lock that dies with its process and survives a pause.

On PostgreSQL a session advisory lock on a connection of its own (not through a transaction pooler); on SQLite, which is
for one host, a lock on a file. Both are freed by the system when the holder is gone, never by a clock.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, func, select


class AdvisoryLock:
    """``caselog.EffectLock`` on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def hold(self, effect_id: str) -> Iterator[bool]:
        """True inside if the effect is ours."""
        key = int.from_bytes(hashlib.sha256(effect_id.encode()).digest()[:8], signed=True)
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            held = bool(connection.execute(select(func.pg_try_advisory_lock(key))).scalar_one())
            try:
                yield held
            finally:
                if held and not connection.invalidated:
                    connection.execute(select(func.pg_advisory_unlock(key)))
        finally:
            connection.close()


class FileLock:
    """``caselog.EffectLock`` for one host."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def hold(self, effect_id: str) -> Iterator[bool]:
        """True inside if the effect is ours."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{effect_id}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
