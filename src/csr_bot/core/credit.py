"""Credit standing: debt service coverage and its class, trends of yearly statements, exposure, and what weakness holds
back.

Weakness restricts what increases exposure or sends cash out, never the correction of our own error. What to recommend
on a request for credit is ``csr_bot.core.scorecard``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final, Literal

from csr_bot.core.effects import EffectType
from csr_bot.core.kyc import KycStatus, is_held_back
from csr_bot.core.money import Money
from csr_bot.core.months import add_months

_FOUR_PLACES: Final = Decimal("0.0001")
MONTHS_OF_STATEMENTS: Final = 15
STATEMENTS_OF_A_TREND: Final = 3


class DscrClass(StrEnum):
    """How well the income of a customer covers what it pays on its debts."""

    RED = "RED"
    AMBER = "AMBER"
    GREEN = "GREEN"
    UNKNOWN = "UNKNOWN"
    NO_DEBT = "NO_DEBT"


Coverage = Decimal | Literal[DscrClass.NO_DEBT] | None
"""Debt service coverage ratio; NO_DEBT where nothing is owed, None where a figure is missing."""


class Weakness(StrEnum):
    """Why an effect that lends or pays out needs a person first."""

    CREDIT_HOLD = "credit_hold"
    DSCR_RED = "dscr_red"
    DSCR_AMBER = "dscr_amber"
    DSCR_UNKNOWN = "dscr_unknown"
    KYC = "kyc"


@dataclass(frozen=True, slots=True)
class YearlyStatement:
    """The figures of one year, all in one currency; None where the statement does not have one."""

    year: int
    revenue: Decimal | None = None
    ebitda: Decimal | None = None
    net_operating_income: Decimal | None = None
    debt_service: Decimal | None = None
    current_ratio: Decimal | None = None
    equity_ratio: Decimal | None = None

    @property
    def dscr(self) -> Decimal | None:
        """Coverage of the year where it is a number."""
        ratio = dscr(self.net_operating_income, self.debt_service)
        return ratio if isinstance(ratio, Decimal) else None


@dataclass(frozen=True, slots=True)
class ExposureChange:
    """Exposure before and after an effect, against the limit. Utilisation is a share (0.6824), None without a limit."""

    limit: Money | None
    before: Money
    after: Money

    @property
    def utilisation_before(self) -> Decimal | None:
        """Share of the limit in use before."""
        return utilisation(self.before, self.limit)

    @property
    def utilisation_after(self) -> Decimal | None:
        """Share of the limit in use after."""
        return utilisation(self.after, self.limit)

    @property
    def fits(self) -> bool | None:
        """Whether the exposure after is within the limit; None without a limit."""
        return None if self.limit is None else self.after <= self.limit


TREND_FIGURES: Final = (
    "revenue",
    "ebitda",
    "net_operating_income",
    "debt_service",
    "dscr",
    "current_ratio",
    "equity_ratio",
)
_MORE_EXPOSURE: Final = frozenset(
    {
        EffectType.SET_CREDIT_LIMIT,
        EffectType.SET_PAYMENT_TERMS,
        EffectType.CREATE_PAYMENT_PLAN,
        EffectType.RECHECK_CREDIT_BLOCK,
    }
)
_CASH_OUT: Final = frozenset({EffectType.REQUEST_REFUND})
_WEAK: Final[Mapping[DscrClass, Weakness]] = {
    DscrClass.RED: Weakness.DSCR_RED,
    DscrClass.AMBER: Weakness.DSCR_AMBER,
}


def dscr(net_operating_income: Decimal | None, debt_service: Decimal | None) -> Coverage:
    """Net operating income over (principal + interest due), to four places, down, so that no class is reached early.

    None where either figure is missing or the debt service is negative, which no statement can mean.
    """
    if net_operating_income is None or debt_service is None or debt_service < 0:
        return None
    if debt_service == 0:
        return DscrClass.NO_DEBT
    return (net_operating_income / debt_service).quantize(_FOUR_PLACES, ROUND_FLOOR)


def classify_dscr(coverage: Coverage, *, statements_on: date | None, today: date) -> DscrClass:
    """RED below 1.00, AMBER below 1.25, else GREEN; UNKNOWN if missing, undated or older than 15 months ``today``."""
    if coverage is None or statements_on is None or add_months(statements_on, MONTHS_OF_STATEMENTS) < today:
        return DscrClass.UNKNOWN
    if not isinstance(coverage, Decimal):
        return coverage
    if coverage < 1:
        return DscrClass.RED
    return DscrClass.AMBER if coverage < Decimal("1.25") else DscrClass.GREEN


def slope_of(points: Mapping[int, Decimal]) -> Decimal | None:
    """Change a year of the straight line closest to the values by year (least squares); None for fewer than three."""
    if len(points) < STATEMENTS_OF_A_TREND:
        return None
    count = len(points)
    mean_year, mean = Decimal(sum(points)) / count, sum(points.values(), Decimal(0)) / count
    spread = sum(((year - mean_year) ** 2 for year in points), Decimal(0))
    return (sum(((year - mean_year) * (value - mean) for year, value in points.items()), Decimal(0)) / spread).quantize(
        _FOUR_PLACES
    )


def find_trends(statements: Sequence[YearlyStatement]) -> dict[str, Decimal | None]:
    """The slope of every figure of ``TREND_FIGURES``; None where fewer than three years have the figure.

    Raises ValueError when a year has two statements.
    """
    if len({statement.year for statement in statements}) < len(statements):
        raise ValueError("two statements of one year")
    values = {name: {statement.year: getattr(statement, name) for statement in statements} for name in TREND_FIGURES}
    return {
        name: slope_of({year: value for year, value in by_year.items() if value is not None})
        for name, by_year in values.items()
    }


def utilisation(exposure: Money, limit: Money | None) -> Decimal | None:
    """Share of the limit in use, to four places, rounded up so that what is over the limit never shows as 1.0000.

    None without a limit above zero. Raises CurrencyMismatchError.
    """
    if limit is None or limit <= Money(Decimal(0), exposure.currency):
        return None
    return (exposure.amount / limit.amount).quantize(_FOUR_PLACES, ROUND_CEILING)


def change_exposure(exposure: Money, *, by: Money, limit: Money | None) -> ExposureChange:
    """Exposure before and after it changes ``by`` an amount: negative for a credit note, positive for an order."""
    return ExposureChange(limit, exposure, exposure + by)


def find_weaknesses(
    effect_type: EffectType, *, hold: bool, dscr_class: DscrClass, kyc_status: KycStatus | None
) -> tuple[Weakness, ...]:
    """Why an effect that increases exposure or sends cash out must wait for a person; nothing for any other effect.

    Unknown coverage counts where credit is given, not where a customer's own money goes back.
    """
    if effect_type not in _MORE_EXPOSURE | _CASH_OUT:
        return ()
    found: list[Weakness] = [Weakness.CREDIT_HOLD] if hold else []
    if dscr_class in _WEAK:
        found.append(_WEAK[dscr_class])
    elif dscr_class is DscrClass.UNKNOWN and effect_type in _MORE_EXPOSURE:
        found.append(Weakness.DSCR_UNKNOWN)
    if is_held_back(effect_type, status=kyc_status):
        found.append(Weakness.KYC)
    return tuple(found)
