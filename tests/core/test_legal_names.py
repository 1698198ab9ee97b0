from __future__ import annotations

import pytest

from csr_bot.core.legal_names import is_same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Northwind Analytics, Inc.", "NORTHWIND ANALYTICS INC"),
        ("Müller  GmbH", "Mu\u0308ller G.m.b.H."),
        ("Société Générale", "SOCIETE GENERALE"),
        ("O'Hara & Sons", "O\u2019Hara & Sons"),
        ("Air-Tec", "Airtec"),
        ("株式会社 山田", "株式会社山田"),
    ],
)
def test_spellings_of_one_name_are_the_same(one, other):
    assert is_same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tailspin Logistics LLC", "Tailspin Freight Inc."),
        ("Northwind Inc.", "Northwind LLC"),
        ("Northwind Analytics", "Norhtwind Analytics"),
        ("Northwind", "Northwind Ltd"),
        ("A & B", "A B"),
        ("A+", "A"),
        ("カキ", "ガキ"),
        ("कल", "काल"),
        ("", ""),
        ("...", "-"),
    ],
)
def test_another_word_or_letter_or_no_name_is_not(one, other):
    assert not is_same_name(one, other)
