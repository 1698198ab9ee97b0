"""Two policies compared: each as a flat list of places and texts, in the words and the order of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from csr_bot.core.business_time import BusinessCalendar, OpeningHours
from csr_bot.core.calendar import DAYS
from csr_bot.core.policy.condition_text import render
from csr_bot.core.policy.conditions import AllOf, AnyOf, Comparison, Constant, Membership, Not, Truth
from csr_bot.core.policy.policy import Policy

_ONE_DAY: Final = timedelta(days=1)
_FILE_NAMES: Final[Mapping[str, str]] = {
    "condition": "if",
    "cumulation": "cumulate",
    "step": "add",
    "text": "rule",
    "upto": "max",
    "zone": "tz",
}
"""What the file calls a field, where code has another name for it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A place where two policies differ; None where one of them has nothing there."""

    path: str
    before: str | None
    after: str | None


def describe(policy: Policy) -> Mapping[str, str]:
    """Everything that a policy says, by its place: ``approval_matrix.refund.bands[0].max`` is ``1000``.

    Two texts with the same meaning give the same description, whatever their notation. What may be left out and is left
    out has no place.
    """
    return dict(_walk("", policy))


def diff(before: Policy, after: Policy) -> list[Change]:
    """What differs between two policies, in the order of their places."""
    old, new = describe(before), describe(after)
    places = dict.fromkeys([*new, *old])
    return [Change(path, old.get(path), new.get(path)) for path in places if old.get(path) != new.get(path)]


def _walk(path: str, value: object) -> Iterator[tuple[str, str]]:
    text = _text(value)
    if text is not None:
        yield path, text
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(_join(path, DAYS[key] if isinstance(key, int) else str(key)), item)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _walk(f"{path}[{index}]", item)
    elif is_dataclass(value):
        for each in fields(value):
            item, place = getattr(value, each.name), _join(path, _FILE_NAMES.get(each.name, each.name))
            if isinstance(item, BusinessCalendar):
                yield place, item.name
            elif item != each.default:
                yield from _walk(place, item)
    else:
        raise TypeError(f"{path}: {type(value).__name__} has no description")


def _text(value: object) -> str | None:  # noqa: C901, PLR0911  # one line for each kind of value
    """A value that stands in one place; None for what has parts with places of their own."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str() | int():
            return str(value)
        case Decimal():
            return f"{value.normalize():f}"
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return f"{value / _ONE_DAY:g} days"
        case OpeningHours():
            return f"{_clock(value.start)}-{_clock(value.end)}"
        case Constant() | Truth() | Comparison() | Membership() | Not() | AllOf() | AnyOf():
            return render(value)
        case frozenset():
            return _listed(sorted(str(_text(item)) for item in value))
        case tuple():
            texts = [_text(item) for item in value]
            return None if None in texts else _listed([str(text) for text in texts])
        case _:
            return None


def _listed(texts: list[str]) -> str:
    return f"[{', '.join(texts)}]"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
