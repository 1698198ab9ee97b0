from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from csr_bot.core.document import MistakesError
from csr_bot.core.guards import _GUARDS
from csr_bot.core.money import Money
from csr_bot.core.policy import GUARD_NAMES, read_policy
from csr_bot.core.request import Category, DisputeReason
from tests.core.facts import POLICY, POLICY_FILE, usd

TEXT = POLICY_FILE.read_text()
BOT_BAND = "{max: 250.00, steps: [[bot]], auto_guard: CN_AUTO}"
LEAD_BAND = "{max: 2500.00, steps: [[ar_lead, ar_manager]]}"
LAST_BAND = "{max: null, steps: [[controller], [cfo]]}"
LAST_ROUTE = "  - {queue: triage, owner_role: ar_lead}"
MATRIX = "approval_matrix.credit_note.bands"


def mistakes_in(old: str, new: str) -> list[tuple[int, str, str]]:
    """What is named after one change of the shipped policy: line, field and reason."""
    assert TEXT.count(old) == 1, old
    with pytest.raises(MistakesError) as caught:
        read_policy(TEXT.replace(old, new), file="house.yaml")
    assert {mistake.file for mistake in caught.value.mistakes} == {"house.yaml"}
    return [(mistake.line, mistake.field, mistake.reason) for mistake in caught.value.mistakes]


def line_of(text: str) -> int:
    return TEXT[: TEXT.index(text)].count("\n") + 1


def test_the_shipped_policy_is_read_whole():
    assert (POLICY.policy_id, POLICY.version, POLICY.base_currency) == ("POL-STANDARD", 7, "USD")
    assert POLICY.effective_from.isoformat() == "2025-11-01T00:00:00+00:00"
    assert POLICY.rounding == Decimal("0.02")
    assert POLICY.max_copies == 20
    assert len(POLICY.credit_note.bands) == 6


def test_every_guard_that_a_policy_may_name_has_a_meaning():
    assert set(_GUARDS) == GUARD_NAMES


@pytest.mark.parametrize(
    ("upto", "here", "above"),
    [
        ("250.00", [{"bot"}], [{"ar_lead", "ar_manager"}]),
        ("2500.00", [{"ar_lead", "ar_manager"}], [{"ar_manager"}]),
        ("10000.00", [{"ar_manager"}], [{"ar_manager"}, {"controller"}]),
        ("25000.00", [{"ar_manager"}, {"controller"}], [{"controller"}, {"finance_director"}]),
        ("100000.00", [{"controller"}, {"finance_director"}], [{"controller"}, {"cfo"}]),
    ],
)
def test_a_limit_is_inclusive_and_one_cent_more_is_the_next_band(upto, here, above):
    limit = usd(upto)
    assert [set(step) for step in POLICY.band(limit).steps] == here
    assert [set(step) for step in POLICY.band(limit + usd("0.01")).steps] == above


def test_an_amount_above_every_limit_has_a_band():
    assert POLICY.band(usd("99999999.99")).upto is None


def test_a_negative_amount_has_the_band_of_its_size():
    assert POLICY.band(usd("-2400.00")) == POLICY.band(usd("2400.00"))


def test_an_amount_in_another_currency_has_no_band():
    assert POLICY.band(Money(Decimal("1.00"), "EUR")) is None


def test_what_the_bot_may_not_do_goes_to_the_next_band_of_people_and_never_to_one_below():
    bands = POLICY.credit_note.bands
    second = replace(bands[0], upto=Decimal(5000))
    mixed = replace(POLICY, credit_note=replace(POLICY.credit_note, bands=(bands[1], second, *bands[2:])))
    assert mixed.band_of_people(second) is bands[2]


@pytest.mark.parametrize(
    ("category", "reason", "queue", "role"),
    [
        (Category.BANK_DETAIL_CHANGE, None, "security", "fraud_officer"),
        (Category.BILLING_DISPUTE, DisputeReason.TAX, "tax", "tax_specialist"),
        (Category.BILLING_DISPUTE, DisputeReason.PRICE, "billing", "ar_analyst"),
        (Category.BILLING_DISPUTE, None, "billing", "ar_analyst"),
        (Category.UNKNOWN, None, "triage", "ar_lead"),
    ],
)
def test_the_first_row_of_the_routing_that_fits_is_taken(category, reason, queue, role):
    routing = POLICY.route(category, reason)
    assert (routing.queue, routing.owner_role) == (queue, role)


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        (BOT_BAND, "{max: 3000.00, steps: [[bot]], auto_guard: CN_AUTO}", f"{MATRIX}[1]", "bands overlap"),
        (LEAD_BAND, "{max: 250.00, steps: [[ar_lead]]}", f"{MATRIX}[1]", "bands overlap"),
        (BOT_BAND, "{max: 0, steps: [[bot]], auto_guard: CN_AUTO}", f"{MATRIX}[0].max", "not above zero"),
        (BOT_BAND, "{max: -250.00, steps: [[bot]], auto_guard: CN_AUTO}", f"{MATRIX}[0].max", "not above zero"),
        (LEAD_BAND, "{max: 2500.00, steps: [[ar_boss]]}", f"{MATRIX}[1].steps[0]", "unknown role 'ar_boss'"),
        (LEAD_BAND, "{max: 2500.00, steps: []}", f"{MATRIX}[1].steps", "at least one step"),
        (LEAD_BAND, "{max: 2500.00, steps: [[]]}", f"{MATRIX}[1].steps[0]", "at least one role"),
        (LEAD_BAND, "{max: 2500.00}", f"{MATRIX}[1]", "'steps' is missing"),
        (LEAD_BAND, "{max: 2500.00, steps: ar_lead}", f"{MATRIX}[1].steps", "a list is needed"),
        (LEAD_BAND, "{max: 2500.00, steps: [[ar_lead]], auto_guard: CN_AUTO}", f"{MATRIX}[1]", "band of the bot"),
        (BOT_BAND, "{max: 250.00, steps: [[bot]]}", f"{MATRIX}[0]", "needs an auto_guard"),
        (BOT_BAND, "{max: 250.00, steps: [[bot]], auto_guard: CN}", f"{MATRIX}[0].auto_guard", "unknown guard list"),
        (BOT_BAND, "{max: 250.00, steps: [[bot, ar_lead]], auto_guard: CN_AUTO}", f"{MATRIX}[0]", "SOD-09"),
        (BOT_BAND, "{max: 250.00, steps: [[bot], [ar_lead]], auto_guard: CN_AUTO}", f"{MATRIX}[0]", "SOD-09"),
        (LAST_BAND, "{max: 500000.00, steps: [[controller], [cfo]]}", MATRIX, "no upper bound"),
        (LAST_BAND, "{max: null, steps: [[bot]], auto_guard: CN_AUTO}", MATRIX, "for people"),
        (LEAD_BAND, "{max: null, steps: [[ar_lead]]}", f"{MATRIX}[2]", "never reached"),
        (LEAD_BAND, "{max: 2.5e3, steps: [[ar_lead]]}", f"{MATRIX}[1].max", "'2.5e3' is not a decimal number"),
        (LEAD_BAND, "{max: 2_500, steps: [[ar_lead]]}", f"{MATRIX}[1].max", "not a decimal number"),
        (LEAD_BAND, "{max: .inf, steps: [[ar_lead]]}", f"{MATRIX}[1].max", "not a decimal number"),
        (LEAD_BAND, "{max: NaN, steps: [[ar_lead]]}", f"{MATRIX}[1].max", "not a decimal number"),
        (LEAD_BAND, "{max: 2500.00, step: [[ar_lead]], steps: [[cfo]]}", f"{MATRIX}[1].step", "unknown field"),
        ("cumulate_days: 30", "cumulate_days: 0", "approval_matrix.credit_note.cumulate_days", "above zero"),
        ("version: 7", "version: seven", "version", "not a whole number"),
        ("version: 7", "version: 0", "version", "above zero"),
        ("version: 7", "version: [7]", "version", "a single value"),
        ("base_currency: USD", "base_currency: usd", "base_currency", "ISO 4217"),
        ("base_currency: USD", "base_currency: DOLLAR", "base_currency", "ISO 4217"),
        ("2025-11-01T00:00:00Z", "2025-11-01T00:00:00", "effective_from", "no time zone"),
        ("2025-11-01T00:00:00Z", "soon", "effective_from", "soon"),
        ("global: [kill_switch_off", "global: [kill_switch", "auto_guards.global[0]", "unknown guard 'kill_switch'"),
        ("  global: [kill", "  general: [kill", "auto_guards", "'global' is missing"),
        ("category: PAYMENT_STATUS,", "category: PAYMENTS,", "routing[5].category", "PAYMENTS"),
        ("reason: TAX,", "reason: TAXES,", "routing[2].reason", "TAXES"),
        ("queue: tax, owner_role: tax_specialist", "queue: tax, owner_role: taxman", "routing[2].owner_role", "taxman"),
        (LAST_ROUTE, "  - {category: UNKNOWN, queue: triage, owner_role: ar_lead}", "routing", "must fit everything"),
        ("money_corroborators: 2", "money_corroborators: 1", "matching.money_corroborators", "at least two"),
        ("money_corroborators: 2", "money_corroborators: 2.5", "matching.money_corroborators", "whole number"),
        ("  margin: 15", "  margins: 15", "matching.margins", "unknown field"),
        ("  suggest: 40\n", "", "matching", "'suggest' is missing"),
        ("rounding_abs: 0.02", "rounding_abs: -0.02", "tolerances.rounding_abs", "below zero"),
        ("rounding_abs: 0.02", "rounding_abs: 2%", "tolerances.rounding_abs", "not a decimal number"),
        ("per_request: 20", "per_request: 20.5", "limits.invoice_copies_per_request", "whole number"),
        ("policy_id: POL-STANDARD", "policy_id:", "policy_id", "a single value"),
        ("tolerances: {", "tolerance: {", "(document)", "'tolerances' is missing"),
        ("base_currency: USD", "base_currency: USD\nbase_currency: EUR", "base_currency", "twice"),
    ],
)
def test_a_planted_mistake_is_named_with_its_field(old, new, field, reason):
    found = mistakes_in(old, new)
    assert any(place == field and reason in why for _, place, why in found), found


@pytest.mark.parametrize("old", [BOT_BAND, LEAD_BAND])
def test_a_planted_mistake_is_named_with_its_line(old):
    found = mistakes_in(old, "{max: x, steps: [[nobody]]}")
    assert {line for line, _, _ in found} == {line_of(old)}
    assert len(found) == 2


def test_all_mistakes_are_named_at_once():
    wrong = TEXT.replace("version: 7", "version: x").replace("base_currency: USD", "base_currency: x")
    with pytest.raises(MistakesError) as caught:
        read_policy(wrong.replace("rounding_abs: 0.02", "rounding_abs: x"), file="house.yaml")
    assert [mistake.field for mistake in caught.value.mistakes] == [
        "version",
        "base_currency",
        "tolerances.rounding_abs",
    ]


@pytest.mark.parametrize("text", ["", "# nothing\n", "just text", "- a\n- b", "a: [", "a: b: c"])
def test_what_is_no_policy_at_all_is_named_and_nothing_breaks(text):
    with pytest.raises(MistakesError):
        read_policy(text, file="house.yaml")


def test_a_list_of_guards_is_not_empty():
    start, end = TEXT.index("  CN_AUTO: ["), TEXT.index("# Where a case goes")
    with pytest.raises(MistakesError, match="at least one"):
        read_policy(TEXT[:start] + "  CN_AUTO: []\n\n" + TEXT[end:], file="house.yaml")
