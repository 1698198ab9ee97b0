"""The queue of record: every task is done by one worker at a time, and none is lost."""

from __future__ import annotations

from collections import Counter

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from tests.log.rows import AT, MINUTE, refused, together


def add(log: SqlCaseLog, subject: str = "case-1", *, kind: str = "work", queue: str = "mail", due_at=AT) -> str | None:
    with log.begin() as records:
        return records.tasks.add(kind=kind, subject=subject, queue=queue, due_at=due_at)


def claim_next(log: SqlCaseLog, owner: str = "w-1", *, now=AT, queue: str = "mail"):
    with log.begin() as records:
        return records.tasks.claim_next(queue, owner=owner, now=now, lease_until=now + MINUTE)


def claim(log: SqlCaseLog, task_id: str, owner: str = "w-1", *, now=AT):
    with log.begin() as records:
        return records.tasks.claim(task_id, owner=owner, now=now, lease_until=now + MINUTE)


def test_eight_workers_take_two_hundred_tasks_and_none_twice(log: SqlCaseLog):
    with log.begin() as records:
        records.tasks.add_for_new_cases([f"case-{number}" for number in range(200)], queue="mail", due_at=AT)

    def work(place: int) -> list[str]:
        done = []
        while (task := claim_next(log, f"w-{place}")) is not None:
            done.append(task.subject)
        return done

    taken = Counter(subject for subjects in together(8, work) for subject in subjects)
    assert set(taken.values()) == {1}
    assert len(taken) == 200


def test_eight_workers_rung_for_one_task_take_it_once(log: SqlCaseLog):
    task_id = add(log)
    assert together(8, lambda place: claim(log, task_id, f"w-{place}") is not None).count(True) == 1


def test_an_attempt_is_counted_before_the_work(log: SqlCaseLog):
    task = claim(log, add(log))
    assert (task.attempts, task.lease_owner, task.lease_until) == (1, "w-1", AT + MINUTE)


def test_a_task_is_taken_when_it_is_due_and_not_before(log: SqlCaseLog):
    add(log, due_at=AT + MINUTE)
    assert claim_next(log) is None
    assert claim_next(log, now=AT + MINUTE) is not None


def test_the_task_that_has_waited_longest_comes_first_and_queues_are_apart(log: SqlCaseLog):
    add(log, "young", due_at=AT)
    add(log, "old", due_at=AT - MINUTE)
    add(log, "other", queue="browser", due_at=AT - 2 * MINUTE)
    assert [claim_next(log).subject, claim_next(log).subject, claim_next(log)] == ["old", "young", None]


def test_a_task_is_free_again_when_its_lease_is_over(log: SqlCaseLog):
    task_id = add(log)
    claim(log, task_id)
    assert claim(log, task_id, "w-2", now=AT + MINUTE) is None
    again = claim(log, task_id, "w-2", now=AT + MINUTE + MINUTE)
    assert (again.lease_owner, again.attempts) == ("w-2", 2)


def test_a_lease_is_renewed_by_its_holder_only(log: SqlCaseLog):
    task_id = add(log)
    claim(log, task_id)
    with log.begin() as records:
        assert records.tasks.renew(task_id, owner="w-1", lease_until=AT + 5 * MINUTE)
        assert not records.tasks.renew(task_id, owner="w-2", lease_until=AT + 9 * MINUTE)
    assert claim(log, task_id, "w-2", now=AT + 4 * MINUTE) is None


def test_a_finished_task_is_never_taken_again(log: SqlCaseLog):
    task_id = add(log)
    claim(log, task_id)
    with log.begin() as records:
        records.tasks.finish(task_id)
    assert claim(log, task_id, now=AT + 60 * MINUTE) is None
    with log.read() as records:
        assert records.tasks.open_count() == 0
        assert records.tasks.due(now=AT + 60 * MINUTE, limit=9) == {}


def test_a_task_is_finished_only_if_its_result_stands(log: SqlCaseLog):
    task_id = add(log)
    with refused(log, RuntimeError) as records:
        records.tasks.finish(task_id)
        raise RuntimeError("the result could not be recorded")
    assert claim(log, task_id) is not None


@pytest.mark.parametrize(("counts", "attempts"), [(True, 2), (False, 1)])
def test_a_task_is_tried_again_later_and_waiting_is_no_attempt(log: SqlCaseLog, counts, attempts):
    task_id = add(log)
    claim(log, task_id)
    with log.begin() as records:
        records.tasks.retry(task_id, due_at=AT + MINUTE, error="ERP away", counts=counts)
    assert claim(log, task_id) is None
    again = claim(log, task_id, now=AT + MINUTE)
    assert (again.attempts, again.last_error) == (attempts, "ERP away")


def test_a_buried_task_is_left_to_a_person_and_the_work_may_be_asked_for_anew(log: SqlCaseLog):
    task_id = add(log)
    with log.begin() as records:
        records.tasks.bury(task_id, error="three times")
    assert claim(log, task_id) is None
    assert add(log) is not None


def test_the_same_work_is_open_once(log: SqlCaseLog):
    first = add(log)
    assert add(log) is None
    assert add(log, kind="act") is not None
    with log.begin() as records:
        records.tasks.finish(first)
    assert add(log) is not None


def test_of_many_who_ask_for_the_same_work_one_records_it_and_nobody_fails(log: SqlCaseLog):
    recorded = [task_id for task_id in together(6, lambda _: add(log)) if task_id is not None]
    assert len(recorded) == 1
    with log.read() as records:
        assert records.tasks.due(now=AT, limit=9) == {"mail": recorded}


def test_the_same_work_asked_for_again_spoils_nothing_of_its_transaction(log: SqlCaseLog):
    add(log)
    with log.begin() as records:
        assert records.tasks.add(kind="work", subject="case-1", queue="mail", due_at=AT) is None
        records.tasks.add(kind="work", subject="case-2", queue="mail", due_at=AT)
    with log.read() as records:
        assert records.tasks.open_count() == 2


def test_what_is_due_and_what_comes_next_is_known(log: SqlCaseLog):
    mail, browser = add(log, "a"), add(log, "b", queue="browser")
    add(log, "c", due_at=AT + MINUTE)
    with log.read() as records:
        assert {queue: list(ids) for queue, ids in records.tasks.due(now=AT, limit=9).items()} == {
            "mail": [mail],
            "browser": [browser],
        }
        assert records.tasks.next_due_at() == AT
