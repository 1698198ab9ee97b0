"""Whether a number that no word explains is a purchase order: by the series it is of, what the sentence speaks of, and
what is asked for it ("put A-118 on the invoices").
"""

from __future__ import annotations

from typing import Final

from csr_bot.core.parsing import number_shapes as shapes
from csr_bot.core.parsing.language import SMALL_WORDS
from csr_bot.core.parsing.lone_numbers import kind_of_series
from csr_bot.core.parsing.number_words import TOPICS, Says, read_word

_TOPIC: Final = 120
"""Characters before a number in which a word may say what is spoken of."""


def is_order(text: str, span: tuple[int, int], words: list[str], told: list[tuple[str, Says]]) -> bool:
    """Whether the number at ``span`` is an order; ``words`` are those right before it, in lower case, ``told``
    the numbers so far and what they were. "On 431" is the invoice that the order belongs on.
    """
    start, end = span
    word = text[start:end]
    last = words[-1] if words else ""
    known = kind_of_series(word, told)
    if (
        known is Says.ORDER
        or shapes.SAP_ORDER.fullmatch(word)
        or shapes.ORDER_LETTERS.search(text, max(0, start - 6), start)
    ):
        return True
    if known is Says.OTHER or last in shapes.PLACED_ON:
        return False
    if (
        known is None
        and _has_kind_between(text[end - 1 - len(word) : end], words)
        and (not word.isdigit() or len(word) > 5)
    ):
        return True
    given = (
        last in shapes.NUMBER_SIGNS
        or shapes.IS_GIVEN.search(text, max(0, start - 24), start)
        or shapes.CONTRAST.match(text, end)
    )
    if given and _topic_before(text, start) is Says.ORDER:
        return True
    return known is None and not word.isdigit() and _is_to_be_printed(text, span, last)


def _has_kind_between(word: str, words: list[str]) -> bool:
    """Whether only the kind of order stands between that word and the number: "pedido web W-99120"."""
    return (
        len(words) > 1
        and word[0] == " "
        and read_word(words[-1]) is Says.NOTHING
        and words[-1] not in SMALL_WORDS
        and not words[-1].endswith(("ed", "iert", "eerd"))
        and read_word(words[-2]) is Says.ORDER
    )


def is_about_orders(text: str, start: int, end: int) -> bool:
    """Whether orders are spoken of around a place."""
    around = text[max(0, start - 160) : start] + " " + text[end : end + 80]
    return any(read_word(word) is Says.ORDER for word in shapes.WORDS_BEFORE.findall(around.lower()))


def _topic_before(text: str, start: int) -> Says:
    """What the nearest word before a place that says what a number is speaks of; an invoice that has its number is
    done with.
    """
    before = text[max(0, start - _TOPIC) : start].lower()
    for word in reversed(list(shapes.WORDS_BEFORE.finditer(before))):
        says = read_word(word[0])
        if says in TOPICS and not (says is Says.INVOICE and shapes.ANY_DIGIT.search(before, word.end())):
            return says
    return Says.NOTHING


def _is_to_be_printed(text: str, span: tuple[int, int], last: str) -> bool:
    """Whether a number is something that invoices shall carry; ``last`` is the word before it, in lower case."""
    start, end = span
    if read_word(last) is Says.LINK and last not in SMALL_WORDS:
        return False
    before = shapes.SENTENCE_END.split(text[max(0, start - 90) : start])[-1]
    if not shapes.PRINTED.search(before):
        return False
    after = shapes.SENTENCE_END.split(text[end : end + 60], 1)[0]
    return bool(shapes.BILLS.search(before) or shapes.BILLS.search(after)) or is_about_orders(text, start, end)
