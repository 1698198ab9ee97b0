"""Column types that keep exact what databases like to bend: money, instants, and structured values.

SQLite stores a Numeric as a binary fraction and drops time zones, both silently; these types refuse what they cannot
keep.
"""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import DateTime, Dialect, LargeBinary, Numeric, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from csr_bot.core.effects import canonical_json


class Amount(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC on PostgreSQL, text on SQLite. Floats and integers are refused.

    NUMERIC without a scale: with one, PostgreSQL rounds what does not fit and pads what does, both silently.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Numeric() if dialect.name == "postgresql" else String(40))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        if value is None:
            return None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise TypeError(f"an amount is a finite Decimal, not {value!r}")
        return value if dialect.name == "postgresql" else f"{value:f}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - the interface
        return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: TIMESTAMPTZ on PostgreSQL, sortable text on SQLite. Naive times are refused."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"a moment has a time zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            moment: datetime = value
            return moment.astimezone(UTC)
        return datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A structured value as canonical JSON text, byte for byte what was hashed. Floats are refused."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the interface
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - the interface
        return None if value is None else json.loads(value)


class Coded(TypeDecorator[Any]):
    """A value of one of the core's types as JSON text, decimals and dates as strings in it."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the interface
        return None if value is None else self._adapter.dump_json(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - the interface
        return None if value is None else self._adapter.validate_json(value)


class Packed(TypeDecorator[Any]):
    """A large value of one of the core's types: as ``Coded``, compressed."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - the interface
        return None if value is None else zlib.compress(self._adapter.dump_json(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - the interface
        return None if value is None else self._adapter.validate_json(zlib.decompress(value))
