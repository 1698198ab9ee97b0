"""Effects of every kind as a decision plans them, and a bot that decides exactly what a test wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.evidence import Payment
from csr_bot.core.money import Money, parse_money
from csr_bot.demo import books_planted as planted
from csr_bot.flow import work
from tests.flow.desks import Office, the_books

INVOICE = planted.PRICE_DELTA_200.invoice_no
CUSTOMER = planted.PRICE_DELTA_200.customer_no
PAYMENT = "P-7001"
OWNER = next(item for item in the_books().customers if item.customer_no == CUSTOMER)
OPEN = next(item.open_amount for item in the_books().invoices if item.invoice_no == INVOICE)
LIMIT = OWNER.credit_limit.text() if OWNER.credit_limit else "150000.00"

_ABOUT_INVOICE = {"invoice_no": INVOICE}
_ABOUT_CUSTOMER = {"customer_no": CUSTOMER}


def usd(text: str) -> Money:
    return parse_money(text, "USD")


def decide_on(monkeypatch: pytest.MonkeyPatch, *effects: PlannedEffect) -> None:
    """From now on, let the bot decide on these effects whenever it would have credited by itself."""
    decide = work.decide
    numbered = tuple(replace(effect, seq=number) for number, effect in enumerate(effects, start=1))
    monkeypatch.setattr(work, "decide", lambda *args, **kwargs: replace(decide(*args, **kwargs), effects=numbered))


def pay_on_account(office: Office) -> None:
    """100.00 of the customer came in, for no invoice yet."""
    office.erp.receive(Payment(PAYMENT, CUSTOMER, date(2025, 11, 20), usd("100.00"), usd("100.00"), "on account"))


def field(kind: EffectType, about: Mapping[str, Any], name: str, value: str, *, old: str = "") -> PlannedEffect:
    params = {**about, "field": name, "value": value}
    return PlannedEffect(1, kind, next(iter(about.values())), params, {"old": old})


def money(kind: EffectType, target: str, params: Mapping[str, Any], expected: Mapping[str, str]) -> PlannedEffect:
    return PlannedEffect(1, kind, target, {"customer_no": CUSTOMER, "currency": "USD", **params}, expected)


DISPUTE = field(EffectType.SET_DISPUTE_FLAG, _ABOUT_INVOICE, "dispute_flag", "yes", old="no")
BLOCK = field(EffectType.SET_DUNNING_BLOCK, _ABOUT_INVOICE, "dunning_block_until", "2025-12-05")
PHONE = field(EffectType.UPDATE_CUSTOMER_FIELD, _ABOUT_CUSTOMER, "phone", "+1 555 0100", old=OWNER.phone or "")
ALLOCATION = money(
    EffectType.APPLY_PAYMENT,
    PAYMENT,
    {"payment_no": PAYMENT, "amount": "60.00", "invoices": [{"invoice_no": INVOICE, "amount": "60.00"}]},
    {PAYMENT: "100.00", INVOICE: OPEN.text()},
)
PROMISE = PlannedEffect(
    1,
    EffectType.RECORD_PROMISE,
    INVOICE,
    {"invoice_no": INVOICE, "customer_no": CUSTOMER, "amount": "100.00", "currency": "USD", "due_on": "2025-12-05"},
)
PLAN = money(
    EffectType.CREATE_PAYMENT_PLAN,
    CUSTOMER,
    {
        "amount": OPEN.text(),
        "invoices": [{"invoice_no": INVOICE, "amount": OPEN.text()}],
        "instalments": [
            {"due_on": "2025-12-15", "amount": "100.00"},
            {"due_on": "2026-01-15", "amount": (OPEN - usd("100.00")).text()},
        ],
    },
    {INVOICE: OPEN.text()},
)
CHANGES: Sequence[PlannedEffect] = (
    DISPUTE,
    BLOCK,
    PHONE,
    field(EffectType.SET_SERVICE_HOLD, _ABOUT_CUSTOMER, "service_hold_until", "2025-12-05"),
    field(EffectType.ADD_NOTE, _ABOUT_CUSTOMER, "note", "asked for its last invoices"),
    field(EffectType.UPDATE_PO_REFERENCE, _ABOUT_CUSTOMER, "default_po_no", "4500018804"),
    field(EffectType.ADD_CONTACT, _ABOUT_CUSTOMER, "contact:new@example.com", "Jane Miller / billing"),
    field(EffectType.SET_CREDIT_LIMIT, _ABOUT_CUSTOMER, "credit_limit", "250000.00", old=LIMIT),
    field(EffectType.SET_PAYMENT_TERMS, _ABOUT_CUSTOMER, "payment_terms", "net 60", old=OWNER.terms or ""),
    field(EffectType.SET_REFUND_BLOCK, _ABOUT_CUSTOMER, "refund_block", "yes", old="no"),
    field(EffectType.STAGE_BANK_CHANGE, _ABOUT_CUSTOMER, "staged_bank_account", "DE89370400440532013000"),
)
DOCUMENTS: Sequence[PlannedEffect] = (
    ALLOCATION,
    replace(ALLOCATION, type=EffectType.ALLOCATE_CREDIT),
    money(EffectType.WRITE_OFF_SMALL, INVOICE, {"invoice_no": INVOICE, "amount": "5.00"}, {INVOICE: OPEN.text()}),
    money(EffectType.REQUEST_REFUND, PAYMENT, {"payment_no": PAYMENT, "amount": "40.00"}, {PAYMENT: "100.00"}),
    PLAN,
)
ENTRIES: Sequence[PlannedEffect] = (
    PROMISE,
    PlannedEffect(
        1, EffectType.KYC_MARK_RECEIVED, CUSTOMER, {"customer_no": CUSTOMER, "requirement": "UBO_DECLARATION"}
    ),
    PlannedEffect(
        1, EffectType.LC_UPDATE, "LC-1", {"lc_no": "LC-1", "customer_no": CUSTOMER, "expires_on": "2026-02-28"}
    ),
)
