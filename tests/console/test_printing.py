from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from csr_bot.console import figures, words
from csr_bot.console.marks import Piece, mark_text
from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, EffectType
from csr_bot.core.evidence import EvidenceCode
from csr_bot.core.money import Money
from csr_bot.core.policy import GUARD_NAMES
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, DisputeReason, Reference, Request, TextSource

TEXT = "Invoice INV-417 shows 140.00"
REQUEST = Request(
    Category.BILLING_DISPUTE, DisputeReason.PRICE, Decimal(1), "en",
    invoice_refs=(Reference("INV-417", "INV417", (8, 15), TextSource.BODY),),
    amounts=(ClaimedAmount(Decimal(140), None, AmountRole.BILLED_VALUE, (22, 28), TextSource.BODY),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("125", "125"),
        ("125.000000", "125"),
        ("0.0125", "0.0125"),
        ("1234567.5", "1,234,567.50"),
        (-3, "-3"),
        ("n/a", "n/a"),
    ],
)
def test_figures_are_printed_without_digits_that_say_nothing(value, printed):
    assert figures.print_figure(value) == printed


@pytest.mark.parametrize(
    ("amount", "printed"),
    [(Money(Decimal(2400), "USD"), "2,400.00"), (Money(Decimal(5000), "JPY"), "5,000")],
)
def test_amounts_have_the_decimals_of_their_currency(amount, printed):
    assert figures.print_amount(amount) == printed
    assert figures.print_text_amount(amount.text(), amount.currency) == f"{printed} {amount.currency}"


@pytest.mark.parametrize(
    ("minutes", "printed"),
    [
        (0, "under a minute"),
        (-5, "under a minute"),
        (14, "14 min"),
        (60, "1 h"),
        (130, "2 h 10 min"),
        (1500, "1 d 1 h"),
    ],
)
def test_a_length_of_time_is_said_in_its_two_largest_units(minutes, printed):
    assert figures.print_span(timedelta(minutes=minutes)) == printed


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("NO_MATCH", "no invoice of ours fits what is named"),
        ("UNREADABLE: ValueError: x", "the mail could not be read: ValueError: x"),
        ("GUARD_INVOICE_AGE_LE_180D", "the invoice is older than 180 days"),
        ("SOMETHING_NEW", "something new"),
        ("open_amount is 5.00, decided on 6.00", "open_amount is 5.00, decided on 6.00"),
    ],
)
def test_reasons_are_said_in_words_and_sentences_are_left_alone(reason, said):
    assert words.explain(reason) == said


def test_everything_that_a_page_prints_has_words():
    assert set(words.STATUSES) == set(CaseStatus)
    assert set(words.EFFECTS) == set(EffectType)
    assert set(words.EFFECT_STATES) == set(EffectState)
    assert set(words.EVIDENCE) == {code.value for code in EvidenceCode}
    assert set(words.WISHES) == set(Category) - {Category.BILLING_DISPUTE}
    assert set(words.DISPUTES) == {*DisputeReason, None}
    assert set(words.GUARDS) == {name.upper() for name in GUARD_NAMES}


def test_what_was_read_is_marked_and_the_text_stays_whole():
    assert mark_text(TEXT, REQUEST, TextSource.BODY) == [
        Piece("Invoice ", None), Piece("INV-417", "invoice number"), Piece(" shows ", None),
        Piece("140.00", "billed value"),
    ]  # fmt: skip


def test_a_place_that_does_not_hold_what_was_read_is_never_marked():
    moved = replace(REQUEST, amounts=())
    assert mark_text("Other words, no number in them", moved, TextSource.BODY) == [
        Piece("Other words, no number in them", None)
    ]
    assert mark_text(TEXT, REQUEST, TextSource.SUBJECT) == [Piece(TEXT, None)]
    assert mark_text("", REQUEST, TextSource.BODY) == []
