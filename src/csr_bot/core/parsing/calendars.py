"""What an invitation says, for mails that hold nothing else: title, times, place and description (RFC 5545)."""

from __future__ import annotations

import re
from typing import Final

_SHOWN: Final = ("summary", "dtstart", "dtend", "location", "description")
_FOLD: Final = re.compile(r"\n[ \t]")
_ESCAPED: Final = re.compile(r"\\([nN,;\\])")
_MAX_LINES: Final = 2_000


def read_calendar(text: str) -> str:
    """The first entry of a calendar as lines of text; empty where there is none."""
    found: dict[str, str] = {}
    inside = False
    for line in _FOLD.sub("", text).split("\n")[:_MAX_LINES]:
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().lower()
        if name == "begin":
            inside = value.strip().lower() in {"vevent", "vtodo"}
        elif name == "end" and inside and found:
            break
        elif inside and name in _SHOWN and value.strip():
            found.setdefault(name, _ESCAPED.sub(lambda sign: "\n" if sign[1] in "nN" else sign[1], value.strip()))
    return "\n".join(found[name] for name in _SHOWN if name in found)
