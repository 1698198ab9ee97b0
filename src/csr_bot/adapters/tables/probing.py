"""A workbook is walked through in a child under limits before anybody reads it: what it does to the library that opens
it, it does there.

Text files need no such trial: they are read row by row by code that is bounded by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from csr_bot.adapters.tables.content import tell_kind
from csr_bot.adapters.tables.workbooks import open_sheets
from csr_bot.ports import RefusedError
from csr_bot.sandbox import Failure, Limits, Sandbox

LIMITS: Final = Limits(memory=1024 * 1024 * 1024, seconds=60.0, answer=4096, items=50)
TARGET: Final = "csr_bot.adapters.tables.probing:start"

_HEAD: Final = 4096


def probe_file(path: Path) -> None:
    """Raise RefusedError, naming file and reason, for a workbook that cannot be read within the limits."""
    try:
        with path.open("rb") as file:
            if tell_kind(file.read(_HEAD), file_name=path.name) == "text":
                return
            file.seek(0)
            content = file.read()
    except OSError as error:
        raise RefusedError(f"{path.name}: cannot be read ({error.strerror})") from error
    probe_content(content, file_name=path.name)


def probe_content(content: bytes, *, file_name: str) -> None:
    """The same for bytes that are at hand."""
    if tell_kind(content[:_HEAD], file_name=file_name) == "text":
        return
    (outcome,) = _sandbox().run([content], head=file_name.encode())
    if isinstance(outcome, Failure):
        raise RefusedError(f"{file_name}: {outcome.code.value}: opening it breaks the limits ({outcome.detail})")
    if outcome:
        raise RefusedError(outcome.decode())


def start() -> Callable[[bytes, bytes], bytes]:
    """The work of the child: from a file's name and bytes to why it is refused; nothing if it is not."""

    def walk(head: bytes, content: bytes) -> bytes:
        name = head.decode()
        try:
            kind = tell_kind(content[:_HEAD], file_name=name)
            for grid in open_sheets(BytesIO(content), kind=kind, size=len(content), file_name=name):
                for _ in grid.rows():
                    pass
        except RefusedError as refused:
            return str(refused).encode()[: LIMITS.answer]
        return b""

    return walk


@cache
def _sandbox() -> Sandbox:
    return Sandbox(TARGET, limits=LIMITS)
