"""Entries in registers that only we keep, found by the effect's reference.

All params have ``customer_no``, and ``due_on`` where somebody has to come back to it on a day; whatever else they have
is what the entry says.

- ``record_promise``: acts on ``invoice_no``, or ``customer_no`` for a promise on the whole account. ``amount``,
  ``currency``, ``due_on``. Open until it is kept or broken.
- ``kyc_mark_received``: acts on ``customer_no``. ``requirement``, and ``sha256`` of the file. Received, not verified.
- ``lc_update``: acts on ``lc_no``. Whatever became known of the letter of credit, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.effects import EffectType
from csr_bot.flow.desk import Desk
from csr_bot.flow.performing.performer import Before, Proof, Sighting, find_differences
from csr_bot.ids import new_id
from csr_bot.records import EffectRecord
from csr_bot.registers import OPEN, RegisterEntry, RegisterKind

REGISTER_OF: Final[Mapping[EffectType, tuple[RegisterKind, str]]] = {
    EffectType.RECORD_PROMISE: (RegisterKind.PROMISE, OPEN),
    EffectType.KYC_MARK_RECEIVED: (RegisterKind.KYC_DOCUMENT, "received"),
    EffectType.LC_UPDATE: (RegisterKind.LETTER_OF_CREDIT, "recorded"),
}
"""Effect type to its register, and the status with which an entry begins."""


@dataclass(frozen=True, slots=True)
class Registers:
    """Entries in our own log: done when the row is there."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        with self.desk.log.read() as records:
            entries = records.registers.find_by_reference(effect.reference)
        return [_sighting(effect, entry) for entry in entries]

    def check_before(self, effect: EffectRecord) -> Before:
        return Before(Proof({"subject": effect.target}), None)

    def prepare(self, effect: EffectRecord) -> bytes | None:  # noqa: ARG002 - a row is written, nothing is frozen
        return None

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:  # noqa: ARG002
        before_submit()
        with self.desk.log.begin() as records:
            records.registers.add([_entry(effect, at=self.desk.clock.now())])

    def keep(self, records: Records, effect: EffectRecord, *, at: datetime) -> None:
        """Nothing: the entry is the effect itself."""


def _entry(effect: EffectRecord, *, at: datetime) -> RegisterEntry:
    kind, status = REGISTER_OF[effect.type]
    params, due_on = effect.params, effect.params.get("due_on")
    return RegisterEntry(
        id=new_id(),
        kind=kind,
        case_id=effect.case_id,
        reference=effect.reference,
        customer_no=str(params["customer_no"]),
        subject=str(params.get("requirement", effect.target)),
        content=params,
        status=status,
        due_on=date.fromisoformat(str(due_on)) if due_on else None,
        created_at=at,
    )


def _sighting(effect: EffectRecord, entry: RegisterEntry) -> Sighting:
    pairs: list[tuple[str, object, object]] = [
        ("case", effect.case_id, entry.case_id),
        ("content", dict(effect.params), dict(entry.content)),
    ]
    content = {"kind": entry.kind.value, "subject": entry.subject, "status": entry.status, **entry.content}
    return Sighting(f"{entry.kind} {entry.reference}", Proof(content), find_differences(pairs))
