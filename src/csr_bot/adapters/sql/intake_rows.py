"""Mails, messages and portal rows in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from csr_bot.adapters.sql.inserts import insert_rows
from csr_bot.adapters.sql.lists import one_of
from csr_bot.adapters.sql.tables import case_message, intake, message, portal_row, request_case
from csr_bot.core.case import CaseStatus
from csr_bot.core.facts import AttachedFile
from csr_bot.core.matching import Match
from csr_bot.core.message import Attachment, AttachmentReading
from csr_bot.core.request import Category
from csr_bot.ids import new_id
from csr_bot.records import IntakeRecord, MessageRecord, ThreadParent

_PARENT: Final = tuple(
    request_case.c[name] for name in ("id", "case_no", "customer_no", "status", "category", "title", "matches")
)
_WITH_CONTENT: Final = select(message.c.content_key, message.c.id).where(one_of(message.c.content_key, "keys"))
_CASES_OF_HEADERS: Final = (
    select(message.c.header_id, *_PARENT)
    .join(case_message, case_message.c.message_id == message.c.id)
    .join(request_case, request_case.c.id == case_message.c.case_id)
    .where(one_of(message.c.header_id, "header_ids"))
)
_NAMED: Final = select(*_PARENT).where(one_of(request_case.c.case_no, "case_nos"))


class SqlIntake:
    """``intakelog.IntakeLog`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known_uids(self, mailbox: str, uidvalidity: int, *, low: int) -> frozenset[int]:
        """UIDs from ``low`` on that have a row."""
        query = select(intake.c.uid).where(
            intake.c.mailbox == mailbox, intake.c.uidvalidity == uidvalidity, intake.c.uid >= low
        )
        return frozenset(self._connection.execute(query).scalars())

    def highest_uid(self, mailbox: str, uidvalidity: int) -> int:
        """The highest UID that has a row; 0 if there is none."""
        query = select(func.max(intake.c.uid)).where(intake.c.mailbox == mailbox, intake.c.uidvalidity == uidvalidity)
        return self._connection.execute(query).scalar() or 0

    def find_content(self, keys: Collection[str]) -> Mapping[str, str]:
        """Content key to message id."""
        if not keys:
            return {}
        return {row[0]: row[1] for row in self._connection.execute(_WITH_CONTENT, {"keys": keys})}

    def find_thread(self, header_ids: Collection[str]) -> Mapping[str, Sequence[ThreadParent]]:
        """Message-ID header to the cases that mails with it belong to: one mail may have several, and so may an id."""
        if not header_ids:
            return {}
        found: defaultdict[str, list[ThreadParent]] = defaultdict(list)
        for header_id, *parent in self._connection.execute(_CASES_OF_HEADERS, {"header_ids": header_ids}):
            found[header_id].append(_parent(*parent))
        return found

    def find_named(self, case_nos: Collection[str]) -> Mapping[str, ThreadParent]:
        """Case number to its case, of those that exist."""
        if not case_nos:
            return {}
        parents = [_parent(*row) for row in self._connection.execute(_NAMED, {"case_nos": case_nos})]
        return {parent.case_no: parent for parent in parents}

    def add(
        self, intake_rows: Sequence[IntakeRecord], messages: Sequence[MessageRecord], *, taken_at: datetime
    ) -> None:
        """Store what was taken in; the database refuses a mail that was taken in before."""
        insert_rows(self._connection, message, [_message_row(item) for item in messages])
        rows = [
            {
                "id": new_id(),
                "mailbox": item.mailbox,
                "uidvalidity": item.uidvalidity,
                "uid": item.uid,
                "raw_sha256": item.raw_sha256,
                "size": item.size,
                "received_at": item.received_at,
                "disposition": item.disposition,
                "reason": item.reason,
                "message_id": item.message_id,
                "run_id": item.run_id,
                "taken_at": taken_at,
            }
            for item in intake_rows
        ]
        insert_rows(self._connection, intake, rows)

    def link(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Tie messages to cases."""
        rows = [{"message_id": message_id, "case_id": case_id} for message_id, case_id in pairs]
        insert_rows(self._connection, case_message, rows)

    def message_ids_of(self, case_id: str) -> Sequence[str]:
        """The case's messages, oldest first."""
        query = select(case_message.c.message_id).join(message, message.c.id == case_message.c.message_id)
        query = query.where(case_message.c.case_id == case_id).order_by(message.c.received_at, message.c.id)
        return list(self._connection.execute(query).scalars())

    def attachment_flags_of(self, case_id: str) -> Sequence[str]:
        """What is unsafe about the files that came with the case's messages, each with the file's name."""
        return [f"{file['file_name']}: {flag}" for file in self._attached(case_id) for flag in file.get("flags", ())]

    def files_of(self, case_id: str) -> Sequence[AttachedFile]:
        """The files that came with the case's messages, oldest first."""
        return [
            AttachedFile(file["file_name"], file["sha256"], file.get("text", "")) for file in self._attached(case_id)
        ]

    def _attached(self, case_id: str) -> Iterable[Mapping[str, Any]]:
        query = select(message.c.attachments).join(case_message, case_message.c.message_id == message.c.id)
        query = query.where(case_message.c.case_id == case_id).order_by(message.c.received_at, message.c.id)
        return (file for files in self._connection.execute(query).scalars() for file in files)

    def header_ids_of(self, case_id: str) -> Sequence[str]:
        """Message-IDs of the case's messages, oldest first."""
        query = (
            select(message.c.header_id)
            .join(case_message, case_message.c.message_id == message.c.id)
            .where(case_message.c.case_id == case_id, message.c.header_id.is_not(None))
            .order_by(message.c.received_at, message.c.id)
        )
        return [header_id for header_id in self._connection.execute(query).scalars() if header_id]

    def has_portal_row(self, portal: str, external_id: str, row_sha256: str) -> bool:
        """Whether exactly this row of a portal export was seen before."""
        query = select(portal_row.c.portal).where(
            portal_row.c.portal == portal,
            portal_row.c.external_id == external_id,
            portal_row.c.row_sha256 == row_sha256,
        )
        return self._connection.execute(query).first() is not None

    def portal_case(self, portal: str, external_id: str) -> str | None:
        """The case of a portal ticket."""
        query = select(portal_row.c.case_id).where(
            portal_row.c.portal == portal, portal_row.c.external_id == external_id, portal_row.c.case_id.is_not(None)
        )
        return self._connection.execute(query.limit(1)).scalar_one_or_none()

    def add_portal_row(
        self, portal: str, external_id: str, row_sha256: str, *, case_id: str | None, content: object, at: datetime
    ) -> None:
        """Remember a row of a portal export."""
        row = {
            "portal": portal,
            "external_id": external_id,
            "row_sha256": row_sha256,
            "case_id": case_id,
            "content": content,
            "seen_at": at,
        }
        self._connection.execute(insert(portal_row), row)

    def rows(self, mailbox: str, uidvalidity: int) -> Sequence[IntakeRecord]:
        """The lines of the intake statement of a mailbox, by UID."""
        columns = [intake.c[name] for name in IntakeRecord.__dataclass_fields__]
        query = select(*columns).where(intake.c.mailbox == mailbox, intake.c.uidvalidity == uidvalidity)
        return [IntakeRecord(**row) for row in self._connection.execute(query.order_by(intake.c.uid)).mappings()]

    def rows_of_run(self, run_id: str) -> Sequence[IntakeRecord]:
        """What one run took in, by mailbox and UID."""
        columns = [intake.c[name] for name in IntakeRecord.__dataclass_fields__]
        query = select(*columns).where(intake.c.run_id == run_id).order_by(intake.c.mailbox, intake.c.uid)
        return [IntakeRecord(**row) for row in self._connection.execute(query).mappings()]

    def count(self) -> int:
        """How many mails were taken in, duplicates included."""
        return int(self._connection.execute(select(func.count()).select_from(intake)).scalar_one())


def _parent(
    case_id: str,
    case_no: str,
    customer_no: str | None,
    status: str,
    category: str,
    title: str,
    matches: tuple[Match, ...],
) -> ThreadParent:
    invoices = frozenset(match.best.invoice_no for match in matches if match.best)
    return ThreadParent(case_id, case_no, customer_no, CaseStatus(status), Category(category), title, invoices)


def _attachment(part: Attachment) -> dict[str, Any]:
    reading = part.reading or AttachmentReading()
    return {
        "file_name": part.filename,
        "content_type": part.content_type,
        "sniffed_type": part.sniffed_type,
        "size": part.size,
        "sha256": part.sha256,
        "flags": list(part.flags),
        "problem": reading.problem,
        "text": reading.text,
        "tables": [{"name": table.name, "rows": table.rows} for table in reading.tables],
    }


def _message_row(item: MessageRecord) -> dict[str, Any]:
    parsed = item.parsed
    return {
        "id": item.id,
        "direction": item.direction,
        "channel": item.channel,
        "content_key": parsed.content_key,
        "header_id": parsed.message_id,
        "sender": parsed.sender.address if parsed.sender else None,
        "sender_name": parsed.sender.name if parsed.sender else "",
        "subject": parsed.subject,
        "sent_at": parsed.sent_at,
        "received_at": item.received_at,
        "in_reply_to": parsed.in_reply_to,
        "text": parsed.text,
        "text_new": parsed.text_new,
        "language": parsed.language,
        "auto_class": parsed.auto_class.value,
        "identity_level": int(item.sender.level),
        "identity_reason": item.sender.reason,
        "attachments": tuple(_attachment(part) for part in parsed.attachments),
        "defects": parsed.defects,
        "quarantined": parsed.quarantined,
        "raw_sha256": item.raw_sha256,
    }
