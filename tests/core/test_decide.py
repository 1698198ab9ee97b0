from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_bot.core.checks import check_no_duplicate_case
from csr_bot.core.crediting import credit_matter
from csr_bot.core.decide import Route, decide
from csr_bot.core.effects import EffectType
from csr_bot.core.evidence import DocumentStatus
from csr_bot.core.guards import GUARDS as ALL_GUARDS
from csr_bot.core.guards import MatterInQuestion, failing_guards
from csr_bot.core.matching import MatchDecision
from csr_bot.core.matters import MatterKind
from csr_bot.core.message import Channel, IdentityLevel
from csr_bot.core.money import Money
from csr_bot.core.policy import GUARD_NAMES
from csr_bot.core.proposal import Outcome
from csr_bot.core.request import AmountRole, Category, DisputeReason
from tests.core.facts import (
    CUSTOMERS,
    NOW,
    POLICY,
    claim,
    dispute,
    earlier_credit,
    facts_for,
    s1,
    s3,
    s4,
    s5,
    screen_of,
    sender_of,
    small_price,
    usd,
    with_entry,
    with_invoice,
)

LEAD_OR_MANAGER = frozenset({"ar_lead", "ar_manager"})
MANAGER, CONTROLLER = frozenset({"ar_manager"}), frozenset({"controller"})
GUARDS = POLICY.guard_names(POLICY.approval_matrix[MatterKind.CREDIT_NOTE].bands[0])


def run(facts):
    return decide(facts, POLICY)


def test_a_price_error_above_the_bots_limit_goes_to_one_approver():
    decision = run(s1())
    assert (decision.route, decision.outcome) == (Route.APPROVAL, Outcome.GRANTED)
    assert decision.steps == (LEAD_OR_MANAGER,)
    assert decision.total == usd("2400.00")
    assert decision.reasons == ("AMOUNT_NEEDS_APPROVAL",)
    assert (decision.queue, decision.owner_role) == ("billing", "ar_analyst")


def test_the_credit_note_says_what_is_credited_and_what_must_still_be_true():
    credit, answer = run(s1()).effects
    assert credit.payload() == {
        "amount": "2400.00",
        "currency": "USD",
        "invoice_no": "INV-2025-00417",
        "lines": [{"line_no": 1, "net": "2400.00", "tax": "0.00"}],
        "reason": "PRICE",
        "seq": 1,
        "type": "create_credit_note",
    }
    assert credit.precondition == {
        "customer_no": "C-1001",
        "due_date": "2025-11-30",
        "gross": "22400.00",
        "open_amount": "22400.00",
        "status": "open",
    }
    assert (answer.type, answer.target) == (EffectType.SEND_REPLY, "dana.ortiz@northwind-analytics.example")
    assert answer.params["values"]["new_open"] == {"amount": "20000.00", "currency": "USD"}


def test_a_claim_of_another_right_price_is_for_a_person_with_our_own_figure_as_draft():
    decision = run(s1(correct="120.00"))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("CLAIM_MISMATCH",))
    assert decision.total == usd("2400.00")
    assert decision.steps == ()


def test_a_small_price_error_is_credited_by_the_bot_alone():
    decision = run(small_price())
    assert (decision.route, decision.reasons, decision.total) == (Route.ROUTINE, (), usd("200.00"))
    assert decision.steps == (frozenset({"bot"}),)


def test_an_erp_page_that_shows_a_payment_stops_the_credit():
    facts = s1()
    (entry,) = facts.matched()
    paid = replace(entry.screen, open_amount=usd("12400.00"), status=DocumentStatus.PARTLY_PAID)
    decision = run(with_entry(facts, screen=paid))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("STALE_SNAPSHOT",))
    (finding,) = [finding for finding in decision.findings if finding.check == "V06"]
    assert finding.expected == "open amount 22,400.00 USD; status open"
    assert finding.actual == "open amount 12,400.00 USD; status partly_paid"


def test_a_confirmed_duplicate_is_credited_in_full_by_two_approvers():
    decision = run(s3())
    assert (decision.route, decision.total) == (Route.APPROVAL, usd("18750.00"))
    assert decision.steps == (MANAGER, CONTROLLER)
    assert decision.effects[0].target == "INV-2025-00388"


def test_three_invoices_said_to_be_the_same_are_for_a_person():
    facts = s3()
    (right, wrong) = facts.matched()
    third = replace(wrong, invoice=replace(wrong.invoice, invoice_no="INV-2025-00387"))
    match = replace(facts.matches[0], best=replace(facts.matches[0].best, invoice_no="INV-2025-00387"))
    decision = run(
        replace(
            facts,
            matches=(*facts.matches, match),
            invoices={entry.invoice.invoice_no: entry for entry in (right, third, wrong)},
        )
    )
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("SEVERAL_INVOICES",))


def test_a_quantity_error_goes_to_the_manager():
    decision = run(s4())
    assert (decision.route, decision.steps, decision.total) == (Route.APPROVAL, (MANAGER,), usd("6500.00"))


def test_the_band_is_chosen_by_the_gross_amount():
    decision = run(s5())
    assert (decision.route, decision.total) == (Route.APPROVAL, usd("12325.00"))
    assert decision.steps == (MANAGER, CONTROLLER)


def test_a_net_amount_below_the_limit_needs_two_approvers_if_tax_lifts_it_above():
    facts = s5()
    (entry,) = facts.matched()
    # 80 units: 80 x 116.00 = 9,280.00 net, 580.00 tax. 86 units: 9,976.00 net, 623.50 tax, 10,599.50 gross.
    for units, steps in ((80, (MANAGER,)), (86, (MANAGER, CONTROLLER))):
        net, tax = usd(str(units * Decimal(216))), usd(str(units * Decimal("13.50")))
        line = replace(entry.lines[0], quantity=Decimal(units), net=net, tax=tax)
        gross = net + tax
        billed = replace(entry.invoice, net=net, tax=tax, gross=gross, open_amount=gross)
        assert run(with_entry(facts, lines=(line,), invoice=billed)).steps == steps


def one_unit(amount: str):
    """One unit billed this much above the contract."""
    facts = small_price()
    (entry,) = facts.matched()
    billed = usd("135.00") + usd(amount)
    line = replace(entry.lines[0], quantity=Decimal(1), unit_price=billed.amount, net=billed)
    invoice = replace(entry.invoice, net=billed, gross=billed, open_amount=billed)
    request = dispute(DisputeReason.PRICE, "INV-2025-00409", billed_value=f"{billed.amount:f}", correct_value="135.00")
    return replace(with_entry(facts, lines=(line,), invoice=invoice), request=request)


@pytest.mark.parametrize(
    ("amount", "steps"),
    [
        ("0.01", [{"bot"}]),
        ("250.00", [{"bot"}]),
        ("250.01", [LEAD_OR_MANAGER]),
        ("2500.00", [LEAD_OR_MANAGER]),
        ("2500.01", [MANAGER]),
        ("10000.00", [MANAGER]),
        ("10000.01", [MANAGER, CONTROLLER]),
        ("25000.00", [MANAGER, CONTROLLER]),
        ("25000.01", [CONTROLLER, {"finance_director"}]),
        ("100000.00", [CONTROLLER, {"finance_director"}]),
        ("100000.01", [CONTROLLER, {"cfo"}]),
    ],
)
def test_every_limit_is_inclusive_to_the_cent(amount, steps):
    decision = run(one_unit(amount))
    assert decision.total == usd(amount)
    assert list(decision.steps) == steps
    assert decision.route is (Route.ROUTINE if steps == [{"bot"}] else Route.APPROVAL)


@pytest.mark.parametrize(
    ("earlier", "posted", "steps"),
    [
        ("600.00", True, LEAD_OR_MANAGER),
        ("600.01", True, MANAGER),
        ("1900.00", True, MANAGER),
        ("1900.00", False, MANAGER),
    ],
)
def test_two_credits_on_one_invoice_need_the_authority_of_their_sum(earlier, posted, steps):
    facts = one_unit("1900.00")
    (entry,) = facts.matched()
    other_line = replace(entry.lines[0], line_no=9, sku="SVC-DAY", unit_price=usd("135.00").amount)
    other_line = replace(other_line, quantity=Decimal(100), net=usd("13500.00"))
    gross = entry.invoice.gross + other_line.net
    credited = usd(earlier) if posted else usd("0.00")
    invoice = replace(entry.invoice, net=gross, gross=gross, credited=credited, open_amount=gross - credited)
    day_price = replace(entry.price_terms[0], sku="SVC-DAY")
    facts = with_entry(
        facts,
        lines=(*entry.lines, other_line),
        invoice=invoice,
        price_terms=(*entry.price_terms, day_price),
    )
    decision = run(replace(facts, earlier_credits=(earlier_credit("INV-2025-00409", earlier, posted=posted),)))
    assert (decision.route, decision.total, decision.steps) == (Route.APPROVAL, usd("1900.00"), (steps,))


def test_a_credit_before_the_window_is_not_added_up():
    old = earlier_credit("INV-2025-00417", "1900.00", decided_at=NOW - timedelta(days=31))
    decision = run(with_invoice(s1(earlier_credits=(old,)), credited=usd("1900.00"), open_amount=usd("20500.00")))
    assert decision.steps == (LEAD_OR_MANAGER,)


@pytest.mark.parametrize(
    ("credit", "credited"),
    [
        (earlier_credit("INV-2025-00417", "100.00", line_nos=frozenset({1})), "100.00"),
        (earlier_credit("INV-2025-00417", "100.00", line_nos=frozenset({1}), posted=False), "0.00"),
        (earlier_credit("INV-2025-00417", "100.00"), "100.01"),
        (earlier_credit("INV-2025-00417", "100.00", posted=False), "100.00"),
    ],
    ids=["same line", "same line, on its way", "somebody else too", "somebody else instead"],
)
def test_a_line_credited_before_or_a_credit_of_somebody_else_is_for_a_person(credit, credited):
    facts = with_invoice(s1(), credited=usd(credited), open_amount=usd("22400.00") - usd(credited))
    decision = run(replace(facts, earlier_credits=(credit,)))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("EARLIER_CREDIT",))


def test_what_other_cases_have_promised_is_not_credited_again():
    promised = earlier_credit("INV-2025-00417", "20000.01", posted=False)
    decision = run(s1(earlier_credits=(promised,)))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("CREDIT_ABOVE_OPEN",))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (s1(sender=sender_of("C-1001", level=IdentityLevel.L1)), "IDENTITY_TOO_LOW"),
        (s1(sender=sender_of("C-1001", level=IdentityLevel.L0)), "IDENTITY_TOO_LOW"),
        (s1(sender=sender_of("C-1001", fraud_signs=("Reply-To elsewhere",))), "FRAUD_SIGN"),
        (s1(customer=None), "CUSTOMER_NOT_RESOLVED"),
        (s1(customer=replace(CUSTOMERS["C-1001"], status="blocked")), "CUSTOMER_NOT_ACTIVE"),
        (s1(customer=CUSTOMERS["C-1002"]), "WRONG_CUSTOMER"),
        (s1(snapshot_generated_at=NOW - timedelta(hours=24, seconds=1)), "SNAPSHOT_TOO_OLD"),
        (s1(snapshot_generated_at=NOW + timedelta(hours=25)), "SNAPSHOT_TOO_OLD"),
        (s1(snapshot_generated_at=None), "SNAPSHOT_TOO_OLD"),
        (s1(stopped="year-end close"), "KILL_SWITCH"),
        (s1(open_duplicate="CSR-2025-000100"), "DUPLICATE_CASE"),
        (s1(desk_requests=frozenset({Category.INVOICE_COPY})), "CATEGORY_NEEDS_PERSON"),
        (with_entry(s1(), screen=None, screen_problem="no such page"), "ERP_NOT_READ"),
        (with_entry(s1(), lines=()), "CLAIM_NOT_SUPPORTED"),
        (with_invoice(s1(), status=DocumentStatus.PAID), "DOCUMENT_STATUS"),
        (with_invoice(s1(), status=DocumentStatus.CANCELLED), "DOCUMENT_STATUS"),
        (with_invoice(s1(), open_amount=usd("2399.99")), "CREDIT_ABOVE_OPEN"),
        (with_invoice(s1(), gross=usd("22400.03")), "LINES_DO_NOT_ADD_UP"),
    ],
)
def test_a_fact_that_stands_against_it_stops_the_credit(facts, reason):
    decision = run(facts)
    assert decision.route is Route.EXCEPTION
    assert reason in decision.reasons
    assert decision.steps == ()


def test_a_sign_of_fraud_goes_to_the_security_queue():
    assert run(s1(sender=sender_of("C-1001", fraud_signs=("look-alike",)))).queue == "security"


def test_a_snapshot_of_exactly_a_day_is_still_good():
    assert run(s1(snapshot_generated_at=NOW - timedelta(hours=24))).route is Route.APPROVAL


def test_an_erp_page_of_another_customer_stops_the_credit():
    facts = s1()
    (entry,) = facts.matched()
    decision = run(with_entry(facts, screen=replace(screen_of(entry.invoice), customer_no="C-1002")))
    assert "WRONG_CUSTOMER" in decision.reasons


def test_a_claim_in_another_currency_is_for_a_person():
    request = dispute(
        DisputeReason.PRICE, "INV 2025/00417", billed_value="140.00", correct_value="125.00", currency="EUR"
    )
    decision = run(facts_for(request, "C-1001"))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("CURRENCY_DIFFERS",))


def test_an_invoice_in_another_currency_than_the_policys_is_for_a_person():
    request = dispute(DisputeReason.PRICE, "INV-2025-00448", billed_value="78.00", correct_value="72.00")
    decision = run(facts_for(request, "C-1012"))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("FX_RATE_MISSING",))


def test_a_number_alone_does_not_move_money():
    facts = facts_for(dispute(DisputeReason.PRICE, "INV 2025/00417", correct_value="125.00"), "C-1001")
    assert run(facts).reasons == ("NOT_CORROBORATED",)


def test_a_claim_without_a_figure_is_for_a_person():
    facts = facts_for(dispute(DisputeReason.PRICE, "INV 2025/00417", billed_value="140.00"), "C-1001")
    assert run(facts).reasons == ("CLAIM_AMOUNT_MISSING",)


def test_a_claim_that_the_records_do_not_support_is_never_denied_by_the_bot():
    request = dispute(DisputeReason.PRICE, "INV-2025-00434", billed_value="115.00", correct_value="105.00")
    decision = run(facts_for(request, "C-1009"))
    assert (decision.route, decision.outcome, decision.effects) == (Route.EXCEPTION, Outcome.NO_ACTION, ())
    assert decision.reasons == ("CLAIM_NOT_SUPPORTED",)


@pytest.mark.parametrize("reason", sorted(set(DisputeReason) - {"PRICE", "QUANTITY", "DUPLICATE"}))
def test_a_reason_that_cannot_be_recomputed_is_for_a_person(reason):
    decision = run(facts_for(dispute(reason, "INV-2025-00431", claimed_delta="9850.00"), "C-1002"))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("REASON_NEEDS_PERSON",))


def test_an_unknown_request_is_for_a_person():
    facts = s1()
    decision = run(replace(facts, request=replace(facts.request, category=Category.UNKNOWN, reason=None)))
    assert (decision.route, decision.reasons, decision.queue) == (Route.EXCEPTION, ("UNKNOWN_REQUEST",), "triage")


def test_an_answer_in_the_portal_goes_to_the_ticket():
    decision = run(s1(channel=Channel.PORTAL, portal_ticket="D-77"))
    assert (decision.effects[1].type, decision.effects[1].target) == (EffectType.PORTAL_COMMENT, "D-77")


def test_where_nobody_can_be_answered_a_person_decides():
    decision = run(s1(channel=Channel.PORTAL, portal_ticket=None))
    assert (decision.route, decision.reasons) == (Route.EXCEPTION, ("NOBODY_TO_ANSWER",))


# What the bot may do alone: each condition, failing by itself, brings people in.
GUARD_FAILS = {
    "customer_auto_effects_24h_lt_5": small_price(bot_effects_24h=5),
    "case_reopen_count_eq_0": small_price(reopen_count=1),
    "customer_credit_30d_le_1000": small_price(
        earlier_credits=(earlier_credit("INV-2025-00001", "800.01", by_bot_alone=True),)
    ),
    "no_prior_credit_on_invoice": small_price(earlier_credits=(earlier_credit("INV-2025-00409", "0.01"),)),
    "kyc_status_in_APPROVED_or_REVIEW_DUE": small_price(context=None),
}


def test_every_guard_that_a_policy_may_name_has_a_meaning():
    assert set(ALL_GUARDS) == GUARD_NAMES


def test_an_old_invoice_needs_the_controller_too():
    decision = run(with_invoice(small_price(), invoice_date=NOW.date() - timedelta(days=181)))
    assert (decision.route, decision.reasons) == (Route.APPROVAL, ("EXTRA_APPROVAL",))
    assert decision.steps == (LEAD_OR_MANAGER, frozenset({"controller"}))


@pytest.mark.parametrize("guard", GUARD_FAILS)
def test_a_guard_that_fails_alone_brings_people_in(guard):
    decision = run(GUARD_FAILS[guard])
    assert (decision.route, decision.steps) == (Route.APPROVAL, (LEAD_OR_MANAGER,))
    assert decision.reasons == (f"GUARD_{guard.upper()}",)


@pytest.mark.parametrize(
    "facts",
    [
        small_price(bot_effects_24h=4),
        small_price(earlier_credits=(earlier_credit("INV-2025-00001", "800.00", by_bot_alone=True),)),
        small_price(earlier_credits=(earlier_credit("INV-2025-00001", "800.01"),)),
        small_price(
            earlier_credits=(
                earlier_credit("INV-2025-00001", "800.01", by_bot_alone=True, decided_at=NOW - timedelta(days=31)),
            )
        ),
        with_invoice(small_price(), invoice_date=NOW.date() - timedelta(days=180)),
    ],
)
def test_at_the_very_limit_the_bot_still_acts_alone(facts):
    assert run(facts).route is Route.ROUTINE


def question(facts, *, keep=lambda finding: True):
    decision = run(small_price())
    (entry,) = facts.invoices.values()
    findings = tuple(finding for finding in decision.findings if keep(finding))
    return MatterInQuestion(facts, credit_matter(facts, entry, usd("200.00")), findings, POLICY)


@pytest.mark.parametrize(
    ("guard", "asked"),
    [
        ("kill_switch_off", question(small_price(stopped="close"))),
        ("identity_level_ge_2", question(small_price(sender=sender_of("C-1006", level=IdentityLevel.L1)))),
        ("no_open_fraud_flag", question(small_price(sender=sender_of("C-1006", fraud_signs=("x",))))),
        ("customer_not_blocked", question(small_price(customer=None))),
        ("customer_not_blocked", question(small_price(customer=replace(CUSTOMERS["C-1006"], status="blocked")))),
        ("ledger_snapshot_age_le_24h", question(small_price(snapshot_generated_at=NOW - timedelta(hours=25)))),
        ("erp_readback_equals_snapshot", question(small_price(), keep=lambda finding: finding.check != "V06")),
        ("currency_equal", question(small_price(), keep=lambda finding: finding.check != "V07")),
        ("delta_recomputed_from_contract", question(small_price(), keep=lambda finding: finding.check != "V09")),
        ("two_independent_corroborators", question(small_price(), keep=lambda finding: finding.check != "V03")),
        ("invoice_open_ge_delta", question(with_invoice(small_price(), open_amount=usd("199.99")))),
    ],
)
def test_a_guard_says_no_by_itself_whatever_the_checks_say(guard, asked):
    assert failing_guards(GUARDS, asked) == (guard,)


@pytest.mark.parametrize(
    ("guard", "changes"),
    [
        ("category_is_BILLING_DISPUTE", {"category": Category.CREDIT_NOTE_REQUEST}),
        ("reason_in_PRICE_QUANTITY_DUPLICATE", {"reason": DisputeReason.TAX}),
        ("reason_in_PRICE_QUANTITY_DUPLICATE", {"reason": None}),
    ],
)
def test_a_guard_asks_for_the_kind_of_request(guard, changes):
    facts = small_price()
    asked = question(replace(facts, request=replace(facts.request, **changes)))
    assert failing_guards(GUARDS, asked) == (guard,)


def test_a_guard_asks_for_a_clear_match_and_for_checks_without_a_veto():
    facts = small_price()
    unclear = replace(facts, matches=(replace(facts.matches[0], decision=MatchDecision.SUGGEST),))
    assert failing_guards(GUARDS, question(unclear)) == ("match_decision_auto",)
    stopped = replace(
        question(facts),
        findings=(*question(facts).findings, check_no_duplicate_case(replace(facts, open_duplicate="CSR-2025-000100"))),
    )
    assert failing_guards(GUARDS, stopped) == ("no_veto_finding",)


DISTURBANCES = {
    "nobody known": {"sender": sender_of("C-1006", level=IdentityLevel.L1)},
    "fraud": {"sender": sender_of("C-1006", fraud_signs=("Reply-To elsewhere",))},
    "busy bot": {"bot_effects_24h": 5},
    "reopened": {"reopen_count": 1},
    "old ledger": {"snapshot_generated_at": NOW - timedelta(days=2)},
    "stopped": {"stopped": "year-end close"},
    "same line": {"earlier_credits": (earlier_credit("INV-2025-00409", "3.00", line_nos=frozenset({1})),)},
    "other line": {"earlier_credits": (earlier_credit("INV-2025-00409", "3.00", posted=False),)},
    "generous bot": {"earlier_credits": (earlier_credit("INV-2025-00001", "999.00", by_bot_alone=True),)},
}


@st.composite
def any_facts(draw):
    """A price dispute of whatever size with whatever stands against it."""
    agreed, above = (draw(st.decimals(min_value="0.01", max_value="99", places=2)) for _ in range(2))
    billed = agreed + above
    quantity = draw(st.decimals(min_value="0.1", max_value="60", places=1))
    net = Money(quantity * billed, "USD").rounded()
    tax = Money(net.amount * draw(st.sampled_from([0, 8, 19])) / 100, "USD").rounded()
    gross = net + tax
    paid = Money(gross.amount * draw(st.sampled_from([0, 0, 50, 99])) / 100, "USD").rounded()
    facts = small_price()
    (entry,) = facts.matched()
    line = replace(entry.lines[0], quantity=quantity, unit_price=billed, net=net, tax=tax)
    invoice = replace(entry.invoice, net=net, tax=tax, gross=gross, open_amount=gross - paid)
    terms = tuple(replace(term, unit_price=agreed) for term in entry.price_terms)
    amounts = (claim(f"{billed:f}", AmountRole.BILLED_VALUE), claim(f"{agreed:f}", AmountRole.CORRECT_VALUE))
    facts = replace(facts, request=replace(facts.request, amounts=amounts))
    for name in draw(st.lists(st.sampled_from(sorted(DISTURBANCES)), max_size=2)):
        facts = replace(facts, **DISTURBANCES[name])
    return with_entry(facts, lines=(line,), invoice=invoice, price_terms=terms)


@settings(max_examples=300, deadline=None)
@given(any_facts())
def test_the_bot_alone_never_credits_above_its_limit_and_nobody_is_asked_for_more_than_is_open(facts):
    decision = run(facts)
    (entry,) = facts.matched()
    if decision.route is Route.ROUTINE:
        assert decision.total <= usd("250.00")
        assert not list(facts.credits_on("INV-2025-00409"))
        assert facts.sender == sender_of("C-1006")
    if decision.route is not Route.EXCEPTION:
        assert usd("0.00") < decision.total <= entry.invoice.open_amount
        assert decision.effects[0].params["amount"] == decision.total.text()
        lines = decision.effects[0].params["lines"]
        assert sum(Decimal(line["net"]) + Decimal(line["tax"]) for line in lines) == decision.total.amount
        assert decision.steps


def test_the_same_facts_give_the_same_decision():
    assert run(s1()) == run(s1())


def test_an_unsafe_attachment_stops_every_automatic_answer():
    decision = run(replace(small_price(), attachment_flags=("terms.xlsm: MACRO: the file holds macros",)))
    assert decision.route is Route.EXCEPTION
    assert "UNSAFE_ATTACHMENT" in decision.reasons
