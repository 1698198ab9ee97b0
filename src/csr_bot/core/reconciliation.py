"""Sums that must meet: which open invoices a payment without lines can be, and why two statements differ.

Both look at one customer only. Several answers are candidates for a person, never an allocation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csr_bot.core.money import Money, minor_units, zero

MOST_INVOICES: Final = 20
MOST_CANDIDATES: Final = 10


@dataclass(frozen=True, slots=True)
class SumSearch:
    """Which sets of documents add up to a payment. ``complete`` says that there are no others."""

    candidates: tuple[tuple[str, ...], ...]
    complete: bool

    @property
    def only(self) -> tuple[str, ...] | None:
        """The one set, where it is certain that there is no other."""
        return self.candidates[0] if self.complete and len(self.candidates) == 1 else None


@dataclass(frozen=True, slots=True)
class Difference:
    """A document on which two statements differ; ``theirs`` or ``ours`` is nought where it is missing.

    Without a document it is the part of their balance that no line of theirs explains.
    """

    document: str | None
    theirs: Money
    ours: Money

    @property
    def amount(self) -> Money:
        """Theirs less ours."""
        return self.theirs - self.ours


def find_sums(open_amounts: Mapping[str, Money], *, payment: Money) -> SumSearch:
    """The sets of a customer's open documents that add up to ``payment`` exactly; credits count as negative amounts.

    Documents in other currencies are left out. More than 20 documents are not searched (``complete`` is False); else
    the work is bounded by the sums of two halves, 1,024 each, and by the first ten candidates.
    """
    in_currency = {name: amount for name, amount in open_amounts.items() if amount.currency == payment.currency}
    items = [(name, _in_minor_units(amount)) for name, amount in in_currency.items() if amount.amount]
    if len(items) > MOST_INVOICES:
        return SumSearch((), complete=False)
    found: list[tuple[str, ...]] = []
    for candidate in _iterate_sums(items, _in_minor_units(payment)):
        if len(found) == MOST_CANDIDATES:
            return SumSearch(tuple(found), complete=False)
        found.append(candidate)
    return SumSearch(tuple(found), complete=True)


def reconcile(
    theirs: Mapping[str, Money], ours: Mapping[str, Money], *, their_balance: Money | None = None
) -> tuple[Difference, ...]:
    """Every document on which two statements differ, in order of its number; together exactly theirs less ours.

    ``their_balance`` is the balance that they quote, where their lines do not show all of it. Raises
    CurrencyMismatchError: statements are of one currency.
    """
    amounts = [*theirs.values(), *ours.values(), *([their_balance] if their_balance else [])]
    if not amounts:
        return ()
    nothing = zero(amounts[0].currency)
    pairs = ((name, theirs.get(name, nothing), ours.get(name, nothing)) for name in sorted({*theirs, *ours}))
    differences = [Difference(name, their, our) for name, their, our in pairs if (their - our).amount]
    if their_balance is not None:
        listed = sum(theirs.values(), start=nothing)
        if (their_balance - listed).amount:
            differences.append(Difference(None, their_balance - listed, nothing))
    return tuple(differences)


def _in_minor_units(amount: Money) -> int:
    """ValueError for a fraction of a minor unit, which no statement shows."""
    scaled = amount.amount.scaleb(minor_units(amount.currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount.amount} {amount.currency} is not in whole minor units")
    return int(scaled)


def _iterate_sums(items: Sequence[tuple[str, int]], wanted: int) -> Iterator[tuple[str, ...]]:
    """Sums of one half are looked up among the sorted sums of the other."""
    half = len(items) // 2
    left, right = _all_sums(items[:half]), sorted(_all_sums(items[half:]))
    for amount, names in left:
        place = bisect_left(right, (wanted - amount, ()))
        while place < len(right) and right[place][0] == wanted - amount:
            if names or right[place][1]:
                yield names + right[place][1]
            place += 1


def _all_sums(items: Sequence[tuple[str, int]]) -> list[tuple[int, tuple[str, ...]]]:
    sums: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for name, amount in items:
        sums += [(total + amount, (*names, name)) for total, names in sums]
    return sums
