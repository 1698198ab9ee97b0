"""Registers that only we keep: promises, instalments, KYC documents received, and entries on letters of credit.

A part of the case log: transactions are those of ``csr_bot.caselog``. An entry is written when its effect is carried
out, and found again by that effect's reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol

OPEN: Final = "open"
"""The status of an entry that somebody or something still has to come back to."""


class RegisterKind(StrEnum):
    """Which register an entry belongs to."""

    PROMISE = "promise"
    INSTALMENT = "instalment"
    KYC_DOCUMENT = "kyc_document"
    LETTER_OF_CREDIT = "letter_of_credit"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """An entry. ``subject`` is what it is about: an invoice, a requirement, a letter of credit.

    ``reference`` is the effect's own, with ``/1``, ``/2``, … behind it where one effect makes several entries.
    """

    id: str
    kind: RegisterKind
    case_id: str
    reference: str
    customer_no: str
    subject: str
    content: Mapping[str, object]
    status: str
    due_on: date | None
    created_at: datetime


class RegisterRows(Protocol):
    """All registers."""

    def add(self, entries: Sequence[RegisterEntry]) -> None:
        """Enter them. A second entry under one reference is a ConflictError at the end of the transaction."""
        ...

    def find_by_reference(self, reference: str) -> Sequence[RegisterEntry]:
        """The entries that an effect has made, by its reference."""
        ...

    def open_entries(self, kind: RegisterKind, *, due_by: date) -> Sequence[RegisterEntry]:
        """Open entries that are due on that day or before, the longest due first."""
        ...

    def of_customer(self, kind: RegisterKind, customer_no: str) -> Sequence[RegisterEntry]:
        """All entries of a register about a customer, in the order in which they were made."""
        ...

    def set_status(self, entry: RegisterEntry, status: str) -> None:
        """Change the status of an entry that is as it was read; ConflictError otherwise."""
        ...
