"""Storing many rows of one shape: a statement made once, and values prepared a column at a time.

SQLAlchemy prepares every value of every row by itself, which costs more than SQLite takes to store them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

_INSERTS: Final[Mapping[str, Callable[[Table], Any]]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_rows(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, keep_known: bool = False
) -> None:
    """Store rows that all name the same columns. ``keep_known``: one that is there already is left alone."""
    if not rows:
        return
    names = tuple(rows[0])
    prepared = _prepare(table, names, connection.dialect, keep_known=keep_known)
    columns = (
        [row[name] for row in rows] if convert is None else _converted(convert, map(itemgetter(name), rows))
        for name, convert in prepared.converters
    )
    lines = zip(*columns, strict=True)
    order = [name for name, _ in prepared.converters]
    connection.exec_driver_sql(
        prepared.statement,
        list(lines) if prepared.by_place else [dict(zip(order, line, strict=True)) for line in lines],
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement, and what each of its values goes through, in their order."""

    statement: str
    converters: Sequence[tuple[str, Callable[[Any], Any] | None]]
    by_place: bool


@lru_cache(maxsize=64)
def _prepare(table: Table, names: tuple[str, ...], dialect: Dialect, *, keep_known: bool) -> _Prepared:
    query = _INSERTS[dialect.name](table)
    compiled = (query.on_conflict_do_nothing() if keep_known else query).compile(dialect=dialect, column_keys=names)
    order = compiled.positiontup or names
    converters = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order]
    return _Prepared(str(compiled), converters, by_place=compiled.positional)


def _converted(convert: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    """The values as the driver takes them; what several rows share, mostly a moment, is converted once."""
    values = list(values)
    shared = {id(value): value for value in values}
    converted = {key: convert(value) for key, value in shared.items()}
    return [converted[id(value)] for value in values]
