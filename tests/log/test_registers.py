"""Registers of our own: one entry for one effect, found by its reference, listed when it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.caselog import ConflictError
from csr_bot.ids import new_id
from csr_bot.registers import OPEN, RegisterEntry, RegisterKind
from tests.log.rows import AT, a_case, a_decision, refused, store_decided

CASE = a_case()


@pytest.fixture
def log_with_case(log: SqlCaseLog) -> SqlCaseLog:
    store_decided(log, CASE, a_decision(CASE))
    return log


def an_entry(**changes: object) -> RegisterEntry:
    entry = RegisterEntry(
        id=new_id(),
        kind=RegisterKind.PROMISE,
        case_id=CASE.id,
        reference="csr:1",
        customer_no="C-1001",
        subject="INV-1",
        content={"amount": "100.00", "currency": "USD"},
        status=OPEN,
        due_on=date(2025, 12, 5),
        created_at=AT,
    )
    return replace(entry, **changes)


def add(log: SqlCaseLog, *entries: RegisterEntry) -> None:
    with log.begin() as records:
        records.registers.add(entries)


def test_an_entry_comes_back_by_its_reference_and_by_no_other(log_with_case: SqlCaseLog):
    entry = an_entry()
    add(log_with_case, entry, an_entry(reference="csr:11"), an_entry(reference="csr_1"))
    with log_with_case.read() as records:
        assert records.registers.find_by_reference("csr:1") == [entry]
        assert records.registers.find_by_reference("csr:2") == []


def test_the_entries_of_one_effect_are_found_together_by_day(log_with_case: SqlCaseLog):
    first = an_entry(reference="csr:1/1", due_on=date(2025, 12, 1))
    second = an_entry(reference="csr:1/2", due_on=date(2026, 1, 1))
    add(log_with_case, second, first)
    with log_with_case.read() as records:
        assert records.registers.find_by_reference("csr:1") == [first, second]


def test_one_reference_is_entered_once(log_with_case: SqlCaseLog):
    add(log_with_case, an_entry())
    with refused(log_with_case, ConflictError) as records:
        records.registers.add([an_entry()])


def test_what_is_due_is_listed_until_its_status_changes(log_with_case: SqlCaseLog):
    late, due, later, other = (
        an_entry(reference="csr:late", due_on=date(2025, 11, 1)),
        an_entry(reference="csr:due"),
        an_entry(reference="csr:later", due_on=date(2025, 12, 6)),
        an_entry(reference="csr:other", kind=RegisterKind.INSTALMENT),
    )
    add(log_with_case, due, late, later, other)
    with log_with_case.begin() as records:
        assert records.registers.open_entries(RegisterKind.PROMISE, due_by=date(2025, 12, 5)) == [late, due]
        records.registers.set_status(late, "kept")
    with log_with_case.begin() as records:
        assert records.registers.open_entries(RegisterKind.PROMISE, due_by=date(2025, 12, 5)) == [due]
    with refused(log_with_case, ConflictError, "not as it was read") as records:
        records.registers.set_status(late, "broken")
