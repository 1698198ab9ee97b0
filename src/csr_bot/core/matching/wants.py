"""Which entries of the ledger a request has to be held against, as look-up keys: wants before reads.

The ledger is never read whole. The wants of a chunk of requests are looked up together, and matching runs on what was
found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from csr_bot.core.matching.entries import LedgerView
from csr_bot.core.matching.numbers import ReadNumber, canonical_number, canonical_order, read_number
from csr_bot.core.request import Request

_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The keys of one request. Every entry is wanted that fits any of them.

    ``canonicals`` and ``digits`` (against digits and year with serial) count in every account; ``tails`` in the
    accounts ``own``, and in every account where ``own`` is empty; all else in the accounts ``own`` only: ``neighbours``
    (canonical numbers), ``po_nos`` (canonical), ``amounts`` (gross, net or open), ``dates`` (of invoice or due),
    ``values`` (rate, quantity or net of a line of an open invoice). ``open_items``: the open invoices of ``own``, if at
    most twenty.
    """

    own: frozenset[str]
    canonicals: frozenset[str] = _NOTHING
    digits: frozenset[str] = _NOTHING
    tails: frozenset[str] = _NOTHING
    neighbours: frozenset[str] = _NOTHING
    po_nos: frozenset[str] = _NOTHING
    amounts: frozenset[Decimal] = frozenset()
    dates: frozenset[date] = frozenset()
    values: frozenset[Decimal] = frozenset()
    open_items: bool = False

    def __bool__(self) -> bool:
        anywhere = self.canonicals or self.digits or self.tails
        within = self.neighbours or self.po_nos or self.amounts or self.dates or self.values or self.open_items
        return bool(anywhere or (self.own and within))


def wanted_entries(
    request: Request, *, own: Collection[str], prefixes: Collection[str], thread: Collection[str] = ()
) -> Wanted:
    """What a request wants first. ``own`` are the customers that the sender may speak for, with their group;
    ``thread`` the invoices that are certain on the case of its thread.
    """
    numbers = _numbers(request, prefixes)
    values = frozenset(claim.value for claim in request.amounts if claim.value is not None and not claim.source.is_hint)
    return Wanted(
        own=frozenset(own),
        canonicals=frozenset(form for number in numbers for form in (number.canonical, number.full))
        | frozenset(map(canonical_number, thread)),
        digits=frozenset(form for number in numbers for form in (number.digits, number.year_serial) if form),
        tails=frozenset(number.tail for number in numbers if number.is_short and number.tail),
        po_nos=frozenset(canonical_order(order.canonical) for order in request.po_refs),
        amounts=values,
        dates=frozenset(day.value for day in request.dates),
        values=values,
        open_items=bool(own and values and not numbers),
    )


def wanted_neighbours(request: Request, *, own: Collection[str], view: LedgerView) -> Wanted:
    """What it wants on top of what was found first: numbers one slip away, where the one that is written is not on an
    account of the sender, or where a figure that is not its total would let it count for money.
    """
    mine = frozenset(own)
    figures = {claim.value for claim in request.amounts if claim.value is not None}
    neighbours: set[str] = set()
    for number in _numbers(request, view.prefixes) if mine else ():
        exact = [entry for entry in view.numbered(number.canonical) if entry.customer_no in mine]
        if not exact or any(figures - entry.amounts for entry in exact):
            neighbours |= number.neighbours(view.prefixes)
            neighbours.update(number.adjacent())
    return Wanted(own=mine, neighbours=frozenset(neighbours))


def _numbers(request: Request, prefixes: Collection[str]) -> list[ReadNumber]:
    """The numbers that it names, each once however often it is written."""
    return [read_number(raw, prefixes) for raw in {reference.raw for reference in request.invoice_refs}]
