"""Numbers by their place in a text: where a word with digits begins, whether a number that no word explains is a
document, and a text without the numbers that are known.
"""

from __future__ import annotations

from typing import Final

from csr_bot.core.parsing import number_shapes as shapes
from csr_bot.core.parsing.language import SMALL_WORDS
from csr_bot.core.parsing.number_words import Says, read_word


_TOPIC: Final = 120
"""Characters before a number in which a word may say what is spoken of."""
_TOPICS: Final = frozenset({Says.INVOICE, Says.ORDER, Says.OTHER})
_GOING_ON: Final = SMALL_WORDS | shapes.VERBS | shapes.BEHIND


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
    starts = not before.strip() or before.rstrip(" ")[-1:] in "\n.!?:"
    if last in shapes.ARTICLES:
        return True
    if len(word) == 3:
        in_list = shapes.SHORT_LIST.match(text, end) and word[-1] != "0"
        return bool(in_list) and (starts or read_word(last) is Says.LINK or last in shapes.VERBS)
    if shapes.LIST_GOES_ON.match(text, end):
        return True
    follows = shapes.GOES_ON.match(text, end)
    if not follows or ((next_word := follows["word"]) and next_word.lower() not in _GOING_ON):
        return False
    if last in shapes.NUMBER_SIGNS:
        return True
    return starts or read_word(last) is Says.LINK or last in shapes.VERBS or last in shapes.PLACED_ON


def topic_before(text: str, start: int) -> Says:
    """What the nearest word before a place that says what a number is speaks of."""
    for word in reversed(shapes.WORDS_BEFORE.findall(text[max(0, start - _TOPIC) : start].lower())):
        if (says := read_word(word)) in _TOPICS:
            return says
    return Says.NOTHING


def is_to_be_printed(text: str, span: tuple[int, int], last: str) -> bool:
    """Whether a number is something that invoices shall carry; ``last`` is the word before it, in lower case."""
    start, end = span
    if read_word(last) is Says.LINK and last not in SMALL_WORDS:
        return False
    before = shapes.SENTENCE_END.split(text[max(0, start - 90) : start])[-1]
    if not shapes.PRINTED.search(before):
        return False
    after = shapes.SENTENCE_END.split(text[end : end + 60], 1)[0]
    return shapes.BILLS.search(before) is not None or shapes.BILLS.search(after) is not None


def names_another(before: str, word: str) -> Says:
    """What a number is the number of, where ``before`` it a noun that is not known stands with a sign of numbers
    ("student no."): of something else, or of what the noun before it says ("commande internet n°").
    """
    if (found := shapes.NOUN_WITH_SIGN.search(before)) and found[2] == word:
        if word in SMALL_WORDS or word in shapes.VERBS:
            return Says.NOTHING
        return said if (said := read_word(found[1])) in _TOPICS else Says.OTHER
    return Says.OTHER if shapes.SIGN_WITH_NOUN.search(before) else Says.NOTHING


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
