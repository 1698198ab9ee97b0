from __future__ import annotations

import json
from dataclasses import replace

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.instruction import Instruction, InstructionKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import Category
from tests.core.facts import CONTACTS, NOW, POLICY, ask, contact_of, facts_for, sender_of

IBAN = "DE89 3704 0044 0532 0130 00"
CHANGE = f"Please note our bank account has changed. For refunds use IBAN {IBAN} effective immediately."


def bank(words=CHANGE, **changes):
    return facts_for(ask(Category.BANK_DETAIL_CHANGE), "C-1001", words=words, **changes)


def imitated():
    """A look-alike of the customer's domain, on a case that a person has given to that customer."""
    stranger = sender_of(
        "C-1001",
        level=IdentityLevel.L0,
        contact=None,
        customer_nos=frozenset(),
        fraud_signs=("the domain norhtwind-analytics.example looks like northwind-analytics.example",),
    )
    return bank(sender=stranger)


def run(facts):
    return decide(facts, POLICY)


def everything(decision):
    return json.dumps([effect.payload() for effect in decision.effects]) + repr(decision)


def test_a_change_needs_the_steward_then_treasury_and_a_call_back():
    decision = run(bank())
    assert decision.route is Route.APPROVAL
    assert decision.steps == (frozenset({"master_data_steward"}), frozenset({"treasury_manager"}))
    assert {"REQUIRES_CALLBACK_VERIFIED", "REQUIRES_COOLING_OFF_48H"} <= set(decision.reasons)
    assert (decision.queue, decision.owner_role) == ("master_data", "master_data_steward")


def test_nothing_that_is_drafted_changes_an_account():
    types = {effect.type for effect in run(bank()).effects}
    assert types == {EffectType.SET_REFUND_BLOCK, EffectType.SEND_REPLY}


@pytest.mark.parametrize("words", [CHANGE, CHANGE.replace(" 3704 0044 0532 0130 00", "370400440532013000")])
def test_no_account_number_is_repeated_anywhere(words):
    said = everything(run(bank(words))).replace(" ", "")
    assert "****3000" in said
    assert "37040044" not in said


def test_the_notice_says_neutrally_that_somebody_asked_and_goes_to_the_contacts_on_file():
    notices = [effect for effect in run(bank()).effects if effect.type is EffectType.SEND_REPLY]
    assert contact_of("C-1001").email in {notice.target for notice in notices}
    assert all(notice.params["values"] == {"received_on": {"day": "2025-11-24"}} for notice in notices)


def test_a_look_alike_gets_no_answer_and_the_case_goes_to_the_fraud_officer():
    decision = run(imitated())
    assert decision.route is Route.EXCEPTION
    assert "FRAUD_SIGN" in decision.reasons
    assert (decision.queue, decision.owner_role) == ("security", "fraud_officer")
    block, *notices = decision.effects
    assert (block.type, block.params["value"]) == (EffectType.SET_REFUND_BLOCK, "yes")
    on_file = {contact.email for contact in CONTACTS.values()}
    assert notices
    assert {notice.target for notice in notices} <= on_file


def test_a_person_can_have_the_customer_protected_at_once_even_then():
    told = Instruction(InstructionKind.GRANT, "fay", NOW)
    decision = run(replace(imitated(), instruction=told))
    assert decision.route is Route.ROUTINE
    assert decision.matters == ()
    assert decision.effects[0].type is EffectType.SET_REFUND_BLOCK


@pytest.mark.parametrize(
    "words",
    [
        "Details in attached letter. Do not call, I am travelling.",
        "Neue Bankverbindung anbei, bitte nicht anrufen.",
        "Nouveau RIB ci-joint, strictement confidentiel.",
    ],
)
def test_asking_us_not_to_check_is_a_sign_of_fraud(words):
    decision = run(bank(words))
    assert decision.route is Route.EXCEPTION
    assert "FRAUD_SIGN" in decision.reasons


def test_an_unknown_colleague_at_the_domain_is_for_people():
    sender = sender_of("C-1001", level=IdentityLevel.L1, contact=None)
    decision = run(bank(sender=sender))
    assert decision.route is Route.EXCEPTION
    assert "IDENTITY_TOO_LOW" in decision.reasons


def test_without_a_customer_there_is_nobody_to_protect():
    decision = run(bank(customer=None, context=None))
    assert decision.route is Route.EXCEPTION
    assert decision.effects == ()


def test_an_account_that_cannot_be_right_is_pointed_out_and_proves_nothing():
    decision = run(bank(CHANGE.replace("DE89", "DE88")))
    doubtful = [item for item in decision.findings if item.reason == "ACCOUNT_DOUBTFUL"]
    assert {(item.message, item.result.value) for item in doubtful} >= {("number is invalid", "FAIL")}
    assert decision.route is Route.APPROVAL


@pytest.mark.parametrize(
    "words",
    [
        "Can you confirm your bank details? We received a mail saying you changed banks and it looks odd.",
        "We received new remittance instructions from billing@somewhere.example - is this really you?",
        "Sind das wirklich Ihre Bankdaten?",
    ],
)
def test_who_asks_after_our_account_is_answered_by_people(words):
    decision = run(bank(words))
    assert decision.route is Route.EXCEPTION
    assert decision.reasons == ("OUR_BANK_DETAILS_ASKED",)
    assert decision.effects == ()
