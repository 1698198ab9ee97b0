"""Changing single fields in the demo ERP, each change written into a log that people can search by its reference."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from csr_bot.core.money import parse_money
from csr_bot.demo.erp.database import Database
from csr_bot.demo.erp.fields import CONTACT, NOTE, Field, accept, find_field, show_value
from csr_bot.demo.erp.ledger import ErpLedger
from csr_bot.demo.erp.typed import FormError

_LOG_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An entry of the log, its values as pages show them. ``target`` is ``invoice`` or ``customer``."""

    seq: int
    target: str
    number: str
    label: str
    old: str
    new: str
    reference: str
    note: str
    user: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a field that could be saved. ``seen`` is the value, as shown, that the person at the page saw."""

    target: str
    number: str
    field: Field
    currency: str
    seen: str
    value: str
    reference: str
    note: str


class FieldBook:
    """The fields of invoices and customers, with the log of their changes."""

    def __init__(self, db: Database, ledger: ErpLedger) -> None:
        self._db = db
        self._ledger = ledger
        self._changed_at: dict[int, float] = {}

    def currency_of(self, target: str, number: str) -> str | None:
        """The currency of an invoice or a customer; None if there is none of this number."""
        if target == "invoice":
            invoice = self._ledger.invoice(number)
            return invoice.total.currency if invoice else None
        customer = self._ledger.customer(number)
        return customer.balance.currency if customer else None

    def value(self, target: str, number: str, field: Field) -> str:
        """What a field holds."""
        if field.name == NOTE:
            return ""
        rows = self._db.rows(
            "SELECT value FROM field WHERE target = ? AND number = ? AND name = ?", target, number, field.name
        )
        return str(rows[0]["value"]) if rows else field.opening

    def contacts(self, customer_no: str) -> list[tuple[str, str]]:
        """Address, and name with role, of the customer's active contacts."""
        rows = self._db.rows(
            "SELECT name, value FROM field WHERE target = 'customer' AND number = ? AND name LIKE 'contact:%' "
            "AND value <> '' ORDER BY name",
            customer_no,
        )
        return [(row["name"].removeprefix(CONTACT), row["value"]) for row in rows]

    def save(self, change: Change, *, user: str, at: datetime) -> None:
        """Change the field and write it into the log. FormError where it may not be, or is not as it was seen."""
        with self._db.transaction():
            old = self.value(change.target, change.number, change.field)
            if show_value(change.field, old, currency=change.currency) != change.seen:
                raise FormError(f"{change.field.label} has changed in the meantime.")
            self.check(change)
            if change.field.name != NOTE:
                self._put(change.target, change.number, change.field.name, change.value)
            if change.field.name == "bank-account":
                self._put(change.target, change.number, "staged-bank-account", "")
            self._db.change(
                "INSERT INTO change_log (target, number, name, old, new, reference, note, user, changed_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                change.target, change.number, change.field.name, old, change.value, change.reference, change.note,
                user, at.isoformat(),
            )  # fmt: skip
            (row,) = self._db.rows("SELECT max(seq) AS seq FROM change_log")
            self._changed_at[row["seq"]] = time.monotonic()

    def check(self, change: Change) -> None:
        """FormError where the ERP's own rules forbid a change."""
        try:
            value = accept(change.field, change.value, currency=change.currency)
        except ValueError as error:
            raise FormError(str(error)) from None
        if change.field.name == "credit-block" and value == "no":
            self._check_exposure(change.number, change.currency)
        staged = find_field("customer", "staged-bank-account")
        if (
            change.field.name == "bank-account"
            and staged is not None
            and value != self.value("customer", change.number, staged)
        ):
            raise FormError("Bank account: only the account that is staged can be made active.")

    def log_of(self, target: str, number: str) -> list[ChangeRow]:
        """The latest changes of an invoice or a customer, the newest first."""
        rows = self._db.rows(
            "SELECT * FROM change_log WHERE target = ? AND number = ? ORDER BY seq DESC LIMIT ?",
            target, number, _LOG_ROWS,
        )  # fmt: skip
        return [self._change(row) for row in rows]

    def find_changes(self, reference: str, *, lag_seconds: float = 0.0) -> list[ChangeRow]:
        """Changes with exactly this reference (the latest without one), except those younger than the lag."""
        rows = self._db.rows(
            "SELECT * FROM change_log WHERE ? IN ('', reference) ORDER BY seq DESC LIMIT ?", reference, _LOG_ROWS
        )
        newest = time.monotonic() - lag_seconds
        return [self._change(row) for row in rows if self._changed_at.get(row["seq"], float("-inf")) <= newest]

    def _check_exposure(self, customer_no: str, currency: str) -> None:
        customer, limit = self._ledger.customer(customer_no), find_field("customer", "credit-limit")
        assert customer is not None
        assert limit is not None
        granted = self.value("customer", customer_no, limit)
        if granted and parse_money(granted, currency) < customer.exposure:
            raise FormError(
                f"Credit block: the exposure of {customer.exposure} is over the limit of {Decimal(granted):,}."
            )

    def _put(self, target: str, number: str, name: str, value: str) -> None:
        self._db.change("INSERT OR REPLACE INTO field VALUES (?, ?, ?, ?)", target, number, name, value)

    def _change(self, row: sqlite3.Row) -> ChangeRow:
        field = find_field(row["target"], row["name"])
        currency = self.currency_of(row["target"], row["number"])
        assert field is not None
        assert currency is not None
        return ChangeRow(
            seq=row["seq"],
            target=row["target"],
            number=row["number"],
            label=field.label,
            old=show_value(field, row["old"], currency=currency),
            new=show_value(field, row["new"], currency=currency),
            reference=row["reference"],
            note=row["note"],
            user=row["user"],
            changed_at=datetime.fromisoformat(row["changed_at"]),
        )
