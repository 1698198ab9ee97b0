"""Column types that keep exact what databases like to bend: money, instants, and structured values.

SQLite stores a Numeric as a binary fraction and drops time zones, both silently; these types refuse what they cannot
keep.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import DateTime, Dialect, Numeric, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from csr_bot.core.effects import canonical_json

_INSTANT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


class Amount(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC on PostgreSQL, text on SQLite. Floats and integers are refused."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Numeric(25, 6) if dialect.name == "postgresql" else String(40))

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
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"a moment has a time zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.strftime(_INSTANT)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            moment: datetime = value
            return moment.astimezone(UTC)
        return datetime.strptime(value, _INSTANT).replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """A structured value as canonical JSON text, byte for byte what was hashed. Floats are refused."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - the interface
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - the interface
        return None if value is None else json.loads(value)
