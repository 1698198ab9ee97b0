"""Payment plans: equal instalments, what makes a plan feasible, what it costs, and when it is in default.

A plan is granted by people; this computes what they look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal, localcontext
from enum import StrEnum
from typing import Final

from csr_bot.core.credit import Coverage, dscr
from csr_bot.core.money import Money, minor_units, zero
from csr_bot.core.months import add_months
from csr_bot.core.promises import Receipt

LATEST_FIRST: Final = timedelta(days=14)
# Most instalments for a debt up to an amount in the base currency; the last for any debt above.
MOST_INSTALMENTS: Final = ((Decimal(10_000), 3), (Decimal(100_000), 6), (None, 12))
_DAYS_OF_A_YEAR: Final = Decimal(365)


class PlanProblem(StrEnum):
    """Why a plan is not feasible as proposed (V26)."""

    NO_INSTALMENTS = "no_instalments"
    TOO_MANY = "too_many_instalments"
    FIRST_TOO_LATE = "first_too_late"
    DATE_PAST = "date_past"
    NOT_IN_ORDER = "not_in_order"
    NOT_POSITIVE = "not_positive"
    SUM_DIFFERS = "sum_differs"


class PlanStatus(StrEnum):
    """How a granted plan stands."""

    ACTIVE = "active"
    COMPLETED = "completed"
    DEFAULTED = "defaulted"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a plan; ``seq`` counts from 1."""

    seq: int
    amount: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """How a plan stands: the instalment that was missed, what is due now, and what of the whole is not paid."""

    status: PlanStatus
    missed: Instalment | None
    due_now: Money
    unpaid: Money


def split_equally(owed: Money, *, count: int, first_on: date) -> tuple[Instalment, ...]:
    """Monthly instalments of equal amounts rounded down to minor units; the last takes what rounding left.

    ValueError unless ``owed`` is in whole minor units and each of the ``count`` instalments gets at least one.
    """
    unit = Decimal(1).scaleb(-minor_units(owed.currency))
    if count < 1 or owed.rounded() != owed or owed.amount < unit * count:
        raise ValueError(f"{owed} cannot be split into {count} instalments")
    each = (owed.amount / count).quantize(unit, ROUND_DOWN)
    amounts = [each] * (count - 1) + [owed.amount - each * (count - 1)]
    return tuple(
        Instalment(number + 1, Money(amount, owed.currency), add_months(first_on, number))
        for number, amount in enumerate(amounts)
    )


def most_instalments(base_amount: Decimal) -> int:
    """How many instalments a debt may have, by its amount in the base currency: 3, 6 or 12."""
    return next(most for limit, most in MOST_INSTALMENTS if limit is None or base_amount <= limit)


def find_plan_problems(
    instalments: Sequence[Instalment], *, owed: Money, base_amount: Decimal, today: date
) -> tuple[PlanProblem, ...]:
    """What makes a plan infeasible (V26); nothing means it is feasible. ``owed`` is all that is open, with interest.

    Raises CurrencyMismatchError when an instalment is in another currency.
    """
    if not instalments:
        return (PlanProblem.NO_INSTALMENTS,)
    days = [instalment.due_on for instalment in instalments]
    nothing = zero(owed.currency)
    tests = (
        (len(instalments) > most_instalments(base_amount), PlanProblem.TOO_MANY),
        (min(days) > today + LATEST_FIRST, PlanProblem.FIRST_TOO_LATE),
        (min(days) < today, PlanProblem.DATE_PAST),
        (sorted(set(days)) != days, PlanProblem.NOT_IN_ORDER),
        (any(instalment.amount <= nothing for instalment in instalments), PlanProblem.NOT_POSITIVE),
        (_total(instalments) != owed, PlanProblem.SUM_DIFFERS),
    )
    return tuple(problem for found, problem in tests if found)


def coverage_with_plan(
    instalments: Sequence[Instalment],
    *,
    net_operating_income: Decimal | None,
    debt_service: Decimal | None,
    today: date,
) -> tuple[Coverage, Coverage]:
    """DSCR before and after the instalments of the next twelve months join the debt service, all in one currency."""
    end = add_months(today, 12)
    added = sum((item.amount.amount for item in instalments if item.due_on <= end), start=Decimal(0))
    after = None if debt_service is None or debt_service < 0 else debt_service + added
    return dscr(net_operating_income, debt_service), dscr(net_operating_income, after)


def first_payment_share(instalments: Sequence[Instalment]) -> Decimal:
    """The share of the plan that the first payment covers, to four places. ValueError for a plan of nothing."""
    total = _total(instalments)
    if total.amount <= 0:
        raise ValueError("a plan of nothing")
    return (min(instalments, key=lambda item: item.due_on).amount.amount / total.amount).quantize(
        Decimal("0.0001"), ROUND_DOWN
    )


def first_payment_coverage(
    first: Money, *, net_operating_income: Decimal | None, debt_service: Decimal | None
) -> Decimal | None:
    """How often a month's income after debt service pays the first instalment; None where a figure is missing."""
    if net_operating_income is None or debt_service is None or first.amount <= 0:
        return None
    return ((net_operating_income - debt_service) / 12 / first.amount).quantize(Decimal("0.0001"), ROUND_DOWN)


def npv_loss(instalments: Iterable[Instalment], *, open_amount: Money, yearly_rate: Decimal, today: date) -> Money:
    """What waiting costs: the open amount less the instalments at their worth today; negative where interest outweighs.

    Yearly compounding over actual days / 365; ``yearly_rate`` is a share (0.08). Computed to 40 digits and rounded
    once, half up, to minor units. Raises CurrencyMismatchError.
    """
    if yearly_rate <= -1:
        raise ValueError(f"not a rate of interest: {yearly_rate}")
    with localcontext() as context:
        context.prec = 40
        worth = zero(open_amount.currency)
        for item in instalments:
            years = Decimal((item.due_on - today).days) / _DAYS_OF_A_YEAR
            worth += item.amount * (1 / (1 + yearly_rate) ** years)
        return (open_amount - worth).rounded()


def judge_plan(
    instalments: Sequence[Instalment],
    *,
    receipts: Iterable[Receipt],
    today: date,
    last_day: Callable[[date], date],
) -> PlanStanding:
    """How a plan stands at the end of ``today``; paying after an instalment was missed does not undo the default.

    ``last_day`` gives the last day on which an instalment due on a day counts as paid in time. In default all that is
    unpaid is due at once.
    """
    counted = [receipt for receipt in receipts if receipt.received_on <= today]
    total = _total(instalments)
    nothing = zero(total.currency)
    unpaid = max(total - sum((item.amount for item in counted), start=nothing), nothing)
    promised = due = nothing
    for instalment in sorted(instalments, key=lambda item: item.due_on):
        promised += instalment.amount
        until = last_day(instalment.due_on)
        received = sum((item.amount for item in counted if item.received_on <= until), start=nothing)
        if until < today and received < promised:
            return PlanStanding(PlanStatus.DEFAULTED, instalment, unpaid, unpaid)
        if instalment.due_on <= today:
            due = promised
    due_now = max(due - (total - unpaid), nothing)
    return PlanStanding(PlanStatus.ACTIVE if nothing < unpaid else PlanStatus.COMPLETED, None, due_now, unpaid)


def _total(instalments: Sequence[Instalment]) -> Money:
    return sum((item.amount for item in instalments[1:]), start=instalments[0].amount)
