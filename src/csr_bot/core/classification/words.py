"""A text as sentences of plain words: lower case without accents, with the facts in it replaced by what they are.

The classifier reads "invoice zrefz for zamountz", so that no number of one customer is ever learned.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from csr_bot.core.facts_in_text import Facts
from csr_bot.core.parsing.language import FOLDING, SMALL_WORDS

MAX_TEXT: Final = 1_500
"""Characters of a text that are read: who has not said by then what is wanted will not be understood by a rule."""

Sentence = list[str]
Span = tuple[int, int]
NamedSpan = tuple[Span, str]
"""The place of a fact, and the word that stands for its kind."""

_REPLY_PREFIX: Final = re.compile(
    r"^(?:\s*(?:re|aw|antw|sv|rv|wg|fw|fwd|tr|wtr|doorst)\s*(?:\[\d+\])?\s*:)+", re.IGNORECASE
)
# A line that ends a letter: what stands below is a name, a firm and its numbers.
_CLOSING: Final = re.compile(
    r"\n[ \t]*(?:(?:with\s+)?(?:kind(?:est)?|best|warm|many)?\s*regards|best\s+wishes|best,|cheers,|sincerely|yours\s+\w+|mit\s+(?:freundlichen|besten|herzlichen)|"
    r"(?:viele|beste|freundliche|liebe|herzliche|schoene|schöne)\s+gr(?:ü|ue)(?:ß|ss)e|mfg\b|vg\b|lg\b|gr(?:ü|ue)(?:ß|ss)e\b|(?:bien\s+)?cordialement|(?:meilleures\s+)?salutations|bien\s+[aà]\s+vous|"
    r"(?:un\s+)?(?:cordial\s+)?saludos?\b|atentamente|atte\b|met\s+(?:vriendelijke|hartelijke)|(?:vriendelijke\s+)?groet(?:en|jes)?\b|mvg\b|hoogachtend)[^\n]{0,40}(?=\n|$)",
    re.IGNORECASE,
)
_MIN_LETTER: Final = 12
"""Characters above a closing line; with fewer the line is the letter."""
_ADDRESS: Final = re.compile(r"\S{1,64}@\S{1,90}|(?:https?://|www\.)\S+")
_WORD: Final = re.compile(r"[a-z0-9]++(?:['./-][a-z0-9]++)*+")
# What ends a sentence: a mark (a dot within a word is none), an empty line, or a line that is an item of a list.
_END: Final = re.compile(r"(\?|!|;|\.(?![a-z0-9])|\.(?<![a-z0-9]\.)|\n(?:\s*\n|[ \t]*[-*•]))")
_MAX_SENTENCE: Final = 46
_MAX_LIST: Final = 12
"""Different words that may stand side by side without small ones, as in a short list."""
_MAX_LABELS: Final = 6
"""Different words that a long list of documents repeats for each of them."""
_SMALL_WORD_EVERY: Final = 8
"""Different words of a sentence of which at least one is a small one; people use one in three."""

_UNSEEN: Final = dict.fromkeys([0x00AD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF], "")  # fmt: skip
# Letters of other alphabets that look like Latin ones: in a Latin word they are a disguise.
_LOOKALIKES: Final = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ј": "j", "к": "k", "м": "m",
    "т": "t", "н": "h", "в": "b", "ԁ": "d", "һ": "h", "α": "a", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p",
    "τ": "t", "υ": "u",
}  # fmt: skip
_DISGUISED: Final = str.maketrans(_LOOKALIKES)
_PLAIN: Final = FOLDING | _UNSEEN


def plain_text(text: str) -> str:
    """Lower case, without accents, disguises and characters that nobody sees."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    lowered = unicodedata.normalize("NFKC", lowered)
    disguised = sum(letter in _LOOKALIKES for letter in lowered)
    if disguised and 2 * disguised < sum(letter.isascii() and letter.isalpha() for letter in lowered):
        lowered = lowered.translate(_DISGUISED)
    return lowered.translate(_PLAIN)


def strip_reply(subject: str) -> str:
    """A subject without the marks of replies and forwards before it."""
    return _REPLY_PREFIX.sub("", subject)


def cut_closing(text: str) -> str:
    """A letter without its closing line and what stands below it."""
    closing = _CLOSING.search(text, _MIN_LETTER)
    return text[: closing.start()] if closing else text


def read_sentences(text: str, facts: Facts) -> list[Sentence]:
    """The sentences of a text of which ``facts`` were read; a question ends with its mark."""
    return split_sentences(text, name_facts(facts))


def split_sentences(text: str, named: Sequence[NamedSpan]) -> list[Sentence]:
    """The sentences of a text in which the facts are ``named``."""
    sentences: list[Sentence] = []
    pieces = _END.split(plain_text(_put_names(text[:MAX_TEXT], named)))
    for piece, end in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        words = _WORD.findall(piece)
        # Digits come before letters, so the least word tells whether there is a number at all.
        if words and min(words) < "a":
            words = list(map(_name_number, words))
        if len(words) > _MAX_SENTENCE:
            *runs, words = [words[at : at + _MAX_SENTENCE] for at in range(0, len(words), _MAX_SENTENCE)]
            sentences += runs
        if end == "?":
            words.append(end)
        if words:
            sentences.append(words)
    return [sentence for sentence in sentences if len(sentence) <= _MAX_LIST or not is_heap(sentence)]


def is_heap(words: Sequence[str]) -> bool:
    """Whether so many different words with hardly a "the" or "we" are no sentence: a table, a footer, stuffing."""
    if len(words) <= _MAX_LIST:
        return False
    small = len(SMALL_WORDS.intersection(words))
    if len(words) <= _SMALL_WORD_EVERY * small:
        return False
    different = len(set(filter(str.isalpha, words)))
    if not small and len(words) > 2 * _MAX_LIST and different > _MAX_LABELS:
        return True
    return different > max(_MAX_LIST, _SMALL_WORD_EVERY * small)


def name_facts(facts: Facts) -> list[NamedSpan]:
    """The place of each fact, in order, with the word for its kind."""
    amounts = [amount for amount in facts.amounts if amount.currency or amount.value is None]
    kinds = (
        (facts.invoices, " zrefz "),
        (facts.orders, " zorderz "),
        (amounts, " zamountz "),
        (facts.dates, " zdayz "),
    )
    return sorted([(fact.span, word) for kind, word in kinds for fact in kind])


def names_within(named: Sequence[NamedSpan], part: Span) -> list[NamedSpan]:
    """Those of the facts that stand in a part of their text, with their places counted from its start."""
    first, end = part
    return [((at - first, to - first), word) for (at, to), word in named if first <= at < end]


def _put_names(text: str, named: Sequence[NamedSpan]) -> str:
    """The text with each fact replaced by the word for its kind."""
    spans = named
    if "@" in text or "://" in text or "www." in text:
        spans = sorted([*named, *((found.span(), " zaddressz ") for found in _ADDRESS.finditer(text))])
    if not spans:
        return text
    pieces: list[str] = []
    at = 0
    for (start, end), word in spans:
        if start >= at:
            pieces += (text[at:start], word)
            at = end
    return "".join((*pieces, text[at:]))


def _name_number(token: str) -> str:
    """The token, or a word for a number: one or two digits may mean something (30 days), more are somebody's own."""
    if not token[0].isdigit() or len(token) <= 2 or token[-1].isalpha():
        return token
    return token if token in _KNOWN_NUMBERS else "znumberz"


_KNOWN_NUMBERS: Final = frozenset("550 120 5.1.1 5.2.2 5.7.1 1099".split())  # noqa: SIM905  # a list of words
