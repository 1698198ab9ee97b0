"""Mail domains: which belong to everybody, and which are made to look like a customer's.

Whether two domains look alike is an edit distance, which no index answers. So each domain of a customer is stored under
a few pieces of itself, and a stranger's domain asks for the pieces that one within reach must share with it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA

REACH: Final = 2
"""Edits within which a domain is taken for an imitation (V22)."""

FREE_MAIL: Final = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "outlook.de", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com"}
    | {"live.nl", "msn.com", "yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "yahoo.es", "ymail.com", "icloud.com"}
    | {"me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "pm.me", "mail.com", "gmx.de", "gmx.net"}
    | {"gmx.com", "gmx.at", "gmx.ch", "web.de", "freenet.de", "t-online.de", "orange.fr", "wanadoo.fr", "free.fr"}
    | {"laposte.net", "sfr.fr", "ziggo.nl", "kpnmail.nl", "planet.nl", "libero.it", "yandex.com", "yandex.ru"}
    | {"mail.ru", "zoho.com", "fastmail.com", "tutanota.com", "tuta.com", "hey.com", "qq.com", "163.com"}
    | {"comcast.net", "verizon.net", "btinternet.com", "hotmail.co.uk", "hotmail.es", "terra.es", "telefonica.net"}
)
"""Domains where anybody can have an address: they never say who somebody is."""

# Two edits, each of which can touch two pieces where it swaps letters, leave one of five untouched.
_PIECES: Final = 2 * REACH + 1
# Letters of other alphabets, and digits, that look like these; and pairs that look like one.
_LIKENESS: Final = str.maketrans(
    "аеорсхуѕіјԁһӏոցԛԝвкмнтαορνικτυωγ013568|!",  # noqa: RUF001  # that they can be confused is the point
    "aeopcxysijdhlngqwbkmhtaopvlktuwyolesgbll",
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))


def skeleton(domain: str) -> str:
    """A domain reduced to what the eye sees of it; two that are equal cannot be told apart (UTS 39)."""
    seen = _as_shown(domain.lower()).translate(_LIKENESS)
    for pair, single in _PAIRS:
        seen = seen.replace(pair, single)
    return seen


def looks_like(domain: str, known: str) -> bool:
    """Whether a domain that is not ``known`` may be taken for it: at most two edits apart, to the eye or in letters."""
    return any(
        OSA.distance(one, other, score_cutoff=REACH) <= REACH
        for one, other in ((_as_shown(domain.lower()), known), (skeleton(domain), skeleton(known)))
    )


def stored_keys(domain: str) -> frozenset[str]:
    """The keys under which a customer's domain is stored."""
    return frozenset(key for seen in {domain.lower(), skeleton(domain)} for key in _pieces(seen))


def reach_keys(domain: str) -> frozenset[str]:
    """The keys of which every domain that this one looks like is stored under at least one."""
    keys = set()
    for seen in {_as_shown(domain.lower()), skeleton(domain)}:
        for length in range(len(seen) - REACH, len(seen) + REACH + 1):
            for number, (start, end) in enumerate(_cuts(length)):
                for shift in range(-REACH, REACH + 1):
                    if start + shift >= 0 and end + shift <= len(seen):
                        keys.add(f"{length}:{number}:{seen[start + shift : end + shift]}")
    return frozenset(keys)


def _pieces(seen: str) -> list[str]:
    return [f"{len(seen)}:{number}:{seen[start:end]}" for number, (start, end) in enumerate(_cuts(len(seen)))]


def _cuts(length: int) -> list[tuple[int, int]]:
    places = [length * number // _PIECES for number in range(_PIECES + 1)]
    return list(pairwise(places))


def _as_shown(domain: str) -> str:
    """A domain as people see it: letters of other alphabets instead of their ASCII form (RFC 5890)."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
