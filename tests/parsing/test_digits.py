from __future__ import annotations

import re

import pytest

from csr_bot.core.parsing.digits import find_digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        "7",
        "INV-2025-00417, 12.50",
        "Müller 45 \u2013 46",
        "5\u00b2 m 300",
        "total € 12,50",
        "\u0663\u0664 and 7",
    ],
)
def test_digits_are_found_where_a_character_class_finds_them(text):
    assert find_digits(text) == [run.span() for run in re.finditer(r"\d+", text)]
