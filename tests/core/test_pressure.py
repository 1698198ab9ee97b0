"""How customers press, in five languages: urgent words, a last day, a service that stops, money held back."""

from __future__ import annotations

from datetime import date

import pytest

from csr_bot.core.pressure import Pressure, find_pressure
from csr_bot.core.request import ClaimedDate, TextSource


@pytest.mark.parametrize(
    "text",
    ["pls fix asap", "Bitte dringend prüfen", "C'est urgent", "Lo antes posible, por favor", "Graag zo snel mogelijk"],
)
def test_words_that_call_it_urgent_are_found(text: str):
    assert find_pressure("", text) == Pressure(urgent=True)
    assert find_pressure(text, "Hello.").urgent


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("Our workspace shows a suspension notice for tomorrow evening.", True),
        ("Unser Anschluss wird morgen gesperrt!", True),
        ("La coupure du service est annoncée pour demain.", True),
        ("El servicio será suspendido hoy.", True),
        ("Onze dienst wordt vandaag afgesloten.", True),
        ("Please explain the suspension fee on the invoice.", False),
        ("Call me tomorrow about the invoice.", False),
    ],
)
def test_a_service_stops_within_a_day_only_where_both_are_said(text: str, *, stops: bool):
    assert find_pressure("", text).stops_within_a_day is stops


@pytest.mark.parametrize(
    ("text", "withholds"),
    [
        ("We will not pay until this is corrected.", True),
        ("There will be no payment until you answer.", True),
        ("Wir halten die Zahlung zurück.", True),
        ("No pagaremos esta factura.", True),
        ("We have paid it already.", False),
        ("We pay the rest.", False),
    ],
)
def test_money_held_back_is_told_from_money_paid(text: str, *, withholds: bool):
    assert find_pressure("", text).withholds is withholds


@pytest.mark.parametrize(
    ("before", "is_last"),
    [
        ("Please answer by ", True),
        ("Wir brauchen das bis zum ", True),
        ("Merci de répondre avant le ", True),
        ("Antes del ", True),
        ("Uiterlijk op ", True),
        ("The invoice of ", False),
    ],
)
def test_a_date_is_the_last_day_only_where_it_is_called_so(before: str, *, is_last: bool):
    text = f"{before}28.11.2025, thank you."
    day = ClaimedDate(date(2025, 11, 28), (len(before), len(before) + 10), TextSource.BODY)
    assert find_pressure("", text, [day]).last_day == (day.value if is_last else None)
