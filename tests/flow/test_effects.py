"""Effects beyond credit notes: each is done once, proved, and stopped where the world is not as it was decided on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, EffectType, PlannedEffect, business_reference, idempotency_key
from csr_bot.core.erp import NOTE, ErpTarget, TargetKind
from csr_bot.flow.performing.documents import KIND_OF
from csr_bot.flow.performing.fields import FIELDS_OF
from csr_bot.flow.performing.registers import REGISTER_OF
from csr_bot.ports import UncertainError
from csr_bot.registers import RegisterEntry
from tests.flow import planned
from tests.flow.desks import ask_for_credit
from tests.flow.planned import (
    ALLOCATION,
    BLOCK,
    CHANGES,
    CUSTOMER,
    DISPUTE,
    DOCUMENTS,
    ENTRIES,
    INVOICE,
    PAYMENT,
    PHONE,
    PLAN,
    PROMISE,
    decide_on,
    field,
    pay_on_account,
)
from tests.flow.test_act import decide_credit

LOST = UncertainError("no answer after the click")
THE_INVOICE = ErpTarget(TargetKind.INVOICE, INVOICE)


@pytest.fixture
def run(office, monkeypatch):
    """Decide on these effects and carry them out."""

    def decide_and_settle(*effects: PlannedEffect):
        decide_on(monkeypatch, *effects)
        office.deliver(ask_for_credit())
        office.poll()
        office.settle()
        return office

    pay_on_account(office)
    return decide_and_settle


def named(effects):
    return pytest.mark.parametrize("effect", effects, ids=lambda effect: effect.type.value)


def entries_of(office) -> list[RegisterEntry]:
    with office.log.read() as records:
        return list(records.registers.find_by_reference(office.effects()[0].reference))


def assert_handed_over(office, reason: str, *, submits: int = 0) -> None:
    assert len(office.erp.submits) == submits
    assert office.effects()[0].state is EffectState.NEEDS_PERSON
    assert (office.case().status, office.case().reasons[0]) == (CaseStatus.EXECUTION_FAILED, reason)


def test_every_type_of_effect_has_its_performer():
    by_mail = {
        EffectType.SEND_REPLY,
        EffectType.SEND_INVOICE_COPY,
        EffectType.SEND_STATEMENT,
        EffectType.REQUEST_INFO,
    }
    alone = {EffectType.CREATE_CREDIT_NOTE, EffectType.PORTAL_COMMENT}
    assert set(EffectType) == by_mail | alone | set(KIND_OF) | set(FIELDS_OF) | set(REGISTER_OF)


class TestOnce:
    @named(CHANGES)
    def test_a_change_is_made_once_and_proved_by_the_page(self, run, effect):
        office = run(effect)
        [done] = office.effects()
        [change] = office.erp.changes
        assert (done.state, office.case().status) == (EffectState.VERIFIED, CaseStatus.RESOLVED)
        assert (len(office.erp.submits), change.reference, change.name) == (1, done.reference, effect.params["field"])
        assert office.case().case_no in change.note
        with office.log.read() as records:
            kinds = [(kind, bool(shot)) for kind, _, _, shot in records.effects.receipts(done.id)]
        assert kinds == [("before", True), ("after", True)]

    @named(DOCUMENTS)
    def test_a_document_is_posted_once_and_proved_by_what_is_left(self, run, effect):
        office = run(effect)
        [done] = office.effects()
        [document] = office.erp.documents
        assert (done.state, done.external_ref) == (EffectState.VERIFIED, document.number)
        assert (len(office.erp.submits), document.amount.text()) == (1, effect.params["amount"])

    @named(ENTRIES)
    def test_an_entry_of_a_register_is_written_once(self, run, effect):
        office = run(effect)
        [done] = office.effects()
        [entry] = entries_of(office)
        assert (done.state, office.erp.submits) == (EffectState.VERIFIED, [])
        assert (entry.case_id, entry.customer_no, entry.content) == (office.case().id, CUSTOMER, effect.params)

    @named((DISPUTE, PHONE, ALLOCATION, PLAN))
    @pytest.mark.parametrize("happened", [True, False])
    def test_a_click_without_an_answer_is_looked_up_before_anything_is_done(self, office, run, effect, happened):
        office.erp.fail_next("submit", LOST, happens=happened)
        run(effect)
        assert len(office.erp.submits) == (1 if happened else 2)
        assert len(office.erp.changes) + len(office.erp.documents) == 1
        assert office.case().status is CaseStatus.RESOLVED

    def test_several_effects_follow_each_other(self, run):
        office = run(DISPUTE, BLOCK, ALLOCATION, PROMISE)
        assert [effect.state for effect in office.effects()] == [EffectState.VERIFIED] * 4
        assert [change.name for change in office.erp.changes] == ["dispute_flag", "dunning_block_until"]

    def test_the_instalments_of_a_plan_are_kept_with_the_days_when_they_are_due(self, run):
        office = run(PLAN)
        entries = entries_of(office)
        assert [(str(entry.due_on), entry.content["amount"], entry.status) for entry in entries] == [
            (item["due_on"], item["amount"], "open") for item in PLAN.params["instalments"]
        ]
        assert {entry.subject for entry in entries} == {office.erp.documents[0].number}


class TestStopped:
    @named([effect for effect in CHANGES if effect.params["field"] != NOTE])
    def test_a_field_that_shows_something_else_is_left_to_a_person(self, office, run, effect):
        kind = TargetKind.INVOICE if "invoice_no" in effect.params else TargetKind.CUSTOMER
        office.erp.put_field(ErpTarget(kind, effect.target), str(effect.params["field"]), "something else")
        run(effect)
        assert_handed_over(office, "STALE_SNAPSHOT")
        assert office.erp.changes == []

    def test_a_state_that_holds_already_needs_no_click(self, office, run):
        office.erp.put_field(THE_INVOICE, "dispute_flag", "yes")
        run(DISPUTE)
        assert (office.effects()[0].state, office.erp.submits) == (EffectState.VERIFIED, [])

    def test_master_data_that_somebody_else_has_changed_to_the_same_value_is_left_to_a_person(self, office, run):
        office.erp.put_field(ErpTarget(TargetKind.CUSTOMER, CUSTOMER), "phone", str(PHONE.params["value"]))
        run(PHONE)
        assert_handed_over(office, "STALE_SNAPSHOT")

    @named(DOCUMENTS)
    def test_a_document_on_other_amounts_than_decided_on_is_not_posted(self, run, effect):
        changed = dict.fromkeys(effect.precondition, "99.00")
        office = run(replace(effect, precondition=changed))
        assert_handed_over(office, "STALE_SNAPSHOT")
        assert office.erp.documents == []

    @pytest.mark.parametrize(
        "effect",
        [
            replace(DISPUTE, params={**DISPUTE.params, "value": "no"}),
            replace(DISPUTE, params={**DISPUTE.params, "field": "po_no"}),
            field(EffectType.SET_DISPUTE_FLAG, {"customer_no": CUSTOMER}, "dispute_flag", "yes", old="no"),
            field(EffectType.UPDATE_CUSTOMER_FIELD, {"customer_no": CUSTOMER}, "credit_limit", "1.00"),
            field(EffectType.UPDATE_CUSTOMER_FIELD, {"customer_no": CUSTOMER}, "bank_account", "DE89", old=""),
            field(EffectType.DEACTIVATE_CONTACT, {"customer_no": CUSTOMER}, "contact:a@b.example", "Eve / billing"),
        ],
    )
    def test_an_effect_changes_only_what_its_type_may(self, run, effect):
        office = run(effect)
        assert_handed_over(office, "EFFECT_REFUSED")
        assert office.erp.changes == []

    def test_a_change_that_came_out_otherwise_is_shown_to_a_person(self, office, run):
        change = office.erp.change_field

        def change_and_meddle(order, *, before_submit):
            change(replace(order, new="+1 555 9999"), before_submit=before_submit)

        office.erp.change_field = change_and_meddle
        run(PHONE)
        assert_handed_over(office, "READ_BACK_DIFFERS", submits=1)

    def test_a_document_that_came_out_otherwise_is_shown_to_a_person(self, office, run):
        office.erp.book_next_as(amount=planned.usd("61.00"))
        run(ALLOCATION)
        assert_handed_over(office, "READ_BACK_DIFFERS", submits=1)

    def test_an_effect_acts_on_nothing_else_that_its_content_names(self, office, monkeypatch):
        """A row that was pointed at the payment's customer, with key and reference to match, is not the one signed."""
        pay_on_account(office)
        decide_on(monkeypatch, ALLOCATION)
        decide_credit(office)
        forged = replace(ALLOCATION, seq=1, target=CUSTOMER)
        key = idempotency_key(case_no=office.case().case_no, decision_version=1, effect=forged)
        office.execute(
            "UPDATE effect SET target = :target, idempotency_key = :key, reference = :reference",
            target=CUSTOMER, key=key, reference=business_reference(key),
        )  # fmt: skip
        office.settle()
        assert_handed_over(office, "AUTHORITY_CHANGED")
        assert office.erp.read_payment(PAYMENT).parts == ()
