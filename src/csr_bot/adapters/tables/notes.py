"""Collects what is refused and what is odd while a file is read: all of it counted, the first thousand kept."""

from __future__ import annotations

from typing import Final

from csr_bot.ports import RowNote

KEPT: Final = 1_000


class Notes:
    """Notes of one kind."""

    def __init__(self) -> None:
        self.count = 0
        self.kept: list[RowNote] = []

    def add(self, sheet: str, row: int, column: str, reason: str, detail: str = "") -> None:
        """Note a row; ``detail`` is cut to what a line of a table holds."""
        self.count += 1
        if len(self.kept) < KEPT:
            self.kept.append(RowNote(sheet, row, column, reason, detail[:80]))
