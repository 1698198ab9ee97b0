from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from csr_bot.core.categories.master_data_change import POLICY_NAMES
from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.message import IdentityLevel
from csr_bot.core.policy.names import MASTER_FIELDS
from csr_bot.core.request import Category, ClaimedDate, TextSource
from tests.core.facts import CUSTOMERS, POLICY, ask, contact_of, facts_for, sender_of

CUSTOMER = "C-1001"
MASTER = CUSTOMERS[CUSTOMER]
DOMAIN = MASTER.email_domains[0]
NEW_MAIL = f"Please send our invoices to ap-team@{DOMAIN} from now on."


def data(words, **changes):
    return facts_for(ask(Category.MASTER_DATA_CHANGE), CUSTOMER, words=words, **changes)


def run(facts):
    return decide(facts, POLICY)


def changed(decision):
    return {
        effect.params["field"]: effect.params["value"]
        for effect in decision.effects
        if effect.type is EffectType.UPDATE_CUSTOMER_FIELD
    }


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (NEW_MAIL, {"invoice_email": f"ap-team@{DOMAIN}"}),
        ("Our new phone number is +1 555 010 7788, please update.", {"phone": "+1 555 010 7788"}),
        ("A PO number is now mandatory on all invoices.", {"po_required": "yes"}),
    ],
)
def test_harmless_fields_are_changed_alone(words, fields):
    decision = run(data(words))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    assert changed(decision) == fields


@pytest.mark.parametrize("words", ["stop sending paper, email only", "Bitte nur noch per E-Mail."])
def test_paper_is_stopped_where_there_is_any(words):
    decision = run(data(words, customer=replace(MASTER, delivery_method="post")))
    assert changed(decision) == {"delivery_method": "email"}
    assert decision.effects[0].precondition == {"old": "post"}
    assert run(data(words)).reasons == ("ALREADY_SO",)


def test_the_old_invoice_address_hears_of_it_and_not_of_the_new_value():
    decision = run(data(NEW_MAIL))
    answer, *notices = [effect for effect in decision.effects if effect.type is EffectType.SEND_REPLY]
    assert (answer.target, answer.params["template"]) == (contact_of(CUSTOMER).email, "MASTER_DATA_UPDATED")
    assert MASTER.invoice_email in {notice.target for notice in notices}
    assert all("ap-team" not in str(notice.params) for notice in notices)


def test_a_new_mail_domain_is_for_people():
    decision = run(data("Please send our invoices to ap@northwind-invoices.example."))
    assert decision.route is Route.EXCEPTION
    assert "NEW_MAIL_DOMAIN" in decision.reasons


def test_a_tax_number_needs_the_steward_and_the_kyc_officer():
    german = replace(MASTER, country="DE", tax_id=None)
    decision = run(data("new VAT no. DE136695976 pls update", customer=german))
    assert decision.route is Route.APPROVAL
    assert decision.steps == (frozenset({"master_data_steward"}), frozenset({"kyc_officer"}))
    assert changed(decision) == {"tax_id": "DE136695976"}


def test_a_tax_number_that_cannot_be_right_is_not_submitted():
    german = replace(MASTER, country="DE", tax_id=None)
    decision = run(data("new VAT no. DE136695977 pls update", customer=german))
    assert decision.route is Route.EXCEPTION
    assert "TAX_ID_NOT_VALID" in decision.reasons


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("We have moved. New billing address as of now: 400 Harbor Way, Oakland CA 94607.", "SENSITIVE_FIELD"),
        ("Our legal name changed from Tailspin LLC to Tailspin Freight Inc.", "SENSITIVE_FIELD"),
        ("pls remove me from this list, i no longer work in finance", "CONTACT_REMOVAL"),
        (f"Jane Miller left, please replace her with ap-team@{DOMAIN} as invoice recipient.", "CONTACT_REMOVAL"),
    ],
)
def test_what_only_people_change(words, reason):
    decision = run(data(words))
    assert (decision.route, decision.effects) == (Route.EXCEPTION, ())
    assert decision.reasons == (reason,)


def test_what_holds_from_a_later_day_is_not_changed_now():
    facts = data(NEW_MAIL)
    later = ClaimedDate(date(2025, 12, 1), (0, 4), TextSource.BODY)
    assert run(replace(facts, request=replace(facts.request, dates=(later,)))).reasons == ("NOT_YET_IN_FORCE",)


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (f"Send invoices to a@{DOMAIN} or b@{DOMAIN}.", ("MISSING_NEW_VALUE",)),
        ("Please update our data.", ("MISSING_FIELD", "MISSING_NEW_VALUE")),
    ],
)
def test_a_value_that_is_not_certain_is_asked_for(words, missing):
    decision = run(data(words))
    assert (decision.route, decision.reasons) == (Route.ASK, missing)


@pytest.mark.parametrize(
    "sender",
    [sender_of(CUSTOMER, level=IdentityLevel.L1), sender_of(CUSTOMER, fraud_signs=("Reply-To elsewhere",))],
)
def test_nobody_else_changes_anything(sender):
    assert run(data(NEW_MAIL, sender=sender)).route is Route.EXCEPTION


def test_every_field_has_a_name_that_policies_know():
    assert set(POLICY_NAMES.values()) <= MASTER_FIELDS
