"""What stands below or above a letter and is no part of it: signature blocks, device lines, disclaimers, warnings.

Losing what a customer wrote is worse than keeping a telephone number, so a cut needs a clear mark, and a block that
looks like an address is kept where the letter announces one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_MARK: Final = re.compile(r"^(?:-- ?|—|__+|--\s*\u00a0?)$")
_DRAWN: Final = re.compile(r"^[-=*_~–—]{3,}$")
_ORNAMENT: Final = re.compile(r"^[\s\-=*_~#+–—ᐧ•]*$")
_DEVICE: Final = re.compile(
    r"^\W{0,3}(?:sent\s+(?:from|via|with|by)\s+(?:my\s+|outlook|mobile|yahoo|\[?mail(?:box)?\b|gmail|"
    r"the\s+all-new|windows|samsung|galaxy|iphone|ipad|android|blackberry|airmail|spark\b|edison|bluemail|proton|front\b|an?\s+(?:phone|mobile|\w+\s+\w+\s+of\b))|"
    r"(?:get|download)\s+\[?outlook\s+for|via\s+mobile$|on\s+the\s+go$|"
    r"(?:diese\s+nachricht\s+wurde\s+)?von\s+meine[mr]\s+.{2,60}\s+(?:gesendet|verschickt|aus\s+gesendet)|"
    r"(?:gesendet|verschickt)\s+(?:mit|von|aus|über|via)\s+(?:meine|der|dem|outlook|gmx|web\.de|mail|yahoo|proton|samsung)|"
    r"(?:hol\s+dir\s+)?outlook\s+für\s+(?:ios|android|mac)|"
    r"(?:envoy[eé]|exp[eé]di[eé])\s+(?:de\s+mon|depuis|à\s+partir|avec|via)|(?:télécharge[rz]|obtenez|obtenir)\s+outlook\s+pour|"
    r"enviado\s+(?:desde\s+(?:mi|outlook|yahoo|correo|el)|con\s+(?:proton|aqua|bluemail)|a\s+través\s+de)|obtener\s+outlook\s+para|"
    r"(?:verzonden|verstuurd)\s+(?:vanaf|met|vanuit|via)\s+(?:mijn|outlook|een\s+(?:mobiel|telefoon)|proton|mail|blackberry|samsung)|(?:download\s+)?outlook\s+voor\s+(?:ios|android|mac))",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"^(?:(?:kind|best|warm|kindest|warmest|many\s+thanks\s+and|with\s+(?:kind|best)|with\s+warm)\s+(?:regards|wishes)|regards|best|cheers|sincerely|"
    r"(?:yours|very)\s+(?:\w+\s+)?\w+|thanks|thank\s+you|many\s+thanks|thx|rgds|"
    r"(?:mit\s+)?(?:freundlichen|freundlichem|besten|lieben|herzlichen|viele[n]?|freundliche|beste|liebe|herzliche|schöne[n]?)\s+gr(?:ü|ue)(?:ß|ss)e?n?|"
    r"hochachtungsvoll|mfg|lg|vg|"
    r"(?:bien\s+)?cordialement|bien\s+à\s+vous|(?:sinc[eè]res|meilleures|cordiales)\s+salutations|salutations(?:\s+distinguées)?|"
    r"(?:un\s+)?(?:cordial\s+)?saludos?|(?:muy\s+)?atentamente|saludos\s+cordiales|reciba\s+un\s+cordial\s+saludo|atte|"
    r"(?:met\s+)?(?:vriendelijke|hartelijke|beste)\s+groet(?:en)?|(?:hoogachtend)|groet(?:en|jes)?|mvg|"
    r"med\s+(?:vänlig(?:a)?|venlig|vennlig)\s+h(?:älsning(?:ar)?|ilsen)|mvh)\b.{0,30}$",
    re.IGNORECASE,
)
_DISCLAIMER: Final = re.compile(
    r"^\W*(?:(?:this|the\s+(?:information|content|contents)\s+(?:in|of|contained\s+in|transmitted\s+in)\s+this)\s+(?:e-?mail|message|communication|electronic|transmission)\b"
    r".{0,160}\b(?:confidential|intended|privileged)|"
    r"(?:confidentiality|disclaimer|legal|privacy)\s*(?:notice|note|statement)?\s*:|"
    r"(?:this\s+(?:e-?mail|message)\s+)?if\s+you\s+(?:are\s+not\s+the\s+(?:intended|named)|have\s+received\s+this\s+(?:e-?mail|message)\s+in\s+error)|"
    r"(?:diese\s+(?:e-?mail|nachricht)|der\s+inhalt\s+dieser\s+(?:e-?mail|nachricht)|die\s+(?:in\s+dieser\s+e-?mail\s+)?(?:enthaltenen\s+)?informationen)\b.{0,160}\b(?:vertraulich|bestimmt)|"
    r"(?:sollten|wenn|falls)\s+sie\s+nicht\s+der\s+(?:richtige|beabsichtigte|vorgesehene)\b|vertraulichkeitshinweis|haftungsausschluss|"
    r"(?:ce\s+(?:message|courriel|mail|courrier)|les\s+informations\s+contenues)\b.{0,160}\b(?:confidentiel|destin|exclusif)|avis\s+de\s+confidentialité|"
    r"si\s+vous\s+(?:n.êtes\s+pas\s+le\s+destinataire|avez\s+reçu\s+ce\s+(?:message|courriel|mail)\s+par\s+erreur)|"
    r"(?:este\s+(?:mensaje|correo|e-?mail)|la\s+información\s+contenida)\b.{0,160}\b(?:confidencial|dirigid|exclusiv)|aviso\s+(?:legal|de\s+confidencialidad)|"
    r"si\s+(?:usted\s+)?no\s+es\s+(?:usted\s+)?el\s+destinatario|"
    r"(?:dit\s+(?:bericht|e-?mail\w*)|de\s+informatie\s+in\s+dit)\b.{0,160}\b(?:vertrouwelijk|bestemd)|indien\s+u\s+niet\s+de\s+(?:geadresseerde|beoogde)|"
    r"(?:please\s+)?(?:consider|think\s+of)\s+the\s+environment|(?:bitte\s+)?(?:denken\s+sie\s+an|prüfen\s+sie\s+der)\s+(?:die\s+)?umwelt|"
    r"pensez\s+à\s+l.environnement|antes\s+de\s+imprimir|denk\s+aan\s+het\s+milieu)",
    re.IGNORECASE,
)
_WARNING: Final = re.compile(
    r"^\W*(?:(?:caution|warning|attention|achtung|vorsicht|warnung|atención|precaución|let\s+op|waarschuwing|external|extern[ae]?)\b.{0,40}"
    r"(?:e-?mail|message|nachricht|mail|courriel|mensaje|correo|bericht|sender|absender)\b.{0,160}"
    r"(?:outside|external|extern|extérieur|fuera|buiten)|"
    r"\[?(?:external|extern|externe|externo)(?:\s+(?:e-?mail|sender|message|mail))?\]?\W*$|"
    r"you\s+don.t\s+often\s+get\s+e-?mail\s+from|some\s+people\s+who\s+received\s+this\s+message\s+don.t|"
    r"sie\s+erhalten\s+nicht\s+(?:oft|häufig)\s+e-?mails?\s+von|vous\s+ne\s+recevez\s+pas\s+souvent\s+de?\s+|"
    r"no\s+suele\s+recibir\s+correo|u\s+ontvangt\s+niet\s+vaak\s+e-?mail)",
    re.IGNORECASE,
)
_POSTSCRIPT: Final = re.compile(r"p\.?\s?s\b", re.IGNORECASE)
_CONTACT: Final = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|https?://|\bwww\.|(?:^|\W)(?:t|f|m|p|tel|fax|mob\w*|phone|telefon|téléphone|tél|skype)\s?[.:]+\s?\S|"
    r"(?:\+|\(0?)\d[\d\s()./-]{6,}\d|^\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}",
    re.IGNORECASE,
)
_ANNOUNCES: Final = re.compile(
    r"contact|address|details|reach|website|anschrift|adress|kontakt|ansprechpartner|daten|coordonn|direcci|gegevens|adres",
    re.IGNORECASE,
)

_MAX_LINES: Final = 14
_MAX_TAIL: Final = 100
"""Lines below a closing, disclaimers among them, from which on they are no signature."""
_MAX_BARE_LINES: Final = 8
# The first two letters of what can match, so that nearly all lines are passed over at little cost.
_CLOSING_STARTS: Final = frozenset(
    "ki be wa ma wi re ch si yo ve th rg mi fr li he vi sc ho mf lg vg co bi me sa un mu at ha gr mv vr".split()
)
_DEVICE_STARTS: Final = frozenset("se ge do vi on di vo ve ho ou en ex té te ob".split())
_WARNING_STARTS: Final = frozenset(("ca", "wa", "at", "ac", "vo", "pr", "le", "ex", "yo", "so", "si", "no", "u "))
_DISCLAIMER_STARTS: Final = frozenset("th co di le pr if de so we fa ve ha ce av si es la in pl bi pe an".split())
_ALL_STARTS: Final = _CLOSING_STARTS | _DEVICE_STARTS | _DISCLAIMER_STARTS
_RULE_SIGNS: Final = frozenset("-—_=*~–")
_SIGNS: Final = _RULE_SIGNS | frozenset("*([<")
_TOP_STARTS: Final = _WARNING_STARTS | _DISCLAIMER_STARTS


def cut_signature(lines: list[str]) -> list[str]:
    """The lines of a letter without what mail programs and firms put above and below it; empty if nothing is left."""
    lines = _drop_warnings(lines)
    while lines and not lines[-1].strip():
        lines.pop()
    end = _find_end(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    while end and _ORNAMENT.match(lines[end - 1]):
        end -= 1
    return lines[:end]


def _find_end(lines: list[str]) -> int:
    end = len(lines)
    closing: int | None = None
    seen = False
    for index, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        lead = stripped[0]
        start = stripped[:2].lower()
        if start not in _ALL_STARTS and lead not in _SIGNS:
            seen = True
            continue
        if lead in _RULE_SIGNS and _is_mark(stripped, lines, index + 1):
            end = index
            break
        odd = lead in "*([<"
        if (
            closing is None
            and start in _CLOSING_STARTS
            and len(stripped) <= 60
            and _CLOSING.match(stripped)
            and _is_block(lines, index + 1)
        ):
            closing = index
        elif (odd or start in _DEVICE_STARTS) and _is_device(stripped):
            if _is_block(lines, index + 1):
                end = index
                break
            lines[index] = ""
        elif seen and (odd or start in _DISCLAIMER_STARTS) and _is_disclaimer(stripped):
            end = index
            break
        seen = True
    if closing is not None and closing < end:
        # The closing and the name below it stay: a name helps a person, and a sentence may hide there.
        after = next((i for i in range(closing + 1, end) if lines[i].strip()), end - 1)
        return min(end, after + 1)
    return end if closing is not None else _address_start(lines[:end])


def _is_mark(line: str, lines: Sequence[str], below: int) -> bool:
    if _MARK.match(line):
        return len(lines) - below < _MAX_LINES + 10
    # A drawn line may also part two halves of a letter.
    return (
        _DRAWN.match(line) is not None
        and _is_block(lines, below)
        and sum(1 for other in lines[below:] if _CONTACT.search(other)) >= 2
    )


def _address_start(lines: list[str]) -> int:
    """Where a last paragraph begins that is a name with contact data and nothing else, unless the letter announces it;
    the number of lines where there is none.
    """
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and end - start <= _MAX_BARE_LINES and lines[start - 1].strip():
        start -= 1
    block = lines[start:end]
    if not start or not 3 <= len(block) <= _MAX_BARE_LINES or not _is_block(block, 0):
        return len(lines)
    contacts = sum(1 for line in block if _CONTACT.search(line))
    before = next((line for line in reversed(lines[:start]) if line.strip()), "").strip()
    if contacts < 2 or contacts * 2 < len(block) - 1 or before.endswith(":") or _ANNOUNCES.search(before):
        return len(lines)
    return start


def _drop_warnings(lines: list[str]) -> list[str]:
    """Without the paragraphs that a mail system put above the letter."""
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    for _ in range(3):
        if start >= len(lines) or not _may_start(lines[start].lstrip(), _TOP_STARTS):
            break
        head = " ".join(lines[start : start + 3])[:400].lstrip()
        if not (_is_disclaimer(head) or _is_warning(head) or _is_warning(lines[start].lstrip())):
            break
        end = next((index for index in range(start, len(lines)) if not lines[index].strip()), len(lines))
        rest = next((index for index in range(end, len(lines)) if lines[index].strip()), None)
        if rest is None:
            break
        lines, start = lines[rest:], 0
    return lines


def _is_block(lines: Sequence[str], start: int) -> bool:
    """Whether the lines from ``start`` on look like an address block: few, short, no sentence, question or postscript."""
    if len(lines) - start > _MAX_TAIL:
        return False
    count = 0
    for line in lines[start:]:
        stripped = line.strip()
        if not stripped:
            continue
        count += 1
        if _is_sentence(stripped) and not _is_program_line(stripped):
            return False
    return (
        count <= _MAX_LINES or sum(not _is_program_line(line.strip() or "--") for line in lines[start:]) <= _MAX_LINES
    )


def _is_sentence(line: str) -> bool:
    return (
        len(line) > 90
        or "?" in line
        or (len(line) > 45 and line[-1] in ".!")
        or (line[0] in "pP" and _POSTSCRIPT.match(line) is not None)
    )


def _is_program_line(line: str) -> bool:
    return line == "--" or _is_disclaimer(line) or _is_device(line)


def _is_device(line: str) -> bool:
    return len(line) <= 120 and _may_start(line, _DEVICE_STARTS) and _DEVICE.match(line) is not None


def _is_disclaimer(line: str) -> bool:
    return len(line) > 12 and _may_start(line, _DISCLAIMER_STARTS) and _DISCLAIMER.match(line) is not None


def _is_warning(line: str) -> bool:
    return _may_start(line, _WARNING_STARTS) and _WARNING.match(line) is not None


def _may_start(line: str, starts: frozenset[str]) -> bool:
    return line[:2].lower() in starts or not line[:1].isalpha()
