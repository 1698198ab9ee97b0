"""The forms of numbers and of what stands around them, for ``references``: what a number looks like before any word is
asked what it is.
"""

from __future__ import annotations

import re
from typing import Final

OPENING: Final = frozenset("()[]{}<>\"'“„«¿¡:=|…‚‘")
WORD_REST: Final = re.compile(r"[^\s()\[\]{}<>\"'“”»|]*")
WORDS_BEFORE: Final = re.compile(r"[^\W\d_][\w.'’°º/-]*|#|n°|nº|º|№")
END_MARKS: Final = ".,;:!?*…-–—/='’"
# A word such as "A-118:EUR" or "4711,4712" goes only as far as its first number.
FIRST_OF_MANY: Final = re.compile(r"[^,;:=]*(?:[A-Za-z/-][^,;:=]*|\d{4,})(?=[,;:=]\w)")
JOINING: Final = frozenset(",;:=")
BROKEN: Final = re.compile(r"[-/][ \t]?\n[ \t>]*(?=\d{3,8}\b)")

# A serial may carry letters that a scanner read for digits; at least three real digits must remain.
D: Final = r"[0-9OoQDIlZSGB|]"
PREFIX: Final = r"(?:INV|[lI1]NV|RG|RNG|RECH|FACT|FAC|FA|FV|SI|RE|IN|DOC)"
PREFIXED: Final = re.compile(
    rf"{PREFIX}[-_/#.]{{0,2}}(?:(?:20\d\d|2[O0o][\dOo]{{2}})[-_/.]{{0,2}})?{D}{{3,10}}", re.IGNORECASE
)
THREE_DIGITS: Final = re.compile(r"(?:\d\D*){3}")
YEAR_SERIAL: Final = re.compile(rf"(?:19|20)\d\d[-/.]{D}{{3,6}}")
SPACED_SERIAL: Final = re.compile(rf"20\d\d\s?[-/ ]\s?{D}{{3,6}}(?!\w)")
ANY_DIGIT: Final = re.compile(r"\d")
THOUSANDS_BEFORE: Final = re.compile(r"(?<!\d)\d{1,2}[ \u00a0\u202f]$")
PREFIX_WORDS: Final = frozenset("inv rg rng rech fact fac fa fv si re in".split())
READ_BADLY: Final = re.compile(r"(?=(?:\D*\d){2})[\dOoIlQ]{4,10}")
CODE: Final = re.compile(
    r"[A-Za-z]{1,6}(?:[-/._#]?(?:\d{1,10}|[A-Z]{1,5}\d{0,10}|\d{1,8}[A-Za-z]{1,2}))(?:[-/._](?:\d{1,10}|[A-Z]{1,5}\d{0,10}|\d{1,8}[A-Za-z]{1,2})){0,3}"
    r"|\d{2,10}(?:[-/._]\d{1,8}){0,2}(?:[-/._]?[A-Z]{1,2}|[-/._][A-Z]{3}(?=[-/._]))(?:[-/._]\d{1,8}){0,2}"
)
NUMBER_AND_UNIT: Final = re.compile(r"\d+[A-Za-z]{1,3}")
DIVIDED: Final = re.compile(r"\d{1,10}(?:[-/._]\d{1,10}){1,3}")
RANGE: Final = re.compile(r"(\d{3,6})-(\d{3,6})")
PAIR: Final = re.compile(r"(\d{4,10})/(\d{4,10})")
PEPPOL: Final = re.compile(r"[09]\d{3}:\d{8}")
PERIOD: Final = re.compile(
    r"(?:0?[1-9]|1[0-2])[-/.](?:20)\d\d|20\d\d[-/.](?:0?[1-9]|1[0-2])|20\d\d[-/]20\d\d|20(?:2[0-9]-2[0-9])"
)
NOT_A_DOCUMENT: Final = re.compile(
    r"\d{3}-\d{3}-\d{4}|\d\d-\d\d-\d\d|0+[-/]0+|\d+(?:\.\d+){2,6}|\d{1,2}[-/]\d{1,2}|\d{1,3}(?:\.\d{3})+|\d+\.\d{1,2}"
)
TAX_ID: Final = re.compile(
    r"(?:AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|EU|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|U)[A-Z]?\d{8,12}[A-Z]?\d{0,2}",
    re.IGNORECASE,
)
# A name or noun with a capital right before a number, within a sentence: "Maschine 88123".
NAME_BEFORE: Final = re.compile(r"[\w,;] (?!INV|RE\b|RG\b)[A-ZÄÖÜ][\w-]+ ?$")
COUNTRY: Final = re.compile(r"[A-Z]{2} ?(?:[A-Z]{2})? ?$")
GROUPED: Final = re.compile(
    r"(?: \d{2,5}(?![.,]\d|\d|[-/.]\d)){2,6}|(?: \d{3,5}(?![.,]\d|\d| ?[€$£%]| ?(?:EUR|USD|CHF|GBP|Euro|euro|F?CFA)))"
)
UNIT_AFTER: Final = re.compile(
    r"\s?(?:[%$€£¥₹°]|\+(?!\s?\d)|-tonne|x\b|(?:eur|usd|gbp|chf|cad|aud|inr|sek|nok|dkk|pln|xof|fcfa|cfa|mxn|cop|clp|euros?|dollars?|pesos|kr|hours?|hrs?|h|seats?|days?|users?|units?|cartons?|pallets?|boxes|pcs|"
    r"pieces?|items|times|kg|km|km2|kwh|mwh|gb|tb|mb|licen[cs]es?|people|employees|months?|years?|weeks?|minutes?|invoices|stunden|std|st[üu]ck|stk|tagen?|kartons?|paletten|monate?n?|jahre?n?|wochen|"
    r"mitarbeitern?|nutzern?|lizenzen|liter|heures?|jours?|mois|ans|unit[eé]s?|pi[eè]ces|utilisateurs|cajas|horas|d[ií]as|meses|a[ñn]os|"
    r"unidades|piezas|usuarios|uur|uren|dagen|maanden|weken|stuks|gebruikers|dozen|mil|million\w*|mio|tsd|pages?|seiten|m|m2|m²|m3|m³|l|t|k)\b)",
    re.IGNORECASE,
)
MONEY_BEFORE: Final = re.compile(
    r"(?:[$€£¥₹]|\b(?:EUR|USD|GBP|CHF|CAD|AUD|INR|SEK|NOK|DKK|PLN|MXN|COP|KES|ZAR|Rs\.?|Fr\.|RM|Euro|euro|eur|usd))[ \u00a0]?$"
)
POSTAL_TOWN: Final = re.compile(r"\s[A-ZÀ-Ý][^\W\d_]{2,}")
AMOUNT_LINKS: Final = frozenset(
    {
        "for",
        "of",
        "over",
        "fuer",
        "für",
        "ueber",
        "über",
        "de",
        "d'",
        "pour",
        "por",
        "van",
        "voor",
        "at",
        "à",
        "mit",
        "with",
    }
)
COPY_WORDS: Final = frozenset(
    "copy copies kopie kopien kopieen kopieën copie copia copias pdf pdfs duplikat duplicate resend allocate ref reference betr betreft betrifft re dispute wegen".split()
)
VERBS: Final = frozenset(
    "bitte please pls dus so also off puse redo needs crediteren went two twice gutschreiben uebersehen übersehen gezahlt covers cover resend send sent paid pay paying settled cleared missing have got booked approve approved hab habe haben heb hebben bezahlt zahlen zahle senden schicken fehlt fehlen "
    "vermisst storniert stornieren gutschreiben betaal betaald stuur mail mailen payé paye réglé regle pagué pague pagado envíen envien manden".split()
)
# Words before the invoice that something belongs on.
PLACED_ON: Final = frozenset("on onto to auf zu bei in für for sur pour à dans en a sobre op aan bij voor from of von de van over".split())
IS_GIVEN: Final = re.compile(
    r"(?:\b(?:is|are|be|use|read|lautet|ist|gilt|est|c'est|soit|voici|es|son|sea|usar|wordt|instead)(?: (?:now|nun|jetzt|le|the|el|het|die|de))?|[:=])\s*$",
    re.IGNORECASE,
)
# "Put A-118 on the invoices": what a customer wants printed is a number of his own.
PRINTED: Final = re.compile(
    r"\b(?:add|put|quote|mention|state|showing?|carry|bear|ergänze?n?|angeben|vermerken?|anführen|aufnehmen|angeben|mett(?:ez|re)|port(?:er|ent)|"
    r"indiqu\w+|inscri\w+|figurer|mentionn\w+|apparaître|ajout\w+|añad\w+|agreg\w+|indi(?:car|quen)|pon(?:er|gan)|inclu(?:ir|yan)|citar|"
    r"consign\w+|vermeld\w*|toevoegen|zet(?:ten)?|opnemen)\b",
    re.IGNORECASE,
)
BILLS: Final = re.compile(r"\b(?:invoices?|bills?|\w*rechnung(?:en)?|factures?|facturas?|facturen|factuur)\b", re.IGNORECASE)
SENTENCE_END: Final = re.compile(r"[.!?;](?=\s)|\n")
# "Student no. 4471", "numéro de transit 20411": what it is the number of.
NOUN_WITH_SIGN: Final = re.compile(r"(\w[\w.'’-]*) (\w[\w'’-]{3,}) (?:no\.?|nos\.|nr\.?|n°|nº|number|nummer|numéro|número)(?:\s?(?:is|was|ist|:))?\s?\(?$")
SIGN_WITH_NOUN: Final = re.compile(r"(?:n[uú]mero|numéro|n°|nº|number|nummer) (?:de |du |des |of |van |d['’])(?:la |le |l['’]|el |the |het )?[\w'’-]+\s?[:(]?\s*$")
ARTICLES: Final = frozenset({"la", "las"})
NUMBER_SIGNS: Final = frozenset({"n°", "nº", "№", "nr", "nr.", "no.", "number", "nummer"})
SHORT_LIST: Final = re.compile(r"(?:, ?\d{3}){0,20},? ?(?:and|und|u\.|et|y|en|&|\+) \d\d[1-9]\b(?![.,]\d)")
SPACED_LIST: Final = re.compile(r"(?:\d{3,6} ){1,20}(?:and|und|u\.|et|y|en|&|\+) \d{3,6}\b(?![.,]\d)")
# What may stand behind a number of two digits that a word calls a document, and a list of such.
SMALL_NUMBER: Final = re.compile(r"(?![\w%€$£°/-]|[.,:]\d|\s?[€$£%x]|\s(?:of|von|de|van)\s\d)")
SMALL_LIST: Final = re.compile(r"(?:, ?\d\d){0,20},? ?(?:and|und|u\.|et|y|en|&|\+) \d\d\b(?![.,%/]\d|\s[^\W\d_]+s\b)")
LIST_GOES_ON: Final = re.compile(
    r"(?:, ?\d{4},? |,? ?(?:and|und|et|y|en|&|\+) )\d{4}\b(?![.,]\d)|\s?\([€$£]?\d[\d., ]*[.,]\d\d\)"
)
BEHIND: Final = frozenset(
    "charges charged shows lists includes contains bills carries states says came comes went got gets arrived stays remains overdue due open unpaid "
    "today fehlt kommt steht enthält zeigt bleibt offen heute morgen gestern noch manque arrive affiche indique reste mentionne contient porte falta "
    "incluye muestra indica llega queda cobra ontbreekt komt staat toont vermeldt blijft bevat".split()
)
GOES_ON: Final = re.compile(r"\s*(?:$|[.,;:!?)\]&+/=–-]|\n|(?P<word>[^\W\d_]+))")

SUM: Final = r"(?:\s*\([^()\n]{1,24}\)|[ \t]*[:=]?[ \t]*(?:[€$£]|[A-Z]{3})?[ \t]?\d[\d., ']*[.,]\d\d(?:[ \t]?(?:[€$£]|[A-Z]{3}))?|[ \t]+(?:full|voll|ganz))?"
JOINT_WORD: Final = (
    r"(?:(?:and|und|u|et|y|e|en|or|oder|ou|o|of|sowie|bzw|resp|plus|also|auch|not|nicht|pas|non|niet|no|statt|anstatt|anstelle von|"
    r"instead of|rather than|au lieu d[eu]|en lugar de|en vez de|in plaats van|ipv|replaces|ersetzt|remplace|reemplaza|sustituye a|"
    r"vervangt|becomes|devient|pasa a ser|wordt)\b\.?)"
)
JOINT: Final = re.compile(
    rf"{SUM}\s*(?:[,;&+/]|\n|{JOINT_WORD})\s*(?:{JOINT_WORD}\s*)?(?:(?:the|die|der|la|las|les|de|#|nos?\.?|nr\.?|inv\.?|invoice|rechnung|facture|factura|factuur|n°|nº|:)\s*)?",
    re.IGNORECASE,
)
TO: Final = re.compile(
    r"\s?(?:-|–|\bto\b|\bbis\b|\bthrough\b|\bthru\b|\bà\b|\bau\b|\btot\b|\bt/m\b|\bhasta\b|\bal?\b)\s?#?", re.IGNORECASE
)

PHONE: Final = re.compile(r"\+?[(\d][\d ()/.-]{5,20}\d")
NOT_CANONICAL: Final = re.compile(r"[^A-Z0-9]+")
YEAR: Final = re.compile(r"(?:19|20)\d\d")
ARROW: Final = re.compile(r"\s*(?:->|=>|→)")
LETTERS: Final = re.compile(r"[A-Za-z]*")


MONEY_WORD: Final = re.compile(
    r"[-+]?(?:[A-Za-z]{0,3}[$€£¥₹]|EUR|USD|GBP|CHF|CAD|AUD|INR|SEK|NOK|DKK|PLN|MXN|COP|KES|ZAR|RM|Rs\.?)?-?\d[\d.,']*(?:-{1,2})?(?:[kKmM]|[$€£¥₹]|EUR|USD|GBP|CHF|[Ee]uros?)?"
)
