"""Marking in a message what the bot read from it, so that every value can be followed to the customer's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from csr_bot.core.request import AmountRole, ClaimedAmount, Request, TextSource


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``meaning`` says what the bot took it for, None for plain text."""

    text: str
    meaning: str | None


def mark_text(text: str, request: Request, *sources: TextSource) -> list[Piece]:
    """A text in pieces, with those marked that the request was read from. Joined, they are the text again.

    A place that does not hold what was read there is left unmarked: a mark must never point at the wrong words.
    """
    pieces: list[Piece] = []
    end = 0
    for start, stop, meaning in sorted(set(_places(text, request, sources))):
        if start >= end:
            pieces += [Piece(text[end:start], None)] if start > end else []
            pieces.append(Piece(text[start:stop], meaning))
            end = stop
    return [*pieces, Piece(text[end:], None)] if end < len(text) else pieces


def _places(text: str, request: Request, sources: tuple[TextSource, ...]) -> Iterator[tuple[int, int, str]]:
    for kind, references in (("invoice number", request.invoice_refs), ("purchase order", request.po_refs)):
        for reference in references:
            if reference.source in sources and text[slice(*reference.span)] == reference.raw:
                yield *reference.span, kind
    for claim in request.amounts:
        if claim.source in sources and _has_value(text[slice(*claim.span)], claim):
            other = claim.role is AmountRole.OTHER
            yield *claim.span, "amount" if other else claim.role.value.replace("_", " ")
    for day in request.dates:
        if day.source in sources and str(day.value.day) in text[slice(*day.span)]:
            yield *day.span, f"date {day.value.isoformat()}"


def _has_value(text: str, claim: ClaimedAmount) -> bool:
    """Whether the digits of an amount are those of a text, however it sets off thousands and decimals."""
    values = [claim.value] if claim.value is not None else claim.candidates
    return _digits(text) in [_digits(f"{value:f}") for value in values]


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit()).strip("0")
