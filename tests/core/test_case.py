from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csr_bot.core.case import AT_REST, CaseStatus, ForbiddenStepError, advance

S = CaseStatus


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.VALIDATING, S.EXECUTING),
        (S.PENDING_APPROVAL, S.EXECUTING),
        (S.RESOLVED, S.EXECUTING),
        (S.QUARANTINED, S.APPROVED),
        (S.NEW, S.APPROVED),
        (S.TRIAGED, S.EXECUTING),
        (S.IN_REVIEW, S.EXECUTING),
        (S.CLOSED, S.EXECUTING),
        (S.EXECUTION_FAILED, S.APPROVED),
    ],
)
def test_what_is_forbidden_on_purpose_raises(before, after):
    with pytest.raises(ForbiddenStepError, match=f"from {before} to {after}"):
        advance(before, after)


@pytest.mark.parametrize(
    "way",
    [
        (S.NEW, S.TRIAGED, S.VALIDATING, S.APPROVED, S.EXECUTING, S.RESOLVED, S.CLOSED),
        (S.NEW, S.TRIAGED, S.VALIDATING, S.PENDING_APPROVAL, S.APPROVED, S.EXECUTING, S.RESOLVED),
        (S.NEW, S.TRIAGED, S.VALIDATING, S.PENDING_APPROVAL, S.IN_REVIEW, S.TRIAGED, S.VALIDATING),
        (S.NEW, S.TRIAGED, S.VALIDATING, S.IN_REVIEW, S.PENDING_APPROVAL, S.APPROVED),
        (S.APPROVED, S.EXECUTING, S.EXECUTION_FAILED, S.EXECUTING, S.RESOLVED),
        (S.EXECUTION_FAILED, S.IN_REVIEW),
        (S.NEW, S.CLOSED),
        (S.NEW, S.QUARANTINED, S.TRIAGED),
        (S.QUARANTINED, S.CLOSED),
        (S.RESOLVED, S.TRIAGED),
        (S.CLOSED, S.TRIAGED),
    ],
)
def test_the_ways_of_a_case_are_open(way):
    for before, after in pairwise(way):
        assert advance(before, after) is after


@pytest.mark.parametrize("status", CaseStatus)
def test_no_state_leads_to_itself(status):
    with pytest.raises(ForbiddenStepError):
        advance(status, status)


@given(st.lists(st.sampled_from(CaseStatus)))
def test_no_walk_executes_what_was_not_approved(wishes):
    walk = [S.NEW]
    for wish in wishes:
        try:
            walk.append(advance(walk[-1], wish))
        except ForbiddenStepError:
            continue
    for before, after in pairwise(walk):
        assert after is not S.EXECUTING or before in (S.APPROVED, S.EXECUTION_FAILED)
        assert after is not S.APPROVED or before in (S.VALIDATING, S.PENDING_APPROVAL)
        assert before is not S.QUARANTINED or after in (S.TRIAGED, S.CLOSED)
    assert S.EXECUTING not in walk or S.APPROVED in walk[: walk.index(S.EXECUTING)]


def test_a_case_that_somebody_works_on_is_not_at_rest():
    assert AT_REST.isdisjoint({S.NEW, S.TRIAGED, S.VALIDATING, S.APPROVED, S.EXECUTING})
