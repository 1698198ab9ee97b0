"""Conditions of a policy as values, and whether one holds of what is known about a matter or a case.

A value that is not known satisfies no comparison, nor the opposite of one. How conditions are written is
``condition_text``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.matters import ConditionValue

Literal = str | bool | Decimal


class Kind(StrEnum):
    """What a name stands for."""

    TRUTH = "true or false"
    NUMBER = "a number"
    CODE = "a code"


@dataclass(frozen=True, slots=True)
class Term:
    """A name that conditions may use: its kind, and the codes that it can have."""

    kind: Kind
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Constant:
    """``true`` or ``false``, whatever is asked."""

    value: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """A name on its own: it is true."""

    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A name compared with a value."""

    name: str
    sign: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Membership:
    """A name whose value is one of several."""

    name: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds."""

    parts: tuple[Condition, ...]


Condition = Constant | Truth | Comparison | Membership | Not | AllOf | AnyOf

SIGNS: Final[Mapping[str, Callable[..., bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
EQUALITY: Final = ("==", "!=")


def holds(condition: Condition, about: Mapping[str, ConditionValue]) -> bool | None:  # noqa: PLR0911  # one line for each form
    """Whether a condition is satisfied; None where that hangs on a value that is not known (Kleene's logic).

    Raises TypeError where a value is of another kind than the condition was read for.
    """
    match condition:
        case Constant(value):
            return value
        case Truth(name):
            return _compared(name, "==", right=True, about=about)
        case Comparison(name, sign, right):
            return _compared(name, sign, right=right, about=about)
        case Membership(name, values):
            return _any([_compared(name, "==", right=value, about=about) for value in values])
        case Not(part):
            found = holds(part, about)
            return None if found is None else not found
        case AnyOf(parts):
            return _any([holds(part, about) for part in parts])
        case AllOf(parts):
            results = [holds(part, about) for part in parts]
            return False if False in results else None if None in results else True


def names_in(condition: Condition) -> frozenset[str]:
    """Every name that a condition asks about."""
    match condition:
        case Constant():
            return frozenset()
        case Truth(name) | Comparison(name) | Membership(name):
            return frozenset({name})
        case Not(part):
            return names_in(part)
        case AllOf(parts) | AnyOf(parts):
            return frozenset[str]().union(*map(names_in, parts))


def _any(results: Sequence[bool | None]) -> bool | None:
    return True if True in results else None if None in results else False


def _compared(name: str, sign: str, *, right: Literal, about: Mapping[str, ConditionValue]) -> bool | None:
    left = about.get(name)
    if left is None:
        return None
    if kind_of(left) != kind_of(right):
        raise TypeError(f"{name} is asked for as {kind_of(right)}, and answered by {left!r}")
    return SIGNS[sign](left, right)


def kind_of(value: Literal | int) -> Kind:
    """What a value can be compared as."""
    if isinstance(value, bool):
        return Kind.TRUTH
    return Kind.CODE if isinstance(value, str) else Kind.NUMBER
