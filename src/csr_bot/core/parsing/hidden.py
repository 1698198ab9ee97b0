"""Marks that nobody sees: those that turn the direction of writing, join or part letters without a trace.

They are taken out before anything is read, and whoever reads an amount is told that they were there.
"""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def has_hidden(text: str) -> bool:
    """Whether a text holds such marks."""
    return not text.isascii() and _HIDDEN.search(text) is not None


def strip_hidden(text: str) -> str:
    """The text without them."""
    return _HIDDEN.sub("", text)


def map_places(text: str) -> list[int]:
    """For each place of the stripped text, and its end, the place in ``text``."""
    places = [place for place, letter in enumerate(text) if not _HIDDEN.match(letter)]
    return [*places, len(text)]
