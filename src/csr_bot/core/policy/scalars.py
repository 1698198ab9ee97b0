"""Reading the single values of a policy: amounts, numbers, roles, words of a known list, conditions.

A value that is wrong or missing leaves a mistake and gives a stand-in, so that reading goes on and everything that is
wrong is named at once. A policy with stand-ins is never handed out: the mistakes are raised before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Final, TypeVar

from csr_bot.core.document import Field, Reading
from csr_bot.core.money import is_currency, parse_decimal
from csr_bot.core.policy.authority import Step
from csr_bot.core.policy.condition_text import parse_condition
from csr_bot.core.policy.conditions import Condition, Constant, Term

T = TypeVar("T")

ONE: Final = Decimal(1)
NEVER: Final[Condition] = Constant(value=False)


class PolicyReading(Reading):
    """Collects the mistakes of one policy. A field that is None is missing: that is named where its mapping is read."""

    def __init__(self) -> None:
        super().__init__()
        self.roles: frozenset[str] = frozenset()

    def complain(self, field: Field, reason: str) -> None:
        """Note a mistake at a field."""
        self.mistakes.append(field.mistake(reason))

    def entries(
        self, field: Field | None, *, needed: Sequence[str] = (), also: Sequence[str] = ()
    ) -> Mapping[str, Field]:
        """The entries of a mapping that knows the fields ``needed`` and ``also``; any, where neither is given."""
        if field is None:
            return {}
        return self.mapping(field, known=[*map(str, (*needed, *also))], needed=[*map(str, needed)])

    def list_of(self, field: Field | None, *, what: str) -> Sequence[Field]:
        """The items of a list that holds at least one."""
        items = [] if field is None else list(self.items(field))
        if field is not None and not items and isinstance(field.value, list):
            self.complain(field, f"at least one {what} is needed here")
        return items

    def value(self, field: Field | None, parse: Callable[[str], T], *, default: T) -> T:
        """A scalar through ``parse``; ``default`` where it is missing, or wrong."""
        found = None if field is None else self.convert(field, parse)
        return default if found is None else found

    def words(self, field: Field | None) -> str:
        """A text that is not empty."""
        return self.value(field, _words, default="")

    def whole(self, field: Field | None, *, least: int = 1, default: int = 1) -> int:
        """A whole number of at least ``least``."""
        return self.value(field, lambda text: _whole(text, least=least), default=default)

    def amount(self, field: Field | None, *, positive: bool = False, default: Decimal = ONE) -> Decimal:
        """An amount or a share, not below zero: a decimal number in quotes, which no other tool rounds."""
        if field is not None and isinstance(field.value, str) and not field.quoted:
            self.complain(field, f'an amount is written in quotes, like "{_example(field.value)}"')
        return self.value(field, _positive if positive else _not_negative, default=default)

    def points(self, field: Field | None, *, sign: int = 1, default: Decimal = ONE) -> Decimal:
        """Points, none below zero or, with ``sign`` -1, none above; with a fraction only in quotes."""
        if field is not None and isinstance(field.value, str) and "." in field.value and not field.quoted:
            self.complain(field, f'a number with a fraction is written in quotes, like "{_example(field.value)}"')
        return self.value(field, lambda text: _points(text, sign=sign), default=default)

    def truth(self, field: Field | None, *, only: bool | None = None, why: str = "") -> bool:
        """``true`` or ``false``; with ``only`` the one of both that is allowed, and why."""
        found = self.value(field, _truth, default=bool(only))
        if field is not None and only is not None and found is not only:
            self.complain(field, f"must be {'true' if only else 'false'}: {why}")
        return found

    def known(self, field: Field | None, among: Collection[str], *, what: str) -> str:
        """A word of a known list."""
        return self.value(field, lambda text: _known(text, among, what), default="")

    def known_list(self, field: Field | None, among: Collection[str], *, what: str) -> tuple[str, ...]:
        """Several words of a known list, at least one, each once."""
        return self.several(self.list_of(field, what=what), among, what=what)

    def several(self, items: Sequence[Field], among: Collection[str], *, what: str) -> tuple[str, ...]:
        """As ``known_list``, of items read already."""
        found: list[str] = []
        for item in items:
            word = self.known(item, among, what=what)
            if word and word in found:
                self.complain(item, f"the {what} {word!r} stands here twice")
            found.append(word)
        return tuple(found)

    def role(self, field: Field | None) -> str:
        """A role of the policy."""
        return self.known(field, self.roles, what="role")

    def step(self, field: Field) -> Step:
        """Roles of which one holder has to approve."""
        return frozenset(self.known_list(field, self.roles, what="role"))

    def condition(self, field: Field | None, terms: Mapping[str, Term]) -> Condition:
        """A condition over known names."""
        return self.value(field, lambda text: parse_condition(text, terms), default=NEVER)

    def check_order(self, field: Field, uppers: Sequence[tuple[Field, Field | None]]) -> None:
        """Check bands, each with its upper bound: the bounds rise, and the last band, and no other, has none."""
        if uppers and uppers[-1][1] is not None and uppers[-1][1].value is not None:
            self.complain(field, "the last band must have no upper bound (null)")
        for band, reason in _order_mistakes(uppers):
            self.complain(band, reason)


def read_currency(text: str) -> str:
    """An ISO 4217 code. ValueError for anything else."""
    if not is_currency(text):
        raise ValueError(f"{text!r} is not an ISO 4217 code")
    return text


def read_instant(text: str) -> datetime:
    """A UTC instant from ISO 8601. ValueError for anything else, and for one without a time zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone; write for example 2025-11-01T00:00:00Z")
    return instant.astimezone(UTC)


def _order_mistakes(uppers: Sequence[tuple[Field, Field | None]]) -> Iterator[tuple[Field, str]]:
    below: Decimal | None = None
    is_open = False
    for band, upper in uppers:
        if is_open:
            yield band, "a band behind the one without an upper bound is never reached"
        is_open = upper is not None and upper.value is None
        bound = _bound(upper)
        if bound is not None and below is not None and bound <= below:
            yield band, f"the bands overlap: {bound} is not above {below}"
        below = bound if bound is not None else below


def _bound(upper: Field | None) -> Decimal | None:
    """The bound, where it can be read; what is wrong with it is named where it is."""
    try:
        return parse_decimal(upper.value) if upper is not None and isinstance(upper.value, str) else None
    except ValueError:
        return None


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _whole(text: str, *, least: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        bound = "above zero" if least == 1 else f"of at least {least}"
        raise ValueError(f"{text!r} is not a whole number {bound}")
    return int(text)


def _positive(text: str) -> Decimal:
    value = parse_decimal(text)
    if value <= 0:
        raise ValueError(f"{text!r} is not above zero")
    return value


def _not_negative(text: str) -> Decimal:
    value = parse_decimal(text)
    if value < 0:
        raise ValueError(f"{text!r} is below zero")
    return value


def _points(text: str, *, sign: int) -> Decimal:
    value = parse_decimal(text)
    if value * sign < 0:
        raise ValueError(f"{text!r} is {'below' if sign > 0 else 'above'} zero")
    return value


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text == "true"


def _known(text: str, among: Collection[str], what: str) -> str:
    if text not in among:
        near = get_close_matches(text, sorted(among), 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(among)) or 'none'}"
        raise ValueError(f"unknown {what} {text!r}; {hint}")
    return text


def _example(text: str) -> str:
    """The number as it should stand there; a standard one where it cannot be read."""
    try:
        return f"{parse_decimal(text):f}"
    except ValueError:
        return "250.00"
