"""Effects: what leaves the building, what it is called, and which states it may go through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from csr_bot.core.money import Money


class EffectType(StrEnum):
    """What can be done outside. The value is the name in payloads and in the log."""

    CREATE_CREDIT_NOTE = "create_credit_note"
    SEND_REPLY = "send_reply"
    SEND_INVOICE_COPY = "send_invoice_copy"
    PORTAL_COMMENT = "portal_comment"


class RiskClass(StrEnum):
    """How much an effect of a type can harm: decides which guards it must pass."""

    COMMUNICATION = "comm"
    MONEY = "money"


RISK: Final[Mapping[EffectType, RiskClass]] = {
    EffectType.CREATE_CREDIT_NOTE: RiskClass.MONEY,
    EffectType.SEND_REPLY: RiskClass.COMMUNICATION,
    EffectType.SEND_INVOICE_COPY: RiskClass.COMMUNICATION,
    EffectType.PORTAL_COMMENT: RiskClass.COMMUNICATION,
}


class EffectState(StrEnum):
    """Where an effect stands. Only ``submitting`` and ``in_doubt`` mean that it may have happened unproven."""

    PLANNED = "planned"
    AUTHORISED = "authorised"
    SUBMITTING = "submitting"
    IN_DOUBT = "in_doubt"
    VERIFIED = "verified"
    NEEDS_PERSON = "needs_person"
    VOID = "void"


_MOVES: Final[Mapping[EffectState, frozenset[EffectState]]] = {
    EffectState.PLANNED: frozenset({EffectState.AUTHORISED, EffectState.VOID}),
    EffectState.AUTHORISED: frozenset(
        {EffectState.SUBMITTING, EffectState.VERIFIED, EffectState.NEEDS_PERSON, EffectState.VOID}
    ),
    EffectState.SUBMITTING: frozenset({EffectState.VERIFIED, EffectState.IN_DOUBT, EffectState.NEEDS_PERSON}),
    EffectState.IN_DOUBT: frozenset({EffectState.VERIFIED, EffectState.AUTHORISED, EffectState.NEEDS_PERSON}),
    EffectState.VERIFIED: frozenset(),
    EffectState.NEEDS_PERSON: frozenset({EffectState.VERIFIED, EffectState.AUTHORISED, EffectState.VOID}),
    EffectState.VOID: frozenset(),
}


class ForbiddenMoveError(ValueError):
    """A state change that the state machine does not know."""


def require_move(before: EffectState, after: EffectState) -> None:
    """Raise ForbiddenMoveError unless an effect may go from ``before`` to ``after``."""
    if after not in _MOVES[before]:
        raise ForbiddenMoveError(f"an effect cannot go from {before} to {after}")


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    """An effect as decided. ``params`` is JSON made of strings, integers, lists and mappings: no floats.

    ``target`` is the document or party that it acts on. ``precondition`` is what the target must still show right
    before: it is not signed, because a difference stops the effect anyway.
    """

    seq: int
    type: EffectType
    target: str
    params: Mapping[str, object]
    precondition: Mapping[str, str] = field(default_factory=dict)

    def payload(self) -> dict[str, object]:
        """What an approval signs of this effect."""
        return {**self.params, "seq": self.seq, "type": self.type.value}


@dataclass(frozen=True, slots=True)
class CreditLine:
    """The part of a credit note that falls on one invoice line; both amounts positive."""

    line_no: int
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class CreditNoteOrder:
    """A credit note to post, as typed into the ERP's form. ``expected_*`` must still be what the invoice page shows."""

    invoice_no: str
    customer_no: str
    lines: tuple[CreditLine, ...]
    amount: Money
    reason: str
    reference: str
    issued_on: date
    expected_gross: Money
    expected_open: Money
    expected_status: str
    expected_due_date: date


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces, the form that is hashed. Raises TypeError on floats and other types."""
    _require_exact(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def payload_of(
    *, case_no: str, decision_version: int, policy_version: int, effects: Sequence[PlannedEffect]
) -> dict[str, object]:
    """The content that an approval is given for."""
    return {
        "case_no": case_no,
        "decision_version": decision_version,
        "effects": [effect.payload() for effect in effects],
        "policy_version": policy_version,
    }


def payload_sha256(payload: Mapping[str, object]) -> str:
    """Digest that binds an approval to its content."""
    return hashlib.sha256(canonical_json(payload).encode()).hexdigest()


def idempotency_key(*, case_no: str, decision_version: int, effect: PlannedEffect) -> str:
    """One key for one effect, whatever process performs it: equal inputs give equal keys for ever."""
    identity = {
        "case_no": case_no,
        "decision_version": decision_version,
        "effect": effect.payload(),
        "target": effect.target,
    }
    return hashlib.sha256(canonical_json(identity).encode()).hexdigest()


def business_reference(key: str) -> str:
    """The short form of an idempotency key that is typed into the ERP and can be searched there."""
    return f"csr:{key[:12]}"


_EXACT: Final = frozenset({str, int, bool, type(None)})


def _require_exact(value: object) -> None:
    if type(value) in _EXACT:
        return
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not isinstance(name, str):
                raise TypeError(f"{type(name).__name__} as a name in a payload: use a string")
            _require_exact(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _require_exact(item)
    elif not isinstance(value, str | int):
        raise TypeError(f"{type(value).__name__} in a payload: use a string")
