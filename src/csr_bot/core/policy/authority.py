"""Authority: who has to approve a matter of a kind, from bands over its amount, its fields and what is known about it.

Whether the bot may really act where a band allows it is for the guards; that people differ, for the rules of duty
separation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import dropwhile
from typing import ClassVar

from csr_bot.core.matters import ConditionValue, Matter
from csr_bot.core.money import Money
from csr_bot.core.policy.conditions import Condition, holds, names_in

Step = frozenset[str]
"""Roles of which one holder has to approve."""


@dataclass(frozen=True, slots=True)
class Band:
    """Amounts up to and including ``upto`` (None: no upper bound) need ``steps``, one after the other.

    ``auto_guard`` names the guards under which the bot may act alone; None where people decide. The band applies only
    where every one of ``requires`` is met.
    """

    upto: Decimal | None
    steps: tuple[Step, ...]
    auto_guard: str | None = None
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cumulation:
    """Earlier matters of the same kind and of one ``scope`` (customer, invoice) within ``window`` are added up.

    So splitting an amount does not lower its band (SOD-10).
    """

    scope: frozenset[str]
    window: timedelta


@dataclass(frozen=True, slots=True)
class ExtraStep:
    """One more approval where a condition holds, behind the others or before them."""

    when: Condition
    step: Step
    first: bool


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Fields of the customer master whose change needs other approvals than the band."""

    fields: frozenset[str]
    steps: tuple[Step, ...]
    auto_guard: str | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may approve matters of one kind: contiguous bands, the last one open and for people."""

    bands: tuple[Band, ...]
    cumulation: Cumulation | None = None
    extra_steps: tuple[ExtraStep, ...] = ()
    field_rules: tuple[FieldRule, ...] = ()

    def bands_from(self, amount: Decimal) -> tuple[Band, ...]:
        """The band of an amount, whatever its sign, and all above it."""
        size = abs(amount)
        return tuple(dropwhile(lambda band: band.upto is not None and band.upto < size, self.bands))


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a policy asks for a matter.

    ``amount`` chose the band, in base currency. ``steps`` are the approvals in order; with an ``auto_guard`` that is
    the bot's, and ``steps_of_people`` is where the matter goes if a guard fails. ``lifted_by`` are requirements that
    did not hold and so led to a higher band; ``unmet`` those of the last band, for which the matter has to wait.
    ``undecided`` are the names that a condition asked about in vain: the bot does not act alone then.
    """

    amount: Money
    band: Band
    steps: tuple[Step, ...]
    steps_of_people: tuple[Step, ...]
    auto_guard: str | None
    unmet: tuple[str, ...] = ()
    lifted_by: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoRate:
    """An amount has no band because there is no rate from its currency to the base currency: a person decides."""

    currency: str
    base_currency: str
    reason: ClassVar[str] = "FX_RATE_MISSING"


def rule_matter(authority: Authority, matter: Matter, *, amount: Money) -> Ruling:
    """What is asked for a matter whose cumulated amount in base currency is ``amount``."""
    above = authority.bands_from(amount.amount)
    fitting = [band for band in above if not _unmet(band, matter.about)] or [above[-1]]
    band = fitting[0]
    people = next((other for other in fitting if other.auto_guard is None), above[-1])
    rules = _rules_for(authority, matter.fields, otherwise=FieldRule(frozenset(), band.steps, band.auto_guard))
    by_people = _merge(people.steps if rule.auto_guard else rule.steps for rule in rules)
    found = [(extra, holds(extra.when, matter.about)) for extra in authority.extra_steps]
    extra = [each for each, holding in found if holding]
    asked = frozenset[str]().union(*(names_in(each.when) for each, holding in found if holding is None))
    with_extra = _add(by_people, extra)
    alone = len(rules) == 1 and not extra and not asked
    auto_guard = rules[0].auto_guard if alone else None
    return Ruling(
        amount=amount,
        band=band,
        steps=rules[0].steps if auto_guard else with_extra,
        steps_of_people=with_extra,
        auto_guard=auto_guard,
        unmet=_unmet(band, matter.about),
        lifted_by=tuple(
            dict.fromkeys(name for lower in above[: above.index(band)] for name in _unmet(lower, matter.about))
        ),
        undecided=tuple(sorted(name for name in asked if matter.about.get(name) is None)),
    )


def _unmet(band: Band, about: Mapping[str, ConditionValue]) -> tuple[str, ...]:
    return tuple(name for name in band.requires if about.get(name) is not True)


def _rules_for(authority: Authority, fields: Iterable[str], *, otherwise: FieldRule) -> Sequence[FieldRule]:
    """The rules that a change of these fields comes under, each once; ``otherwise`` where none names a field."""
    found = [
        next((rule for rule in authority.field_rules if field in rule.fields), otherwise) for field in sorted(fields)
    ]
    return sorted(set(found), key=[*authority.field_rules, otherwise].index) or [otherwise]


def _add(steps: tuple[Step, ...], extra: Sequence[ExtraStep]) -> tuple[Step, ...]:
    """The steps with the extra ones. Whoever has to approve anyway with the role asked for is not asked twice."""
    for each in extra:
        if not any(step <= each.step for step in steps):
            steps = (*steps, each.step)
    early: list[Step] = []
    for each in extra:
        if each.first:
            early += [step for step in steps if step <= each.step]
            steps = tuple(step for step in steps if not step <= each.step)
    return (*early, *steps)


def _merge(parts: Iterable[tuple[Step, ...]]) -> tuple[Step, ...]:
    """Steps that satisfy every part: what two parts ask for is asked once, what one asks for twice stays so."""
    merged: list[Step] = []
    for part in parts:
        spare = list(merged)
        for step in part:
            if step in spare:
                spare.remove(step)
            else:
                merged.append(step)
    return tuple(merged)
