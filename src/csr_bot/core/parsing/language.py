"""Which of the five languages a text is in, by a vote of its small words. A cheap guess, used to choose words of
replies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SMALL_WORDS: Final = {
    "en": "the and of to is are was were we our you your please pls for on with not this that have has be will can could it in "
    "from at as an my us by would yet still why which what when there do does just but or if did been hi thanks thx i a all",
    "de": "der die das und ist sind war wir uns unser unsere unserer unseren sie ihr ihre ihrer bitte fuer auf mit nicht diese "
    "dieser haben hat wurde wird werden kann koennen es im vom zum zur von ein eine einen einer noch warum ich aus bei den dem "
    "des als auch guten tag hallo danke zu am ueber um an",
    "fr": "le la les et est sont nous notre nos vous votre vos merci pour sur avec pas cette ce cet avons avez a ete etre sera "
    "peut dans du de des un une par que qui pourquoi bonjour au aux il elle ne je encore mais ou veuillez svp",
    "es": "el la los las y es son nosotros nuestro nuestra su sus por favor para con no esta este hemos ha sido ser sera puede "
    "en del de un una que quien hola buenos dias gracias al lo le nos se cuando donde pero o todavia aun mi",
    "nl": "de het een en is zijn was wij we ons onze u uw graag voor op met niet deze dit hebben heeft werd wordt worden kan "
    "kunnen in van naar door nog waarom ik uit bij te als ook goedendag hallo bedankt dank maar wanneer over aan om",
}  # fmt: skip

_LANGUAGES: Final = tuple(_SMALL_WORDS)
_VOTES: Final[dict[str, tuple[int, ...]]] = {}
for _index, _words in enumerate(_SMALL_WORDS.values()):
    for _word in _words.split():
        _VOTES[_word] = (*_VOTES.get(_word, ()), _index)

SMALL_WORDS: Final = frozenset(_VOTES)

# Letters beside the plain alphabet, spelt as people without the key type them, so that one word list does for both.
FOLDING: Final = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "à": "a", "á": "a", "â": "a", "ç": "c", "è": "e", "é": "e", "ê": "e",
    "ë": "e", "ì": "i", "í": "i", "î": "i", "ï": "i", "ñ": "n", "ò": "o", "ó": "o", "ô": "o", "ù": "u", "ú": "u", "û": "u",
    "œ": "oe", "’": "'", "ʼ": "'", "`": "'", "´": "'",
})  # fmt: skip


# Everything of the plain alphabet that is no letter.
_NO_LETTERS: Final = {code: " " for code in range(128) if not chr(code).isalpha()}
_LETTERS_ONLY: Final = FOLDING | _NO_LETTERS | {code: " " for code, spelt in FOLDING.items() if spelt == "'"}
_WORD: Final = re.compile(r"[^\W\d_]+")


def split_words(text: str) -> list[str]:
    """The runs of letters in a text, in lower case and folded."""
    letters = text.lower().translate(_LETTERS_ONLY)
    return letters.split() if letters.isascii() else _WORD.findall(letters)


def guess_language(words: Iterable[str]) -> str | None:
    """ISO 639-1 code of the language with the most small words among lower-case folded ``words``; None on a tie or
    none.
    """
    votes = [0, 0, 0, 0, 0]
    for languages in [_VOTES[word] for word in words if word in _VOTES]:
        for index in languages:
            votes[index] += 1
    best = max(votes)
    return _LANGUAGES[votes.index(best)] if best and votes.count(best) == 1 else None
