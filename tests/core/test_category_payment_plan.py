from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.evidence import KycRecord
from csr_bot.core.facts import EarlierMatter
from csr_bot.core.matters import MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.request import Category, ClaimedDate, TextSource
from tests.core.facts import BOOKS, NOW, POLICY, ask, context_of, facts_for, sender_of, usd

WEAK = next(item.customer_no for item in BOOKS.customers if item.legal_name == "Alpine Ski House Inc.")
ASKED = "Due to cash-flow problems we cannot pay the 86,400.00 at once. Could we agree on six monthly instalments?"


def known():
    """What the books say, with the newest credit profile first as the ledger gives it."""
    context = context_of(WEAK)
    profiles = sorted(context.credit_profiles, key=lambda item: item.as_of, reverse=True)
    return replace(context, credit_profiles=tuple(profiles))


def plan(words=ASKED, **changes):
    return facts_for(ask(Category.PAYMENT_PLAN), WEAK, words=words, **{"context": known(), **changes})


def answered(words=ASKED, **changes):
    return plan(words, info_requests=1, **changes)


def run(facts):
    return decide(facts, POLICY)


def test_first_the_form_is_sent_and_reminders_rest_for_five_business_days():
    decision = run(plan())
    assert decision.route is Route.ASK
    rest, form = decision.effects
    assert (rest.type, rest.params["value"]) == (EffectType.SET_DUNNING_BLOCK, "2025-12-02")  # Thanksgiving is closed
    assert form.params["template"] == "PLAN_FORM"
    assert decision.matters == ()
    assert "86,400.00 USD" in decision.rationale
    assert "DSCR 0.92" in decision.rationale


def test_the_answer_becomes_a_draft_for_credit_manager_and_controller():
    decision = run(answered())
    assert decision.route is Route.APPROVAL
    assert decision.steps == (frozenset({"credit_manager"}), frozenset({"controller"}))
    effect, note = decision.effects
    assert effect.type is EffectType.CREATE_PAYMENT_PLAN
    assert [item["amount"] for item in effect.params["instalments"]] == ["14400.00"] * 6
    assert effect.params["amount"] == "86400.00"
    assert (note.type, "frozen" in str(note.params["value"])) == (EffectType.ADD_NOTE, True)
    assert decision.total == usd("86400.00")


def test_the_draft_says_what_the_plan_means():
    rationale = run(answered()).rationale
    assert "DSCR 0.92 before and 0.8468 with the plan" in rationale
    assert "86,400.00 USD in 6 instalments from 2025-12-08" in rationale
    assert "at 8% a year" in rationale


def test_what_is_not_known_of_the_finances_is_not_nought():
    context = replace(context_of(WEAK), credit_profiles=())
    decision = run(answered(context=context))
    assert "DSCR n/a before and n/a with the plan" in decision.rationale
    assert decision.route is Route.APPROVAL


def debt_of(*amounts):
    model = context_of(WEAK)
    items = tuple(
        replace(model.open_items[0], invoice_no=f"INV-2025-9000{number}", open_amount=usd(amount), gross=usd(amount))
        for number, amount in enumerate(amounts)
    )
    return replace(model, open_items=items)


@pytest.mark.parametrize(
    ("amount", "words", "steps"),
    [
        ("9000.00", "can we split it in 3?", ({"ar_manager"},)),
        ("10000.00", "three monthly instalments", ({"ar_manager"},)),
        ("10000.01", "three monthly instalments", ({"credit_manager"}, {"controller"})),
        ("100000.01", "In 12 Monatsraten bitte", ({"controller"}, {"cfo"})),
    ],
)
def test_who_may_grant_it(amount, words, steps):
    decision = run(answered(words, context=debt_of(amount)))
    assert decision.route is Route.APPROVAL
    assert decision.steps == tuple(frozenset(step) for step in steps)


@pytest.mark.parametrize(
    ("amount", "words", "reason"),
    [
        ("9000.00", "in four monthly instalments", "PLAN_TOO_MANY_INSTALMENTS"),
        ("86400.00", "in 7 instalments", "PLAN_TOO_MANY_INSTALMENTS"),
    ],
)
def test_more_instalments_than_there_may_be_are_not_submitted(amount, words, reason):
    decision = run(answered(words, context=debt_of(amount)))
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


def test_a_first_payment_after_two_weeks_is_too_late():
    facts = answered()
    late = ClaimedDate(date(2026, 1, 15), (0, 4), TextSource.BODY)
    decision = run(replace(facts, request=replace(facts.request, dates=(late,))))
    assert "PLAN_FIRST_TOO_LATE" in decision.reasons


def test_what_is_disputed_is_no_part_of_a_plan():
    context = debt_of("6000.00", "3000.00")
    disputed = (context.open_items[0], replace(context.open_items[1], disputed=True))
    decision = run(answered("in 3 instalments", context=replace(context, open_items=disputed)))
    assert decision.total == usd("6000.00")


@pytest.mark.parametrize("asked", [plan, answered])
@pytest.mark.parametrize(
    "words",
    [
        "We have filed for reorganisation proceedings; please write to the administrator. Six monthly instalments.",
        "Wir haben Insolvenz angemeldet, sechs Raten?",
    ],
)
def test_nothing_is_negotiated_with_the_insolvent(asked, words):
    decision = run(asked(words))
    assert (decision.route, decision.effects) == (Route.EXCEPTION, ())
    assert "LEGAL_WORDS" in decision.reasons


def test_who_may_not_sign_is_for_people():
    contact = replace(sender_of(WEAK).contact, role="ap")
    decision = run(answered(sender=sender_of(WEAK, contact=contact)))
    assert "NOT_A_SIGNATORY" in decision.reasons
    assert decision.route is Route.EXCEPTION


def test_kyc_holds_a_plan_back_and_not_the_form():
    context = replace(context_of(WEAK), kyc=KycRecord(WEAK, "EXPIRED", "LOW", None))
    assert "KYC_NOT_IN_FORCE" in run(answered(context=context)).reasons
    assert run(plan(context=context)).route is Route.ASK


def test_reminders_rest_once_in_180_days_only():
    earlier = EarlierMatter(
        MatterKind.PAYMENT_PLAN, "CSR-2025-000007", None, usd("100.00"), False, NOW - timedelta(days=179)
    )
    effects = run(plan(earlier_matters=(earlier,))).effects
    assert [effect.type for effect in effects] == [EffectType.REQUEST_INFO]


def test_an_answer_without_a_proposal_is_asked_about_and_at_last_for_people():
    assert run(answered("Our statements are attached.")).route is Route.ASK
    assert run(plan("Our statements are attached.", info_requests=2)).reasons == ("ASKED_BEFORE",)


def test_a_colleague_who_is_not_known_gets_no_form():
    decision = run(plan(sender=sender_of(WEAK, level=IdentityLevel.L1, contact=None)))
    assert decision.route is Route.EXCEPTION
