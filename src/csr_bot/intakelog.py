"""What the log knows of mail: each message that came in, and the mailboxes that they were found in.

A part of the case log: transactions are those of ``csr_bot.caselog``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from csr_bot.core.facts import AttachedFile
from csr_bot.records import (
    ArrivalRecord,
    IntakeRecord,
    MailboxRecord,
    MessageRecord,
    ThreadParent,
    WithheldRecord,
)


class IntakeLog(Protocol):
    """Mails and messages."""

    def known_uids(self, mailbox: str, uidvalidity: int, *, low: int) -> frozenset[int]: ...
    def highest_uid(self, mailbox: str, uidvalidity: int) -> int: ...
    def find_content(self, keys: Collection[str]) -> Mapping[str, str]:
        """Content key to message id, of those that are stored."""
        ...

    def find_thread(self, header_ids: Collection[str]) -> Mapping[str, Sequence[ThreadParent]]:
        """Message-ID header to the cases that mails with it belong to."""
        ...

    def find_named(self, case_nos: Collection[str]) -> Mapping[str, ThreadParent]:
        """Case number to its case, of those that exist."""
        ...

    def add(self, intake: Sequence[IntakeRecord], messages: Sequence[MessageRecord], *, taken_at: datetime) -> None: ...
    def link(self, pairs: Sequence[tuple[str, str]]) -> None:
        """(message id, case id) pairs."""
        ...

    def message_ids_of(self, case_id: str) -> Sequence[str]:
        """The case's messages, oldest first."""
        ...

    def attachment_flags_of(self, case_id: str) -> Sequence[str]:
        """What is unsafe about the files that came with the case's messages, each with the file's name."""
        ...

    def files_of(self, case_id: str) -> Sequence[AttachedFile]:
        """The files that came with the case's messages, oldest first."""
        ...

    def header_ids_of(self, case_id: str) -> Sequence[str]:
        """Message-IDs of the case's messages, oldest first."""
        ...

    def has_portal_row(self, portal: str, external_id: str, row_sha256: str) -> bool: ...
    def portal_case(self, portal: str, external_id: str) -> str | None: ...
    def add_portal_row(
        self, portal: str, external_id: str, row_sha256: str, *, case_id: str | None, content: object, at: datetime
    ) -> None: ...
    def rows(self, mailbox: str, uidvalidity: int) -> Sequence[IntakeRecord]:
        """The lines of the intake statement of a mailbox, by UID."""
        ...

    def rows_of_run(self, run_id: str) -> Sequence[IntakeRecord]:
        """What one run took in."""
        ...

    def count(self) -> int: ...


class MailboxRows(Protocol):
    """The mailboxes themselves: what polls found in them, and how they stand."""

    def get(self, key: str) -> MailboxRecord: ...
    def put(self, record: MailboxRecord) -> None: ...
    def add_arrival(
        self, key: str, uidvalidity: int, uids: Collection[int], *, run_id: str | None, at: datetime
    ) -> None:
        """Note which UIDs a poll found and is going to fetch."""
        ...

    def arrivals(self, key: str, uidvalidity: int, *, open_only: bool = False) -> Sequence[ArrivalRecord]: ...
    def settle_arrivals(self, key: str, *, until: datetime) -> None:
        """A poll that began at ``until`` has covered everything that was found up to then."""
        ...

    def generations(self, key: str) -> Sequence[int]:
        """Every UIDVALIDITY that the mailbox has had."""
        ...

    def withheld(self, key: str, uidvalidity: int) -> Sequence[WithheldRecord]: ...
    def put_withheld(self, key: str, uidvalidity: int, records: Iterable[WithheldRecord]) -> None: ...
    def forget_withheld(self, key: str, uidvalidity: int) -> None:
        """Take out what has been taken in meanwhile."""
        ...
