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

    SET_DISPUTE_FLAG = "set_dispute_flag"
    CLEAR_DISPUTE_FLAG = "clear_dispute_flag"
    SET_DUNNING_BLOCK = "set_dunning_block"
    RELEASE_DUNNING_BLOCK = "release_dunning_block"
    SET_SERVICE_HOLD = "set_service_hold"
    RECORD_PROMISE = "record_promise"
    ADD_NOTE = "add_note"
    CREATE_CREDIT_NOTE = "create_credit_note"
    APPLY_PAYMENT = "apply_payment"
    ALLOCATE_CREDIT = "allocate_credit"
    WRITE_OFF_SMALL = "write_off_small"
    REQUEST_REFUND = "request_refund"
    CREATE_PAYMENT_PLAN = "create_payment_plan"
    UPDATE_PO_REFERENCE = "update_po_reference"
    UPDATE_CUSTOMER_FIELD = "update_customer_field"
    ADD_CONTACT = "add_contact"
    DEACTIVATE_CONTACT = "deactivate_contact"
    SET_CREDIT_LIMIT = "set_credit_limit"
    SET_PAYMENT_TERMS = "set_payment_terms"
    RECHECK_CREDIT_BLOCK = "recheck_credit_block"
    SET_REFUND_BLOCK = "set_refund_block"
    STAGE_BANK_CHANGE = "stage_bank_change"
    ACTIVATE_BANK_CHANGE = "activate_bank_change"
    KYC_MARK_RECEIVED = "kyc_mark_received"
    KYC_RELEASE = "kyc_release"
    LC_UPDATE = "lc_update"
    SEND_REPLY = "send_reply"
    SEND_INVOICE_COPY = "send_invoice_copy"
    SEND_STATEMENT = "send_statement"
    REQUEST_INFO = "request_info"
    PORTAL_COMMENT = "portal_comment"


class RiskClass(StrEnum):
    """How much an effect of a type can harm: decides which guards it must pass."""

    COMMUNICATION = "comm"
    REVERSIBLE = "reversible"
    MONEY = "money"
    MASTER = "master"
    CREDIT = "credit"
    BANK = "bank"
    COMPLIANCE = "compliance"


_T = EffectType
_BY_RISK: Final[Mapping[RiskClass, frozenset[EffectType]]] = {
    RiskClass.COMMUNICATION: frozenset(
        {_T.SEND_REPLY, _T.SEND_INVOICE_COPY, _T.SEND_STATEMENT, _T.REQUEST_INFO, _T.PORTAL_COMMENT}
    ),
    RiskClass.REVERSIBLE: frozenset(
        {
            _T.SET_DISPUTE_FLAG,
            _T.CLEAR_DISPUTE_FLAG,
            _T.SET_DUNNING_BLOCK,
            _T.RELEASE_DUNNING_BLOCK,
            _T.SET_SERVICE_HOLD,
            _T.RECORD_PROMISE,
            _T.ADD_NOTE,
        }
    ),
    RiskClass.MONEY: frozenset(
        {
            _T.CREATE_CREDIT_NOTE,
            _T.APPLY_PAYMENT,
            _T.ALLOCATE_CREDIT,
            _T.WRITE_OFF_SMALL,
            _T.REQUEST_REFUND,
            _T.CREATE_PAYMENT_PLAN,
        }
    ),
    RiskClass.MASTER: frozenset(
        {_T.UPDATE_PO_REFERENCE, _T.UPDATE_CUSTOMER_FIELD, _T.ADD_CONTACT, _T.DEACTIVATE_CONTACT}
    ),
    RiskClass.CREDIT: frozenset({_T.SET_CREDIT_LIMIT, _T.SET_PAYMENT_TERMS, _T.RECHECK_CREDIT_BLOCK}),
    RiskClass.BANK: frozenset({_T.SET_REFUND_BLOCK, _T.STAGE_BANK_CHANGE, _T.ACTIVATE_BANK_CHANGE}),
    RiskClass.COMPLIANCE: frozenset({_T.KYC_MARK_RECEIVED, _T.KYC_RELEASE, _T.LC_UPDATE}),
}
RISK: Final[Mapping[EffectType, RiskClass]] = {
    effect_type: risk for risk, effect_types in _BY_RISK.items() for effect_type in effect_types
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
