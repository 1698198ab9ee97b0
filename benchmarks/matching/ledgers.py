"""Seeded ledgers with numbers in sequence, and requests about them.

60 % name their number as it is, 20 % reformatted, 12 % with a wrong digit, 8 % name one that does not exist.

As in the comparison that the goals were taken from, every request comes from the right customer and states the amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from csr_bot.core.matching import LedgerEntry, canonical_number, number_forms
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, Reference, Request, TextSource

_EACH = 25
"""Invoices for each customer, on average."""
_START = date(2025, 1, 1)
_DAYS = [_START + timedelta(days=day) for day in range(700)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, whose it is, and which invoice it means (None: one that does not exist)."""

    request: Request
    own: frozenset[str]
    meant: str | None
    canonical: str


def make_entries(count: int, *, seed: int = 5) -> list[LedgerEntry]:
    """A ledger of ``count`` invoices over a customer for every twenty-five."""
    chance = Random(seed)
    customers = [f"C-{number}" for number in range(max(1, count // _EACH))]
    return [_entry(chance, f"INV-2025-{serial:07}", chance.choice(customers), serial) for serial in range(1, count + 1)]


def make_requests(entries: list[LedgerEntry], count: int, *, seed: int = 6) -> list[Asked]:
    """Requests about them."""
    chance = Random(seed)
    return [_asked(chance, chance.choice(entries), len(entries)) for _ in range(count)]


def _entry(chance: Random, number: str, customer_no: str, serial: int) -> LedgerEntry:
    gross = Decimal(chance.randrange(1_000, 5_000_000)) / 100
    day = serial % 600
    return LedgerEntry(
        invoice_no=number,
        company_code="1000",
        customer_no=customer_no,
        forms=number_forms(number),
        currency="USD",
        gross=gross,
        net=gross,
        open_amount=gross,
        amounts=frozenset((gross,)),
        po_no=None,
        dates=frozenset((_DAYS[day], _DAYS[day + 30])),
    )


def _asked(chance: Random, entry: LedgerEntry, size: int) -> Asked:
    drawn, number = chance.random(), entry.invoice_no
    if 0.60 <= drawn < 0.80:
        number = chance.choice(
            (number.replace("-", " "), number.replace("-", "/"), number.replace("-", ""), number[4:])
        )
    elif 0.80 <= drawn < 0.92:
        place = chance.randrange(9, len(number))
        number = number[:place] + chance.choice([d for d in "0123456789" if d != number[place]]) + number[place + 1 :]
    elif drawn >= 0.92:
        number = f"INV-2025-{size + chance.randrange(1, size):07}"
    reference = Reference(number, canonical_number(number), (0, len(number)), TextSource.BODY)
    amount = ClaimedAmount(entry.gross, None, AmountRole.INVOICE_TOTAL, (0, 1), TextSource.BODY)
    request = Request(Category.INVOICE_COPY, None, Decimal(1), "en", invoice_refs=(reference,), amounts=(amount,))
    return Asked(
        request, frozenset({entry.customer_no}), None if drawn >= 0.92 else entry.invoice_no, reference.canonical
    )
