"""What an amount in a text stands for: a vote of the words around it, near ones before far ones.

A number hears the words between it and the numbers beside it, within its sentence; so "should be 100 not 216" gives two
roles. Where those words say nothing the talk of the whole text decides, or it stays "other".
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, compress
from operator import mul
from typing import Final

from csr_bot.core.parsing.amounts_in_text import FoundAmount
from csr_bot.core.parsing.language import FOLDING
from csr_bot.core.parsing.role_weights import ROLES, WEIGHTS
from csr_bot.core.parsing.role_words import read_cue
from csr_bot.core.request import AmountRole

_BEFORE: Final = 80
_BEHIND: Final = 50
_TALK: Final = 150
"""Characters of a text whose words are asked where those around an amount say nothing."""
_LOUDEST: Final = 90
_OBVIOUS: Final = 45
_OBVIOUS_BEHIND: Final = 24
_MOST_SAID: Final = 12
_NEAR: Final = (20, 20, 18, 16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 2, 1)
_NEAR_BEHIND: Final = (14, 13, 11, 9, 8, 6, 5, 4, 3, 2, 1)
_ROLES: Final = tuple(WEIGHTS)
_LANES: Final = struct.Struct(f"<{len(_ROLES)}Q")
_LIGHTEST: Final = -min(map(min, WEIGHTS.values()))
# What each trait weighs for all roles, side by side in one number, so that the roles are added up at once. All are made
# heavier by the same, which leaves their order as it is and no lane below nothing.
_COLUMNS: Final = [
    int.from_bytes(_LANES.pack(*[weight + _LIGHTEST for weight in column]), "little")
    for column in zip(*WEIGHTS.values(), strict=True)
]
_WORD: Final = re.compile(r"[^\W\d_][\w'/-]*")
# The sign first and then what it stands behind: so a search passes over all other characters at once.
_SENTENCE_END: Final = re.compile(r"[.;\n?!](?:(?<=[\n?!])|(?<!\bR[sS].)(?<!nr.)(?<!\bno.)(?<!\b\w.)\s(?!\d))")
_CLAUSE_END: Final = re.compile(
    r"[.;,]\s|\n|[?!()]|\b(?:but|aber|mais|pero|maar|sondern|while|whereas|alors|mientras|terwijl|obwohl|although)\b"
)
# Behind a right value, before the wrong one: "should be 100 not 216", "instead of 216".
_NOT: Final = re.compile(
    r"^\W*(?:\w+\W+){0,4}?(?:not|nicht|non|pas|no|niet|instead\s+of|rather\s+than|in\s+place\s+of|statt|anstatt|anstelle\s+(?:von|der)|au\s+lieu\s+d[e']|en\s+(?:lugar|vez)\s+de|"
    r"in\s+plaats\s+van|ipv|i\.p\.v\.)\W+(?:\w+\W+){0,2}(?:[a-z]{3}\s*|[$€£]\s*)?$",
    re.IGNORECASE,
)
# Pieces of these words, asked for first because most amounts have none of them before.
_NOT_SIGNS: Final = (
    "no", "ni", "pas", "inst", "rather", "place", "statt", "stelle", "lieu", "lugar", "vez", "plaats", "ipv", "p.v",
)  # fmt: skip
# Behind the wrong value, before the right one.
_INSTEAD: Final = re.compile(
    r"[^.?!\d]{0,24}?\b(?:statt|anstatt|anstelle|instead\s+of|rather\s+than|au\s+lieu|en\s+lugar|en\s+vez|in\s+plaats|ipv|i\.p\.v\.)",
    re.IGNORECASE,
)
# Pieces of these words, asked for first because most amounts have none of them behind.
_INSTEAD_SIGNS: Final = (
    "inst", "Inst", "anstell", "stat", "Stat", "rather", "lieu", "lugar", "vez", "plaats", "ipv", "p.v",
)  # fmt: skip
_OUGHT: Final = re.compile(
    r"\b(?:should|supposed|ought|must|soll\w*|m(?:ü|ue)sste\w*|devrai\w+|deb[eí]\w*|moet(?:en)?|agreed|vereinbart\w*|convenu\w*|acordad\w+|afgesproken)\b[^.;:?!\d]*$",
    re.IGNORECASE,
)
# What was agreed says so: "our agreement says 135", "laut Rahmenvertrag 125".
_AGREED: Final = re.compile(
    r"\b(?:agreements?|contract(?:ual)?|quot(?:e|ed|ation)|price\s?list|order\s+confirmation|rahmenvertrag\w*|vertrag\w*|angebot\w*|preisliste|auftragsbest(?:ä|ae)tigung|"
    r"contrat|devis|bar[eè]me|contrato|cotizaci[oó]n|presupuesto|overeenkomst|raamcontract|offerte|prijslijst)\b[^.;:?!\d]{0,40}$",
    re.IGNORECASE,
)
_TOO_MUCH: Final = re.compile(
    r"[^,.?!\d]{0,14}?\b(?:too\s+(?:much|high|many)|zu\s?(?:viel|hoch)|de\s+trop|en\s+trop|de\s+m[aá]s|te\s+(?:veel|hoog)|over\s?(?:charged|billed))\b",
    re.IGNORECASE,
)
_OF_INVOICE: Final = re.compile(
    r"\x00\W{0,3}(?:\(|(?:over|for|of|de|von|(?:ü|u)ber|por|van|à|a|:|=)\s*)?(?:[A-Z]{3}|[$€£])?\W{0,2}$"
)


def read_roles(text: str, numbers: Sequence[FoundAmount]) -> list[AmountRole]:
    """What each number of a text stands for; the text has its references and dates blanked out."""
    roles: list[AmountRole] = []
    talk: list[int] | None = None
    for index, number in enumerate(numbers):
        place = _Place.around(text, numbers, index)
        role = _contrast(place, roles[-1] if roles else None) or _obvious(place)
        if role is None and number.plain and not (place.heard[0] or place.heard[1]):
            # A bare number is worth a claim only where something is said of what it is or ought to be.
            role = AmountRole.OTHER
        if role is None:
            talk = talk or _read_talk(text)
            role = weigh([*place.heard, *talk, *place.marks(number)])
        roles.append(role)
    return roles


def list_traits(text: str, numbers: Sequence[FoundAmount]) -> list[list[int]]:
    """What speaks for the roles of each number, as counts in the order that ``role_weights`` has: what they are fitted on."""
    talk = _read_talk(text)
    places = [_Place.around(text, numbers, index) for index in range(len(numbers))]
    return [[*place.heard, *talk, *place.marks(number)] for place, number in zip(places, numbers, strict=True)]


@dataclass(slots=True)
class _Place:
    """The surroundings of a number: the words between it and the numbers beside it."""

    before: str
    heard: list[int]
    right_before: str
    index: int
    last: int
    is_against: bool
    """Set against the number before: "not 216", "instead of 216"."""
    has_instead: bool
    is_due: bool
    """What ought to be."""
    is_too_much: bool

    @classmethod
    def around(cls, text: str, numbers: Sequence[FoundAmount], index: int) -> _Place:
        start, end = numbers[index].span
        last = len(numbers) - 1
        floor = numbers[index - 1].span[1] if index else 0
        ceiling = numbers[index + 1].span[0] if index < last else len(text)
        before, behind = text[max(floor, start - _BEFORE) : start], text[end : min(ceiling, end + _BEHIND)]
        right_before = text[max(0, start - 30) : start]
        heard = _hear(before, behind)
        return cls(
            before,
            heard,
            right_before,
            index,
            last,
            is_against=index > 0
            and any(map(before.lower().__contains__, _NOT_SIGNS))
            and _NOT.match(before) is not None,
            has_instead=any(map(text[end : end + 40].__contains__, _INSTEAD_SIGNS))
            and _INSTEAD.match(text, end, end + _BEHIND) is not None,
            is_due=heard[0] > 0 and (_OUGHT.search(before) is not None or _AGREED.search(before) is not None),
            is_too_much=_TOO_MUCH.match(behind) is not None,
        )

    def marks(self, number: FoundAmount) -> list[int]:
        """The traits that are no words."""
        return [
            int(self.is_against),
            int(self.has_instead),
            int(self.is_due),
            int(self.is_too_much),
            int(_is_of_invoice(self.right_before)),
            int(self.before.rstrip(" ").endswith("(")),
            int(self.index == 0),
            int(self.index == self.last),
            int(self.last == 0),
            int(number.plain),
            int(number.currency is None),
            1,
        ]


def _is_of_invoice(right_before: str) -> bool:
    """Whether a number stands right behind a reference, which is blanked out: nothing but its last sign matters."""
    blank = right_before.rfind("\x00")
    return blank >= 0 and _OF_INVOICE.match(right_before, blank) is not None


def _contrast(place: _Place, previous: AmountRole | None) -> AmountRole | None:
    """The role of one of two values that are set against each other: "should be 100 not 216", "45 au lieu de 40"."""
    if place.is_against and previous in {AmountRole.CORRECT_VALUE, AmountRole.BILLED_VALUE}:
        return AmountRole.BILLED_VALUE if previous is AmountRole.CORRECT_VALUE else AmountRole.CORRECT_VALUE
    if place.is_too_much:
        return AmountRole.CLAIMED_DELTA
    if place.has_instead and not place.is_due:
        return AmountRole.BILLED_VALUE
    return AmountRole.CORRECT_VALUE if place.is_due else None


def _obvious(place: _Place) -> AmountRole | None:
    """The role that the words right before speak for by far, or where they say nothing, those right behind."""
    told, behind = place.heard[: len(ROLES)], place.heard[len(ROLES) :]
    best = max(told)
    if best >= _OBVIOUS:
        first = told.index(best)
        rivals = [*told[:first], *told[first + 1 :], *behind]
        return ROLES[first] if 4 * max(rivals) <= best else None
    last = max(behind)
    if best == 0 and last >= _OBVIOUS_BEHIND and sorted(behind)[-2] == 0:
        return ROLES[behind.index(last)]
    return None


def _hear(before: str, behind: str) -> list[int]:
    """How strongly the words before and behind speak for each role, near ones more, within the sentence."""
    end = 0
    for mark in _SENTENCE_END.finditer(before):
        end = mark.end()
    before = before[end:]
    if stop := _CLAUSE_END.search(behind):
        behind = behind[: stop.start()]
    heard = [0] * (2 * len(ROLES))
    for offset, words, weights in (
        (0, reversed(words_of(before)), _NEAR),
        (len(ROLES), words_of(behind), _NEAR_BEHIND),
    ):
        for cues, near in zip(map(read_cue, words), weights, strict=False):
            for place, weight in cues:
                heard[offset + place] += weight * near
    return heard if max(heard) <= _LOUDEST else [min(strength, _LOUDEST) for strength in heard]


def _read_talk(text: str) -> list[int]:
    """What the whole text is about, role by role."""
    said = [0] * len(ROLES)
    for place, weight in chain.from_iterable(map(read_cue, words_of(text[:_TALK]))):
        said[place] += weight
    return said if max(said) <= _MOST_SAID else [min(count, _MOST_SAID) for count in said]


def words_of(text: str) -> list[str]:
    """The words of a text in lower case without accents."""
    lowered = text.lower()
    return _WORD.findall(lowered if lowered.isascii() else lowered.translate(FOLDING))


def weigh(traits: Sequence[int]) -> AmountRole:
    """The role that the traits speak for most."""
    # Most traits are nothing.
    total = sum(map(mul, compress(_COLUMNS, traits), filter(None, traits)))
    totals = _LANES.unpack(total.to_bytes(_LANES.size, "little"))
    return _ROLES[totals.index(max(totals))]
