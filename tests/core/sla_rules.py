"""The points, targets and escalation steps of the standard policy, as values."""

from __future__ import annotations

from decimal import Decimal

from csr_bot.core.priority import (
    AgeingPoints,
    FinancialBand,
    ForcedReason,
    PriorityLevel,
    PriorityPolicy,
    RiskPoints,
    UrgencyPoints,
)
from csr_bot.core.request import Category
from csr_bot.core.service_levels import Channel, EscalationAction, EscalationStep, ResponseMinutes, SlaPolicy
from tests.core.calendars import ALWAYS

P1, P2, P3, P4 = PriorityLevel

BANDS = (("0.00", 0), ("1000.00", 5), ("5000.00", 12), ("10000.00", 18), ("25000.00", 25), ("100000.00", 30))

PRIORITY = PriorityPolicy(
    financial_bands=(*(FinancialBand(Decimal(upto), points) for upto, points in BANDS), FinancialBand(None, 35)),
    urgency=UrgencyPoints(
        suspension_or_legal_le_24h=25,
        explicit_deadline_le_3bd=18,
        dunning_level_ge_2=18,
        overdue=12,
        due_or_deadline_le_10bd=10,
        urgent_words_only=4,
        none=0,
    ),
    tier={"strategic": 15, "key": 10, "standard": 5, "small": 2},
    risk=RiskPoints(fraud=15, kyc_blocked=15, credit_hold=10, dscr_lt_1=10, dscr_1_to_1_25=5, none=0),
    ageing=AgeingPoints(gt_60=10, d31_60=7, d1_30=4, not_due=0, reopened_min=5),
    levels={P1: 70, P2: 45, P3: 20, P4: 0},
    force_p1=frozenset(ForcedReason),
)

SLA = SlaPolicy(
    acknowledge_minutes=15,
    acknowledge_calendar=ALWAYS,
    targets={
        P1: ResponseMinutes(60, 480),
        P2: ResponseMinutes(240, 960),
        P3: ResponseMinutes(480, 2400),
        P4: ResponseMinutes(960, 4800),
    },
    category_resolution_caps={Category.INVOICE_COPY: 240, Category.LETTER_OF_CREDIT: 960},
    contract_overrides=True,
    max_pause_minutes=4800,
    approval_step_minutes={P1: 60, P2: 240, P3: 480, P4: 960},
)

SCREEN_AND_MAIL = (Channel.UI, Channel.EMAIL)
STEPS = (
    EscalationStep(50, ("case_owner",), SCREEN_AND_MAIL),
    EscalationStep(75, ("team_lead",), SCREEN_AND_MAIL, EscalationAction.RAISE_QUEUE_RANK),
    EscalationStep(90, ("ar_manager",), tuple(Channel), EscalationAction.REASSIGN_IF_OWNER_ABSENT),
    EscalationStep(100, ("ar_manager", "controller"), tuple(Channel), EscalationAction.MARK_BREACHED),
    EscalationStep(150, ("finance_director",), (Channel.EMAIL,)),
)
