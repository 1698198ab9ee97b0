"""Staffing: which roles, limits and delegations are given, and what is refused and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from csr_bot.core.money import Money
from csr_bot.core.persons import Delegation, Refusal, RoleGrant
from csr_bot.flow import staffing
from csr_bot.ids import new_id
from csr_bot.records import Person
from tests.flow.desks import Office

DAY = timedelta(days=1)


@pytest.fixture
def policies(office: Office):
    return [office.desk.policy]


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def person(office: Office, login: str) -> Person:
    with office.log.read() as records:
        found = records.house.person(login, at=office.clock.now())
    assert found is not None
    return found


def rule_of(outcome: object) -> str | None:
    return outcome.rule if isinstance(outcome, Refusal) else None


@pytest.mark.parametrize(
    ("login", "email", "roles", "rule"),
    [
        ("eve", "eve@corp.example", {"ar_manager"}, None),
        ("eve", "eve@corp.example", {"ar_manager", "ops_engineer"}, "SOD-04"),
        ("Bot ", "b@corp.example", {"ar_manager"}, "KNOWN"),
        ("MAYA", "m@corp.example", {"ar_manager"}, "KNOWN"),
        ("maya2", "Maya+2@SharedServices.example", {"ar_manager"}, "SAME_PERSON"),
    ],
)
def test_who_is_added(office, policies, login, email, roles, rule):
    new = Person(login, "Eve", email, frozenset(roles), active=True)
    assert rule_of(staffing.add_person(office.desk, new, policies=policies, actor="chen")) == rule
    assert len(office.events("user.added")) == (rule is None)


def test_nobody_is_changed_into_the_bot_or_by_himself(office, policies):
    maya = person(office, "maya")
    change = replace(maya, roles=maya.roles | {"controller"})
    assert rule_of(staffing.change_person(office.desk, change, policies=policies, actor=" Maya ")) == "OWN_ROLES"
    robot = person(office, "bot")
    assert rule_of(staffing.change_person(office.desk, robot, policies=policies, actor="chen")) == "SOD-09"
    assert rule_of(staffing.change_person(office.desk, change, policies=policies, actor="chen")) is None
    assert person(office, "maya").roles == {"ar_manager", "controller"}


@pytest.mark.parametrize(
    ("roles", "limit", "rule"),
    [
        ({"credit_analyst"}, "250000.00", None),
        ({"credit_analyst"}, "250000.01", "LIMIT"),
        ({"cfo"}, "99999999.00", None),
        ({"sales"}, "0.01", "LIMIT"),
    ],
)
def test_a_personal_limit_does_not_reach_beyond_the_matrix(office, policies, roles, limit, rule):
    new = Person("eve", "Eve", "eve@corp.example", frozenset(roles), active=True, approval_limit=usd(limit))
    assert rule_of(staffing.add_person(office.desk, new, policies=policies, actor="chen")) == rule


def test_a_role_for_a_while_counts_for_a_pair_while_it_lasts_and_goes_when_it_is_taken(office, policies):
    now = office.clock.now()

    def grant(role, start, end, login="luis"):
        return rule_of(
            staffing.grant_role(office.desk, RoleGrant(new_id(), login, role, start, end, "chen"), policies=policies)
        )

    assert grant("ar_manager", now + DAY, now + 3 * DAY) is None
    assert grant("ops_engineer", now + 2 * DAY, now + 4 * DAY) == "SOD-04"
    assert grant("ops_engineer", now + 3 * DAY, now + 4 * DAY) is None
    assert grant("ar_manager", now, now + DAY, login="gone") == "UNKNOWN_PERSON"
    assert grant("ar_manager", now, now + DAY, login="chen") == "OWN_ROLES"
    luis = person(office, "luis")
    more = replace(luis, roles=luis.roles | {"master_data_steward"})
    assert rule_of(staffing.change_person(office.desk, more, policies=policies, actor="chen")) == "SOD-04"
    office.clock.advance(DAY)
    assert person(office, "luis").roles == {"ar_lead", "ar_manager"}
    taken = frozenset({"ar_manager"})
    assert rule_of(staffing.change_person(office.desk, more, removed=taken, policies=policies, actor="chen")) is None
    assert person(office, "luis").roles == {"ar_lead", "master_data_steward"}


def lend(office: Office, delegator: str, delegate: str, *roles: str, **changes) -> Delegation:
    now = office.clock.now()
    made = Delegation(
        id=new_id(),
        delegator=delegator,
        delegate=delegate,
        roles=frozenset(roles or ("ar_manager",)),
        max_amount=usd("10000.00"),
        valid_from=now,
        valid_until=now + 7 * DAY,
        why="on leave",
        created_by=delegator,
        created_at=now,
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("delegator", "delegate", "changes", "rule"),
    [
        ("maya", "luis", {}, None),
        ("maya", "nobody", {}, "UNKNOWN_PERSON"),
        ("maya", "luis", {"created_by": "LUIS"}, "OWN_ROLES"),
        ("maya", "luis", {"roles": frozenset({"controller"})}, "SOD-07"),
        ("gone", "luis", {"roles": frozenset({"ar_lead"})}, "SOD-07"),
        ("maya", "steward", {}, "SOD-04"),
        ("limited", "luis", {}, "SOD-07"),
        ("limited", "luis", {"max_amount": usd("500.00")}, None),
    ],
)
def test_which_delegations_are_made(office, policies, delegator, delegate, changes, rule):
    with office.log.begin() as records:
        for login, role, limit in (("steward", "master_data_steward", None), ("limited", "ar_manager", usd("500.00"))):
            records.house.put_person(
                Person(login, login, f"{login}@corp.example", frozenset({role}), active=True, approval_limit=limit)
            )
    outcome = staffing.delegate(office.desk, lend(office, delegator, delegate, **changes), policies=policies)
    assert rule_of(outcome) == rule
    assert len(office.events("delegation.made")) == (rule is None)


def test_a_delegation_makes_no_chain_and_no_circle_until_it_has_ended(office, policies):
    first = lend(office, "maya", "both")
    assert rule_of(staffing.delegate(office.desk, first, policies=policies)) is None
    for delegator, delegate in (("both", "luis"), ("both", "maya")):
        assert rule_of(staffing.delegate(office.desk, lend(office, delegator, delegate), policies=policies)) == "SOD-07"
    assert staffing.end_delegation(office.desk, first.id, actor="maya")
    assert not staffing.end_delegation(office.desk, first.id, actor="maya")
    office.clock.advance(DAY)
    assert rule_of(staffing.delegate(office.desk, lend(office, "both", "luis"), policies=policies)) is None


def test_who_leaves_neither_lends_nor_borrows(office, policies):
    assert rule_of(staffing.delegate(office.desk, lend(office, "maya", "luis"), policies=policies)) is None
    staffing.disable_person(office.desk, person(office, "luis"), actor="chen")
    with office.log.read() as records:
        assert [item.withdrawn_at for item in records.mandates.delegations("maya")] == [office.clock.now()]
