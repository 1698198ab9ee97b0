"""The ledger reading as work of a sandbox: bytes of a workbook to the word for what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from csr_bot.adapters.tables import open_held_ledger
from csr_bot.ports import RefusedError
from csr_bot.sandbox import Limits

TARGET: Final = "benchmarks.fuzz.ledger:start"
LIMITS: Final = Limits(memory=1024 * 1024 * 1024, seconds=30.0)
_WRITTEN_AT: Final = datetime(2025, 11, 24, tzinfo=UTC)


def read_ledger(content: bytes) -> str:
    """``accepted``, ``read`` (but in contradiction with itself) or ``refused``."""
    try:
        ledger = open_held_ledger(BytesIO(content), file_name="ledger.xlsx", written_at=_WRITTEN_AT, columns={})
        for _ in ledger.rows():
            pass
    except RefusedError:
        return "refused"
    return "accepted" if ledger.summary().accepted else "read"


def start() -> Callable[[bytes, bytes], bytes]:
    """The work of the child."""
    return lambda _head, content: read_ledger(content).encode()
