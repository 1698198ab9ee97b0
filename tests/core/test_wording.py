from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from csr_bot.core.effects import canonical_json
from csr_bot.core.money import Money
from csr_bot.core.wording import LANGUAGES, pack_value, show_amount, show_day, show_number, show_plain


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        ("2400", "USD", "en", "2,400.00 USD"),
        ("2400", "USD", "de", "2.400,00 USD"),
        ("2400", "EUR", "fr", "2\N{NO-BREAK SPACE}400,00 EUR"),
        ("1234567.8", "EUR", "es", "1.234.567,80 EUR"),
        ("0.5", "EUR", "nl", "0,50 EUR"),
        ("2400", "JPY", "en", "2,400 JPY"),
        ("2400.5", "JPY", "de", "2.401 JPY"),
        ("1234.5678", "KWD", "en", "1,234.568 KWD"),
        ("1234.5", "KWD", "de", "1.234,500 KWD"),
        ("-12.345", "USD", "en", "-12.35 USD"),
        ("0", "USD", "en", "0.00 USD"),
    ],
)
def test_an_amount_is_shown_as_the_language_and_the_currency_have_it(amount, currency, language, shown):
    assert show_amount(Money(Decimal(amount), currency), language=language) == shown


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        ("125.00", "en", "125"),
        ("125.5", "en", "125.50"),
        ("0.0345", "de", "0,0345"),
        ("150", "en", "150"),
        ("1E+3", "en", "1,000"),
        ("12500.5", "de", "12.500,50"),
        ("-0.5", "en", "-0.50"),
        ("0", "en", "0"),
    ],
)
def test_a_rate_or_quantity_has_no_decimals_that_say_nothing(value, language, shown):
    assert show_number(Decimal(value), language=language) == shown


@pytest.mark.parametrize(
    ("day", "language", "shown"),
    [
        (date(2025, 11, 30), "en", "30 November 2025"),
        (date(2025, 11, 30), "de", "30. November 2025"),
        (date(2025, 11, 30), "fr", "30 novembre 2025"),
        (date(2025, 12, 1), "fr", "1er décembre 2025"),
        (date(2025, 12, 1), "de", "1. Dezember 2025"),
        (date(2025, 11, 30), "es", "30 de noviembre de 2025"),
        (date(2025, 3, 4), "nl", "4 maart 2025"),
    ],
)
def test_a_day_has_its_month_in_letters(day, language, shown):
    assert show_day(day, language=language) == shown


def test_no_two_months_of_a_language_are_the_same():
    for language in LANGUAGES:
        assert len({show_day(date(2025, month, 1), language=language) for month in range(1, 13)}) == 12


@pytest.mark.parametrize(
    ("value", "packed"),
    [
        ("text", "text"),
        (Money(Decimal(2400), "USD"), {"amount": "2400.00", "currency": "USD"}),
        (Decimal("1E+3"), {"number": "1000"}),
        (7, {"number": "7"}),
        (date(2025, 11, 30), {"day": "2025-11-30"}),
        (("a", date(2025, 11, 30)), ["a", {"day": "2025-11-30"}]),
        ({"sentence": "reviewed", "values": {}}, {"sentence": "reviewed", "values": {}}),
    ],
)
def test_a_payload_holds_values_in_plain_forms(value, packed):
    assert pack_value(value) == packed
    assert canonical_json(packed)


@pytest.mark.parametrize("value", [1.5, True, None, datetime(2025, 11, 30, tzinfo=UTC), b"x"])
def test_what_has_no_plain_form_is_refused(value):
    with pytest.raises(TypeError):
        pack_value(value)


def test_what_is_packed_can_be_shown():
    shown = [
        show_plain(pack_value(value), language="nl")
        for value in (Money(Decimal(9850), "EUR"), Decimal("1250.5"), date(2026, 1, 2))
    ]
    assert shown == ["9.850,00 EUR", "1.250,50", "2 januari 2026"]
    assert show_plain({"sentence": "x", "values": {}}, language="nl") is None
