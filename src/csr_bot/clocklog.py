"""What the log knows of service levels: the clocks of each case, and what is at stake when they are set.

A part of the case log: transactions are those of ``csr_bot.caselog``. A clock is stored with the calendars that it
counts by, so that its deadline can be explained when the policy has long changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from csr_bot.core.evidence import Contract, CreditProfile, Customer, Invoice, KycRecord
from csr_bot.core.sla_clock import SlaClock


@dataclass(frozen=True, slots=True)
class ClockRecord:
    """A clock of a case. ``next_at`` is when something has to be done about it; None: nothing any more."""

    case_id: str
    clock: SlaClock
    next_at: datetime | None


class ClockRows(Protocol):
    """The clocks of all cases."""

    def add(self, records: Sequence[ClockRecord]) -> None:
        """Store new counts. A second one of the same case, kind and cycle is a ConflictError at the end."""
        ...

    def update(self, record: ClockRecord) -> None:
        """Change a count that is stored; ConflictError where there is none."""
        ...

    def of_case(self, case_id: str) -> Sequence[ClockRecord]:
        """All counts of a case, by kind and cycle."""
        ...

    def due(self, bot: str, *, now: datetime, limit: int) -> Sequence[ClockRecord]:
        """Clocks of a bot's cases that have to be looked at, the longest due first."""
        ...

    def bots_due(self, *, now: datetime) -> Sequence[str]:
        """The bots with a clock that has to be looked at."""
        ...


@dataclass(frozen=True, slots=True)
class Stakes:
    """What the ledger says of customers and invoices when it has to be judged how urgent a request is.

    All by number. ``contracts`` are all versions of the customers' contracts, ``credit`` holds the newest profiles.
    """

    customers: Mapping[str, Customer] = field(default_factory=dict)
    invoices: Mapping[str, Invoice] = field(default_factory=dict)
    contracts: tuple[Contract, ...] = ()
    credit: Mapping[str, CreditProfile] = field(default_factory=dict)
    kyc: Mapping[str, KycRecord] = field(default_factory=dict)
