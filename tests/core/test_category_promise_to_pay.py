from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.erp import ErpFields, ErpTarget, TargetKind
from csr_bot.core.evidence import DocumentStatus
from csr_bot.core.facts import EarlierPromise, Facts
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, ClaimedDate, TextSource
from tests.core.facts import NOW, POLICY, ask, claim, facts_for, sender_of, usd, with_invoice

INVOICE, CUSTOMER = "INV-2025-00388", "C-1003"
"""Open with 18,750.00."""
SOON = date(2025, 12, 5)


def day(value: date, place: int = 100) -> ClaimedDate:
    return ClaimedDate(value, (place, place + 10), TextSource.BODY)


def part(value: str, place: int) -> ClaimedAmount:
    return replace(claim(value, AmountRole.PAYMENT), span=(place, place + 5))


def shown(number: str, **values: str) -> ErpFields:
    return ErpFields(ErpTarget(TargetKind.INVOICE, number), values, f"/invoices/{number}", NOW)


def promise(
    *days: ClaimedDate, invoices: tuple[str, ...] = (INVOICE,), amounts: Any = (), fields: Any = None, **changes: Any
) -> Facts:
    request = ask(Category.PROMISE_TO_PAY, *invoices, dates=days, amounts=amounts)
    facts = facts_for(request, CUSTOMER, words="We will pay.", **changes)
    return replace(facts, erp_fields={number: shown(number, **(fields or {})) for number in facts.invoices})


def earlier(due_on: date, status: str) -> EarlierPromise:
    return EarlierPromise("CSR-2025-000042", INVOICE, usd("18750.00"), due_on, status)


def run(facts: Facts) -> Any:
    return decide(facts, POLICY)


def test_a_promise_of_all_that_is_open_is_recorded_confirmed_and_stops_dunning():
    decision = run(promise(day(SOON)))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    record, block, answer = decision.effects
    assert record.type is EffectType.RECORD_PROMISE
    assert record.params == {
        "amount": "18750.00",
        "currency": "USD",
        "customer_no": CUSTOMER,
        "due_on": "2025-12-05",
        "invoice_no": INVOICE,
    }
    # Friday 5 December and three business days: Wednesday 10 December.
    assert (block.type, block.params["value"]) == (EffectType.SET_DUNNING_BLOCK, "2025-12-10")
    assert block.precondition == {"old": ""}
    assert answer.params["template"] == "PROMISE_CONFIRMED"
    assert answer.params["values"]["paused_until"] == {"day": "2025-12-10"}


def test_a_promise_in_parts_that_sum_to_what_is_open_is_recorded_part_by_part():
    parts = (part("9375.00", 10), part("9375.00", 60))
    decision = run(promise(day(date(2025, 12, 1), 30), day(date(2025, 12, 15), 80), amounts=parts))
    assert decision.route is Route.ROUTINE
    recorded = [effect.params["due_on"] for effect in decision.effects if effect.type is EffectType.RECORD_PROMISE]
    assert recorded == ["2025-12-01", "2025-12-15"]


def test_the_days_of_the_invoice_itself_are_not_what_is_promised():
    facts = with_invoice(promise(day(date(2025, 11, 30), 20), day(SOON, 60)), due_date=date(2025, 11, 30))
    decision = run(facts)
    assert decision.route is Route.ROUTINE
    assert decision.effects[0].params["due_on"] == "2025-12-05"


def test_a_longer_rest_of_dunning_is_not_cut_short():
    decision = run(promise(day(SOON), fields={"dunning_block_until": "2026-01-15"}))
    assert decision.route is Route.ROUTINE
    assert EffectType.SET_DUNNING_BLOCK not in {effect.type for effect in decision.effects}


@pytest.mark.parametrize(
    ("facts", "questions"),
    [
        (promise(), ("MISSING_PROMISE_DATE",)),
        (promise(day(SOON), invoices=()), ("MISSING_INVOICE",)),
        (promise(invoices=()), ("MISSING_INVOICE", "MISSING_PROMISE_DATE")),
    ],
)
def test_what_is_missing_is_asked_for(facts, questions):
    decision = run(facts)
    assert (decision.route, decision.reasons) == (Route.ASK, questions)
    assert [effect.type for effect in decision.effects] == [EffectType.REQUEST_INFO]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (promise(day(NOW.date() + timedelta(days=31))), "PROMISE_DATE_TOO_FAR"),
        (promise(day(NOW.date() - timedelta(days=1))), "PROMISE_DATE_PAST"),
        (promise(day(SOON), amounts=(part("9375.00", 10),)), "PROMISE_NOT_ALL_OF_IT"),
        (promise(day(SOON), amounts=(part("20000.00", 10),)), "PROMISE_MORE_THAN_OPEN"),
        (promise(day(SOON), amounts=(part("9000.00", 10), part("1000.00", 20))), "AMOUNT_NOT_CLEAR"),
        (promise(day(SOON), day(date(2025, 12, 15), 130)), "PROMISE_NOT_CLEAR"),
        (promise(day(SOON), earlier_promises=(earlier(date(2025, 11, 3), "broken"),)), "PROMISE_BROKEN_BEFORE"),
        (promise(day(SOON), earlier_promises=(earlier(date(2025, 11, 3), "open"),)), "PROMISE_BROKEN_BEFORE"),
        (promise(day(SOON), earlier_promises=(earlier(date(2025, 11, 28), "open"),)), "PROMISE_STILL_OPEN"),
        (with_invoice(promise(day(SOON)), open_amount=usd("100000.01"), gross=usd("100000.01")), "PROMISE_TOO_MUCH"),
        (with_invoice(promise(day(SOON)), status=DocumentStatus.PAID), "DOCUMENT_STATUS"),
        (replace(promise(day(SOON)), words="The check is in the mail."), "CHEQUE_WITHOUT_NUMBER"),
        (replace(promise(day(SOON)), words="We pay as soon as the credit is there."), "PROMISE_CONDITIONAL"),
        (replace(promise(day(SOON)), words="We have filed for reorganisation; insolvency."), "LEGAL_WORDS"),
        (replace(promise(day(SOON)), erp_fields={}), "ERP_NOT_READ"),
        (promise(day(SOON), sender=sender_of(CUSTOMER, level=IdentityLevel.L0)), "IDENTITY_TOO_LOW"),
        (promise(day(SOON), snapshot_generated_at=NOW - timedelta(hours=25)), "SNAPSHOT_TOO_OLD"),
    ],
)
def test_everything_else_goes_to_a_person(facts, reason):
    decision = run(facts)
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ("Check no. 10447 was sent yesterday.", False),
        ("Please check your books, we pay on Friday.", False),
        ("Der Scheck ist unterwegs.", True),
        ("We will pay as soon as possible, on Friday at the latest.", False),
    ],
)
def test_a_cheque_counts_by_its_number_only(words, stops):
    assert (run(replace(promise(day(SOON)), words=words)).route is Route.EXCEPTION) == stops


def test_a_broken_promise_is_forgotten_after_sixty_days():
    assert run(promise(day(SOON), earlier_promises=(earlier(date(2025, 9, 1), "broken"),))).route is Route.ROUTINE
