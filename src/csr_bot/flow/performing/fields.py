"""Fields of the ERP that go from one value to another, found by our reference in the ERP's own log of changes.

They act on ``invoice_no``, or on ``customer_no`` where none is given. Params: that, ``field`` and ``value`` by the
names and in the forms of ``core.erp`` (no value is the empty text), and for the remark in the ERP any of ``reason``,
``amount`` with ``currency``, and ``note``. Precondition: ``old``, the value that the page showed when it was decided.
``FIELDS_OF`` says which fields an effect of a type may touch, and which value it gives them where it is always one: an
approval to set a flag can never change a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.effects import EffectType
from csr_bot.core.erp import (
    CONTACT_PREFIX,
    NOTE,
    ErpFields,
    ErpTarget,
    FieldChange,
    FieldForm,
    FieldOrder,
    TargetKind,
    as_shown,
    form_of,
)
from csr_bot.flow.desk import Desk
from csr_bot.flow.performing.performer import Before, Proof, Sighting, find_differences
from csr_bot.ports import RefusedError
from csr_bot.records import EffectRecord

_T = EffectType
_MASTER: Final = ("legal_name", "billing_address", "tax_id", "invoice_email", "phone", "delivery_method", "po_required")
FIELDS_OF: Final[Mapping[EffectType, Mapping[str, str | None]]] = {
    _T.SET_DISPUTE_FLAG: {"dispute_flag": "yes"},
    _T.CLEAR_DISPUTE_FLAG: {"dispute_flag": "no"},
    _T.SET_DUNNING_BLOCK: {"dunning_block_until": None},
    _T.RELEASE_DUNNING_BLOCK: {"dunning_block_until": ""},
    _T.SET_SERVICE_HOLD: {"service_hold_until": None},
    _T.ADD_NOTE: {NOTE: None},
    _T.UPDATE_PO_REFERENCE: {"po_no": None, "default_po_no": None},
    _T.UPDATE_CUSTOMER_FIELD: dict.fromkeys(_MASTER),
    _T.ADD_CONTACT: {CONTACT_PREFIX: None},
    _T.DEACTIVATE_CONTACT: {CONTACT_PREFIX: ""},
    _T.SET_CREDIT_LIMIT: {"credit_limit": None, "credit_limit_until": None},
    _T.SET_PAYMENT_TERMS: {"payment_terms": None},
    _T.RECHECK_CREDIT_BLOCK: {"credit_block": "no"},
    _T.SET_REFUND_BLOCK: {"refund_block": None},
    _T.STAGE_BANK_CHANGE: {"staged_bank_account": None},
    _T.ACTIVATE_BANK_CHANGE: {"bank_account": None},
    _T.KYC_RELEASE: {"kyc_block": "no"},
}
"""Effect type to the fields that it may change and the only value that it may give them; None: any."""

_STATES: Final = frozenset(
    {
        _T.SET_DISPUTE_FLAG,
        _T.CLEAR_DISPUTE_FLAG,
        _T.SET_DUNNING_BLOCK,
        _T.RELEASE_DUNNING_BLOCK,
        _T.SET_SERVICE_HOLD,
        _T.SET_REFUND_BLOCK,
    }
)
"""Effects that want a state and do not mind who brought it about: reversible, and harmless where it holds already."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Changes of a field."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        order = self._order(effect)
        changes = self.desk.erp.find_changes_by_reference(effect.reference)
        if not changes and effect.type not in _STATES:
            return []
        shown = self.desk.erp.read_fields(order.target)
        if not changes and shown.value(order.name) == order.new:
            proof = Proof({**_content(order, shown), "already_so": True}, shown.screenshot)
            return [Sighting(f"{order.target}#{order.name}", proof, None)]
        return [_sighting(order, change, shown) for change in changes]

    def check_before(self, effect: EffectRecord) -> Before:
        order = self._order(effect)
        shown = self.desk.erp.read_fields(order.target)
        present, wanted = shown.value(order.name), as_shown(order.old, _form(order))
        is_list = _form(order) is FieldForm.ENTRY
        stale = f"{order.name} is {present!r}, decided on {wanted!r}" if present != wanted and not is_list else None
        return Before(Proof(_content(order, shown), shown.screenshot), stale)

    def prepare(self, effect: EffectRecord) -> bytes | None:  # noqa: ARG002 - a screen is filled, nothing is frozen
        return None

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:  # noqa: ARG002
        self.desk.erp.change_field(self._order(effect), before_submit=before_submit)

    def keep(self, records: Records, effect: EffectRecord, *, at: datetime) -> None:
        """Nothing."""

    def _order(self, effect: EffectRecord) -> FieldOrder:
        """The change; RefusedError where an effect of this type may not make it."""
        params = effect.params
        kind = TargetKind.INVOICE if "invoice_no" in params else TargetKind.CUSTOMER
        name, value = str(params["field"]), str(params["value"])
        group = CONTACT_PREFIX if name.startswith(CONTACT_PREFIX) else name
        allowed = FIELDS_OF[effect.type]
        if group not in allowed or form_of(kind, name) is None:
            raise RefusedError(f"{effect.type} does not change {name} of a {kind}")
        if allowed[group] not in (None, value):
            raise RefusedError(f"{effect.type} does not set {name} to {value!r}")
        return FieldOrder(
            target=ErpTarget(kind, effect.target),
            name=name,
            old=effect.precondition["old"],
            new=value,
            reference=effect.reference,
            note=self._remark(effect),
        )

    def _remark(self, effect: EffectRecord) -> str:
        """Case, reason, amount and note, on one line."""
        with self.desk.log.read() as records:
            case_no = records.cases.get(effect.case_id).case_no
        said = [effect.params.get(name) for name in ("reason", "amount", "currency", "note")]
        return " ".join([case_no, *(str(part) for part in said if part)])


def _form(order: FieldOrder) -> FieldForm:
    return form_of(order.target.kind, order.name) or FieldForm.TEXT


def _sighting(order: FieldOrder, change: FieldChange, shown: ErpFields) -> Sighting:
    """An entry of the log compared with the order, and the page with it."""
    wanted = as_shown(order.new, _form(order))
    pairs: list[tuple[str, object, object]] = [
        ("target", str(order.target), str(change.target)),
        ("field", order.name, change.name),
        ("new value", wanted, change.new),
    ]
    if _form(order) is not FieldForm.ENTRY:
        pairs.append(("present value", wanted, shown.value(order.name)))
    content = {
        **_content(order, shown),
        "old": change.old,
        "new": change.new,
        "reference": change.reference,
        "user": change.user,
        "changed_at": change.changed_at.isoformat(),
    }
    screenshot = shown.screenshot or change.screenshot
    return Sighting(f"{order.target}#{order.reference}", Proof(content, screenshot), find_differences(pairs))


def _content(order: FieldOrder, shown: ErpFields) -> dict[str, object]:
    return {
        "target": str(order.target),
        "field": order.name,
        "value": shown.value(order.name),
        "url_path": shown.url_path,
        "captured_at": shown.captured_at.isoformat(),
    }
