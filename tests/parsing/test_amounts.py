from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.parsing.amounts import read_amount
from csr_bot.core.parsing.amounts_in_text import find_amounts


def read(raw, *, field="money", currency="USD", decimal_comma=None):
    return read_amount(raw, field=field, currency=currency, decimal_comma=decimal_comma)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        # The last separator is the decimal mark.
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1\u2019234.56", "1234.56"),
        ("12,34,567.89", "1234567.89"),
        # Negative in the ways of ledgers.
        ("(1,234.56)", "-1234.56"),
        ("1234.56-", "-1234.56"),
        ("-1.234,56", "-1234.56"),
        ("\u22121,234.56", "-1234.56"),
        ("1,234.56 CR", "-1234.56"),
        ("1,234.56 DR", "1234.56"),
        # A dash for no cents.
        ("1234,-", "1234"),
        ("1'250.-", "1250"),
        ("1'250.--", "1250"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        # One separator before three digits is grouping where money has two decimals.
        ("$22,400", "22400"),
        ("22.400 EUR", "22400"),
        ("1.234", "1234"),
        ("0.500", "0.500"),
        (",50", "0.50"),
        ("1234.567", "1234.567"),
        ("0", "0"),
        ("-0", "0"),
        ("\uff11\uff12.50", "12.50"),
        ("EUR 1.250,00", "1250.00"),
        ("1.250,00 \u20ac", "1250.00"),
        ("-$5.00", "-5.00"),
    ],
)
def test_a_written_amount_has_one_value(raw, value):
    reading = read(raw)
    assert (reading.status, reading.value) == ("ok", Decimal(value))


@pytest.mark.parametrize(
    "raw",
    [
        "1,234,56",
        "1.23.456",
        "1e5",
        "NaN",
        "Infinity",
        "12abc",
        "1 23",
        "1..2",
        "1,2.3,4",
        "10%",
        "9" * 31,
        "USD 5 EUR",
        "12 XYZQ",
        "--5",
    ],
)
def test_what_no_rule_covers_is_an_error(raw):
    reading = read(raw)
    assert (reading.status, reading.value) == ("error", None)


@pytest.mark.parametrize("raw", ["", "  ", "-", "n/a", "N/A"])
def test_empty_is_null_and_never_nought(raw):
    assert (read(raw).status, read(raw).value) == ("null", None)


@pytest.mark.parametrize("raw", ["1.234", "1,234"])
@pytest.mark.parametrize(
    ("field", "currency"),
    [("unit_price", "USD"), ("quantity", None), ("rate", None), ("money", "KWD"), ("money", "TND")],
)
def test_three_digits_behind_one_mark_are_ambiguous_outside_ordinary_money(raw, field, currency):
    reading = read(raw, field=field, currency=currency)
    assert (reading.status, reading.value) == ("ambiguous", None)
    assert set(reading.candidates) == {Decimal(1234), Decimal("1.234")}


def test_the_profile_of_the_column_settles_an_ambiguous_number():
    assert read("1.234", field="quantity", decimal_comma=True).value == Decimal(1234)
    assert read("1,234", field="quantity", decimal_comma=True).value == Decimal("1.234")
    assert read("1.234", field="quantity", decimal_comma=False).value == Decimal("1.234")


@pytest.mark.parametrize(
    ("raw", "value"), [("6.5k", "6500"), ("1.2m", "1200000"), ("15K", "15000"), ("2 Mio", "2000000")]
)
def test_abbreviated_amounts_are_flagged_as_approximate(raw, value):
    reading = read(raw)
    assert (reading.value, reading.flags, reading.candidates) == (Decimal(value), ("abbrev",), (Decimal(value),))


@pytest.mark.parametrize(
    ("raw", "context", "currency", "flags"),
    [
        ("$5.00", "USD", "USD", ()),
        ("$5.00", "CAD", "CAD", ()),
        ("$5.00", "EUR", None, ("currency_ambiguous",)),
        ("US$5.00", "EUR", "USD", ()),
        ("5,00 \u20ac", "USD", "EUR", ()),
        ("5.00", "GBP", "GBP", ()),
        ("kr 5,00", "SEK", "SEK", ()),
        ("kr 5,00", "EUR", None, ("currency_ambiguous",)),
        ("5.005", "JPY", "JPY", ()),
        ("5.5", "JPY", "JPY", ("sub_minor",)),
    ],
)
def test_the_currency_is_what_the_text_says_or_else_the_context(raw, context, currency, flags):
    reading = read(raw, currency=context)
    assert (reading.currency, reading.flags) == (currency, flags)


def test_a_rate_may_carry_a_percent_sign():
    assert read("19 %", field="rate").value == Decimal(19)


@given(
    st.decimals(min_value=0, max_value=10**12, places=2),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("\u202f", ",")]),
)
def test_every_grouping_of_the_world_reads_back(value, marks):
    grouping, decimal = marks
    written = f"{value:,.2f}".replace(",", "|").replace(".", decimal).replace("|", grouping)
    assert read(written).value == value


@pytest.mark.parametrize(
    ("raw", "value", "currency"),
    [
        ("US$ 5", "5", "USD"),
        ("CA$5", "5", "CAD"),
        ("R$ 1.234,56", "1234.56", "BRL"),
        ("1 234,56 zł", "1234.56", "PLN"),
        ("1 234,56 Kč", "1234.56", "CZK"),
        ("Fr. 1\u2019250.\u2013", "1250", "CHF"),
        ("Rs. 2,18,400/-", "218400", "INR"),
        ("USD1,234", "1234", "USD"),
        ("$(1,234.56)", "-1234.56", None),
        ("EUR -5,00", "-5.00", "EUR"),
        ("-EUR 5,00", "-5.00", "EUR"),
        ("5,00- EUR", "-5.00", "EUR"),
        ("€5 EUR", "5", "EUR"),
        ("$5 CAD", "5", "CAD"),
        ("\u0661\u0662\u0663\u066b\u0664\u0665", "123.45", None),
        ("12 TEUR", "12000", "EUR"),
        ("1,5 Mrd EUR", "1500000000", "EUR"),
    ],
)
def test_currencies_are_known_before_and_behind_the_number(raw, value, currency):
    reading = read(raw, currency=None)
    assert (reading.status, reading.value, reading.currency) == ("ok", Decimal(value), currency)


@pytest.mark.parametrize("raw", ["$5 EUR", "12²", "½", "10^30", "1.234.56", "-(5)", "USD", "5 EUR 5"])
def test_contradictions_and_odd_numerals_are_errors(raw):
    assert read(raw, currency=None).status == "error"


@pytest.mark.parametrize("raw", ["keine", "néant", "n.v.t.", "--", "k.A."])
def test_nothing_is_written_in_many_ways(raw):
    assert read(raw).status == "null"


@pytest.mark.parametrize("raw", ["\u202e1,234.56\u202c", "1\u200b234.56", "1,2\u00ad34.56"])
def test_marks_that_nobody_sees_are_taken_out_and_told(raw):
    reading = read(raw)
    assert (reading.value, reading.flags) == (Decimal("1234.56"), ("hidden_marks",))


def test_thousands_of_an_ambiguous_number_are_ambiguous_too():
    assert set(read("1.234k", currency="EUR").candidates) == {Decimal(1234), Decimal(1234000)}


def test_the_unit_behind_a_quantity_is_left_out():
    assert (read("12 Stk", field="quantity").value, read("12 Stk", field="quantity").flags) == (Decimal(12), ("unit",))


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("\u202f", ","), ("", "."), ("", ",")]),
    st.sampled_from(["{}", "{} EUR", "EUR {}", "€{}", "({})", "-{}", "{}-", "{} CR", "{} DR"]),
)
def test_what_locales_write_reads_back(value, marks, form):
    grouping, decimal = marks
    written = f"{value:,.2f}".replace(",", "|").replace(".", decimal).replace("|", grouping)
    sign = -1 if form in {"({})", "-{}", "{}-", "{} CR"} else 1
    assert read(form.format(written)).value == sign * value


@given(st.text(max_size=30))
def test_no_text_makes_it_raise(raw):
    assert read(raw).status in {"ok", "ambiguous", "error", "null"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Difference is $6,500.", [("6500", None, "CURRENCY_AMBIGUOUS")]),
        ("140,00 EUR statt 125,00 EUR", [("140.00", "EUR", None), ("125.00", "EUR", None)]),
        ("total USD 75,125.00 and EUR 5", [("75125.00", "USD", None), ("5", "EUR", None)]),
        ("18 750,00 and 1'250.-", [("18750.00", None, None), ("1250", None, None)]),
        ("about 15k", [(None, None, "AMOUNT_APPROXIMATE")]),
        ("1.500 hours", []),
        ("5% of 150 seats at 10:30, the 3rd time", []),
        ("12 34", []),
    ],
)
def test_amounts_are_found_in_running_text(text, found):
    assert [(str(a.value) if a.value is not None else None, a.currency, a.why) for a in find_amounts(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cost per click is .42", [("0.42", None, None)]),
        ("Rs. 9,440/- only", [("9440", "INR", None)]),
        ("CHF 2'040.\u2013 at maturity", [("2040", "CHF", None)]),
        ("£500/day and 312.40 EUR/t", [("500", "GBP", None), ("312.40", "EUR", None)]),
        ("25.000 dólares", [("25000", None, "CURRENCY_AMBIGUOUS")]),
        ("418 mil pesos", [(None, None, "AMOUNT_APPROXIMATE")]),
        ("300 m of cable for 30 days", []),
        ("page 2, line 3, net 30, clause 7, phase 1 of 2025", []),
        ("call 030 12 34 56 78", []),
    ],
)
def test_amounts_of_many_lands_are_found_and_other_numbers_are_not(text, found):
    assert [(str(a.value) if a.value is not None else None, a.currency, a.why) for a in find_amounts(text)] == found


def test_spans_cover_the_amount_with_its_currency():
    text = "we paid EUR 1.250,00 today"
    start, end = find_amounts(text)[0].span
    assert text[start:end] == "EUR 1.250,00"
