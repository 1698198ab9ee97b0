"""Whether a text holds an IBAN: length by country and checksum.

What a bank account in a message means is judged elsewhere.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# Number of characters of an IBAN by country (ISO 13616 registry).
_IBAN_LENGTH: Final = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "KW": 30, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "QA": 29, "RO": 24, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip


def iban_length(text: str) -> int:
    """Number of characters of ``text`` that the IBAN at its start takes up; 0 where there is no valid one (ISO
    13616).
    """
    compact, wanted = "", 0
    for index, letter in enumerate(text if text.isascii() else _as_ascii(text)):
        if letter.isalnum() and letter.isascii():
            compact += letter
        elif letter not in " -.\u00a0\u00ad":
            return 0
        if len(compact) == 2 and not wanted:
            wanted = _IBAN_LENGTH.get(compact, 0)
            if not wanted:
                return 0
        if wanted and len(compact) == wanted:
            digits = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
            return index + 1 if int(digits) % 97 == 1 else 0
    return 0


def _as_ascii(text: str) -> str:
    """Full-width letters and digits as plain ones, each in its place."""
    return "".join(plain if len(plain := unicodedata.normalize("NFKC", letter)) == 1 else letter for letter in text)
