from __future__ import annotations

from dataclasses import replace

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.evidence import KycRecord
from csr_bot.core.facts import AttachedFile
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import Category
from tests.core.facts import CUSTOMERS, POLICY, ask, context_of, facts_for, sender_of

CUSTOMER = "C-1001"
NAME = CUSTOMERS[CUSTOMER].legal_name


def file(name, text=f"issued to {NAME}, Delaware"):
    return AttachedFile(name, name.ljust(64, "0"), text)


def documents(*files, words="As requested.", record=("EXPIRED", "LOW", ()), **changes):
    status, risk, missing = record
    context = replace(context_of(CUSTOMER), kyc=KycRecord(CUSTOMER, status, risk, None, missing))
    return facts_for(ask(Category.KYC_DOCUMENT), CUSTOMER, files=files, words=words, context=context, **changes)


def run(facts):
    return decide(facts, POLICY)


def sentences(effect, value):
    return [item["sentence"] if isinstance(item, dict) else item for item in effect.params["values"][value]]


def test_a_document_is_ticked_as_received_and_what_is_missing_is_told():
    decision = run(documents(file("certificate of incorporation.pdf")))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    tick, answer = decision.effects
    assert tick.type is EffectType.KYC_MARK_RECEIVED
    assert (tick.params["requirement"], tick.params["due_on"]) == ("incorporation", "2025-11-28")
    assert sentences(answer, "received") == ["kyc_incorporation"]
    assert sentences(answer, "missing") == ["kyc_tax_form", "kyc_beneficial_owners"]


def test_nothing_is_ever_verified_or_released():
    decision = run(documents(file("W-9.pdf"), file("UBO.pdf"), file("incorporation.pdf")))
    assert {effect.type for effect in decision.effects} == {EffectType.KYC_MARK_RECEIVED, EffectType.SEND_REPLY}
    assert sentences(decision.effects[-1], "missing") == ["kyc_complete"]


def test_what_the_record_itself_misses_goes_before_the_checklist():
    record = ("EXPIRED", "MEDIUM", ("certificate of good standing", "W-9", "signed questionnaire"))
    decision = run(documents(file("W-9.pdf"), record=record))
    assert sentences(decision.effects[-1], "missing") == ["kyc_incorporation", "signed questionnaire"]


def test_of_a_record_in_force_nothing_is_missing():
    decision = run(documents(file("W-9.pdf"), record=("APPROVED", "HIGH", ())))
    assert sentences(decision.effects[-1], "missing") == ["kyc_complete"]


def test_a_risk_that_nobody_told_counts_as_high():
    decision = run(documents(file("W-9.pdf"), record=("DOCS_REQUESTED", None, ())))
    assert "kyc_source_of_funds" in sentences(decision.effects[-1], "missing")


@pytest.mark.parametrize(
    ("attached", "reason"),
    [
        (file("scan001.pdf", f"a letter of {NAME}"), "KYC_UNKNOWN_KIND"),
        (file("W-9 and passport.pdf"), "KYC_UNKNOWN_KIND"),
        (file("W-9.pdf", "issued to Another Company Inc."), "KYC_NO_NAME"),
        (file("passport.jpg", ""), "KYC_NO_NAME"),
    ],
)
def test_a_file_that_is_not_certain_is_for_the_officer(attached, reason):
    decision = run(documents(attached))
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons
    assert (decision.queue, decision.owner_role) == ("kyc", "kyc_officer")


@pytest.mark.parametrize("status", ["BLOCKED", "REJECTED"])
def test_nothing_leaves_to_a_customer_that_is_stopped(status):
    decision = run(documents(file("W-9.pdf"), record=(status, "HIGH", ())))
    assert decision.route is Route.EXCEPTION
    assert "KYC_NOT_IN_FORCE" in decision.reasons


@pytest.mark.parametrize(
    "words",
    ["why do you need our beneficial owners, we are a customer for 12 years", "Warum brauchen Sie das?"],
)
def test_who_asks_why_is_told_why(words):
    decision = run(documents(words=words))
    assert decision.route is Route.ROUTINE
    assert [effect.params["template"] for effect in decision.effects] == ["KYC_WHY"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("The link to upload the KYC files has expired, can you send a new one?", "UPLOAD_LINK_ASKED"),
        ("Please confirm that our KYC review is completed so that the shipment can be released.", "KYC_RELEASE_ASKED"),
        ("Our parent company was acquired, ownership chart attached.", "OWNERSHIP_CHANGED"),
    ],
)
def test_what_only_people_do(words, reason):
    decision = run(documents(words=words))
    assert (decision.route, decision.effects) == (Route.EXCEPTION, ())
    assert decision.reasons == (reason,)


def test_who_attaches_nothing_is_asked_for_the_document():
    decision = run(documents(words="W-9 attached"))
    assert (decision.route, decision.reasons) == (Route.ASK, ("MISSING_DOCUMENT",))


def test_documents_of_somebody_unknown_are_for_people():
    decision = run(documents(file("W-9.pdf"), sender=sender_of(CUSTOMER, level=IdentityLevel.L1, contact=None)))
    assert decision.route is Route.EXCEPTION
