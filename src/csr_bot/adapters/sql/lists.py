"""Rows whose column has one of many values, by one statement however many they are.

A list that is spelled out in a statement is expanded, bound and compiled value by value, and anew for each length. Here
it is one parameter, JSON text on SQLite and an array on PostgreSQL, that is read as a table of the column ``value``.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Dialect,
    Integer,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    column,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import Join, TableValuedAlias
from sqlalchemy.types import TypeEngine


def listed(name: str, kind: TypeEngine[Any]) -> TableValuedAlias:
    """The values of the parameter ``name``, texts or whole numbers, each once."""
    is_text = not isinstance(kind, Integer)
    values = bindparam(name, type_=_Values(is_text=is_text))
    return _Each(values).table_valued(column("value", Text() if is_text else BigInteger()), name="value")


def one_of(sought: Column[Any], name: str) -> ColumnElement[bool]:
    """Whether a column has one of the values of the parameter ``name``."""
    return sought.in_(select(listed(name, sought.type).c.value))


def rows_with(sought: Column[Any], name: str) -> Join:
    """The rows of a column's table, of the snapshot ``snapshot_no``, whose column has one of the values ``name``.

    An index has to begin with the two columns: it is asked for one value after the other.
    """
    table, values = sought.table, listed(name, sought.type)
    return _InOrder(values, table, and_(table.c.snapshot_no == bindparam("snapshot_no"), sought == values.c.value))


class _Values(TypeDecorator[Collection[Any]]):
    """A collection as one parameter, what it has twice only once."""

    impl = Text
    cache_ok = True

    def __init__(self, *, is_text: bool) -> None:
        super().__init__()
        self.is_text = is_text

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # Text without a length: a cast to the column's would cut off what is too long, and find what is then equal.
        array = ARRAY(Text() if self.is_text else BigInteger())
        return dialect.type_descriptor(array if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = list(set(value or ()))
        return values if dialect.name == "postgresql" else json.dumps(values)


class _Each(FunctionElement[Any]):
    name = "each"
    inherit_cache = True


@compiles(_Each)
def _json_each(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **options)}"


@compiles(_Each, "postgresql")
def _unnest(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    return f"unnest{compiler.process(element.clause_expr, **options)}"


class _InOrder(Join):
    """A join that begins on its left. Left to itself, SQLite may read all rows of a snapshot rather than a list."""

    inherit_cache = True


@compiles(_InOrder, "sqlite")
def _cross_join(element: _InOrder, compiler: SQLCompiler, **options: Any) -> str:
    joined: str = compiler.visit_join(element, **options)  # type: ignore[no-untyped-call]
    return joined.replace(" JOIN ", " CROSS JOIN ", 1)
