from __future__ import annotations

from decimal import Decimal
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.money import CurrencyMismatchError, Money
from csr_bot.core.reconciliation import Difference, find_sums, reconcile


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def cents(count: int) -> Money:
    return Money(Decimal(count) / 100, "USD")


OPEN = {"417": usd("20000.00"), "431": usd("31500.00"), "388": usd("13000.00"), "402": usd("10625.00")}


@pytest.mark.parametrize(
    ("payment", "documents"),
    [
        ("75125.00", ("417", "431", "388", "402")),
        ("33000.00", ("417", "388")),
        ("31500.00", ("431",)),
        ("31500.01", None),
        ("0", None),
    ],
)
def test_a_payment_without_lines_is_the_one_set_that_adds_up(payment, documents):
    assert find_sums(OPEN, payment=usd(payment)).only == documents


def test_two_sets_that_add_up_are_candidates_and_no_answer():
    found = find_sums({"a": usd("10"), "b": usd("10"), "c": usd("7")}, payment=usd("17"))
    assert (set(found.candidates), found.complete, found.only) == ({("a", "c"), ("b", "c")}, True, None)


def test_a_credit_may_be_part_of_the_sum():
    assert find_sums({"417": usd("100"), "CN-1": usd("-40")}, payment=usd("60")).only == ("417", "CN-1")


def test_documents_in_another_currency_or_of_nothing_are_left_out():
    open_amounts = {"a": Money(Decimal(10), "EUR"), "b": usd("10"), "c": usd("0")}
    assert find_sums(open_amounts, payment=usd("10")).only == ("b",)


def test_too_many_documents_are_not_searched():
    found = find_sums({str(number): cents(2**number) for number in range(21)}, payment=cents(1))
    assert (found.candidates, found.complete) == ((), False)


def test_twenty_documents_with_all_their_sums_are_searched():
    found = find_sums({str(number): cents(2**number) for number in range(20)}, payment=cents(2**20 - 1))
    assert found.only == tuple(str(number) for number in range(20))


def test_very_many_answers_are_cut_and_said_to_be():
    found = find_sums({str(number): usd("5") for number in range(20)}, payment=usd("50"))
    assert (len(found.candidates), found.complete, found.only) == (10, False, None)


@given(st.lists(st.integers(-30, 60), max_size=7), st.integers(-20, 120))
def test_the_search_finds_what_trying_all_sets_finds(amounts, wanted):
    items = {str(number): amount for number, amount in enumerate(amounts) if amount}
    sets = chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1))
    expected = {names for names in sets if sum(items[name] for name in names) == wanted}
    found = find_sums({name: cents(amount) for name, amount in items.items()}, payment=cents(wanted))
    assert set(found.candidates) <= expected
    assert len(found.candidates) == min(len(expected), 10)
    assert found.complete == (len(expected) <= 10)


def test_two_statements_differ_document_by_document():
    theirs = {"417": usd("20000"), "431": usd("31500"), "DN-553": usd("-9850")}
    ours = {"417": usd("22400"), "431": usd("31500"), "388": usd("13000")}
    assert reconcile(theirs, ours) == (
        Difference("388", usd("0"), usd("13000")),
        Difference("417", usd("20000"), usd("22400")),
        Difference("DN-553", usd("-9850"), usd("0")),
    )


def test_what_their_lines_do_not_show_is_a_line_without_a_document():
    found = reconcile({"417": usd("100")}, {"417": usd("100")}, their_balance=usd("90"))
    assert found == (Difference(None, usd("-10"), usd("0")),)


def test_a_quoted_balance_alone_is_compared_with_all_that_is_ours():
    found = reconcile({}, {"417": usd("52020.55")}, their_balance=usd("48210.55"))
    assert sum((item.amount.amount for item in found), Decimal(0)) == Decimal("-3810.00")


def test_statements_of_two_currencies_are_refused():
    with pytest.raises(CurrencyMismatchError):
        reconcile({"417": usd("1")}, {"417": Money(Decimal(1), "EUR")})


def test_nothing_on_both_sides_differs_in_nothing():
    assert reconcile({}, {}) == ()


STATEMENTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(-(10**6), 10**6).map(cents))


@given(STATEMENTS, STATEMENTS, st.none() | st.integers(-(10**6), 10**6).map(cents))
def test_the_list_is_exactly_theirs_less_ours(theirs, ours, balance):
    their_total = sum(theirs.values(), start=usd("0")) if balance is None else balance
    found = sum((item.amount for item in reconcile(theirs, ours, their_balance=balance)), start=usd("0"))
    assert found == their_total - sum(ours.values(), start=usd("0"))
