from __future__ import annotations

from datetime import date

import pytest

from csr_bot.core.parsing.dates import find_dates, read_date, read_serial


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


RECEIVED = date(2025, 11, 24)  # a Monday


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Mon, 24 Nov 2025", date(2025, 11, 24)),
        ("Freitag, den 5. Dezember 2025", date(2025, 12, 5)),
        ("vendredi 5 d\u00e9cembre 2025", date(2025, 12, 5)),
        ("1st of December, 2025", date(2025, 12, 1)),
        ("2025/10/31", date(2025, 10, 31)),
        ("20251031", date(2025, 10, 31)),
        ("03/04/25", None),
    ],
)
def test_weekdays_and_unbroken_dates_are_read(raw, value):
    assert read_date(raw, country=None).value == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("tomorrow", date(2025, 11, 25)),
        ("next Friday", date(2025, 11, 28)),
        ("n\u00e4chsten Freitag", date(2025, 11, 28)),
        ("next week", date(2025, 12, 5)),
        ("EOM", date(2025, 11, 28)),
        ("Ende des Monats", date(2025, 11, 28)),
        ("fin de mois", date(2025, 11, 28)),
        ("in 10 Tagen", date(2025, 12, 4)),
        ("within two weeks", date(2025, 12, 8)),
        ("in 3 months", date(2026, 2, 24)),
    ],
)
def test_days_are_told_from_the_day_of_the_message(raw, value):
    reading = read_date(raw, country=None, received=RECEIVED)
    assert (reading.status, reading.value, reading.flags) == ("ok", value, ("relative",))
    assert read_date(raw, country=None).status == "error"


@pytest.mark.parametrize(
    ("raw", "country", "candidates"),
    [
        ("5 December", None, (date(2025, 12, 5),)),
        ("am 05.12.", None, (date(2025, 12, 5),)),
        ("31.10.", None, (date(2025, 10, 31),)),
        ("10 January", None, (date(2026, 1, 10),)),
        ("11/3", "US", (date(2025, 11, 3),)),
        ("03/04", None, (date(2026, 4, 3), date(2026, 3, 4))),
    ],
)
def test_a_day_without_a_year_is_only_a_candidate(raw, country, candidates):
    reading = read_date(raw, country=country, received=RECEIVED)
    assert (reading.status, reading.value, reading.candidates) == ("ambiguous", None, candidates)


def test_the_number_of_a_spreadsheet_is_a_day_of_its_system():
    assert read_serial("45962", system="1900").value == date(2025, 11, 1)
    assert read_serial("45962", system="1904").value == date(2029, 11, 2)
    assert read_serial("45962", system=None).candidates == (date(2025, 11, 1), date(2029, 11, 2))
    assert read_serial("4.5", system="1900").status == "error"
