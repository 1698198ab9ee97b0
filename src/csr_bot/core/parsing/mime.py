"""MIME structure: raw bytes to headers and leaf parts, in linear time and within fixed limits.

The standard library's parser recurses once for each nesting level and works line by line; a hostile mail of 60 kB
stops it and a large attachment costs it more than all else together. This one cuts at the boundaries and never
recurses deeper than `MAX_DEPTH`. Decoding header text is left to `headers`, choosing and reading bodies to `bodies`.
(RFC 5322, RFC 2046)
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Final

from csr_bot.core.parsing.headers import read_parameters

MAX_HEADER_LINES: Final = 2_000
MAX_HEADER_BYTES: Final = 512 * 1024
MAX_PARTS: Final = 500
MAX_DEPTH: Final = 25
_MAX_SEARCH: Final = 10_000

_HEADER_END: Final = re.compile(rb"\n\r?\n")
_LATER_FROM: Final = re.compile(rb"^From:[^\n]*@", re.IGNORECASE | re.MULTILINE)
_LATER_HEADER: Final = re.compile(
    rb"^(?:MIME-Version|Message-ID|In-Reply-To|Content-Type):", re.IGNORECASE | re.MULTILINE
)
_LOST_BOUNDARY: Final = re.compile(rb"^--([^\s-][^\r\n]{3,69})\r?\nContent-", re.IGNORECASE | re.MULTILINE)
_ENCODED_LINES: Final = re.compile(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n){2,}[A-Za-z0-9+/]{0,76}={0,2}\s*")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=\s]|[a-z] [a-z]")
_QP_SIGN: Final = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_QP_SOFT_BREAK_SPACE: Final = re.compile(rb"=[ \t]+(?=\r?\n)")

Headers = tuple[tuple[str, str], ...]


class MailLimitError(ValueError):
    """A mail is built so that reading it would cost too much; the message is the reason code and a sentence."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a mail: its content headers and its body, still in its transfer encoding.

    ``children`` is not empty exactly for a multipart that could be split.
    """

    content_type: str
    parameters: Mapping[str, str]
    disposition: str
    disposition_parameters: Mapping[str, str]
    encoding: str
    headers: dict[str, str]
    body: bytes
    children: tuple[Part, ...] = ()

    def leaves(self) -> Iterator[Part]:
        """The parts that are not containers, in the order of the mail."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    @property
    def filename(self) -> str | None:
        """The name that the sender gave to it, decoded (RFC 2183, RFC 2231), as written."""
        return self.disposition_parameters.get("filename") or self.parameters.get("name") or None

    def content(self) -> bytes:
        """The body with its transfer encoding undone; what cannot be decoded is given as it stands."""
        if self.encoding == "base64":
            wrong = self.content_type.startswith("text/") and len(_NOT_BASE64.findall(self.body[:2_000])) > 5
            return self.body if wrong else _decode_base64(self.body)
        if self.encoding == "quoted-printable":
            return _decode_quoted(self.body)
        if self.encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
            return _decode_uuencoded(self.body)
        return _decode_undeclared(self.body) if self.content_type.startswith("text/") else self.body


def split_headers(raw: bytes) -> tuple[Headers, bytes]:
    """Header names and unfolded values in order, and the rest. Bytes above 127 become lone surrogates.

    As in the standard library, a line that is no header ends the block and begins the body. Raises MailLimitError.
    """
    if raw[:1] in b"\r\n":
        return (), raw.lstrip(b"\r\n")
    end = _HEADER_END.search(raw)
    block, body = (raw[: end.start()].removesuffix(b"\r"), raw[end.end() :]) if end else (raw, b"")
    if len(block) > MAX_HEADER_BYTES or block.count(b"\n") > MAX_HEADER_LINES:
        raise MailLimitError(f"TOO_MANY_HEADERS: a header block of {len(block)} bytes")
    pairs: list[tuple[str, str]] = []
    folded: list[str] = []
    lines = block.decode("ascii", "surrogateescape").split("\n")
    for number, line in enumerate(lines):
        if line[:1] in " \t" and pairs:
            folded.append(line.rstrip("\r"))
        else:
            if folded:
                _unfold(pairs, folded)
            name, colon, value = line.partition(":")
            name = name.rstrip()
            if colon and name and " " not in name:
                pairs.append((name.lower(), value.strip()))
            elif line.strip() and not (number == 0 and line.startswith(("From ", ">From "))):
                offset = sum(map(len, lines[:number])) + number
                # Relays break lines and put notes above; or else the empty line is missing and the body begins here.
                if not _has_more_headers(block, offset, below_from=any(name == "from" for name, _ in pairs)):
                    return tuple(pairs), raw[offset:]
    if folded:
        _unfold(pairs, folded)
    return tuple(pairs), body


def split_parts(headers: Headers, body: bytes) -> Part:
    """The tree of parts of a mail. Raises MailLimitError where it has too many or too deep ones."""
    return _split(dict(reversed(headers)), body, depth=0, budget=[MAX_PARTS])


def _unfold(pairs: list[tuple[str, str]], folded: list[str]) -> None:
    """Adds the continuation lines to the last header."""
    name, value = pairs[-1]
    pairs[-1] = (name, "".join((value, *folded)))
    folded.clear()


def _has_more_headers(block: bytes, offset: int, *, below_from: bool) -> bool:
    """Whether a mail's headers go on below a line that is none: its From, or below that what only programs write."""
    if not below_from:
        return _LATER_FROM.search(block, offset) is not None
    return _LATER_HEADER.search(block, offset) is not None and b"\n--" not in block[offset:]


def _split(headers: dict[str, str], body: bytes, *, depth: int, budget: list[int]) -> Part:
    if depth > MAX_DEPTH:
        raise MailLimitError(f"TOO_DEEP: parts nested more than {MAX_DEPTH} levels deep")
    content_type, parameters = read_parameters(headers.get("content-type", "text/plain"))
    if "/" not in content_type:
        content_type = "text/plain"
    disposition, disposition_parameters = read_parameters(headers.get("content-disposition", ""))
    children: tuple[Part, ...] = ()
    if content_type.startswith("multipart/"):
        boundary = parameters.get("boundary", "").encode("ascii", "surrogateescape")
        pieces = _cut(body, boundary, budget=budget) if boundary else []
        if not pieces and (lost := _LOST_BOUNDARY.search(body, 0, _MAX_SEARCH)):
            # The boundary of the header is missing or another one; the delimiter lines themselves are plain to see.
            pieces = _cut(body, lost[1].rstrip(), budget=budget)
        children = tuple(_split_piece(piece, depth=depth + 1, budget=budget) for piece in pieces)
        if not children:
            content_type = "text/plain"
    encoding = headers.get("content-transfer-encoding", "").partition(";")[0].strip().lower()
    return Part(content_type, parameters, disposition, disposition_parameters, encoding, headers, body, children)


def _split_piece(piece: bytes, *, depth: int, budget: list[int]) -> Part:
    headers, body = split_headers(piece)
    return _split(dict(reversed(headers)), body, depth=depth, budget=budget)


def _cut(body: bytes, boundary: bytes, *, budget: list[int]) -> list[bytes]:
    """The pieces between the delimiter lines; preamble and epilogue are dropped, a missing last delimiter is
    forgiven.
    """
    delimiter = b"--" + boundary
    pieces: list[bytes] = []
    start: int | None = None
    at = body.find(delimiter)
    while at >= 0:
        after = at + len(delimiter)
        line_end = body.find(b"\n", after)
        line_end = len(body) if line_end < 0 else line_end
        tail = body[after : min(line_end, after + 200)].strip()
        if (at == 0 or body[at - 1 : at] in b"\r\n") and tail in {b"", b"--"}:
            if start is not None:
                pieces.append(body[start:at].removesuffix(b"\n").removesuffix(b"\r"))
                budget[0] -= 1
                if budget[0] < 0:
                    raise MailLimitError(f"TOO_MANY_PARTS: more than {MAX_PARTS} parts")
            start = line_end + 1
            if tail:
                return pieces
        at = body.find(delimiter, max(after, line_end))
    if start is not None and start < len(body):
        pieces.append(body[start:])
    return pieces


def _decode_base64(body: bytes) -> bytes:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        pass
    # Padding lost on the way is common; a body that is no base64 at all stays as it is, for a person to see.
    try:
        return binascii.a2b_base64(re.sub(rb"[^A-Za-z0-9+/]", b"", body) + b"==")
    except binascii.Error:
        return body


def _decode_quoted(body: bytes) -> bytes:
    # Spaces behind the sign that ends a line are rare, and looking for them costs more than the decoding.
    return binascii.a2b_qp(_QP_SOFT_BREAK_SPACE.sub(b"=", body) if b"= " in body or b"=\t" in body else body)


def _decode_undeclared(body: bytes) -> bytes:
    """A text whose transfer encoding got lost on the way, decoded where the encoding is plain to see."""
    signs = body.count(b"=", 0, _MAX_SEARCH)
    if b"=" in body and len(_QP_SIGN.findall(body, 0, _MAX_SEARCH)) * 10 > signs * 9:
        if b"=\n" in body or b"=\r\n" in body or b"=C3=" in body or b"=20\n" in body:
            return _decode_quoted(body)
    elif b" " not in body[:200] and _ENCODED_LINES.fullmatch(body.lstrip()):
        return _decode_base64(body)
    return body


def _decode_uuencoded(body: bytes) -> bytes:
    message = Message()
    message["Content-Transfer-Encoding"] = "x-uuencode"
    message.set_payload(body.decode("ascii", "surrogateescape"))
    decoded = message.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else body
