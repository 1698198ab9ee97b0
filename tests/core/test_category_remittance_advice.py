from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.matching import Candidate, Match, MatchDecision
from csr_bot.core.matters import MatterKind
from csr_bot.core.message import IdentityLevel
from csr_bot.core.money import Money
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, ClaimedDate, Reference, TextSource
from tests.core.facts import BOOKS, CUSTOMERS, INVOICES, POLICY, ask, entry_of, facts_for, screen_of, sender_of, usd

CUSTOMER = "C-1001"
MODEL = next(item for item in BOOKS.payments if item.payment_no == "PAY-800003")
CASH = frozenset({"cash_app_analyst"})
NET = ("20000.00", "31500.00", "0.00", "13000.00", "10625.00")


def payment_of(amount, **changes):
    known = replace(
        MODEL,
        payment_no="PAY-800009",
        customer_no=CUSTOMER,
        amount=usd(amount),
        unapplied=usd(amount),
        payer_name=CUSTOMERS[CUSTOMER].legal_name,
        bank_ref="5100023981",
        value_date=date(2025, 11, 21),
    )
    return replace(known, **changes)


def invoice_of(number, open_amount, **changes):
    model = next(item for item in INVOICES.values() if item.customer_no == CUSTOMER)
    amount = usd(open_amount)
    made = replace(model, invoice_no=number, open_amount=amount, gross=amount, disputed=False, terms="net 30")
    return replace(made, **changes)


def advice(lines, payment, *, stated=None, opens=None, words="Remittance 5100023981", **changes):
    """An advice with one line for each (number, net); the invoices are open with ``opens``, else with the net."""
    refs, amounts, matches, invoices, place = [], [], [], {}, 10
    for index, (number, net) in enumerate(lines):
        refs.append(Reference(number, number.replace("-", ""), (place, place + 14), TextSource.BODY))
        span = (place + 16, place + 24)
        nets = (net,) if isinstance(net, str) else net
        amounts += [ClaimedAmount(Decimal(value), "USD", AmountRole.OTHER, span, TextSource.BODY) for value in nets]
        found = (opens or {}).get(number) or invoice_of(number, net if isinstance(net, str) else net[0])
        candidate = Candidate(number, found.customer_no, Decimal(90), {"ref": Decimal(50)}, ("ref", "amount"), ())
        matches.append(Match(refs[index], MatchDecision.AUTO, candidate, (candidate,), ()))
        model = entry_of(next(iter(INVOICES)))
        invoices[number] = replace(model, invoice=found, screen=screen_of(found), contract=None)
        place += 40
    if stated:
        amounts.insert(0, ClaimedAmount(Decimal(stated), "USD", AmountRole.PAYMENT, (0, 9), TextSource.BODY))
    request = replace(ask(Category.REMITTANCE_ADVICE), invoice_refs=tuple(refs), amounts=tuple(amounts))
    facts = facts_for(request, CUSTOMER, words=words, payments_found=(payment,) if payment else ())
    return replace(facts, matches=tuple(matches), invoices=invoices, **changes)


def run(facts):
    return decide(facts, POLICY)


def five(payment):
    lines = [(f"INV-2025-9000{number}", net) for number, net in enumerate(NET)]
    opens = {"INV-2025-90002": invoice_of("INV-2025-90002", "0.00")}
    return advice(lines, payment, stated="75125.00", opens=opens)


def test_a_payment_for_five_invoices_is_applied_exactly_as_told():
    decision = run(five(payment_of("75125.00")))
    (effect,) = decision.effects
    assert effect.type is EffectType.APPLY_PAYMENT
    assert [item["amount"] for item in effect.params["invoices"]] == ["20000.00", "31500.00", "13000.00", "10625.00"]
    assert effect.params["amount"] == "75125.00"
    assert effect.precondition["PAY-800009"] == "75125.00"
    assert (decision.route, decision.steps) == (Route.APPROVAL, (CASH,))
    assert decision.reasons == ("AMOUNT_NEEDS_APPROVAL",)


def test_the_same_advice_again_applies_nothing():
    decision = run(five(payment_of("75125.00", unapplied=usd("0.00"))))
    assert (decision.route, decision.effects) == (Route.EXCEPTION, ())
    assert "ALREADY_APPLIED" in decision.reasons


def small(**changes):
    return advice([("INV-2025-90001", "12500.00"), ("INV-2025-90002", "7500.00")], payment_of("20000.00"), **changes)


def test_the_bot_applies_an_exact_payment_alone_and_says_nothing():
    decision = run(small())
    assert (decision.route, decision.reasons) == (Route.ROUTINE, ())
    assert [effect.type for effect in decision.effects] == [EffectType.APPLY_PAYMENT]


def test_fifty_thousand_is_the_most_that_the_bot_applies_alone():
    assert run(advice([("INV-2025-90001", "50000.00")], payment_of("50000.00"))).route is Route.ROUTINE
    assert run(advice([("INV-2025-90001", "50000.01")], payment_of("50000.01"))).route is Route.APPROVAL


def test_a_cent_too_much_or_too_little_is_for_people():
    for amount in ("19999.99", "20000.01"):
        lines = [("INV-2025-90001", "12500.00"), ("INV-2025-90002", "7500.00")]
        decision = run(advice(lines, payment_of(amount)))
        assert decision.route is Route.EXCEPTION
        assert "REMITTANCE_TOTAL_DIFFERS" in decision.reasons


@pytest.mark.parametrize(
    ("net", "open_amount", "terms", "route"),
    [
        ("980.00", "1000.00", "2/10 net 30", Route.ROUTINE),  # 2 %, within ten days and three of grace
        ("975.00", "1000.00", "net 30", Route.ROUTINE),  # bank charges up to 25.00
        ("974.99", "1000.00", "net 30", Route.EXCEPTION),
        ("970.00", "1000.00", "2/10 net 30", Route.EXCEPTION),
        ("1000.01", "1000.00", "net 30", Route.EXCEPTION),
    ],
)
def test_a_rest_is_left_only_where_it_is_explained(net, open_amount, terms, route):
    number = "INV-2025-90001"
    opened = invoice_of(number, open_amount, terms=terms, invoice_date=date(2025, 11, 8))
    decision = run(advice([(number, net)], payment_of(net), opens={number: opened}))
    assert decision.route is route


def test_a_line_may_say_gross_discount_and_net():
    number = "INV-2025-90001"
    opened = invoice_of(number, "18750.00", terms="2/10 net 30", invoice_date=date(2025, 11, 14))
    lines = [(number, ("18750.00", "375.00", "18375.00"))]
    decision = run(advice(lines, payment_of("18375.00"), opens={number: opened}))
    assert decision.route is Route.ROUTINE
    assert decision.calculation[0]["residual"] == "earned_discount"


def test_a_payment_that_is_not_there_yet_is_for_people():
    decision = run(advice([("INV-2025-90001", "100.00")], None))
    assert decision.route is Route.EXCEPTION
    assert "PAYMENT_NOT_LOCATED" in decision.reasons


def test_two_payments_of_the_same_amount_are_told_apart_by_reference_only():
    first = payment_of("20000.00")
    second = replace(first, payment_no="PAY-800010", bank_ref="5100099999")
    assert run(replace(small(), payments_found=(first, second))).route is Route.ROUTINE
    decision = run(replace(small(), payments_found=(first, second), words="Payment advice"))
    assert "PAYMENT_NOT_LOCATED" in decision.reasons


def test_a_value_date_far_from_the_stated_one_is_another_payment():
    day = ClaimedDate(date(2025, 10, 1), (0, 4), TextSource.BODY)
    facts = small(words="Payment advice")
    decision = run(replace(facts, request=replace(facts.request, dates=(day,))))
    assert "PAYMENT_NOT_LOCATED" in decision.reasons


@pytest.mark.parametrize(
    "payment",
    [payment_of("20000.00", payer_name="Somebody Else Ltd."), payment_of("20000.00", payer_account_last4=None)],
)
def test_an_unknown_payer_is_for_cash_application(payment):
    decision = run(replace(small(), payments_found=(payment,)))
    assert (decision.route, decision.steps) == (Route.APPROVAL, (CASH,))
    assert "GUARD_PAYER_ACCOUNT_KNOWN" in decision.reasons


def test_money_of_another_customer_needs_two_people():
    decision = run(replace(small(), payments_found=(payment_of("20000.00", customer_no="C-1002"),)))
    assert decision.steps == (CASH, frozenset({"ar_manager"}))
    assert [matter.kind for matter in decision.matters] == [MatterKind.CASH_REALLOCATION_OTHER_CUSTOMER]


def test_a_payment_in_another_currency_is_for_people():
    euros = Money(Decimal("20000.00"), "EUR")
    facts = small()
    amounts = tuple(replace(claim, currency=None) for claim in facts.request.amounts)
    payments = (replace(payment_of("20000.00"), amount=euros, unapplied=euros),)
    decision = run(replace(facts, request=replace(facts.request, amounts=amounts), payments_found=payments))
    assert "CURRENCY_DIFFERS" in decision.reasons


def test_without_lines_the_only_sum_of_open_invoices_is_a_suggestion():
    items = tuple(invoice_of(f"INV-2025-9000{n}", amount) for n, amount in enumerate(("700.00", "300.00", "5.00")))
    facts = advice([], payment_of("1000.00"), stated="1000.00")
    context = replace(facts.context, open_items=items)
    decision = run(replace(facts, context=context, matches=()))
    assert (decision.route, decision.steps) == (Route.APPROVAL, (CASH,))
    assert "GUARD_EACH_LINE_EXACT_OR_WITHIN_TOLERANCE" in decision.reasons
    assert len(decision.effects[0].params["invoices"]) == 2


def test_an_advice_that_names_nothing_is_asked_about():
    facts = advice([], None, words="Please find our payment advice attached.")
    decision = run(replace(facts, matches=()))
    assert decision.route is Route.ASK
    assert decision.reasons == ("MISSING_PAYMENT_REFERENCE", "MISSING_AMOUNT", "MISSING_VALUE_DATE")


def test_an_unknown_sender_is_for_people():
    decision = run(small(sender=sender_of(CUSTOMER, level=IdentityLevel.L0, contact=None)))
    assert decision.route is Route.EXCEPTION
