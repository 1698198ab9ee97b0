"""Duties kept apart: every rule of SOD-01 to SOD-12, each with what it lets through and what it stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from csr_bot.core.business_time import BusinessCalendar, OpeningHours
from csr_bot.core.duties import (
    Attempt,
    Given,
    Loan,
    Mandate,
    Refusal,
    find_activation_refusal,
    find_bot_refusal,
    find_call_back_refusal,
    find_content_refusal,
    find_execution_refusal,
    find_mandate,
    find_override_due,
    find_override_refusal,
    find_refusal,
    find_role_refusal,
    find_roles_above,
)
from csr_bot.core.effects import RiskClass
from csr_bot.core.money import Money, parse_money
from csr_bot.core.persons import Delegation, find_delegation_refusal, fold, identify, is_chained
from csr_bot.core.policy import read_policy
from csr_bot.records import Person

AT = datetime(2025, 11, 28, 15, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = read_policy(
    files("csr_bot").joinpath("cli", "templates", "policies", "standard.yaml").read_text(encoding="utf-8"),
    file="standard.yaml",
)
MANAGER = frozenset({"ar_manager"})


def somebody(login: str, *roles: str, **changes) -> Person:
    person = Person(login, f"{login.title()} Example", f"{login}@corp.example", frozenset(roles), active=True)
    return replace(person, **changes)


MAYA = somebody("maya", "ar_manager")
OMAR = somebody("omar", "ar_manager")
CHEN = somebody("chen", "controller")
RITA = somebody("rita", "finance_director")
PIA = somebody("pia", "ar_analyst")
BOT = identify("bot")


def usd(text: str) -> Money:
    return parse_money(text, "USD")


def lend(delegator: Person = MAYA, delegate: Person = PIA, **changes) -> Delegation:
    made = Delegation(
        id="d-1",
        delegator=delegator.login,
        delegate=delegate.login,
        roles=MANAGER,
        max_amount=usd("10000.00"),
        valid_from=AT - DAY,
        valid_until=AT + 6 * DAY,
        why="on leave",
        created_by="chen",
        created_at=AT - 2 * DAY,
    )
    return replace(made, **changes)


def attempt(actor: Person = MAYA, **changes) -> Attempt:
    plain = Attempt(actor, MANAGER, AT, preparers=(BOT,), amounts=(usd("9850.00"),), payload_sha256="a" * 64)
    return replace(plain, **changes)


def who(login: str) -> frozenset[str]:
    return identify(login, f"{login}@corp.example")


def borrowed(
    delegation: Delegation | None = None, lender: Person = MAYA, *, chained: bool = False
) -> dict[str, object]:
    return {"actor": PIA, "loans": (Loan(delegation or lend(), lender, chained),)}


APPROVALS = [
    ("a manager of a step for managers", {}, None),
    ("an analyst", {"actor": PIA}, "AUTHORITY"),
    ("one who has left", {"actor": replace(MAYA, active=False)}, "INACTIVE"),
    ("SOD-01 the preparer", {"preparers": (who("maya"),)}, "SOD-01"),
    ("SOD-01 one who edited, prepared by the bot", {"preparers": (BOT, who("omar"), who("maya"))}, "SOD-01"),
    ("SOD-01 another edited", {"preparers": (BOT, who("omar"))}, None),
    ("SOD-01 written otherwise", {"preparers": (identify(" MAYA "),)}, "SOD-01"),
    ("SOD-01 an alias of the address", {"preparers": (identify("maya2", "Maya+credits@Corp.example"),)}, "SOD-01"),
    ("SOD-01 a login that begins alike", {"preparers": (identify("may"), identify("mayan"))}, None),
    ("SOD-02 approved before", {"given": (Given(who("maya")),)}, "SOD-02"),
    ("SOD-02 somebody else approved before", {"given": (Given(who("omar")),)}, None),
    ("SOD-02 had it approved by a delegate", {"given": (Given(who("pia"), who("maya")),)}, "SOD-02"),
    ("SOD-02 approved before as a delegate", {"given": (Given(who("maya"), who("omar")),)}, "SOD-02"),
    ("SOD-03 did a part by hand", {"executors": (who("maya"),)}, "SOD-03"),
    ("SOD-03 somebody else did", {"executors": (who("omar"),)}, None),
    ("SOD-05 called the customer", {"callers": (who("maya"),)}, "SOD-05"),
    ("SOD-05 somebody else called", {"callers": (who("omar"),)}, None),
    ("SOD-08 owns the account", {"account_owner": "maya"}, "SOD-08"),
    ("SOD-08 by address", {"account_owner": "Maya@CORP.example"}, "SOD-08"),
    ("SOD-08 by full name", {"account_owner": "Maya  example"}, "SOD-08"),
    ("SOD-08 owned by somebody else", {"account_owner": "tom"}, None),
    ("SOD-09 a person named as the bot", {"actor": somebody("Bot", "ar_manager"), "preparers": ()}, "SOD-09"),
    ("SOD-09 a step of the bot", {"actor": somebody("eve", "bot"), "step": frozenset({"bot"})}, "AUTHORITY"),
    ("SOD-11 saw this content", {"seen_sha256": "a" * 64}, None),
    ("SOD-11 saw another content", {"seen_sha256": "b" * 64}, "SOD-11"),
    ("a limit that is kept", {"actor": replace(MAYA, approval_limit=usd("9850.00"))}, None),
    ("a limit one cent below", {"actor": replace(MAYA, approval_limit=usd("9849.99"))}, "LIMIT"),
    ("a limit in another currency", {"actor": replace(MAYA, approval_limit=Money(usd("1").amount, "EUR"))}, "LIMIT"),
    ("SOD-07 a delegate", borrowed(), None),
    ("SOD-07 a limit that is kept", borrowed(lend(max_amount=usd("9850.00"))), None),
    ("SOD-07 above the delegated limit", borrowed(lend(max_amount=usd("9849.99"))), "LIMIT"),
    ("SOD-07 above the delegator's limit", borrowed(lender=replace(MAYA, approval_limit=usd("5000.00"))), "LIMIT"),
    ("SOD-07 before it begins", borrowed(lend(valid_from=AT + timedelta(seconds=1))), "AUTHORITY"),
    ("SOD-07 from its first moment", borrowed(lend(valid_from=AT)), None),
    ("SOD-07 once it has ended", borrowed(lend(valid_until=AT)), "AUTHORITY"),
    ("SOD-07 withdrawn", borrowed(lend(withdrawn_at=AT)), "AUTHORITY"),
    ("SOD-07 of another role", borrowed(lend(roles=frozenset({"controller"}))), "AUTHORITY"),
    ("SOD-07 lent on", borrowed(chained=True), "SOD-07"),
    ("SOD-07 of the preparer", {**borrowed(), "preparers": (who("maya"),)}, "SOD-07"),
    ("SOD-07 the delegate prepared", {**borrowed(), "preparers": (who("pia"),)}, "SOD-01"),
    ("SOD-07 the delegator lost the role", borrowed(lender=replace(MAYA, roles=frozenset())), "SOD-07"),
    ("SOD-07 the delegator has left", borrowed(lender=replace(MAYA, active=False)), "SOD-07"),
    ("SOD-08 of the account's owner", {**borrowed(), "account_owner": "maya"}, "SOD-08"),
    ("SOD-02 the delegator approved before", {**borrowed(), "given": (Given(who("maya")),)}, "SOD-02"),
]


@pytest.mark.parametrize(("change", "rule"), [row[1:] for row in APPROVALS], ids=[row[0] for row in APPROVALS])
def test_who_may_approve(change, rule):
    refusal = find_refusal(attempt(**change))
    assert (refusal.rule if refusal else None) == rule
    assert refusal is None or refusal.why.endswith(".")


def test_an_own_role_comes_before_a_lent_one():
    loans = (Loan(lend(delegate=OMAR), MAYA),)
    assert find_mandate(attempt(OMAR, loans=loans)) == Mandate("ar_manager")
    small = replace(OMAR, approval_limit=usd("1000.00"))
    lent = find_mandate(attempt(small, loans=loans))
    assert isinstance(lent, Mandate)
    assert (lent.delegation, lent.limit) == (lend(delegate=OMAR), usd("10000.00"))


def test_of_several_delegations_the_oldest_that_suffices_is_used():
    small, great = lend(id="d-1", max_amount=usd("10.00")), lend(id="d-2", valid_from=AT, max_amount=None)
    found = find_mandate(attempt(PIA, loans=(Loan(great, OMAR), Loan(small, MAYA))))
    assert isinstance(found, Mandate)
    assert found.delegation == great


@pytest.mark.parametrize(
    ("risks", "executor", "rule"),
    [
        ({RiskClass.MONEY}, "maya", "SOD-03"),
        ({RiskClass.BANK}, "maya", "SOD-03"),
        ({RiskClass.CREDIT, RiskClass.COMMUNICATION}, "maya", "SOD-03"),
        ({RiskClass.COMMUNICATION}, "maya", None),
        ({RiskClass.MONEY}, "omar", None),
    ],
)
def test_who_approved_money_bank_or_credit_does_not_carry_it_out_by_hand(risks, executor, rule):
    refusal = find_execution_refusal(
        somebody(executor), [Given(who("chen")), Given(who("maya"))], risks=risks, policy=POLICY
    )
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize("pair", POLICY.sod_rules["SOD-04"].pairs, ids=" and ".join)
def test_a_forbidden_pair_is_refused_by_name_and_each_alone_is_not(pair):
    refusal = find_role_refusal({*pair, "cfo"}, [POLICY])
    assert refusal == Refusal("SOD-04", f"Nobody may hold {' and '.join(sorted(pair))} together.")
    assert all(find_role_refusal({role, "cfo"}, [POLICY]) is None for role in pair)


@pytest.mark.parametrize(
    ("caller", "rule"), [("bot", "SOD-05"), ("maya", "SOD-05"), ("omar", "SOD-05"), ("chen", None)]
)
def test_a_third_person_calls_back(caller, rule):
    given = [Given(who("maya"), who("omar"))]
    refusal = find_call_back_refusal(identify(caller), preparers=[BOT], given=given)
    assert (refusal.rule if refusal else None) == rule


def test_who_wrote_a_policy_does_not_activate_it():
    assert find_activation_refusal(author=who("rita"), activator=who("chen")) is None
    for author in (who("chen"), identify("CHEN"), identify("")):
        refusal = find_activation_refusal(author=author, activator=who("chen"))
        assert refusal is not None
        assert refusal.rule == "SOD-06"


def test_the_bot_approves_its_own_steps_only():
    assert find_bot_refusal(frozenset({"bot"})) is None
    for step in (MANAGER, frozenset({"bot", "ar_manager"}), frozenset()):
        refusal = find_bot_refusal(step)
        assert refusal is not None
        assert refusal.rule == "SOD-09"


def test_an_approval_is_for_one_content():
    assert find_content_refusal(["a", "a"], payload_sha256="a") is None
    refusal = find_content_refusal(["a", "b"], payload_sha256="a")
    assert refusal is not None
    assert refusal.rule == "SOD-11"


@pytest.mark.parametrize(
    ("approvers", "reason", "allowed"),
    [
        ([CHEN, RITA], "x" * 20, True),
        ([CHEN, RITA], "x" * 19 + "  ", False),
        ([CHEN], "x" * 20, False),
        ([CHEN, CHEN], "x" * 20, False),
        ([somebody("one", "controller", "finance_director")], "x" * 20, False),
        ([somebody("one", "controller", "finance_director"), RITA], "x" * 20, True),
        ([CHEN, replace(RITA, active=False)], "x" * 20, False),
        ([CHEN, replace(RITA, login="rita2", email="chen+rita@corp.example")], "x" * 20, False),
    ],
)
def test_an_override_needs_two_people_and_a_reason(approvers, reason, allowed):
    refusal = find_override_refusal(approvers, reason=reason)
    assert (refusal is None) == allowed
    assert refusal is None or refusal.rule == "SOD-12"


def test_an_override_is_reviewed_within_five_business_days():
    week = {day: (OpeningHours(540, 1020),) for day in range(5)}
    thanksgiving = BusinessCalendar("us-ny", "America/New_York", week, frozenset({date(2025, 11, 27)}))
    # Wednesday late in New York is Thursday in UTC; the holiday does not count.
    assert find_override_due(datetime(2025, 11, 27, 2, tzinfo=UTC), thanksgiving) == date(2025, 12, 4)


DELEGATIONS = [
    ("within every rule", {}, {}, None),
    ("30 days", {"valid_until": AT + 29 * DAY}, {}, None),
    ("a second more", {"valid_until": AT + 29 * DAY + timedelta(seconds=1)}, {}, "30 days"),
    ("backwards", {"valid_until": AT - 2 * DAY}, {}, "ends after"),
    ("of no role", {"roles": frozenset()}, {}, "names the roles"),
    ("of a role that is not held", {"roles": frozenset({"cfo"})}, {}, "does not hold cfo"),
    ("to himself", {}, {"delegate": replace(PIA, email="maya+2@corp.example")}, "himself"),
    ("from one who has left", {}, {"delegator": replace(MAYA, active=False)}, "maya is not active"),
    ("to one who has left", {}, {"delegate": replace(PIA, active=False)}, "pia is not active"),
    ("to the bot", {"delegate": somebody("BOT")}, {}, "The bot"),
    ("at the delegator's limit", {}, {"delegator": replace(MAYA, approval_limit=usd("10000.00"))}, None),
    ("above his limit", {}, {"delegator": replace(MAYA, approval_limit=usd("9999.99"))}, "up to 9,999.99 USD"),
    ("without a limit of its own", {"max_amount": None}, {"delegator": replace(MAYA, approval_limit=usd("1"))}, None),
    ("of a delegate", {}, {"others": [lend(OMAR, MAYA)]}, "acts for omar"),
    ("of one who was a delegate", {}, {"others": [lend(OMAR, MAYA, valid_until=AT - DAY)]}, None),
    ("of one whose delegation was withdrawn", {}, {"others": [lend(OMAR, MAYA, withdrawn_at=AT - DAY)]}, None),
    ("to one who has delegated", {}, {"others": [lend(PIA, OMAR)]}, "takes on nothing"),
    ("in a circle", {}, {"others": [lend(PIA, MAYA)]}, "acts for pia"),
    ("beside another of his", {}, {"others": [lend(MAYA, OMAR)]}, None),
]


@pytest.mark.parametrize(
    ("change", "how", "why"), [row[1:] for row in DELEGATIONS], ids=[row[0] for row in DELEGATIONS]
)
def test_which_delegations_are_made(change, how, why):
    given = {"delegator": MAYA, "delegate": PIA, "others": [], **how}
    refusal = find_delegation_refusal(lend(**change), **given)
    assert (refusal is None) == (why is None)
    assert refusal is None or (refusal.rule == "SOD-07" and why in refusal.why)


def test_a_delegation_is_lent_on_only_while_its_maker_is_a_delegate():
    others = [lend(OMAR, MAYA, valid_until=AT + DAY)]
    assert is_chained(lend(), others, at=AT)
    assert not is_chained(lend(), others, at=AT + DAY)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (" Maya ", "maya", True),
        ("Maya  Lindt", "maya lindt", True),
        ("maya+a@x.example", "MAYA@x.example", True),
        ("maya+a", "maya", False),
        ("maya@x.example", "maya@y.example", False),
        ("STRASSE", "straße", True),
    ],
)
def test_names_are_compared_as_people_read_them(one, other, same):
    assert (fold(one) == fold(other)) == same


@pytest.mark.parametrize(
    ("step", "above"),
    [
        ({"ar_manager"}, ("controller", "finance_director", "cfo")),
        ({"ar_lead", "ar_manager"}, ("controller", "finance_director", "cfo")),
        ({"controller"}, ("finance_director", "cfo")),
        ({"cfo"}, ()),
    ],
)
def test_the_roles_above_a_step_of_a_credit_are_those_of_higher_bands(step, above):
    bands = {kind: item for kind, item in POLICY.approval_matrix.items() if kind == "credit_note"}
    assert find_roles_above(replace(POLICY, approval_matrix=bands), frozenset(step)) == above
