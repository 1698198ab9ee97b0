from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.money import Money
from csr_bot.core.promises import (
    Promise,
    PromiseProblem,
    PromiseStatus,
    Receipt,
    find_promise_problems,
    grace_ends,
    resolve_promises,
)

P, S = PromiseProblem, PromiseStatus
TODAY = date(2025, 11, 21)
OPEN = Money(Decimal(13000), "USD")
CENTS = st.integers(1, 10**7).map(lambda cents: Money(Decimal(cents) / 100, "USD"))


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def add_weekdays(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def problems(*parts: Promise, **given_: object) -> tuple[PromiseProblem, ...]:
    known = {"open_amount": OPEN, "base_amount": Decimal(13000), "broken_on": (), "today": TODAY, **given_}
    return find_promise_problems(parts, **known)


def test_dunning_rests_until_three_business_days_after_the_promise():
    assert grace_ends(date(2025, 12, 5), add_business_days=add_weekdays) == date(2025, 12, 10)


@pytest.mark.parametrize(
    ("parts", "given_", "found"),
    [
        ([("13000", date(2025, 12, 5))], {}, ()),
        ([("13000", date(2025, 12, 21))], {}, ()),
        ([("13000", date(2025, 12, 22))], {}, (P.DATE_TOO_FAR,)),
        ([("13000", TODAY)], {}, ()),
        ([("13000", date(2025, 11, 20))], {}, (P.DATE_PAST,)),
        ([("6500", date(2025, 12, 1)), ("6500", date(2025, 12, 15))], {}, ()),
        ([("6500", date(2025, 12, 1)), ("6499.99", date(2025, 12, 15))], {}, (P.NOT_ALL_OF_IT,)),
        ([("6500", date(2025, 12, 1)), ("6500.01", date(2025, 12, 15))], {}, (P.MORE_THAN_OPEN,)),
        ([("13000", date(2025, 12, 5))], {"base_amount": Decimal(100000)}, ()),
        ([("13000", date(2025, 12, 5))], {"base_amount": Decimal("100000.01")}, (P.TOO_MUCH,)),
        ([("13000", date(2025, 12, 5))], {"base_amount": None}, (P.TOO_MUCH,)),
        ([("13000", date(2025, 12, 5))], {"broken_on": [date(2025, 9, 22)]}, (P.BROKEN_BEFORE,)),
        ([("13000", date(2025, 12, 5))], {"broken_on": [date(2025, 9, 21)]}, ()),
        ([("13001", date(2025, 12, 5)), ("-1", date(2025, 12, 5))], {}, (P.NOTHING_PROMISED,)),
        ([], {}, (P.NOTHING_PROMISED, P.NOT_ALL_OF_IT)),
    ],
)
def test_only_a_near_whole_and_first_promise_is_recorded_without_a_person(parts, given_, found):
    assert problems(*(Promise(usd(amount), day) for amount, day in parts), **given_) == found


DUE = date(2025, 12, 5)  # a Friday; its grace ends on Wednesday 10 December


@pytest.mark.parametrize(
    ("receipts", "today", "status"),
    [
        ([], date(2025, 12, 10), S.OPEN),
        ([], date(2025, 12, 11), S.BROKEN),
        ([("13000", date(2025, 12, 5))], date(2025, 12, 5), S.KEPT),
        ([("13000", date(2025, 12, 10))], date(2025, 12, 20), S.KEPT),
        ([("13000", date(2025, 12, 11))], date(2025, 12, 20), S.BROKEN),
        ([("12999.99", date(2025, 12, 5))], date(2025, 12, 11), S.BROKEN),
        ([("12999.99", date(2025, 12, 5)), ("0.01", date(2025, 12, 8))], date(2025, 12, 11), S.KEPT),
        ([("13000", date(2025, 11, 20))], date(2025, 12, 11), S.BROKEN),  # paid before it was promised
        ([("13000", date(2025, 12, 9))], date(2025, 12, 8), S.OPEN),  # not here yet
    ],
)
def test_a_promise_is_kept_by_what_comes_in_until_its_grace_ends(receipts, today, status):
    found = resolve_promises(
        [Promise(OPEN, DUE)],
        made_on=TODAY,
        receipts=[Receipt(usd(amount), day) for amount, day in receipts],
        today=today,
        add_business_days=add_weekdays,
    )
    assert found == (status,)


def test_money_for_the_first_part_does_not_keep_the_second_too():
    parts = [Promise(usd("6500"), date(2025, 12, 15)), Promise(usd("6500"), date(2025, 12, 1))]
    found = resolve_promises(
        parts,
        made_on=TODAY,
        receipts=[Receipt(usd("6500"), date(2025, 12, 1))],
        today=date(2025, 12, 31),
        add_business_days=add_weekdays,
    )
    assert found == (S.BROKEN, S.KEPT)


@given(CENTS, st.lists(st.tuples(CENTS, st.integers(-5, 40)), max_size=5), st.integers(0, 60), st.integers(0, 60))
def test_what_was_kept_or_broken_stays_so(amount, paid, first, later):
    receipts = [Receipt(value, TODAY + timedelta(days=days)) for value, days in paid]
    sooner, after = (
        resolve_promises(
            [Promise(amount, DUE)],
            made_on=TODAY,
            receipts=receipts,
            today=TODAY + timedelta(days=days),
            add_business_days=add_weekdays,
        )[0]
        for days in (first, first + later)
    )
    assert sooner is S.OPEN or sooner is after
