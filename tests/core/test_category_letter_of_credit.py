from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.evidence import KycRecord
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import Category
from tests.core.facts import BOOKS, POLICY, ask, context_of, facts_for, sender_of

CREDIT = BOOKS.letters_of_credit[0]
CUSTOMER = CREDIT.customer_no
ASKED = "Kindly tell us the expiry of LC-2025-0117 as you have it."


def credit(words=ASKED, *, held=(CREDIT,), refs=(), **changes):
    context = replace(context_of(CUSTOMER), letters_of_credit=held)
    return facts_for(ask(Category.LETTER_OF_CREDIT, *refs), CUSTOMER, words=words, **{"context": context, **changes})


def run(facts):
    return decide(facts, POLICY)


def told(decision):
    details = decision.effects[0].params["values"]["details"]
    return {item["sentence"]: item["values"] for item in details}


def notes(decision, reason):
    return [item.message for item in decision.findings if item.reason == reason]


def test_what_the_register_says_is_told():
    decision = run(credit())
    assert (decision.route, decision.matters) == (Route.ROUTINE, ())
    details = told(decision)
    assert details["lc_amount"] == {"amount": {"amount": "480000.00", "currency": "USD"}}
    assert details["lc_expiry"]["place"] == "Singapore"
    assert details["lc_shipment"] == {"day": {"day": "2026-01-10"}}


@pytest.mark.parametrize(
    ("expires_on", "last"),
    [(date(2026, 2, 28), "2026-02-02"), (date(2026, 1, 25), "2026-01-26")],
)
def test_the_last_presentation_moves_to_a_banking_day_and_the_latest_shipment_does_not(expires_on, last):
    decision = run(credit(held=(replace(CREDIT, expires_on=expires_on),)))
    assert told(decision)["lc_presentation"] == {"day": {"day": last}}
    sunday = replace(CREDIT, latest_shipment_on=date(2026, 1, 11))
    assert told(run(credit(held=(sunday,))))["lc_shipment"] == {"day": {"day": "2026-01-11"}}


@pytest.mark.parametrize(
    "words",
    [
        "Bank raised a discrepancy: late presentation. Will you accept waiver or amend?",
        "Please find draft LC for PO 4500021001, USD 480,000, for your comments before issuance.",
        "we need amendment no 2: extend latest shipment to 15 Jan and expiry to 5 Feb",
        "MT700 received, field 46A asks for inspection cert. Can your side provide?",
        "documents were refused, what now??",
        "Bitte um Änderung des Akkreditivs LC-2025-0117.",
    ],
)
def test_what_may_have_legal_effect_is_for_the_analyst(words):
    decision = run(credit(words))
    assert (decision.route, decision.effects) == (Route.EXCEPTION, ())
    assert decision.reasons == ("LC_LEGAL_EFFECT",)
    assert (decision.queue, decision.owner_role) == ("trade_finance", "trade_finance_analyst")


def test_the_analyst_sees_which_days_are_near():
    early = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)
    decision = run(credit("documents were refused, what now??", now=early))
    assert notes(decision, "LC_DEADLINE_NEAR") == ["latest shipment on 2026-01-10: 2 banking days left"]
    assert notes(run(credit("documents were refused")), "LC_DEADLINE_NEAR") == []


def test_the_analyst_sees_the_credit_beside_the_invoice():
    decision = run(credit("will you accept the waiver for INV-2025-00479?", refs=("INV-2025-00479",)))
    points = {item.subject.split()[-1]: item.result.value for item in decision.findings if item.reason == "LC_DIFFERS"}
    assert points["currency"] == "PASS"
    assert points["applicant"] == "PASS"
    assert points["amount"] == "WARN"


def test_which_of_several_credits_is_meant_is_asked():
    other = replace(CREDIT, lc_no="LC-2025-0200")
    assert run(credit(held=(CREDIT, other))).route is Route.ROUTINE
    decision = run(credit("When does our LC expire?", held=(CREDIT, other)))
    assert (decision.route, decision.reasons) == (Route.ASK, ("MISSING_LC_NO",))


def test_a_credit_that_is_not_on_the_register_is_for_people():
    assert run(credit(held=())).reasons == ("LC_NOT_FOUND",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": sender_of(CUSTOMER, level=IdentityLevel.L1)}, "IDENTITY_TOO_LOW"),
        (
            {"context": replace(context_of(CUSTOMER), kyc=KycRecord(CUSTOMER, "EXPIRED", "LOW", None))},
            "KYC_NOT_IN_FORCE",
        ),
    ],
)
def test_who_may_not_be_told_is_for_people(changes, reason):
    decision = run(credit(**changes))
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons
