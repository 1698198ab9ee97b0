"""The policy as a value: one version of the rules, and what a case needs asked of it.

Who has to approve is computed in ``authority``; how the text of a policy becomes this value is ``reading``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from csr_bot.core.business_time import BusinessCalendar
from csr_bot.core.matters import ConditionValue, Matter, MatterKind
from csr_bot.core.money import Money
from csr_bot.core.policy.authority import Authority, Band, NoRate, Ruling, rule_matter
from csr_bot.core.policy.conditions import Condition, holds
from csr_bot.core.policy.names import GLOBAL_GUARDS, MASTER_FIELDS
from csr_bot.core.priority import PriorityPolicy
from csr_bot.core.service_levels import EscalationStep, SlaPolicy


@dataclass(frozen=True, slots=True)
class FxPolicy:
    """Where rates to the base currency come from, and how old one may be. Without one a person decides."""

    source: str
    max_age: timedelta


@dataclass(frozen=True, slots=True)
class SodRule:
    """A rule of duty separation. ``text`` is for people; what a rule does is built in.

    ``pairs`` are roles that nobody may hold together. ``applies`` narrows a rule to risk classes or kinds of matter.
    """

    text: str
    pairs: tuple[frozenset[str], ...] = ()
    applies: tuple[str, ...] = ()
    preparer_is: str | None = None


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a case goes when a person is needed: the first row whose condition holds. Queue ``none`` is no queue."""

    condition: Condition
    queue: str
    owner_role: str


@dataclass(frozen=True, slots=True)
class MatchingPolicy:
    """Points for what agrees between a request and an invoice, and what a sum of points is good for.

    Money needs ``money_corroborators`` signals beside the customer, one of ``money_one_of`` among them, and nothing
    that contradicts.
    """

    ref: Decimal
    customer: Decimal
    group: Decimal
    amount: Decimal
    amount_close: Decimal
    po: Decimal
    date: Decimal
    thread: Decimal
    customer_other: Decimal
    amount_conflict: Decimal
    po_conflict: Decimal
    date_conflict: Decimal
    auto: Decimal
    margin: Decimal
    suggest: Decimal
    money_corroborators: int
    money_one_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Differences that are none: a price in per cent, sums and bank charges in base currency, days after a discount."""

    price_pct: Decimal
    rounding_abs: Decimal
    cash_discount_grace_days: int
    bank_charge_abs: Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked for, and answered, before a person looks."""

    invoice_copies_per_request: int
    answers_per_address_per_day: int


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What the bot alone may credit, in base currency: one customer in 30 days, a run, a day, this policy as a whole.

    None is no ceiling: then only the guards hold the bot.
    """

    per_customer: Decimal | None = None
    per_run: Decimal | None = None
    per_day: Decimal | None = None
    per_policy: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ShadowPolicy:
    """When a bot may leave shadow mode: the share of its decisions that people agreed with, of how many at least."""

    agreement: Decimal
    decisions: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules."""

    policy_id: str
    version: int
    effective_from: datetime
    base_currency: str
    fx: FxPolicy
    roles: frozenset[str]
    approval_matrix: Mapping[MatterKind, Authority]
    auto_guards: Mapping[str, tuple[str, ...]]
    sod_rules: Mapping[str, SodRule]
    priority: PriorityPolicy
    calendars: Mapping[str, BusinessCalendar]
    sla: SlaPolicy
    escalation: tuple[EscalationStep, ...]
    routing: tuple[Routing, ...]
    matching: MatchingPolicy
    tolerances: Tolerances
    limits: Limits
    ceilings: Ceilings
    shadow: ShadowPolicy

    def rule(self, matter: Matter, *, cumulated: Decimal, rate: Decimal | None = None) -> Ruling | NoRate:
        """What is asked for a matter.

        ``cumulated`` is the sum in base currency of this matter and the earlier ones that count with it (see
        ``Authority.cumulation``); it can lift the band, never lower it. ``rate`` is units of base currency for one of
        the matter's currency, needed where that is another one. Amounts are rounded to the base currency's minor units.
        Raises ValueError for a field that no policy could name: its change would pass by a stricter rule.
        """
        if not matter.fields <= MASTER_FIELDS:
            raise ValueError(f"no policy knows the fields {sorted(matter.fields - MASTER_FIELDS)}")
        own = self.in_base(matter.amount, rate=rate)
        if own is None:
            return NoRate(matter.amount.currency, self.base_currency)
        amount = Money(max(abs(own.amount), abs(cumulated)), self.base_currency).rounded()
        return rule_matter(self.approval_matrix[matter.kind], matter, amount=amount)

    def in_base(self, amount: Money, *, rate: Decimal | None) -> Money | None:
        """An amount in base currency, unrounded; None where it is in another one and there is no rate."""
        if amount.currency == self.base_currency:
            return amount
        if rate is None:
            return None
        if rate <= 0:
            raise ValueError(f"a rate is above zero, not {rate}")
        return Money(amount.amount * rate, self.base_currency)

    def guard_names(self, band: Band | Ruling) -> tuple[str, ...]:
        """Every condition that must hold before the bot approves alone, the general ones first; each once."""
        own = self.auto_guards[band.auto_guard] if band.auto_guard else ()
        return tuple(dict.fromkeys(self.auto_guards[GLOBAL_GUARDS] + own))

    def find_forbidden_pair(self, roles: Collection[str]) -> frozenset[str] | None:
        """Two of these roles that nobody may hold together (SOD-04); None if there are none."""
        pairs = (pair for rule in self.sod_rules.values() for pair in rule.pairs)
        return next((pair for pair in pairs if pair <= set(roles)), None)

    def route(self, about: Mapping[str, ConditionValue]) -> Routing:
        """Queue and owning role for a case: ``about`` answers ``ROUTING_TERMS``."""
        return next(row for row in self.routing if holds(row.condition, about))
