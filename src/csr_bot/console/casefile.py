"""Everything about one case, read at once and put in the order in which a person follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.console.marks import Piece, mark_text
from csr_bot.core.checks import Finding, Result
from csr_bot.core.evidence import Customer
from csr_bot.core.replies import Answers, preview_answer
from csr_bot.core.request import TextSource
from csr_bot.records import (
    ApprovalRecord,
    CaseRecord,
    DecisionRecord,
    EffectRecord,
    Event,
    StoredEvidence,
    StoredMessage,
    WorkItem,
)


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message with its subject and words in pieces: the marked ones are what the request was read from."""

    stored: StoredMessage
    subject: Sequence[Piece]
    text: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of an effect."""

    kind: str
    captured_at: datetime
    content: Mapping[str, object]
    screenshot_sha256: str | None


@dataclass(frozen=True, slots=True)
class ShownEffect:
    """An effect with its receipts. ``words`` are what a customer would read of it now, until its bytes are frozen."""

    record: EffectRecord
    receipts: Sequence[Receipt]
    words: str | None


@dataclass(frozen=True, slots=True)
class Casefile:
    """A case with all that is recorded of it. ``places`` leads from a locator to the evidence that holds it."""

    case: CaseRecord
    customer: Customer | None
    items: Sequence[WorkItem]
    messages: Sequence[ShownMessage]
    decision: DecisionRecord | None
    findings: Sequence[Finding]
    approvals: Sequence[ApprovalRecord]
    effects: Sequence[ShownEffect]
    evidence: Sequence[StoredEvidence]
    places: Mapping[str, int]
    events: Sequence[Event]

    @property
    def invoices(self) -> Sequence[str]:
        """The invoices meant: as our ledger writes them where they were found, as the customer does otherwise."""
        matched = [match.best.invoice_no for match in self.case.matches if match.best]
        return list(dict.fromkeys(matched or [reference.raw for reference in self.case.request.invoice_refs]))

    @property
    def passed(self) -> Sequence[Finding]:
        """The checks that hold."""
        return [finding for finding in self.findings if finding.result is Result.PASS]

    @property
    def noted(self) -> Sequence[Finding]:
        """The checks that do not simply hold; those that stop the bot first."""
        noted = (finding for finding in self.findings if finding.result is not Result.PASS)
        return sorted(noted, key=lambda finding: not finding.stops)


def read_casefile(records: Records, case_no: str, *, answers: Answers) -> Casefile | None:
    """The file of a case by its number, of which the year may be left out; None if there is no such case."""
    case = records.cases.by_no(case_no)
    if case is None:
        return None
    decision = records.cases.latest_decision(case.id)
    evidence = records.overview.evidence_of(case.id, version=decision.version) if decision else []
    findings = records.cases.findings(decision.id) if decision else []
    return Casefile(
        case=case,
        customer=_customer(records, case),
        items=records.cases.open_items(case.id),
        messages=_messages(records, case),
        decision=decision,
        findings=findings,
        approvals=records.cases.approvals(decision.id) if decision else [],
        effects=_effects(records, case, answers),
        evidence=evidence,
        places=_places(evidence),
        events=records.events.of_case(case.case_no),
    )


def _customer(records: Records, case: CaseRecord) -> Customer | None:
    snapshot = records.ledger.active_snapshot(case.bot)
    return records.ledger.customer(snapshot.id, case.customer_no) if snapshot and case.customer_no else None


def _messages(records: Records, case: CaseRecord) -> list[ShownMessage]:
    """The messages; what was read is marked in the customer's first one, because the request was read from that."""
    shown: list[ShownMessage] = []
    wanted = case.request
    for stored in records.overview.messages_of(case.id):
        if stored.direction == "in" and not any(earlier.stored.direction == "in" for earlier in shown):
            subject = mark_text(stored.subject, wanted, TextSource.SUBJECT)
            text = mark_text(stored.text_new, wanted, TextSource.BODY, TextSource.PORTAL)
        else:
            subject, text = [Piece(stored.subject, None)], [Piece(stored.text_new, None)]
        shown.append(ShownMessage(stored, subject, text))
    return shown


def _effects(records: Records, case: CaseRecord, answers: Answers) -> list[ShownEffect]:
    known = {"case_no": case.case_no}
    return [
        ShownEffect(
            effect,
            [Receipt(*receipt) for receipt in records.effects.receipts(effect.id)],
            preview_answer(answers, effect.params, known=known) if effect.body_sha256 is None else None,
        )
        for effect in records.effects.of_case(case.id)
    ]


def _places(evidence: Sequence[StoredEvidence]) -> dict[str, int]:
    places: dict[str, int] = {}
    for number, item in enumerate(evidence, 1):
        for place in item.locator.split(", "):
            places.setdefault(place, number)
    return places
