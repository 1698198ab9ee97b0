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
WITH_DEPARTMENT: Final = re.compile(r"\d{2,6}[-/][A-Z]{1,5}")
LOCAL_PHONE: Final = re.compile(r"\d{3}[-.]\d{4}(?![\w-])")
AREA_CODE: Final = re.compile(r"(?<!\d)\d{3}[ )./-]{1,2}$")
SUM_WORD: Final = re.compile(r"\d[\d.,']*[.,]\d\d")
ORDER_LETTERS: Final = re.compile(r"\b(?:BE|BEST|BB|CO|PED|REQ|EJ)[ .:]{1,2}$")
# An order with its label written to it, which is none of its letters.
MARKED_ORDER: Final = re.compile(r"PO(?:[-_]?\d{10}|[#:.]+[-_]?\d+)", re.IGNORECASE)
OWN_NUMBER: Final = re.compile(r"[.,)]\s*(?:no|nr|n°|nº|nummer|number|num|numéro|número)\.?\s?:?\s?$")
PAYMENT_REFERENCE: Final = re.compile(
    r"\b(?:payment|bank|transfer|wire|supplier|vendor|customer|carrier)\W+(?:ref|doc)\w*|\b(?:référence|document|referencia|documento) de (?:paiement|virement|pago|transferencia)"
)
OF_PAYMENT_TOO: Final = frozenset({"document", "document:", "doc", "doc.", "documento"})
# "07700 900118", "0091 7720 441", "0180-555 012".
LONG_DISTANCE: Final = re.compile(
    r"(?=(?:[ /-]?\d){9})0\d{1,4}(?:(?= [1-9]\d{2})(?: \d{3,8}){1,4}|[-/]\d{2,8}(?: \d{2,8}){1,3})(?![.,]?\d)"
)
BELGIAN_TAX_ID: Final = re.compile(r"BE ?[01][\d.]{9,}", re.IGNORECASE)
DATE_WORDS: Final = frozenset("date dated datum vom du del fecha van".split())
COPULAS: Final = frozenset("is are ist sind lautet lauten est sont es son zijn".split())
SAP_ORDER: Final = re.compile(r"4[5-9]\d{8}[-/]\d{1,5}")
ORDER_INSIDE: Final = re.compile(r"\d[-/_.](?:PO|OC|BC|EK)[-/_.]\d")
CONTRAST: Final = re.compile(
    r",?\s*(?:\(?(?:and |und |et |y |en )?(?:not|nicht|pas|non|niet|no)\b|statt\b|anstatt\b|anstelle\b|instead of|rather than|replaces|ersetzt|remplace|"
    r"reemplaza|sustituye|vervangt|au lieu|en lugar|en vez|in plaats|i\.?p\.?v)",
    re.IGNORECASE,
)
# A line of a bank's message: ":31C:251103".
BANK_FIELD: Final = re.compile(r":\d\d[A-Z]?:\s*$")
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
    r"(?:AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|EU|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|U)[A-Z]?\d{8,12}[A-Z]?\d{0,2}|[A-HJNP-SUVW]-?(?!19|20)\d{8}|BE[01]\d{3}\.\d{3}\.\d{3}|BE[01]\.?\d{3}\.\d{3}\.\d{3}",
    re.IGNORECASE,
)
# A name or noun with a capital right before a number, within a sentence: "Maschine 88123".
NAME_BEFORE: Final = re.compile(r"[\w,;] (?!INV|RE\b|RG\b)[A-ZÄÖÜ][\w-]+ ?$")
COUNTRY: Final = re.compile(r"[A-Z]{2} ?(?:[A-Z]{2})? ?$")
GROUPED: Final = re.compile(
    r"(?: \d{2,5}(?![.,]\d|\d|[-/.]\d)){2,6}|(?: \d{3,5}(?![.,]\d|\d| ?[€$£%]| ?(?:EUR|USD|CHF|GBP|Euro|euro|F?CFA)))"
)
UNIT_AFTER: Final = re.compile(
    r"\s?(?:[%°]|[$€£¥₹](?!\s?\d)|\+(?!\s?\d)|-tonne|x\b|(?:eur|usd|gbp|chf|cad|aud|inr|sek|nok|dkk|pln|xof|fcfa|cfa|mxn|cop|clp|euros?|dollars?|pesos|kr|hours?|hrs?|h|seats?|days?|users?|units?|cartons?|pallets?|boxes|pcs|"
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
    "bitte please pls amend correct change update adjust replace replaces replacing ersetzt ersetzen remplace remplacer vervangt reemplaza cancel void storno dus so also off puse redo needs crediteren went two twice gutschreiben uebersehen übersehen gezahlt covers cover resend send sent paid pay paying settled cleared missing have got booked approve approved hab habe haben heb hebben bezahlt zahlen zahle senden schicken fehlt fehlen "
    "vermisst storniert stornieren gutschreiben betaal betaald stuur mail mailen payé paye réglé regle pagué pague pagado envíen envien manden".split()
)
# "The 4417" with letters that invoices begin with, and what is said "on 801:".
LETTERS_BEFORE: Final = re.compile(r"\b(?:INV|RG|RE|FA|FV|FAC|FACT|SI) ?$")
SPOKEN_OF: Final = re.compile(r"(?:^|[\n.!?;]\s*)(?:zu|re|on|ad|sur|sobre|over|inzake) ?$", re.IGNORECASE)
ENDS_WITH: Final = re.compile(
    r"\b(?:end(?:s|ing|e[nt]?|igt?)|fini\w*|termin\w*|acab\w*|eindig\w*|digits|ziffern|chiffres|cijfers|cifras|d[ií]gitos)\b[^.;\n\d]{0,20}$",
    re.IGNORECASE,
)
# "441 - approved" in a line of its own, and "is 5590 still open?".
LINE_BEFORE: Final = re.compile(r"(?:^|\n)[ \t>*-]*$")
LINE_BEHIND: Final = re.compile(r" [-–] [^\W\d_]")
ASKED_OF: Final = frozenset("is has was are did ist hat wurde wird est is heeft werd wordt esta está".split())
SINGULAR: Final = re.compile(r"\b(?:auf|zu|in|von|mit|bei|für) (?:die|der) ?$", re.IGNORECASE)
GOES_ON_SMALL: Final = re.compile(r"\s[a-zäöü]")
# Words before the invoice that something belongs on.
PLACED_ON: Final = frozenset(
    "on onto to auf zu bei in für for sur pour à dans en a sobre op aan bij voor from of von de van over".split()
)
IS_GIVEN: Final = re.compile(
    r"(?:\b(?:is|are|be|it's|use|shows?|reads?|lautet|ist|gilt|geldt|rige|vale|aplica|applies|est|c'est|doit être|soit|moet|muss|debe ser|sería|voici|es|son|sea|usar|wordt|instead)(?: (?:now|nun|jetzt|nu|ahora|désormais|le|la|the|el|het|die|de))?|[:=])\s*$",
    re.IGNORECASE,
)
# "Put A-118 on the invoices": what a customer wants printed is a number of his own.
PRINTED: Final = re.compile(
    r"\b(?:add|put|quote|mention|state|showing?|carry|bear|ergänze?n?|angeben|vermerken?|anführen|aufnehmen|angeben|mett(?:ez|re)|port(?:er|ent)|"
    r"indiqu\w+|inscri\w+|figurer|mentionn\w+|apparaître|ajout\w+|añad\w+|agreg\w+|indi(?:car|quen)|pon(?:er|gan)|inclu(?:ir|yan)|citar|"
    r"consign\w+|us[ea]|usar|utilis\w+|utili[cz]\w+|verwenden|gebruik\w*|vermeld\w*|toevoegen|zet(?:ten)?|opnemen)\b",
    re.IGNORECASE,
)
BILLS: Final = re.compile(
    r"\b(?:invoices?|bills?|\w*rechnung(?:en)?|factures?|facturas?|facturen|factuur)\b", re.IGNORECASE
)
SENTENCE_END: Final = re.compile(r"[.!?;](?=\s)|\n")
# "Student no. 4471", "numéro de transit 20411": what it is the number of.
NOUN_WITH_SIGN: Final = re.compile(
    r"(?:(\w[\w.'’-]*) )?\b(\w[\w'’-]{2,}) (?:no\.?|nos\.|nr\.?|n\.?°|n\.?º|number|nummer|numéro|número)(?:\s?(?:is|was|ist|:))?\s?\(?$"
)
SIGN_WITH_NOUN: Final = re.compile(
    r"(?:n[uú]mero|numéro|n°|nº|number|nummer) (?:de |du |des |of |van |d['’])(?:la |le |l['’]|el |the |het )?[\w'’-]+\s?[:(]?\s*$"
)
ARTICLES_OF_ALL: Final = frozenset("the die der das den dem la las le les el los de het".split())
ARTICLES: Final = frozenset({"la", "las"})
NUMBER_SIGNS: Final = frozenset({"n°", "nº", "n.º", "n.°", "n.o", "№", "nr", "nr.", "no.", "number", "nummer"})
SHORT_LIST: Final = re.compile(r"(?:, ?\d{3}){0,20},? ?(?:and|und|u\.|et|y|en|&|\+) \d(?!00)\d\d\b(?![.,]\d)")
SPACED_LIST: Final = re.compile(r"(?:\d{3,6} ){1,20}(?:and|und|u\.|et|y|en|&|\+) \d{3,6}\b(?![.,]\d)")
# What may stand behind a number of two digits that a word calls a document, and a list of such.
SMALL_NUMBER: Final = re.compile(r"(?![\w%€$£°/-]|[.,:]\d|\s?[€$£%x]|\s(?:of|von|de|van)\s\d)")
SMALL_LIST: Final = re.compile(r"(?:, ?\d\d){0,20},? ?(?:and|und|u\.|et|y|en|&|\+) \d\d\b(?![.,%/]\d|\s[^\W\d_]+s\b)")
LIST_GOES_ON: Final = re.compile(
    r"(?:, ?\d{4},? |,? ?(?:and|und|et|y|en|&|\+) )\d{4}\b(?![.,]\d)|\s?\([€$£]?\d[\d., ]*[.,]\d\d\)"
)
BEHIND: Final = frozenset(
    "charges charged shows lists includes contains bills carries states says came comes went got gets arrived stays remains overdue due open unpaid "
    "betalen betaalt wordt zahlen bezahlen zahlt payons paierons paie pagamos pagaremos fehlt kommt steht enthält zeigt bleibt offen noch manque arrive affiche indique reste mentionne contient porte falta "
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
YEAR: Final = re.compile(r"19[5-9]\d|20[0-4]\d")
ARROW: Final = re.compile(r"\s*(?:->|=>|→)")
LETTERS: Final = re.compile(r"[A-Za-z]*")


MONEY_WORD: Final = re.compile(
    r"[-+]?(?:[A-Za-z]{0,3}[$€£¥₹]|EUR|USD|GBP|CHF|CAD|AUD|INR|SEK|NOK|DKK|PLN|MXN|COP|KES|ZAR|RM|Rs\.?)?-?\d[\d.,']*(?:-{1,2})?(?:[kKmM]|[$€£¥₹]|EUR|USD|GBP|CHF|[Ee]uros?)?"
)
