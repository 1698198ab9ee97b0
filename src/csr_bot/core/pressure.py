"""How a customer presses: calls it urgent, names a last day, says that a service stops or that payment is held back.

Words in five languages. What they make of a priority is ``core.priority_points``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from csr_bot.core.request import ClaimedDate, TextSource

_URGENT: Final = re.compile(
    r"\b(?:urgent\w*|asap|a\.s\.a\.p|as soon as possible|right away|immediate(?:ly)?|"
    r"dringend\w*|eilig\w*|eilt|umgehend\w*|unverzuglich\w*|so schnell wie moglich|schnellstmoglich|"
    r"urgence|immediatement|au plus vite|des que possible|"
    r"urgente\w*|cuanto antes|lo antes posible|inmediata(?:mente)?|"
    r"spoed\w*|zo snel mogelijk|onmiddellijk)\b"
)
_STOPS: Final = re.compile(
    r"\b(?:suspension notice|suspend(?:ed|ing|s)?|suspension|disconnect\w*|shut (?:off|down)|cut off|"
    r"service (?:interruption|stop\w*)|abgeschaltet|abschaltung|gesperrt|sperrung|liefersperre|lieferstopp|"
    r"suspendu\w*|coupure|coupe\w* (?:le|notre) service|suspendid\w*|suspender\w*|corte del? servicio|"
    r"afgesloten|afsluiting|geblokkeerd|opgeschort)\b"
)
_WITHIN_A_DAY: Final = re.compile(
    r"\b(?:today|tonight|tomorrow|(?:24|twenty[- ]four) ?(?:h|hours?)|within a day|"
    r"heute|morgen|24 stunden|aujourd'hui|ce soir|demain|24 heures|hoy|esta noche|manana|24 horas|"
    r"vandaag|vanavond|24 uur)\b"
)
_WITHHOLDS: Final = re.compile(
    r"\b(?:withhold\w*|will not (?:pay|be paid)|won't pay|cannot pay (?:this|the|until)|no pay(?:ment)? until|"
    r"not pay (?:this|the|it)? ?(?:invoice )?until|payment (?:is |will be )?on hold|holding payment|pay once|"
    r"halten (?:die|unsere) zahlung|zahlung zuruck\w*|zahlen (?:wir )?(?:erst|nicht)|bezahlen (?:wir )?(?:erst|nicht)|"
    r"paiement (?:est )?(?:bloque|suspendu)|ne (?:paierons|reglerons) pas|"
    r"no pagaremos|pago (?:esta )?(?:retenido|bloqueado)|retenemos el pago|"
    r"betalen (?:wij|we) (?:pas|niet)|houden de betaling)\b"
)
_LAST_DAY: Final = re.compile(
    r"\b(?:until|till|before|by|no later than|at the latest|deadline\w*|bis(?: zum)?|spatestens|vor dem|frist\w*|"
    r"avant(?: le)?|d'ici(?: le| au)?|jusqu'au|au plus tard(?: le)?|antes del?|hasta el|a mas tardar(?: el)?|"
    r"voor|uiterlijk(?: op)?|tot)\W*(?:\w+\W+){0,2}$"
)
MAX_TEXT: Final = 20_000
"""Characters that are looked at."""
_MARKS: Final = re.compile(r"[\u0300-\u036f]")
_REACH: Final = 40
"""Characters before a date in which it may be called the last day."""


@dataclass(frozen=True, slots=True)
class Pressure:
    """How a customer presses. ``stops_within_a_day``: a service would be cut off, today or tomorrow."""

    urgent: bool = False
    stops_within_a_day: bool = False
    withholds: bool = False
    last_day: date | None = None


def find_pressure(subject: str, text: str, dates: Iterable[ClaimedDate] = ()) -> Pressure:
    """How a message presses; ``dates`` are those read from it."""
    text = text[:MAX_TEXT]
    plain = _fold(f"{subject}\n{text}")
    return Pressure(
        urgent=_URGENT.search(plain) is not None,
        stops_within_a_day=any(_is_near(plain, match) for match in _STOPS.finditer(plain)),
        withholds=_WITHHOLDS.search(plain) is not None,
        last_day=min((day.value for day in dates if _is_last_day(text, day)), default=None),
    )


def _is_near(plain: str, match: re.Match[str]) -> bool:
    """Whether the same or the next sentence says today, tomorrow or 24 hours."""
    around = plain[max(0, match.start() - 120) : match.end() + 120]
    return _WITHIN_A_DAY.search(around) is not None


def _is_last_day(text: str, day: ClaimedDate) -> bool:
    if day.source is not TextSource.BODY:
        return False
    start = day.span[0]
    return _LAST_DAY.search(_fold(text[max(0, start - _REACH) : start])) is not None


def _fold(text: str) -> str:
    """Lower case without accents; most texts have none, which costs next to nothing."""
    plain = text.casefold().replace("\u2019", "'")
    return plain if plain.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", plain))
