"""Priority: the points of the acceptance scenarios, each band and rule, and that only a person lowers a level."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.money import Money
from csr_bot.core.priority import (
    ForcedReason,
    PartName,
    Priority,
    PriorityFacts,
    explain_priority,
    lower,
    raise_only,
)
from csr_bot.core.priority_points import prioritise
from tests.core.calendars import US_NY
from tests.core.sla_rules import P1, P2, P3, P4, PRIORITY

MONDAY = date(2025, 11, 24)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def found(today_on: date = MONDAY, **facts) -> Priority:
    return prioritise(PRIORITY, PriorityFacts(**facts), calendar=US_NY, today_on=today_on)


def points(part: PartName, **facts) -> int:
    return next(each.points for each in found(**facts).parts if each.name is part)


S1 = found(amount_at_risk=usd("22400.00"), due_on=date(2025, 11, 30), tier="key", dscr=Decimal("1.62"))
S2 = found(
    date(2025, 11, 25),
    amount_at_risk=usd("9850.00"),
    due_on=date(2025, 12, 18),
    tier="standard",
    dscr=Decimal("1.62"),
)
S3 = found(amount_at_risk=usd("18750.00"), due_on=date(2025, 11, 10), dunning_level=2, tier="strategic")
S4 = found(
    date(2025, 11, 26),
    amount_at_risk=usd("6500.00"),
    due_on=date(2025, 11, 30),
    suspension_or_legal_within_24h=True,
    tier="standard",
    forced=frozenset({ForcedReason.SERVICE_INTERRUPTION_LE_24H}),
)
S5 = found(
    date(2025, 11, 21),
    amount_at_risk=usd("12325.00"),
    due_on=date(2025, 11, 27),
    urgent_words=True,
    tier="key",
    dscr=Decimal("1.12"),
)


@pytest.mark.parametrize(
    ("priority", "parts", "score", "level"),
    [
        (S1, [25, 10, 10, 0, 0], 45, P2),
        (S2, [18, 0, 5, 0, 0], 23, P3),
        (S3, [25, 18, 15, 0, 4], 62, P2),
        (S4, [18, 25, 5, 0, 0], 48, P1),
        (S5, [25, 10, 10, 5, 0], 50, P2),
    ],
    ids=["S1", "S2", "S3", "S4", "S5"],
)
def test_the_points_of_the_acceptance_scenarios(priority, parts, score, level):
    assert [part.points for part in priority.parts] == parts
    assert (priority.score, priority.level) == (score, level)


def test_a_forced_priority_says_so_beside_its_points():
    assert S4.forced_by == {ForcedReason.SERVICE_INTERRUPTION_LE_24H}
    assert explain_priority(S4) == (
        "48 points (18 + 25 + 5 + 0 + 0) give P2.",
        "18 points: 6,500.00 USD at risk, at most 10,000.00.",
        "25 points: a suspension or a legal date within 24 hours.",
        "5 points: a standard customer.",
        "0 points: no risk is known.",
        "0 points: not overdue.",
        "P1 whatever the points: the customer's service would stop within 24 hours.",
    )


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.00", 0),
        ("0.01", 5),
        ("1000.00", 5),
        ("1000.01", 12),
        ("5000.00", 12),
        ("10000.00", 18),
        ("25000.00", 25),
        ("25000.01", 30),
        ("100000.00", 30),
        ("100000.01", 35),
    ],
)
def test_the_upper_bound_of_a_band_belongs_to_it(amount, expected):
    assert points(PartName.AMOUNT, amount_at_risk=usd(amount)) == expected


def test_an_amount_or_a_tier_that_is_not_known_is_said_to_be_so():
    reasons = [part.why for part in found().parts]
    assert "the amount at risk is not known yet" in reasons
    assert "the customer's tier is not known" in reasons


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 0),
        ({"urgent_words": True}, 4),
        ({"due_on": date(2025, 12, 9)}, 10),
        ({"due_on": date(2025, 12, 10)}, 0),
        ({"due_on": date(2025, 12, 9), "urgent_words": True}, 10),
        ({"due_on": MONDAY}, 10),
        ({"due_on": date(2025, 11, 23)}, 12),
        ({"explicit_deadline_on": date(2025, 11, 28)}, 18),
        ({"explicit_deadline_on": date(2025, 11, 30)}, 18),
        ({"explicit_deadline_on": date(2025, 12, 1)}, 10),
        ({"explicit_deadline_on": date(2025, 12, 10)}, 0),
        ({"explicit_deadline_on": date(2025, 11, 20)}, 18),
        ({"dunning_level": 1}, 0),
        ({"dunning_level": 2, "due_on": date(2025, 11, 10)}, 18),
        ({"suspension_or_legal_within_24h": True, "dunning_level": 3}, 25),
        ({"credit_letter_expires_within_3_days": True}, 25),
    ],
)
def test_the_most_urgent_reason_counts(facts, expected):
    assert points(PartName.URGENCY, **facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 0),
        ({"dscr": Decimal("1.25")}, 0),
        ({"dscr": Decimal("1.2499")}, 5),
        ({"dscr": Decimal(1)}, 5),
        ({"dscr": Decimal("0.9999")}, 10),
        ({"credit_hold": True, "dscr": Decimal("1.1")}, 10),
        ({"kyc_blocked": True, "credit_hold": True}, 15),
        ({"fraud": True}, 15),
    ],
)
def test_the_worst_risk_counts(facts, expected):
    assert points(PartName.RISK, **facts) == expected


@pytest.mark.parametrize(
    ("overdue", "facts", "expected"),
    [
        (0, {}, 0),
        (1, {}, 4),
        (30, {}, 4),
        (31, {}, 7),
        (60, {}, 7),
        (61, {}, 10),
        (0, {"reopened": True}, 5),
        (10, {"reopened": True}, 5),
        (61, {"reopened": True}, 10),
        (0, {"unapplied_days": 40}, 7),
    ],
)
def test_age_counts_and_a_case_that_came_back_has_five_points_at_least(overdue, facts, expected):
    assert points(PartName.AGEING, due_on=MONDAY - timedelta(days=overdue), **facts) == expected


def test_a_model_adds_points_only_where_the_policy_lets_it_and_never_takes_any():
    asked = {"model_points": 25, "model_reason": "paid late in nine of ten months"}
    assert found(**asked).score == 0
    policy = replace(PRIORITY, model_max_points=10)
    with_model = prioritise(policy, PriorityFacts(**asked), calendar=US_NY, today_on=MONDAY)
    assert (with_model.score, with_model.parts[-1].why) == (10, "paid late in nine of ten months")
    against = prioritise(policy, PriorityFacts(model_points=-5), calendar=US_NY, today_on=MONDAY)
    assert against.score == 0


def test_a_score_never_passes_a_hundred():
    highest = found(
        amount_at_risk=usd("900000.00"),
        suspension_or_legal_within_24h=True,
        tier="strategic",
        fraud=True,
        due_on=MONDAY - timedelta(days=90),
    )
    assert (highest.score, highest.level) == (100, P1)


def test_a_new_calculation_raises_a_level_at_once():
    assert raise_only(S2, S3) == S3


def test_a_new_calculation_never_lowers_a_level_and_says_why():
    kept = raise_only(S3, S2)
    assert (kept.level, kept.by_points, kept.score) == (P2, P3, 23)
    assert explain_priority(kept)[-1] == "It stays P2: only a person lowers a priority."


def test_a_person_lowers_a_level_with_a_reason():
    lowered = lower(S3, to=P4, by="luis", reason="the customer agreed to wait")
    assert lowered.level is P4
    assert explain_priority(lowered)[-1] == "luis lowered it to P4: the customer agreed to wait."


@pytest.mark.parametrize(("to", "reason"), [(P4, "  "), (P2, "no change"), (P1, "it is worse")])
def test_lowering_needs_a_reason_and_a_lower_level(to, reason):
    with pytest.raises(ValueError, match="lower"):
        lower(S3, to=to, by="luis", reason=reason)


def test_what_a_person_lowered_stays_so_until_more_points_than_the_person_saw():
    lowered = lower(S3, to=P4, by="luis", reason="the customer agreed to wait")
    assert raise_only(lowered, S3).level is P4
    assert raise_only(lowered, S2).level is P4
    again = raise_only(raise_only(lowered, S2), S3)
    assert (again.level, again.lowering) == (P4, lowered.lowering)
    worse = raise_only(lowered, found(amount_at_risk=usd("30000.00"), dunning_level=2, tier="strategic"))
    assert (worse.score, worse.level, worse.lowering) == (63, P2, None)


def test_a_new_reason_to_force_it_overrules_what_a_person_lowered():
    lowered = lower(S3, to=P4, by="luis", reason="the customer agreed to wait")
    assert raise_only(lowered, S4).level is P1


FACTS = st.builds(
    PriorityFacts,
    amount_at_risk=st.none() | st.decimals(0, 200000, places=2).map(lambda amount: Money(amount, "USD")),
    due_on=st.none() | st.dates(date(2025, 8, 1), date(2026, 1, 31)),
    dunning_level=st.integers(0, 3),
    tier=st.sampled_from(["strategic", "key", "standard", "small"]),
    fraud=st.booleans(),
    reopened=st.booleans(),
    forced=st.frozensets(st.sampled_from(ForcedReason), max_size=1),
)


@given(st.lists(FACTS, min_size=2, max_size=5))
def test_no_history_of_calculations_ever_lowers_a_level(history):
    first, *later = (prioritise(PRIORITY, facts, calendar=US_NY, today_on=MONDAY) for facts in history)
    in_force = first
    for calculated in later:
        after = raise_only(in_force, calculated)
        assert after.level <= in_force.level
        assert after.level <= calculated.level
        in_force = after
