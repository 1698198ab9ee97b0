from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from csr_bot.core.credit import DscrClass
from csr_bot.core.kyc import KycStatus
from csr_bot.core.money import Money
from csr_bot.core.scorecard import CreditStanding, Judgement, one_step_conditions, score_limit_request

J = Judgement


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


REQUESTED = usd("250000")
GOOD = CreditStanding(
    limit=usd("150000"),
    exposure=usd("102350.00"),
    average_days_late=Decimal("3.5"),
    on_time_rate=Decimal("0.82"),
    dispute_rate=Decimal("0.10"),
    portfolio_dispute_rate=Decimal("0.227"),
    oldest_overdue_days=0,
    coverage=Decimal("1.6211"),
    dscr_class=DscrClass.GREEN,
    income_slope=Decimal(1000),
    kyc_status=KycStatus.APPROVED,
    insured=usd("250000"),
)
NOTHING_KNOWN = replace(
    GOOD, **{field.name: None for field in fields(GOOD) if field.name != "dscr_class"}, dscr_class=DscrClass.UNKNOWN
)


def judgements(standing: CreditStanding) -> dict[str, Judgement]:
    return {line.label: line.judgement for line in score_limit_request(standing, requested=REQUESTED).lines}


def test_a_good_customer_is_supported_by_every_line():
    card = score_limit_request(GOOD, requested=REQUESTED)
    assert {line.judgement for line in card.lines} == {J.SUPPORTS}
    assert card.recommendation == "Every line supports the limit."
    assert card.one_step
    assert card.lines[0].value == "68.2 % (102,350.00 USD of 150,000.00 USD)"


def test_what_is_not_known_is_not_nought():
    card = score_limit_request(NOTHING_KNOWN, requested=REQUESTED)
    assert {(line.value, line.judgement) for line in card.lines} == {("n/a", J.UNKNOWN)}
    assert "obtain it" in card.recommendation
    assert not card.one_step
    assert set(one_step_conditions(NOTHING_KNOWN).values()) == {None}


@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"exposure": usd("150000.01")}, "utilisation"),
        ({"average_days_late": Decimal("5.1")}, "average days late"),
        ({"on_time_rate": Decimal("0.79")}, "paid on time"),
        ({"dispute_rate": Decimal("0.455")}, "disputed invoices"),
        ({"oldest_overdue_days": 31}, "oldest overdue item, days"),
        ({"coverage": Decimal("1.1200"), "dscr_class": DscrClass.AMBER}, "DSCR"),
        ({"income_slope": Decimal("-0.0001")}, "net operating income, change a year"),
        ({"kyc_status": KycStatus.EXPIRED}, "KYC"),
        ({"insured": usd("249999.99")}, "insured amount"),
    ],
)
def test_one_weak_point_speaks_against_and_is_named(change, label):
    standing = replace(GOOD, **change)
    assert {name for name, judgement in judgements(standing).items() if judgement is J.AGAINST} == {label}
    assert label in score_limit_request(standing, requested=REQUESTED).recommendation


@pytest.mark.parametrize(
    ("change", "one_step"),
    [
        ({"coverage": DscrClass.NO_DEBT, "dscr_class": DscrClass.NO_DEBT}, True),
        ({"oldest_overdue_days": 30}, True),
        ({"kyc_status": KycStatus.REVIEW_DUE}, True),
        ({"insured": None}, True),
        ({"dscr_class": DscrClass.AMBER}, False),
        ({"dscr_class": DscrClass.UNKNOWN}, False),
        ({"oldest_overdue_days": 31}, False),
        ({"oldest_overdue_days": None}, False),
        ({"kyc_status": KycStatus.SCREENING}, False),
    ],
)
def test_a_single_approval_needs_kyc_coverage_and_nothing_long_overdue(change, one_step):
    assert score_limit_request(replace(GOOD, **change), requested=REQUESTED).one_step is one_step


def test_a_dispute_rate_without_a_portfolio_to_compare_is_shown_and_not_judged():
    line = score_limit_request(replace(GOOD, portfolio_dispute_rate=None), requested=REQUESTED).lines[3]
    assert (line.value, line.judgement) == ("10.0 %", J.UNKNOWN)
