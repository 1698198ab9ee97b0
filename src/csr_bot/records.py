"""The rows of the case log as the flow sees them: frozen values, without any knowledge of how they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, EffectType
from csr_bot.core.instruction import Instruction
from csr_bot.core.matching import Match, SenderFinding
from csr_bot.core.message import IdentityLevel, ParsedMessage
from csr_bot.core.money import Money
from csr_bot.core.policy import Step
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import Category, DisputeReason, Request


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file, named by what it holds."""

    sha256: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class IntakeRecord:
    """What became of one mail of a mailbox: the line of the intake statement."""

    mailbox: str
    uidvalidity: int
    uid: int
    raw_sha256: str | None
    size: int
    received_at: datetime
    disposition: str
    reason: str | None
    message_id: str | None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class MailboxRecord:
    """How a mailbox stands. Everything below ``uidnext`` was there to be found by the last poll that ended well.

    ``failures`` counts the polls that failed since; ``stalled_at`` is when that was made known.
    """

    key: str
    uidvalidity: int | None = None
    uidnext: int | None = None
    polled_at: datetime | None = None
    reconciled_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    next_try_at: datetime | None = None
    stalled_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class ArrivalRecord:
    """The UIDs that a poll found new. ``settled``: that poll or a later one went through them all."""

    uids: frozenset[int]
    seen_at: datetime
    settled: bool


@dataclass(frozen=True, slots=True)
class WithheldRecord:
    """A mail that the server named and did not hand out; ``gone_at`` is when it named it no more."""

    uid: int
    attempts: int
    first_at: datetime
    last_at: datetime
    gone_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """A message to store, in or out, with what is known of its sender."""

    id: str
    direction: str
    channel: str
    received_at: datetime
    parsed: ParsedMessage
    sender: SenderFinding
    raw_sha256: str


@dataclass(frozen=True, slots=True)
class ThreadParent:
    """A case that an earlier message of a thread belongs to, with the invoices that it is about."""

    case_id: str
    case_no: str
    customer_no: str | None
    status: CaseStatus
    category: Category
    title: str
    invoices: frozenset[str]


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One customer request.

    ``editors`` have materially changed it and so may not approve it; ``instruction`` is what one of them has told to do
    with it and that is not prepared yet. ``info_requests`` counts how often the customer was asked for something.
    ``priority_parts`` say in words how the score came about; ``amount_at_risk`` is in base currency.
    """

    id: str
    case_no: str
    bot: str
    channel: str
    portal_ticket: str | None
    title: str
    customer_no: str | None
    sender: SenderFinding
    request: Request
    matches: tuple[Match, ...]
    status: CaseStatus
    outcome: Outcome | None
    queue: str | None
    reasons: tuple[str, ...]
    policy_version: int | None
    dedupe_key: str | None
    parent_case_id: str | None
    merged_into: str | None
    reopen_count: int
    received_at: datetime
    created_at: datetime
    resolved_at: datetime | None
    editors: tuple[str, ...] = ()
    instruction: Instruction | None = None
    info_requests: int = 0
    priority: str | None = None
    priority_score: int | None = None
    priority_parts: tuple[str, ...] = ()
    amount_at_risk: Money | None = None
    first_response_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def category(self) -> Category:
        """What is asked for."""
        return self.request.category

    @property
    def reason(self) -> DisputeReason | None:
        """Why an invoice is disputed."""
        return self.request.reason


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """A decision as stored; ``payload`` is the canonical JSON that an approval signs."""

    id: str
    case_id: str
    version: int
    route: str
    outcome: Outcome
    reasons: tuple[str, ...]
    rationale: str
    calculation: tuple[Mapping[str, object], ...]
    payload: str
    payload_sha256: str
    total: Money | None
    steps: tuple[Step, ...]
    policy_version: int
    snapshot_id: str | None
    prepared_by: str
    prepared_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class ApprovalRecord:
    """A person's (or the bot's) verdict on exactly one payload.

    ``delegated_from`` lent the role by the delegation ``delegation_id``; ``limit`` is the personal one that was kept.
    """

    decision_id: str
    step_no: int
    approver: str
    acted_role: str
    verdict: str
    comment: str | None
    payload_sha256: str
    acted_at: datetime
    delegated_from: str | None = None
    delegation_id: str | None = None
    limit: Money | None = None


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """An effect with where it stands. ``absent_since`` is when the ERP first said that it holds no such document."""

    id: str
    idempotency_key: str
    case_id: str
    decision_id: str
    seq: int
    type: EffectType
    target: str
    params: Mapping[str, object]
    precondition: Mapping[str, str]
    reference: str
    state: EffectState
    attempts: int
    fence: int
    submitted_at: datetime | None
    absent_since: datetime | None
    body_sha256: str | None
    external_ref: str | None
    verified_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """Proof of an effect: what was read, when, and the picture of it."""

    effect_id: str
    kind: str
    captured_at: datetime
    content: Mapping[str, object]
    screenshot: Blob | None


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A piece of work of record. It is done when somebody says so in the same transaction as its result."""

    id: str
    kind: str
    subject: str
    queue: str
    due_at: datetime
    attempts: int
    lease_owner: str | None
    lease_until: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class WorkItem:
    """An entry of the exception queue."""

    id: str
    case_id: str
    kind: str
    queue: str
    owner_role: str
    reasons: tuple[str, ...]
    assignee: str | None
    lease_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the bot. ``approval_limit`` narrows what the roles allow; ``manager`` is a login."""

    login: str
    name: str
    email: str
    roles: frozenset[str]
    active: bool
    approval_limit: Money | None = None
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the audit chain."""

    seq: int
    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: str
    case_no: str | None
    data: Mapping[str, object]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution of a bot's poll or import, with its counters and totals."""

    id: str
    bot: str
    kind: str
    slot_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    status: str
    counters: Mapping[str, int]
    error: str | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a line of a list, to be scanned before it is opened. ``total`` is what its newest decision credits."""

    case_no: str
    title: str
    category: Category
    reason: DisputeReason | None
    customer_no: str | None
    customer_name: str | None
    status: CaseStatus
    outcome: Outcome | None
    received_at: datetime
    rationale: str | None
    total: Money | None


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """An entry of the exception queue with its case."""

    item: WorkItem
    case: CaseLine


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a case as it was stored, to be read by people. ``raw_sha256`` names its exact bytes."""

    id: str
    direction: str
    channel: str
    sender: str | None
    sender_name: str
    subject: str
    sent_at: datetime | None
    received_at: datetime
    text_new: str
    identity_level: IdentityLevel
    identity_reason: str
    attachments: tuple[Mapping[str, object], ...]
    defects: tuple[str, ...]
    quarantined: str | None
    raw_sha256: str


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """A piece of evidence as it was stored. ``sha256`` is the digest of its content, ``blob_sha256`` names its file."""

    id: str
    code: str
    source: str
    locator: str
    captured_at: datetime
    content: Mapping[str, object]
    sha256: str
    blob_sha256: str | None
