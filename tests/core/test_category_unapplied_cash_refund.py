from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.evidence import KycRecord
from csr_bot.core.matters import MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import AmountRole, Category
from tests.core.facts import (
    BOOKS,
    CUSTOMERS,
    INVOICES,
    NOW,
    POLICY,
    ask,
    claim,
    context_of,
    entry_of,
    facts_for,
    screen_of,
    sender_of,
    usd,
)

TWICE = next(item for item in BOOKS.payments if item.payment_no == "PAY-800002")
CUSTOMER = str(TWICE.customer_no)
OVERDUE = "INV-2025-00476"
REFUND = "We accidentally paid INV-2025-00476 twice. Please refund 18,750.00 to the account we paid from."
OFFSET = "There is a credit sitting on our account. Please use it against the next invoice."
CREDIT_MANAGER, MANAGER = frozenset({"credit_manager"}), frozenset({"ar_manager"})
TREASURY, CASH = frozenset({"treasury_manager"}), frozenset({"cash_app_analyst"})


def left_over(amount, **changes):
    return replace(TWICE, amount=usd(amount), unapplied=usd(amount), **changes)


def cash(words, *, payment=TWICE, amounts=(), open_items=None, **changes):
    context = replace(context_of(CUSTOMER), unapplied=(payment,) if payment else ())
    if open_items is not None:
        context = replace(context, open_items=tuple(open_items))
    request = ask(Category.UNAPPLIED_CASH_REFUND, amounts=tuple(amounts))
    matches = {"matches": (), "invoices": {}, **changes}
    return facts_for(request, CUSTOMER, words=words, context=context, **matches)


def refund(**changes):
    return cash(REFUND, amounts=(claim("18750.00", AmountRole.PAYMENT),), **changes)


def run(facts):
    return decide(facts, POLICY)


def test_overdue_items_are_set_off_first_and_the_credit_manager_sees_the_refund_first():
    decision = run(refund())
    assert decision.route is Route.APPROVAL
    assert decision.steps == (CREDIT_MANAGER, MANAGER, TREASURY)
    offset, payout = decision.effects
    assert (offset.type, offset.params["amount"]) == (EffectType.APPLY_PAYMENT, "2000.00")
    assert offset.params["invoices"] == [{"invoice_no": OVERDUE, "amount": "2000.00"}]
    assert (payout.type, payout.params["amount"]) == (EffectType.REQUEST_REFUND, "16750.00")
    assert payout.precondition == {"PAY-800002": "16750.00"}
    assert {matter.kind: matter.amount for matter in decision.matters} == {
        MatterKind.REFUND: usd("16750.00"),
        MatterKind.CASH_ALLOCATION: usd("2000.00"),
    }
    assert decision.outcome is Outcome.PARTIALLY_GRANTED


def test_without_overdue_items_all_of_it_is_proposed_for_payment():
    decision = run(refund(open_items=()))
    assert decision.steps == (MANAGER, TREASURY)
    assert [effect.params["amount"] for effect in decision.effects] == ["18750.00"]


def test_a_refund_of_a_cent_is_not_automatic_either():
    decision = run(cash("Please refund it.", payment=left_over("0.01"), open_items=()))
    assert (decision.route, decision.steps) == (Route.APPROVAL, (MANAGER,))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sender": sender_of(CUSTOMER, level=IdentityLevel.L1)}, "IDENTITY_TOO_LOW"),
        ({"sender": sender_of(CUSTOMER, fraud_signs=("Reply-To elsewhere",))}, "FRAUD_SIGN"),
        ({"payment": None}, "PAYMENT_NOT_LOCATED"),
        ({"payment": left_over("400.00")}, "PAYMENT_NOT_LOCATED"),
        ({"payment": replace(TWICE, payer_account_last4=None)}, "ORIGIN_NOT_KNOWN"),
        ({"customer": replace(CUSTOMERS[CUSTOMER], legal_flags=("insolvency",))}, "LEGAL_WORDS"),
        ({"closed_until": NOW.date()}, "PERIOD_CLOSED"),
    ],
)
def test_a_refund_is_not_even_submitted_for_approval_when(changes, reason):
    decision = run(refund(**changes))
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


@pytest.mark.parametrize("status", ["EXPIRED", "BLOCKED", "SCREENING"])
def test_kyc_holds_a_refund_back(status):
    facts = refund()
    kyc = KycRecord(CUSTOMER, status, "LOW", None)
    decision = run(replace(facts, context=replace(facts.context, kyc=kyc)))
    assert decision.route is Route.EXCEPTION
    assert "KYC_NOT_IN_FORCE" in decision.reasons


def test_another_account_than_the_one_it_came_from_is_never_drafted_for_approval():
    decision = run(cash("Please refund it to DE89 3704 0044 0532 0130 00."))
    assert decision.route is Route.EXCEPTION
    assert "OTHER_ACCOUNT_NAMED" in decision.reasons


def test_more_than_is_left_is_not_refunded():
    facts = cash("Please refund PAY-800002.", amounts=(claim("20000.00", AmountRole.PAYMENT),))
    assert "MORE_THAN_LEFT" in run(facts).reasons


def test_the_bot_uses_a_credit_for_the_oldest_undisputed_invoice_alone():
    decision = run(cash(OFFSET, payment=left_over("1240.10")))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    offset, answer = decision.effects
    assert offset.params["invoices"] == [{"invoice_no": OVERDUE, "amount": "1240.10"}]
    assert offset.precondition == {"PAY-800002": "1240.10", OVERDUE: "2000.00"}
    assert answer.params["template"] == "OFFSET_DONE"


def test_the_oldest_invoice_is_taken_and_a_disputed_one_is_passed_over():
    first = INVOICES[OVERDUE]
    older = replace(first, invoice_no="INV-2025-00101", invoice_date=date(2025, 3, 1), disputed=True)
    old = replace(first, invoice_no="INV-2025-00102", invoice_date=date(2025, 4, 1))
    decision = run(cash(OFFSET, payment=left_over("500.00"), open_items=(first, older, old)))
    assert decision.effects[0].params["invoices"] == [{"invoice_no": "INV-2025-00102", "amount": "500.00"}]


@pytest.mark.parametrize(
    ("payment", "guard"),
    [
        (left_over("1240.10", payer_name="Somebody Else Ltd."), "GUARD_PAYER_ACCOUNT_KNOWN"),
        (left_over("1240.10", payer_account_last4=None), "GUARD_PAYER_ACCOUNT_KNOWN"),
        (left_over("2500.00"), "GUARD_SUM_OF_ALLOCATIONS_EQ_PAYMENT"),
    ],
)
def test_an_offset_that_is_not_exact_is_for_cash_application(payment, guard):
    decision = run(cash(OFFSET, payment=payment))
    assert (decision.route, decision.steps) == (Route.APPROVAL, (CASH,))
    assert guard in decision.reasons


def test_an_amount_above_the_bots_band_is_for_cash_application():
    big = replace(INVOICES[OVERDUE], open_amount=usd("60000.00"), gross=usd("60000.00"))
    decision = run(cash(OFFSET, payment=left_over("60000.00"), open_items=(big,)))
    assert (decision.route, decision.steps) == (Route.APPROVAL, (CASH,))


def rest_of(amount, *, days=60):
    invoice = replace(INVOICES[OVERDUE], open_amount=usd(amount), invoice_date=NOW.date() - timedelta(days=days))
    entry = replace(entry_of(OVERDUE), invoice=invoice, screen=screen_of(invoice))
    request = ask(Category.UNAPPLIED_CASH_REFUND, "INV-2025-00476")
    facts = facts_for(request, CUSTOMER, words="Could you write off the rest of INV-2025-00476?")
    return replace(facts, invoices={OVERDUE: entry})


def test_the_bot_writes_off_a_small_old_rest_alone():
    decision = run(rest_of("9.90"))
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    (effect,) = decision.effects
    assert (effect.type, effect.params["amount"]) == (EffectType.WRITE_OFF_SMALL, "9.90")


@pytest.mark.parametrize(("amount", "days"), [("10.01", 60), ("9.90", 30), ("0.00", 60)])
def test_a_rest_that_is_not_small_or_not_old_is_for_people(amount, days):
    decision = run(rest_of(amount, days=days))
    assert decision.route is Route.EXCEPTION
    assert "NOT_A_SMALL_BALANCE" in decision.reasons


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("The transfer was for our sister company, can you move it to customer C-1017?", "OTHER_CUSTOMERS_ACCOUNT"),
        ("Please refund it, or use it against the next invoice.", "WISH_NOT_CLEAR"),
        ("We are in liquidation, please refund it.", "LEGAL_WORDS"),
    ],
)
def test_wishes_that_are_for_people(words, reason):
    decision = run(cash(words))
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons


def test_who_does_not_say_what_he_wants_is_asked():
    decision = run(cash("There is a credit of ours on the account."))
    assert (decision.route, decision.reasons) == (Route.ASK, ("MISSING_WISH",))


@pytest.mark.parametrize(
    "words",
    [
        "Bitte überweisen Sie den Betrag nicht, sondern verrechnen Sie ihn.",
        "Merci d'imputer cet avoir.",
        "Por favor, compensen el saldo.",
        "Graag verrekenen.",
    ],
)
def test_an_offset_is_understood_in_other_languages(words):
    assert run(cash(words, payment=left_over("100.00"))).route is Route.ROUTINE


def test_an_account_that_is_not_known_in_full_is_for_people():
    facts = cash(OFFSET)
    decision = run(replace(facts, context=replace(facts.context, open_items_complete=False)))
    assert decision.reasons == ("ACCOUNT_INCOMPLETE",)
