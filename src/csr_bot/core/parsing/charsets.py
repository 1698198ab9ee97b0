"""Bytes to text when the label may be wrong: the declared charset, then UTF-8, then a guess; each step noted.

Also removes what no reader sees and no database keeps: NUL, lone surrogates, zero-width and direction-changing
characters. (WHATWG Encoding for the labels)
"""

from __future__ import annotations

import codecs
import re
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Final

# Labels that browsers read as their larger cousins, and the ones seen for no charset at all.
_ALIASES: Final = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso-latin-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "8859-1": "cp1252", "ascii": "utf-8", "us-ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "ansi_x3.110-1983": "cp1252",
    "utf8": "utf-8", "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "unicode": "utf-16", "": "utf-8",
    "unknown-8bit": "utf-8", "unknown": "utf-8", "8bit": "utf-8", "7bit": "utf-8", "binary": "utf-8", "default": "utf-8",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "cn-gb": "gb18030",
    "hz-gb-2312": "hz", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "ksc5601": "cp949", "x-sjis": "cp932",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "windows-31j": "cp932", "x-euc-jp": "euc_jp",
    "big5": "cp950", "x-big5": "cp950", "cn-big5": "cp950", "macintosh": "mac_roman", "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic", "koi8": "koi8-r",
}  # fmt: skip
_WINDOWS: Final = re.compile(r"(?:x-)?(?:win(?:dows)?|cp|ms|ansi)?[-_ ]?(125[0-8]|874)")
_LABEL: Final = re.compile(r"[^\s;,\"']+")

# Text codecs of Python that are no charset of mail, two of them slow on purpose-built input.
_NOT_FOR_MAIL: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")

_SAMPLE: Final = 4_000
_ASCII_LETTERS: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CYRILLIC: Final = ("cp1251", "koi8-r", "iso-8859-5")
_FREQUENT_CYRILLIC: Final = frozenset("оеаинтсрвл")
_JAPANESE_SHIFT: Final = re.compile(rb"(\x1b\$[@B]|\x1b\([BJI])")
_MIN_FREQUENT: Final = Fraction(1, 2)
"""Share of frequent letters in real Cyrillic text: about 0.66; in other text read as Cyrillic about 0.3."""


def decode_bytes(data: bytes, charset: str, *, defects: list[str]) -> str:
    """Text of ``data``; never raises. A charset that does not fit is replaced by UTF-8 or by a guess, and noted."""
    label = charset.strip("\"' \t").lower()
    codec = _find_codec(label)
    if codec == "utf-8" or (codec == "cp1252" and data.isascii()):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    elif codec is not None and (text := _decode_as(data, codec)) is not None:
        # Two bytes that are one letter of UTF-8 are hardly ever two letters of Western text.
        if codec != "cp1252" or (unmarked := _decode_as(data, "utf-8")) is None:
            return text
        defects.append(f"charset {label[:40]!r} read as utf-8")
        return unmarked
    text, used = _decode_unlabelled(data)
    defects.append(f"charset {label[:40]!r} read as {used}")
    return text


def clean_text(text: str, *, defects: list[str]) -> str:
    """The text with line feeds as line ends and without characters that cannot be seen or stored."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text if text.replace("\n", " ").isprintable() else _CONTROL.sub("", text)
    visible = _INVISIBLE.sub("", text)
    if len(visible) != len(text):
        defects.append("invisible characters were removed")
    return _CONTROL.sub("", visible)


@lru_cache(maxsize=256)
def _find_codec(label: str) -> str | None:
    """Python's codec for a label of mail; None for what is no charset."""
    first = _LABEL.match(label)
    name = first[0] if first else ""
    windows = _WINDOWS.fullmatch(name)
    codec = f"cp{windows[1]}" if windows else _ALIASES.get(name, name)
    if codec.replace("-", "_") in _NOT_FOR_MAIL:
        return None
    try:
        codecs.lookup(codec)
    except (LookupError, ValueError):
        return None
    return codec


def _decode_as(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (LookupError, ValueError):
        return _decode_iso_2022_jp(data) if codec.startswith("iso-2022-jp") else None


def _decode_iso_2022_jp(data: bytes) -> str | None:
    """ISO-2022-JP with the characters of vendors, which the standard codec refuses and every mail program writes."""
    pieces: list[str] = []
    double = False
    try:
        for piece in _JAPANESE_SHIFT.split(data):
            if _JAPANESE_SHIFT.fullmatch(piece):
                double = piece.startswith(b"\x1b$")
            elif double:
                pieces.append(bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece).decode("euc_jis_2004"))
            else:
                pieces.append(piece.decode("ascii"))
    except ValueError:
        return None
    return "".join(pieces)


def _decode_unlabelled(data: bytes) -> tuple[str, str]:
    for mark, codec in _MARKS:
        if data.startswith(mark) and (marked := _decode_as(data, codec)) is not None:
            return marked, codec.removesuffix("-sig")
    if b"\x1b$" in data and (japanese := _decode_iso_2022_jp(data)) is not None:
        return japanese, "iso-2022-jp"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        used = _guess(data)
    return data.decode(used, "replace"), used


def _guess(data: bytes) -> str:
    """The charset of bytes that are no UTF-8: Western text has few letters above 127, all other text has many."""
    sample = data[:_SAMPLE]
    high = sum(1 for byte in sample if byte > 0x7F)
    if high * 3 < sum(1 for byte in sample if byte in _ASCII_LETTERS) or high < 4:
        # A name in a header is mostly high letters; a word of Western text is not.
        return "cp1252"
    score, best = max((_score_cyrillic(sample, codec), codec) for codec in _CYRILLIC)
    found = [codec for codec, looks in _LOOKS if (text := _decode_as(data, codec)) is not None and looks(text)]
    if "cp932" not in found and score >= _MIN_FREQUENT:
        return best
    return found[0] if found else "cp1252"


def _score_cyrillic(sample: bytes, codec: str) -> Fraction:
    text = sample.decode(codec, "replace")
    letters = [letter for letter in text if letter > "\x7f"]
    frequent = sum(1 for letter in letters if letter.lower() in _FREQUENT_CYRILLIC)
    # Capitals inside words betray the wrong one of two alphabets that swap the cases.
    swapped = sum(1 for before, after in pairwise(text) if before.islower() and after.isupper())
    return Fraction(frequent - swapped, max(len(letters), 1))


def _looks_japanese(text: str) -> bool:
    kana = sum(1 for letter in text if "\u3040" <= letter <= "\u30ff")
    return kana * 4 >= sum(1 for letter in text if letter > "\x7f")


def _looks_chinese(text: str) -> bool:
    # Hangul in the mainland's table are rare hanzi: common ones come first in it.
    high = [letter for letter in text if letter > "\x7f"]
    common = sum(
        1
        for letter in high
        if "\u3000" <= letter <= "\u303f" or "\uff00" <= letter <= "\uffef" or _is_common_hanzi(letter)
    )
    return common * 10 >= len(high) * 8


def _is_common_hanzi(letter: str) -> bool:
    encoded = letter.encode("gb18030")
    return len(encoded) == 2 and 0xB0 <= encoded[0] <= 0xD7 and encoded[1] >= 0xA1


def _looks_korean(text: str) -> bool:
    hangul = sum(1 for letter in text if "\uac00" <= letter <= "\ud7a3")
    return hangul * 20 >= sum(1 for letter in text if letter > "\x7f") * 19


_LOOKS: Final = (("cp932", _looks_japanese), ("cp949", _looks_korean), ("gb18030", _looks_chinese))
