"""What an amount in a text stands for: the cue words right before and behind it, in five languages.

A number keeps only the words between it and the number before it, so "should be 100 not 216" gives two roles, not one.
"""

from __future__ import annotations

import re
from typing import Final

from csr_bot.core.parsing.amounts import FoundAmount
from csr_bot.core.request import AmountRole

_WINDOW: Final = 55
_AFTER: Final = 28

_CORRECT: Final = (
    r"should\s+(?:only\s+)?(?:be|read|have\s+been|cost|say)|supposed\s+to\s+be|ought\s+to\s+be|instead\s+of|rather\s+than|in\s+place\s+of|"
    r"(?:agree\w*|contract\w*|quot\w+|offer|order\w*|price\s+list|po|terms?|framework|proposal)\b[^.?!]{0,32}?\b(?:says?|states?|shows?|is|was|of|at|for|lists?|specif\w+|agreed)|"
    r"agreed|we\s+agreed\s+(?:on|to)|(?:only|just)\s+(?:have|had|use|used|need|needed|ordered|received|got|delivered|took)|(?:received|ordered|delivered|used|have|got)\s+(?:only|just)|"
    r"only|just|received|(?:ne|n'en|n')\s?\w+\s+que|(?:time\s?sheets?|records?|logs?)\s+(?:only\s+)?(?:shows?|says?)|"
    r"actual(?:ly)?(?:\s+(?:is|was|used|received|have))?|correct\s+(?:\w+\s+){0,3}(?:is|was|would\s+be)|signed\s+for|we\s+(?:have|had|ordered|received|use|used|got)|"
    r"statt|anstatt|anstelle\s+von|sondern|vereinbart\w*|laut\s+vertrag|gem(?:äß|aess)\s+vertrag|(?:sollte\w*|müsste\w*|muesste\w*)|korrekt\s+(?:w(?:ä|ae)re\w*|sind|ist)|"
    r"nur|lediglich|bestellt(?:\s+\w+)?|geliefert\s+wurden(?:\s+nur)?|erhalten\s+haben\s+wir(?:\s+nur)?|"
    r"au\s+lieu\s+d[e']|devrai(?:t|ent)\s+[eê]tre|convenu\w*|le\s+contrat\s+(?:\w+\s+){0,2}(?:pr[eé]voit|indique)|seulement|"
    r"en\s+(?:lugar|vez)\s+de|deber[ií]an?\s+ser|acordad\w+|el\s+contrato\s+(?:\w+\s+){0,2}(?:dice|indica)|solo|"
    r"in\s+plaats\s+van|moet(?:en)?\s+zijn|zou(?:den)?\s+\w*\s*moeten\s+zijn|afgesproken|contract\s+zegt|slechts|maar"
)
_BILLED: Final = (
    r"(?:billed|invoiced|charged?|charging|billing)(?:\s+us)?(?:\s+(?:for|at|with|as))?|shows?|states?|says|lists?|bills|overcharged\s+at|"
    r"berechnet(?:\s+(?:wurden?|mit))?|in\s+rechnung\s+gestellt|fakturiert|abgerechnet(?:\s+wurden)?|"
    r"factur[eé]\w*(?:\s+(?:pour|à|a))?|facturad\w+|cobrad\w+|gefactureerd|in\s+rekening\s+gebracht|berekend"
)
_DELTA: Final = (
    r"difference(?:\s+(?:is|of|comes\s+to|amounts\s+to))?|over\s?(?:charged?|billed)(?:\s+us)?(?:\s+by)?|too\s+much|short\s+pay(?:ing)?(?:\s+(?:by|of))?|deduct(?:ing|ed|ion)?(?:\s+(?:of|by))?|"
    r"withh(?:old|eld)(?:ing)?|credit\s+(?:us\s+)?(?:note\s+)?(?:of|for|over)|disput(?:e|ing|ed)(?:\s+amount)?(?:\s+(?:of|is))?|reduce\w*\s+by|"
    r"differenz(?:\s+(?:von|ist|betr(?:ä|ae)gt))?|zu\s?viel(?:\s+berechnet)?|gutschrift\s+(?:ü|ue)ber|k(?:ü|ue)rz(?:en|ung)\s+(?:um|von)|"
    r"diff[eé]rence(?:\s+(?:de|est))?|avoir\s+de|en\s+trop|diferencia(?:\s+(?:de|es))?|de\s+m[aá]s|verschil(?:\s+(?:van|is))?|te\s+veel|creditnota\s+van"
)
_TOTAL: Final = (
    r"invoice\s+(?:amount|total|value)(?:\s+(?:is|of))?|total(?:\s+(?:is|of|amount))?|same\s+amount|gross|amount(?:ing\s+to)?(?:\s+(?:is|of))?|invoice\s+(?:of|for|over)|"
    r"gesamtbetrag|rechnungsbetrag|rechnung\s+(?:ü|ue)ber|brutto|betrag(?:\s+von)?|montant(?:\s+(?:total|de))*|importe(?:\s+(?:total|de))*|bedrag(?:\s+van)?|totaal"
)
_PAYMENT: Final = (
    r"paid|payed|payment(?:\s+(?:of|for|over))?|transferr?ed|transfer\s+of|wired?(?:\s+(?:of|transfer\s+of))?|remitted|(?:we|have|has\s+been)\s+sent|ach\s+(?:of|for)|check\s+(?:of|for)|settled|"
    r"bezahlt|gezahlt|zahlung(?:\s+(?:von|(?:ü|ue)ber|in\s+h(?:ö|oe)he\s+von))?|(?:ü|ue)berwiesen|pay[eé]|paiement\s+de|vir(?:ement|[eé])(?:\s+de)?|r[eé]gl[eé]|pagad\w+|pago\s+de|"
    r"transferencia\s+de|betaald|betaling\s+van|overgemaakt"
)
_BEFORE: Final = re.compile(
    rf"\b(?=\w)(?:(?P<correct>{_CORRECT})|(?P<delta>{_DELTA})|(?P<billed>{_BILLED})|(?P<payment>{_PAYMENT})|(?P<total>{_TOTAL}))(?!\w)"
)
_BEHIND_BILLED: Final = re.compile(
    r"[^,.?!\d]{0,16}?\b(?:statt|anstatt|anstelle|instead\s+of|rather\s+than|au\s+lieu|en\s+lugar|en\s+vez|in\s+plaats|(?:was|were|is)\s+(?:billed|charged|invoiced)|berechnet|gefactureerd)\b",
    re.IGNORECASE,
)
_BEHIND_DELTA: Final = re.compile(
    r"[^,.?!\d]{0,10}?\b(?:too\s+(?:much|high)|zu\s?(?:viel|hoch)|de\s+trop|en\s+trop|de\s+m[aá]s|te\s+(?:veel|hoog)|over\s?(?:charged|billed))\b",
    re.IGNORECASE,
)
_BEHIND_PAYMENT: Final = re.compile(
    r"\s+(?:(?:was|were|has\s+been)\s+)?(?:sent|paid|transferred|wired|überwiesen|ueberwiesen|bezahlt|gezahlt|payés?|pagados?|betaald|overgemaakt)\b",
    re.IGNORECASE,
)
# Behind a right value: "should be 100 not 216", "should be 100 instead of 216".
_NOT: Final = re.compile(
    r"^\W*(?:\w+\W+){0,4}?(?:not|nicht|non|pas|no|niet|instead\s+of|rather\s+than|statt|anstatt|au\s+lieu\s+d[e']|en\s+(?:lugar|vez)\s+de|"
    r"in\s+plaats\s+van)\W+(?:\w+\W+)?(?:[a-z]{3}\s*)?$",
    re.IGNORECASE,
)
# Words that make the number behind them the right one, whatever follows it.
_OUGHT: Final = re.compile(
    r"\b(?:should|supposed|ought|sollte\w*|m(?:ü|ue)sste\w*|devrai\w+|deber[ií]a\w*|moet(?:en)?|agreed|vereinbart\w*|convenu\w*|acordad\w+|afgesproken)\b[^,.;:?!\d]*$"
)
_SENTENCE_END: Final = re.compile(r"[.?!;]\s|\n\s*\n")


def read_role(text: str, found: FoundAmount, *, floor: int, previous: AmountRole | None) -> AmountRole:
    """What the amount stands for; ``floor`` is where the number before it ended, ``previous`` what that one stood
    for.
    """
    start, end = found.span
    before = text[max(floor, start - _WINDOW) : start].lower()
    if previous is AmountRole.CORRECT_VALUE and _NOT.match(before):
        return AmountRole.BILLED_VALUE
    behind = text[end : end + _AFTER]
    if _BEHIND_DELTA.match(behind):
        return AmountRole.CLAIMED_DELTA
    if _BEHIND_BILLED.match(behind) and not _OUGHT.search(before):
        return AmountRole.BILLED_VALUE
    if _BEHIND_PAYMENT.match(behind):
        return AmountRole.PAYMENT
    if not before.strip():
        return AmountRole.OTHER
    ends = [mark.end() for mark in _SENTENCE_END.finditer(before)]
    cues = [cue.lastgroup for cue in _BEFORE.finditer(before, ends[-1] if ends else 0)]
    return _ROLES[str(cues[-1])] if cues else AmountRole.OTHER


_ROLES: Final = {
    "correct": AmountRole.CORRECT_VALUE,
    "delta": AmountRole.CLAIMED_DELTA,
    "billed": AmountRole.BILLED_VALUE,
    "payment": AmountRole.PAYMENT,
    "total": AmountRole.INVOICE_TOTAL,
}
