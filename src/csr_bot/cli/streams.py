"""JSON lines in: read one by one, each mistake named with its line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from csr_bot.cli.outcome import WrongSetupError


class Entry:
    """One line of a stream, whose fields are asked for by name and kind."""

    def __init__(self, line: int, content: Mapping[str, Any]) -> None:
        self.line = line
        self._content = content

    def text(self, name: str) -> str:
        """A field that must be there. Raises WrongSetupError naming line and field."""
        value = self.optional_text(name)
        if value is None:
            raise WrongSetupError(f"(standard input):{self.line}: {name}: the field is missing")
        return value

    def optional_text(self, name: str) -> str | None:
        """A field that may be missing or null."""
        value = self._content.get(name)
        if value is not None and not isinstance(value, str):
            raise WrongSetupError(f"(standard input):{self.line}: {name}: a text is needed here")
        return value

    def optional_day(self, name: str) -> date | None:
        """A field with an ISO date (or instant) that may be missing or null."""
        value = self.optional_text(name)
        try:
            return date.fromisoformat(value[:10]) if value else None
        except ValueError:
            raise WrongSetupError(
                f"(standard input):{self.line}: {name}: {value!r} is not a day such as 2025-11-24"
            ) from None

    def mapping(self, name: str) -> Entry:
        """A field with fields of its own; without any where it is missing."""
        value = self._content.get(name) or {}
        if not isinstance(value, dict):
            raise WrongSetupError(f"(standard input):{self.line}: {name}: an object is needed here")
        return Entry(self.line, value)


def read_entries() -> Iterator[Entry]:
    """The objects on standard input, one a line, blank ones passed over. Raises WrongSetupError on anything else."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except ValueError as error:
            raise WrongSetupError(f"(standard input):{number}: (line): not JSON: {error}") from None
        if not isinstance(content, dict):
            raise WrongSetupError(f"(standard input):{number}: (line): an object is needed here")
        yield Entry(number, content)
