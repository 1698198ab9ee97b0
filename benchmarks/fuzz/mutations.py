"""Seeded damage to bytes: flips, cuts, splices, doubled parts, and tokens that readers stumble over."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Sequence

TOKENS = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r\n\r\n",
        b"\r",
        b"--",
        b'"',
        b"(",
        b"<",
        b"=?utf-8?b?",
        b"=?x-evil?q?=FF?=",
    ),
    *(
        b"99999999999999999999",
        b"-1",
        b"1e400",
        b"NaN",
        b"%PDF-",
        b"PK\x05\x06",
        b"endobj",
        b"<<",
        b"[" * 200,
        b"(" * 200,
    ),
    *(
        b"&#x110000;",
        b"<!ENTITY a '&a;'>",
        b"<div>" * 50,
        b"<!--",
        b"=1+1",
        b"\xe2\x80\xae",
        b"\xed\xa0\x80",
        b"A" * 5_000,
    ),
)
HEADERS = (
    b"Content-Type: multipart/mixed; boundary=x",
    b"Content-Type: message/rfc822",
    b"Content-Type: text/html; charset=utf-7",
    b"Content-Type: text/plain; charset=idna",
    b"Content-Type: application/pkcs7-mime",
    b"Content-Type: application/ms-tnef",
    b"Content-Type: multipart/report; report-type=delivery-status",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: x-uuencode",
    b"Content-Transfer-Encoding: quoted-printable",
    b"Content-Disposition: attachment; filename*0*=utf-8''%FF; filename*7=x",
    b"From: a@b.example, c@d.example",
    b"From: =?utf-8?b?/w==?= <a@b.example>",
    b"Date: Thu, 99 Foo 99999 99:99:99 +9999",
    b"Message-ID: <" + b"x" * 3_000 + b">",
    b"References: " + b"<a@b> " * 500,
    b"Auto-Submitted: auto-replied",
    b"Subject: " + b"=?utf-8?q?=00?= " * 300,
)
MOST = 4
"""Changes to one item."""


def mutate(content: bytes, *, others: Sequence[bytes], chance: random.Random) -> bytes:
    """The content with one to four changes; ``others`` are what pieces may come from."""
    data = bytearray(content)
    for _ in range(chance.randint(1, MOST)):
        chance.choice((_flip, _flip, _cut, _double, _insert, _overwrite, _splice))(data, others, chance)
    return bytes(data)


def mutate_mail(content: bytes, *, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A mail with changes to its bytes, its headers or its parts."""
    kind = chance.randrange(4)
    if kind == 0:
        lines = content.split(b"\r\n")
        lines.insert(chance.randrange(min(len(lines), 40)), chance.choice(HEADERS))
        return b"\r\n".join(lines)
    if kind == 1 and (place := content.find(b"\r\n--")) >= 0:
        # A boundary line and what follows it, once more or moved.
        parts = content[place:].split(b"\r\n--")
        parts.insert(chance.randrange(len(parts)), chance.choice(parts))
        return content[:place] + b"\r\n--".join(parts)
    return mutate(content, others=others, chance=chance)


def mutate_package(content: bytes, *, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A ZIP file with changes to its bytes, or to what one of its entries holds."""
    parts = _unpack(content)
    if not parts or chance.random() < 0.3:
        return mutate(content, others=others, chance=chance)
    name = chance.choice(list(parts))
    parts[name] = mutate(parts[name], others=list(parts.values()), chance=chance)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for entry, part in parts.items():
            archive.writestr(zipfile.ZipInfo(entry), part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unpack(content: bytes) -> dict[str, bytes]:
    """The entries of an archive; none of one that is damaged already."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return {}


def _flip(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    for _time in range(chance.choice((1, 1, 3, 20))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    del data[_range(data, chance)]


def _double(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    piece = data[_range(data, chance)]
    place = chance.randrange(len(data) + 1)
    data[place:place] = piece * chance.choice((1, 1, 2, 20))


def _insert(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    place = chance.randrange(len(data) + 1)
    data[place:place] = chance.choice(TOKENS)


def _overwrite(data: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    token = chance.choice(TOKENS)
    place = chance.randrange(len(data) + 1)
    data[place : place + len(token)] = token


def _splice(data: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    other = chance.choice(others)
    data[_range(data, chance)] = other[_range(other, chance)]


def _range(data: bytes | bytearray, chance: random.Random) -> slice:
    start = chance.randrange(len(data) + 1)
    return slice(start, start + chance.choice((1, 4, 50, 500, 5_000)))
