"""A credit that needs a person: who may approve it, and what happens when the right one does."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from email import message_from_bytes

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState
from csr_bot.core.money import Money
from csr_bot.core.persons import Refusal
from csr_bot.demo.letters import Letter
from csr_bot.demo.world import DemoWorld
from csr_bot.flow.review import approve
from csr_bot.records import CaseRecord
from csr_bot.wiring import House

pytestmark = [pytest.mark.browser, pytest.mark.service]


def test_the_right_person_releases_exactly_one_credit_note_and_one_threaded_answer(
    world: DemoWorld, house: House, work: Callable[[], None], letters: dict[str, Letter]
) -> None:
    world.deliver([letters["s1-price"]])
    work()
    desk = house.desk("billing")
    with house.log.read() as records:
        waiting = records.cases.by_no("101")
    assert waiting is not None
    assert waiting.status is CaseStatus.PENDING_APPROVAL
    assert waiting.reasons == ("AMOUNT_NEEDS_APPROVAL",)
    assert world.erp.credit_notes() == []

    for login, rule in (("tom", "SOD-08"), ("anna", "AUTHORITY"), ("chen", "AUTHORITY"), ("nobody", "UNKNOWN_PERSON")):
        refusal = approve(desk, waiting.case_no, login=login)
        assert isinstance(refusal, Refusal), login
        assert refusal.rule == rule, login
    work()
    assert world.erp.credit_notes() == []

    assert isinstance(approve(desk, waiting.case_no, login="luis"), CaseRecord)
    second = approve(desk, waiting.case_no, login="luis")
    assert isinstance(second, Refusal)
    work()
    work()

    (note,) = world.erp.credit_notes()
    assert (note.invoice_no, note.amount, note.currency) == ("INV-2025-00417", Decimal("2400.00"), "USD")
    with house.log.read() as records:
        done = records.cases.get(waiting.id)
        effects = records.effects.of_case(waiting.id)
        receipts = [records.effects.receipts(effect.id) for effect in effects]
    assert done.status is CaseStatus.RESOLVED
    assert [effect.state for effect in effects] == [EffectState.VERIFIED, EffectState.VERIFIED]
    assert effects[0].external_ref == note.number
    assert effects[0].reference == note.reference
    assert [kind for kind, *_ in receipts[0]] == ["before", "after"]
    assert all(screenshot for *_, screenshot in receipts[0])

    (raw,) = world.mail.messages("dana.ortiz@northwind-analytics.example")
    answer = message_from_bytes(raw)
    question = message_from_bytes(letters["s1-price"].raw)
    assert answer["In-Reply-To"] == question["Message-ID"]
    text = answer.get_payload(decode=True).decode()
    assert note.number in text
    assert "20,000.00 USD" in text
    assert "2,400.00 USD" in text


def test_a_payment_that_arrives_before_the_click_stops_the_credit(
    world: DemoWorld, house: House, work: Callable[[], None], letters: dict[str, Letter]
) -> None:
    world.deliver([letters["s1-price"]])
    work()
    world.erp.receive_payment("INV-2025-00417", Money(Decimal("10000.00"), "USD"), payment_no="P-LATE-1")
    approve(house.desk("billing"), "101", login="luis")
    work()
    with house.log.read() as records:
        case = records.cases.by_no("101")
        assert case is not None
        effects = records.effects.of_case(case.id)
        items = records.cases.open_items(case.id)
    assert world.erp.credit_notes() == []
    assert case.status is CaseStatus.EXECUTION_FAILED
    assert effects[0].state is EffectState.NEEDS_PERSON
    assert items[0].reasons[0] == "STALE_SNAPSHOT"
    assert world.mail.messages("dana.ortiz@northwind-analytics.example") == []
