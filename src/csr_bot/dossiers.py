"""What the record needs beside the cases themselves: what was erased, which ledger was used, and keys to search by.

A part of the case log: transactions are those of ``csr_bot.caselog``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MasterVersion:
    """The import that master data and figures of a case were read from."""

    snapshot_id: str
    file_name: str
    file_sha256: str
    as_of: date | None
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """That personal data of a case were erased. ``removed_sha256`` covers the digests of all that was removed."""

    case_id: str
    erased_at: datetime
    erased_by: str
    why: str
    removed_sha256: str
    counts: Mapping[str, int]


class DossierRows(Protocol):
    """The record of cases: to be read as a whole, and to be erased when its time is over."""

    def master_version(self, snapshot_id: str) -> MasterVersion | None: ...
    def erasure(self, case_id: str) -> Erasure | None: ...
    def past_retention(self, closed_before: datetime, *, limit: int) -> Sequence[str]:
        """Numbers of cases that ended before that moment and are not erased yet, oldest first."""
        ...

    def erase(self, case_id: str, *, by: str, why: str, at: datetime) -> Erasure:
        """Remove texts, senders, attachments, raw mails and evidence of a case; their digests stay.

        A message that also belongs to another case which is not erased stays until that one is.
        """
        ...
