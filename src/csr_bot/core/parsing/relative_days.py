"""Days told from the day of the message: "next Friday", "EOM", "in 10 Tagen", "5 December" without a year.

The rule behind each is fixed, so that it can be confirmed back: a week or a month means its last weekday. Whether that
day is a holiday where the customer pays is left to the calendar.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from csr_bot.core.parsing.language import FOLDING

_WEEKDAY_WORDS: Final = (
    "monday mon montag mo lundi lunes maandag", "tuesday tue tues dienstag di mardi martes dinsdag", "wednesday wed mittwoch mi mercredi miercoles woensdag",
    "thursday thu thur thurs donnerstag do jeudi jueves donderdag", "friday fri freitag fr vendredi viernes vrijdag", "saturday sat samstag sonnabend samedi sabado zaterdag",
    "sunday sun sonntag dimanche domingo zondag",
)  # fmt: skip
WEEKDAYS: Final = {word: index for index, words in enumerate(_WEEKDAY_WORDS) for word in words.split()}
_NUMBERS: Final = {
    word: number
    for number, words in enumerate(
        "one ein einem einer einen un une una een|two zwei deux dos twee|three drei trois tres drie|four vier quatre cuatro|five fuenf cinq cinco vijf|six sechs seis zes|"
        "seven sieben sept siete zeven|eight acht huit ocho|nine neun neuf nueve negen|ten zehn dix diez tien".split("|"),
        1,
    )
    for word in words.split()
} | {"fourteen": 14, "vierzehn": 14, "quinze": 15, "quince": 15, "fifteen": 15, "veertien": 14, "twenty": 20, "thirty": 30, "dreissig": 30, "trente": 30, "treinta": 30, "dertig": 30}  # fmt: skip
_LONG_WEEKDAYS: Final = "|".join(sorted((word for word in WEEKDAYS if len(word) > 4), key=len, reverse=True))
_COUNT: Final = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_RELATIVE: Final = re.compile(
    # A letter first: else all is tried at each end of a word too.
    r"\b(?=[a-zü])(?:(?P<tomorrow>tomorrow|morgen(?! frueh\w* zwischen)|demain|manana)|(?P<today>today|heute|aujourd'hui|hoy|vandaag)|(?P<after>day after tomorrow|(?:ue|ü)bermorgen|apres-demain|pasado manana|overmorgen)"
    rf"|(?P<in>in|within|innerhalb(?: von)?|binnen|dans(?: les)?|sous|d'ici|en|dentro de|over) {_COUNT} (?:(?:business|working|calendar|more) )?"
    r"(?P<unit>days?|tag(?:en?)?|jours?|dias?|dagen|dag|weeks?|wochen?|semaines?|semanas?|weken|week|months?|monat(?:en?|s)?|mois|mes(?:es)?|maanden|maand)"
    r"|(?P<next_month>next month|n(?:ae|ä)chste[nrms]? monat(?:s)?|kommende[nrms]? monat(?:s)?|(?:le )?mois prochain|(?:el )?(?:proximo mes|mes que viene|mes proximo)|volgende maand)"
    r"|(?P<eom>eom|end of (?:the |this )?month|month[- ]end|ende (?:des|dieses) monats|ende monat|monatsende|zum ultimo|(?:a la |en )?fin (?:de|du) mois|(?:a )?fin(?:ales)? de mes|eind(?:e)? (?:van de |van deze |deze )?maand)"
    r"|(?P<next_week>next week|n(?:ae|ä)chste[rn]? woche|kommende[rn]? woche|(?:la )?semaine prochaine|(?:la )?(?:proxima semana|semana que viene|semana proxima)|volgende week)"
    r"|(?P<this_week>this week|diese(?:r)? woche|cette semaine|esta semana|deze week|end of (?:the )?week|ende der woche|fin de semaine)"
    rf"|(?:(?P<next>next|n(?:ae|ä)chste[nrms]?|kommende[nrms]?|coming|this|diese[nrms]?|ce|este|el proximo|proximo|volgende|komende|aanstaande|on|by|am|bis|until|le|el|op|before)\s)?(?P<weekday>{_LONG_WEEKDAYS})(?P<prochain> prochain| que viene| proximo)?)\b"
)


# Words of which every such day has one, in whatever spelling: most texts have none of them.
_TELLING: Final = frozenset(
    [word for word in WEEKDAYS if len(word) > 4]
    + "miércoles sábado tomorrow morgen demain mañana manana today heute aujourd'hui hoy vandaag übermorgen uebermorgen overmorgen day days tag tage tagen jour jours día días dia dias dag dagen".split()
    + "week weeks woche wochen semaine semaines semana semanas weken month months monat monate monaten monats mois mes meses maanden maand eom monatsende ultimo prochain próximo proximo".split()
)
_PUNCTUATION: Final = str.maketrans(dict.fromkeys('.,;:!?()[]<>-/"*_', " "))


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day told from another, and its place."""

    value: date
    span: tuple[int, int]


def find_relative(text: str, received: date) -> tuple[FoundDay, ...]:
    """The days that a text tells from the day on which it was received, in order of place."""
    lowered = text.lower()
    if _TELLING.isdisjoint(lowered.translate(_PUNCTUATION).split()):
        return ()
    folded = lowered if lowered.isascii() else "".join(letter.translate(_ONE_TO_ONE) for letter in lowered)
    found: list[FoundDay] = []
    for match in _RELATIVE.finditer(folded):
        value = _resolve(match, received)
        if value is not None:
            found.append(FoundDay(value, match.span()))
    return tuple(found)


def read_relative(raw: str, received: date) -> date | None:
    """A text that is nothing but such a day; None for anything else."""
    found = find_relative(raw, received)
    return found[0].value if len(found) == 1 and found[0].span == (0, len(raw)) else None


def nearest_year(month: int, day: int, received: date) -> date | None:
    """The day without a year that is nearest to the one on which it was written; None for no day of that month."""
    found: list[date] = []
    for year in (received.year - 1, received.year, received.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda other: abs(other - received), default=None)


# Accents folded to one letter each, so that places stay; the patterns spell an umlaut as "ae".
_ONE_TO_ONE: Final = {code: folded for code, folded in FOLDING.items() if isinstance(folded, str) and len(folded) == 1}


def _resolve(match: re.Match[str], received: date) -> date | None:
    kind = match.lastgroup
    if match["weekday"]:
        return _next_weekday(received, WEEKDAYS[match["weekday"]])
    if match["count"]:
        return _after(received, _count(match["count"]), match["unit"])
    if match["next_month"]:
        return _month_end(*_following(received))
    simple = {
        "today": received,
        "tomorrow": received + timedelta(days=1),
        "after": received + timedelta(days=2),
        "eom": _month_end(received.year, received.month),
        "this_week": received + timedelta(days=(4 - received.weekday()) % 7),
        "next_week": received + timedelta(days=11 - received.weekday()),
    }
    return simple.get(kind or "")


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _after(day: date, count: int, unit: str) -> date:
    if unit.startswith(("mon", "moi", "mes", "maa")):
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    weeks = unit.startswith(("we", "wo", "se"))
    return day + timedelta(days=count * (7 if weeks else 1))


def _following(day: date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def _month_end(year: int, month: int) -> date:
    """The last weekday of a month."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    return last - timedelta(days=max(0, last.weekday() - 4))


def _next_weekday(day: date, weekday: int) -> date:
    """The first such day after this one."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)
