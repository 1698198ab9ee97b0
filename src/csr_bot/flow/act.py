"""Carrying out one effect: looked for first, committed as intent before the click, proved on a fresh page after it.

What a failure means is decided by the state that was recorded, never by the kind of exception: the same time-out stands
on both sides of the click. Nothing here is ever done again without having looked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import RISK, EffectState, EffectType, RiskClass
from csr_bot.core.evidence import as_content
from csr_bot.flow.authority import find_missing_authority, queue_effect
from csr_bot.flow.clocks import note_answer
from csr_bot.flow.desk import Desk, stopped
from csr_bot.flow.ending import resolve_case
from csr_bot.flow.moving import BOT, ask_person, move_case
from csr_bot.flow.performing import Performer, Proof, Sighting, performer_for
from csr_bot.ports import PortError, RefusedError, UnavailableError, UncertainError
from csr_bot.records import Blob, EffectRecord, ReceiptRecord

MAX_SUBMITS: Final = 3
HELD_BACK: Final = timedelta(seconds=60)
MAX_DOUBT: Final = timedelta(minutes=15)
BUSY: Final = timedelta(seconds=20)
_LIVE: Final = frozenset({EffectState.AUTHORISED, EffectState.SUBMITTING, EffectState.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Later:
    """The effect has to be taken up again, no earlier than this, for this reason."""

    due_at: datetime
    why: str


class HeldBackError(PortError):
    """The effect may not be carried out now: raised right before the click, so that nothing happens."""


def act(desk: Desk, effect_id: str) -> Later | None:
    """Bring an effect one step further. None when there is nothing left to do for this task."""
    with desk.log.lock.hold(effect_id) as held:
        if not held:
            return Later(desk.clock.now() + BUSY, "another worker holds this effect")
        with desk.log.read() as records:
            effect = records.effects.get(effect_id)
        if effect.state not in _LIVE:
            return None
        performer = performer_for(desk, effect.type)
        if effect.state is EffectState.AUTHORISED:
            return _carry_out_if_allowed(desk, performer, effect)
        if effect.state is EffectState.SUBMITTING:
            # Its worker died behind the click, or the answer was lost: only a look outside can tell.
            effect = _change(desk, effect, EffectState.IN_DOUBT, error="the outcome of the submission is unknown")
        return _resolve_doubt(desk, performer, effect)


def _carry_out_if_allowed(desk: Desk, performer: Performer, effect: EffectRecord) -> Later | None:
    with desk.log.read() as records:
        hindrance = _hindrance(desk, records, effect)
        missing = find_missing_authority(records, effect)
    if hindrance is not None:
        return Later(desk.clock.now() + HELD_BACK, hindrance)
    if missing is not None:
        return _hand_over(desk, effect, "AUTHORITY_CHANGED", missing)
    return _carry_out(desk, performer, effect)


def _carry_out(desk: Desk, performer: Performer, effect: EffectRecord) -> Later | None:
    try:
        seen = performer.look(effect)
        if seen:
            return _settle(desk, performer, effect, seen)
        before = performer.check_before(effect)
        if before.stale is not None:
            return _hand_over(desk, effect, "STALE_SNAPSHOT", before.stale, proof=before.proof)
        frozen = performer.prepare(effect)
        performer.submit(effect, frozen, before_submit=lambda: _commit_intent(desk, effect, before.proof, frozen))
    except HeldBackError as error:
        return Later(desk.clock.now() + HELD_BACK, str(error))
    except (UnavailableError, RefusedError, UncertainError) as error:
        return _after_failure(desk, effect.id, error)
    with desk.log.read() as records:
        submitted = records.effects.get(effect.id)
    return _resolve_doubt(desk, performer, submitted)


def _hindrance(desk: Desk, records: Records, effect: EffectRecord) -> str | None:
    case = records.cases.get(effect.case_id)
    why = stopped(records, desk.bot.name, case.category)
    if why is not None:
        return f"stopped: {why}"
    return "the desk is in shadow mode" if desk.bot.mode != "live" else None


def _commit_intent(desk: Desk, effect: EffectRecord, proof: Proof, frozen: bytes | None) -> None:
    """The last moment at which nothing has happened: check once more, then record that it may happen from here on."""
    now = desk.clock.now()
    with desk.log.begin() as records:
        current = records.effects.get_for_update(effect.id)
        if current != effect:
            raise HeldBackError("the effect has changed in the meantime")
        hindrance = _hindrance(desk, records, effect) or find_missing_authority(records, effect)
        if hindrance is not None:
            raise HeldBackError(hindrance)
        kind = "text/plain" if effect.type is EffectType.PORTAL_COMMENT else "message/rfc822"
        body = Blob(hashlib.sha256(frozen).hexdigest(), kind, frozen) if frozen is not None else None
        if body is not None:
            records.house.put_blobs([body], at=now)
        records.effects.add_receipt(_receipt(effect.id, "before", proof, now))
        records.effects.update(
            current,
            replace(
                current,
                state=EffectState.SUBMITTING,
                submitted_at=now,
                absent_since=None,
                attempts=current.attempts + 1,
                fence=current.fence + 1,
                body_sha256=body.sha256 if body else None,
            ),
            at=now,
        )
        _tell(records, effect, "effect.submitting", now, {"reference": effect.reference})


def _after_failure(desk: Desk, effect_id: str, error: PortError) -> Later | None:
    with desk.log.read() as records:
        effect = records.effects.get(effect_id)
    if effect.state is EffectState.SUBMITTING:
        _change(desk, effect, EffectState.IN_DOUBT, error=str(error))
        return Later(desk.clock.now() + desk.quiet, str(error))
    if isinstance(error, UnavailableError):
        raise error
    return _hand_over(desk, effect, "EFFECT_REFUSED", str(error))


def _resolve_doubt(desk: Desk, performer: Performer, effect: EffectRecord) -> Later | None:
    """Look outside: one right trace proves it, none proves its absence only after a quiet while and a second look."""
    try:
        seen = performer.look(effect)
    except (UnavailableError, UncertainError, RefusedError) as error:
        now = desk.clock.now()
        if effect.submitted_at is not None and now - effect.submitted_at > MAX_DOUBT:
            return _hand_over(desk, effect, "IN_DOUBT", f"cannot be looked up: {error}")
        return Later(now + desk.quiet, f"cannot look it up: {error}")
    if seen:
        return _settle(desk, performer, effect, seen)
    if effect.state is EffectState.SUBMITTING:
        effect = _change(desk, effect, EffectState.IN_DOUBT, error="submitted, but not to be found yet")
    return _doubt_absence(desk, effect)


def _doubt_absence(desk: Desk, effect: EffectRecord) -> Later | None:
    """Nothing was found just now: wait and look again, and after that let it be tried again, but not for ever."""
    now = desk.clock.now()
    quiet_since = effect.absent_since or effect.submitted_at or now
    if now - quiet_since < desk.quiet:
        return Later(quiet_since + desk.quiet, "waiting before its absence is believed")
    if effect.absent_since is None:
        _change(desk, effect, EffectState.IN_DOUBT, error=effect.error or "not found", absent_since=now)
        return Later(now + desk.quiet, "looking a second time before its absence is believed")
    if effect.attempts >= MAX_SUBMITS:
        why = f"submitted {effect.attempts} times, never to be found; last: {effect.error}"
        return _hand_over(desk, effect, "NOT_POSTED", why)
    _change(desk, effect, EffectState.AUTHORISED, error=effect.error or "proved absent", absent_since=None)
    return Later(now, "it did not happen and may be tried again")


def _settle(desk: Desk, performer: Performer, effect: EffectRecord, seen: Sequence[Sighting]) -> Later | None:
    """Something of ours is out there: exactly one that is right ends well, anything else is for a person."""
    if len(seen) > 1:
        numbers = ", ".join(sighting.external_ref for sighting in seen)
        return _hand_over(desk, effect, "POSTED_MORE_THAN_ONCE", numbers, proof=seen[0].proof)
    sighting = seen[0]
    if sighting.differs is not None:
        return _hand_over(desk, effect, "READ_BACK_DIFFERS", sighting.differs, proof=sighting.proof)
    now = desk.clock.now()
    with desk.log.begin() as records:
        current = records.effects.get_for_update(effect.id)
        if current.state is EffectState.VERIFIED:
            return None
        records.effects.add_receipt(_receipt(effect.id, "after", sighting.proof, now))
        verified = replace(
            current, state=EffectState.VERIFIED, external_ref=sighting.external_ref, verified_at=now, error=None
        )
        records.effects.update(current, verified, at=now)
        _tell(records, effect, "effect.verified", now, {"external_ref": sighting.external_ref})
        performer.keep(records, verified, at=now)
        if RISK[verified.type] is RiskClass.COMMUNICATION:
            note_answer(records, verified.case_id, at=verified.submitted_at or now)
        _go_on(records, verified, at=now)
    return None


def _go_on(records: Records, effect: EffectRecord, *, at: datetime) -> None:
    """The next effect of the decision, or the end of the case."""
    rest = [item for item in records.effects.of_decision(effect.decision_id) if item.seq > effect.seq]
    case = records.cases.get_for_update(effect.case_id)
    if case.status is CaseStatus.EXECUTION_FAILED:
        case = move_case(records, case, CaseStatus.EXECUTING, actor=BOT, at=at)
    if rest:
        queue_effect(records, rest[0], at=at)
        return
    decision = records.cases.latest_decision(case.id)
    assert decision is not None
    if case.status is not CaseStatus.AWAITING_CUSTOMER:
        resolve_case(records, case, outcome=decision.outcome, actor=BOT, at=at)


def _hand_over(desk: Desk, effect: EffectRecord, reason: str, why: str, *, proof: Proof | None = None) -> Later | None:
    """Stop: a person has to decide what becomes of this effect."""
    now = desk.clock.now()
    with desk.log.begin() as records:
        current = records.effects.get_for_update(effect.id)
        if proof is not None:
            records.effects.add_receipt(_receipt(effect.id, "stopped", proof, now))
        records.effects.update(current, replace(current, state=EffectState.NEEDS_PERSON, error=why), at=now)
        _tell(records, effect, "effect.needs_person", now, {"reason": reason})
        case = records.cases.get_for_update(effect.case_id)
        if case.status is CaseStatus.EXECUTING:
            reasons = (reason, *(code for code in case.reasons if code != reason))
            case = move_case(records, case, CaseStatus.EXECUTION_FAILED, actor=BOT, at=now, reasons=reasons)
        ask_person(
            records,
            case,
            kind="fix_execution",
            queue=case.queue or "billing",
            owner_role="ar_lead",
            reasons=(reason, why),
            at=now,
        )
    return None


def _change(
    desk: Desk, effect: EffectRecord, state: EffectState, *, error: str, absent_since: datetime | None = None
) -> EffectRecord:
    now = desk.clock.now()
    changed = replace(effect, state=state, error=error, absent_since=absent_since)
    with desk.log.begin() as records:
        records.effects.update(effect, changed, at=now)
        if state is not effect.state:
            _tell(records, effect, f"effect.{state.value}", now, {"why": error})
    return changed


def _receipt(effect_id: str, kind: str, proof: Proof, at: datetime) -> ReceiptRecord:
    shot = proof.screenshot
    picture = Blob(hashlib.sha256(shot).hexdigest(), "image/png", shot) if shot else None
    content = as_content(dict(proof.content))
    assert isinstance(content, dict)
    return ReceiptRecord(effect_id, kind, at, content, picture)


def _tell(records: Records, effect: EffectRecord, action: str, at: datetime, data: dict[str, object]) -> None:
    case = records.cases.get(effect.case_id)
    records.events.add(action, actor=BOT, entity="effect", entity_id=effect.id, case_no=case.case_no, at=at, data=data)
