"""The shapes in which cases, decisions and effects are printed: names that scripts rely on, and nothing internal."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csr_bot.caselog import Records
    from csr_bot.clocklog import ClockRecord
    from csr_bot.core.checks import Finding
    from csr_bot.core.effects import PlannedEffect
    from csr_bot.core.matching import Match, SenderFinding
    from csr_bot.core.money import Money
    from csr_bot.flow.backtesting import ChangedCase, Way
    from csr_bot.records import CaseRecord, DecisionRecord, EffectRecord, StoredMessage, WorkItem


def shape_case(case: CaseRecord) -> dict[str, Any]:
    """A case without what is behind it."""
    return {
        "case_no": case.case_no,
        "bot": case.bot,
        "channel": case.channel,
        "portal_ticket": case.portal_ticket,
        "title": case.title,
        "customer_no": case.customer_no,
        "category": case.category.value,
        "reason": case.reason.value if case.reason else None,
        "state": case.status.value,
        "outcome": case.outcome.value if case.outcome else None,
        "queue": case.queue,
        "reasons": list(case.reasons),
        "policy_version": case.policy_version,
        "priority": case.priority,
        "priority_score": case.priority_score,
        "amount_at_risk": shape_money(case.amount_at_risk),
        "received_at": case.received_at,
        "created_at": case.created_at,
        "first_response_at": case.first_response_at,
        "resolved_at": case.resolved_at,
        "closed_at": case.closed_at,
    }


def shape_whole_case(records: Records, case: CaseRecord) -> dict[str, Any]:
    """A case with its priority, clocks, sender, matches, decision, effects, queue entries and events."""
    decision = records.cases.latest_decision(case.id)
    return {
        **shape_case(case),
        "priority_parts": list(case.priority_parts),
        "clocks": _shape_clocks(records.clocks.of_case(case.id)),
        "sender": shape_sender(case.sender),
        "matches": [shape_match(match) for match in case.matches],
        "decision": shape_decision(records, decision) if decision else None,
        "messages": [_shape_message(message) for message in records.overview.messages_of(case.id)],
        "effects": [_shape_effect(records, effect) for effect in records.effects.of_case(case.id)],
        "waiting": [shape_item(item) for item in records.cases.open_items(case.id)],
        "events": [
            {"seq": event.seq, "at": event.at, "actor": event.actor, "action": event.action, "data": event.data}
            for event in records.events.of_case(case.case_no)
        ],
    }


def shape_sender(sender: SenderFinding) -> dict[str, Any]:
    """Who wrote, as far as is known."""
    return {
        "level": sender.level.name,
        "reason": sender.reason,
        "customer_nos": sorted(sender.customer_nos),
        "contact": sender.contact.email if sender.contact else None,
        "fraud_signs": list(sender.fraud_signs),
    }


def shape_match(match: Match) -> dict[str, Any]:
    """The document meant by a reference, and what else it could be."""
    best = match.best
    return {
        "reference": match.reference.raw if match.reference else None,
        "decision": match.decision.value,
        "best": {"invoice_no": best.invoice_no, "score": plain_number(best.score)} if best else None,
        "candidates": [
            {
                "invoice_no": candidate.invoice_no,
                "score": plain_number(candidate.score),
                "parts": {name: plain_number(points) for name, points in candidate.parts.items()},
            }
            for candidate in match.candidates
        ],
        "agree": list(best.agree) if best else [],
        "contradict": list(best.contradict) if best else [],
        "why": list(match.why),
    }


def shape_decision(records: Records, decision: DecisionRecord) -> dict[str, Any]:
    """A decision with its findings and the approvals given so far."""
    return {
        "version": decision.version,
        "route": decision.route,
        "state": decision.state,
        "outcome": decision.outcome.value,
        "reasons": list(decision.reasons),
        "rationale": decision.rationale,
        "calculation": list(decision.calculation),
        "total": shape_money(decision.total),
        "steps": [sorted(step) for step in decision.steps],
        "approvals": records.cases.approvals(decision.id),
        "findings": [shape_finding(finding) for finding in records.cases.findings(decision.id)],
        "payload": json.loads(decision.payload),
        "payload_sha256": decision.payload_sha256,
        "policy_version": decision.policy_version,
        "prepared_by": decision.prepared_by,
        "prepared_at": decision.prepared_at,
    }


def shape_finding(finding: Finding) -> dict[str, Any]:
    """The result of one check."""
    return {
        "check": finding.check,
        "subject": finding.subject,
        "result": finding.result.value,
        "reason": finding.reason if finding.stops else None,
        "message": finding.message,
        "expected": finding.expected,
        "actual": finding.actual,
        "locators": list(finding.locators),
    }


def shape_planned(effect: PlannedEffect) -> dict[str, Any]:
    """An effect that would be carried out."""
    return {"seq": effect.seq, "type": effect.type.value, "target": effect.target, "params": effect.params}


def shape_item(item: WorkItem) -> dict[str, Any]:
    """An entry of the exception queue, without its case."""
    return {
        "kind": item.kind,
        "queue": item.queue,
        "owner_role": item.owner_role,
        "reasons": list(item.reasons),
        "assignee": item.assignee,
        "lease_until": item.lease_until,
        "created_at": item.created_at,
    }


def shape_change(change: ChangedCase) -> dict[str, Any]:
    """A case that would go another way under a draft of a policy."""
    return {
        "case_no": change.case_no,
        "customer_no": change.customer_no,
        "category": change.category,
        "reason": change.reason,
        "before": _shape_way(change.before),
        "after": _shape_way(change.after),
    }


def _shape_way(way: Way) -> dict[str, Any]:
    return {
        "route": way.route,
        "steps": [sorted(step) for step in way.steps],
        "total": shape_money(way.total),
        "reasons": list(way.reasons),
    }


def shape_money(money: Money | None) -> dict[str, str] | None:
    """An amount as text beside its currency."""
    return {"amount": money.text(), "currency": money.currency} if money else None


def show_money(shape: dict[str, str] | None) -> str | None:
    """A shaped amount for people."""
    return f"{shape['amount']} {shape['currency']}" if shape else None


def plain_number(points: Decimal) -> int | float:
    """Points as a number of JSON, a whole one where they are: no amount of money, so a fraction may be a float."""
    return int(points) if points == points.to_integral_value() else float(points)


def _shape_clocks(found: Sequence[ClockRecord]) -> list[dict[str, Any]]:
    """The counts of a case, each with the rule that set its due time; told in the time zone of the case's calendar."""
    from csr_bot.core.service_levels import ClockKind
    from csr_bot.core.sla_explanation import explain_clock
    from csr_bot.flow.clocks import case_calendar

    zones = [ZoneInfo(case_calendar(item.clock).zone) for item in found if item.clock.kind is not ClockKind.ACK]
    zone = zones[0] if zones else ZoneInfo("UTC")
    return [
        {
            "kind": item.clock.kind.value,
            "cycle": item.clock.cycle,
            "state": item.clock.state.value,
            "source": item.clock.target.source.value,
            "minutes": item.clock.target.minutes,
            "calendar": item.clock.target.calendar.name,
            "started_at": item.clock.started_at,
            "due_at": item.clock.due_at,
            "stopped_at": item.clock.stopped_at,
            "consumed_minutes": item.clock.consumed // timedelta(minutes=1),
            "escalated": sorted(item.clock.escalated),
            "why": list(explain_clock(item.clock, zone=zone)),
        }
        for item in sorted(found, key=lambda item: item.clock.started_at)
    ]


def _shape_message(message: StoredMessage) -> dict[str, Any]:
    return {
        "direction": message.direction,
        "channel": message.channel,
        "from": message.sender,
        "subject": message.subject,
        "received_at": message.received_at,
        "text_new": message.text_new,
        "attachments": list(message.attachments),
        "raw_sha256": message.raw_sha256,
    }


def _shape_effect(records: Records, effect: EffectRecord) -> dict[str, Any]:
    return {
        "seq": effect.seq,
        "type": effect.type.value,
        "target": effect.target,
        "params": effect.params,
        "state": effect.state.value,
        "reference": effect.reference,
        "external_ref": effect.external_ref,
        "attempts": effect.attempts,
        "submitted_at": effect.submitted_at,
        "verified_at": effect.verified_at,
        "error": effect.error,
        "receipts": [
            {"kind": kind, "captured_at": captured_at, "content": content, "screenshot_sha256": screenshot}
            for kind, captured_at, content, screenshot in records.effects.receipts(effect.id)
        ],
    }
