from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.effects import EffectType
from csr_bot.core.kyc import (
    DataScope,
    ForbiddenStepError,
    KycRisk,
    KycStatus,
    data_scope,
    is_held_back,
    moves_due,
    next_review_after,
    require_step,
    roles_for,
)

S, T = KycStatus, EffectType
REVIEW = date(2026, 6, 30)
FORWARD = {
    (S.NOT_STARTED, S.DOCS_REQUESTED),
    (S.DOCS_REQUESTED, S.DOCS_RECEIVED),
    (S.DOCS_RECEIVED, S.SCREENING),
    (S.SCREENING, S.MANUAL_REVIEW),
    (S.SCREENING, S.EDD),
    (S.MANUAL_REVIEW, S.APPROVED),
    (S.EDD, S.APPROVED),
    (S.APPROVED, S.REVIEW_DUE),
    (S.REVIEW_DUE, S.APPROVED),
    (S.REVIEW_DUE, S.EXPIRED),
    (S.EXPIRED, S.DOCS_REQUESTED),
    (S.BLOCKED, S.MANUAL_REVIEW),
}
UNFINISHED = [S.NOT_STARTED, S.DOCS_REQUESTED, S.DOCS_RECEIVED, S.SCREENING, S.MANUAL_REVIEW, S.EDD, None]
CREDIT_AND_CASH = {
    T.REQUEST_REFUND,
    T.SET_CREDIT_LIMIT,
    T.SET_PAYMENT_TERMS,
    T.CREATE_PAYMENT_PLAN,
    T.RECHECK_CREDIT_BLOCK,
    T.STAGE_BANK_CHANGE,
    T.ACTIVATE_BANK_CHANGE,
}


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_a_record_makes_the_allowed_moves_and_no_other(before, after):
    stops = after in {S.REJECTED, S.BLOCKED} and before != after
    if (before, after) in FORWARD or stops:
        require_step(before, after, role="kyc_manager")
    else:
        with pytest.raises(ForbiddenStepError, match=f"from {before} to {after}"):
            require_step(before, after, role="kyc_manager")


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", [S.APPROVED, S.REJECTED, S.BLOCKED])
def test_the_bot_never_approves_rejects_or_blocks(before, after):
    with pytest.raises(ForbiddenStepError):
        require_step(before, after, role="bot")


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_no_other_desk_moves_a_record(before, after):
    assert roles_for(before, after) <= {"bot", "kyc_officer", "kyc_manager"}


def test_after_enhanced_due_diligence_the_manager_approves():
    with pytest.raises(ForbiddenStepError, match="kyc_officer may not"):
        require_step(S.EDD, S.APPROVED, role="kyc_officer")
    require_step(S.MANUAL_REVIEW, S.APPROVED, role="kyc_officer")


@pytest.mark.parametrize(
    ("status", "today", "moves"),
    [
        (S.APPROVED, date(2026, 5, 30), ()),
        (S.APPROVED, date(2026, 5, 31), (S.REVIEW_DUE,)),
        (S.APPROVED, date(2026, 7, 29), (S.REVIEW_DUE,)),
        (S.APPROVED, date(2026, 7, 30), (S.REVIEW_DUE, S.EXPIRED)),
        (S.REVIEW_DUE, date(2026, 7, 29), ()),
        (S.REVIEW_DUE, date(2026, 7, 30), (S.EXPIRED,)),
        (S.EXPIRED, date(2027, 1, 1), ()),
        (S.BLOCKED, date(2027, 1, 1), ()),
    ],
)
def test_time_moves_a_record_30_days_before_and_30_after_the_review(status, today, moves):
    assert moves_due(status, next_review_on=REVIEW, today=today) == moves


def test_without_a_day_of_review_time_moves_nothing():
    assert moves_due(S.APPROVED, next_review_on=None, today=date(2099, 1, 1)) == ()


@given(st.sampled_from(S), st.integers(-400, 400))
def test_what_time_does_are_moves_that_the_bot_may_make(status, days):
    for after in moves_due(status, next_review_on=REVIEW, today=REVIEW + timedelta(days=days)):
        require_step(status, after, role="bot")
        status = after


@pytest.mark.parametrize(
    ("risk", "day"),
    [(KycRisk.HIGH, date(2026, 11, 21)), (KycRisk.MEDIUM, date(2028, 11, 21)), (KycRisk.LOW, date(2030, 11, 21))],
)
def test_the_riskier_the_customer_the_sooner_the_next_review(risk, day):
    assert next_review_after(date(2025, 11, 21), risk) == day


@pytest.mark.parametrize("effect_type", T)
def test_approval_and_review_hold_nothing_back(effect_type):
    assert not is_held_back(effect_type, status=S.APPROVED)
    assert not is_held_back(effect_type, status=S.REVIEW_DUE)


@pytest.mark.parametrize("status", [S.EXPIRED, *UNFINISHED])
@pytest.mark.parametrize("effect_type", T)
def test_without_approval_cash_credit_and_bank_data_wait_and_corrections_go_on(status, effect_type):
    assert is_held_back(effect_type, status=status) == (effect_type in CREDIT_AND_CASH)


@pytest.mark.parametrize("status", [S.BLOCKED, S.REJECTED])
@pytest.mark.parametrize("effect_type", T)
def test_nothing_leaves_for_a_stopped_customer_but_what_protects_us(status, effect_type):
    goes_on = effect_type in {T.SET_REFUND_BLOCK, T.KYC_MARK_RECEIVED, T.KYC_RELEASE}
    assert is_held_back(effect_type, status=status) == (not goes_on)


@pytest.mark.parametrize(
    ("status", "scope"),
    [
        (S.APPROVED, DataScope.ALL),
        (S.REVIEW_DUE, DataScope.ALL),
        (S.EXPIRED, DataScope.OPEN_ITEMS),
        (S.BLOCKED, DataScope.NONE),
        (S.REJECTED, DataScope.NONE),
        *((status, DataScope.OPEN_ITEMS) for status in UNFINISHED),
    ],
)
def test_what_may_be_told_depends_on_the_state(status, scope):
    assert data_scope(status) is scope
