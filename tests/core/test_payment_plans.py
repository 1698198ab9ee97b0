from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.credit import DscrClass
from csr_bot.core.money import Money
from csr_bot.core.payment_plans import (
    Instalment,
    PlanProblem,
    PlanStatus,
    coverage_with_plan,
    find_plan_problems,
    first_payment_coverage,
    first_payment_share,
    judge_plan,
    most_instalments,
    npv_loss,
    split_equally,
)
from csr_bot.core.promises import Receipt

P = PlanProblem
TODAY = date(2025, 11, 21)
FIRST = date(2025, 12, 1)


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


PLAN = split_equally(usd("86400.00"), count=6, first_on=FIRST)


def test_a_debt_over_six_months_is_six_equal_instalments():
    assert [(item.seq, item.amount, item.due_on) for item in PLAN] == [
        (number + 1, usd("14400.00"), day)
        for number, day in enumerate(
            [FIRST, *(date(2026, month, 1) for month in range(1, 6))],
        )
    ]


@pytest.mark.parametrize(
    ("owed", "count", "amounts"),
    [
        (usd("100.00"), 3, ["33.33", "33.33", "33.34"]),
        (usd("0.05"), 4, ["0.01", "0.01", "0.01", "0.02"]),
        (Money(Decimal(1000), "JPY"), 3, ["333", "333", "334"]),
        (Money(Decimal("1.000"), "KWD"), 3, ["0.333", "0.333", "0.334"]),
    ],
)
def test_what_rounding_leaves_is_in_the_last_instalment(owed, count, amounts):
    assert [f"{item.amount.amount}" for item in split_equally(owed, count=count, first_on=FIRST)] == amounts


@given(st.integers(1, 10**12), st.integers(1, 12))
def test_instalments_are_the_debt_to_the_cent_and_the_last_alone_differs(cents, count):
    owed = Money(Decimal(cents) / 100, "USD")
    if cents < count:
        with pytest.raises(ValueError, match="cannot be split"):
            split_equally(owed, count=count, first_on=FIRST)
        return
    amounts = [item.amount for item in split_equally(owed, count=count, first_on=FIRST)]
    assert sum((amount.amount for amount in amounts), Decimal(0)) == owed.amount
    assert len(set(amounts[:-1])) <= 1
    assert amounts[0] <= amounts[-1] <= amounts[0] + Money(Decimal(count) / 100, "USD")


@pytest.mark.parametrize(("owed", "count"), [("100.001", 2), ("100", 0), ("0", 1), ("-5", 1)])
def test_what_cannot_be_split_is_refused(owed, count):
    with pytest.raises(ValueError, match="cannot be split"):
        split_equally(usd(owed), count=count, first_on=FIRST)


@pytest.mark.parametrize(
    ("amount", "most"),
    [("10000.00", 3), ("10000.01", 6), ("86400", 6), ("100000.00", 6), ("100000.01", 12), ("9999999", 12)],
)
def test_a_larger_debt_may_have_more_instalments(amount, most):
    assert most_instalments(Decimal(amount)) == most


def plan_of(*items: tuple[str, date]) -> list[Instalment]:
    return [Instalment(number, usd(amount), day) for number, (amount, day) in enumerate(items, 1)]


@pytest.mark.parametrize(
    ("plan", "owed", "found"),
    [
        (list(PLAN), "86400.00", ()),
        (list(PLAN), "86400.01", (P.SUM_DIFFERS,)),
        ([], "1", (P.NO_INSTALMENTS,)),
        (plan_of(("5", date(2025, 12, 5))), "5", ()),
        (plan_of(("5", date(2025, 12, 6))), "5", (P.FIRST_TOO_LATE,)),
        (plan_of(("5", date(2025, 11, 20))), "5", (P.DATE_PAST,)),
        (plan_of(("5", FIRST), ("5", FIRST)), "10", (P.NOT_IN_ORDER,)),
        (plan_of(("5", FIRST), ("0", date(2026, 1, 1))), "5", (P.NOT_POSITIVE,)),
        (list(split_equally(usd("9000"), count=4, first_on=FIRST)), "9000", (P.TOO_MANY,)),
        (list(split_equally(usd("9000"), count=3, first_on=FIRST)), "9000", ()),
    ],
)
def test_a_plan_is_feasible_if_it_is_short_soon_and_whole(plan, owed, found):
    assert find_plan_problems(plan, owed=usd(owed), base_amount=Decimal(owed), today=TODAY) == found


def test_instalments_of_the_next_year_weigh_on_the_coverage():
    before, after = coverage_with_plan(
        PLAN, net_operating_income=Decimal(920000), debt_service=Decimal(1000000), today=TODAY
    )
    assert (before, after) == (Decimal("0.9200"), Decimal("0.8468"))
    long = [*PLAN, Instalment(7, usd("1000000"), date(2026, 11, 22))]
    assert coverage_with_plan(
        long, net_operating_income=Decimal(920000), debt_service=Decimal(1000000), today=TODAY
    ) == (before, after)


@pytest.mark.parametrize(
    ("income", "service", "coverage"),
    [
        (None, Decimal(1), (None, None)),
        (Decimal(1), None, (None, None)),
        (Decimal(172800), Decimal(0), (DscrClass.NO_DEBT, Decimal("2.0000"))),
    ],
)
def test_coverage_is_known_only_with_both_figures(income, service, coverage):
    assert coverage_with_plan(PLAN, net_operating_income=income, debt_service=service, today=TODAY) == coverage


def test_the_first_payment_is_a_share_of_the_debt_and_of_a_months_income():
    assert first_payment_share(PLAN) == Decimal("0.1666")
    figures = {"net_operating_income": Decimal(1345600), "debt_service": Decimal(1000000)}
    assert first_payment_coverage(usd("14400"), **figures) == Decimal("2.0000")
    assert first_payment_coverage(usd("14400"), **{**figures, "debt_service": None}) is None


@pytest.mark.parametrize(
    ("plan", "open_amount", "rate", "loss"),
    [
        (plan_of(("1080", TODAY + timedelta(days=365))), "1000", "0.08", "0.00"),
        (plan_of(("1000", TODAY + timedelta(days=365))), "1000", "0.25", "200.00"),
        (plan_of(("1100", TODAY + timedelta(days=365))), "1000", "0.08", "-18.52"),
        (plan_of(("1000", TODAY)), "1000", "0.08", "0.00"),
        (list(PLAN), "86400", "0", "0.00"),
        # 1 - 1.08^(-73/365) = 1.5274 %
        (plan_of(("1000", TODAY + timedelta(days=73))), "1000", "0.08", "15.27"),
    ],
)
def test_waiting_costs_what_interest_does_not_bring_in(plan, open_amount, rate, loss):
    assert npv_loss(plan, open_amount=usd(open_amount), yearly_rate=Decimal(rate), today=TODAY) == usd(loss)


def test_a_rate_that_leaves_nothing_is_refused():
    with pytest.raises(ValueError, match="rate"):
        npv_loss(PLAN, open_amount=usd("1"), yearly_rate=Decimal(-1), today=TODAY)


def three_days(day: date) -> date:
    return day + timedelta(days=3)


@pytest.mark.parametrize(
    ("receipts", "today", "status", "due", "unpaid"),
    [
        ([], date(2025, 11, 30), PlanStatus.ACTIVE, "0", "86400"),
        ([], date(2025, 12, 4), PlanStatus.ACTIVE, "14400", "86400"),
        ([], date(2025, 12, 5), PlanStatus.DEFAULTED, "86400", "86400"),
        ([("14400", date(2025, 12, 4))], date(2025, 12, 31), PlanStatus.ACTIVE, "0", "72000"),
        ([("20000", date(2025, 12, 1))], date(2026, 1, 1), PlanStatus.ACTIVE, "8800", "66400"),
        ([("14400", date(2025, 12, 5))], date(2025, 12, 5), PlanStatus.DEFAULTED, "72000", "72000"),
        ([("14399.99", date(2025, 12, 1))], date(2025, 12, 5), PlanStatus.DEFAULTED, "72000.01", "72000.01"),
        ([("86400", date(2025, 12, 1))], date(2025, 12, 1), PlanStatus.COMPLETED, "0", "0"),
        ([("14400", date(2025, 12, 1))], date(2026, 1, 5), PlanStatus.DEFAULTED, "72000", "72000"),
    ],
)
def test_a_missed_instalment_makes_all_of_it_due(receipts, today, status, due, unpaid):
    standing = judge_plan(
        PLAN, receipts=[Receipt(usd(amount), day) for amount, day in receipts], today=today, last_day=three_days
    )
    assert (standing.status, standing.due_now, standing.unpaid) == (status, usd(due), usd(unpaid))
    assert (standing.missed is not None) == (status is PlanStatus.DEFAULTED)


def test_paying_all_after_a_default_does_not_undo_it():
    standing = judge_plan(
        PLAN, receipts=[Receipt(usd("86400"), date(2025, 12, 5))], today=date(2026, 1, 1), last_day=three_days
    )
    assert (standing.status, standing.missed, standing.unpaid) == (PlanStatus.DEFAULTED, PLAN[0], usd("0"))


def test_the_order_in_which_instalments_are_listed_does_not_matter():
    shuffled = [replace(item) for item in reversed(PLAN)]
    assert judge_plan(shuffled, receipts=[], today=date(2025, 12, 5), last_day=three_days) == judge_plan(
        PLAN, receipts=[], today=date(2025, 12, 5), last_day=three_days
    )
