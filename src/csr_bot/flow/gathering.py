"""Gathering: reads exactly the evidence that a category wants, once, each piece stamped with where and when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from csr_bot.caselog import Records
from csr_bot.core.categories import CATEGORIES
from csr_bot.core.effects import canonical_json
from csr_bot.core.evidence import Evidence, EvidenceCode, InvoiceLine, as_content
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.message import Channel
from csr_bot.core.proposal import Want
from csr_bot.flow.account import (
    ErpPage,
    account_evidence,
    newest_words,
    posted_credits,
    print_statement,
    read_account,
    read_credit_notes,
    read_pages,
)
from csr_bot.flow.desk import Desk, stopped
from csr_bot.ledgerlog import SnapshotRecord
from csr_bot.ports import RefusedError
from csr_bot.records import Blob, CaseRecord


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts for a decision, the evidence that they came from, and the files to keep with it."""

    facts: Facts
    evidence: list[Evidence]
    blobs: list[Blob]
    snapshot_id: str | None
    dedupe_key: str | None


@dataclass(slots=True)
class _Collection:
    evidence: list[Evidence] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)

    def keep(self, content: bytes, content_type: str) -> str:
        blob = Blob(hashlib.sha256(content).hexdigest(), content_type, content)
        self.blobs.append(blob)
        return blob.sha256


def gather(desk: Desk, case: CaseRecord) -> Gathered:
    """Everything that the decision on a case may look at. Raises UnavailableError if the ERP cannot be reached now."""
    now = desk.clock.now()
    rules = CATEGORIES.get(case.category)
    wants = rules.wants if rules and case.category in desk.categories else frozenset()
    found = _Collection()
    with desk.log.read() as records:
        snapshot = records.ledger.active_snapshot(desk.bot.name)
        customer_no = _customer_no(case)
        facts = _facts(desk, records, case, snapshot, customer_no, now)
        facts = replace(facts, words=newest_words(records, case.id))
        if snapshot is not None:
            facts = read_account(records, snapshot, facts, wants)
        credited = posted_credits(records, case, facts) if Want.CREDIT_NOTES in wants else ()
    if snapshot is not None:
        found.evidence.extend(_customer_evidence(facts, snapshot, wants, now))
    facts, pages = read_pages(desk, facts, wants)
    copies, more = read_credit_notes(desk, credited, found.keep)
    found.evidence.extend(_page_evidence(desk, page, found) for page in [*pages, *more])
    facts = print_statement(desk, replace(facts, credit_notes=copies), wants, found.keep)
    invoices = {}
    for number, entry in facts.invoices.items():
        read = _read_erp(desk, entry, wants, found)
        invoices[number] = read
        if snapshot is not None:
            found.evidence.extend(_invoice_evidence(read, wants, snapshot, now))
    dedupe_key = _dedupe_key(case, customer_no, invoices)
    facts = replace(facts, invoices=invoices)
    gathered = Gathered(facts, found.evidence, found.blobs, snapshot.id if snapshot else None, dedupe_key)
    with desk.log.read() as records:
        return replace(gathered, facts=_with_other_cases(desk, records, case, gathered))


def look_again(desk: Desk, records: Records, case: CaseRecord, gathered: Gathered) -> Gathered:
    """The same with what other cases of the customer have decided by now, and nobody else can until this commits."""
    customer = gathered.facts.customer
    if customer is not None:
        records.cases.hold_customer(customer.customer_no)
    return replace(gathered, facts=_with_other_cases(desk, records, case, gathered))


def _with_other_cases(desk: Desk, records: Records, case: CaseRecord, gathered: Gathered) -> Facts:
    facts, key = gathered.facts, gathered.dedupe_key
    stop = stopped(records, desk.bot.name, case.category)
    duplicate = records.cases.find_open_duplicate(key, other_than=case.id) if key is not None else None
    since = facts.now - timedelta(hours=24)
    contact = facts.sender.contact
    answers = records.effects.answers_since(contact.email, since) if contact is not None else 0
    facts = replace(facts, stopped=stop, open_duplicate=duplicate, answers_24h=answers)
    if facts.customer is None:
        return facts
    number = facts.customer.customer_no
    return replace(
        facts,
        earlier_matters=tuple(records.effects.earlier_matters(number, other_than_case=case.id)),
        earlier_credits=tuple(records.effects.earlier_credits(number, other_than_case=case.id)),
        bot_effects_24h=records.effects.bot_effects_since(number, since),
    )


def _customer_no(case: CaseRecord) -> str | None:
    """The one customer that the sender speaks for; of several, the one whose documents are meant."""
    if case.customer_no is not None:
        return case.customer_no
    owners = {
        match.certain.customer_no
        for match in case.matches
        if match.certain and match.certain.customer_no in case.sender.customer_nos
    }
    return owners.pop() if len(owners) == 1 else None


def _facts(
    desk: Desk,
    records: Records,
    case: CaseRecord,
    snapshot: SnapshotRecord | None,
    customer_no: str | None,
    now: datetime,
) -> Facts:
    customer = records.ledger.customer(snapshot.id, customer_no) if snapshot and customer_no else None
    numbers = dict.fromkeys(match.certain.invoice_no for match in case.matches if match.certain and snapshot)
    entries = [records.ledger.invoice_facts(snapshot.id, number) for number in numbers] if snapshot else []
    return Facts(
        now=now,
        case_no=case.case_no,
        channel=Channel(case.channel),
        subject=case.title,
        portal_ticket=case.portal_ticket,
        attachment_flags=tuple(records.intake.attachment_flags_of(case.id)),
        files=tuple(records.intake.files_of(case.id)),
        sender=case.sender,
        request=case.request,
        customer=customer,
        matches=case.matches,
        invoices={entry.invoice.invoice_no: entry for entry in entries if entry is not None},
        open_lines=_open_lines(records, case, snapshot, customer_no),
        snapshot_generated_at=snapshot.generated_at if snapshot else None,
        earlier_credits=(),
        bot_effects_24h=0,
        answers_24h=0,
        open_duplicate=None,
        reopen_count=case.reopen_count,
        desk_requests=desk.categories,
        stopped=None,
        instruction=case.instruction,
        info_requests=case.info_requests,
    )


def _open_lines(
    records: Records, case: CaseRecord, snapshot: SnapshotRecord | None, customer_no: str | None
) -> tuple[InvoiceLine, ...]:
    """Lines of the customer's open invoices that say what the request says."""
    values = {claim.value for claim in case.request.amounts if claim.value is not None}
    if snapshot is None or customer_no is None or not values:
        return ()
    return tuple(records.ledger.open_lines(snapshot.id, customer_no, values=values))


def _read_erp(desk: Desk, entry: InvoiceFacts, wants: Iterable[Want], found: _Collection) -> InvoiceFacts:
    """The invoice as the ERP's screens show it. What it refuses is a fact too; what it cannot now is tried later."""
    number = entry.invoice.invoice_no
    if Want.ERP_INVOICE in wants:
        try:
            screen = desk.erp.read_invoice(number)
        except RefusedError as error:
            return replace(entry, screen_problem=str(error))
        shot = found.keep(screen.screenshot, "image/png") if screen.screenshot else None
        found.evidence.append(
            Evidence(
                code=EvidenceCode.ERP_INVOICE,
                source=f"{desk.bot.erp.screens} {desk.bot.erp.url}",
                locator=screen.url_path,
                captured_at=screen.captured_at,
                content=_content(screen),
                blob_sha256=shot,
            )
        )
        entry = replace(entry, screen=screen)
    if Want.ERP_DOCUMENT in wants:
        try:
            document = desk.erp.fetch_document(number)
        except RefusedError as error:
            return replace(entry, screen_problem=str(error))
        sha256 = found.keep(document.content, document.content_type)
        found.evidence.append(
            Evidence(
                code=EvidenceCode.DOCUMENT,
                source=f"{desk.bot.erp.screens} {desk.bot.erp.url}",
                locator=document.url_path,
                captured_at=document.captured_at,
                content={"invoice_no": number, "content_type": document.content_type},
                blob_sha256=sha256,
            )
        )
        entry = replace(entry, document=document, document_sha256=sha256)
    return entry


def _customer_evidence(
    facts: Facts, snapshot: SnapshotRecord, wants: frozenset[Want], now: datetime
) -> Iterator[Evidence]:
    if facts.customer is not None:
        yield _ledger_evidence(EvidenceCode.CUSTOMER, snapshot, [facts.customer], now)
    for code, rows in account_evidence(facts, wants):
        yield _ledger_evidence(code, snapshot, rows, now)


def _page_evidence(desk: Desk, page: ErpPage, found: _Collection) -> Evidence:
    return Evidence(
        code=page.code,
        source=f"{desk.bot.erp.screens} {desk.bot.erp.url}",
        locator=page.url_path,
        captured_at=page.captured_at,
        content=_content(page.value),
        blob_sha256=found.keep(page.screenshot, "image/png") if page.screenshot else None,
    )


def _invoice_evidence(
    entry: InvoiceFacts, wants: Iterable[Want], snapshot: SnapshotRecord, now: datetime
) -> Iterator[Evidence]:
    yield _ledger_evidence(EvidenceCode.LEDGER_ROW, snapshot, [entry.invoice], now)
    yield _ledger_evidence(EvidenceCode.LINES, snapshot, entry.lines, now)
    if Want.PAYMENTS in wants:
        yield _ledger_evidence(EvidenceCode.PAYMENTS, snapshot, [*entry.payments, *entry.allocations], now)
    if Want.CONTRACT in wants:
        contract = [entry.contract] if entry.contract else []
        yield _ledger_evidence(EvidenceCode.CONTRACT, snapshot, [*contract, *entry.price_terms], now)
    if Want.USAGE in wants:
        yield _ledger_evidence(EvidenceCode.USAGE, snapshot, entry.usage, now)


def _ledger_evidence(code: EvidenceCode, snapshot: SnapshotRecord, rows: Iterable[object], now: datetime) -> Evidence:
    content = [as_content(row) for row in rows]
    locators = [str(row["locator"]) for row in content if isinstance(row, dict)]
    return Evidence(
        code=code,
        source=f"{snapshot.file_name} {snapshot.file_sha256[:12]}",
        locator=", ".join(locators[:20]) or "no row",
        captured_at=snapshot.generated_at or now,
        content={"rows": content},
    )


def _content(value: object) -> dict[str, object]:
    content = as_content(value)
    assert isinstance(content, dict)
    return content


def _dedupe_key(case: CaseRecord, customer_no: str | None, invoices: Iterable[str]) -> str | None:
    """Equal for two cases about the same: customer, category, reason and invoices."""
    numbers = sorted(invoices)
    if customer_no is None or not numbers:
        return None
    about = [customer_no, case.category.value, case.reason.value if case.reason else "", *numbers]
    return hashlib.sha256(canonical_json(about).encode()).hexdigest()
