"""Numbers by their place in a text: where a word with digits begins, whether a number that no word explains is a
document, and a text without the numbers that are known.
"""

from __future__ import annotations

from csr_bot.core.parsing import number_shapes as shapes
from csr_bot.core.parsing.language import SMALL_WORDS
from csr_bot.core.parsing.number_words import Says, read_word


def stands_alone(text: str, span: tuple[int, int], words: list[str]) -> bool:  # noqa: PLR0911, C901  # one way out for each kind of number
    """Whether a number that no word explains is a document; ``words`` are those right before it, in lower case."""
    start, end = span
    word = text[start:end]
    if (
        word.endswith("000")
        or shapes.GROUPED.match(text, end)
        or text[max(0, start - 2) : start].rstrip(" ")[-1:].isdigit()
    ):
        return False
    before = text[max(0, start - 24) : start]
    if len(word) in {4, 5} and before.endswith((", ", "\n", "- ")) and shapes.POSTAL_TOWN.match(text, end):
        return False
    if shapes.COUNTRY.search(before) or shapes.NAME_BEFORE.search(before) or len(word) < 3:
        return False
    if len(word) > 4 or word[0] == "0":
        return True
    if word.endswith("00"):
        return False
    last = words[-1] if words else ""
    if len(word) == 3:
        in_list = shapes.SHORT_LIST.match(text, end) and word[-1] != "0"
        return bool(in_list) and (read_word(last) is Says.LINK or last in shapes.VERBS)
    if last in {"la", "las"}:
        return True
    if shapes.LIST_GOES_ON.match(text, end):
        return True
    follows = shapes.GOES_ON.match(text, end)
    if not follows or ((next_word := follows["word"]) and next_word.lower() not in SMALL_WORDS | shapes.VERBS):
        return False
    if last in shapes.NUMBER_SIGNS:
        return True
    return (
        not before.strip() or before.rstrip(" ").endswith("\n") or read_word(last) is Says.LINK or last in shapes.VERBS
    )


def word_start(text: str, floor: int, place: int) -> int:
    """Where the word begins that has a digit at ``place``, not before ``floor``."""
    before = text[floor:place]
    if not before or before[-1].isspace():
        return place
    start = place - len(before.rsplit(None, 1)[-1])
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
