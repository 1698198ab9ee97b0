from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.letters_of_credit import (
    Alert,
    AmendmentState,
    Deadline,
    Tolerance,
    add_banking_days,
    amount_range,
    count_banking_days,
    excess_of,
    find_alerts,
    is_late_shipment,
    judge_amendment,
    last_presentation,
    next_banking_day,
    quantity_range,
    refusal_due,
)
from csr_bot.core.money import CurrencyMismatchError, Money

HOLIDAYS = {date(2026, 1, 1), date(2026, 1, 19)}
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def percent(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("shipped_on", "days", "expires_on", "last"),
    [
        (date(2026, 1, 10), 21, date(2026, 2, 28), date(2026, 2, 2)),  # 31 January is a Saturday
        (date(2026, 1, 10), 21, date(2026, 1, 25), date(2026, 1, 26)),  # expiry on a Sunday
        (date(2026, 1, 10), None, date(2026, 2, 28), date(2026, 2, 2)),
        (date(2026, 1, 10), 0, date(2026, 2, 28), date(2026, 1, 12)),
        (date(2025, 12, 29), 21, date(2026, 2, 28), date(2026, 1, 20)),  # a holiday on Monday
        (date(2026, 1, 12), 15, date(2026, 1, 23), date(2026, 1, 23)),
        (date(2026, 1, 12), 15, date(2026, 2, 28), date(2026, 1, 27)),
    ],
)
def test_the_last_day_to_present_moves_to_a_banking_day(shipped_on, days, expires_on, last):
    assert (
        last_presentation(shipped_on=shipped_on, expires_on=expires_on, presentation_days=days, is_banking_day=is_open)
        == last
    )


@given(DAYS, st.integers(0, 60), DAYS)
def test_presentation_is_never_after_the_moved_expiry_nor_on_a_closed_day(shipped_on, days, expires_on):
    last = last_presentation(
        shipped_on=shipped_on, expires_on=expires_on, presentation_days=days, is_banking_day=is_open
    )
    moved = [next_banking_day(day, is_banking_day=is_open) for day in (expires_on, shipped_on + timedelta(days=days))]
    assert last == min(moved)
    assert is_open(last)


def test_the_latest_shipment_on_a_sunday_stays():
    sunday = date(2026, 1, 25)
    assert not is_late_shipment(sunday, latest_shipment_on=sunday)
    assert is_late_shipment(date(2026, 1, 26), latest_shipment_on=sunday)


def test_a_calendar_without_banking_days_is_refused():
    with pytest.raises(ValueError, match="no banking day"):
        next_banking_day(date(2026, 1, 1), is_banking_day=lambda _: False)


@pytest.mark.parametrize(
    ("presented_on", "due"),
    [
        (date(2026, 1, 12), date(2026, 1, 20)),
        (date(2026, 2, 6), date(2026, 2, 13)),
        (date(2026, 2, 7), date(2026, 2, 13)),
    ],
)
def test_the_bank_has_five_banking_days_after_presentation(presented_on, due):
    assert refusal_due(presented_on, is_banking_day=is_open) == due


@given(DAYS, st.integers(0, 30))
def test_counting_banking_days_undoes_adding_them(day, count):
    then = add_banking_days(day, count, is_banking_day=is_open)
    assert count_banking_days(day, then, is_banking_day=is_open) == count


@pytest.mark.parametrize(
    ("plus", "minus", "about", "least", "most"),
    [
        (None, None, False, "480000", "480000"),
        (None, None, True, "432000", "528000"),
        ("5", "5", False, "456000", "504000"),
        ("5", None, True, "480000", "504000"),
        ("0", "3", False, "465600", "480000"),
    ],
)
def test_an_amount_may_vary_only_as_the_credit_says(plus, minus, about, least, most):
    tolerance = Tolerance(plus_pct=percent(plus), minus_pct=percent(minus), about=about)
    assert amount_range(usd("480000"), tolerance=tolerance) == (usd(least), usd(most))


@pytest.mark.parametrize(
    ("about", "counted", "least", "most"),
    [
        (False, False, "950", "1050"),
        (False, True, "1000", "1000"),
        (True, False, "900", "1100"),
        (True, True, "900", "1100"),
    ],
)
def test_a_quantity_may_vary_by_five_percent_unless_it_is_counted(about, counted, least, most):
    found = quantity_range(Decimal(1000), tolerance=Tolerance(about=about), counted_in_units=counted)
    assert found == (Decimal(least), Decimal(most))


def test_a_drawing_over_the_credit_says_by_how_much():
    assert excess_of(usd("481200"), amount=usd("480000"), tolerance=Tolerance()) == usd("1200")
    assert excess_of(usd("481200"), amount=usd("480000"), tolerance=Tolerance(about=True)) is None
    with pytest.raises(CurrencyMismatchError):
        excess_of(Money(Decimal(1), "EUR"), amount=usd("480000"), tolerance=Tolerance())


@pytest.mark.parametrize(
    ("issuing", "confirming", "is_confirmed", "beneficiary", "state"),
    [
        (True, None, False, [True, True], AmendmentState.IN_FORCE),
        (True, None, True, [True], AmendmentState.PENDING),
        (True, True, True, [True], AmendmentState.IN_FORCE),
        (True, False, True, [True], AmendmentState.REJECTED),
        (True, False, False, [True], AmendmentState.IN_FORCE),  # there is no confirming bank to ask
        (True, None, False, [True, False], AmendmentState.REJECTED),  # partial acceptance
        (True, None, False, [True, None], AmendmentState.PENDING),
        (True, None, False, [], AmendmentState.PENDING),  # silence is no consent
        (None, None, False, [False], AmendmentState.REJECTED),
    ],
)
def test_an_amendment_needs_everybody_and_all_of_it(issuing, confirming, is_confirmed, beneficiary, state):
    assert (
        judge_amendment(
            issuing_bank=issuing, confirming_bank=confirming, is_confirmed=is_confirmed, beneficiary=beneficiary
        )
        is state
    )


def alerts(today: date, **days: date) -> tuple[Alert, ...]:
    known = {"latest_shipment_on": None, "last_presentation_on": None, "expires_on": None, **days}
    return find_alerts(**known, today=today, is_banking_day=is_open)


@pytest.mark.parametrize(
    ("left", "threshold"),
    [(16, None), (15, 15), (8, 15), (7, 7), (4, 7), (3, 3), (1, 3), (0, 3)],
)
def test_each_deadline_is_announced_at_15_7_and_3_banking_days(left, threshold):
    today = date(2026, 2, 2)
    day = add_banking_days(today, left, is_banking_day=is_open)
    expected = () if threshold is None else (Alert(Deadline.LATEST_SHIPMENT, day, left, threshold),)
    assert alerts(today, latest_shipment_on=day) == expected


def test_expiry_on_a_sunday_is_announced_with_the_monday_and_past_days_are_not():
    found = alerts(date(2026, 2, 20), latest_shipment_on=date(2026, 2, 19), expires_on=date(2026, 2, 22))
    assert found == (Alert(Deadline.EXPIRY, date(2026, 2, 23), 1, 3),)
