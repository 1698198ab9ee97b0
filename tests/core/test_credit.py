from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.credit import (
    DscrClass,
    Weakness,
    YearlyStatement,
    change_exposure,
    classify_dscr,
    dscr,
    find_trends,
    find_weaknesses,
    slope_of,
    utilisation,
)
from csr_bot.core.effects import EffectType
from csr_bot.core.kyc import KycStatus
from csr_bot.core.money import CurrencyMismatchError, Money

C, T, W = DscrClass, EffectType, Weakness
TODAY = date(2025, 11, 21)
FIGURES = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("income", "service", "ratio", "dscr_class"),
    [
        ("1840000", "1135000", Decimal("1.6211"), C.GREEN),
        ("1120000", "1000000", Decimal("1.1200"), C.AMBER),
        ("920000", "1000000", Decimal("0.9200"), C.RED),
        ("1000000", "1000000", Decimal("1.0000"), C.AMBER),
        ("999999.99", "1000000", Decimal("0.9999"), C.RED),
        ("1250000", "1000000", Decimal("1.2500"), C.GREEN),
        ("1249999.99", "1000000", Decimal("1.2499"), C.AMBER),
        ("-5", "10", Decimal("-0.5000"), C.RED),
        ("0", "10", Decimal("0.0000"), C.RED),
        ("5", "0", C.NO_DEBT, C.NO_DEBT),
        (None, "0", None, C.UNKNOWN),
        (None, "10", None, C.UNKNOWN),
        ("10", None, None, C.UNKNOWN),
        ("10", "-1", None, C.UNKNOWN),
    ],
)
def test_coverage_and_its_class(income, service, ratio, dscr_class):
    coverage = dscr(number(income), number(service))
    assert coverage == ratio
    assert classify_dscr(coverage, statements_on=date(2024, 12, 31), today=TODAY) is dscr_class


@pytest.mark.parametrize(
    ("statements_on", "dscr_class"),
    [
        (date(2024, 8, 21), C.GREEN),  # fifteen months to the day
        (date(2024, 8, 20), C.UNKNOWN),
        (None, C.UNKNOWN),
        (TODAY, C.GREEN),
    ],
)
def test_statements_older_than_fifteen_months_say_nothing(statements_on, dscr_class):
    assert classify_dscr(Decimal("1.62"), statements_on=statements_on, today=TODAY) is dscr_class


def test_old_statements_do_not_prove_that_there_is_no_debt():
    assert classify_dscr(C.NO_DEBT, statements_on=date(2020, 1, 1), today=TODAY) is C.UNKNOWN


@given(FIGURES, FIGURES.filter(lambda value: value > 0))
def test_the_rounded_ratio_has_the_class_of_the_exact_one(income, service):
    exact = C.RED if income < service else C.AMBER if income * 4 < service * 5 else C.GREEN
    assert classify_dscr(dscr(income, service), statements_on=TODAY, today=TODAY) is exact


@pytest.mark.parametrize(
    ("values", "slope"),
    [
        ({2022: "100", 2023: "110", 2024: "120"}, "10.0000"),
        ({2021: "100", 2023: "110", 2024: "120"}, "6.4286"),
        ({2022: "120", 2023: "120", 2024: "120"}, "0.0000"),
        ({2022: "100", 2023: "10", 2024: "40"}, "-30.0000"),
        ({2023: "100", 2024: "110"}, None),
        ({}, None),
    ],
)
def test_a_trend_needs_three_years(values, slope):
    assert slope_of({year: Decimal(value) for year, value in values.items()}) == number(slope)


def test_each_figure_has_its_own_trend_and_a_missing_one_has_none():
    statements = [
        YearlyStatement(2022, revenue=Decimal(100), net_operating_income=Decimal(30), debt_service=Decimal(10)),
        YearlyStatement(2023, revenue=Decimal(90), net_operating_income=Decimal(20), debt_service=Decimal(10)),
        YearlyStatement(2024, revenue=Decimal(80), net_operating_income=Decimal(10), debt_service=Decimal(10)),
    ]
    trends = find_trends(statements)
    assert (trends["revenue"], trends["net_operating_income"], trends["dscr"]) == (-10, -10, -1)
    assert (trends["debt_service"], trends["ebitda"], trends["equity_ratio"]) == (0, None, None)


def test_two_statements_of_one_year_are_refused():
    with pytest.raises(ValueError, match="one year"):
        find_trends([YearlyStatement(2024), YearlyStatement(2024)])


def test_a_credit_note_lowers_exposure():
    change = change_exposure(usd("102350.00"), by=-usd("9850.00"), limit=usd("150000"))
    assert change.after == usd("92500.00")
    assert (change.utilisation_before, change.utilisation_after) == (Decimal("0.6824"), Decimal("0.6167"))
    assert change.fits


@pytest.mark.parametrize(
    ("exposure", "limit", "share"),
    [
        ("150000.01", "150000", "1.0001"),
        ("150000.00", "150000", "1.0000"),
        ("0", "150000", "0"),
        ("1", "0", None),
        ("1", None, None),
    ],
)
def test_what_is_over_the_limit_shows_as_over_it(exposure, limit, share):
    assert utilisation(usd(exposure), None if limit is None else usd(limit)) == number(share)


def test_without_a_limit_nothing_is_said_to_fit():
    assert change_exposure(usd("1"), by=usd("1"), limit=None).fits is None


def test_a_limit_in_another_currency_is_refused():
    with pytest.raises(CurrencyMismatchError):
        utilisation(usd("1"), Money(Decimal(1), "EUR"))


@pytest.mark.parametrize("dscr_class", C)
@pytest.mark.parametrize("kyc_status", [*KycStatus, None])
@pytest.mark.parametrize(
    "effect_type", [T.CREATE_CREDIT_NOTE, T.APPLY_PAYMENT, T.ALLOCATE_CREDIT, T.SET_DISPUTE_FLAG, T.SEND_REPLY]
)
def test_weakness_never_blocks_the_correction_of_our_own_error(effect_type, dscr_class, kyc_status):
    assert find_weaknesses(effect_type, hold=True, dscr_class=dscr_class, kyc_status=kyc_status) == ()


@pytest.mark.parametrize(
    ("effect_type", "hold", "dscr_class", "kyc_status", "found"),
    [
        (T.SET_CREDIT_LIMIT, False, C.GREEN, KycStatus.APPROVED, ()),
        (T.SET_CREDIT_LIMIT, False, C.NO_DEBT, KycStatus.REVIEW_DUE, ()),
        (T.SET_CREDIT_LIMIT, True, C.RED, KycStatus.EXPIRED, (W.CREDIT_HOLD, W.DSCR_RED, W.KYC)),
        (T.SET_PAYMENT_TERMS, False, C.AMBER, KycStatus.APPROVED, (W.DSCR_AMBER,)),
        (T.CREATE_PAYMENT_PLAN, False, C.UNKNOWN, KycStatus.APPROVED, (W.DSCR_UNKNOWN,)),
        (T.RECHECK_CREDIT_BLOCK, True, C.GREEN, KycStatus.APPROVED, (W.CREDIT_HOLD,)),
        (T.REQUEST_REFUND, False, C.UNKNOWN, KycStatus.APPROVED, ()),
        (T.REQUEST_REFUND, False, C.RED, None, (W.DSCR_RED, W.KYC)),
        (T.REQUEST_REFUND, False, C.GREEN, KycStatus.BLOCKED, (W.KYC,)),
    ],
)
def test_weakness_holds_back_what_lends_or_pays_out(effect_type, hold, dscr_class, kyc_status, found):
    assert find_weaknesses(effect_type, hold=hold, dscr_class=dscr_class, kyc_status=kyc_status) == found
