"""Which parts of a mail are its text, and the text read. Its files are left to ``files``.

Of alternatives the plain one is taken, unless it is empty or only says that the mail has HTML. (RFC 2046)
"""

from __future__ import annotations

import re
from typing import Final

from csr_bot.core.parsing.calendars import read_calendar
from csr_bot.core.parsing.charsets import clean_text, decode_bytes
from csr_bot.core.parsing.markup import MAX_MARKUP, read_markup
from csr_bot.core.parsing.mime import Part
from csr_bot.core.parsing.wrappings import cut_uuencoded, open_winmail

MAX_TEXT: Final = 500_000
"""Characters of text that are kept."""

_NO_CHARSET: Final = frozenset({"", "us-ascii", "ascii", "unknown-8bit", "7bit", "8bit"})
_META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(
    r"(?:html|format)[\w\s-]{0,60}(?:e-?mail|message|nachricht|client|view)|"
    r"(?:view|open|read|see)\s+(?:this\s+|the\s+)?(?:e-?mail|message|it|newsletter)?\s*(?:in|with)\s+(?:your\s+|a\s+|the\s+)?(?:web\s*)?browser|"
    r"(?:im|in\s+ihrem)\s+browser\s+(?:ansehen|anzeigen|öffnen)|dans\s+(?:votre|le)\s+navigateur|en\s+(?:su|el|tu)\s+navegador|"
    r"in\s+(?:uw|je|de)\s+browser|(?:doesn.t|does\s+not|cannot|can.t)\s+(?:support|display|show)\s+html|"
    r"please\s+(?:use|enable|switch)\s.{0,40}html|(?:unterstützt|zeigt)\s+kein(?:e)?\s+html",
    re.IGNORECASE,
)
_SAMPLES: Final = 8
_SAMPLED: Final = 600
_SAMPLE_LENGTH: Final = 4
_STUB: Final = 300
_SHARE_OF_STUB: Final = 4
"""How many times longer the other form must be before a short plain one counts as a stub."""

WINMAIL: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_PGP_BLOCK: Final = re.compile(r"-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)", re.DOTALL)
_NEVER_TEXT: Final = frozenset(
    {"text/calendar", "text/x-vcard", "text/vcard", "text/csv", "text/rtf", "text/xml", "text/x-amp-html"}
)


def read_text(root: Part, *, defects: list[str]) -> str:
    """The readable text of a mail, its inline text parts in order."""
    texts = [text for text in _texts(root, defects) if text and not text.isspace()]
    if not texts:
        texts = _wrapped_texts(root, defects)
    text = texts[0] if len(texts) == 1 else "\n\n".join(part.strip("\n") for part in _without_repeats(texts))
    if "\nend" in text:
        text = cut_uuencoded(text).text
    if len(text) > MAX_TEXT:
        defects.append(f"a text of {len(text)} characters was cut to {MAX_TEXT}")
        text = text[:MAX_TEXT]
    return text


def is_sealed(text: str) -> bool:
    """Whether a text is a PGP message and nothing else."""
    return "-----BEGIN PGP MESSAGE-----" in text and not _PGP_BLOCK.sub("", text).strip()


def unreadable_reason(root: Part) -> str | None:
    """Why the mail's text stays closed to us: encrypted or in a wrapping that only one mail program opens; None if
    neither.
    """
    for part in (root, *root.leaves()):
        if part.content_type in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
            signed = part.parameters.get("smime-type", "").lower() == "signed-data"
            return "WRAPPED: the text is inside an S/MIME signature" if signed else "ENCRYPTED: an S/MIME envelope"
        if part.content_type == "application/pgp-encrypted" or b"-----BEGIN PGP MESSAGE-----" in part.body[:2_000]:
            return "ENCRYPTED: a PGP message"
        if part.content_type in WINMAIL:
            return "WRAPPED: the text is inside winmail.dat"
        if part.content_type == "application/x-microsoft-rpmsg-message":
            return "ENCRYPTED: a rights-protected message"
    return None


def is_text(part: Part) -> bool:
    """Whether a part is read as text of the mail and not handed on as a file."""
    if not part.content_type.startswith("text/") or part.content_type in _NEVER_TEXT:
        return False
    return part.disposition != "attachment" and (
        part.filename is None or (part.disposition == "inline" and part.content_type == "text/html")
    )


def _texts(part: Part, defects: list[str]) -> list[str]:
    if not part.children:
        return [_decode(part, defects)] if is_text(part) else []
    if part.content_type == "multipart/alternative":
        return _best_alternative(part, defects)
    return [text for child in part.children for text in _texts(child, defects)]


def _best_alternative(part: Part, defects: list[str]) -> list[str]:
    plain = next((child for child in part.children if child.content_type == "text/plain" and is_text(child)), None)
    text = _decode(plain, defects) if plain is not None else ""
    bare = text.strip()
    doubtful = len(bare) < _STUB
    if bare and not doubtful and not _says_something_else(bare, part):
        return [text]
    if bare and not doubtful:
        defects.append("the plain text says something else than the HTML")
    stub = not bare or not doubtful or _PLACEHOLDER.search(bare) is not None
    if not stub and bare.count(" ") > 2 and "://" not in bare:
        return [text]
    for child in reversed(part.children):
        texts = [] if child is plain else [other for other in _texts(child, defects) if other.strip()]
        if texts and (stub or len("".join(texts).strip()) > _SHARE_OF_STUB * len(bare)):
            return texts
    return [text] if plain is not None else []


def _says_something_else(plain: str, part: Part) -> bool:
    """Whether hardly any of a few words of the plain form are in the HTML form, which is the one that people see."""
    markup = next((child for child in part.children if child.content_type == "text/html"), None)
    if markup is None:
        return False
    # Mostly found in the bytes as they stand, and the second word found ends the search.
    shown = markup.content() if markup.encoding == "base64" else markup.body
    # Scripts without spaces have long words, and few.
    sample = plain[: _SAMPLED if plain.isascii() else _SAMPLED * 8]
    words = [word[:_SAMPLE_LENGTH] for word in sample.split() if len(word) > _SAMPLE_LENGTH]
    samples = [word for word in words if word.isalnum() and word.isascii()]
    if len(samples) < _SAMPLES and b"&#" not in shown:
        # Letters of other scripts have no entities with names.
        samples = [word for word in words if min(word) > "\u0400"]
        shown = decode_bytes(markup.content(), markup.parameters.get("charset", ""), defects=[]).encode()
    found = 0
    for word in samples[:: max(len(samples) // _SAMPLES, 1)]:
        found += word.encode() in shown
        if found > 1:
            return False
    return len(samples) >= _SAMPLES


def _without_repeats(texts: list[str]) -> list[str]:
    """Without texts that repeat another one, as where two forms of a mail are not marked as alternatives."""
    folded = ["".join(text.split()) for text in texts]
    return [text for at, text in enumerate(texts) if folded[at] not in folded[:at]]


def _wrapped_texts(root: Part, defects: list[str]) -> list[str]:
    """The text of a mail that has no text part: in a winmail.dat, or what an invitation says."""
    for part in root.leaves():
        if part.content_type in WINMAIL and (unpacked := open_winmail(part.content())) and unpacked.text.strip():
            return [clean_text(unpacked.text, defects=defects)]
        if part.content_type == "text/calendar":
            text = decode_bytes(part.content(), part.parameters.get("charset", ""), defects=defects)
            if shown := read_calendar(clean_text(text, defects=defects)):
                defects.append("the text is that of an invitation")
                return [shown]
    return []


def _decode(part: Part, defects: list[str]) -> str:
    data = part.content()
    charset = part.parameters.get("charset", "")
    if part.content_type != "text/html":
        return clean_text(decode_bytes(data, charset, defects=defects), defects=defects)
    if len(data) > MAX_MARKUP:
        defects.append(f"HTML of {len(data)} bytes was cut to {MAX_MARKUP}")
        data = data[:MAX_MARKUP]
    if charset.lower() in _NO_CHARSET and (meta := _META_CHARSET.search(data[:2_000])):
        charset = meta[1].decode("ascii")
    markup = clean_text(decode_bytes(data, charset, defects=defects), defects=defects)
    # Once more behind the markup: what cannot be seen may be written as an entity.
    return clean_text(read_markup(markup), defects=defects)
