"""Where an older mail begins in a text: the lines that mail programs write above what they quote or forward.

Three kinds: a marker ("-----Original Message-----"), a block of header lines ("From: … Sent: …"), and a sentence
("On …, Dana wrote:"). The words are those of the common programs in English, German, French, Spanish and Dutch, with
those of some neighbours. What is done with the older mail is left to ``quoting`` and ``forwards``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_ROLE_WORDS: Final = {
    "from": "from|von|de|van|da|från|fra|od|expéditeur|absender|remitente|afzender|lähettäjä|от|отправитель|寄件者|差出人|发件人",
    "sent": "sent(?: at)?|date|gesendet(?: am)?|datum|envoy[ée]e?(?: le)?|enviad[oa](?: el| em)?|fecha|verzonden(?: op)?|"
    "inviato|data|skickat|sendt|dato|wysłano|odesláno|lähetetty|дата|отправлено|送信日時|日期|发送时间|date d.envoi",
    "to": "to|an|à|a|pour|para|aan|till|til|do|komu|dla|destinataire|empfänger|destinatario|кому|宛先|收件人",
    "subject": "subject|betreff|objet|sujet|asunto|onderwerp|betr\\.?|oggetto|assunto|ämne|emne|temat|předmět|тема|件名|主题",
    "other": "cc|bcc|kopie|kopi|copie|copia|cci|reply-to|antwort an|répondre à|responder a|antwoord aan|risposta|importance|"
    "priority|wichtigkeit|priorität|priorité|importancia|prioridad|urgentie|prioriteit|attachments?|anlagen?|pièces jointes|"
    "adjuntos|datos adjuntos|bijlagen?|organization|organisation|message-id",
}  # fmt: skip
_ROLES: Final = {
    word: role for role, words in _ROLE_WORDS.items() for word in words.split("|") if re.fullmatch(r"[\w\- ]+", word)
}
_HEADER_LINE: Final = re.compile(
    rf"[\s>*|]{{0,8}}(?P<word>{'|'.join(_ROLE_WORDS.values())})[\s\u00a0]?\*{{0,2}}[\s\u00a0]?[:：]\*{{0,2}}(?P<value>.*)",
    re.IGNORECASE,
)
_ONE_LINE: Final = re.compile(
    r"[\s>*|]{0,8}(?:from|von|de|van)\s?:.{0,120}@.{0,120}\b(?:date|sent|gesendet|datum|envoyé|enviado|fecha|verzonden)\s?:.{0,60}\d{4}",
    re.IGNORECASE,
)

_FORWARD_WORDS: Final = (
    r"forwarded\s+(?:message|mail|e-?mail|by)|weitergeleitete\s+(?:nachricht|e-?mail|mail)|weitergeleitet\s+von|"
    r"message\s+(?:transf[eé]r[eé]|r[eé]exp[eé]di[eé])|transf[eé]r[eé]\s+par|mensaje\s+reenviado|re(?:enviado|mitido)\s+por|"
    r"doorgestuurd\s+(?:bericht|door)|messaggio\s+inoltrato|mensagem\s+encaminhada|vidarebefordrat\s+meddelande|"
    r"videresendt\s+(?:melding|besked|meddelelse)|vidarebefordrat|przekazana\s+wiadomość|пересылаемое\s+сообщение"
)
_ORIGINAL_WORDS: Final = (
    r"original\s+(?:message|e-?mail|mail|appointment)|urspr(?:ü|ue)ngliche\s+(?:nachricht|e-?mail|mail)|"
    r"original-?\s?(?:nachricht|mail)|message\s+(?:d.origine|original|initial)|mensaje\s+original|"
    r"oorspronkelijk\s+bericht|origineel\s+bericht|messaggio\s+originale|mensagem\s+original|reply\s+message|"
    r"ursprungligt\s+meddelande|oprindelig\s+(?:meddelelse|besked)|opprinnelig\s+melding|alkuperäinen\s+viesti"
)
_MARKER: Final = re.compile(
    rf"[\s>|]{{0,8}}(?:[-_=*–—]{{2,}}|[-–—])\s*(?:(?P<forward>{_FORWARD_WORDS})|{_ORIGINAL_WORDS}).{{0,80}}?\s*[-_=*–—]{{2,}}[\s>]*$"
    r"|[\s>|]{0,8}(?P<begin>begin\s+forwarded\s+message|anfang\s+der\s+weitergeleiteten\s+(?:nachricht|e-?mail)|"
    r"début\s+du\s+message\s+(?:transféré|réexpédié)|inicio\s+del\s+mensaje\s+reenviado|"
    r"begin\s+doorgestuurd\s+bericht|inizio\s+messaggio\s+inoltrato)\s?:\s*$",
    re.IGNORECASE,
)

_WROTE: Final = (
    r"wrote|writes|schrieb(?:en)?|geschrieben|a\s+écrit|ecrit|écrit|escribi[oó]|ha\s+escrito|schreef|geschreven|"
    r"ha\s+scritto|escreveu|napisał(?:\(a\))?|skrev|kirjoitti|написала?|scrisse|napsala?|napsal\(a\)|írta|yazdı"
)
_WHEN: Final = r"\W{0,3}(?:On|Am|Le|El|Op|Il|Em|W\s+dniu|Den|Dnia|At|Dne|Von|Da)\b"
_SENTENCE: Final = re.compile(
    rf"^{_WHEN}(?=.*(?:\d|@|:\s*$)).{{4,300}}?\b(?:{_WROTE})\b.{{0,120}}?:?\s*$"
    rf"|^.{{0,200}}(?:@|\d{{4}}|\d:\d\d).{{0,200}}\b(?:{_WROTE})\b\s*:\s*$"
    rf"|^\s*(?:{_WROTE})\b.{{0,80}}(?:@|\d{{4}}).{{0,80}}:\s*$"
    rf"|^.{{1,120}}<[^<>\s]{{1,120}}@[^<>\s]{{3,120}}>\s+(?:{_WROTE})\b.{{4,80}}:\s*$"
    # No verb at all, as Gmail writes in some languages: a date, a name and an address.
    r"|^\W{0,3}.{0,40}\b\d{4}\b.{0,160}[<(]\s?[^\s<>()]+@[^\s<>()]+\s?[>)]\s?:\s*$",
    re.IGNORECASE,
)
_SENTENCE_START: Final = re.compile(_WHEN, re.IGNORECASE)
_SENTENCE_LETTERS: Final = frozenset("OALEIWDVoalewd-—*\"'«[<0123456789")
_WROTE_WORD: Final = re.compile(rf"\b(?:{_WROTE})\b", re.IGNORECASE)
_SHARED_LINE: Final = re.compile(r"^(.*[^\W\d_].*?[\s-])(?:On|Am|Le|El|Op)\s(?=.*\d)(?=.*[@:])")
_INTRODUCTION: Final = re.compile(
    rf".*(?:@|\d{{4}}|\d:\d\d|\b(?:{_WROTE})\b).*[:：]$|.*\d{{4}}.*<[^\s<>]+@[^\s<>]+>$|[-–—]{{2,}}.*\b(?:{_WROTE})\b.*[-–—]{{2,}}$",
    re.IGNORECASE | re.DOTALL,
)
_RULE: Final = re.compile(r"[\s*>]*[_\-–—=*]{3,}[\s*]*")

_MAX_SENTENCE: Final = 400
_SENTENCE_LINES: Final = 4
_MAX_SENTENCE_AT: Final = 4_000
"""Lines after which nobody writes an answer; looking there only costs time."""
MAX_BLOCK_LINES: Final = 24
_HEADER_LETTERS: Final = frozenset("fvdosageuprtbcoiwxälëéàémkz*> \t|откд寄差发送宛収收件主日")


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Header lines written into a text: their values by role (from, sent, to, subject), and where the body begins."""

    fields: dict[str, str]
    end: int


def read_header_block(lines: Sequence[str], start: int, *, marked: bool = False) -> HeaderBlock | None:
    """The header block whose first line is ``lines[start]``, or None.

    It names a sender and at least two of date, recipient and subject; where it does not begin with the sender and
    nothing marks it (``marked``), all of them. Values may run over the line's end.
    """
    first = _HEADER_LINE.match(lines[start])
    if first is None:
        return None
    fields: dict[str, str] = {}
    end = index = start
    last = ""
    while index < min(len(lines), start + MAX_BLOCK_LINES):
        line = lines[index]
        found = _HEADER_LINE.match(line) if ":" in line or "：" in line else None
        if found is not None:
            last = _role_of(found["word"])
            if last in fields and last != "other":
                break
            fields[last] = found["value"].strip(" \t*")
            end = index + 1
        elif line.strip(" >|\t") and not _continues(lines, index):
            break
        elif line.strip(" >|\t"):
            fields[last] = f"{fields[last]} {line.strip(' >|')}"
        index += 1
    others = len(fields.keys() & {"sent", "to", "subject"})
    needed = 2 if marked or _role_of(first["word"]) == "from" else 3
    return HeaderBlock(fields, end) if fields.get("from") and others >= needed else None


def may_be_header(line: str) -> bool:
    """Whether a line can be a header line; cheap, and true of few others."""
    return (":" in line or "：" in line) and line[:1].lower() in _HEADER_LETTERS


def is_header_sentence(line: str) -> bool:
    """Whether sender and date stand in one line, as where a mail's bold header lines were joined."""
    return _ONE_LINE.match(line) is not None


def is_marker(line: str) -> bool:
    """Whether a line says that an older mail follows: original or forwarded message, in dashes."""
    return _MARKER.match(line) is not None


def is_forward_marker(line: str) -> bool:
    """Whether a line says that a forwarded mail follows."""
    found = _MARKER.match(line)
    return found is not None and bool(found["forward"] or found["begin"])


def is_rule(line: str) -> bool:
    """Whether a line is a drawn line and nothing else."""
    return _RULE.fullmatch(line) is not None


def sentence_length(lines: Sequence[str], index: int) -> int:
    """Number of lines of an "On … wrote:" that starts here, broken over up to four lines; 0 if none does."""
    window = lines[index : index + _SENTENCE_LINES]
    first = window[0].strip()
    if index > _MAX_SENTENCE_AT or not first:
        return 0
    # Behind a first word that is another one only a colon at an end is left to look for.
    opens = len(first) == 1 or not first[0].isalnum() or _SENTENCE_START.match(first) is not None
    if not opens and ":" not in "".join(window):
        return 0
    joined = ""
    for count, line in enumerate(window, 1):
        piece = line.strip()
        if not piece or len(joined) + len(piece) > _MAX_SENTENCE:
            return 0
        joined = f"{joined} {piece}" if joined else piece
        last = piece[-1]
        if (
            # What every form of a head has comes first: nearly all lines fail here, at a fraction of the cost.
            (last == ":" or (opens and _SENTENCE_START.match(joined)))
            and (last in ":>," or count > 1 or len(piece) > 24)
            and (_WROTE_WORD.search(piece) or (last == ":" and "@" in joined))
            and _SENTENCE.match(joined)
        ):
            return count
        if count == 1 and piece[0] not in _SENTENCE_LETTERS and "@" not in piece:
            return 0
    return 0


def words_before_sentence(line: str) -> str:
    """The end of the reply where it shares its line with an "On …, x wrote:"."""
    shared = _SHARED_LINE.match(line)
    return shared[1].rstrip(" -") if shared else ""


def introduction_length(lines: Sequence[str]) -> int:
    """How many of the last lines introduce a quotation that follows them, in any language; blank lines count along.

    An introduction ends in a colon and holds an address, a year, a time of day or a word for writing; or it holds a
    year and ends in an address.
    """
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    joined = ""
    for count in range(1, min(_SENTENCE_LINES, end) + 1):
        line = lines[end - count].strip()
        if not line:
            break
        joined = f"{line} {joined}".rstrip()
        if len(joined) > _MAX_SENTENCE or (count == 1 and line[-1] not in ":：>-–—"):
            break
        if _INTRODUCTION.fullmatch(joined) and not _is_tail(lines, end - count):
            return len(lines) - end + count
    return 0


def _is_tail(lines: Sequence[str], index: int) -> bool:
    """Whether a line only ends an introduction that begins above: it names nobody and no date."""
    line, above = lines[index].strip(), lines[index - 1].strip() if index else ""
    return (
        bool(above)
        and not above.endswith((".", "!", "?"))
        and (line[0].islower() or line[0].isdigit() or len(line) < 20)
    )


def _role_of(word: str) -> str:
    word = word.lower()
    if word in _ROLES:
        return _ROLES[word]
    return next(role for role, words in _ROLE_WORDS.items() if re.fullmatch(words, word, re.IGNORECASE))


def _continues(lines: Sequence[str], index: int) -> bool:
    """Whether a line among header lines belongs to the one above: another one follows at once."""
    following = lines[index + 1] if index + 1 < len(lines) else ""
    return bool(lines[index - 1].strip(" >|")) and _HEADER_LINE.match(following) is not None
