"""What differs between two policies is named by its place in the file, whatever the notation."""

from __future__ import annotations

import pytest

from csr_bot.core.policy import Change, describe, diff, read_policy
from tests.core.policies import SKETCH, TEXT, changed

CREDIT = "approval_matrix.credit_note"


def test_a_policy_does_not_differ_from_itself():
    assert diff(SKETCH, SKETCH) == []
    assert describe(SKETCH) == describe(read_policy(TEXT, file="again.yaml"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("steps: [[ar_analyst, ar_lead]]", "steps: [[ar_lead, ar_analyst]]"),
        ('max: "25000.00",', 'max: "25000",'),
        ("\"reason == 'TAX'\"", "reason==TAX"),
        ("{strategic: 15, key: 10,", "{key: 10, strategic: 15,"),
        ("mon-fri:", '"mon, tue-fri":'),
        ("to: case_owner", "to: [case_owner]"),
    ],
)
def test_another_notation_is_no_difference(old, new):
    policy = read_policy(TEXT.replace(old, new), file="other.yaml")
    assert TEXT.count(old) > 0
    assert diff(SKETCH, policy) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "before", "after"),
    [
        ("version: 7", "version: 8", "version", "7", "8"),
        ('{max: "250.00", steps', '{max: "500.00", steps', f"{CREDIT}.bands[0].max", "250", "500"),
        ('[[ar_lead, ar_manager]]}\n      - {max: "10', '[[ar_lead]]}\n      - {max: "10',
         f"{CREDIT}.bands[1].steps", "[[ar_lead, ar_manager]]", "[[ar_lead]]"),
        ("invoice_age_days > 180", "invoice_age_days > 90", f"{CREDIT}.extra_steps[1].when",
         "period_closed or invoice_age_days > 180", "period_closed or invoice_age_days > 90"),
        ("window_days: 365", "window_days: 90", "approval_matrix.small_balance_writeoff.cumulate.window",
         "365 days", "90 days"),
        (", requires: [instalments_le_3, first_payment_le_14d]", "",
         "approval_matrix.payment_plan.bands[0].requires", "[instalments_le_3, first_payment_le_14d]", None),
        ('fri: ["08:30", "15:00"]', 'fri: ["08:30", "24:00"]', "calendars.eu-de.week.fri",
         "[08:30-15:00]", "[08:30-24:00]"),
        ("tz: UTC, ", "tz: UTC, region: US-NY, ", "calendars.always.region", None, "US-NY"),
        ("calendar: always", "calendar: eu-de", "sla.acknowledge_calendar", "always", "eu-de"),
        ("queue: tax, ", "queue: levies, ", "routing[3].queue", "tax", "levies"),
        ('bank_charge_abs: "25.00"', 'bank_charge_abs: "20.00"', "tolerances.bank_charge_abs", "25", "20"),
        ("overdue: 12,", "overdue: 11,", "priority.urgency.overdue", "12", "11"),
        ("enabled: false", "enabled: true", "priority.model_max_points", None, "10"),
    ],
)  # fmt: skip
def test_a_change_is_named_with_its_place(old, new, path, before, after):
    assert diff(SKETCH, changed(old, new)) == [Change(path, before, after)]


def test_a_band_that_goes_is_named_whole():
    found = diff(SKETCH, changed('      - {max: "10.00", steps: [[bot]], auto_guard: WO_AUTO}\n', ""))
    places = {change.path for change in found}
    assert "approval_matrix.small_balance_writeoff.bands[3].max" in places
    assert all(path.startswith("approval_matrix.small_balance_writeoff.bands[") for path in places)


def test_every_place_has_one_text():
    described = describe(SKETCH)
    assert described[f"{CREDIT}.bands[5].max"] == "null"
    assert described["sod_rules.SOD-03.applies"] == "[money, bank, credit]"
    assert described["effective_from"] == "2025-11-01T00:00:00+00:00"
    assert described["fx.max_age"] == "3 days"
    assert all(path and text for path, text in described.items())
