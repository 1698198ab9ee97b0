"""Authority for a while, and approvals that the database refuses whoever writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.tables import approval
from csr_bot.caselog import ConflictError
from csr_bot.core.persons import Delegation, RoleGrant
from csr_bot.ids import new_id
from csr_bot.records import ApprovalRecord, CaseRecord, DecisionRecord, Person
from tests.core.facts import usd
from tests.log.rows import AT, a_case, a_decision, an_approval, refused, store_decided

DAY = timedelta(days=1)
TWO_STEPS = (frozenset({"ar_manager"}), frozenset({"controller"}))
OMAR = Person("omar", "Omar H.", "omar@corp.example", frozenset({"ar_manager"}), active=True)
LOAN = Delegation(
    id=new_id(),
    delegator="maya",
    delegate="omar",
    roles=frozenset({"ar_manager"}),
    max_amount=usd("10000.00"),
    valid_from=AT,
    valid_until=AT + 7 * DAY,
    why="on leave",
    created_by="chen",
    created_at=AT - DAY,
)


def decided(log: SqlCaseLog, *, editors: tuple[str, ...] = (), **changes) -> tuple[CaseRecord, DecisionRecord]:
    case = a_case(editors=editors)
    decision = a_decision(case, steps=TWO_STEPS, **changes)
    store_decided(log, case, decision)
    return case, decision


def write_directly(engine: Engine, record: ApprovalRecord, **changes) -> None:
    """As somebody would who has the program's access to the database and not its rules."""
    row = {name: getattr(record, name) for name in ApprovalRecord.__dataclass_fields__ if name != "limit"}
    with engine.begin() as connection:
        connection.execute(insert(approval), {"id": new_id(), **row, **changes})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"approver": "anna"}, "SOD-01"),
        ({"approver": " ANNA "}, "SOD-01"),
        ({"approver": "luis"}, "SOD-01"),
        ({"delegated_from": "anna"}, "SOD-01"),
        ({"delegated_from": "luis"}, "SOD-01"),
        ({"approver": "bot"}, "SOD-09"),
        ({"approver": "Bot"}, "SOD-09"),
        ({"approver": "bot", "step_no": 3}, "SOD-09"),
        ({"payload_sha256": "d" * 64}, "SOD-11"),
    ],
)
def test_the_database_refuses_an_approval_of_one_side(log, engine, changes, rule):
    _, decision = decided(log, editors=("luis", "eve"), prepared_by="anna")
    with pytest.raises(IntegrityError, match=rule):
        write_directly(engine, an_approval(decision), **changes)
    with engine.connect() as connection:
        assert connection.execute(select(approval)).all() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"approver": "maya"},
        {"approver": "MAYA"},
        {"approver": "chen", "delegated_from": "maya"},
        {"approver": "omar"},
        {"approver": "chen", "delegated_from": "omar"},
    ],
)
def test_the_database_refuses_a_second_part_of_one_person(log, engine, changes):
    _, decision = decided(log)
    write_directly(engine, an_approval(decision, "maya"), delegated_from="omar")
    with pytest.raises(IntegrityError):
        write_directly(engine, an_approval(decision, step_no=2), **changes)
    write_directly(engine, an_approval(decision, "chen", step_no=2))


def test_the_bot_approves_its_own_step_and_nobody_else_does(log, engine):
    case = a_case()
    decision = a_decision(case, steps=(frozenset({"bot"}),))
    store_decided(log, case, decision)
    with pytest.raises(IntegrityError, match="SOD-09"):
        write_directly(engine, an_approval(decision, "maya"))
    write_directly(engine, an_approval(decision, "bot"))


def test_through_the_log_it_is_a_conflict_and_nothing_stands(log):
    _, decision = decided(log, prepared_by="anna")
    with refused(log, ConflictError, "SOD-01") as records:
        records.cases.add_approval(an_approval(decision, "anna"))
    with log.read() as records:
        assert records.cases.approvals(decision.id) == []


def test_an_approval_comes_back_with_both_names_and_its_limit(log):
    _, decision = decided(log)
    given = replace(an_approval(decision, "omar"), delegated_from="maya", delegation_id=LOAN.id, limit=usd("10000.00"))
    with log.begin() as records:
        records.cases.add_approval(given)
    with log.read() as records:
        assert records.cases.approvals(decision.id) == [given]
        assert records.mandates.last_approvals() == {("omar", "ar_manager"): given.acted_at}


def test_a_role_for_a_while_is_held_then_and_only_then(log):
    grant = RoleGrant(new_id(), "omar", "controller", AT, AT + DAY, "chen")
    with log.begin() as records:
        records.house.put_person(OMAR)
        records.mandates.add_grant(grant)

    def held(at):
        with log.read() as records:
            person = records.house.person("omar", at=at)
            assert [person] == list(records.house.people(at=at))
            assert person is not None
            return person.roles

    both = frozenset({"ar_manager", "controller"})
    moments = [None, AT - timedelta(microseconds=1), AT, AT + DAY - timedelta(microseconds=1), AT + DAY]
    assert [held(at) == both for at in moments] == [False, False, True, True, False]
    with log.begin() as records:
        records.mandates.withdraw_grants("omar", frozenset({"controller"}), at=AT)
    assert held(AT) == OMAR.roles
    with log.read() as records:
        assert list(records.mandates.grants()) == [replace(grant, withdrawn_at=AT)]


def test_a_delegation_comes_back_and_is_withdrawn_once(log):
    with log.begin() as records:
        records.mandates.add_delegation(LOAN)
    with log.begin() as records:
        assert [records.mandates.delegations(login) for login in ("maya", "omar", None, "chen")] == [[LOAN]] * 3 + [[]]
        assert records.mandates.withdraw_delegation(LOAN.id, at=AT + DAY)
        assert not records.mandates.withdraw_delegation(LOAN.id, at=AT + DAY)
        assert not records.mandates.withdraw_delegation("d-9", at=AT + DAY)
    with log.read() as records:
        assert list(records.mandates.delegations()) == [replace(LOAN, withdrawn_at=AT + DAY)]


def test_a_limit_and_a_manager_come_back(log):
    limited = replace(OMAR, approval_limit=usd("5000.00"), manager="chen")
    with log.begin() as records:
        records.house.put_person(limited)
        assert records.house.person("omar") == limited


def test_a_step_is_widened_only_while_it_waits(log):
    _, decision = decided(log)
    wider = (TWO_STEPS[0] | {"controller"}, TWO_STEPS[1])
    with log.begin() as records:
        records.cases.set_decision_steps(decision.id, wider)
        records.cases.set_decision_state(decision.id, "approved")
        records.cases.set_decision_steps(decision.id, TWO_STEPS)
        found = records.cases.latest_decision(decision.case_id)
        assert found is not None
        assert found.steps == wider
