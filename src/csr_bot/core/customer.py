"""A customer as the ledger shows it: who it is, what it owes, how it stands, and what is agreed with it.

Nothing is decided here. Sums are kept by currency and never mixed; what the ledger does not say stays None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Final

from csr_bot.core.evidence import (
    Contact,
    Contract,
    CreditProfile,
    Customer,
    DocumentStatus,
    Invoice,
    KycRecord,
    LetterOfCredit,
    Payment,
    PriceTerm,
    as_content,
)
from csr_bot.core.money import Money, zero

LONG_OVERDUE: Final = timedelta(days=30)
UNTRACKED: Final = frozenset({"locator", "exposure"})
"""Fields that are no part of what a master row says: its place in the file, and what moves with every invoice."""
_NEVER_OWED: Final = frozenset({DocumentStatus.DRAFT, DocumentStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class CustomerContext:
    """What a snapshot of the ledger says of one customer.

    ``group`` are the other members of its declared groups, ``children`` those whose parent it is. ``open_items`` are
    all its documents with something open, in the order of the file; where ``open_items_complete`` is False there are
    more of them, and no sum over them is to be used. ``unapplied`` are payments with something left to apply, of which
    ``unapplied_complete`` says the same. ``credit_profiles`` begin with the newest; ``contracts`` holds all versions.
    """

    customer: Customer
    children: tuple[str, ...]
    group: frozenset[str]
    contacts: tuple[Contact, ...]
    open_items: tuple[Invoice, ...]
    open_items_complete: bool
    unapplied: tuple[Payment, ...]
    unapplied_complete: bool
    credit_profiles: tuple[CreditProfile, ...]
    kyc: KycRecord | None
    letters_of_credit: tuple[LetterOfCredit, ...]
    contracts: tuple[Contract, ...]

    @property
    def credit(self) -> CreditProfile | None:
        """The newest credit profile."""
        return self.credit_profiles[0] if self.credit_profiles else None

    def contracts_on(self, day: date) -> tuple[Contract, ...]:
        """The version of each contract that holds on a day."""
        held = {item.contract_no: item for item in _by_version(self.contracts) if holds_on(item, day)}
        return tuple(held.values())


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """A contract in all its versions, the oldest first, with all its price terms."""

    contract_no: str
    versions: tuple[Contract, ...]
    price_terms: tuple[PriceTerm, ...]

    def version_on(self, day: date) -> Contract | None:
        """The version that holds on a day: of several, the highest."""
        return next((item for item in reversed(self.versions) if holds_on(item, day)), None)


@dataclass(frozen=True, slots=True)
class OpenTotals:
    """What is open in one currency. Credits lower ``open``; only what is owed to us can be overdue or disputed."""

    open: Money
    overdue: Money
    overdue_long: Money
    disputed: Money


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """A field of a customer's master row that a new snapshot has otherwise than the one before.

    A customer that is new or gone is a change of ``customer_no`` from or to None.
    """

    customer_no: str
    field: str
    before: str | None
    after: str | None
    snapshot_id: str
    at: datetime


def sum_open(items: Iterable[Invoice], *, on: date) -> Mapping[str, OpenTotals]:
    """What these items leave open on a day, by currency: all of it, overdue, overdue by more than 30 days, disputed."""
    totals: dict[str, OpenTotals] = {}
    for item in items:
        if not is_owed(item):
            continue
        none = zero(item.currency)
        before = totals.get(item.currency, OpenTotals(none, none, none, none))
        claim = item.open_amount if item.open_amount.amount > 0 else none
        late = on - item.due_date
        totals[item.currency] = OpenTotals(
            open=before.open + item.open_amount,
            overdue=before.overdue + (claim if late > timedelta(0) else none),
            overdue_long=before.overdue_long + (claim if late > LONG_OVERDUE else none),
            disputed=before.disputed + (claim if item.disputed else none),
        )
    return totals


def sum_unapplied(payments: Iterable[Payment]) -> Mapping[str, Money]:
    """What is left to apply of these payments, by currency."""
    totals: dict[str, Money] = {}
    for payment in payments:
        currency = payment.unapplied.currency
        totals[currency] = totals.get(currency, zero(currency)) + payment.unapplied
    return totals


def is_owed(item: Invoice) -> bool:
    """Whether a document counts into what is open: it is neither a draft nor cancelled, and something is left of it."""
    return item.status not in _NEVER_OWED and item.open_amount.amount != 0


def compare_customers(before: Customer | None, after: Customer | None) -> Mapping[str, tuple[str | None, str | None]]:
    """The fields in which two master rows differ, with both values as text; one that is None was or is not there."""
    if before is None or after is None:
        numbers = (before.customer_no if before else None, after.customer_no if after else None)
        return {"customer_no": numbers} if numbers[0] != numbers[1] else {}
    pairs = {
        item.name: (getattr(before, item.name), getattr(after, item.name))
        for item in fields(Customer)
        if item.name not in UNTRACKED
    }
    return {name: (_told(old), _told(new)) for name, (old, new) in pairs.items() if old != new}


def _told(value: object) -> str | None:
    if isinstance(value, Money):
        return f"{value.text()} {value.currency}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    return None if value is None else str(as_content(value))


def holds_on(contract: Contract, day: date) -> bool:
    """Whether a version of a contract is in force on a day."""
    return contract.start <= day and (contract.end is None or day <= contract.end)


def _by_version(contracts: Iterable[Contract]) -> list[Contract]:
    return sorted(contracts, key=lambda item: item.version)
