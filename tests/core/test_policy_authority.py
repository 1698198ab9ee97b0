"""Who has to approve: every edge of the approval matrix, cumulation, extra steps, requirements, fields and rates."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.matters import Matter, MatterKind
from csr_bot.core.money import Money
from csr_bot.core.policy import NoRate
from tests.core.policies import SKETCH, changed, matter, rule, steps, usd

K = MatterKind

# What lets the lowest bands apply.
MET = {
    "kyc_approved": True,
    "dscr_ge_1_25": True,
    "no_overdue_gt_30": True,
    "instalments_le_3": True,
    "first_payment_le_14d": True,
    "callback_verified": True,
    "cooling_off_48h": True,
}
# What makes no condition of an extra step hold.
PLAIN = {
    "reason": "PRICE",
    "period_closed": False,
    "invoice_age_days": 10,
    "customer__overdue_amount": Decimal(0),
    "kyc__risk_rating": "LOW",
    "kyc__hit": False,
}

EDGES = [
    (K.CREDIT_NOTE, "250.00", "bot", "ar_lead|ar_manager"),
    (K.CREDIT_NOTE, "2500.00", "ar_lead|ar_manager", "ar_manager"),
    (K.CREDIT_NOTE, "10000.00", "ar_manager", "ar_manager, controller"),
    (K.CREDIT_NOTE, "25000.00", "ar_manager, controller", "controller, finance_director"),
    (K.CREDIT_NOTE, "100000.00", "controller, finance_director", "controller, cfo"),
    (K.REFUND, "1000.00", "ar_manager", "ar_manager, treasury_manager"),
    (K.REFUND, "25000.00", "ar_manager, treasury_manager", "controller, cfo"),
    (K.CLAIM_DENIAL, "2500.00", "ar_analyst|ar_lead", "ar_lead|ar_manager"),
    (K.SMALL_BALANCE_WRITEOFF, "10.00", "bot", "ar_manager"),
    (K.SMALL_BALANCE_WRITEOFF, "500.00", "ar_manager", "controller"),
    (K.SMALL_BALANCE_WRITEOFF, "5000.00", "controller", "controller, cfo"),
    (K.CASH_ALLOCATION, "50000.00", "bot", "cash_app_analyst"),
    (K.CREDIT_LIMIT_CHANGE, "25000.00", "credit_analyst", "credit_analyst, credit_manager"),
    (K.CREDIT_LIMIT_CHANGE, "250000.00", "credit_analyst, credit_manager", "credit_manager, cfo"),
    (K.PAYMENT_TERMS_CHANGE, "100000.00", "credit_manager", "credit_manager, finance_director"),
    (K.PAYMENT_PLAN, "10000.00", "ar_manager", "credit_manager, controller"),
    (K.PAYMENT_PLAN, "100000.00", "credit_manager, controller", "controller, cfo"),
    (K.PO_REFERENCE_UPDATE, "50000.00", "bot", "ar_lead"),
    (K.LC_ACTION, "100000.00", "trade_finance_analyst", "trade_finance_analyst, treasury_manager"),
]
OPEN = [
    (K.CASH_REALLOCATION_OTHER_CUSTOMER, "cash_app_analyst, ar_manager"),
    (K.BANK_DETAIL_CHANGE, "master_data_steward, treasury_manager"),
    (K.MASTER_DATA_CHANGE, "master_data_steward"),
    (K.KYC_RELEASE, "kyc_officer"),
]


def test_the_tables_of_this_test_hold_every_band():
    assert {kind for kind, *_ in EDGES} | {kind for kind, _ in OPEN} == set(MatterKind)
    bands = sum(len(authority.bands) for authority in SKETCH.approval_matrix.values())
    assert len(EDGES) + len({kind for kind, *_ in EDGES}) + len(OPEN) == bands


@pytest.mark.parametrize(("kind", "limit", "here", "above"), EDGES)
def test_a_limit_is_inclusive_and_one_cent_more_is_the_next_band(kind, limit, here, above):
    one_more = str(Decimal(limit) + Decimal("0.01"))
    assert rule(matter(kind, limit, **MET, **PLAIN)).steps == steps(here)
    assert rule(matter(kind, one_more, **MET, **PLAIN)).steps == steps(above)


@pytest.mark.parametrize(("kind", "limit", "here", "above"), EDGES)
def test_a_negative_amount_has_the_band_of_its_size(kind, limit, here, above):
    assert rule(matter(kind, f"-{limit}", **MET, **PLAIN)).steps == steps(here)
    assert rule(matter(kind, str(Decimal(f"-{limit}") - Decimal("0.01")), **MET, **PLAIN)).steps == steps(above)


@pytest.mark.parametrize(("kind", "needed"), OPEN)
@pytest.mark.parametrize("amount", ["0.00", "0.01", "99999999.99"])
def test_some_matters_need_the_same_people_whatever_the_amount(kind, needed, amount):
    assert rule(matter(kind, amount, **MET, **PLAIN)).steps == steps(needed)


@pytest.mark.parametrize(
    ("amount", "cumulated", "needed"),
    [
        ("200.00", "200.00", "bot"),
        ("200.00", "250.00", "bot"),
        ("200.00", "250.01", "ar_lead|ar_manager"),
        ("200.00", "10000.01", "ar_manager, controller"),
        ("200.00", "-250.01", "ar_lead|ar_manager"),
        ("2500.01", "0.00", "ar_manager"),  # the sum never lowers the band of the amount itself
    ],
)
def test_the_cumulated_amount_chooses_the_band(amount, cumulated, needed):
    ruling = rule(matter(K.CREDIT_NOTE, amount, **PLAIN), cumulated)
    assert ruling.steps == steps(needed)
    assert ruling.amount.amount == max(abs(Decimal(amount)), abs(Decimal(cumulated)))


def test_what_is_added_up_is_said_for_each_kind():
    windows = {
        kind: (set(authority.cumulation.scope), authority.cumulation.window.days)
        for kind, authority in SKETCH.approval_matrix.items()
        if authority.cumulation
    }
    assert windows == {
        K.CREDIT_NOTE: ({"customer", "invoice"}, 30),
        K.REFUND: ({"customer"}, 30),
        K.SMALL_BALANCE_WRITEOFF: ({"customer"}, 365),
    }


def test_where_the_bot_may_not_act_the_next_band_of_people_does():
    ruling = rule(matter(K.CREDIT_NOTE, "200.00", **PLAIN))
    assert (ruling.auto_guard, ruling.steps) == ("CN_AUTO", steps("bot"))
    assert ruling.steps_of_people == steps("ar_lead|ar_manager")
    guards = SKETCH.guard_names(ruling)
    assert guards == SKETCH.auto_guards["global"] + SKETCH.auto_guards["CN_AUTO"]


def test_a_guard_of_two_lists_is_asked_once():
    names = SKETCH.guard_names(rule(matter(K.MASTER_DATA_CHANGE, "0.00", "phone")))
    assert len(names) == len(set(names))
    assert names[-1] == "field_not_sensitive"


def test_it_never_goes_to_a_band_below():
    bot_band = '{max: "10000.00", steps: [[bot]], auto_guard: CN_AUTO}'
    policy = changed('{max: "10000.00", steps: [[ar_manager]]}', bot_band)
    ruling = rule(matter(K.CREDIT_NOTE, "5000.00", **PLAIN), policy=policy)
    assert ruling.auto_guard == "CN_AUTO"
    assert ruling.steps_of_people == steps("ar_manager, controller")


@pytest.mark.parametrize(
    ("kind", "amount", "about", "needed"),
    [
        (K.CREDIT_NOTE, "2000.00", {"reason": "TAX"}, "tax_specialist, ar_lead|ar_manager"),
        (K.CREDIT_NOTE, "20000.00", {"reason": "TAX"}, "tax_specialist, ar_manager, controller"),
        (K.CREDIT_NOTE, "2000.00", {"period_closed": True}, "ar_lead|ar_manager, controller"),
        (K.CREDIT_NOTE, "2000.00", {"invoice_age_days": 180}, "ar_lead|ar_manager"),
        (K.CREDIT_NOTE, "2000.00", {"invoice_age_days": 181}, "ar_lead|ar_manager, controller"),
        (K.CREDIT_NOTE, "9000.00", {"reason": "TAX", "period_closed": True}, "tax_specialist, ar_manager, controller"),
        # Who approves as controller anyway is not asked twice.
        (K.CREDIT_NOTE, "20000.00", {"period_closed": True}, "ar_manager, controller"),
        (K.CREDIT_NOTE, "50000.00", {"period_closed": True}, "controller, finance_director"),
        (K.REFUND, "500.00", {"customer__overdue_amount": Decimal(0)}, "ar_manager"),
        (K.REFUND, "500.00", {"customer__overdue_amount": Decimal("0.01")}, "credit_manager, ar_manager"),
        (K.REFUND, "30000.00", {"customer__overdue_amount": Decimal(1)}, "credit_manager, controller, cfo"),
        (K.KYC_RELEASE, "0.00", {"kyc__risk_rating": "MEDIUM"}, "kyc_officer"),
        (K.KYC_RELEASE, "0.00", {"kyc__risk_rating": "HIGH"}, "kyc_officer, kyc_manager"),
        (K.KYC_RELEASE, "0.00", {"kyc__hit": True}, "kyc_officer, kyc_manager"),
    ],
)
def test_an_extra_step_is_added_where_its_condition_holds(kind, amount, about, needed):
    ruling = rule(matter(kind, amount, **(PLAIN | about)))
    assert ruling.steps == ruling.steps_of_people == steps(needed)
    assert ruling.undecided == ()


def test_a_step_that_is_there_already_comes_first_where_it_is_asked_first():
    policy = changed("add: [controller]}", "add: [controller], position: first}")
    ruling = rule(matter(K.CREDIT_NOTE, "20000.00", **(PLAIN | {"period_closed": True})), policy=policy)
    assert ruling.steps == steps("controller, ar_manager")


def test_what_is_asked_first_comes_in_the_order_of_the_policy():
    policy = changed("add: [controller]}", "add: [cfo], position: first}")
    ruling = rule(matter(K.CREDIT_NOTE, "2000.00", **(PLAIN | {"reason": "TAX", "period_closed": True})), policy=policy)
    assert ruling.steps == steps("tax_specialist, cfo, ar_lead|ar_manager")


@pytest.mark.parametrize("about", [{"reason": "TAX"}, {"period_closed": True}, {"invoice_age_days": 400}])
def test_an_extra_step_takes_a_matter_from_the_bot(about):
    ruling = rule(matter(K.CREDIT_NOTE, "100.00", **(PLAIN | about)))
    assert ruling.auto_guard is None
    assert steps("ar_lead|ar_manager")[0] in ruling.steps
    assert len(ruling.steps) == 2


@pytest.mark.parametrize("unknown", ["reason", "period_closed", "invoice_age_days"])
def test_the_bot_does_not_act_while_it_is_open_whether_an_extra_step_is_needed(unknown):
    ruling = rule(matter(K.CREDIT_NOTE, "100.00", **(PLAIN | {unknown: None})))
    assert (ruling.auto_guard, ruling.steps) == (None, steps("ar_lead|ar_manager"))
    assert ruling.undecided == (unknown,)


def test_what_is_not_known_adds_no_step():
    ruling = rule(matter(K.REFUND, "500.00"))
    assert (ruling.steps, ruling.undecided) == (steps("ar_manager"), ("customer.overdue_amount",))


@pytest.mark.parametrize(
    ("kind", "amount", "missing", "needed"),
    [
        (K.CREDIT_LIMIT_CHANGE, "20000.00", "kyc_approved", "credit_analyst, credit_manager"),
        (K.CREDIT_LIMIT_CHANGE, "20000.00", "dscr_ge_1_25", "credit_analyst, credit_manager"),
        (K.CREDIT_LIMIT_CHANGE, "20000.00", "no_overdue_gt_30", "credit_analyst, credit_manager"),
        (K.PAYMENT_PLAN, "9000.00", "instalments_le_3", "credit_manager, controller"),
        (K.PAYMENT_PLAN, "9000.00", "first_payment_le_14d", "credit_manager, controller"),
    ],
)
@pytest.mark.parametrize("answer", [False, None])
def test_where_a_requirement_does_not_hold_the_next_band_applies(kind, amount, missing, needed, answer):
    ruling = rule(matter(kind, amount, **(MET | {missing: answer})))
    assert (ruling.steps, ruling.lifted_by, ruling.unmet) == (steps(needed), (missing,), ())


@pytest.mark.parametrize(
    ("about", "unmet"),
    [
        ({}, ("callback_verified", "cooling_off_48h")),
        ({"callback_verified": True}, ("cooling_off_48h",)),
        ({"callback_verified": True, "cooling_off_48h": False}, ("cooling_off_48h",)),
        ({"callback_verified": True, "cooling_off_48h": True}, ()),
    ],
)
def test_where_there_is_no_next_band_the_matter_waits(about, unmet):
    ruling = rule(matter(K.BANK_DETAIL_CHANGE, "0.00", **about))
    assert (ruling.unmet, ruling.lifted_by) == (unmet, ())
    assert ruling.steps == steps("master_data_steward, treasury_manager")
    assert ruling.auto_guard is None


@pytest.mark.parametrize(
    ("fields", "needed", "guard"),
    [
        (["phone"], "bot", "MD_AUTO"),
        (["phone", "email_invoice", "po_required"], "bot", "MD_AUTO"),
        (["ship_to_address"], "master_data_steward", None),
        (["legal_name"], "master_data_steward, kyc_officer", None),
        (["tax_id", "country", "bill_to_address"], "master_data_steward, kyc_officer", None),
        (["phone", "legal_name"], "master_data_steward, kyc_officer", None),
        (["phone", "ship_to_address"], "master_data_steward", None),
        ([], "master_data_steward", None),
    ],
)
def test_the_fields_that_change_decide_who_approves(fields, needed, guard):
    ruling = rule(matter(K.MASTER_DATA_CHANGE, "0.00", *fields))
    assert (ruling.steps, ruling.auto_guard) == (steps(needed), guard)


def test_a_field_that_no_policy_knows_is_a_defect_and_no_harmless_field():
    with pytest.raises(ValueError, match="billing_adress"):
        rule(matter(K.MASTER_DATA_CHANGE, "0.00", "billing_adress"))


def test_a_harmless_field_goes_to_the_steward_where_the_bot_may_not():
    assert rule(matter(K.MASTER_DATA_CHANGE, "0.00", "phone")).steps_of_people == steps("master_data_steward")


def test_two_people_of_one_role_stay_two():
    policy = changed("    field_rules:\n", "    field_rules:\n      - {fields: [language], steps: [[cfo], [cfo]]}\n")
    assert rule(matter(K.MASTER_DATA_CHANGE, "0.00", "language"), policy=policy).steps == steps("cfo, cfo")
    both = rule(matter(K.MASTER_DATA_CHANGE, "0.00", "language", "legal_name"), policy=policy)
    assert both.steps == steps("cfo, cfo, master_data_steward, kyc_officer")


@pytest.mark.parametrize(
    ("amount", "rate", "needed"),
    [
        ("200.00", "1.25", "bot"),
        ("200.01", "1.25", "ar_lead|ar_manager"),
        ("200.00", "1.25002", "bot"),  # 250.004, which is 250.00
        ("200.00", "1.25003", "ar_lead|ar_manager"),  # 250.006
        ("38000", "0.0066", "ar_lead|ar_manager"),  # 250.80
    ],
)
def test_an_amount_in_another_currency_has_the_band_of_its_value(amount, rate, needed):
    asked = Matter(K.CREDIT_NOTE, Money(Decimal(amount), "EUR"), about=matter(K.CREDIT_NOTE, "0", **PLAIN).about)
    ruling = SKETCH.rule(asked, cumulated=Decimal(0), rate=Decimal(rate))
    assert ruling.steps == steps(needed)
    assert ruling.amount.currency == "USD"


def test_without_a_rate_there_is_no_band():
    asked = Matter(K.CREDIT_NOTE, Money(Decimal("1.00"), "EUR"))
    ruling = SKETCH.rule(asked, cumulated=Decimal("1.00"))
    assert ruling == NoRate("EUR", "USD")
    assert ruling.reason == "FX_RATE_MISSING"


@pytest.mark.parametrize("rate", ["0", "-1.1"])
def test_a_rate_is_above_zero(rate):
    with pytest.raises(ValueError, match="above zero"):
        SKETCH.in_base(Money(Decimal(1), "EUR"), rate=Decimal(rate))


@given(
    st.sampled_from(MatterKind),
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.decimals(min_value=0, max_value=10**9, places=2),
)
def test_a_higher_amount_never_has_a_lower_band(kind, one, other):
    low, high = sorted((one, other))
    bands = SKETCH.approval_matrix[kind].bands
    first, second = (bands.index(rule(matter(kind, str(amount), **MET, **PLAIN)).band) for amount in (low, high))
    assert first <= second


@given(st.sampled_from(MatterKind), st.decimals(min_value=0, max_value=10**9, places=2), st.booleans())
def test_the_bot_is_never_among_people(kind, amount, known):
    ruling = rule(matter(kind, str(amount), **(MET | PLAIN if known else {})))
    assert ruling.steps_of_people
    assert not any("bot" in step for step in ruling.steps_of_people)
    assert (ruling.steps == steps("bot")) == (ruling.auto_guard is not None)


def test_the_amount_is_rounded_as_on_a_document():
    assert rule(matter(K.CREDIT_NOTE, "250.004", **PLAIN)).amount == usd("250.00")
