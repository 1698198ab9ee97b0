from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.months import add_months


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 11, 15), 2, date(2026, 1, 15)),
        (date(2025, 1, 15), -1, date(2024, 12, 15)),
        (date(2025, 12, 31), 0, date(2025, 12, 31)),
    ],
)
def test_the_day_of_the_month_stays_or_is_the_last(day, months, then):
    assert add_months(day, months) == then


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(0, 240), st.integers(0, 240))
def test_more_months_are_never_earlier(day, fewer, more):
    assert add_months(day, fewer) <= add_months(day, fewer + more)
