"""What the words right before a number say that it is."""

from __future__ import annotations

from csr_bot.core.parsing import number_shapes as shapes
from csr_bot.core.parsing.language import FOLDING, SMALL_WORDS
from csr_bot.core.parsing.number_words import REGISTERS, TOPICS, Says, read_word


def judge_words(words: list[str], before: str) -> tuple[Says, bool, str]:
    """What the words before a number say that it is, whether only by a link, and the word that says so; ``before`` is
    the text of the words, in lower case.
    """
    linked = signed = False
    for word in reversed(words[-6:]):
        says = read_word(word)
        if (word[-1] == "." and len(word) > 6 and not word.endswith(("nr.", "no."))) or (
            says is Says.LINK and word == words[0]
        ):
            break
        if says is Says.LINK:
            # "Order of 3 Nov., no. 4471" is the number of the order.
            linked = linked or not (signed and shapes.OWN_NUMBER.search(before))
        elif says is Says.FILLER:
            signed = signed or word in shapes.NUMBER_SIGNS
        elif says is Says.NOTHING:
            return _names_another(before, word, signed=signed), linked, word
        else:
            of_payment = says is Says.REFERENCE and shapes.PAYMENT_REFERENCE.search(before)
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
