"""Whether two spellings are one legal name: capitals, accents, dots and blanks do not count, every word does.

``Inc.`` and ``INC`` are the same; ``Inc.`` and ``LLC`` are two firms. Names that are merely alike are for people.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_ACCENTS: Final = range(0x300, 0x370)  # marks of other scripts change what is read and stay
_WITHIN_A_WORD: Final = str.maketrans("", "", ".'\u2019")
_SIGNS: Final = "&+"


def fold_name(name: str) -> str:
    """A name without what does not tell firms apart, words parted by one blank; empty where nothing is left."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_WITHIN_A_WORD))
    bare = unicodedata.normalize("NFC", "".join(sign for sign in decomposed if ord(sign) not in _ACCENTS))
    return " ".join("".join(sign if _counts(sign) else " " for sign in bare).split())


def is_same_name(one: str, other: str) -> bool:
    """Whether both are spellings of one name. A name without letters or digits is the same as none."""
    folded = fold_name(one)
    return bool(folded) and folded.replace(" ", "") == fold_name(other).replace(" ", "")


def _counts(sign: str) -> bool:
    return sign in _SIGNS or unicodedata.category(sign)[0] in "LMN"
