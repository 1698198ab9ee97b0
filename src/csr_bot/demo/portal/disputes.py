"""The customer portal's own database: disputes as the customer entered them, and the comments on each."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, Protocol


class OpenedDispute(Protocol):
    """A dispute to fill the portal with; every text is the customer's own wording."""

    @property
    def external_id(self) -> str: ...
    @property
    def invoice_no_as_written(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def amount_text(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def comment(self) -> str: ...
    @property
    def opened_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute as the portal shows it."""

    dispute_id: str
    invoice: str
    status: str
    amount: str
    currency: str
    comment: str
    opened_on: str


_SCHEMA: Final = (
    """CREATE TABLE dispute (dispute_id TEXT PRIMARY KEY, invoice TEXT NOT NULL, status TEXT NOT NULL,
       amount TEXT NOT NULL, currency TEXT NOT NULL, comment TEXT NOT NULL, opened_on TEXT NOT NULL)""",
    """CREATE TABLE comment (dispute_id TEXT NOT NULL REFERENCES dispute, author TEXT NOT NULL, text TEXT NOT NULL,
       written_at TEXT NOT NULL)""",
)


class PortalDisputes:
    """The database, usable from any thread. Opening it on a folder that has one keeps its disputes and comments."""

    def __init__(self, folder: Path, disputes: Iterable[OpenedDispute]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / "portal.sqlite3", check_same_thread=False)
        weakref.finalize(self, self._db.close)
        with self._lock, self._db:
            if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'dispute'").fetchone():
                return
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._db.executemany(
                "INSERT INTO dispute VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (item.external_id, item.invoice_no_as_written, item.status, item.amount_text, item.currency,
                     item.comment, item.opened_on.isoformat())
                    for item in disputes
                ],
            )  # fmt: skip

    def all(self) -> list[DisputeRow]:
        """Every dispute, oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM dispute ORDER BY opened_on, dispute_id").fetchall()
        return [DisputeRow(*row) for row in rows]

    def find(self, dispute_id: str) -> DisputeRow | None:
        """One dispute by its exact number."""
        return next((row for row in self.all() if row.dispute_id == dispute_id), None)

    def comments(self, dispute_id: str) -> list[str]:
        """The comments on a dispute, oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT text FROM comment WHERE dispute_id = ? ORDER BY rowid", (dispute_id,))
            return [text for (text,) in rows]

    def add_comment(self, dispute_id: str, text: str, *, author: str, at: datetime) -> None:
        """Write a comment; on disk before this returns."""
        with self._lock, self._db:
            self._db.execute("INSERT INTO comment VALUES (?, ?, ?, ?)", (dispute_id, author, text, at.isoformat()))
