"""Backtesting: what a draft of a policy would have decided on the stored cases, and how much money that moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from csr_bot.caselog import Records
from csr_bot.core.decide import Route, decide
from csr_bot.core.money import Money
from csr_bot.core.policy import BOT_ROLE, Policy, Step
from csr_bot.records import CaseRecord


@dataclass(frozen=True, slots=True)
class Way:
    """Which way a case went or would go: its route, who approves, and what it credits."""

    route: str
    steps: tuple[Step, ...]
    total: Money | None
    reasons: tuple[str, ...]

    @property
    def is_automatic(self) -> bool:
        """Whether no person is asked."""
        return self.route == Route.ROUTINE.value and self.steps == (frozenset({BOT_ROLE}),)

    def differs(self, other: Way) -> bool:
        """Whether another way asks other people, or moves other money."""
        return (self.route, self.steps, self.total) != (other.route, other.steps, other.total)


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case that would go another way."""

    case_no: str
    customer_no: str | None
    category: str
    reason: str | None
    before: Way
    after: Way


@dataclass(slots=True)
class Backtest:
    """The result: how many cases were decided again, which would change, and the money that the bot alone moves."""

    cases: int = 0
    changed: list[ChangedCase] = field(default_factory=list)
    automatic_before: dict[str, Decimal] = field(default_factory=dict)
    automatic_after: dict[str, Decimal] = field(default_factory=dict)


def backtest(records: Records, policy: Policy, *, after_case: Callable[[], None] = lambda: None) -> Backtest:
    """Decide every stored case again under a draft, from exactly what was known when it was decided."""
    result = Backtest()
    for case, record, facts in records.cases.decided():
        decision = decide(facts, policy)
        before = Way(record.route, record.steps, record.total, record.reasons)
        after = Way(decision.route.value, decision.steps, decision.total, decision.reasons)
        result.cases += 1
        _add(result.automatic_before, before)
        _add(result.automatic_after, after)
        if before.differs(after):
            result.changed.append(_changed(case, before, after))
        after_case()
    return result


def _add(sums: dict[str, Decimal], way: Way) -> None:
    if way.is_automatic and way.total is not None:
        sums[way.total.currency] = sums.get(way.total.currency, Decimal(0)) + way.total.amount


def _changed(case: CaseRecord, before: Way, after: Way) -> ChangedCase:
    reason = case.reason.value if case.reason else None
    return ChangedCase(case.case_no, case.customer_no, case.category.value, reason, before, after)
