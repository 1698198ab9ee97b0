"""What one part of a message names: documents, orders, amounts with what they stand for, dates, a bank account.

Facts only. What the customer wants with them is read elsewhere, and whether they are true is left to matching and
recomputation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from csr_bot.core.parsing.amounts_in_text import find_numbers
from csr_bot.core.parsing.dates import FoundDate, find_dates, read_date
from csr_bot.core.parsing.digits import find_digits
from csr_bot.core.parsing.hidden import has_hidden, map_places, strip_hidden
from csr_bot.core.parsing.references import FoundReference, find_references
from csr_bot.core.parsing.relative_days import find_relative
from csr_bot.core.parsing.roles import read_roles
from csr_bot.core.request import AmountRole, ClaimedAmount, ClaimedDate, Reference, TextSource


@dataclass(frozen=True, slots=True)
class Facts:
    """What one part of a message names, with places in that part."""

    invoices: tuple[Reference, ...] = ()
    orders: tuple[Reference, ...] = ()
    amounts: tuple[ClaimedAmount, ...] = ()
    dates: tuple[ClaimedDate, ...] = ()
    has_bank_account: bool = False

    @property
    def has_claims(self) -> bool:
        """Whether documents or amounts are named."""
        return bool(self.invoices or self.orders or self.amounts)


_NO_FACTS: Final = Facts()
_SAID_OF_QUANTITIES: Final = frozenset({AmountRole.BILLED_VALUE, AmountRole.CORRECT_VALUE})


def read_facts(text: str, source: TextSource, *, country: str | None = None, received: date | None = None) -> Facts:
    """The facts of a text, in order of place.

    ``country`` (ISO 3166-1) decides the order of day and month. Days such as "next Friday" or "5 December" are read
    only where the day is known on which the text was ``received``.
    """
    if has_hidden(text):
        return _at_first_places(_read_plain(strip_hidden(text), source, country, received), text)
    return _read_plain(text, source, country, received)


def read_days(text: str, source: TextSource, *, country: str | None = None, received: date) -> tuple[ClaimedDate, ...]:
    """The dates of `read_facts` alone."""
    if has_hidden(text):
        return read_facts(text, source, country=country, received=received).dates
    dates = find_dates(text, country=country)
    return _claimed_days(text, dates, source, country, received)


def _read_plain(text: str, source: TextSource, country: str | None, received: date | None) -> Facts:
    digits = find_digits(text)
    dates = find_dates(text, country=country, digits=digits) if digits else ()
    days = _claimed_days(text, dates, source, country, received)
    if not digits:
        return Facts(dates=days) if days else _NO_FACTS
    found = find_references(text, dates=tuple([found_date.span for found_date in dates]), digits=digits)
    return Facts(
        invoices=_references(found.invoices, source),
        orders=_references(found.purchase_orders, source),
        amounts=_read_claims(found.rest, source, digits=digits),
        dates=days,
        has_bank_account=found.has_bank_account,
    )


def _claimed_days(
    text: str, dates: Sequence[FoundDate], source: TextSource, country: str | None, received: date | None
) -> tuple[ClaimedDate, ...]:
    days = [day for found in dates if (day := _claimed_day(text, found, source, country, received))] if dates else []
    relative = _told_days(text, source, received) if received else ()
    return tuple(sorted([*days, *relative], key=lambda day: day.span)) if relative else tuple(days)


def _told_days(text: str, source: TextSource, received: date) -> tuple[ClaimedDate, ...]:
    return tuple([ClaimedDate(day.value, day.span, source, ("relative",)) for day in find_relative(text, received)])


def _claimed_day(
    text: str, found: FoundDate, source: TextSource, country: str | None, received: date | None
) -> ClaimedDate | None:
    """A date that names its year, or the one nearest to the day of the message that fits."""
    if found.value is not None:
        return ClaimedDate(found.value, found.span, source)
    if received is None or found.candidates:
        return None
    reading = read_date(text[slice(*found.span)].rstrip(", "), country=country, received=received)
    if len(reading.candidates) != 1:
        return None
    return ClaimedDate(reading.candidates[0], found.span, source, reading.flags)


def _at_first_places(facts: Facts, text: str) -> Facts:
    """Facts of a text without its hidden marks, placed in ``text``; an amount that held some is not certain."""
    places = map_places(text)

    def place(span: tuple[int, int]) -> tuple[int, int]:
        return places[span[0]], places[span[1] - 1] + 1

    def doubt(claim: ClaimedAmount) -> ClaimedAmount:
        span = place(claim.span)
        # Marks that turn the writing stand around a number as well as in it.
        if claim.value is None or not has_hidden(text[max(0, span[0] - 2) : span[1] + 2]):
            return replace(claim, span=span)
        return replace(claim, span=span, value=None, candidates=(claim.value,), why="AMOUNT_HIDDEN_MARKS")

    return Facts(
        invoices=tuple([replace(found, span=place(found.span)) for found in facts.invoices]),
        orders=tuple([replace(found, span=place(found.span)) for found in facts.orders]),
        amounts=tuple([doubt(claim) for claim in facts.amounts]),
        dates=tuple([replace(day, span=place(day.span)) for day in facts.dates]),
        has_bank_account=facts.has_bank_account,
    )


def _references(found: tuple[FoundReference, ...], source: TextSource) -> tuple[Reference, ...]:
    return tuple([Reference(*reference, source) for reference in found]) if found else ()


def _read_claims(rest: str, source: TextSource, *, digits: list[tuple[int, int]]) -> tuple[ClaimedAmount, ...]:
    """The amounts, and those bare numbers that stand for what was billed or what would be right ("150 seats")."""
    numbers = find_numbers(rest, digits=digits)
    claims: list[ClaimedAmount] = []
    for number, role in zip(numbers, read_roles(rest, numbers), strict=True):
        if number.plain and role not in _SAID_OF_QUANTITIES:
            continue
        claims.append(
            ClaimedAmount(number.value, number.currency, role, number.span, source, number.candidates, number.why)
        )
    return tuple(claims)
