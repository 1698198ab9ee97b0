"""Decisions, approvals and effects: recorded once, changed only from the state that was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.caselog import ConflictError
from csr_bot.core.checks import Finding, Result
from csr_bot.core.effects import EffectState, EffectType, ForbiddenMoveError
from csr_bot.core.evidence import Evidence, EvidenceCode
from csr_bot.core.facts import EarlierCredit
from csr_bot.records import Blob, ReceiptRecord
from tests.core.facts import usd
from tests.log.rows import (
    AT,
    MINUTE,
    a_case,
    a_decision,
    an_approval,
    an_effect,
    refused,
    store_decided,
    together,
)

CASE = a_case()
DECISION = a_decision(CASE)
CREDIT = an_effect(DECISION)


@pytest.fixture
def decided(log: SqlCaseLog) -> SqlCaseLog:
    """A log with a case, its decision and one planned credit."""
    store_decided(log, CASE, DECISION, CREDIT)
    return log


def move(log: SqlCaseLog, *states: EffectState, **changes: object):
    """Bring the credit through states, one transaction each."""
    with log.read() as records:
        before = records.effects.get(CREDIT.id)
    for state in states:
        after = replace(before, state=state, **changes)
        with log.begin() as records:
            records.effects.update(before, after, at=AT)
        before = after
    return before


def test_a_decision_comes_back_as_it_was_stored(decided: SqlCaseLog):
    finding = Finding(
        "V06", "INV-1", Result.FAIL, "differ", "STALE_SNAPSHOT", veto=True, expected="1", locators=("a!1",)
    )
    second = a_decision(CASE, version=2, total=None, steps=())
    with decided.begin() as records:
        records.cases.add_decision(second, [finding, replace(finding, check="V07")])
    with decided.read() as records:
        assert records.cases.latest_decision(CASE.id) == second
        assert [item.check for item in records.cases.findings(second.id)] == ["V06", "V07"]
        assert records.cases.findings(second.id)[0] == finding


def test_a_decision_keeps_the_exact_amount_and_its_steps(decided: SqlCaseLog):
    with decided.read() as records:
        assert records.cases.latest_decision(CASE.id) == DECISION


def test_a_version_of_a_decision_is_given_once(decided: SqlCaseLog):
    with refused(decided, ConflictError) as records:
        records.cases.add_decision(a_decision(CASE), ())


def test_evidence_with_a_float_is_never_stored(decided: SqlCaseLog):
    with refused(decided, TypeError) as records:
        records.cases.add_evidence(CASE.id, 1, [Evidence(EvidenceCode.LINES, "x", "a!1", AT, {"price": 1.5})])


def test_an_effect_comes_back_as_it_was_planned(decided: SqlCaseLog):
    with decided.read() as records:
        assert records.effects.get(CREDIT.id) == CREDIT
        assert list(records.effects.of_decision(DECISION.id)) == [CREDIT]
        assert list(records.effects.of_case(CASE.id)) == [CREDIT]


def test_an_effect_is_changed_from_the_state_that_was_read_and_no_other(decided: SqlCaseLog):
    move(decided, EffectState.AUTHORISED)
    with refused(decided, ConflictError, match="not as it was read") as records:
        records.effects.update(CREDIT, replace(CREDIT, state=EffectState.VOID), at=AT)


def test_a_worker_with_an_old_fence_changes_nothing(decided: SqlCaseLog):
    old = move(decided, EffectState.AUTHORISED)
    move(decided, EffectState.AUTHORISED, fence=1, attempts=1)
    with refused(decided, ConflictError, match="not as it was read") as records:
        records.effects.update(old, replace(old, state=EffectState.SUBMITTING), at=AT)
    with decided.read() as records:
        assert records.effects.get(CREDIT.id).state is EffectState.AUTHORISED


def test_of_many_workers_who_read_the_same_one_goes_on(decided: SqlCaseLog):
    before = move(decided, EffectState.AUTHORISED)

    def submit(_: int) -> bool:
        try:
            with decided.begin() as records:
                after = replace(before, state=EffectState.SUBMITTING, fence=before.fence + 1)
                records.effects.update(before, after, at=AT)
        except ConflictError:
            return False
        return True

    assert together(6, submit).count(True) == 1


@pytest.mark.parametrize("state", [EffectState.SUBMITTING, EffectState.VERIFIED, EffectState.IN_DOUBT])
def test_a_forbidden_move_is_refused_before_it_is_written(decided: SqlCaseLog, state):
    with refused(decided, ForbiddenMoveError) as records:
        records.effects.update(CREDIT, replace(CREDIT, state=state), at=AT)


def test_an_idempotency_key_is_used_once(decided: SqlCaseLog):
    again = an_effect(DECISION, idempotency_key=CREDIT.idempotency_key, target="INV-2025-00418")
    with refused(decided, ConflictError) as records:
        records.effects.add([again], at=AT)


def test_a_case_has_one_live_effect_of_a_kind_on_a_document(decided: SqlCaseLog):
    second = a_decision(CASE, version=2)
    with refused(decided, ConflictError) as records:
        records.cases.add_decision(second, ())
        records.effects.add([an_effect(second)], at=AT)
    with decided.begin() as records:
        records.effects.update(CREDIT, replace(CREDIT, state=EffectState.VOID), at=AT)
        records.cases.add_decision(second, ())
        records.effects.add([an_effect(second)], at=AT)
    with decided.read() as records:
        assert [item.state for item in records.effects.of_case(CASE.id)] == [EffectState.VOID, EffectState.PLANNED]


@pytest.mark.parametrize(
    "changes", [{"target": "INV-2025-00418"}, {"type": EffectType.SEND_REPLY}], ids=["document", "kind"]
)
def test_an_effect_of_another_kind_or_on_another_document_may_live_beside(decided: SqlCaseLog, changes):
    with decided.begin() as records:
        records.effects.add([an_effect(DECISION, seq=2, **changes)], at=AT)


def test_one_person_approves_one_step_only(decided: SqlCaseLog):
    with decided.begin() as records:
        records.cases.add_approval(an_approval(DECISION, "maya", 1))
    with refused(decided, ConflictError) as records:
        records.cases.add_approval(an_approval(DECISION, "maya", 2))


def test_one_step_is_approved_once(decided: SqlCaseLog):
    def approve(place: int) -> bool:
        try:
            with decided.begin() as records:
                records.cases.add_approval(an_approval(DECISION, f"person-{place}", 1))
        except ConflictError:
            return False
        return True

    assert together(4, approve).count(True) == 1


def test_approvals_come_back_step_by_step(decided: SqlCaseLog):
    given = [an_approval(DECISION, "maya", 1), an_approval(DECISION, "chen", 2)]
    with decided.begin() as records:
        for approval in reversed(given):
            records.cases.add_approval(approval)
    with decided.read() as records:
        assert list(records.cases.approvals(DECISION.id)) == given


def test_proof_is_kept_with_its_picture(decided: SqlCaseLog):
    shot = Blob("f" * 64, "image/png", b"\x89PNG\x00")
    with decided.begin() as records:
        records.effects.add_receipt(ReceiptRecord(CREDIT.id, "after", AT + MINUTE, {"number": "CN-1"}, shot))
        records.effects.add_receipt(ReceiptRecord(CREDIT.id, "before", AT, {"open": "1.00"}, None))
    with decided.read() as records:
        assert list(records.effects.receipts(CREDIT.id)) == [
            ("before", AT, {"open": "1.00"}, None),
            ("after", AT + MINUTE, {"number": "CN-1"}, shot.sha256),
        ]
        assert records.house.blob(shot.sha256) == shot


def earlier(log: SqlCaseLog, other_than: str = "another case"):
    with log.read() as records:
        return list(records.effects.earlier_credits("C-1001", other_than_case=other_than))


def test_a_credit_on_its_way_is_known_to_other_cases_with_its_lines(decided: SqlCaseLog):
    assert earlier(decided) == [
        EarlierCredit(
            case_no=CASE.case_no,
            invoice_no="INV-2025-00417",
            customer_no="C-1001",
            reason="PRICE",
            amount=usd("2400.00"),
            line_nos=frozenset({1}),
            by_bot_alone=False,
            posted=False,
            decided_at=AT,
        )
    ]
    assert earlier(decided, CASE.id) == []


def test_a_posted_credit_is_known_as_posted(decided: SqlCaseLog):
    move(decided, EffectState.AUTHORISED, EffectState.SUBMITTING, EffectState.VERIFIED)
    assert [item.posted for item in earlier(decided)] == [True]


@pytest.mark.parametrize("state", ["rejected", "drafted"])
def test_a_credit_that_was_not_granted_is_no_earlier_credit(decided: SqlCaseLog, state):
    with decided.begin() as records:
        records.cases.set_decision_state(DECISION.id, state)
    assert earlier(decided) == []


def test_a_void_effect_is_no_earlier_credit(decided: SqlCaseLog):
    move(decided, EffectState.VOID)
    assert earlier(decided) == []


@pytest.mark.parametrize(("approver", "alone", "effects"), [("bot", True, 1), ("maya", False, 0)])
def test_what_the_bot_decided_alone_is_told_from_what_people_approved(decided: SqlCaseLog, approver, alone, effects):
    with decided.begin() as records:
        if approver == "bot":
            records.cases.set_decision_steps(DECISION.id, (frozenset({"bot"}),))
        records.cases.add_approval(an_approval(DECISION, approver))
    assert [item.by_bot_alone for item in earlier(decided)] == [alone]
    with decided.read() as records:
        assert records.effects.bot_effects_since("C-1001", AT) == effects
        assert records.effects.bot_effects_since("C-1001", AT + timedelta(hours=1)) == 0
        assert records.effects.bot_effects_since("C-1002", AT) == 0


def test_amounts_in_the_log_are_never_floats(decided: SqlCaseLog):
    assert isinstance(earlier(decided)[0].amount.amount, Decimal)
