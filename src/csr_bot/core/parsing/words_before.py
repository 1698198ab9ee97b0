"""What the words right before a number say that it is."""

from __future__ import annotations

from typing import Final

from csr_bot.core.parsing import number_shapes as shapes
from csr_bot.core.parsing.language import FOLDING, SMALL_WORDS
from csr_bot.core.parsing.number_words import REGISTERS, TOPICS, Says, read_word

# Two letters before a number that are none of its own.
_NO_LETTERS: Final = SMALL_WORDS | frozenset({"kr", "fr", "rs", "rm", "at", "as", "so", "if", "up"})


def judge_words(words: list[str], before: str) -> tuple[Says, bool, str]:
    """What the words before a number say that it is, whether only by a link, and the word that says so; ``before`` is
    the text of the words, in lower case.
    """
    linked = signed = article = False
    for word in reversed(words[-6:]):
        says = read_word(word)
        if (word[-1] == "." and len(word) > 6 and not word.endswith(("nr.", "no."))) or (
            says is Says.LINK and word == words[0]
        ):
            break
        if word in shapes.COPULAS:
            # "Our order is the 88123" is no link.
            linked = linked and not article
        article = word in shapes.ARTICLES_OF_ALL
        if says is Says.LINK:
            # "Order of 3 Nov., no. 4471" is the number of the order.
            linked = linked or not (signed and shapes.OWN_NUMBER.search(before))
        elif says is Says.FILLER:
            signed = signed or word in shapes.NUMBER_SIGNS
        elif says is Says.NOTHING and word is words[-1] and len(word) < 3 and word not in _NO_LETTERS:
            continue
        elif says is Says.NOTHING:
            return _names_another(before, word, signed=signed), linked, word
        else:
            unsure = says is Says.REFERENCE or word in shapes.OF_PAYMENT_TOO
            of_payment = unsure and shapes.PAYMENT_REFERENCE.search(before)
            return Says.OTHER if of_payment else says, linked, word
    return Says.NOTHING, linked, ""


def is_about_accounts(words: list[str]) -> bool:
    """Whether the words before a place speak of what has numbers all of its own: banks, taxes, registers."""
    for word in reversed(words):
        if read_word(word) in TOPICS:
            return word.rstrip(".:").translate(FOLDING) in REGISTERS
    return False


def _names_another(before: str, word: str, *, signed: bool) -> Says:
    """What a number is the number of, where ``before`` it a noun that is not known stands with a sign of numbers
    ("student no."): of something else, or of what the noun before it says ("commande internet n°"). ``signed`` says
    that a sign stands between ``word`` and the number.
    """
    if not signed:
        return Says.OTHER if "n" in before and shapes.SIGN_WITH_NOUN.search(before) else Says.NOTHING
    found = shapes.NOUN_WITH_SIGN.search(before, max(0, before.rfind(word) - 24))
    if not found or found[2] != word or word in SMALL_WORDS or word in shapes.VERBS:
        return Says.NOTHING
    return said if (said := read_word(found[1] or "")) in TOPICS else Says.OTHER
