"""The scorecard of a request for credit: a line for each thing that an analyst looks at, and what they add up to.

It recommends to people and decides nothing. What is not known is said to be unknown, never taken as nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.credit import Coverage, DscrClass, change_exposure
from csr_bot.core.kyc import IN_FORCE, KycStatus
from csr_bot.core.money import Money, zero

NOT_KNOWN: Final = "n/a"


class Judgement(StrEnum):
    """What a line of the scorecard says about the request."""

    SUPPORTS = "supports"
    AGAINST = "against"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Up to where a line supports a request. Rates are shares of one; days are calendar days."""

    utilisation: Decimal = Decimal(1)
    average_days_late: Decimal = Decimal(5)
    on_time_rate: Decimal = Decimal("0.80")
    disputes_to_portfolio: Decimal = Decimal(2)
    days_overdue: int = 30


@dataclass(frozen=True, slots=True)
class CreditStanding:
    """What is known of a customer that asks for a limit. None is not known; rates are shares of one."""

    limit: Money | None
    exposure: Money | None
    average_days_late: Decimal | None
    on_time_rate: Decimal | None
    dispute_rate: Decimal | None
    portfolio_dispute_rate: Decimal | None
    oldest_overdue_days: int | None
    coverage: Coverage
    dscr_class: DscrClass
    income_slope: Decimal | None
    kyc_status: KycStatus | None
    insured: Money | None


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One line: what was looked at, its value in words or ``n/a``, and what it says about the request."""

    label: str
    value: str
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The lines and the recommendation to the approvers. ``one_step`` says whether a single approval may do."""

    lines: tuple[ScoreLine, ...]
    recommendation: str
    one_step: bool


def score_limit_request(
    standing: CreditStanding, *, requested: Money, thresholds: Thresholds | None = None
) -> Scorecard:
    """The scorecard for a limit of ``requested``. Raises CurrencyMismatchError if amounts are of two currencies."""
    limits = thresholds or Thresholds()
    late, overdue = standing.average_days_late, standing.oldest_overdue_days
    on_time, slope, kyc = standing.on_time_rate, standing.income_slope, standing.kyc_status
    insured = standing.insured
    lines = (
        _utilisation(standing, limits),
        _line("average days late", late, good=_most(late, limits.average_days_late)),
        _line("paid on time", _percent(on_time), good=_least(on_time, limits.on_time_rate)),
        _disputes(standing, limits),
        _line("oldest overdue item, days", overdue, good=_most(overdue, limits.days_overdue)),
        _coverage(standing),
        _line("net operating income, change a year", slope, good=_least(slope, Decimal(0))),
        _line("KYC", kyc, good=None if kyc is None else kyc in IN_FORCE),
        _line("insured amount", insured, good=None if insured is None else requested <= insured),
    )
    conditions = one_step_conditions(standing, days_overdue=limits.days_overdue)
    return Scorecard(lines, _recommend(lines), one_step=all(conditions.values()))


def one_step_conditions(standing: CreditStanding, *, days_overdue: int = 30) -> dict[str, bool | None]:
    """What a single approval of a limit requires, by the names of the policy; None where it is not known."""
    overdue = standing.oldest_overdue_days
    return {
        "kyc_approved": None if standing.kyc_status is None else standing.kyc_status in IN_FORCE,
        "dscr_ge_1_25": _covers(standing.dscr_class),
        "no_overdue_gt_30": None if overdue is None else overdue <= days_overdue,
    }


def _covers(dscr_class: DscrClass) -> bool | None:
    return None if dscr_class is DscrClass.UNKNOWN else dscr_class in {DscrClass.GREEN, DscrClass.NO_DEBT}


def _utilisation(standing: CreditStanding, limits: Thresholds) -> ScoreLine:
    if standing.exposure is None:
        return _line("utilisation", None, good=None)
    unchanged = change_exposure(standing.exposure, by=zero(standing.exposure.currency), limit=standing.limit)
    share = unchanged.utilisation_before
    value = None if share is None else f"{_percent(share)} ({standing.exposure} of {standing.limit})"
    return _line("utilisation", value, good=_most(share, limits.utilisation))


def _disputes(standing: CreditStanding, limits: Thresholds) -> ScoreLine:
    usual = standing.portfolio_dispute_rate
    most = None if usual is None else usual * limits.disputes_to_portfolio
    good = None if most is None else _most(standing.dispute_rate, most)
    return _line("disputed invoices", _percent(standing.dispute_rate), good=good)


def _coverage(standing: CreditStanding) -> ScoreLine:
    known = standing.dscr_class is not DscrClass.UNKNOWN
    ratio = f"{standing.coverage:.4f} " if isinstance(standing.coverage, Decimal) else ""
    return _line("DSCR", f"{ratio}{standing.dscr_class}" if known else None, good=_covers(standing.dscr_class))


def _line(label: str, value: object, *, good: bool | None) -> ScoreLine:
    judgements = {None: Judgement.UNKNOWN, True: Judgement.SUPPORTS, False: Judgement.AGAINST}
    return ScoreLine(label, NOT_KNOWN if value is None else str(value), judgements[good])


def _percent(share: Decimal | None) -> str | None:
    return None if share is None else f"{share * 100:.1f} %"


def _most(value: Decimal | int | None, limit: Decimal | int) -> bool | None:
    return None if value is None else value <= limit


def _least(value: Decimal | None, limit: Decimal) -> bool | None:
    return None if value is None else value >= limit


def _recommend(lines: tuple[ScoreLine, ...]) -> str:
    against, unknown = (
        ", ".join(line.label for line in lines if line.judgement is judgement)
        for judgement in (Judgement.AGAINST, Judgement.UNKNOWN)
    )
    missing = f" Not known: {unknown}; obtain it before deciding." if unknown else ""
    if against:
        return f"Do not raise the limit without further security. Against it: {against}.{missing}"
    return f"Nothing found speaks against the limit.{missing}" if unknown else "Every line supports the limit."
