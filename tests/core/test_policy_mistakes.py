"""Each mistake in a policy is named with its line, its field and the reason; no policy comes of it."""

from __future__ import annotations

import pytest

from csr_bot.core.document import MistakesError
from csr_bot.core.policy import read_policy
from tests.core.policies import TEXT, line_of, mistakes_after

BOT = '{max: "250.00", steps: [[bot]], auto_guard: CN_AUTO}'
LEAD = '{max: "2500.00", steps: [[ar_lead, ar_manager]]}'
LAST = (
    '{max: "100000.00", steps: [[controller], [finance_director]]}\n      - {max: null, steps: [[controller], [cfo]]}'
)
TAX = "{when: \"reason == 'TAX'\", add: [tax_specialist], position: first}"
HARMLESS = (
    "fields: [email_invoice, phone, contact_name, po_required, delivery_method], steps: [[bot]], auto_guard: MD_AUTO"
)
LEGAL = "fields: [legal_name, tax_id, country, bill_to_address]"
BANK = "requires: [callback_verified, cooling_off_48h]"
NOT_A_REQUEST = '{if: "category == NOT_A_REQUEST", queue: none, owner_role: bot}'
EVERYTHING = '  - {if: "true", queue: triage, owner_role: ar_lead}'
CREDIT = "approval_matrix.credit_note"
BANDS = f"{CREDIT}.bands"
MASTER = "approval_matrix.master_data_change"
CORROBORATORS = "matching.money_effects_require.independent_corroborators"

# What is written instead of what; which field is named, and a part of the reason.
TABLE = [
    # The head.
    ("policy_id: POL-2025-11", "policy_id:", "policy_id", "a single value"),
    ("policy_id: POL-2025-11", 'policy_id: " "', "policy_id", "must not be empty"),
    ("version: 7", "version: seven", "version", "not a whole number"),
    ("version: 7", "version: 0", "version", "above zero"),
    ("version: 7", "version: 7.0", "version", "not a whole number"),
    ("version: 7", "version: [7]", "version", "a single value"),
    ("2025-11-01T00:00:00Z", "2025-11-01T00:00:00", "effective_from", "no time zone"),
    ("2025-11-01T00:00:00Z", "soon", "effective_from", "soon"),
    ("base_currency: USD", "base_currency: usd", "base_currency", "ISO 4217"),
    ("base_currency: USD", "base_currency: USD\nbase_curency: EUR", "base_curency", "unknown field"),
    ("max_age_days: 3", "max_age_days: -3", "fx.max_age_days", "above zero"),
    ("on_missing: route_to_human", "on_missing: use_one", "fx.on_missing", "unknown rule 'use_one'"),
    ("source: ecb_daily, ", "", "fx", "'source' is missing"),
    ("roles: [bot, ", "roles: [", "roles", "'bot' is missing"),
    ("roles: [bot, ", "roles: [bot, bot, ", "roles[1]", "twice"),
    # The bands.
    (BOT, BOT.replace('"250.00"', "250.00"), f"{BANDS}[0].max", 'in quotes, like "250.00"'),
    (BOT, BOT.replace('"250.00"', "250"), f"{BANDS}[0].max", "in quotes"),
    (BOT, BOT.replace("250.00", "2.5e2"), f"{BANDS}[0].max", "not a decimal number"),
    (BOT, BOT.replace("250.00", "1,250.00"), f"{BANDS}[0].max", "not a decimal number"),
    (BOT, BOT.replace("250.00", "-250.00"), f"{BANDS}[0].max", "not above zero"),
    (BOT, BOT.replace("250.00", "0.00"), f"{BANDS}[0].max", "not above zero"),
    (BOT, BOT.replace('"250.00"', '"null"'), f"{BANDS}[0].max", "not a decimal number"),
    (BOT, BOT.replace("max", "upto"), f"{BANDS}[0].upto", "unknown field"),
    (BOT, BOT.replace(", auto_guard: CN_AUTO", ""), f"{BANDS}[0]", "needs an auto_guard"),
    (BOT, BOT.replace("CN_AUTO", "CN"), f"{BANDS}[0].auto_guard", "unknown guard list 'CN'"),
    (BOT, BOT.replace("CN_AUTO", "global"), f"{BANDS}[0].auto_guard", "unknown guard list 'global'"),
    (BOT, BOT.replace("[[bot]]", "[[bot, ar_lead]]"), f"{BANDS}[0]", "SOD-09"),
    (BOT, BOT.replace("[[bot]]", "[[bot], [ar_lead]]"), f"{BANDS}[0]", "SOD-09"),
    (BOT, BOT.replace("[[bot]]", "[[ar_lead]]"), f"{BANDS}[0]", "an auto_guard is for a band of the bot"),
    (LEAD, LEAD.replace("2500.00", "250.00"), f"{BANDS}[1]", "overlap: 250.00 is not above 250.00"),
    (LEAD, LEAD.replace("2500.00", "10.00"), f"{BANDS}[1]", "overlap: 10.00 is not above 250.00"),
    (LEAD, LEAD.replace("ar_lead", "ar_boss"), f"{BANDS}[1].steps[0][0]", "unknown role 'ar_boss'"),
    (LEAD, LEAD.replace("ar_lead", "ar_manager"), f"{BANDS}[1].steps[0][1]", "twice"),
    (LEAD, LEAD.replace("[[ar_lead, ar_manager]]", "[]"), f"{BANDS}[1].steps", "at least one step"),
    (LEAD, LEAD.replace("ar_lead, ar_manager", ""), f"{BANDS}[1].steps[0]", "at least one role"),
    (LEAD, LEAD.replace("[[ar_lead, ar_manager]]", "ar_lead"), f"{BANDS}[1].steps", "a list is needed"),
    (LEAD, '{max: "2500.00"}', f"{BANDS}[1]", "'steps' is missing"),
    (LEAD, LEAD.replace("}", ", requires: [kyc_aproved]}"), f"{BANDS}[1].requires[0]", "did you mean kyc_approved?"),
    (LEAD, LEAD.replace("}", ", requires: []}"), f"{BANDS}[1].requires", "at least one requirement"),
    # Authority that is no band.
    ("  claim_denial:", "  claim_refusal:", "approval_matrix.claim_refusal", "unknown field"),
    ("scope: [customer, invoice]", "scope: [customer, contract]", f"{CREDIT}.cumulate.scope[1]", "unknown scope"),
    ("window_days: 365", "window_days: 0", "approval_matrix.small_balance_writeoff.cumulate.window_days", "above zero"),
    (TAX, TAX.replace("==", "="), f"{CREDIT}.extra_steps[0].when", "equality is =="),
    (TAX, TAX.replace("reason ", "grounds "), f"{CREDIT}.extra_steps[0].when", "unknown name 'grounds'"),
    (TAX, TAX.replace("'TAX'", "'TAXES'"), f"{CREDIT}.extra_steps[0].when", "reason is never 'TAXES'"),
    (TAX, TAX.replace("tax_specialist", "taxman"), f"{CREDIT}.extra_steps[0].add[0]", "unknown role 'taxman'"),
    (TAX, TAX.replace("tax_specialist", "bot"), f"{CREDIT}.extra_steps[0].add", "for people"),
    (TAX, TAX.replace("first", "second"), f"{CREDIT}.extra_steps[0].position", "unknown position 'second'"),
    (HARMLESS, HARMLESS.replace("phone", "fone"), f"{MASTER}.field_rules[0].fields[1]", "did you mean phone?"),
    (HARMLESS, HARMLESS.replace(", auto_guard: MD_AUTO", ""), f"{MASTER}.field_rules[0]", "SOD-09"),
    (LEGAL, LEGAL.replace("tax_id", "phone"), f"{MASTER}.field_rules[1]", "'phone' has a rule already"),
    # Guards and duty separation.
    ("global: [kill_switch_off,", "global: [kill_switch,", "auto_guards.global[0]", "did you mean kill_switch_off?"),
    ("WO_AUTO: [residual_abs_le_10, invoice_age_ge_30d]", "WO_AUTO: []", "auto_guards.WO_AUTO", "at least one guard"),
    ("[invoice_open, po_format", "[invoice_open, invoice_open, po_format", "auto_guards.PO_AUTO[1]", "twice"),
    ("id: SOD-07", "id: SOD-13", "sod_rules[6].id", "unknown rule 'SOD-13'"),
    ("id: SOD-07", "id: SOD-06", "sod_rules[6].id", "SOD-06 stands here twice"),
    ("[ops_engineer, controller]", "[ops_engineer, auditor]", "sod_rules[3].pairs[6][1]", "unknown role 'auditor'"),
    ("[credit_analyst, ar_analyst]", "[credit_analyst, bot]", "sod_rules[3].pairs[4]", "SOD-09"),
    ("preparer_is: last_material_editor_or_bot", "preparer_is: bot", "sod_rules[0].preparer_is", "unknown preparer"),
    ("applies: [money, bank, credit]", "applies: [cash]", "sod_rules[2].applies[0]", "unknown risk"),
    # Priority.
    ('["5000.00", 12]', "[5000.00, 12]", "priority.financial_bands[2][0]", "in quotes"),
    ('["5000.00", 12]', '["500.00", 12]', "priority.financial_bands[2]", "overlap"),
    ('["5000.00", 12]', '["5000.00"]', "priority.financial_bands[2]", "an amount and its points"),
    ('["5000.00", 12]', '["5000.00", 12.5]', "priority.financial_bands[2][1]", "not a whole number"),
    ("[null, 35]", '["900000.00", 35]', "priority.financial_bands", "no upper bound"),
    ("overdue: 12, ", "", "priority.urgency", "'overdue' is missing"),
    ("strategic: 15", "platinum: 15", "priority.tier.platinum", "unknown field"),
    ("P2: 45, P3: 20, P4: 0", "P2: 75, P3: 20, P4: 0", "priority.levels", "above the next one"),
    ("P3: 20, P4: 0", "P3: 20, P4: 1", "priority.levels", "must begin at 0"),
    ("sanctions_hit]", "bad_mood]", "priority.force_p1[3]", "unknown reason 'bad_mood'"),
    ("may_lower: false", "may_lower: true", "priority.ml_adjustment.may_lower", "never lower it"),
    ("enabled: false", "enabled: no", "priority.ml_adjustment.enabled", "neither true nor false"),
    # Calendars, service levels, escalation.
    ("tz: America/New_York", "tz: America/Gotham", "calendars.us-ny.tz", "not a time zone"),
    ("tz: America/New_York", "tz: America", "calendars.us-ny.tz", "not a time zone"),
    ('mon-fri: ["09:00", "17:00"]', 'mon-fry: ["09:00", "17:00"]', "calendars.us-ny.week.mon-fry", "days of the week"),
    ('["09:00", "17:00"]', '["09:00"]', "calendars.us-ny.week.mon-fri", "its start and its end"),
    ('["09:00", "17:00"]', '["17:00", "09:00"]', "calendars.us-ny.week.mon-fri", "must be later"),
    ('["09:00", "17:00"]', '["09:00", "25:00"]', "calendars.us-ny.week.mon-fri[1]", "not a time of day"),
    ('fri: ["08:30", "15:00"]', 'thu: ["08:30", "15:00"]', "calendars.eu-de.week.thu", "twice"),
    ("2025-11-27", "2025-11-31", "calendars.us-ny.holidays[1]", "day"),
    ("2025-12-26", "2025-12-25", "calendars.eu-de.holidays[1]", "twice"),
    ("tz: UTC, ", "tz: UTC, region: XX, ", "calendars.always.region", "not known"),
    ("calendar: always", "calendar: alwys", "sla.acknowledge.calendar", "did you mean always?"),
    ("P1: [60, 480]", "P1: [480, 60]", "sla.targets_business_minutes.P1", "not be due after"),
    ("P1: [60, 480]", "P1: [60]", "sla.targets_business_minutes.P1", "first response and to the resolution"),
    ("P4: [960, 4800]", "P5: [960, 4800]", "sla.targets_business_minutes.P5", "unknown field"),
    ("INVOICE_COPY: 240", "INVOICE_COPIES: 240", "sla.category_resolution_caps.INVOICE_COPIES", "unknown category"),
    ("earliest_deadline", "latest_deadline", "sla.effective", "unknown rule"),
    ("[awaiting_customer]", "[awaiting_approval]", "sla.pause_states[0]", "unknown state"),
    ("contract_overrides: true", "contract_overrides: yes", "sla.contract_overrides", "neither true nor false"),
    ("at_pct: 75", "at_pct: 50", "escalation[1].at_pct", "not later than 50"),
    ("to: [team_lead]", "to: [teamlead]", "escalation[1].to[0]", "did you mean team_lead?"),
    ("to: [finance_director], via: [email]", "to: [bot], via: [email]", "escalation[4].to[0]", "unknown role 'bot'"),
    ("to: case_owner", "to: case_ownr", "escalation[0].to", "did you mean case_owner?"),
    ("action: mark_breached", "action: shout", "escalation[3].action", "unknown action 'shout'"),
    ("to: [finance_director], via: [email]", "to: [cfo], via: [fax]", "escalation[4].via[0]", "unknown channel 'fax'"),
    # Routing and matching.
    (NOT_A_REQUEST, NOT_A_REQUEST.replace("NOT_A_REQUEST", "SPAM"), "routing[1].if", "category is never 'SPAM'"),
    (NOT_A_REQUEST, NOT_A_REQUEST.replace("category ", "kyc.hit "), "routing[1].if", "unknown name 'kyc.hit'"),
    (NOT_A_REQUEST, NOT_A_REQUEST.replace("queue: none, ", ""), "routing[1]", "'queue' is missing"),
    (NOT_A_REQUEST, NOT_A_REQUEST.replace("role: bot", "role: robot"), "routing[1].owner_role", "unknown role 'robot'"),
    (NOT_A_REQUEST, NOT_A_REQUEST.replace("if:", "when:"), "routing[1].when", "unknown field"),
    ("weights: {ref: 50", "weights: {ref: 47.5", "matching.weights.ref", 'in quotes, like "47.5"'),
    ("weights: {ref: 50", "weights: {ref: -50", "matching.weights.ref", "below zero"),
    ("customer_other: -40", "customer_other: 40", "matching.penalties.customer_other", "above zero"),
    ("thresholds: {auto: 70", "thresholds: {auto: 30", "matching.thresholds.suggest", "above 'auto'"),
    ("independent_corroborators: 2", "independent_corroborators: 1", CORROBORATORS, "at least 2"),
    ("contradictions: 0", "contradictions: 1", "matching.money_effects_require.contradictions", "must be 0"),
    ("one_of: [ref_exact", "one_of: [ref_close", "matching.money_effects_require.one_of[0]", "unknown signal"),
    # Tolerances.
    ('rounding_abs: "0.02"', "rounding_abs: 0.02", "tolerances.rounding_abs", 'in quotes, like "0.02"'),
    ('rounding_abs: "0.02"', 'rounding_abs: "-0.02"', "tolerances.rounding_abs", "below zero"),
    ('rounding_abs: "0.02"', 'rounding_abs: "2%"', "tolerances.rounding_abs", "not a decimal number"),
    ("cash_discount_grace_days: 3", "cash_discount_grace_days: x", "tolerances.cash_discount_grace_days", "whole"),
]


@pytest.mark.parametrize(("old", "new", "field", "reason"), TABLE)
def test_a_mistake_is_named_with_line_field_and_reason(old, new, field, reason):
    start = line_of(old)
    places = range(start, start + max(old.count("\n"), new.count("\n")) + 1)
    with pytest.raises(MistakesError) as caught:
        read_policy(TEXT.replace(old, new, 1), file="sketch.yaml")
    found = caught.value.mistakes
    assert any(
        mistake.file == "sketch.yaml" and mistake.line in places and mistake.field == field and reason in mistake.reason
        for mistake in found
    ), found


def test_the_table_is_long():
    assert len({(old, new) for old, new, _, _ in TABLE}) >= 100


# What is wrong with a whole is named where the whole stands.
@pytest.mark.parametrize(
    ("old", "new", "place", "field", "reason"),
    [
        (LAST, LAST.replace("max: null", 'max: "500000.00"'), "    bands:", BANDS, "must have no upper bound"),
        (LAST, LAST.partition("\n")[0], "    bands:", BANDS, "must have no upper bound"),
        (
            LAST,
            LAST.replace("[[controller], [cfo]]", "[[bot]], auto_guard: CN_AUTO"),
            "    bands:",
            BANDS,
            "for people",
        ),
        (
            LAST,
            LAST.replace("[[controller], [cfo]]", "[[cfo]], requires: [kyc_approved]"),
            "    bands:",
            BANDS,
            "require",
        ),
        (LAST, LAST.replace('max: "100000.00"', "max: null"), "      - {max: null,", f"{BANDS}[5]", "never reached"),
        (EVERYTHING, "", "routing:", "routing", "must fit everything"),
        (EVERYTHING, EVERYTHING.replace("true", "not quarantine"), "routing:", "routing", "must fit everything"),
        (EVERYTHING, f"{EVERYTHING}\n{EVERYTHING}", None, "routing[13]", "never reached"),
        (
            '  - {id: SOD-06, rule: "policy author != policy activator"}\n',
            "",
            "sod_rules:",
            "sod_rules",
            "SOD-06 is missing",
        ),
        (
            BANK,
            "requires: [callback_verified]",
            "  bank_detail_change:",
            "approval_matrix.bank_detail_change",
            "cooling_off",
        ),
        (f", {BANK}", "", "  bank_detail_change:", "approval_matrix.bank_detail_change", "callback_verified and"),
        (
            "[[master_data_steward], [treasury_manager]], requires",
            "[[master_data_steward, treasury_manager]], requires",
            "  bank_detail_change:",
            "approval_matrix.bank_detail_change",
            "two steps",
        ),
        (
            '{max: "1000.00", steps: [[ar_manager]]}',
            '{max: "1000.00", steps: [[bot]], auto_guard: CN_AUTO}',
            "  refund:",
            "approval_matrix.refund",
            "the bot never decides a refund alone",
        ),
        ("  lc_action:", "  lc_actions:", "approval_matrix:", "approval_matrix", "'lc_action' is missing"),
        ("  global: [kill", "  general: [kill", "auto_guards:", "auto_guards", "'global' is missing"),
        ("tolerances: {", "tolerance: {", None, "(document)", "'tolerances' is missing"),
    ],
)
def test_what_is_wrong_with_a_whole_is_named_where_it_stands(old, new, place, field, reason):
    found = mistakes_after(old, new)
    hits = [mistake for mistake in found if mistake.field == field and reason in mistake.reason]
    assert hits, found
    if place is not None:
        text = TEXT.replace(old, new)
        assert hits[0].line in [number for number, line in enumerate(text.splitlines(), 1) if line.startswith(place)]


def test_the_rules_by_field_belong_to_the_customer_master():
    rules = "    field_rules:\n      - {fields: [phone], steps: [[ar_lead]]}\n"
    found = mistakes_after("  claim_denial:\n", f"  claim_denial:\n{rules}")
    assert [(mistake.field, mistake.line) for mistake in found] == [
        ("approval_matrix.claim_denial.field_rules", line_of("  claim_denial:") + 1)
    ]


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [
        ("limits: {invoice_copies_per_request: 20.5}", "limits.invoice_copies_per_request", "whole number"),
        ("limits: {invoices: 3}", "limits.invoices", "unknown field"),
        ("ceilings: {per_run: 500.00}", "ceilings.per_run", "in quotes"),
        ("ceilings: {per_hour: '500.00'}", "ceilings.per_hour", "unknown field"),
        ("shadow: {agreement: '98'}", "shadow.agreement", "at most"),
        ("shadow: {agreement: 0.98}", "shadow.agreement", "in quotes"),
        ("version: 8", "version", "twice"),
    ],
)
def test_a_mistake_in_what_may_be_left_out_is_named_too(more, field, reason):
    with pytest.raises(MistakesError) as caught:
        read_policy(f"{TEXT}{more}\n", file="more.yaml")
    (mistake,) = caught.value.mistakes
    assert (mistake.field, mistake.line) == (field, TEXT.count("\n") + 1)
    assert reason in mistake.reason


def test_all_mistakes_are_named_at_once_in_the_order_of_their_lines():
    wrong = TEXT.replace("version: 7", "version: x").replace("base_currency: USD", "base_currency: x")
    with pytest.raises(MistakesError) as caught:
        read_policy(wrong.replace('rounding_abs: "0.02"', "rounding_abs: x"), file="house.yaml")
    assert [mistake.field for mistake in caught.value.mistakes] == [
        "version",
        "base_currency",
        "tolerances.rounding_abs",
        "tolerances.rounding_abs",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "just text", "- a\n- b", "a: [", "a: b: c", "roles: &all [*all]", "[" * 5000, "policy_id: x"],
)
def test_what_is_no_policy_at_all_is_named_and_nothing_breaks(text):
    with pytest.raises(MistakesError):
        read_policy(text, file="house.yaml")


@pytest.mark.parametrize("section", [line.split(":")[0] for line in TEXT.splitlines() if line[0].isalpha()])
@pytest.mark.parametrize("value", ["", " x", " []", " {}", " [[]]", " {x: y}", " [{}]", " null"])
def test_a_section_that_is_something_else_is_named_and_nothing_breaks(section, value):
    lines = TEXT.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{section}:"))
    end = next((number for number in range(start + 1, len(lines)) if lines[number][0].isalpha()), len(lines))
    text = "\n".join([*lines[:start], f"{section}:{value}", *lines[end:]])
    if (section, value) == ("policy_id", " x"):
        return
    with pytest.raises(MistakesError) as caught:
        read_policy(text, file="house.yaml")
    assert any(mistake.field.startswith(section) for mistake in caught.value.mistakes)
