"""Taking in portal exports: each row of a customer's export is a message; a changed row adds to its case."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from csr_bot.bot import Portal as PortalWord
from csr_bot.caselog import Records
from csr_bot.core.case import DONE
from csr_bot.core.classification import DisputeRow, read_row, split_status, tell_decimal_comma
from csr_bot.core.effects import canonical_json
from csr_bot.core.matching import SenderFinding
from csr_bot.core.message import Channel, IdentityLevel, ParsedMessage, blank_message
from csr_bot.flow.desk import Desk
from csr_bot.flow.lookups import find_groups, find_invoices
from csr_bot.flow.moving import BOT, ask_person
from csr_bot.flow.opening import NewCases, open_cases
from csr_bot.flow.understanding import Understood, match_for
from csr_bot.ids import new_id
from csr_bot.model import load_model
from csr_bot.ports import Portal, PortalFile, UnavailableError
from csr_bot.records import Blob, MessageRecord

COLUMNS: Final[Mapping[str, str]] = {
    "ticket": "Dispute",
    "invoice": "Invoice",
    "status": "Status",
    "amount": "Amount",
    "currency": "Currency",
    "comment": "Comment",
}
_DONE: Final = frozenset({"RESOLVED", "CLOSED", "WITHDRAWN"})
_FAULTS: Final = "(rows refused)"
"""Stands for a ticket where it is noted that the faults of an export were told."""
_MAX_TOLD: Final = 100


@dataclass(frozen=True, slots=True)
class _Export:
    """A downloaded export with what holds for all of its rows."""

    word: PortalWord
    file: PortalFile
    decimal_comma: bool | None
    """Whether its amounts have a comma before the decimals; None where they do not show it."""


def poll_portal(desk: Desk, word: PortalWord, portal: Portal) -> Counter[str]:
    """Download the export and take in its new and changed rows; returns how many rows had which disposition.

    A row that cannot be told for certain, or be recorded, is named in an event, and the others go on; it is looked at
    again with the next export.
    """
    file = portal.download_export()
    table = desk.read_table(file.content, file_name=file.name, columns={**COLUMNS, **word.columns})
    export = _Export(word, file, tell_decimal_comma(row.fields["amount"] for row in table.rows))
    counts: Counter[str] = Counter()
    refused = [(note.row, f"{note.reason} {note.detail}".strip()) for note in table.refused]
    for row in table.rows:
        if not row.fields["ticket"]:
            refused.append((row.row, "NO_TICKET"))
            continue
        try:
            counts[_take_in(desk, export, row.fields)] += 1
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is about this row, the others go on and a person is told
            refused.append((row.row, f"NOT_RECORDED: {type(error).__name__}: {error}"[:300]))
    if refused:
        counts["refused"] = len(refused)
        _tell_refused(desk, word, file, refused)
    return counts


def _tell_refused(desk: Desk, word: PortalWord, file: PortalFile, refused: Sequence[tuple[int, str]]) -> None:
    """Name the rows that were not taken in, once for each export with these faults."""
    rows = [{"row": number, "reason": reason} for number, reason in refused[:_MAX_TOLD]]
    digest = hashlib.sha256(file.content).hexdigest()
    content = {"file": file.name, "file_sha256": digest, "refused": rows}
    with desk.log.begin() as records:
        if records.intake.has_portal_row(word.name, _FAULTS, digest):
            return
        now = desk.clock.now()
        records.intake.add_portal_row(word.name, _FAULTS, digest, case_id=None, content=content, at=now)
        # A reason may quote what people wrote after its code, and what is chained can never be erased.
        codes = [{"row": row["row"], "reason": str(row["reason"]).split(" ")[0]} for row in rows]
        told = {**content, "refused": codes}
        records.events.add("portal.rows_refused", actor=BOT, entity="portal", entity_id=word.name, at=now, data=told)


def _take_in(desk: Desk, export: _Export, row: Mapping[str, str]) -> str:
    now, word = desk.clock.now(), export.word
    content = canonical_json(dict(row)).encode()
    digest = hashlib.sha256(content).hexdigest()
    with desk.log.begin() as records:
        if records.intake.has_portal_row(word.name, row["ticket"], digest):
            return "duplicate"
        case_id, disposition = records.intake.portal_case(word.name, row["ticket"]), "ignored"
        if case_id is not None:
            disposition = "joined"
            _tell_changed(records, case_id, row, desk)
        elif split_status(row["status"])[0].upper() not in _DONE:
            case_id = _open(desk, records, export, row, content)
            disposition = "case" if records.cases.get(case_id).channel == Channel.PORTAL.value else "joined"
        records.intake.add_portal_row(word.name, row["ticket"], digest, case_id=case_id, content=dict(row), at=now)
    return disposition


def _tell_changed(records: Records, case_id: str, row: Mapping[str, str], desk: Desk) -> None:
    case = records.cases.get(case_id)
    records.events.add(
        "portal.changed",
        actor=BOT,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=desk.clock.now(),
        data={"status": row["status"]},
    )
    if case.status not in DONE:
        ask_person(
            records,
            case,
            kind="info",
            queue=case.queue or "triage",
            owner_role="ar_analyst",
            reasons=("CUSTOMER_REPLIED", f"the dispute is {row['status']} in the portal now"),
            at=desk.clock.now(),
        )


def _open(desk: Desk, records: Records, export: _Export, row: Mapping[str, str], content: bytes) -> str:
    now, word = desk.clock.now(), export.word
    reading = read_row(_as_dispute(row, export), model=load_model())
    parsed = _as_message(word, row, reading.text, content)
    sender = SenderFinding(
        level=IdentityLevel.L3,
        reason=f"export of {word.name} after log-in, {export.file.name}",
        customer_nos=frozenset({word.customer_no}),
        contact=None,
        fraud_signs=(),
        group_nos=find_groups(records, desk.bot.name, {word.customer_no}),
    )
    requests = reading.requests
    own = sender.customer_nos | sender.group_nos
    view = find_invoices(records, desk.bot.name, [(request, own) for request in requests])
    matches = tuple(match_for(sender, request, view=view, policy=desk.policy) for request in requests)
    item = Understood(parsed, sender, requests, matches, None)
    message_id = new_id()
    digest = hashlib.sha256(content).hexdigest()
    message = MessageRecord(message_id, "in", Channel.PORTAL.value, now, parsed, sender, digest)
    records.house.put_blobs([Blob(digest, "application/json", content)], at=now)
    records.intake.add([], [message], taken_at=now)
    entry = NewCases(message_id, item, now, "case", None, None, Channel.PORTAL, f"{word.name}:{row['ticket']}")
    return open_cases(desk, records, [entry], at=now)[message_id]


def _as_dispute(row: Mapping[str, str], export: _Export) -> DisputeRow:
    return DisputeRow(**{name: row[name] for name in COLUMNS}, decimal_comma=export.decimal_comma)


def _as_message(word: PortalWord, row: Mapping[str, str], text: str, content: bytes) -> ParsedMessage:
    """A row as a message of the customer's."""
    key = hashlib.sha256(f"{word.name}\n{row['ticket']}\n".encode() + content).hexdigest()
    invoice = f": invoice {row['invoice']}" if row["invoice"] else ""
    message = blank_message(key, subject=f"Dispute {row['ticket']}{invoice}")
    return replace(message, text=text, text_new=text, answerable=True)
