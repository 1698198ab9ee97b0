"""The policy of the domain specification for tests: read, and with one thing in it changed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from csr_bot.core.document import Mistake, MistakesError
from csr_bot.core.matters import ConditionValue, Matter, MatterKind
from csr_bot.core.money import Money
from csr_bot.core.policy import Policy, Ruling, Step, read_policy

TEXT = (Path(__file__).parent / "sketch.yaml").read_text()
SKETCH = read_policy(TEXT, file="sketch.yaml")


def changed(old: str, new: str) -> Policy:
    """The policy with one change."""
    assert TEXT.count(old) == 1, old
    return read_policy(TEXT.replace(old, new), file="sketch.yaml")


def mistakes_after(old: str, new: str) -> tuple[Mistake, ...]:
    """What is named after one change."""
    with pytest.raises(MistakesError) as caught:
        changed(old, new)
    return caught.value.mistakes


def line_of(text: str) -> int:
    """The line on which a part of the policy stands."""
    return TEXT[: TEXT.index(text)].count("\n") + 1


def steps(text: str) -> tuple[Step, ...]:
    """Steps written short: ``ar_lead|ar_manager, controller``."""
    return tuple(frozenset(step.strip().split("|")) for step in text.split(","))


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def matter(kind: MatterKind, amount: str = "1.00", *fields: str, **about: ConditionValue) -> Matter:
    """A matter in dollars; ``about`` with ``__`` for the dot of a name."""
    names = {name.replace("__", "."): value for name, value in about.items()}
    return Matter(kind, usd(amount), about=names, fields=frozenset(fields))


def rule(asked: Matter, cumulated: str = "0", policy: Policy = SKETCH) -> Ruling:
    """The ruling for a matter whose amount is in base currency."""
    ruling = policy.rule(asked, cumulated=Decimal(cumulated))
    assert isinstance(ruling, Ruling)
    return ruling
