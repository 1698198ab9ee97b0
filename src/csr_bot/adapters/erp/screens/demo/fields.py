"""Changeable fields of invoices and customers, and the ERP's log of their changes.

A target's page is the right one by its heading and number; an entry of the log counts only if it carries the reference
that was searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from playwright.sync_api import Page, Response

from csr_bot.adapters.erp.browser import Session
from csr_bot.adapters.erp.pages import (
    Outputs,
    drift,
    path_of,
    read_outputs,
    read_table,
    require_heading,
    require_success,
)
from csr_bot.adapters.erp.screens.demo.entering import Entry, enter
from csr_bot.adapters.erp.screens.demo.navigation import NOTHING, Navigator, path_to
from csr_bot.core.erp import (
    CONTACT_PREFIX,
    FIELDS,
    NOTE,
    ErpFields,
    ErpNote,
    ErpTarget,
    FieldChange,
    FieldForm,
    FieldOrder,
    TargetKind,
    as_shown,
    form_of,
)
from csr_bot.ports import RefusedError, UnavailableError

LABELS: Final[Mapping[str, str]] = {
    "dispute_flag": "Dispute flag",
    "dunning_block_until": "Dunning block until",
    "service_hold_until": "Service hold until",
    "po_no": "PO number",
    "legal_name": "Legal name",
    "billing_address": "Billing address",
    "tax_id": "Tax ID",
    "invoice_email": "Invoice e-mail",
    "phone": "Phone",
    "delivery_method": "Delivery method",
    "po_required": "PO required",
    "default_po_no": "Default PO number",
    "payment_terms": "Payment terms",
    "credit_limit": "Credit limit",
    "credit_limit_until": "Credit limit until",
    "credit_block": "Credit block",
    "refund_block": "Refund block",
    "kyc_block": "KYC block",
    "bank_account": "Bank account",
    "staged_bank_account": "Staged bank account",
    NOTE: "Note",
}
_NAMES: Final = {label: name for name, label in LABELS.items()}
_CONTACT: Final = "Contact "
_NUMBERS: Final = {TargetKind.INVOICE: "Document number", TargetKind.CUSTOMER: "Customer number"}
_HEADINGS: Final = {TargetKind.INVOICE: "Invoice {}", TargetKind.CUSTOMER: "Customer {}"}
_COLLECTIONS: Final = {TargetKind.INVOICE: "invoices", TargetKind.CUSTOMER: "customers"}

CONTACTS: Final = "Contacts"
CONTACT_COLUMNS: Final = ("E-mail", "Name and role")
CHANGES: Final = "Changes"
FOUND: Final = "Changes with reference “{}”"
CHANGE_COLUMNS: Final = (
    "Kind", "Number", "Field", "Old value", "New value", "Reference", "Remark", "User", "Time",
)  # fmt: skip
NUMBER: Final = "Number"
FIELD: Final = "Field"
PRESENT_VALUE: Final = "Present value"
NEW_VALUE: Final = "New value"
REFERENCE: Final = "Reference"
REMARK: Final = "Remark"
CHANGE_HEADING: Final = "change of {}"
SAVE: Final = "Save change"

_AMOUNT: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?")


class FieldScreens:
    """Reads and changes fields."""

    def __init__(self, navigator: Navigator) -> None:
        self._navigator = navigator

    def read(self, target: ErpTarget) -> ErpFields:
        """The fields on the page of exactly this invoice or customer."""
        with self._navigator.session(f"reading the fields of {target}") as session:
            return self._fields(session.page, self._open(session, target), target)

    def read_customer(self, session: Session, customer_no: str) -> tuple[Outputs, ErpFields, tuple[ErpNote, ...]]:
        """The page of exactly this customer: all its values, its fields, and its notes, the newest first."""
        target = ErpTarget(TargetKind.CUSTOMER, customer_no)
        shown = self._open(session, target)
        fields = self._fields(session.page, shown, target)
        rows = read_table(session.page, caption=CHANGES, columns=CHANGE_COLUMNS, named=shown.page)
        changes = [self._change(row, path=fields.url_path, screenshot=None) for row in rows]
        notes = (ErpNote(item.new, item.reference, item.changed_at) for item in changes if item.name == NOTE)
        return shown, fields, tuple(notes)

    def find(self, reference: str) -> Sequence[FieldChange]:
        """Every change that carries exactly this reference."""
        with self._navigator.session(f"searching changes by reference {reference}") as session:
            self._navigator.search(session, "/changes", reference=reference, caption=FOUND)
            rows = read_table(
                session.page, caption=FOUND.format(reference), columns=CHANGE_COLUMNS, named=f"search for {reference}"
            )
            if any(row[CHANGE_COLUMNS.index(REFERENCE)] != reference for row in rows):
                raise UnavailableError(f"the search for {reference} shows changes with other references")
            shot = session.page.screenshot(full_page=True) if rows else None
            return [self._change(row, path=path_of(session.page), screenshot=shot) for row in rows]

    def change(self, order: FieldOrder, *, before_submit: Callable[[], None]) -> None:
        """Change one field once."""
        form = form_of(order.target.kind, order.name)
        if form is None:
            raise RefusedError(f"{order.target} has no field {order.name}")
        identity = {NUMBER: order.target.number, FIELD: _label(order.name)}
        present = {**identity, PRESENT_VALUE: _on_page(order.old, form)}
        reasons = {REFERENCE: order.reference, REMARK: order.note}
        entry = Entry(
            doing=f"the change {order.reference} of {order.name} on {order.target}",
            base=f"{self._page_path(order.target)}/fields/{path_to('', _slug(order.name)).lstrip('/')}",
            heading=CHANGE_HEADING.format(order.target),
            shown=present,
            typed={NEW_VALUE: order.new, **reasons},
            reviewed={
                **present,
                NEW_VALUE: _on_page(order.new, form),
                **{label: value or NOTHING for label, value in reasons.items()},
            },
            submit=SAVE,
        )
        enter(
            self._navigator,
            entry,
            before_submit=before_submit,
            check=lambda session, answer: self._require_changed(session, answer, order),
        )

    def _page_path(self, target: ErpTarget) -> str:
        return path_to(_COLLECTIONS[target.kind], target.number)

    def _open(self, session: Session, target: ErpTarget) -> Outputs:
        named = str(target)
        self._navigator.open(session, self._page_path(target), named=named)
        return _identified(session.page, target)

    def _fields(self, page: Page, shown: Outputs, target: ErpTarget) -> ErpFields:
        values = {
            name: _from_page(shown.text(LABELS[name]), form, page=shown.page)
            for name, form in FIELDS[target.kind].items()
        }
        if target.kind is TargetKind.CUSTOMER:
            contacts = read_table(page, caption=CONTACTS, columns=CONTACT_COLUMNS, named=shown.page)
            values |= {f"{CONTACT_PREFIX}{email}": person for email, person in contacts}
        return ErpFields(
            target=target,
            values=values,
            url_path=path_of(page),
            captured_at=self._navigator.clock.now(),
            screenshot=page.screenshot(full_page=True),
        )

    def _change(self, row: Sequence[str], *, path: str, screenshot: bytes | None) -> FieldChange:
        kind, number, label, old, new, reference, note, user, at = row
        named = f"change of {kind} {number}"
        try:
            target, changed_at = ErpTarget(TargetKind(kind), number), datetime.fromisoformat(at)
        except ValueError as error:
            raise drift(named, str(error)) from None
        name = _name(label)
        form = form_of(target.kind, name) if name else None
        if name is None or form is None:
            raise drift(named, f"the field {label!r} is not known")
        return FieldChange(
            target=target,
            name=name,
            old=_from_page(old, form, page=named),
            new=_from_page(new, form, page=named),
            reference=reference,
            note=note,
            user=user,
            changed_at=changed_at,
            url_path=path,
            captured_at=self._navigator.clock.now(),
            screenshot=screenshot,
        )

    def _require_changed(self, session: Session, answer: Response, order: FieldOrder) -> None:
        path = path_of(session.page)
        if path != self._page_path(order.target):
            raise UnavailableError(f"{path} (answer {answer.status}) was shown instead of {order.target}")
        require_success(answer, named=str(order.target))
        _identified(session.page, order.target)


def _identified(page: Page, target: ErpTarget) -> Outputs:
    """The values of a page that is the target's."""
    named = str(target)
    require_heading(page, _HEADINGS[target.kind].format(target.number), named=named)
    shown = read_outputs(page, named=named)
    shown.require(_NUMBERS[target.kind], target.number)
    return shown


def _label(name: str) -> str:
    return LABELS.get(name) or _CONTACT + name.removeprefix(CONTACT_PREFIX)


def _name(label: str) -> str | None:
    if label.startswith(_CONTACT):
        return CONTACT_PREFIX + label.removeprefix(_CONTACT)
    return _NAMES.get(label)


def _slug(name: str) -> str:
    """What the ERP calls a field in addresses."""
    return LABELS[name].lower().replace(" ", "-").replace("e-mail", "email") if name in LABELS else name


def _on_page(value: str, form: FieldForm) -> str:
    """A value of ours as the ERP shows it."""
    if not value:
        return NOTHING
    if form is FieldForm.AMOUNT:
        whole, point, cents = value.partition(".")
        return f"{int(whole):,}{point}{cents}"
    return as_shown(value, form)


def _from_page(text: str, form: FieldForm, *, page: str) -> str:
    """A value of the ERP as we write it."""
    if text == NOTHING:
        return ""
    if form is FieldForm.AMOUNT:
        if not _AMOUNT.fullmatch(text):
            raise drift(page, f"{text!r} is not an amount")
        return text.replace(",", "")
    return text
