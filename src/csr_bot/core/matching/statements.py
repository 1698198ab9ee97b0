"""What a request states about invoices beside their numbers, and which of it an invoice bears out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Final

from csr_bot.core.matching.entries import Account, LedgerEntry
from csr_bot.core.matching.numbers import canonical_order
from csr_bot.core.request import AmountRole, ClaimedAmount, Request

MAX_OPEN: Final = 20
"""Open invoices among which a sum is looked for; with more, several sums are nearly always right."""
_MAX_ADDENDS: Final = 4
_ONE_PERCENT: Final = Decimal("0.01")
_CENT: Final = Decimal("0.01")
# A figure in these roles is, or may be, what a whole invoice comes to, or what one of its lines says.
_WHOLE: Final = frozenset({AmountRole.INVOICE_TOTAL, AmountRole.PAYMENT, AmountRole.OTHER, AmountRole.BILLED_VALUE})


@dataclass(frozen=True)
class Statements:
    """The figures, orders and days of the newest text, and the invoices that are certain on its thread.

    ``sums`` are the amounts of the invoices that the request names, where they add up to a stated figure.
    """

    claims: tuple[ClaimedAmount, ...]
    orders: frozenset[str]
    days: frozenset[date]
    thread: frozenset[str]
    sums: frozenset[Decimal] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stated but numbers."""
        return not (self.claims or self.orders or self.days or self.thread)

    @cached_property
    def _has_delta(self) -> bool:
        return any(claim.role is AmountRole.CLAIMED_DELTA for claim in self.claims)

    @cached_property
    def figures(self) -> frozenset[Decimal]:
        """Every figure, whatever it stands for."""
        return frozenset(claim.value for claim in self.claims if claim.value is not None)

    def totals(self, currency: str) -> list[Decimal]:
        """Figures that may be what a whole invoice in this currency comes to."""
        return [value for claim in self.claims if claim.role in _WHOLE and (value := _value(claim, currency))]

    def has_amount(self, entry: LedgerEntry) -> bool:
        """Whether a stated figure is the invoice's gross, net or open amount, or it is part of a stated sum."""
        if entry.gross in self.sums:
            return True
        return any(_value(claim, entry.currency) in entry.amounts for claim in self.claims)

    def is_close(self, entry: LedgerEntry) -> bool:
        """Whether a stated total is within one per cent of the invoice's."""
        return any(abs(value - entry.gross) <= entry.gross * _ONE_PERCENT for value in self.totals(entry.currency))

    def is_total_of(self, entry: LedgerEntry) -> bool:
        """Whether a figure that may be a whole invoice's is the one of this."""
        return any(value in entry.amounts for value in self.totals(entry.currency))

    def exceeds(self, entry: LedgerEntry, *, beside: Collection[LedgerEntry]) -> bool:
        """Whether what is called the invoice's total is more than it has, and not that of one named ``beside`` it."""
        return any(
            claim.role is AmountRole.INVOICE_TOTAL
            and (value := _value(claim, entry.currency)) is not None
            and value > entry.gross
            and not any(value in other.amounts for other in beside)
            for claim in self.claims
        )

    def leaves_open(self, entry: LedgerEntry) -> bool:
        """Whether a figure of what was billed is neither among the invoice's amounts, nor near, nor in its lines."""
        for claim in self.claims:
            value = _value(claim, entry.currency)
            knows = claim.role is AmountRole.INVOICE_TOTAL or (claim.role is AmountRole.BILLED_VALUE and entry.lines)
            if knows and value not in entry.amounts and not (value and self.has_value(entry, value)):
                return not (self.has_amount(entry) or self.is_close(entry))
        return False

    def line_values(self, entry: LedgerEntry) -> set[Decimal]:
        """Stated figures that are a rate, quantity or net amount of exactly one line, and no total of the invoice."""
        stated = {value for value in self.totals(entry.currency) if value not in entry.amounts}
        differences = {_value(claim, entry.currency) for claim in self.claims if claim.role is AmountRole.CLAIMED_DELTA}
        return {
            value for value in stated if sum(value in (line.rate, line.quantity, line.net) for line in entry.lines) == 1
        } | {value for value in differences if value and sum(value == line.net for line in entry.lines) == 1}

    def has_value(self, entry: LedgerEntry, value: Decimal) -> bool:
        """Whether any line says this."""
        return any(value in (line.rate, line.quantity, line.net) for line in entry.lines)

    def has_delta(self, entry: LedgerEntry) -> bool:
        """Whether the stated difference follows from the stated wrong and right value and a line of the invoice.

        The line gives what the text does not say: the quantity to a price, or the price to a quantity; and the invoice
        its tax.
        """
        if not self._has_delta:
            return False
        wanted, billed, right = (
            {value for claim in self.claims if claim.role is role and (value := _value(claim, entry.currency))}
            for role in (AmountRole.CLAIMED_DELTA, AmountRole.BILLED_VALUE, AmountRole.CORRECT_VALUE)
        )
        for line in entry.lines if wanted else ():
            for was, other in ((line.rate, line.quantity), (line.quantity, line.rate)):
                for ought in right if was in billed else ():
                    difference = abs(was - ought) * other
                    taxed = difference * entry.gross / entry.net if entry.net else difference
                    if any(abs(value - figure) <= _CENT for value in wanted for figure in (difference, taxed)):
                        return True
        return False


def read_statements(request: Request, thread: Collection[str]) -> Statements:
    """What a request states; figures of quoted history are left out."""
    return Statements(
        claims=tuple(claim for claim in request.amounts if claim.value and not claim.source.is_hint),
        orders=frozenset(canonical_order(order.canonical) for order in request.po_refs),
        days=frozenset(day.value for day in request.dates if not day.source.is_hint),
        thread=frozenset(thread),
    )


def named_sums(statements: Statements, named: Sequence[LedgerEntry]) -> frozenset[Decimal]:
    """The gross amounts of several named invoices, if they add up to a stated figure, gross, net or what is open."""
    currencies = {entry.currency for entry in named}
    if len(named) < 2 or len(currencies) > 1:
        return frozenset()
    totals = statements.totals(currencies.pop())
    gross, still_open = sum(entry.gross for entry in named), sum(entry.open_amount for entry in named)
    return frozenset(entry.gross for entry in named) if gross in totals or still_open in totals else frozenset()


def open_sum(statements: Statements, accounts: Iterable[Account]) -> tuple[LedgerEntry, ...]:
    """The two to four open invoices of one customer that a stated figure is the sum of, if no others are as well."""
    found: list[tuple[LedgerEntry, ...]] = []
    for account in accounts:
        if len(account.open) > MAX_OPEN:
            return ()
        for currency in {entry.currency for entry in account.open}:
            open_ones = [entry for entry in account.open if entry.currency == currency]
            totals = set(statements.totals(currency))
            for count in range(2, _MAX_ADDENDS + 1) if totals else ():
                found += [few for few in combinations(open_ones, count) if sum(e.open_amount for e in few) in totals]
    return found[0] if len(found) == 1 else ()


def _value(claim: ClaimedAmount, currency: str) -> Decimal | None:
    """The figure, unless it is in another currency."""
    return claim.value if claim.currency in (None, currency) else None
