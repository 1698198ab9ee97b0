"""Letters of credit: their last days, tolerances, consents and alerts, by the Uniform Customs and Practice (UCP 600).

Banking days are told by a function of the caller; days on which a bank is closed by force majeure count as banking days
there, for nothing is extended by them (art. 36). Comparing a draft with an order is ``csr_bot.core.credit_drafts``.
Everything with legal effect is for people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.money import Money

IsBankingDay = Callable[[date], bool]
PRESENTATION_DAYS: Final = 21
EXAMINATION_DAYS: Final = 5
ALERT_DAYS: Final = (15, 7, 3)
_ONE_DAY: Final = timedelta(days=1)
_LONGEST_CLOSURE: Final = 60


class AmendmentState(StrEnum):
    """Whether an amendment binds."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    REJECTED = "rejected"


class Deadline(StrEnum):
    """A day of a letter of credit that somebody must be warned of."""

    LATEST_SHIPMENT = "latest_shipment"
    LAST_PRESENTATION = "last_presentation"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What a credit says about its amount or quantity: percentages, or "about"; percentages go first."""

    plus_pct: Decimal | None = None
    minus_pct: Decimal | None = None
    about: bool = False


NO_TOLERANCE: Final = Tolerance()


@dataclass(frozen=True, slots=True)
class Alert:
    """A deadline that is near: ``threshold`` is 15, 7 or 3, of which each is sent once."""

    deadline: Deadline
    falls_on: date
    banking_days_left: int
    threshold: int


def next_banking_day(day: date, *, is_banking_day: IsBankingDay) -> date:
    """``day``, or the first banking day after it. ValueError when there is none for 60 days: no calendar is so."""
    for step in range(_LONGEST_CLOSURE):
        if is_banking_day(day + step * _ONE_DAY):
            return day + step * _ONE_DAY
    raise ValueError(f"no banking day within {_LONGEST_CLOSURE} days of {day}")


def add_banking_days(day: date, count: int, *, is_banking_day: IsBankingDay) -> date:
    """The ``count``-th banking day after ``day``."""
    for _ in range(count):
        day = next_banking_day(day + _ONE_DAY, is_banking_day=is_banking_day)
    return day


def count_banking_days(first: date, last: date, *, is_banking_day: IsBankingDay) -> int:
    """Banking days after ``first`` up to and with ``last``; 0 where ``last`` is not later."""
    return sum(is_banking_day(first + step * _ONE_DAY) for step in range(1, (last - first).days + 1))


def last_presentation(
    *, shipped_on: date, expires_on: date, presentation_days: int | None, is_banking_day: IsBankingDay
) -> date:
    """The last day on which documents may be presented (art. 14c, 29a).

    ``presentation_days`` calendar days after shipment (21 unless the credit says otherwise), not after expiry; either
    day moves to the next banking day when banks are closed on it.
    """
    days = PRESENTATION_DAYS if presentation_days is None else presentation_days
    return next_banking_day(min(expires_on, shipped_on + timedelta(days=days)), is_banking_day=is_banking_day)


def is_late_shipment(shipped_on: date, *, latest_shipment_on: date) -> bool:
    """Whether goods left too late. The latest day of shipment is not extended by holidays (art. 29c)."""
    return shipped_on > latest_shipment_on


def refusal_due(presented_on: date, *, is_banking_day: IsBankingDay) -> date:
    """The last day on which the bank may refuse documents: five banking days after presentation (art. 14b, 16d)."""
    return add_banking_days(presented_on, EXAMINATION_DAYS, is_banking_day=is_banking_day)


def amount_range(amount: Money, *, tolerance: Tolerance) -> tuple[Money, Money]:
    """Least and most that may be drawn: by percentages, 10 % either way for "about" (art. 30a), else the amount."""
    minus, plus = _percentages(tolerance, otherwise=Decimal(0))
    return (amount * (1 - minus / 100)).rounded(), (amount * (1 + plus / 100)).rounded()


def quantity_range(quantity: Decimal, *, tolerance: Tolerance, counted_in_units: bool) -> tuple[Decimal, Decimal]:
    """Least and most that may be shipped: as the amount, but 5 % either way when nothing is said (art. 30b).

    Not for packing units or single items; and the drawing must still be within the amount of the credit.
    """
    minus, plus = _percentages(tolerance, otherwise=Decimal(0) if counted_in_units else Decimal(5))
    return quantity * (1 - minus / 100), quantity * (1 + plus / 100)


def excess_of(drawing: Money, *, amount: Money, tolerance: Tolerance) -> Money | None:
    """By how much a drawing exceeds the credit; None when it does not. Raises CurrencyMismatchError."""
    _, most = amount_range(amount, tolerance=tolerance)
    return None if drawing <= most else drawing - most


def judge_amendment(
    *, issuing_bank: bool | None, confirming_bank: bool | None, is_confirmed: bool, beneficiary: Sequence[bool | None]
) -> AmendmentState:
    """Whether an amendment binds (art. 10): every party that it needs says yes; None is silence, which is no consent.

    ``beneficiary`` has one answer for each part of the amendment: to accept some and not others is to reject it all.
    """
    parties = [issuing_bank, *([confirming_bank] if is_confirmed else []), *(beneficiary or [None])]
    if False in parties:
        return AmendmentState.REJECTED
    return AmendmentState.PENDING if None in parties else AmendmentState.IN_FORCE


def find_alerts(
    *,
    latest_shipment_on: date | None,
    last_presentation_on: date | None,
    expires_on: date | None,
    today: date,
    is_banking_day: IsBankingDay,
) -> tuple[Alert, ...]:
    """The deadlines that are at most 15, 7 or 3 banking days off, each with the nearest of these; none for past days.

    Expiry counts to the banking day that it moves to. Leave out (None) what has happened already.
    """
    moved = None if expires_on is None else next_banking_day(expires_on, is_banking_day=is_banking_day)
    alerts = []
    for deadline, day in (
        (Deadline.LATEST_SHIPMENT, latest_shipment_on),
        (Deadline.LAST_PRESENTATION, last_presentation_on),
        (Deadline.EXPIRY, moved),
    ):
        if day is None or day < today:
            continue
        left = count_banking_days(today, day, is_banking_day=is_banking_day)
        threshold = min((days for days in ALERT_DAYS if left <= days), default=None)
        if threshold is not None:
            alerts.append(Alert(deadline, day, left, threshold))
    return tuple(alerts)


def _percentages(tolerance: Tolerance, *, otherwise: Decimal) -> tuple[Decimal, Decimal]:
    if tolerance.plus_pct is not None or tolerance.minus_pct is not None:
        return tolerance.minus_pct or Decimal(0), tolerance.plus_pct or Decimal(0)
    percent = Decimal(10) if tolerance.about else otherwise
    return percent, percent
