"""Words of insolvency and of going to law, in five languages: what makes a message one for people only (V30).

A hit says that such words stand there, also when they are denied; what they mean is for the people who get it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Stems without accents, found at the start of a word and going on as they like; `$` ends the word. A blank stands for
# any space. Words with a common other meaning (liquidation of an invoice, avocat, curator, administrator) come with the
# words that settle it.
STEMS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "insolven", "bankrupt", "filed for chapter", "filing for chapter", "under chapter 7$", "under chapter 11$",
        "chapter 11 bankruptcy", "chapter 11 proceeding", "chapter 11 filing", "chapter 11 protection",
        "reorganization proceeding", "reorganisation proceeding", "filed for reorgani", "receivership",
        "official receiver", "is in administration$", "are in administration$", "placed in administration$",
        "into administration$", "administrator appointed", "appointed administrator", "in liquidation$",
        "into liquidation$", "liquidator", "winding up", "winding-up",
        "wound up", "creditor protection", "creditors voluntary", "statutory demand", "cessation of payments",
        "legal action", "legal proceeding", "legal steps", "lawsuit", "litigat", "attorney at law", "our attorney",
        "our lawyer", "our solicitor", "our legal counsel", "court order", "take you to court", "subpoena",
    ),
    "de": (
        "insolven", "konkurs", "zahlungsunfahig", "uberschuldung", "glaubigerschutz", "schutzschirmverfahren",
        "vorlaufiger verwalter", "in liquidation$", "liquidator", "rechtsanwalt", "rechtsanwaltin", "unser anwalt",
        "unsere anwalte", "unseren anwalt", "rechtliche schritte", "gerichtlich", "amtsgericht", "landgericht",
        "mahnbescheid", "zwangsvollstreckung", "klage$", "klageschrift", "verklag", "rechtsstreit",
    ),
    "fr": (
        "insolvab", "redressement judiciaire", "liquidation judiciaire", "procedure de sauvegarde",
        "sauvegarde judiciaire", "mandataire judiciaire", "administrateur judiciaire", "liquidateur", "depot de bilan",
        "depose le bilan", "deposer le bilan", "cessation de paiement", "cessation des paiements",
        "procedure collective", "faillite", "mise en demeure", "notre avocat", "nos avocats", "cabinet d'avocat",
        "poursuites judiciaires", "action en justice", "tribunal", "huissier", "assignation en",
    ),
    "es": (
        "insolven", "concurso de acreedores", "concurso voluntario", "concurso necesario", "concursal", "quiebra",
        "suspension de pagos", "cesacion de pagos", "en liquidacion$", "liquidador", "nuestro abogado",
        "nuestros abogados", "nuestra abogada", "acciones legales", "accion judicial", "acciones judiciales",
        "via judicial", "demanda judicial", "juzgado", "burofax", "proceso monitorio",
    ),
    "nl": (
        "insolven", "faillissement", "failliet", "surseance", "schuldsanering", "bewindvoerder", "de curator$",
        "curator aangesteld", "als curator$", "in liquidatie$", "vereffenaar", "onze advocaat", "onze advocaten",
        "juridische stappen", "gerechtelijk", "rechtbank", "dagvaard", "deurwaarder", "kort geding",
    ),
}  # fmt: skip


def _pattern(stems: frozenset[str]) -> re.Pattern[str]:
    written = (re.escape(stem.removesuffix("$")).replace(r"\ ", r"\s+") + _ending(stem) for stem in sorted(stems))
    return re.compile(rf"(?<!\w)(?:{'|'.join(written)})")


def _ending(stem: str) -> str:
    return r"(?!\w)" if stem.endswith("$") else r"\w*"


_ANY: Final = _pattern(frozenset(stem for stems in STEMS.values() for stem in stems))


def find_legal_words(text: str) -> tuple[str, ...]:
    """The words of insolvency or law in a text, folded, each once, in the order in which they stand. All languages."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    # Asking letter by letter costs more than all else, and most texts have no accents.
    plain = decomposed
    if not plain.isascii():
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(dict.fromkeys(" ".join(match[0].split()) for match in _ANY.finditer(plain)))
