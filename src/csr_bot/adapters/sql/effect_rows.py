"""Effects and receipts in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, exists, func, insert, select, update

from csr_bot.adapters.sql.case_keys import add_keys, keys_in
from csr_bot.adapters.sql.house_rows import put_blobs
from csr_bot.adapters.sql.tables import approval, decision, effect, receipt, request_case
from csr_bot.caselog import ConflictError
from csr_bot.core.effects import RISK, EffectState, EffectType, RiskClass, require_move
from csr_bot.core.facts import EarlierCredit, EarlierMatter
from csr_bot.core.matters import MatterKind
from csr_bot.core.money import Money
from csr_bot.core.policy import BOT_ROLE
from csr_bot.ids import new_id
from csr_bot.records import EffectRecord, ReceiptRecord

_COLUMNS: Final = [effect.c[name] for name in EffectRecord.__dataclass_fields__]


_CUMULATED: Final = {
    EffectType.REQUEST_REFUND: MatterKind.REFUND,
    EffectType.WRITE_OFF_SMALL: MatterKind.SMALL_BALANCE_WRITEOFF,
}
"""Effects besides credit notes whose amounts policies add up."""


class SqlEffects:
    """``caselog.EffectRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, effects: Sequence[EffectRecord], *, at: datetime) -> None:
        """Plan effects."""
        if effects:
            self._connection.execute(insert(effect), [{**_row(item), "updated_at": at} for item in effects])

    def get(self, effect_id: str) -> EffectRecord:
        """An effect by its id."""
        query = select(*_COLUMNS).where(effect.c.id == effect_id)
        return _effect(self._connection.execute(query).mappings().one())

    def get_for_update(self, effect_id: str) -> EffectRecord:
        """An effect, held until the transaction ends."""
        query = select(*_COLUMNS).where(effect.c.id == effect_id).with_for_update()
        return _effect(self._connection.execute(query).mappings().one())

    def update(self, before: EffectRecord, after: EffectRecord, *, at: datetime) -> None:
        """Change an effect that is still as it was read (state and fence); ConflictError otherwise."""
        if before.state is not after.state:
            require_move(before.state, after.state)
        changed = self._connection.execute(
            update(effect)
            .where(effect.c.id == before.id, effect.c.state == before.state.value, effect.c.fence == before.fence)
            .values(**_row(after), updated_at=at)
        )
        if changed.rowcount != 1:
            raise ConflictError(f"effect {before.reference} is not as it was read")
        if after.external_ref and after.external_ref != before.external_ref:
            add_keys(self._connection, {after.case_id: list(keys_in({"external_ref": after.external_ref}))})

    def of_decision(self, decision_id: str) -> Sequence[EffectRecord]:
        """The effects of a decision in the order in which they are performed."""
        query = select(*_COLUMNS).where(effect.c.decision_id == decision_id).order_by(effect.c.seq)
        return [_effect(row) for row in self._connection.execute(query).mappings()]

    def of_case(self, case_id: str) -> Sequence[EffectRecord]:
        """All effects of a case, those of older decisions first."""
        query = (
            select(*_COLUMNS)
            .join(decision, decision.c.id == effect.c.decision_id)
            .where(effect.c.case_id == case_id)
            .order_by(decision.c.version, effect.c.seq)
        )
        return [_effect(row) for row in self._connection.execute(query).mappings()]

    def earlier_credits(self, customer_no: str, *, other_than_case: str) -> Sequence[EarlierCredit]:
        """Credits to a customer that other cases have decided and that are done or on their way."""
        by_bot = exists().where(approval.c.decision_id == decision.c.id, approval.c.approver == BOT_ROLE)
        query = (
            select(
                request_case.c.case_no,
                effect.c.target,
                effect.c.params,
                effect.c.state,
                decision.c.prepared_at,
                by_bot.label("by_bot"),
            )
            .join(request_case, request_case.c.id == effect.c.case_id)
            .join(decision, decision.c.id == effect.c.decision_id)
            .where(
                request_case.c.customer_no == customer_no,
                effect.c.case_id != other_than_case,
                effect.c.type == EffectType.CREATE_CREDIT_NOTE.value,
                effect.c.state != EffectState.VOID.value,
                decision.c.state.in_(["submitted", "approved"]),
            )
        )
        return [
            EarlierCredit(
                case_no=case_no,
                invoice_no=target,
                customer_no=customer_no,
                reason=str(params["reason"]),
                amount=Money(Decimal(params["amount"]), params["currency"]),
                line_nos=frozenset(line["line_no"] for line in params["lines"]),
                by_bot_alone=by_bot,
                posted=state == EffectState.VERIFIED.value,
                decided_at=prepared_at,
            )
            for case_no, target, params, state, prepared_at, by_bot in self._connection.execute(query)
        ]

    def earlier_matters(self, customer_no: str, *, other_than_case: str) -> Sequence[EarlierMatter]:
        """Refunds and write-offs for a customer that other cases have decided and that are done or on their way."""
        by_bot = exists().where(approval.c.decision_id == decision.c.id, approval.c.approver == BOT_ROLE)
        query = (
            select(
                request_case.c.case_no, effect.c.type, effect.c.params, decision.c.prepared_at, by_bot.label("by_bot")
            )
            .join(request_case, request_case.c.id == effect.c.case_id)
            .join(decision, decision.c.id == effect.c.decision_id)
            .where(
                request_case.c.customer_no == customer_no,
                effect.c.case_id != other_than_case,
                effect.c.type.in_([kind.value for kind in _CUMULATED]),
                effect.c.state != EffectState.VOID.value,
                decision.c.state.in_(["submitted", "approved"]),
            )
        )
        return [
            EarlierMatter(
                kind=_CUMULATED[EffectType(kind)],
                case_no=case_no,
                invoice_no=params.get("invoice_no"),
                amount=Money(Decimal(params["amount"]), params["currency"]),
                by_bot_alone=by_bot,
                decided_at=prepared_at,
            )
            for case_no, kind, params, prepared_at, by_bot in self._connection.execute(query)
        ]

    def bot_effects_since(self, customer_no: str, since: datetime) -> int:
        """How many credits the bot alone has decided for a customer since then."""
        query = (
            select(func.count())
            .select_from(effect)
            .join(request_case, request_case.c.id == effect.c.case_id)
            .join(approval, approval.c.decision_id == effect.c.decision_id)
            .where(
                request_case.c.customer_no == customer_no,
                effect.c.type == EffectType.CREATE_CREDIT_NOTE.value,
                effect.c.state != EffectState.VOID.value,
                approval.c.approver == BOT_ROLE,
                approval.c.acted_at >= since,
            )
        )
        return int(self._connection.execute(query).scalar_one())

    def answers_since(self, address: str, since: datetime) -> int:
        """How many answers went, or are on their way, to an address since then."""
        answers = [kind.value for kind in EffectType if RISK[kind] is RiskClass.COMMUNICATION]
        query = (
            select(func.count())
            .select_from(effect)
            .where(
                effect.c.type.in_(answers),
                effect.c.target == address,
                effect.c.state != EffectState.VOID.value,
                effect.c.updated_at >= since,
            )
        )
        return int(self._connection.execute(query).scalar_one())

    def add_receipt(self, record: ReceiptRecord) -> None:
        """Store proof, with its picture."""
        if record.screenshot is not None:
            put_blobs(self._connection, [record.screenshot], at=record.captured_at)
        self._connection.execute(
            insert(receipt),
            {
                "id": new_id(),
                "effect_id": record.effect_id,
                "kind": record.kind,
                "captured_at": record.captured_at,
                "content": record.content,
                "screenshot_sha256": record.screenshot.sha256 if record.screenshot else None,
            },
        )

    def receipts(self, effect_id: str) -> Sequence[tuple[str, datetime, Mapping[str, object], str | None]]:
        """Kind, time, content and screenshot of each proof, oldest first."""
        query = (
            select(receipt.c.kind, receipt.c.captured_at, receipt.c.content, receipt.c.screenshot_sha256)
            .where(receipt.c.effect_id == effect_id)
            .order_by(receipt.c.captured_at, receipt.c.id)
        )
        return [(kind, at, content, shot) for kind, at, content, shot in self._connection.execute(query)]


def _row(item: EffectRecord) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in EffectRecord.__dataclass_fields__}
    return {**row, "type": item.type.value, "state": item.state.value}


def _effect(row: RowMapping) -> EffectRecord:
    return EffectRecord(**{**row, "type": EffectType(row["type"]), "state": EffectState(row["state"])})
