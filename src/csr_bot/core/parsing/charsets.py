"""Bytes to text when the label may be wrong: declared charset, then UTF-8, then cp1252, each step noted.

Also removes what no reader sees and no database keeps: NUL, lone surrogates, zero-width and direction-changing
characters.
"""

from __future__ import annotations

import re
from typing import Final

# Labels that browsers read as their larger cousins, and the ones seen for no charset at all.
_ALIASES: Final = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "utf-8",
    "us-ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "utf8": "utf-8", "": "utf-8", "unknown-8bit": "utf-8",
    "iso-8859-8-i": "iso-8859-8", "gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949", "x-sjis": "cp932",
}  # fmt: skip

# Text codecs of Python that are no charset of mail, two of them slow on purpose-built input.
_NOT_FOR_MAIL: Final = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff]")


def decode_bytes(data: bytes, charset: str, *, defects: list[str]) -> str:
    """Text of ``data``; never raises. A charset that does not fit is replaced by UTF-8 or else cp1252, and noted."""
    label = charset.strip().strip("\"'").lower()
    codec = _ALIASES.get(label, label)
    if codec.replace("-", "_") not in _NOT_FOR_MAIL:
        try:
            return data.decode(codec)
        except (LookupError, ValueError):
            pass
    try:
        text, used = data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, used = data.decode("cp1252", "replace"), "cp1252"
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
