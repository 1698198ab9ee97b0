"""Values as JSON and back, by their declared types: what comes from a child is checked field by field, nothing is run.

``make_codec`` reads the annotations of a dataclass once and puts the functions together; what the types do not allow is
a ValueError. JSON because the parser of the standard library is fast and safe on hostile bytes; pickle and marshal are
not. Supported are dataclasses, enums, ``str``, ``int``, ``bool``, ``bytes``, Decimal, dates, tuples, mappings by text,
and each of them or None.
"""

from __future__ import annotations

import json
import types
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, DecimalException
from enum import Enum
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

MAX_DIGITS: Final = 60
"""Digits of a Decimal on either side of its point."""

_Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Way:
    """How a type crosses: the JSON types that it may have there, and the changes on either side, None for none.

    ``unpack`` is never given a None.
    """

    shapes: frozenset[type]
    pack: _Change | None = None
    unpack: _Change | None = None


_JSON: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))
_MAX_SHAPES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """``encode`` to bytes; ``decode`` back, with a ValueError for bytes that ``encode`` would not give."""

    encode: Callable[[T], bytes]
    decode: Callable[[bytes], T]


def make_codec(kind: Any) -> Codec[Any]:
    """The codec of a type. Raises TypeError for one that is not supported."""
    way = _make(kind)
    pack, unpack = way.pack or _same, _checked(way)

    def encode(value: Any) -> bytes:
        # Half a character cannot be stored or shown by anything behind this; it becomes a question mark.
        return _JSON.encode(pack(value)).encode("utf-8", "replace")

    def decode(content: bytes) -> Any:
        try:
            plain = json.loads(content.decode("utf-8"))
            if b"\\ud" in content or b"\\uD" in content:
                _JSON.encode(plain).encode("utf-8")  # half a character in an escape is a UnicodeEncodeError
            return unpack(plain)
        except RecursionError:
            raise ValueError("nested too deep") from None
        except (TypeError, KeyError, DecimalException, OverflowError) as error:
            raise ValueError(f"not a {kind}: {type(error).__name__}") from None

    return Codec(encode, decode)


def _make(kind: Any) -> _Way:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _make_optional(arguments)
    if origin is tuple:
        return _make_run(_make(arguments[0])) if arguments[1:] == (...,) else _make_fields(arguments, tuple)
    if origin is not None and issubclass(origin, Mapping):
        return _make_mapping(_make(arguments[1]))
    if isinstance(kind, type) and issubclass(kind, Enum):
        members = {member.value: member for member in kind}
        return _Way(frozenset(map(type, members)), attrgetter("_value_"), members.__getitem__)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return _make_fields([hints[field.name] for field in fields(kind)], kind)
    if kind in _LEAVES:
        return _LEAVES[kind]
    raise TypeError(f"no way to send a {kind}")


def _make_optional(arguments: tuple[Any, ...]) -> _Way:
    others = [argument for argument in arguments if argument is not types.NoneType]
    if len(others) != 1 or len(arguments) != 2:
        raise TypeError(f"no way to tell {arguments} apart")
    way = _make(others[0])
    return _Way(way.shapes | {types.NoneType}, _sparing_none(way.pack), way.unpack)


def _make_run(way: _Way) -> _Way:
    """A tuple of any length."""
    pack, shapes = way.pack, way.shapes
    unpack = _sparing_none(way.unpack) if types.NoneType in shapes else way.unpack

    def unpack_all(plain: list[Any]) -> Any:
        if not plain:
            return ()
        for item in plain:
            if type(item) not in shapes:
                raise _of_another_type()
        return tuple([unpack(item) for item in plain] if unpack else plain)

    return _Way(_LIST, pack and (lambda value: [pack(item) for item in value] if value else value), unpack_all)


def _make_mapping(way: _Way) -> _Way:
    pack, unpack = way.pack or _same, _checked(way)
    return _Way(
        frozenset({dict}),
        lambda value: {key: pack(item) for key, item in value.items()},
        lambda plain: {key: unpack(item) for key, item in plain.items()},
    )


def _make_fields(kinds: Sequence[Any], whole: type[Any]) -> _Way:
    """A dataclass, or a tuple of fixed length, as the list of its fields."""
    ways = [_make(kind) for kind in kinds]
    packs = [(place, way.pack) for place, way in enumerate(ways) if way.pack]
    names = [] if whole is tuple else [field.name for field in fields(whole)]
    read = attrgetter(*names) if len(names) > 1 else None
    # Which types stand in a list is compared as a whole: there are few combinations, and they come again and again.
    known: dict[tuple[type, ...], tuple[tuple[int, _Change], ...]] = {}

    def pack_fields(value: Any) -> list[Any]:
        plain = [*(read(value) if read else (getattr(value, names[0]),) if names else value)]
        for place, pack in packs:
            plain[place] = pack(plain[place])
        return plain

    def learn(shape: tuple[type, ...]) -> tuple[tuple[int, _Change], ...]:
        """The changes that a list of these types needs; None stays None. A ValueError where a type is not allowed."""
        if len(shape) != len(ways) or not all(found in way.shapes for found, way in zip(shape, ways, strict=True)):
            raise _of_another_type()
        changes = tuple(
            (place, way.unpack) for place, way in enumerate(ways) if way.unpack and shape[place] is not types.NoneType
        )
        if len(known) < _MAX_SHAPES:
            known[shape] = changes
        return changes

    def unpack_fields(plain: list[Any]) -> Any:
        shape = (*map(type, plain),)
        changes = known.get(shape)
        for place, unpack in learn(shape) if changes is None else changes:
            plain[place] = unpack(plain[place])
        return (*plain,) if whole is tuple else whole(*plain)

    return _Way(_LIST, pack_fields if names or packs else None, unpack_fields)


def _checked(way: _Way) -> _Change:
    shapes, unpack = way.shapes, _sparing_none(way.unpack) or _same

    def unpack_one(plain: Any) -> Any:
        if type(plain) not in shapes:
            raise _of_another_type()
        return unpack(plain)

    return unpack_one


def _sparing_none(change: _Change | None) -> _Change | None:
    return change and (lambda value: None if value is None else change(value))


def _of_another_type() -> ValueError:
    return ValueError("a value of another type than declared")


def _same(value: Any) -> Any:
    return value


def _decimal(plain: str) -> Decimal:
    value = Decimal(plain)
    if not value.is_finite() or not -MAX_DIGITS <= value.adjusted() <= MAX_DIGITS:
        raise ValueError("an amount without measure")
    return value


_LIST: Final = frozenset({list})
_TEXT: Final = frozenset({str})
_LEAVES: Final[Mapping[Any, _Way]] = {
    str: _Way(_TEXT),
    int: _Way(frozenset({int})),
    bool: _Way(frozenset({bool})),
    bytes: _Way(_TEXT, lambda value: b64encode(value).decode(), lambda plain: b64decode(plain, validate=True)),
    Decimal: _Way(_TEXT, str, _decimal),
    datetime: _Way(_TEXT, datetime.isoformat, datetime.fromisoformat),
    date: _Way(_TEXT, date.isoformat, date.fromisoformat),
}
