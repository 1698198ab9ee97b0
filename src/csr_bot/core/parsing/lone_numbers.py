"""Numbers by their place in a text: where a word with digits begins, whether a number that no word explains is a
document, which numbers are alike, and a text without those that are known.
"""

from __future__ import annotations

from typing import Final

from csr_bot.core.parsing import number_shapes as shapes
from csr_bot.core.parsing.language import SMALL_WORDS
from csr_bot.core.parsing.number_words import Says, read_word

_NINES: Final = str.maketrans("012345678", "999999999")
_MAX_TOLD: Final = 30
_GOING_ON: Final = SMALL_WORDS | shapes.VERBS | shapes.BEHIND


def stands_alone(text: str, span: tuple[int, int], words: list[str]) -> bool:  # noqa: PLR0911, PLR0912, C901  # one way out for each kind of number
    """Whether a number that no word explains is a document; ``words`` are those right before it, in lower case."""
    start, end = span
    word = text[start:end]
    if (
        word.endswith("000")
        or word.startswith("0000")
        or shapes.GROUPED.match(text, end)
        or text[max(0, start - 2) : start].rstrip(" ")[-1:].isdigit()
    ):
        return False
    before = text[max(0, start - 24) : start]
    if shapes.LETTERS_BEFORE.search(before):
        return len(word) > 3
    if len(word) in {4, 5} and before.endswith((", ", "\n", "- ")) and shapes.POSTAL_TOWN.match(text, end):
        return False
    if shapes.COUNTRY.search(before) or shapes.NAME_BEFORE.search(before) or len(word) < 3:
        return False
    if shapes.ENDS_WITH.search(text, max(0, start - 40), start):
        return False
    if len(word) > 4 or word[0] == "0":
        return True
    if word.endswith("00"):
        return False
    last = words[-1] if words else ""
    starts = not before.strip() or before.rstrip(" ")[-1:] in "\n.!?:"
    if last in shapes.ARTICLES:
        return True
    if len(word) == 3:
        in_list = shapes.SHORT_LIST.match(text, end) and word[-1] != "0"
        named = text[end : end + 1] == ":" and shapes.SPOKEN_OF.search(before)
        listed = shapes.LINE_BEFORE.search(before) and shapes.LINE_BEHIND.match(text, end)
        return bool(named or listed) or (
            bool(in_list) and (starts or read_word(last) is Says.LINK or last in shapes.VERBS)
        )
    if before.endswith(", ") and text[end : end + 1] in {",", ")"}:
        return not (before[-3:-2].isdigit() or text[end + 2 : end + 3].isdigit())
    if shapes.LIST_GOES_ON.match(text, end):
        return True
    if shapes.SINGULAR.search(before) and shapes.GOES_ON_SMALL.match(text, end):
        return True
    follows = shapes.GOES_ON.match(text, end)
    if not follows or ((next_word := follows["word"]) and next_word.lower() not in _GOING_ON):
        return False
    if last in shapes.NUMBER_SIGNS:
        return True
    starts = starts or (last in shapes.ASKED_OF and len(words) == 1)
    return starts or read_word(last) is Says.LINK or last in shapes.VERBS or last in shapes.PLACED_ON


def is_small_document(text: str, span: tuple[int, int], words: list[str], named_by: str) -> bool:
    """Whether a number of two digits is a document: one with a sign ("bill no. 14"), or of a list ("bills 88 and 91").
    ``named_by`` is the word that says so, empty where none does.
    """
    if not words or not shapes.SMALL_NUMBER.match(text, span[1]):
        return False
    if words[-1] not in shapes.NUMBER_SIGNS:
        return words[-1] == named_by and shapes.SMALL_LIST.match(text, span[1]) is not None
    if named_by:
        return True
    follows = shapes.GOES_ON.match(text, span[1])
    if not follows or ((next_word := follows["word"]) and next_word.lower() not in _GOING_ON):
        return False
    return len(words) == 1 or words[-2] in shapes.VERBS or words[-2] in shapes.ARTICLES_OF_ALL


def phone_end(text: str, start: int) -> int:
    """Where the telephone number ends that begins at a place, or goes on there after its area code; 0 where none."""
    if found := shapes.LONG_DISTANCE.match(text, start):
        return found.end()
    found = shapes.LOCAL_PHONE.match(text, start)
    return found.end() if found and shapes.AREA_CODE.search(text, max(0, start - 6), start) else 0


def is_alike(word: str, other: str) -> bool:
    """Whether two numbers are of one series by their form."""
    if word.isdigit() or other.isdigit():
        alike = word.isdigit() and other.isdigit() and abs(len(word) - len(other)) < 2
        return alike and (len(word) > 2 or len(word) == len(other) == 2)
    return shapes.LETTERS.match(word)[0] == shapes.LETTERS.match(other)[0] and abs(len(word) - len(other)) < 3  # type: ignore[index]  # matches always


def kind_of_series(word: str, told: list[tuple[str, Says]]) -> Says | None:
    """What the first number of the same series was among the last that were ``told``."""
    if not told:
        return None
    series = _series(word)
    return next((kind for known, kind in told[-_MAX_TOLD:] if _series(known) == series), None)


def _series(word: str) -> str:
    """The form of a number with what its series has in common: letters, marks, and the first digits of a bare one."""
    return f"{len(word)}:{word[:2]}" if word.isdigit() else word.translate(_NINES)


def word_start(text: str, floor: int, place: int) -> int:
    """Where the word begins that has a digit at ``place``, not before ``floor``."""
    if place == floor or text[place - 1].isspace():
        return place
    start = place - len(text[floor:place].rsplit(None, 1)[-1])
    if not shapes.OPENING.isdisjoint(text[start:place]):
        start = 1 + max(index for index in range(start, place) if text[index] in shapes.OPENING)
    return start


def blank_out(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with these spans blanked out, same length."""
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += (text[at:start], "\x00" * (end - start))
            at = end
    return "".join((*pieces, text[at:])) if pieces else text
