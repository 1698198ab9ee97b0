"""What the log knows of one case, as the document that an audit pack is made of.

Everything stands here in JSON types: instants in ISO 8601, amounts as text. Which files it takes along is left to the
packing, which gives each digest its name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from csr_bot.caselog import Records
from csr_bot.core.chain import event_row
from csr_bot.core.evidence import EvidenceCode, as_content
from csr_bot.core.sla_clock import SlaClock
from csr_bot.core.sla_explanation import explain_clock
from csr_bot.records import CaseRecord, DecisionRecord, EffectRecord, Event, StoredMessage

FORMAT: Final = "csr_bot audit pack 1"
_FINANCIAL: Final = {
    EvidenceCode.LEDGER_ROW: "invoices",
    EvidenceCode.LINES: "lines",
    EvidenceCode.CONTRACT: "contracts",
    EvidenceCode.USAGE: "usage",
    EvidenceCode.PAYMENTS: "payments",
    EvidenceCode.ERP_INVOICE: "invoices_in_erp",
    EvidenceCode.EARLIER_CREDITS: "earlier_credits",
}
"""Where evidence of a kind stands among the financial references."""


def gather_case(records: Records, case: CaseRecord) -> dict[str, Any]:
    """The record of a case with everything behind it; ``files`` names no file yet."""
    decisions = records.cases.decisions(case.id)
    evidence = [item for decision in decisions for item in _evidence(records, case, decision)]
    messages = [_message(item) for item in records.overview.messages_of(case.id)]
    return {
        "format": FORMAT,
        "case": _plain_case(case),
        "erased": to_plain(records.dossiers.erasure(case.id)),
        "customer": _customer(records, case, decisions),
        "description": _description(case, messages),
        "sender": {**to_plain(case.sender), "level": case.sender.level.name},
        "request": to_plain(case.request),
        "matches": to_plain(case.matches),
        "financial_references": _references(case, evidence),
        "evidence": evidence,
        "decisions": [_decision(records, decision) for decision in decisions],
        "effects": [_effect(records, effect) for effect in records.effects.of_case(case.id)],
        "messages": messages,
        "clocks": [_clock(record.clock) for record in records.clocks.of_case(case.id)],
        "waiting": to_plain(records.cases.open_items(case.id)),
        "events": [plain_event(event) for event in records.events.of_case(case.case_no)],
        "files": {},
    }


def to_plain(value: object) -> Any:
    """A value of the core or the log in JSON types; sets are sorted."""
    return json.loads(json.dumps(as_content(value), default=sorted))


def plain_event(event: Event) -> dict[str, Any]:
    """An event with its place in the chain, its moment written as it was hashed."""
    row = event_row(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        action=event.action,
        entity=event.entity,
        entity_id=event.entity_id,
        case_no=event.case_no,
        data=event.data,
    )
    return {**row, "data": dict(event.data), "prev_hash": event.prev_hash, "hash": event.hash}


def digests_in(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Digest and a speaking name of every file that the record refers to, in the order of the record."""
    for message in document["messages"]:
        yield message["raw_sha256"], f"message-{message['direction']}.eml"
    for item in document["evidence"]:
        if item["blob_sha256"]:
            yield item["blob_sha256"], f"evidence-{item['code']}"
    for effect in document["effects"]:
        if effect["body_sha256"]:
            yield effect["body_sha256"], "message-out.eml"
        for receipt in effect["receipts"]:
            if receipt["screenshot_sha256"]:
                yield receipt["screenshot_sha256"], f"screen-{effect['type']}-{receipt['kind']}"


def _plain_case(case: CaseRecord) -> dict[str, Any]:
    """The case's own fields; what is a document of its own stands beside it."""
    apart = {"sender", "request", "matches"}
    kept = {name: getattr(case, name) for name in CaseRecord.__dataclass_fields__ if name not in apart}
    category = {"category": case.category.value, "reason": case.reason.value if case.reason else None}
    return {**to_plain(kept), **category}


def _customer(records: Records, case: CaseRecord, decisions: Sequence[DecisionRecord]) -> dict[str, Any] | None:
    """The customer's master row as it was decided on, if that ledger is still kept, or else as it is now."""
    if case.customer_no is None:
        return None
    decided = [decision.snapshot_id for decision in reversed(decisions) if decision.snapshot_id]
    active = records.ledger.active_snapshot(case.bot)
    for snapshot_id in [*decided, *([active.id] if active else [])]:
        customer = records.ledger.customer(snapshot_id, case.customer_no)
        if customer is not None:
            return {
                **to_plain(customer),
                "master_version": to_plain(records.dossiers.master_version(snapshot_id)),
                "as_decided": snapshot_id in decided,
            }
    return {"customer_no": case.customer_no, "master_version": None, "as_decided": False}


def _description(case: CaseRecord, messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is wanted, in the customer's own words: the new text of the first message that came in."""
    first = next((message for message in messages if message["direction"] == "in"), None)
    return {"title": case.title, "words": first["text_new"] if first else None}


def _references(case: CaseRecord, evidence: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "named_invoices": [item.raw for item in case.request.invoice_refs],
        "named_orders": [item.raw for item in case.request.po_refs],
        "matched_invoices": [match.best.invoice_no for match in case.matches if match.best],
    }
    for item in evidence:
        place = _FINANCIAL.get(item["code"])
        if place is not None:
            shown = {name: item[name] for name in ("decision_version", "source", "locator", "content", "sha256")}
            found.setdefault(place, []).append(shown)
    return found


def _evidence(records: Records, case: CaseRecord, decision: DecisionRecord) -> Iterator[dict[str, Any]]:
    for item in records.overview.evidence_of(case.id, version=decision.version):
        kind = EvidenceCode(item.code).name.lower() if item.code in set(EvidenceCode) else item.code
        plain = to_plain(item)
        # What was erased has no content any more; its digest stays.
        yield {"decision_version": decision.version, "kind": kind, **plain, "content": plain["content"] or None}


def _decision(records: Records, decision: DecisionRecord) -> dict[str, Any]:
    return {
        **to_plain(decision),
        "steps": [sorted(step) for step in decision.steps],
        "findings": [to_plain(finding) for finding in records.cases.findings(decision.id)],
        "approvals": [to_plain(approval) for approval in records.cases.approvals(decision.id)],
    }


def _effect(records: Records, effect: EffectRecord) -> dict[str, Any]:
    receipts = [
        {"kind": kind, "captured_at": at.isoformat(), "content": to_plain(content), "screenshot_sha256": screenshot}
        for kind, at, content, screenshot in records.effects.receipts(effect.id)
    ]
    return {**to_plain(effect), "receipts": receipts}


def _clock(clock: SlaClock) -> dict[str, Any]:
    """A clock as it stands, with the sentences that explain its deadline."""
    return {
        "kind": clock.kind.value,
        "cycle": clock.cycle,
        "state": clock.state.value,
        "started_at": to_plain(clock.started_at),
        "due_at": to_plain(clock.due_at),
        "stopped_at": to_plain(clock.stopped_at),
        "consumed_minutes": int(clock.consumed.total_seconds() // 60),
        "paused_reason": clock.paused_reason.value if clock.paused_reason else None,
        "explanation": list(explain_clock(clock, zone=ZoneInfo(clock.target.calendar.zone))),
    }


def _message(message: StoredMessage) -> dict[str, Any]:
    return {**to_plain(message), "identity_level": message.identity_level.name}


def digest_of(content: bytes) -> str:
    """sha256 as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()
