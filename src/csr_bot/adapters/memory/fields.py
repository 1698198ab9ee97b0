"""The changeable fields of an ERP in memory, with the log of their changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from csr_bot.core.erp import (
    CONTACT_PREFIX,
    FIELDS,
    NOTE,
    ErpTarget,
    FieldChange,
    FieldForm,
    FieldOrder,
    TargetKind,
    as_shown,
    form_of,
)
from csr_bot.core.money import parse_decimal
from csr_bot.ports import RefusedError


class MemoryFields:
    """What the fields of invoices and customers hold: what they held at first, and the changes that show by now."""

    def __init__(self, opening: Mapping[ErpTarget, Mapping[str, str]]) -> None:
        self.log: list[FieldChange] = []
        self._opening = {target: dict(values) for target, values in opening.items()}

    def put(self, target: ErpTarget, name: str, value: str) -> None:
        """Give a field another value, without a trace in the log."""
        self._opening.setdefault(target, {})[name] = value

    def values(self, target: ErpTarget, shown: Iterable[FieldChange]) -> Mapping[str, str]:
        """Every field as its page shows it, once these changes are seen."""
        empty = {name: "no" if form is FieldForm.FLAG else "" for name, form in FIELDS[target.kind].items()}
        values = {**empty, **self._opening.get(target, {})}
        for change in shown:
            if change.target == target and change.name != NOTE:
                values[change.name] = change.new
                if change.name == "bank_account":
                    values["staged_bank_account"] = ""
        present = {name: value for name, value in values.items() if value or not name.startswith(CONTACT_PREFIX)}
        return {name: as_shown(value, FIELDS[target.kind].get(name, FieldForm.TEXT)) for name, value in present.items()}

    def require_allowed(self, order: FieldOrder, values: Mapping[str, str]) -> None:
        """RefusedError where there is no such field, it holds something else, or it does not take the new value."""
        form = form_of(order.target.kind, order.name)
        if form is None:
            raise RefusedError(f"{order.target} has no field {order.name}")
        shown = "" if form is FieldForm.ENTRY else values.get(order.name, "")
        if shown != as_shown(order.old, form):
            raise RefusedError(f"{order.name} of {order.target} shows {shown!r} where {order.old!r} was expected")
        if not _takes(form, order.new):
            raise RefusedError(f"the ERP refuses {order.new!r} for {order.name}")
        staged = values.get("staged_bank_account", "")
        if order.name == "bank_account" and as_shown(order.new, form) != staged:
            raise RefusedError("the ERP refuses an account that is not staged")

    def change(self, order: FieldOrder, *, at: datetime) -> None:
        """Write the change into the log."""
        form = form_of(order.target.kind, order.name) or FieldForm.TEXT
        plural = "customers" if order.target.kind is TargetKind.CUSTOMER else "invoices"
        self.log.append(
            FieldChange(
                target=order.target,
                name=order.name,
                old=as_shown(order.old, form),
                new=as_shown(order.new, form),
                reference=order.reference,
                note=order.note,
                user="bot",
                changed_at=at,
                url_path=f"/{plural}/{order.target.number}",
                captured_at=at,
                screenshot=f"picture of {order.reference}".encode(),
            )
        )


def stamp(changes: Iterable[FieldChange], at: datetime) -> list[FieldChange]:
    """The same changes, read now."""
    return [replace(change, captured_at=at) for change in changes]


def _takes(form: FieldForm, value: str) -> bool:
    if form is FieldForm.FLAG:
        return value in ("yes", "no")
    try:
        if value and form is FieldForm.DAY:
            date.fromisoformat(value)
        if value and form is FieldForm.AMOUNT:
            parse_decimal(value)
    except ValueError:
        return False
    return True
