"""How currencies are written: codes, symbols and words, and what a symbol that several share means in a country.

A symbol that is shared stays unknown where neither a customer's currency nor a country settles it.
"""

from __future__ import annotations

from typing import Final

CODES: Final = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF "
    "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD "
    "KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD "
    "XOF XPF YER ZAR ZMW ZWG".split()
)
TEXT_CODES: Final = CODES - frozenset(
    "ALL TOP MOP PEN TRY GEL LAK SOS SHP ANG BAM BOB COP CUP GIP MAD STN WST ZAR".split()
) | {"COP", "MAD", "PEN", "ZAR"}
"""Those that stand for a currency in running text too: not a word or an abbreviation of something else."""

_DOLLARS: Final = frozenset("USD CAD AUD NZD SGD HKD MXN TWD CLP COP ARS BBD BMD BND BSD FJD JMD TTD XCD UYU".split())
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_PESOS: Final = frozenset("MXN CLP COP ARS UYU PHP DOP CUP".split())
_RUPEES: Final = frozenset("INR PKR LKR NPR MUR".split())

_UNIQUE: Final = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₫": "VND", "฿": "THB", "₪": "ILS", "₱": "PHP", "₦": "NGN",
    "US$": "USD", "U$S": "USD", "U$": "USD", "$US": "USD", "USD$": "USD", "C$": "CAD", "CA$": "CAD", "CAN$": "CAD", "CAD$": "CAD", "$CA": "CAD", "A$": "AUD", "AU$": "AUD", "AUD$": "AUD", "NZ$": "NZD",
    "S$": "SGD", "SG$": "SGD", "HK$": "HKD", "NT$": "TWD", "MX$": "MXN", "R$": "BRL", "EURO": "EUR", "EUROS": "EUR", "SFR": "CHF", "SFR.": "CHF", "FR.": "CHF", "STUTZ": "CHF",
    "ZŁ": "PLN", "ZL": "PLN", "KČ": "CZK", "KC": "CZK", "FT": "HUF", "LEI": "RON", "ЛВ": "BGN", "RM": "MYR", "RP": "IDR", "RP.": "IDR", "S/": "PEN", "S/.": "PEN",
    "POUND": "GBP", "POUNDS": "GBP", "PFUND": "GBP", "LIVRES": "GBP", "QUID": "GBP", "TEUR": "EUR", "RS": "INR", "RS.": "INR", "RUPEES": "INR",
}  # fmt: skip
_SHARED: Final = {
    "$": _DOLLARS, "KR": _CROWNS, "KR.": _CROWNS, "¥": frozenset({"JPY", "CNY"}), "DOLLAR": _DOLLARS, "DOLLARS": _DOLLARS, "BUCKS": _DOLLARS,
    "DOLARES": _DOLLARS, "DÓLARES": _DOLLARS, "PESO": _PESOS, "PESOS": _PESOS, "FCFA": frozenset({"XOF", "XAF"}), "F CFA": frozenset({"XOF", "XAF"}),
    "CFA": frozenset({"XOF", "XAF"}), "FR": frozenset({"CHF", "XPF"}), "FRANCS": frozenset({"CHF", "XOF", "XAF"}), "FRANKEN": frozenset({"CHF"}), "KRONOR": _CROWNS, "KRONER": _CROWNS,
    "R": frozenset({"ZAR"}), "RS": _RUPEES, "RS.": _RUPEES,
}  # fmt: skip
_OF_COUNTRY: Final = {
    "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN", "TW": "TWD", "CL": "CLP", "CO": "COP", "AR": "ARS", "UY": "UYU",
    "SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK", "JP": "JPY", "CN": "CNY", "PH": "PHP", "IN": "INR", "PK": "PKR", "LK": "LKR", "CH": "CHF", "LI": "CHF",
    "CI": "XOF", "SN": "XOF", "BF": "XOF", "ML": "XOF", "TG": "XOF", "BJ": "XOF", "NE": "XOF", "CM": "XAF", "GA": "XAF", "ZA": "ZAR",
}  # fmt: skip
_COMMA_COUNTRIES: Final = frozenset(
    "AT BE BG BR CL CO CZ DE DK EE ES FI FR GR HR HU ID IT LT LU LV NL NO PL PT RO RS RU SE SI SK TR UA UY VN AR IS PY VE EC BO CI SN".split()
)
_POINT_COUNTRIES: Final = frozenset(
    "US GB IE AU NZ IN PK LK SG HK MY PH JP KR CN TW TH IL MX CH LI KE NG MT GT HN NI PA DO SV".split()
)


def name_currency(affix: str, context: str | None) -> tuple[str | None, bool]:
    """The ISO code of a code, symbol or word in upper case, None for a shared one that ``context`` (ISO 4217) does not
    settle; and whether it is a currency at all.
    """
    if affix in CODES:
        return affix, True
    if affix in _SHARED and context in _SHARED[affix]:
        return context, True
    if affix in _UNIQUE:
        return _UNIQUE[affix], True
    if affix in _SHARED:
        only = _SHARED[affix]
        return (next(iter(only)) if len(only) == 1 else None), True
    return None, False


def shares_symbol(affix: str, currency: str) -> bool:
    """Whether a shared symbol in upper case may stand for this currency."""
    return currency in _SHARED.get(affix, ())


def currency_of(country: str | None) -> str | None:
    """The currency that a shared symbol means in a country (ISO 3166-1 alpha-2); None where it is not listed."""
    return _OF_COUNTRY.get(country or "")


def has_decimal_comma(country: str | None) -> bool | None:
    """Whether a country writes a comma before the decimals; None where both are seen or it is not listed."""
    if country in _COMMA_COUNTRIES:
        return True
    return False if country in _POINT_COUNTRIES else None
