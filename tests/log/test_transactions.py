"""One transaction: all of it or nothing, and nobody is woken for work that does not stand."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import InternalError

from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.tables import request_case
from csr_bot.caselog import ConflictError
from csr_bot.core.case import CaseStatus
from csr_bot.ports import UnavailableError
from tests.log.rows import AT, Bell, a_case, a_work_item, an_intake, refused, together, until_it_stands


def test_an_exception_leaves_nothing_and_wakes_nobody(log: SqlCaseLog, bell: Bell):
    with refused(log, RuntimeError, match="half-way") as records:
        records.cases.add([a_case()])
        records.events.add("case.created", actor="bot", entity="case", entity_id="x", at=AT)
        records.tasks.add(kind="work", subject="x", queue="mail", due_at=AT)
        raise RuntimeError("half-way")
    with log.read() as records:
        assert records.cases.by_no("CSR-2025-000101") is None
        assert list(records.events.all()) == []
        assert records.tasks.open_count() == 0
    assert bell.rings == []


def test_workers_are_woken_after_the_commit(log: SqlCaseLog, bell: Bell):
    with log.begin() as records:
        first = records.tasks.add(kind="work", subject="a", queue="mail", due_at=AT)
        records.tasks.add_for_new_cases(["b"], queue="browser", due_at=AT)
        assert bell.rings == []
    (rung,) = bell.rings
    assert rung["mail"] == [first]
    assert len(rung["browser"]) == 1


def test_a_view_shows_one_state_whatever_is_recorded_meanwhile(log: SqlCaseLog):
    with log.read() as before:
        assert before.intake.count() == 0
        with log.begin() as records:
            records.intake.add([an_intake()], [], taken_at=AT)
        assert before.intake.count() == 0
    with log.read() as after:
        assert after.intake.count() == 1


def test_a_view_writes_nothing(log: SqlCaseLog):
    # PostgreSQL refuses to, SQLite takes it back.
    with suppress(InternalError), log.read() as records:
        records.house.put_stop("*", why="test", by="maya", at=AT)
    with log.read() as records:
        assert records.house.stops() == {}


def test_a_case_that_has_moved_on_is_not_overwritten(log: SqlCaseLog):
    case = a_case()
    with log.begin() as records:
        records.cases.add([case])
        records.cases.update(case, replace(case, status=CaseStatus.VALIDATING), at=AT)
    with refused(log, ConflictError, match="not triaged any more") as records:
        records.cases.update(case, replace(case, status=CaseStatus.RESOLVED), at=AT)
    with log.read() as records:
        assert records.cases.get(case.id).status is CaseStatus.VALIDATING


def test_a_case_comes_back_as_it_was_stored(log: SqlCaseLog):
    case = a_case(reasons=("A", "B"), dedupe_key="e" * 64)
    with log.begin() as records:
        records.cases.add([case])
    with log.read() as records:
        assert records.cases.get(case.id) == case


def test_numbers_are_given_once_and_without_a_gap_to_writers_at_the_same_time(log: SqlCaseLog):
    given = together(
        6, lambda _: [until_it_stands(log, lambda records: records.cases.next_numbers(2025, 2)) for _ in range(5)]
    )
    numbers = [number for batches in given for batch in batches for number in batch]
    assert sorted(numbers) == [f"CSR-2025-{number:06}" for number in range(101, 161)]


def test_numbers_of_a_transaction_that_failed_are_given_again(log: SqlCaseLog):
    with refused(log, RuntimeError) as records:
        assert records.cases.next_numbers(2026, 1) == ["CSR-2026-000101"]
        raise RuntimeError("half-way")
    with log.begin() as records:
        assert records.cases.next_numbers(2026, 1) == ["CSR-2026-000101"]


def test_two_cases_never_have_one_number(log: SqlCaseLog):
    with refused(log, ConflictError) as records:
        records.cases.add([a_case(), a_case()])
    with log.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(request_case)).scalar() == 0


@pytest.mark.parametrize("text", ["CSR-2025-000101", "101", "000101"])
def test_a_case_is_found_by_the_number_that_people_use(log: SqlCaseLog, text):
    with log.begin() as records:
        records.cases.add([a_case(), a_case("CSR-2025-001101")])
    with log.read() as records:
        assert records.cases.by_no(text).case_no == "CSR-2025-000101"
        assert records.cases.by_no("%") is None


def test_only_an_open_case_about_the_same_is_a_duplicate(log: SqlCaseLog):
    key = "e" * 64
    first, second = a_case("CSR-2025-000101", dedupe_key=key), a_case("CSR-2025-000102", dedupe_key=key)
    closed = a_case("CSR-2025-000100", dedupe_key=key, status=CaseStatus.CLOSED)
    with log.begin() as records:
        records.cases.add([first, second, closed])
    with log.read() as records:
        assert records.cases.find_open_duplicate(key, other_than=second.id) == first.case_no
        assert records.cases.find_open_duplicate(key, other_than=first.id) == second.case_no
        assert records.cases.find_open_duplicate("f" * 64, other_than=first.id) is None


def test_a_case_waits_once_for_the_same_and_one_person_claims_it(log: SqlCaseLog):
    case = a_case()
    item = a_work_item(case)
    with log.begin() as records:
        records.cases.add([case])
        records.cases.add_work_item(item)
        records.cases.add_work_item(a_work_item(case))

    def claim(place: int) -> bool:
        with log.begin() as records:
            return bool(
                records.cases.claim_item(item.id, login=f"person-{place}", lease_until=AT.replace(hour=15), now=AT)
            )

    assert together(4, claim).count(True) == 1
    with log.read() as records:
        assert [entry.id for entry in records.cases.open_items(case.id)] == [item.id]


@pytest.mark.service
def test_a_database_that_is_away_is_unavailable(postgres_url, tmp_path, bell):
    engine = open_engine(postgres_url.rpartition("/")[0] + "/nowhere")
    log = SqlCaseLog(engine, doorbell=bell, lock_folder=tmp_path)
    with pytest.raises(UnavailableError, match="did not answer"), log.read():
        pass
    with pytest.raises(UnavailableError, match="did not answer"), log.begin():
        pass
    engine.dispose()
