"""The mark that ties an answer to its case: the case number with a signature, written behind the subject.

A number alone can be guessed, so only a signed one counts as the thread of a case. Neither of them says who writes:
whether the sender belongs to the customer of the case is asked elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

_LETTERS: Final = 10
"""Fifty bits: nobody guesses one by mail, and people can still read it out."""
_MARK: Final = re.compile(rf"\[?\b(CSR-\d{{4}}-\d{{6,9}})\b(?:[ \t]+([A-Z2-7]{{{_LETTERS}}})(?=\]))?\]?", re.IGNORECASE)
_MAX_MARKS: Final = 5


@dataclass(frozen=True, slots=True)
class ThreadMarks:
    """The case numbers that a text names, in order: with our signature, and without (or with a wrong one)."""

    signed: tuple[str, ...]
    unsigned: tuple[str, ...]


def mark_subject(subject: str, case_no: str, *, key: bytes) -> str:
    """The subject with the mark of this case at its end, and no other mark."""
    plain = " ".join(_MARK.sub(" ", subject).split())
    return f"{plain} [{case_no} {_signature(case_no, key)}]"


def find_marks(*texts: str, key: bytes) -> ThreadMarks:
    """The case numbers in these texts, each once."""
    signed: dict[str, None] = {}
    named: dict[str, None] = {}
    for text in texts:
        for match in _MARK.finditer(text):
            case_no, signature = match[1].upper(), (match[2] or "").upper()
            is_ours = hmac.compare_digest(signature, _signature(case_no, key))
            (signed if is_ours else named).setdefault(case_no)
    unsigned = [case_no for case_no in named if case_no not in signed]
    return ThreadMarks(tuple(signed)[:_MAX_MARKS], tuple(unsigned)[:_MAX_MARKS])


def _signature(case_no: str, key: bytes) -> str:
    digest = hmac.digest(key, case_no.encode(), hashlib.sha256)
    return base64.b32encode(digest).decode()[:_LETTERS]
