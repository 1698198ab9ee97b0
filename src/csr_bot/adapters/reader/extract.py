"""What is taken from one file, within limits that hold for every kind of file; what is cut or odd is noted once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from csr_bot.core.message import AttachedTable, AttachmentReading
from csr_bot.core.parsing.charsets import clean_text

MAX_TEXT: Final = 20_000
"""Characters of text from one file."""
MAX_ROWS: Final = 500
"""Rows of all tables of one file."""
MAX_COLUMNS: Final = 40
MAX_CELL: Final = 500
"""Characters of one cell."""
MAX_CELL_TEXT: Final = 100_000
"""Characters of all cells of one file."""


class ProblemError(Exception):
    """A file cannot be read; the text is a reason code and a sentence."""


class Extract:
    """Collects text, tables, problems and flags of one file."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._text_left = MAX_TEXT
        self._tables: list[AttachedTable] = []
        self._rows_left = MAX_ROWS
        self._cells_left = MAX_CELL_TEXT
        self._problems: dict[str, None] = {}
        self._flags: dict[str, None] = {}

    @property
    def is_full(self) -> bool:
        """Whether neither text nor rows would be taken any more."""
        return self._text_left <= 0 or self._rows_left <= 0

    def add_text(self, text: str) -> None:
        """Take text, as far as the limit allows."""
        cleaned = clean_text(text, defects=[])
        if len(cleaned) > self._text_left:
            self.note(f"CUT: more than {MAX_TEXT} characters of text")
        self._text.append(cleaned[: max(self._text_left, 0)])
        self._text_left -= len(cleaned) + 1

    def add_table(self, name: str, rows: Iterable[Sequence[str]]) -> None:
        """Take the rows that are not empty, as far as the limits allow; no more are asked for than that."""
        taken: list[tuple[str, ...]] = []
        for row in rows:
            cells = tuple([clean_text(cell[:MAX_CELL], defects=[]).strip() for cell in row[:MAX_COLUMNS]])
            if any(len(cell) > MAX_CELL for cell in row) or any(row[MAX_COLUMNS:]):
                self.note(f"CUT: more than {MAX_COLUMNS} columns, or {MAX_CELL} characters in a cell")
            if not any(cells):
                continue
            size = sum(map(len, cells))
            if self._rows_left <= 0 or size > self._cells_left:
                self.note(f"CUT: more than {MAX_ROWS} rows, or {MAX_CELL_TEXT} characters in tables")
                break
            self._rows_left -= 1
            self._cells_left -= size
            taken.append(cells)
        if taken:
            self._tables.append(AttachedTable(clean_text(name[:100], defects=[]), tuple(taken)))

    def note(self, problem: str) -> None:
        """Say why not all could be read."""
        self._problems.setdefault(problem)

    def flag(self, code: str) -> None:
        """Say what makes the file unsafe to believe or to open."""
        self._flags.setdefault(code)

    @property
    def has_content(self) -> bool:
        """Whether anything at all was read."""
        return bool(self._tables) or any(text.strip() for text in self._text)

    def finish(self) -> tuple[AttachmentReading, tuple[str, ...]]:
        """What was read, and the flags."""
        problem = "; ".join(list(self._problems)[:5]) or None
        text = "\n".join(self._text).strip()
        return AttachmentReading(text, tuple(self._tables), problem), tuple(self._flags)
