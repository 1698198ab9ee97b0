from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_bot.core.facts_in_text import read_days, read_facts
from csr_bot.core.request import AmountRole, TextSource

RECEIVED = date(2025, 11, 24)


def read(text, **more):
    return read_facts(text, TextSource.BODY, **more)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("140.00 an hour was billed, the contract says 125.00", {"140.00": "billed_value", "125.00": "correct_value"}),
        ("it should be 100.00 not 216.00", {"100.00": "correct_value", "216.00": "billed_value"}),
        ("36 statt 40 Kartons geliefert", {"36": "billed_value", "40": "correct_value"}),
        ("45,00 EUR au lieu de 40,00 EUR", {"45.00": "billed_value", "40.00": "correct_value"}),
        ("The difference is 350.00 USD", {"350.00": "claimed_delta"}),
        ("54,00 EUR zu viel", {"54.00": "claimed_delta"}),
        ("we transferred 1,200.00 USD on Monday", {"1200.00": "payment"}),
        ("Nous avons payé 11 400,00 €", {"11400.00": "payment"}),
        ("el importe total es 3.117,00 EUR", {"3117.00": "invoice_total"}),
    ],
)
def test_amounts_are_given_the_role_that_their_words_say(text, roles):
    assert {str(amount.value): amount.role.value for amount in read(text).amounts} == roles


@pytest.mark.parametrize(
    "text",
    [
        "We pay on 5 December or next Friday, 12.12.2025 at the latest.",
        "Invoice 431 of 3 Nov: 1,200.00 EUR in 10 days, 500 on the 2025-12-01",
        "Zahlung am 1\u200b2.12.2025 oder n\u00e4chste Woche",
        "No day at all.",
    ],
)
def test_days_alone_are_those_of_all_facts(text):
    assert read_days(text, TextSource.BODY, received=RECEIVED) == read(text, received=RECEIVED).dates


def test_days_told_from_the_day_of_the_message_are_flagged():
    facts = read("We pay on 5 December or next Friday, 12.12.2025 at the latest.", received=RECEIVED)
    assert [(day.value, day.flags) for day in facts.dates] == [
        (date(2025, 12, 5), ("yearless",)),
        (date(2025, 11, 28), ("relative",)),
        (date(2025, 12, 12), ()),
    ]
    assert [day.value for day in read("We pay on 5 December or next Friday, 12.12.2025.").dates] == [date(2025, 12, 12)]


def test_an_amount_with_hidden_marks_is_not_certain_and_its_place_is_where_it_stands():
    text = "invoice INV-2025-\u200b00417: pay \u202e1,234.56 USD\u202c now"
    facts = read(text)
    (amount,) = facts.amounts
    assert (amount.value, amount.candidates, amount.why) == (None, (Decimal("1234.56"),), "AMOUNT_HIDDEN_MARKS")
    assert text[slice(*amount.span)] == "1,234.56 USD"
    assert [reference.canonical for reference in facts.invoices] == ["INV202500417"]


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "123 456 ",
        "INV-",
        "1,",
        "a1",
        "431, ",
        "USD 5.00 ",
        "12 May ",
        "(1",
        "-1",
        "1-",
        "1234-\n",
        "PO 45 ",
        "in 3 days ",
    ],
)
def test_hostile_texts_take_time_in_proportion(piece):
    def seconds(length):
        text = piece * (length // len(piece))
        begun = process_time()
        read(text, received=RECEIVED)
        return process_time() - begun

    # A ceiling that no slow machine reaches, and far below what a square of the length would take.
    assert min(seconds(100_000) for _ in range(2)) < 1.5


@settings(max_examples=200)
@given(st.text(alphabet="INVPO 0123456789-/.,#€$EURm\n\u200b()", max_size=120))
def test_every_place_points_into_the_text(text):
    facts = read(text, received=RECEIVED)
    for found in (*facts.invoices, *facts.orders, *facts.amounts, *facts.dates):
        start, end = found.span
        assert 0 <= start < end <= len(text)
        assert any(letter.isalnum() for letter in text[start:end])
    assert all(amount.role in AmountRole for amount in facts.amounts)
