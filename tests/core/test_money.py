from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.money import CurrencyMismatchError, Money, parse_decimal, parse_money, zero

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14)


@pytest.mark.parametrize("amount", [1.5, 1, "1.50", None, True])
def test_an_amount_is_a_decimal_and_nothing_else(amount):
    with pytest.raises(TypeError):
        Money(amount, "USD")


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_an_amount_is_finite(amount):
    with pytest.raises(ValueError, match="not an amount"):
        Money(Decimal(amount), "USD")


@pytest.mark.parametrize("currency", ["", "US", "usd", "USDX", "U1D", "ÜSD", "U D"])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(Decimal(1), currency)


@pytest.mark.parametrize("act", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b])
def test_amounts_of_two_currencies_never_meet(act):
    with pytest.raises(CurrencyMismatchError):
        act(Money(Decimal(1), "USD"), Money(Decimal(1), "EUR"))


def test_equal_numbers_of_two_currencies_are_neither_equal_nor_close():
    dollars, euros = Money(Decimal(1), "USD"), Money(Decimal(1), "EUR")
    assert dollars != euros
    assert not dollars.is_close(euros, tolerance=Decimal(10))


def test_an_amount_is_not_multiplied_by_a_float():
    with pytest.raises(TypeError):
        Money(Decimal("1.10"), "USD") * 3.0


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("2.345", "USD", "2.35"),
        ("2.344999", "USD", "2.34"),
        ("-2.345", "USD", "-2.35"),
        ("0.5", "JPY", "1"),
        ("1234.5", "JPY", "1235"),
        ("0.0005", "KWD", "0.001"),
        ("1.2344", "KWD", "1.234"),
        ("2400", "USD", "2400.00"),
    ],
)
def test_a_document_rounds_half_up_to_the_minor_units_of_the_currency(amount, currency, text):
    assert Money(Decimal(amount), currency).text() == text


def test_an_amount_for_people_has_thousands_and_the_currency():
    assert str(Money(Decimal("1234567.5"), "USD")) == "1,234,567.50 USD"
    assert str(Money(Decimal(1500), "JPY")) == "1,500 JPY"


@pytest.mark.parametrize("limit", ["0.02", "0.03"])
def test_a_tolerance_is_inclusive(limit):
    assert Money(Decimal("1.00"), "USD").is_close(Money(Decimal("1.02"), "USD"), tolerance=Decimal(limit))


@pytest.mark.parametrize("text", ["", "1e3", "1_000", "1,000.00", " 1", "1 ", "+1", ".5", "5.", "NaN", "٣", "0x10"])
def test_only_a_plain_number_is_read_as_one(text):
    with pytest.raises(ValueError, match="not a decimal number"):
        parse_decimal(text)


@given(AMOUNTS)
def test_what_is_written_plainly_is_read_back_exactly(amount):
    assert parse_money(f"{amount:f}", "USD") == Money(amount, "USD")


@given(AMOUNTS, AMOUNTS)
def test_adding_and_taking_away_is_exact(one, other):
    assert Money(one, "USD") + Money(other, "USD") - Money(other, "USD") == Money(one, "USD")
    assert Money(one, "USD") + -Money(one, "USD") == zero("USD")
