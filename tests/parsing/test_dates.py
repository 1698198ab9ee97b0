from __future__ import annotations

from datetime import date

import pytest

from csr_bot.core.parsing.dates import find_dates, read_date


@pytest.mark.parametrize(
    ("raw", "country", "value"),
    [
        ("2025-10-31", None, date(2025, 10, 31)),
        ("2025-10-31T23:59:00Z", None, date(2025, 10, 31)),
        ("31.10.2025", "US", date(2025, 10, 31)),
        ("03.04.2025", "US", date(2025, 4, 3)),
        ("10/31/2025", "DE", date(2025, 10, 31)),
        ("31/10/2025", None, date(2025, 10, 31)),
        ("03/04/2025", "US", date(2025, 3, 4)),
        ("03/04/2025", "GB", date(2025, 4, 3)),
        ("03/03/2025", None, date(2025, 3, 3)),
        ("1.2.25", None, date(2025, 2, 1)),
        ("31 October 2025", None, date(2025, 10, 31)),
        ("October 31, 2025", None, date(2025, 10, 31)),
        ("31. Oktober 2025", None, date(2025, 10, 31)),
        ("5. März 2025", None, date(2025, 3, 5)),
        ("1er août 2025", None, date(2025, 8, 1)),
        ("31 de octubre de 2025", None, date(2025, 10, 31)),
        ("5 mei 2025", None, date(2025, 5, 5)),
        ("28-Feb-2026", None, date(2026, 2, 28)),
    ],
)
def test_a_written_date_is_one_day(raw, country, value):
    reading = read_date(raw, country=country)
    assert (reading.status, reading.value) == ("ok", value)


def test_day_and_month_that_could_change_places_are_both_candidates():
    reading = read_date("03/04/2025", country=None)
    assert (reading.status, reading.candidates) == ("ambiguous", (date(2025, 4, 3), date(2025, 3, 4)))


@pytest.mark.parametrize("raw", ["31.02.2025", "2025-13-01", "tomorrow", "13/13/2025", "0/1/2025", "45000"])
def test_no_date_is_an_error(raw):
    assert read_date(raw, country=None).status == "error"


def test_empty_is_null():
    assert read_date(" ", country=None).status == "null"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("value date 21.11.2025.", [date(2025, 11, 21)]),
        ("from 2025-10-01 to 31 October 2025", [date(2025, 10, 1), date(2025, 10, 31)]),
        ("on December 5, 2025 we", [date(2025, 12, 5)]),
        ("on 12 Nov and 05.12. and 11/3", [None, None, None]),
        ("INV-2025-10-31 costs 10.50, invoice 31/10", [None]),
        ("10.500,00 EUR and 99/99/2025", []),
    ],
)
def test_dates_and_parts_of_dates_are_found_in_running_text(text, values):
    assert [found.value for found in find_dates(text)] == values
