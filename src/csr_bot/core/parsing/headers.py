"""Header values as people read them: encoded words, parameters, mailbox addresses, message ids, dates.

Every function cuts its input to a fixed length before it decodes anything: a long run of encoded words costs other
decoders gigabytes. Which header means what is left to the callers. (RFC 2047, RFC 2231, RFC 5322)
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import decode_params, parsedate_to_datetime, unquote
from functools import lru_cache
from typing import Final

from csr_bot.core.message import Address
from csr_bot.core.parsing.charsets import clean_text, decode_bytes

MAX_TEXT: Final = 4_000
MAX_SENDER: Final = 1_000
MAX_ADDRESS_LIST: Final = 16_000
MAX_ADDRESSES: Final = 200
MAX_PARAMETER_TEXT: Final = 4_000
MAX_MESSAGE_ID: Final = 500
MAX_REFERENCES: Final = 50

_ENCODED_WORD: Final = re.compile(r"=\?([\w-]{1,40})(?:\*[\w-]*)?\?([bBqQ])\?([^?]{0,2000})\?=")
_CUT_WORD: Final = re.compile(r"=\?[^\s?]{1,40}(?:\?(?:[bBqQ](?:\?[^?\s]*\??)?)?)?$")
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_COMMENT: Final = re.compile(r"\(([^()]*)\)")
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]{1,64}@[^\s<>()\[\]\\,;:@\"\x00-\x1f\x7f]{1,190}")
_ASCII_DOMAIN: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")
_MESSAGE_ID: Final = re.compile(r"<[^<>\s]{1,500}>")
_PIECE: Final = re.compile(r'(?:[^,;"]++|"[^"]*+"?)+')


def decode_text(value: str, *, defects: list[str], limit: int = MAX_TEXT) -> str:
    """A header value with its encoded words and raw 8-bit bytes turned into text, without control characters."""
    if len(value) > limit:
        defects.append(f"a header of {len(value)} characters was cut to {limit}")
        value = _CUT_WORD.sub("", value[:limit])
    if not value.isascii():
        value = decode_bytes(value.encode("utf-8", "surrogateescape"), "utf-8", defects=defects)
    if "=?" in value:
        value = _decode_words(value, defects)
    return clean_text(value, defects=defects) if not value.isascii() or not value.isprintable() else value


@lru_cache(maxsize=256)  # nearly all parts of all mails are declared in the same few ways
def read_parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """The main word of a structured header in lower case, and its parameters; the first of a name wins."""
    value = value[:MAX_PARAMETER_TEXT]
    main, semicolon, _ = value.partition(";")
    if not semicolon:
        return main.strip().lower(), {}
    found = [(name.lower(), text.strip()) for name, text in _PARAMETER.findall(value)][:50]
    if any("*" in name for name, _ in found):
        found = _join_continued(found)
    parameters: dict[str, str] = {}
    for name, text in found:
        parameters.setdefault(name, unquote(text))
    for name in ("filename", "name"):
        if name in parameters and ("=?" in parameters[name] or not parameters[name].isascii()):
            parameters[name] = decode_text(parameters[name], defects=[])
    return main.strip().lower(), parameters


def read_sender(value: str, *, defects: list[str]) -> Address | None:
    """The one address of a From header, or None where two readers could see two senders.

    Outside quoted names there must be exactly one ``@``, and the address must be the whole text, or the whole of one
    pair of angle brackets at the end: then every mail program shows the same sender.
    """
    if len(value) > MAX_SENDER:
        return None
    bare = _QUOTED.sub("", value)
    while "(" in bare and (shorter := _COMMENT.sub(lambda found: "(@" if "@" in found[1] else "", bare)) != bare:
        bare = shorter
    if '"' in bare or bare.count("@") != 1:
        return None
    name, opening, rest = bare.partition("<")
    if not opening:
        return _make_address(bare.strip(), _legacy_name(value), defects=defects)
    inside, closing, after = rest.partition(">")
    if not closing or after.strip() or "<" in inside or ">" in name:
        return None
    return _make_address(inside.strip(), _display_name(value), defects=defects)


def read_only_address(values: Iterable[str], *, defects: list[str]) -> Address | None:
    """The one address in angle brackets that stands in From headers no two programs read alike; None where there is
    not exactly one.

    Good for showing a person who probably wrote, for nothing else.
    """
    full = [value[:MAX_SENDER] for value in values if "@" in value]
    if len(full) != 1 or full[0].count("@") != 1:
        return None
    name, _, rest = full[0].rpartition("<")
    return _make_address(rest.partition(">")[0].strip(), _last_name(name), defects=defects) if name else None


def read_addresses(values: Iterable[str], *, defects: list[str]) -> tuple[Address, ...]:
    """The addresses of To, Cc or Reply-To headers; what is no address is left out and noted."""
    found: list[Address] = []
    for full in values:
        value = full[:MAX_ADDRESS_LIST]
        pieces = _PIECE.findall(value) if "," in value or ";" in value else [value]
        if len(full) > len(value) or len(pieces) > MAX_ADDRESSES:
            defects.append(f"a list of addresses was cut to {MAX_ADDRESSES}")
        for piece in pieces[:MAX_ADDRESSES]:
            if "@" not in piece:
                continue
            # A group name stands before its members: "Team: a@x.example, b@x.example;".
            address = read_sender(piece, defects=defects) or read_sender(piece.rpartition(":")[2], defects=defects)
            if address is not None:
                found.append(address)
            else:
                defects.append("an address could not be read")
    return tuple(found[:MAX_ADDRESSES])


def read_message_ids(value: str) -> tuple[str, ...]:
    """The message ids in a header, at most the first and the last forty-nine of them."""
    found = _MESSAGE_ID.findall(value[:200_000])
    return tuple(found if len(found) <= MAX_REFERENCES else [found[0], *found[1 - MAX_REFERENCES :]])


def read_instant(value: str, *, defects: list[str]) -> datetime | None:
    """The instant of a Date header with the offset that the sender gave; None where it cannot be true."""
    try:
        instant = parsedate_to_datetime(value[:200])
    except (ValueError, TypeError, IndexError, OverflowError):
        instant = None
    if instant is None or not 1990 <= instant.year <= 2090:
        defects.append("the date of the mail cannot be read")
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _decode_words(value: str, defects: list[str]) -> str:
    """Neighbouring words of one charset are joined as bytes first: senders split characters between them."""
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        if pending and (between.strip() or word[1].lower() != charset):
            pieces.append(decode_bytes(pending, charset, defects=defects))
            pending = b""
        if between.strip() or not end:
            pieces.append(between)
        charset, end = word[1].lower(), word.end()
        pending += _decode_word(word[2], word[3])
    if pending:
        pieces.append(decode_bytes(pending, charset, defects=defects))
    return "".join(pieces) + value[end:]


def _decode_word(kind: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    if kind in "qQ":
        return binascii.a2b_qp(data, header=True)
    try:
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return data


def _join_continued(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Parameters in pieces or with a charset (RFC 2231) as plain ones."""
    try:
        decoded = decode_params([("", ""), *found])
    except (ValueError, LookupError, IndexError):
        return [(name.partition("*")[0], text) for name, text in found]
    joined: list[tuple[str, str]] = []
    for name, text in decoded[1:]:
        if isinstance(text, tuple):
            # decode_params gives the percent-decoded bytes as Latin-1 text beside the charset.
            data = text[2].strip('"').encode("latin-1", "replace")
            joined.append((name, decode_bytes(data, text[0] or "utf-8", defects=[])))
        else:
            joined.append((name, text))
    return joined


def _make_address(address: str, name: str, *, defects: list[str]) -> Address | None:
    if not _ADDRESS.fullmatch(address):
        return None
    local, _, domain = address.lower().rpartition("@")
    if not domain.isascii() or not local.isascii():
        try:
            # Raw bytes came in as surrogates; look-alike letters must be seen for what they are.
            domain = domain.encode("utf-8", "surrogateescape").decode("utf-8").encode("idna").decode("ascii")
            local = local.encode("utf-8", "surrogateescape").decode("utf-8")
        except UnicodeError:
            return None
    if not _ASCII_DOMAIN.fullmatch(domain) or local.startswith(".") or local.endswith("."):
        return None
    return Address(name=decode_text(name, defects=defects) if name else "", address=f"{local}@{domain}")


def _display_name(value: str) -> str:
    name = value.rpartition("<")[0].strip()
    quoted = _QUOTED.fullmatch(name)
    return re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else name


def _last_name(value: str) -> str:
    """The name of the last of several mailboxes."""
    return value.rpartition(",")[2].strip(' "') if '"' in value or "<" in value else value.strip()


def _legacy_name(value: str) -> str:
    """``dana@x.example (Dana Ortiz)``, the older way to give a name."""
    comment = _COMMENT.search(value) if "(" in value else None
    return comment[1] if comment else ""
