"""Values of the core to JSON columns and back, by their types."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter

from csr_bot.core.matching import Match, SenderFinding
from csr_bot.core.request import Request

REQUEST: Final = TypeAdapter(Request)
MATCHES: Final = TypeAdapter(tuple[Match, ...])
SENDER: Final = TypeAdapter(SenderFinding)


def dump(adapter: TypeAdapter[Any], value: object) -> Any:
    """A value as JSON types: decimals and dates as text, sets as sorted lists."""
    return adapter.dump_python(value, mode="json")
