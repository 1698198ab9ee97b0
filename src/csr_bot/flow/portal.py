"""Taking in portal exports: each row of a customer's export is a message; a changed row adds to its case."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from csr_bot.bot import Portal as PortalWord
from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.classify import classify_text
from csr_bot.core.effects import canonical_json
from csr_bot.core.matching import LedgerIndex, SenderFinding, match_request
from csr_bot.core.message import Channel, IdentityLevel, ParsedMessage, blank_message
from csr_bot.flow.desk import Desk, ledger_index
from csr_bot.flow.moving import BOT, ask_person
from csr_bot.flow.opening import NewCases, open_cases
from csr_bot.flow.understanding import Understood
from csr_bot.ids import new_id
from csr_bot.ports import Portal, PortalFile, RefusedError
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


def poll_portal(desk: Desk, word: PortalWord, portal: Portal) -> Counter[str]:
    """Download the export and take in its new and changed rows; returns how many rows had which disposition."""
    file = portal.download_export()
    counts: Counter[str] = Counter()
    with desk.log.read() as records:
        index = ledger_index(records, desk.bot.name)
    for row in read_rows(file, {**COLUMNS, **word.columns}):
        counts[_take_in(desk, word, file, row, index)] += 1
    return counts


def read_rows(file: PortalFile, columns: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The rows of an export by our field names. Raises RefusedError if a column is missing."""
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = file.content.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max(";,\t|", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [header for header in columns.values() if header not in (reader.fieldnames or ())]
    if missing:
        raise RefusedError(f"{file.name}: the column {missing[0]!r} is missing; found {reader.fieldnames}")
    for row in reader:
        yield {name: (row[header] or "").strip() for name, header in columns.items()}


def _take_in(desk: Desk, word: PortalWord, file: PortalFile, row: Mapping[str, str], index: LedgerIndex) -> str:
    now = desk.clock.now()
    ticket = f"{word.name}:{row['ticket']}"
    content = canonical_json(dict(row)).encode()
    digest = hashlib.sha256(content).hexdigest()
    with desk.log.begin() as records:
        if records.intake.has_portal_row(word.name, row["ticket"], digest):
            return "duplicate"
        case_id, disposition = records.intake.portal_case(word.name, row["ticket"]), "ignored"
        if case_id is not None:
            disposition = "joined"
            _tell_changed(records, case_id, row, desk)
        elif row["status"].upper() not in _DONE:
            case_id = _open(desk, records, word, file, row, ticket, content, index)
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
    if case.status not in (CaseStatus.RESOLVED, CaseStatus.CLOSED):
        ask_person(
            records,
            case,
            kind="info",
            queue=case.queue or "triage",
            owner_role="ar_analyst",
            reasons=("CUSTOMER_REPLIED", f"the dispute is {row['status']} in the portal now"),
            at=desk.clock.now(),
        )


def _open(
    desk: Desk,
    records: Records,
    word: PortalWord,
    file: PortalFile,
    row: Mapping[str, str],
    ticket: str,
    content: bytes,
    index: LedgerIndex,
) -> str:
    now = desk.clock.now()
    parsed = _as_message(word, row, content)
    sender = SenderFinding(
        level=IdentityLevel.L3,
        reason=f"export of {word.name} after log-in, {file.name}",
        customer_nos=frozenset({word.customer_no}),
        contact=None,
        fraud_signs=(),
    )
    requests = classify_text(subject=parsed.subject, text=parsed.text)
    matches = tuple(
        match_request(request, own=sender.customer_nos, index=index, policy=desk.policy.matching)
        for request in requests
    )
    item = Understood(parsed, sender, requests, matches, None)
    message_id = new_id()
    digest = hashlib.sha256(content).hexdigest()
    message = MessageRecord(message_id, "in", Channel.PORTAL.value, now, parsed, sender, digest)
    records.house.put_blobs([Blob(digest, "application/json", content)], at=now)
    records.intake.add([], [message], taken_at=now)
    entry = NewCases(message_id, item, now, "case", None, None, Channel.PORTAL, ticket)
    return open_cases(desk, records, [entry], at=now)[message_id]


def _as_message(word: PortalWord, row: Mapping[str, str], content: bytes) -> ParsedMessage:
    """A row as a message: what the customer says there, with the invoice and amount that it is about."""
    text = f"Invoice {row['invoice']}: {row['comment']}. Amount {row['amount']} {row['currency']}."
    key = hashlib.sha256(f"{word.name}\n{row['ticket']}\n".encode() + content).hexdigest()
    message = blank_message(key, subject=f"Dispute {row['ticket']}: invoice {row['invoice']}")
    return replace(message, text=text, text_new=text, answerable=True)
