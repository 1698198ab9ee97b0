"""The demo ERP's one SQLite file, used from any thread: rows out, changes in whole transactions.

What is in its tables is for the modules that keep books in it.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class Database:
    """The file, opened once. Every change is one transaction, on disk before it is left."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(folder / "erp.sqlite3", isolation_level=None, check_same_thread=False)
        self._depth = 0
        weakref.finalize(self, self._db.close)
        self._db.row_factory = sqlite3.Row

    def rows(self, statement: str, *values: object) -> Sequence[sqlite3.Row]:
        """What a query finds."""
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """One statement, inside the transaction that is open."""
        self._db.execute(statement, values)

    def change_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """One statement for many rows, inside the transaction that is open."""
        self._db.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing. One within another is a part of it."""
        with self._lock:
            self._depth += 1
            try:
                if self._depth == 1:
                    self._db.execute("BEGIN IMMEDIATE")
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1
