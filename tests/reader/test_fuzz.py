"""A short run of the fuzzing: whatever is done to a mail or a workbook, it ends with an outcome and in time."""

from __future__ import annotations

from benchmarks.fuzz.materials import list_mails, list_workbooks
from benchmarks.fuzz.runs import fuzz_mails, fuzz_workbooks, make_mutants


def test_mutated_mails_end_with_an_outcome():
    outcomes = fuzz_mails(list_mails(), count=400, seed=1)
    assert outcomes.items == 400
    assert outcomes.slowest < 10
    assert outcomes.broken == {}
    assert outcomes.counts["read"] > 100


def test_mutated_workbooks_end_with_an_outcome():
    outcomes = fuzz_workbooks(list_workbooks(), count=50, seed=1)
    assert outcomes.items == 50
    assert outcomes.slowest < 35
    assert outcomes.broken == {}


def test_a_seed_makes_the_same_mutants_again():
    sources = list_mails()[:20]
    first, again = (list(make_mutants(sources, count=50, seed=5, packed=False)) for _ in range(2))
    assert first == again
    assert first != list(make_mutants(sources, count=50, seed=6, packed=False))
