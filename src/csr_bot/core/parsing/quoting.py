"""Which part of a text is new: cuts quoted history and the signature block, in the wordings of common mail programs.

Losing what a customer wrote is worse than keeping some history, so a cut needs a clear mark. The text itself is not
changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WROTE: Final = (
    r"wrote|writes|schrieb(?:en)?|geschrieben|a\s+écrit|ecrit|écrit|escribió|escribi[oó]|schreef|geschreven|ha\s+scritto|"
    r"escreveu|napisał(?:\(a\))?|skrev|kirjoitti|написал|scrisse"
)
_WHEN: Final = r"\W{0,3}(?:On|Am|Le|El|Op|Il|Em|W\s+dniu|Den|Dnia|At|Dne|Von|Da)\b"
_HISTORY_HEAD: Final = re.compile(
    rf"^{_WHEN}.{{4,300}}?\b(?:{_WROTE})\b.{{0,120}}?:?\s*$"
    rf"|^.{{0,200}}(?:@|\d{{4}}|\d:\d\d).{{0,200}}\b(?:{_WROTE})\b\s*:\s*$"
    rf"|^\s*(?:{_WROTE})\b.{{0,80}}(?:@|\d{{4}}).{{0,80}}:\s*$",
    re.IGNORECASE,
)
_HEAD_START: Final = re.compile(_WHEN, re.IGNORECASE)
_HEAD_LETTERS: Final = frozenset("OALEIWDVoalewd-—*\"'«[<0123456789")
_SHARED_HEAD: Final = re.compile(r"^(.*[^\W\d_].*?[\s-])(?:On|Am|Le|El|Op)\s(?=.*\d)(?=.*[@:])")
_WROTE_WORD: Final = re.compile(rf"\b(?:{_WROTE})\b", re.IGNORECASE)
_ORIGINAL: Final = re.compile(
    r"^\W{0,4}-{2,}\s*(?:original\s+(?:message|e-?mail|appointment)|urspr(?:ü|ue)ngliche\s+(?:nachricht|e-?mail)|message\s+(?:d.origine|original)|"
    r"mensaje\s+original|oorspronkelijk\s+bericht|messaggio\s+originale|mensagem\s+original|originalnachricht|"
    r"(?:forwarded|weitergeleitete|transf[eé]r[eé]|reenviado|doorgestuurd)\b.{0,30}|forwarded\s+message|reply\s+message|"
    r"message\s+transf.{0,10}|mensaje\s+reenviado|doorgestuurd\s+bericht|weitergeleitete\s+nachricht)\s*-{2,}\W{0,4}$"
    r"|^\s*(?:begin\s+forwarded\s+message|anfang\s+der\s+weitergeleiteten\s+nachricht|début\s+du\s+message\s+(?:transféré|réexpédié)|"
    r"inicio\s+del\s+mensaje\s+reenviado|begin\s+doorgestuurd\s+bericht)\s*:\s*$",
    re.IGNORECASE,
)
_FROM_LINE: Final = re.compile(
    r"^[\s*>]{0,4}(?:From|Von|De|Van|Da|Från|Fra|Od|Отправитель)\s?\*?\s?:\*?\s*\S", re.IGNORECASE
)
_OTHER_LINE: Final = re.compile(
    r"^[\s*>]{0,4}(?:Sent|Date|To|Cc|Subject|Reply-To|Gesendet|Datum|An|Betreff|Envoy[eé]|À|A|Objet|Enviado(?:\s+el)?|Fecha|Para|Asunto|"
    r"Verzonden|Aan|Onderwerp|Inviato|Oggetto|Data|Skickat|Till|Ämne|Risposta|Assunto)\s?\*?\s?:",
    re.IGNORECASE,
)
_SIGNATURE_MARK: Final = re.compile(r"^(?:-- ?|—|__+|--\s*\u00a0?)$")
_DEVICE: Final = re.compile(
    r"^(?:sent\s+(?:from|via|with)\s+(?:my\s+|outlook|mobile|yahoo|mail\b|the\s+all-new|samsung|proton|an?\s)|get\s+outlook\s+for|"
    r"(?:von\s+meinem\s+.{2,40}\s+gesendet|gesendet\s+(?:mit|von|aus)\s+)|envoy[eé]\s+(?:de\s+mon|depuis|à\s+partir)|"
    r"enviado\s+desde\s+mi|verzonden\s+(?:vanaf|met|vanuit)\s+(?:mijn|outlook)|verstuurd\s+vanaf\s+mijn|hol\s+dir\s+outlook)\b",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"^(?:(?:kind|best|warm|many\s+thanks\s+and|with\s+(?:kind|best)|with\s+warm)\s+(?:regards|wishes)|regards|best|cheers|sincerely|yours\s+\w+|"
    r"thanks|thank\s+you|many\s+thanks|thx|(?:mit\s+)?(?:freundlichen|besten|lieben|herzlichen|viele[n]?|freundliche|beste|liebe|schöne)\s+gr(?:ü|ue)(?:ß|ss)e?n?|"
    r"mfg|lg|vg|bien\s+cordialement|cordialement|bien\s+à\s+vous|sinc[eè]res\s+salutations|meilleures\s+salutations|(?:un\s+)?(?:cordial\s+)?saludos?|"
    r"atentamente|saludos\s+cordiales|met\s+vriendelijke\s+groet(?:en)?|vriendelijke\s+groet(?:en)?|groet(?:en|jes)?|mvg)\b.{0,30}$",
    re.IGNORECASE,
)
_DISCLAIMER: Final = re.compile(
    r"^\W*(?:(?:this|the\s+information\s+(?:in|contained\s+in)\s+this)\s+(?:e-?mail|message|communication|electronic)\b.{0,100}\b(?:confidential|intended|privileged)|"
    r"(?:confidentiality|disclaimer|legal)\s+(?:notice|note)?\s*:|diese\s+(?:e-?mail|nachricht)\b.{0,80}\bvertraulich|"
    r"ce\s+(?:message|courriel)\b.{0,80}\bconfidentiel|este\s+(?:mensaje|correo)\b.{0,80}\bconfidencial|"
    r"dit\s+(?:bericht|e-?mail)\b.{0,80}\bvertrouwelijk|please\s+consider\s+the\s+environment)",
    re.IGNORECASE,
)
_POSTSCRIPT: Final = re.compile(r"p\.?\s?s\b", re.IGNORECASE)
_RULE: Final = re.compile(r"[\s*]*[_\-]{5,}[\s*]*")

_MAX_SIGNATURE_LINES: Final = 14
_HEAD_LINES: Final = 4
# Without a colon or an address in it, no line that opens with one of these begins the history.
_PLAIN_LETTERS: Final = frozenset("bcfghjkmnpqrstuxyzBCFGHJKMNPQRSTUXYZ")
_FROM_LETTERS: Final = frozenset("fvdoFVDO*> \tО")


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text in two: what its sender wrote now, and the history below or between it."""

    new: str
    quoted: str


def split_text(text: str) -> SplitText:
    """The newest part without history and signature, and the history; never an empty newest part of a readable text."""
    lines = text.split("\n")
    new, quoted = _split_history(lines)
    kept = _cut_signature(new)
    newest = "\n".join(kept).strip()
    if not newest:
        newest = "\n".join(new).strip() or text.strip()
        quoted = quoted if any(new) and "\n".join(new).strip() else []
    return SplitText(new=newest, quoted="\n".join(quoted).strip())


def _split_history(lines: list[str]) -> tuple[list[str], list[str]]:
    new: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        stripped = line.lstrip()
        if not stripped or (stripped[0] in _PLAIN_LETTERS and ":" not in line and "@" not in line):
            new.append(line)
            index += 1
        elif stripped[0] == ">" and not stripped.startswith(">>>>>>"):
            quoted.append(stripped.lstrip("> "))
            index += 1
        elif length := _head_length(lines, index):
            if before := _before_head(line):
                new.append(before)
            index += length
            # Quote marks below say how far the history reaches; without them all the rest is history.
            rest = next((other for other in lines[index:] if other.strip()), "")
            if not rest.lstrip().startswith(">"):
                return new, [*quoted, *lines[index:]]
        elif _starts_history(lines, index):
            return _without_rule(new), [*quoted, *lines[index:]]
        else:
            new.append(line)
            index += 1
    return new, quoted


def _head_length(lines: list[str], index: int) -> int:
    """Number of lines of an "On … wrote:" that starts here, broken over up to four lines; 0 if none does."""
    joined = ""
    for count, line in enumerate(lines[index : index + _HEAD_LINES], 1):
        piece = line.strip()
        if not piece or len(joined) + len(piece) > 400:
            return 0
        joined = f"{joined} {piece}" if joined else piece
        last = piece[-1]
        if (
            # What every form of a head has comes first: nearly all lines fail here, at a fraction of the cost.
            (last == ":" or _HEAD_START.match(joined))
            and (last in ":>," or count > 1 or len(piece) > 24)
            and _WROTE_WORD.search(piece)
            and _HISTORY_HEAD.match(joined)
        ):
            return count
        if count == 1 and piece[0] not in _HEAD_LETTERS and "@" not in piece:
            return 0
    return 0


def _before_head(line: str) -> str:
    """The end of the reply where it shares its line with an "On …, x wrote:"."""
    shared = _SHARED_HEAD.match(line)
    return shared[1].rstrip(" -") if shared else ""


def _starts_history(lines: list[str], index: int) -> bool:
    line = lines[index]
    stripped = line.lstrip()
    if (stripped[0] in "-*" or stripped[-1:] == ":") and _ORIGINAL.match(line):
        return True
    if line[0] in _FROM_LETTERS and ":" in line and _FROM_LINE.match(line):
        following = [other for other in lines[index + 1 : index + 8] if other.strip()][:4]
        return sum(1 for other in following if _OTHER_LINE.match(other)) >= 2
    return False


def _without_rule(lines: list[str]) -> list[str]:
    """Drops the drawn line that mail programs put above a header block."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[: end - 1] if end and _RULE.fullmatch(lines[end - 1]) else lines


def _cut_signature(lines: list[str]) -> list[str]:
    end = len(lines)
    closing: int | None = None
    for index, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        lead = stripped[0]
        if lead in "-—_" and _SIGNATURE_MARK.match(stripped) and len(lines) - index <= _MAX_SIGNATURE_LINES + 10:
            end = index
            break
        if lead.isalpha() or lead in "*(":
            if len(stripped) <= 60 and closing is None and _CLOSING.match(stripped) and _is_block(lines[index + 1 :]):
                closing = index
            if lead in "sgvheSGVHE" and _DEVICE.match(stripped):
                end = index
                break
            if len(stripped) > 20 and _DISCLAIMER.match(stripped):
                end = index
                break
    if closing is not None and closing < end:
        # The closing and the name below it stay: a name helps a person, and a sentence may hide there.
        after = next((i for i in range(closing + 1, end) if lines[i].strip()), end - 1)
        end = min(end, after + 1)
    return lines[:end]


def _is_block(lines: list[str]) -> bool:
    """Whether the lines look like an address block: few, short, no sentence, no question, no postscript."""
    filled = [line.strip() for line in lines if line.strip()]
    short = [line for line in filled if not _DISCLAIMER.match(line)]
    return len(short) <= _MAX_SIGNATURE_LINES and not any(
        len(line) > 90 or "?" in line or _POSTSCRIPT.match(line) or (len(line) > 45 and line.endswith((".", "!")))
        for line in short
    )
