"""Hygiene of authority: each remark when it is due and only then, and both sides of a pair within a span."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from csr_bot.core.hygiene import Holding, find_crossings, find_remarks, trace_roles
from tests.core.test_duties import AT, DAY, POLICY, lend, somebody, usd

MAYA = somebody("maya", "ar_manager", manager="chen", approval_limit=usd("10000.00"))
CHEN = somebody("chen", "controller", approval_limit=usd("10000.00"))
USED = {("maya", "ar_manager"): AT - DAY, ("chen", "controller"): AT - DAY}


def remarks(*people, delegations=(), used=USED):
    found = find_remarks(people, delegations=delegations, last_approvals=used, policies=[POLICY], at=AT)
    return [(remark.login, remark.code, remark.breach) for remark in found]


@pytest.mark.parametrize(
    ("people", "how", "found"),
    [
        ((MAYA, CHEN), {}, []),
        ((MAYA, CHEN), {"used": {}}, [("chen", "NEVER_USED", False), ("maya", "NEVER_USED", False)]),
        ((MAYA, CHEN), {"used": {**USED, ("maya", "ar_manager"): AT - 181 * DAY}}, [("maya", "LONG_UNUSED", False)]),
        ((replace(MAYA, approval_limit=usd("10000.01")), CHEN), {}, [("maya", "LIMIT_ABOVE_MANAGER", False)]),
        ((replace(MAYA, approval_limit=None), CHEN), {}, [("maya", "LIMIT_ABOVE_MANAGER", False)]),
        ((MAYA, replace(CHEN, approval_limit=None)), {}, []),
        ((MAYA,), {}, [("maya", "MANAGER_LEFT", False)]),
        ((MAYA, replace(CHEN, active=False, roles=frozenset())), {}, [("maya", "MANAGER_LEFT", False)]),
        ((replace(MAYA, active=False), CHEN), {}, [("maya", "LEFT_ROLES", False)]),
        (
            (replace(MAYA, active=False, roles=frozenset()), CHEN),
            {"delegations": [lend()]},
            [("maya", "LEFT_DELEGATION", False)],
        ),
        ((replace(MAYA, active=False, roles=frozenset()), CHEN), {"delegations": [lend(valid_until=AT)]}, []),
        ((replace(MAYA, roles=MAYA.roles | {"ops_engineer"}), CHEN), {}, [("maya", "PAIR_HELD", True)]),
        ((replace(MAYA, login="Bot", manager=None, roles=frozenset()),), {}, [("Bot", "BOT_LOGIN", True)]),
        ((MAYA, replace(CHEN, email="maya+c@corp.example")), {}, [("maya", "SAME_PERSON", True)]),
    ],
)
def test_what_is_odd_is_named(people, how, found):
    assert remarks(*people, **how) == found


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, True),
        (AT - 10 * DAY, AT - 9 * DAY, True),
        (AT - 40 * DAY, AT - 31 * DAY, False),
        (AT - 40 * DAY, AT - 31 * DAY + timedelta(seconds=1), True),
        (AT, None, False),
    ],
)
def test_both_sides_of_a_pair_are_found_within_the_span(since, until, found):
    mine = [
        Holding("maya", "ar_manager", None, None, "role"),
        Holding("Maya", "ops_engineer", since, until, "for chen"),
    ]
    others = [Holding("chen", "controller", None, None, "role"), Holding("rita", "ops_engineer", None, None, "role")]
    crossings = find_crossings([*mine, *others], policies=[POLICY], start=AT - 31 * DAY, end=AT)
    assert [remark.login for remark in crossings] == (["maya"] if found else [])
    assert not found or crossings[0].text == "held ar_manager (role) and ops_engineer (for chen)"


def test_roles_are_traced_through_their_changes():
    first, second = frozenset({"ar_lead"}), frozenset({"ar_manager"})
    assert list(trace_roles("luis", first, changes=[])) == [Holding("luis", "ar_lead", None, None, "role")]
    changes = [(AT - DAY, first), (AT, second)]
    assert list(trace_roles("luis", second, changes=changes)) == [
        Holding("luis", "ar_lead", AT - DAY, AT, "role"),
        Holding("luis", "ar_manager", AT, None, "role"),
    ]
