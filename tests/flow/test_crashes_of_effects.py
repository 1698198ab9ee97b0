"""A worker may die anywhere around a change, an allocation and an entry of a register: each of them is there once."""

from __future__ import annotations

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState
from tests.flow.desks import find_breaks
from tests.flow.planned import ALLOCATION, DISPUTE, PROMISE, decide_on, pay_on_account
from tests.flow.test_crashes import live_and_take_over


def find_problems(office) -> list[str]:
    """What is wrong about a case whose three effects should each have happened once."""
    effects = office.effects()
    problems = []
    if office.case().status is not CaseStatus.RESOLVED:
        problems.append(f"the case is {office.case().status}")
    if [effect.state for effect in effects] != [EffectState.VERIFIED] * 3:
        problems.append(f"effects: {[effect.state.value for effect in effects]}")
    with office.log.read() as records:
        entries = records.registers.find_by_reference(effects[-1].reference)
    done = (len(office.erp.changes), len(office.erp.documents), len(entries))
    if done != (1, 1, 1):
        problems.append(f"changes, documents and entries: {done}")
    return problems + find_breaks(office)


def test_a_worker_that_dies_at_any_place_leaves_effects_that_another_one_ends(
    new_office, monkeypatch: pytest.MonkeyPatch
):
    decide_on(monkeypatch, DISPUTE, ALLOCATION, PROMISE)

    def ready_office():
        office = new_office()
        pay_on_account(office)
        return office

    whole = live_and_take_over(ready_office(), None).places
    assert {"after change_field", "after post_document"} <= set(whole)
    # What happens before the first effect is begun is the same for every kind of effect, and tested with the credit.
    first = whole.index("before find_changes_by_reference") + 1
    wrong = {}
    for number in range(first, len(whole) + 1):
        office = ready_office()
        fate = live_and_take_over(office, number)
        if problems := find_problems(office):
            wrong[number, fate.places[-1]] = problems
        office.close()
    assert wrong == {}
