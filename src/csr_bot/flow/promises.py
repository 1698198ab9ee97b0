"""Promises to pay that have fallen due: kept or broken, by what the ledger in force says has come in.

To be asked after every import, since only that can bring payments. The rules are ``core.promises``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from csr_bot.caselog import Records
from csr_bot.core.business_time import BusinessCalendar, add_business_days
from csr_bot.core.facts import InvoiceFacts
from csr_bot.core.money import Money
from csr_bot.core.promises import Promise, PromiseStatus, Receipt, resolve_promises
from csr_bot.flow.desk import Desk
from csr_bot.flow.moving import BOT, ask_person
from csr_bot.flow.priorities import calendar_of
from csr_bot.registers import RegisterEntry, RegisterKind


def settle_promises(desk: Desk) -> Mapping[str, int]:
    """Say of each promise that is due whether it was kept; counts by what became of them."""
    counts: Counter[str] = Counter()
    with desk.log.begin() as records:
        for entry in records.registers.open_entries(RegisterKind.PROMISE, due_by=desk.clock.now().date()):
            status = _settle(desk, records, entry)
            if status is not PromiseStatus.OPEN:
                counts[f"promises_{status}"] += 1
    return counts


def _settle(desk: Desk, records: Records, entry: RegisterEntry) -> PromiseStatus:
    case = records.cases.get(entry.case_id)
    snapshot = records.ledger.active_snapshot(desk.bot.name)
    if case.bot != desk.bot.name or snapshot is None or entry.due_on is None:
        return PromiseStatus.OPEN
    facts = records.ledger.invoice_facts(snapshot.id, str(entry.content["invoice_no"]))
    if facts is None:
        return PromiseStatus.OPEN
    now = desk.clock.now()
    calendar = calendar_of(desk.policy, records.ledger.customer(snapshot.id, entry.customer_no))
    zone = ZoneInfo(calendar.zone)
    amount = Money(Decimal(str(entry.content["amount"])), str(entry.content["currency"]))
    (status,) = resolve_promises(
        [Promise(amount, entry.due_on)],
        made_on=entry.created_at.astimezone(zone).date(),
        receipts=_receipts(facts, amount.currency),
        today=now.astimezone(zone).date(),
        add_business_days=partial(_add_days, calendar),
    )
    if status is PromiseStatus.OPEN:
        return status
    records.registers.set_status(entry, status.value)
    data = {"invoice_no": facts.invoice.invoice_no, "amount": amount.text(), "due_on": entry.due_on.isoformat()}
    records.events.add(
        f"promise.{status}",
        actor=BOT,
        entity="case",
        entity_id=case.id,
        case_no=case.case_no,
        at=now,
        data={**data, "reference": entry.reference},
    )
    if status is PromiseStatus.BROKEN:
        why = f"{amount} for {facts.invoice.invoice_no} were promised for {entry.due_on}"
        ask_person(
            records,
            case,
            kind="promise_broken",
            queue=case.queue or "ar_service",
            owner_role="ar_analyst",
            reasons=("PROMISE_BROKEN", why),
            at=now,
        )
    return status


def _receipts(facts: InvoiceFacts, currency: str) -> list[Receipt]:
    """What came in for the invoice, by value date."""
    value_dates = {payment.payment_no: payment.value_date for payment in facts.payments}
    return [
        Receipt(item.amount, value_dates.get(item.payment_no, item.allocated_on))
        for item in facts.allocations
        if item.amount.currency == currency
    ]


def _add_days(calendar: BusinessCalendar, day: date, days: int) -> date:
    return add_business_days(calendar, day=day, days=days)
