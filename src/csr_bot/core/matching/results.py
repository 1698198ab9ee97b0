"""What matching says: for each reference of a request the invoice meant, with its points and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from csr_bot.core.request import Reference


class MatchDecision(StrEnum):
    """What the points of a match are good for; ``chosen`` is what a person has said instead."""

    AUTO = "auto"
    CHOSEN = "chosen"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An invoice that may be meant, with its points by signal.

    ``agree`` are the signals that speak for it and not as well for another invoice whose number is nearly the same.
    """

    invoice_no: str
    customer_no: str
    score: Decimal
    parts: Mapping[str, Decimal]
    agree: tuple[str, ...]
    contradict: tuple[str, ...]
    company_code: str = ""


CERTAIN: Final = frozenset({MatchDecision.AUTO, MatchDecision.CHOSEN})
"""The invoice is beyond doubt."""


@dataclass(frozen=True, slots=True)
class Match:
    """The invoice meant by one reference of a request (or by the request as a whole, where it names none)."""

    reference: Reference | None
    decision: MatchDecision
    best: Candidate | None
    candidates: tuple[Candidate, ...]
    why: tuple[str, ...]

    @property
    def certain(self) -> Candidate | None:
        """The invoice meant, where that is beyond doubt."""
        return self.best if self.decision in CERTAIN else None
