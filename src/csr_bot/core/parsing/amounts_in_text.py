"""The amounts in running text, and the bare numbers that may be quantities or rates.

How one number is written is the grammar of ``amounts``; what an amount stands for is ``roles``. References, dates and
numbers of other kinds are blanked out before.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

from csr_bot.core.parsing.amounts import ABBREVIATIONS, read_digits
from csr_bot.core.parsing.currencies import TEXT_CODES, name_currency
from csr_bot.core.parsing.digits import MAX_RUNS, find_digits
from csr_bot.core.parsing.number_words import Says, read_word

_BLANK: Final = "\x00"
"""What stands where a number of another kind was."""
_MAX_DIGITS: Final = 15

_IN_TEXT: Final = re.compile(
    r"\d(?:[\d.,'’\u00a0\u202f]*\d|(?: \d{3}(?!\d))+(?:[.,]\d{1,2}(?!\d))?)*(?:[.,] ?[-–—]{1,2}(?![\w-])|/-(?!\w))?"
)
_WORDS: Final = r"eur|usd|gbp|chf|cad|aud|inr|sek|nok|dkk|pln|mxn|euros?|sfr\.?|fr\.|rs\.?|rm|kr\.?|k[čc]"
_BEFORE: Final = re.compile(
    rf"(?:\b(?P<code>[A-Z]{{3}})|(?<![\w]){_WORDS}|(?:(?<![A-Za-z])(?:US|CAD?|AUD?|NZ|HK|SG|MX|NT|[CASR]))?[$€£¥₹₩₽₺₫฿₪₱₦]|(?<!\w)(?:R|S/\.?)) ?[-–\u2212]? ?$",
    re.IGNORECASE,
)
_SYMBOLS: Final = frozenset("$€£¥₹₩₽₺₫฿₪₱₦")
_NAMES: Final = frozenset("EURO EUROS SFR SFR. FR. RS RS. RM KR KR. KČ KC R S/ S/.".split()) | TEXT_CODES
_AFTER: Final = re.compile(
    r"[ ]?(?:(?P<short>[km](?![\w²³]|/)|(?:mio|mln|tsd|mrd|bn)\b\.?|(?:mil|mille|duizend|tausend|thousand|lakhs?|crore|millions?|millionen|miljoen|millones|mill[oó]n)\b(?: d[e'] ?)?)[ ]?)?"
    r"(?P<unit>[$€£¥₹₩₽₺₫฿₪₱₦](?:US\b|CA\b)?|US\$|[A-Z]{3}(?![\w])|(?:F ?)?CFA\b|(?:euros?|eur|usd|gbp|chf|cad|kr|z[łl]|k[čc]|rs|dollars?|d[oó]lares|bucks|pounds?|quid|pesos?|francs|franken|kronor|kroner|rupees)\b)?",
    re.IGNORECASE,
)
_SMALL_COIN: Final = re.compile(r"(?:p\b(?!\.)| ?(?:cts?|cents?|cent|c[eé]ntimos?|centimes?|pence)\b)", re.IGNORECASE)
_NOT_MONEY_AFTER: Final = re.compile(
    r"\s?(?:%|‰|°|:\d|[-–]?(?:percent|prozent|pour\s?cent|procent|por\s?ciento|prozentig\w*|pct)\b|(?:st|nd|rd|th|er|[eè]me|e|º|ª|o|a)\b(?!\w)"
    r"|-?\s?(?:(?:business|working|calendar|more|bank|net)\s)?(?:days?|tagen?|tagigen?|jours?|d[ií]as?|dagen|dag|weeks?|wochen?|semaines?|semanas?|weken|week|months?|monaten?|monats|mois|mes|meses|"
    r"maanden|maand|years?|jahren?|ans|ann[eé]es?|a[ñn]os?|jaar|minutes?|minuten|times|mal\b|fois|veces|keer|o'?clock|uhr|raten?|instal?lments?|mensualit[eé]s|termijnen|cuotas|plazos|"
    r"pages?|seiten?|p[aá]ginas?|invoices|rechnungen|factures|facturas|facturen|reminders?|mahnungen|mails?|e-mails|net\b|netto tage|km|ppm|°c|grad|mm|cm|am\b|pm\b)\b)",
    re.IGNORECASE,
)
_UNITS: Final = re.compile(
    r"\s?(?:hours?|hrs?|h|seats?|users?|units?|pcs|pieces|cartons?|pallets?|boxes|kg|licen[cs]es?|stunden|std|stück|stk|st|kartons?|paletten?|benutzer|nutzer|lizenzen|kanister|positions?|visits?|tonnes?|tons?|to|t|"
    r"heures?|unit[eé]s?|pi[eè]ces?|utilisateurs?|palettes?|cartons?|bo[iî]tes?|horas|unidades|piezas|usuarios|cajas|licencias|pal[eé]s|uren|uur|stuks?|gebruikers|dozen|kratten|pallets?|kwh|mwh|gb|tb|m2|m²|m3|m³|l|liter|litres?|m[eè]tres|meter)\b",
    re.IGNORECASE,
)
_LOOKS_LIKE_MONEY: Final = re.compile(r"[.,]\d\d(?:\D|$)|[.,' \u00a0\u202f’]\d{3}|[.,] ?[-–—]|/-")
_ENDS: Final = frozenset(",;!?)]\n\r\x00")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_GROUP_BEHIND: Final = re.compile(r"[ /.-]\d{2,5}(?!\d|[.,]\d)")
_GROUP_BEFORE: Final = re.compile(r"(?:\d|\x00)[ /-]?$")
_WORD_BEFORE: Final = re.compile(r"([^\W\d_][\w.'’-]*|#|n°|nº) ?[(:]? ?$")
_PLACES: Final = frozenset(
    "phase period periode période periodo phase level stufe net netto ziffer punkt point punto point punt abs abschnitt anhang anlage annex annexe anexo bijlage appendix schedule chapter kapitel kw q "
    "page seite pagina página nr no nummer number nº n° # version edition room tag day jour floor stock etage étage building gate tor halle lot attempt versuch part teil partie version in seit since depuis desde sinds "
    "calle rue street strasse straße laan straat weg platz allee nave puerta boîte box bte bus apt vor within innerhalb binnen sous dans sprint article artículo artikel art".split()
)


class FoundAmount(NamedTuple):
    """A number in running text; ``plain`` where neither currency, decimals nor grouping say that it is money, and
    ``counted`` where a unit behind it says that it is a quantity.

    ``value`` is None where it cannot be read for certain; then ``why`` says so and ``candidates`` holds the readings.
    """

    value: Decimal | None
    candidates: tuple[Decimal, ...]
    currency: str | None
    span: tuple[int, int]
    why: str | None = None
    plain: bool = False
    counted: bool = False


def find_amounts(text: str) -> tuple[FoundAmount, ...]:
    """The amounts of money in running text, in order; mask references, dates and numbers of other kinds first."""
    return tuple(found for found in find_numbers(text) if not found.plain)


def find_numbers(text: str, *, limit: int = 60, digits: list[tuple[int, int]] | None = None) -> tuple[FoundAmount, ...]:
    """The amounts of money and the bare numbers in running text, in order, at most ``limit``; ``digits`` is what
    `find_digits` found, before anything was blanked out.
    """
    found: list[FoundAmount] = []
    end = 0
    for first, _ in (find_digits(text) if digits is None else digits)[:MAX_RUNS]:
        if first < end or text[first] == _BLANK or not (match := _IN_TEXT.match(text, first)):
            continue
        start = first
        end = match.end()
        if text[start - 1 : start] == "." and (start < 2 or text[start - 2].isspace()):
            start -= 1
        number = _number_at(text, start, end)
        if number is not None:
            found.append(number)
            end = max(end, number.span[1])
            if len(found) >= limit:
                break
    return tuple(found)


def _may_be_named(text: str, start: int) -> bool:
    """Whether what stands right before a number may be a currency."""
    before = text[max(0, start - 8) : start].rstrip(" -–\u2212\u00a0")
    if not before or before[-1].isspace():
        return False
    return before[-1] in _SYMBOLS or before[-6:].split()[-1].lstrip("(").upper() in _NAMES


def _number_at(text: str, start: int, end: int) -> FoundAmount | None:
    digits = text[start:end]
    lead = _BEFORE.search(text, max(0, start - 8), start) if _may_be_named(text, start) else None
    if lead is None and start and ((before := text[start - 1]) in "#_/" or before.isalnum()):
        return None
    # Most numbers in a letter are followed by a mark that ends them.
    goes_on = end < len(text) and text[end] not in _ENDS
    if goes_on and _NOT_MONEY_AFTER.match(text, end):
        return None
    tail = _AFTER.match(text, end) if goes_on else None
    short, unit = (tail["short"], tail["unit"]) if tail else (None, None)
    # "300 m" is a length, "1.2m" is not.
    if short and len(short.strip()) == 1 and text[end] == " ":
        short = unit = None
    affix = _currency_word(lead[0].strip(" -–\u2212\u00a0")) if lead else ""
    span_start = lead.start() if lead and affix else start
    behind = _currency_word(unit) if unit and not affix else ""
    span_end = tail.end() if tail and (short or behind) else end
    if coin := _SMALL_COIN.match(text, end) if goes_on and not affix and not behind else None:
        return _coins_at(digits, text[coin.start() : coin.end()], (span_start, coin.end()))
    if end < len(text) and not short and not behind and (text[end].isalnum() or text[end] == "_"):
        return None
    affix = affix or behind
    if not affix and not short and digits.isdigit():
        return _bare_at(text, start, end)
    counted = not affix and _UNITS.match(text, end) is not None
    return _money_at(digits, affix=affix, short=short, counted=counted, span=(span_start, span_end))


def _currency_word(word: str) -> str:
    """A currency's sign as it is looked up; empty where the word is none in running text."""
    upper = word.upper()
    if len(upper) == 3 and upper.isalpha() and upper.isascii():
        return upper if upper in TEXT_CODES and (word.isupper() or word.islower()) else ""
    return upper if name_currency(upper, None)[1] else ""


def _bare_at(text: str, start: int, end: int) -> FoundAmount | None:
    """A number without any sign of money; None for years, parts of longer numbers, and places ("page 2")."""
    digits = text[start:end]
    if len(digits) > _MAX_DIGITS or _YEAR.fullmatch(digits) or (digits[0] == "0" and len(digits) > 1):
        return None
    if _GROUP_BEHIND.match(text, end) or _GROUP_BEFORE.search(text, max(0, start - 2), start):
        return None
    before = _WORD_BEFORE.search(text, max(0, start - 24), start)
    if before:
        word = before[1].lower().rstrip(".")
        if word in _PLACES or read_word(word) in {Says.PLACE, Says.PHONE, Says.ENDING}:
            return None
    counted = _UNITS.match(text, end) is not None
    return FoundAmount(Decimal(digits), (), None, (start, end), plain=True, counted=counted)


def _coins_at(digits: str, coin: str, span: tuple[int, int]) -> FoundAmount | None:
    values = read_digits(digits, field="money", currency=None, decimal_comma=None)
    if not values:
        return None
    currency = "GBP" if coin.lower().strip() in {"p", "pence"} else None
    return FoundAmount(values[0] / 100, (), currency, span)


def _money_at(
    digits: str, *, affix: str, short: str | None, counted: bool, span: tuple[int, int]
) -> FoundAmount | None:
    currency = name_currency(affix, None)[0] if affix else None
    number = (
        digits
        if digits.isascii()
        else digits.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ").replace("–", "-").replace("—", "-")
    )
    if number[-1] == "-":
        number = number.rstrip("-/ ").rstrip(".,")
    values = read_digits(
        number, field="quantity" if counted or short else "money", currency=currency, decimal_comma=None
    )
    if not values:
        return None
    if short:
        word = short.strip().rstrip(".").upper().split()[0]
        scale = ABBREVIATIONS["MILLÓN" if word == "MILLON" else word]
        # Two careful readers take "6.5k" for about 6,500 and "418 mil" for 418,000.
        return FoundAmount(None, tuple(value * scale for value in values), currency, span, "AMOUNT_APPROXIMATE")
    if len(values) > 1:
        return FoundAmount(None, values, currency, span, "AMOUNT_AMBIGUOUS", plain=counted, counted=counted)
    why = "CURRENCY_AMBIGUOUS" if affix and currency is None else None
    plain = counted or not (affix or _LOOKS_LIKE_MONEY.search(digits))
    return FoundAmount(values[0], (), currency, span, why, plain=plain, counted=counted)
