"""The policy is read whole, and answers what is asked of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from csr_bot.core.matters import MatterKind
from csr_bot.core.policy import read_policy
from csr_bot.core.policy.names import SOD_RULES
from csr_bot.core.priority import ForcedReason, PriorityLevel
from csr_bot.core.request import Category, DisputeReason
from csr_bot.core.service_levels import Channel, EscalationAction, ResponseMinutes
from tests.core.facts import POLICY, POLICY_FILE
from tests.core.policies import SKETCH, TEXT, changed


def test_every_row_of_the_specification_is_read():
    assert set(SKETCH.approval_matrix) == set(MatterKind)
    assert len(SKETCH.approval_matrix) == 14
    assert sum(len(authority.bands) for authority in SKETCH.approval_matrix.values()) == 33
    assert tuple(SKETCH.sod_rules) == SOD_RULES
    assert len(SKETCH.sod_rules) == 12
    assert len(SKETCH.routing) == 13


def test_the_head_of_the_policy_is_read():
    assert (SKETCH.policy_id, SKETCH.version, SKETCH.base_currency) == ("POL-2025-11", 7, "USD")
    assert SKETCH.effective_from.isoformat() == "2025-11-01T00:00:00+00:00"
    assert (SKETCH.fx.source, SKETCH.fx.max_age) == ("ecb_daily", timedelta(days=3))
    assert len(SKETCH.roles) == 20


def test_tolerances_and_points_are_read():
    assert SKETCH.tolerances.rounding_abs == Decimal("0.02")
    assert SKETCH.tolerances.cash_discount_grace_days == 3
    assert SKETCH.tolerances.bank_charge_abs == Decimal("25.00")
    assert (SKETCH.matching.ref, SKETCH.matching.customer_other, SKETCH.matching.auto) == (50, -40, 70)
    assert SKETCH.matching.money_one_of == ("ref_exact", "po_exact")


def test_what_may_be_left_out_has_values_of_its_own():
    assert (SKETCH.matching.group, SKETCH.matching.amount_close, SKETCH.matching.thread) == (15, 10, 20)
    assert (SKETCH.limits.invoice_copies_per_request, SKETCH.limits.answers_per_address_per_day) == (20, 5)
    assert SKETCH.ceilings.per_day is None
    assert (SKETCH.shadow.agreement, SKETCH.shadow.decisions) == (Decimal("0.98"), 50)


def test_what_may_be_left_out_can_be_said():
    more = 'limits: {invoice_copies_per_request: 3}\nceilings: {per_run: "500.00"}\nshadow: {agreement: "0.95"}\n'
    policy = read_policy(TEXT + more, file="more.yaml")
    assert (policy.limits.invoice_copies_per_request, policy.limits.answers_per_address_per_day) == (3, 5)
    assert (policy.ceilings.per_run, policy.ceilings.per_customer) == (Decimal("500.00"), None)
    assert (policy.shadow.agreement, policy.shadow.decisions) == (Decimal("0.95"), 50)


def test_the_points_of_a_priority_are_read():
    bands = [(band.upto, band.points) for band in SKETCH.priority.financial_bands]
    assert bands[:2] == [(Decimal(0), 0), (Decimal(1000), 5)]
    assert bands[-1] == (None, 35)
    assert SKETCH.priority.urgency.overdue == 12
    assert SKETCH.priority.tier["key"] == 10
    assert SKETCH.priority.levels[PriorityLevel.P2] == 45
    assert SKETCH.priority.force_p1 == set(ForcedReason)


@pytest.mark.parametrize(("enabled", "points"), [("false", 0), ("true", 10)])
def test_a_model_adds_points_only_where_it_is_enabled(enabled, points):
    assert changed("enabled: false", f"enabled: {enabled}").priority.model_max_points == points


def test_calendars_have_their_hours_and_holidays():
    german = SKETCH.calendars["eu-de"]
    hours = {day: [(span.start, span.end) for span in spans] for day, spans in german.week.items()}
    assert hours == {0: [(510, 1020)], 1: [(510, 1020)], 2: [(510, 1020)], 3: [(510, 1020)], 4: [(510, 900)]}
    assert (german.zone, german.region) == ("Europe/Berlin", None)
    assert german.holidays == {date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)}
    assert [(span.start, span.end) for span in SKETCH.calendars["always"].week[6]] == [(0, 1440)]


def test_a_day_may_have_a_break_and_a_calendar_the_holidays_of_a_region():
    policy = changed('{mon-fri: ["09:00", "17:00"]}', '{mon-fri: ["09:00", "12:00", "13:00", "17:00"]}, region: US-NY')
    calendar = policy.calendars["us-ny"]
    assert [(span.start, span.end) for span in calendar.week[0]] == [(540, 720), (780, 1020)]
    assert calendar.region == "US-NY"


def test_service_levels_are_read():
    assert SKETCH.sla.acknowledge_minutes == 15
    assert SKETCH.sla.acknowledge_calendar is SKETCH.calendars["always"]
    assert SKETCH.sla.targets[PriorityLevel.P3] == ResponseMinutes(480, 2400)
    assert SKETCH.sla.category_resolution_caps[Category.KYC_DOCUMENT] == 1440
    assert SKETCH.sla.approval_step_minutes[PriorityLevel.P1] == 60


def test_escalation_names_people_and_roles():
    first, *_, breached, last = SKETCH.escalation
    assert (first.at_pct, first.to, first.action) == (50, ("case_owner",), None)
    assert (breached.to, breached.action) == (("ar_manager", "controller"), EscalationAction.MARK_BREACHED)
    assert (last.at_pct, last.via) == (150, (Channel.EMAIL,))


@pytest.mark.parametrize(
    ("roles", "pair"),
    [
        (["ar_manager", "controller"], None),
        (["ar_manager", "cfo", "ops_engineer"], {"ar_manager", "ops_engineer"}),
        (["master_data_steward", "cash_app_analyst"], {"master_data_steward", "cash_app_analyst"}),
        ([], None),
    ],
)
def test_roles_that_nobody_may_hold_together_are_found(roles, pair):
    assert SKETCH.find_forbidden_pair(roles) == pair


@pytest.mark.parametrize(
    ("category", "reason", "quarantine", "queue", "role"),
    [
        (Category.PAYMENT_STATUS, None, True, "security", "fraud_officer"),
        (Category.NOT_A_REQUEST, None, False, "none", "bot"),
        (Category.BANK_DETAIL_CHANGE, None, False, "master_data", "master_data_steward"),
        (Category.BILLING_DISPUTE, DisputeReason.TAX, False, "tax", "tax_specialist"),
        (Category.BILLING_DISPUTE, DisputeReason.PRICE, False, "billing", "ar_analyst"),
        (Category.BILLING_DISPUTE, None, False, "billing", "ar_analyst"),
        (Category.CREDIT_NOTE_REQUEST, None, None, "billing", "ar_analyst"),
        (Category.UNAPPLIED_CASH_REFUND, None, False, "cash_app", "cash_app_analyst"),
        (Category.PROMISE_TO_PAY, None, False, "ar_service", "ar_analyst"),
        (Category.PAYMENT_PLAN, None, False, "credit", "credit_analyst"),
        (Category.LETTER_OF_CREDIT, None, False, "trade_finance", "trade_finance_analyst"),
        (Category.KYC_DOCUMENT, None, False, "kyc", "kyc_officer"),
        (Category.MASTER_DATA_CHANGE, None, False, "master_data", "master_data_steward"),
        (Category.CONTRACT_SERVICE_QUERY, None, False, "contracts", "contract_manager"),
        (Category.UNKNOWN, None, False, "triage", "ar_lead"),
    ],
)
def test_the_first_row_of_the_routing_that_fits_is_taken(category, reason, quarantine, queue, role):
    routing = SKETCH.route({"category": category, "reason": reason, "quarantine": quarantine})
    assert (routing.queue, routing.owner_role) == (queue, role)


def test_of_a_case_of_which_nothing_is_known_somebody_takes_care():
    assert SKETCH.route({}).queue == "triage"


def test_the_shipped_policy_gives_the_same_authority():
    assert (POLICY.policy_id, POLICY.version, POLICY.base_currency) == ("POL-STANDARD", 8, "USD")
    for part in ("approval_matrix", "roles", "priority", "calendars", "sla", "escalation", "routing", "matching"):
        assert getattr(POLICY, part) == getattr(SKETCH, part), part
    for part in ("tolerances", "limits", "ceilings", "shadow"):
        assert getattr(POLICY, part) == getattr(SKETCH, part), part
    assert POLICY.sod_rules["SOD-04"].pairs == SKETCH.sod_rules["SOD-04"].pairs


def test_the_shipped_policy_says_what_may_be_left_out():
    text = POLICY_FILE.read_text()
    for section in ("limits:", "ceilings:", "shadow:"):
        assert f"\n{section}" in text
