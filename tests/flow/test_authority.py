"""Authority on the real log: duties kept apart through edits, temporary roles, limits and delegations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import (
    EffectType,
    PlannedEffect,
    business_reference,
    canonical_json,
    idempotency_key,
    payload_of,
    payload_sha256,
)
from csr_bot.core.money import Money
from csr_bot.core.persons import Delegation, Refusal, RoleGrant
from csr_bot.flow.authority import find_missing_authority
from csr_bot.flow.mandates import candidates_for_step, offer_step
from csr_bot.flow.review import approve, reject
from csr_bot.ids import new_id
from csr_bot.records import CaseRecord, DecisionRecord, Person
from tests.flow.desks import Office, find_breaks
from tests.log.rows import a_case, a_decision, an_effect

MANAGER, CONTROLLER = frozenset({"ar_manager"}), frozenset({"controller"})
DAY = timedelta(days=1)
FRIDAY = datetime(2025, 11, 28, 5, tzinfo=UTC)  # midnight in New York


def somebody(login: str, *roles: str, **changes) -> Person:
    person = Person(login, login.title(), f"{login}@sharedservices.example", frozenset(roles), active=True)
    return replace(person, **changes)


OMAR, PIA, RITA = somebody("omar", "ar_manager"), somebody("pia", "ar_analyst"), somebody("rita", "finance_director")


@pytest.fixture
def desk(office: Office) -> Office:
    """The office with three more people."""
    hire(office, OMAR, PIA, RITA)
    return office


def hire(office: Office, *people: Person) -> None:
    with office.log.begin() as records:
        for person in people:
            records.house.put_person(person)


def submit(
    office: Office, *steps: frozenset[str], amount: str = "9850.00", customer_no: str = "C-1003", **of_case
) -> CaseRecord:
    """A case whose credit waits for these approvals, as the bot would have prepared it."""
    with office.log.begin() as records:
        (case_no,) = records.cases.next_numbers(2025, 1)
        prepared_by = of_case.pop("prepared_by", "bot")
        case = a_case(case_no, status=CaseStatus.PENDING_APPROVAL, customer_no=customer_no, **of_case)
        content = {"invoice_no": "INV-2025-00388", "amount": amount, "currency": "USD"}
        planned = PlannedEffect(1, EffectType.CREATE_CREDIT_NOTE, "INV-2025-00388", content)
        payload = payload_of(case_no=case_no, decision_version=1, policy_version=7, effects=[planned])
        decision = a_decision(
            case,
            steps=steps,
            total=Money(Decimal(amount), "USD"),
            payload=canonical_json(payload),
            payload_sha256=payload_sha256(payload),
            prepared_by=prepared_by,
        )
        key = idempotency_key(case_no=case_no, decision_version=1, effect=planned)
        effect = an_effect(
            decision, params=content, target=planned.target, idempotency_key=key, reference=business_reference(key)
        )
        records.cases.add([case])
        records.cases.add_decision(decision, ())
        records.effects.add([effect], at=office.clock.now())
    return case


def lend(office: Office, delegator: str, delegate: str, *roles: str, **changes) -> Delegation:
    """A delegation as it stands in the log, whoever put it there."""
    now = office.clock.now()
    made = Delegation(
        id=new_id(),
        delegator=delegator,
        delegate=delegate,
        roles=frozenset(roles or ("ar_manager",)),
        max_amount=Money(Decimal("10000.00"), "USD"),
        valid_from=now,
        valid_until=now + 20 * DAY,
        why="on leave",
        created_by="chen",
        created_at=now,
    )
    made = replace(made, **changes)
    with office.log.begin() as records:
        records.mandates.add_delegation(made)
    return made


def press(office: Office, case: CaseRecord, login: str) -> str:
    """What comes of an approval: the state of the case or the rule that stands against it."""
    result = approve(office.desk, case.case_no, login=login)
    return result.rule if isinstance(result, Refusal) else result.status.value


def missing(office: Office, case: CaseRecord) -> str | None:
    with office.log.read() as records:
        (effect,) = records.effects.of_case(case.id)
        return find_missing_authority(records, effect)


def given(office: Office, case: CaseRecord) -> list[tuple[str, str, str | None]]:
    """Who approved in which role, and for whom."""
    with office.log.read() as records:
        decision = records.cases.latest_decision(case.id)
        assert decision is not None
        return [(each.approver, each.acted_role, each.delegated_from) for each in records.cases.approvals(decision.id)]


def test_who_edits_may_not_approve_and_nobody_approves_twice(shared_office):
    desk = shared_office
    hire(desk, OMAR)
    case = submit(desk, MANAGER, CONTROLLER, amount="18750.00", editors=("maya",))
    lend(desk, "chen", "omar", "controller", max_amount=None)
    assert [press(desk, case, login) for login in ("anna", "maya", "omar")] == [
        "AUTHORITY",
        "SOD-01",
        "pending_approval",
    ]
    assert [press(desk, case, login) for login in ("omar", "maya", "chen")] == ["SOD-02", "SOD-01", "executing"]
    assert given(desk, case) == [("omar", "ar_manager", None), ("chen", "controller", None)]
    refused = [(event.actor, event.data["rule"]) for event in desk.events("approval.refused")]
    assert refused == [("anna", "AUTHORITY"), ("maya", "SOD-01"), ("omar", "SOD-02"), ("maya", "SOD-01")]
    assert missing(desk, case) is None
    assert find_breaks(desk) == []


def test_a_delegation_counts_from_its_day_and_is_not_lent_on(desk):
    case = submit(desk, MANAGER)
    lend(desk, "maya", "omar", valid_from=FRIDAY)
    lend(desk, "omar", "pia", valid_from=FRIDAY)
    assert press(desk, case, "pia") == "AUTHORITY"
    desk.clock.moment = FRIDAY
    assert press(desk, case, "pia") == "SOD-07"
    assert press(desk, case, "omar") == "executing"


def test_a_delegate_approves_under_both_names(desk):
    case = submit(desk, MANAGER, CONTROLLER)
    loan = lend(desk, "maya", "luis")
    assert press(desk, case, "luis") == "pending_approval"
    assert given(desk, case) == [("luis", "ar_manager", "maya")]
    (event,) = desk.events("approval.given")
    assert event.actor == "luis"
    assert (event.data["delegated_from"], event.data["delegation"]) == ("maya", loan.id)
    assert press(desk, case, "maya") == "SOD-02"
    assert press(desk, case, "chen") == "executing"
    assert missing(desk, case) is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"amount": "10000.00"}, "executing"),
        ({"amount": "10000.01"}, "LIMIT"),
        ({"editors": ("maya",)}, "SOD-07"),
        ({"editors": ("luis",)}, "SOD-01"),
        ({"prepared_by": "maya"}, "SOD-07"),
        ({"prepared_by": "Luis"}, "SOD-01"),
        ({"prepared_by": "anna"}, "executing"),
    ],
)
def test_what_a_delegate_may_approve(desk, change, rule):
    lend(desk, "maya", "luis")
    assert press(desk, submit(desk, MANAGER, **change), "luis") == rule


def test_who_turns_a_decision_down_needs_the_same_right(desk):
    case = submit(desk, MANAGER, editors=("maya",))
    assert isinstance(reject(desk.desk, case.case_no, login="maya", why="no"), Refusal)
    assert [event.data["rule"] for event in desk.events("approval.refused")] == ["SOD-01"]
    lend(desk, "omar", "luis")
    assert isinstance(reject(desk.desk, case.case_no, login="luis", why="no"), CaseRecord)


def test_the_second_account_of_a_preparer_is_the_preparer(desk):
    hire(desk, somebody("maya2", "ar_manager", email="Maya+two@sharedservices.example"))
    assert press(desk, submit(desk, MANAGER, editors=("maya",)), "maya2") == "SOD-01"


def test_a_personal_limit_narrows_the_matrix(desk):
    hire(desk, replace(OMAR, approval_limit=Money(Decimal("9849.99"), "USD")))
    case = submit(desk, MANAGER)
    assert press(desk, case, "omar") == "LIMIT"
    assert press(desk, case, "maya") == "executing"


def test_a_role_for_a_while_approves_while_it_lasts(desk):
    now = desk.clock.now()
    with desk.log.begin() as records:
        records.mandates.add_grant(RoleGrant(new_id(), "pia", "ar_manager", now, now + DAY, "chen"))
    first, second = submit(desk, MANAGER), submit(desk, MANAGER)
    assert press(desk, first, "pia") == "executing"
    desk.clock.advance(DAY)
    assert press(desk, second, "pia") == "AUTHORITY"
    assert missing(desk, first) is None
    with desk.log.begin() as records:
        records.mandates.withdraw_grants("pia", frozenset({"ar_manager"}), at=desk.clock.now())
    assert missing(desk, first) is None, "what has run out is not taken away"


def lose_role(office: Office) -> None:
    hire(office, somebody("omar"))


def leave(office: Office) -> None:
    hire(office, replace(OMAR, active=False))


def lower_limit(office: Office) -> None:
    hire(office, replace(OMAR, approval_limit=Money(Decimal("1.00"), "USD")))


def become_alias(office: Office) -> None:
    hire(office, replace(OMAR, email="chen+omar@sharedservices.example"))


@pytest.mark.parametrize("change", [lose_role, leave, lower_limit, become_alias])
def test_authority_that_is_lost_between_click_and_execution_counts_no_more(desk, change):
    case = submit(desk, MANAGER, CONTROLLER)
    assert [press(desk, case, login) for login in ("omar", "chen")] == ["pending_approval", "executing"]
    assert missing(desk, case) is None
    change(desk)
    assert missing(desk, case) is not None


@pytest.mark.parametrize("how", ["runs out", "is withdrawn", "the delegator leaves", "the delegator loses the role"])
def test_a_delegation_is_looked_at_again_before_execution(desk, how):
    case = submit(desk, MANAGER)
    loan = lend(desk, "omar", "luis", valid_until=desk.clock.now() + DAY)
    assert press(desk, case, "luis") == "executing"
    desk.clock.advance(timedelta(hours=1) if how == "is withdrawn" else 2 * DAY)
    if how == "is withdrawn":
        with desk.log.begin() as records:
            assert records.mandates.withdraw_delegation(loan.id, at=desk.clock.now())
    elif how != "runs out":
        hire(desk, replace(OMAR, active=False) if how == "the delegator leaves" else somebody("omar"))
    assert (missing(desk, case) is None) == (how == "runs out")


def test_a_grant_that_is_taken_away_before_execution_counts_no_more(desk):
    now = desk.clock.now()
    with desk.log.begin() as records:
        records.mandates.add_grant(RoleGrant(new_id(), "pia", "ar_manager", now, now + DAY, "chen"))
    case = submit(desk, MANAGER)
    assert press(desk, case, "pia") == "executing"
    with desk.log.begin() as records:
        records.mandates.withdraw_grants("pia", frozenset({"ar_manager"}), at=now)
    assert missing(desk, case) is not None


def test_the_candidates_of_a_step_are_those_who_would_not_be_refused(desk):
    case = submit(desk, MANAGER, CONTROLLER, editors=("maya",), customer_no="C-1001")
    lend(desk, "omar", "luis")
    lend(desk, "omar", "tom")

    def candidates():
        with desk.log.read() as records:
            decision = records.cases.latest_decision(case.id)
            assert decision is not None
            found = candidates_for_step(records, case, decision, at=desk.clock.now(), policy=desk.desk.policy)
        names = [[person.login for person in people] for people in (found.holders, found.delegates, found.higher)]
        return (*names, found.higher_role)

    # Maya edited, Tom owns the account.
    assert candidates() == (["both", "omar"], ["luis"], ["both", "chen"], "controller")
    assert press(desk, case, "luis") == "pending_approval"
    assert candidates() == (["both", "chen"], [], ["rita"], "finance_director")


def test_a_delegate_who_holds_the_role_himself_is_named_as_both(desk):
    case = submit(desk, MANAGER)
    lend(desk, "maya", "omar")
    with desk.log.read() as records:
        decision = records.cases.latest_decision(case.id)
        assert decision is not None
        found = candidates_for_step(records, case, decision, at=desk.clock.now(), policy=desk.desk.policy)
    assert [person.login for person in found.holders] == ["both", "maya", "omar"]
    assert [(person.login, person.roles) for person in found.delegates] == [("omar", MANAGER)]


def test_a_step_that_is_offered_above_may_be_taken_there_and_says_so(desk):
    case = submit(desk, MANAGER)
    assert press(desk, case, "chen") == "AUTHORITY"
    with desk.log.begin() as records:
        decision = records.cases.latest_decision(case.id)
        assert decision is not None
        offer_step(
            records, case, decision, role="controller", at=desk.clock.now(), actor="bot", why="its time has run out"
        )
    (event,) = desk.events("approval.offered")
    assert (event.data["role"], event.data["step"]) == ("controller", 1)
    assert press(desk, case, "chen") == "executing"
    assert missing(desk, case) is None


def histories(seed: int, office: Office) -> Iterator[CaseRecord]:
    """Cases with chance editors, delegations and clicks; every click is on the real log."""
    chance = Random(seed)
    logins = ["anna", "luis", "maya", "omar", "chen", "tom", "both", "pia", "rita", "gone", "bot"]
    roles = [MANAGER, CONTROLLER, MANAGER | {"ar_lead"}, frozenset({"finance_director"})]
    for _ in range(6):
        lender, delegate = chance.sample(logins[:9], 2)
        lend(office, lender, delegate, *chance.choice(roles))
    for _ in range(3):
        editors = tuple(chance.sample(logins, chance.randint(0, 2)))
        steps = [chance.choice(roles) for _ in range(chance.randint(1, 3))]
        preparer = chance.choice(["bot", "bot", "anna", "maya"])
        amount = chance.choice(["100.00", "9850.00", "18750.00"])
        case = submit(office, *steps, editors=editors, prepared_by=preparer, amount=amount, customer_no="C-1001")
        for _ in range(12):
            press(office, case, chance.choice(logins))
        yield case


@pytest.mark.parametrize("seed", range(8))
def test_no_history_of_approvals_breaks_a_rule(desk, seed):
    approved = 0
    for case in histories(seed, desk):
        with desk.log.read() as records:
            decision: DecisionRecord | None = records.cases.latest_decision(case.id)
            assert decision is not None
            approvals = records.cases.approvals(decision.id)
            loans = {loan.id: loan for loan in records.mandates.delegations()}
            people = {person.login: person for person in records.house.people()}
        parties = [name for each in approvals for name in (each.approver, each.delegated_from) if name]
        assert len(set(parties)) == len(parties), "SOD-02"
        assert not {decision.prepared_by, *case.editors} & set(parties), "SOD-01 and SOD-07"
        assert not {"tom", "bot", "gone"} & set(parties), "SOD-08, SOD-09, and nobody who has left"
        for place, each in enumerate(approvals):
            assert each.acted_role in decision.steps[place]
            assert each.acted_role in people[each.delegated_from or each.approver].roles
            assert each.payload_sha256 == decision.payload_sha256, "SOD-11"
            if each.delegation_id is not None:
                loan = loans[each.delegation_id]
                assert (loan.delegator, loan.delegate) == (each.delegated_from, each.approver)
                assert decision.total is not None
                assert loan.max_amount is not None
                assert decision.total.amount <= loan.max_amount.amount
                assert not any(other.delegate == loan.delegator for other in loans.values()), "SOD-07: no chains"
        whole = len(approvals) == len(decision.steps)
        assert (decision.state == "approved") == whole
        assert (missing(desk, case) is None) == whole
        approved += whole
    assert approved, "a history in which nothing is approved proves nothing"
