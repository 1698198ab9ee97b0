"""Rows whose column has one of many values, as one statement however many they are.

A list that is spelled out in a statement is expanded, bound and compiled value by value, each length anew. Here it is
one parameter: JSON text on SQLite, an array on PostgreSQL. Both begin at the column's index.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Integer,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


def one_of(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Whether a column of text or whole numbers has one of the values that the parameter ``name`` will be given."""
    return _OneOf(column, bindparam(name, type_=_Values(is_text=not isinstance(column.type, Integer))))


class _Values(TypeDecorator[Collection[Any]]):
    """A collection of texts or whole numbers as one parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, *, is_text: bool) -> None:
        super().__init__()
        self.is_text = is_text

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # Texts without a length: a cast to the column's would cut off what is too long, and find what it then equals.
        array = ARRAY(Text() if self.is_text else BigInteger())
        return dialect.type_descriptor(array if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _OneOf(FunctionElement[bool]):
    name = "one_of"
    type = Boolean()
    inherit_cache = True


@compiles(_OneOf)
def _in_json(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(_OneOf, "postgresql")
def _in_array(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY ({values})"
