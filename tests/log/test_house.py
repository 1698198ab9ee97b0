"""People, switches, runs, leases, policies and files."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.caselog import ConflictError
from csr_bot.records import Blob, Person
from tests.log.rows import AT, MINUTE, refused, together

MAYA = Person("maya", "Maya N.", "maya@corp.example", frozenset({"ar_manager", "controller"}), active=True)


def test_a_person_comes_back_and_can_be_changed(log: SqlCaseLog):
    with log.begin() as records:
        records.house.put_person(MAYA)
    gone = replace(MAYA, active=False, roles=frozenset())
    with log.begin() as records:
        assert records.house.person("maya") == MAYA
        records.house.put_person(gone)
    with log.read() as records:
        assert list(records.house.people()) == [gone]
        assert records.house.person("nobody") is None


def test_a_stop_holds_until_it_is_taken_away(log: SqlCaseLog):
    with log.begin() as records:
        records.house.put_stop("*", why="first", by="maya", at=AT)
        records.house.put_stop("*", why="second", by="chen", at=AT)
        records.house.put_stop("PRICE", why="wrong prices", by="chen", at=AT)
    with log.begin() as records:
        assert records.house.stops() == {"*": "second", "PRICE": "wrong prices"}
        assert records.house.remove_stop("*")
        assert not records.house.remove_stop("*")
    with log.read() as records:
        assert records.house.stops() == {"PRICE": "wrong prices"}


def test_a_pause_holds_until_it_is_taken_away(log: SqlCaseLog):
    with log.begin() as records:
        records.house.put_pause("billing", why="close", by="maya", at=AT)
        assert records.house.pauses() == {"billing": "close"}
        assert records.house.remove_pause("billing")
        assert not records.house.remove_pause("billing")


def use_policy(log: SqlCaseLog, version: int, sha256: str) -> None:
    with log.begin() as records:
        records.house.use_policy("POL", version, sha256=sha256, yaml="text", at=AT)


def test_a_policy_version_keeps_its_text_for_ever(log: SqlCaseLog):
    use_policy(log, 7, "a" * 64)
    use_policy(log, 7, "a" * 64)
    use_policy(log, 8, "b" * 64)
    with pytest.raises(ConflictError, match="raise its version"):
        use_policy(log, 7, "b" * 64)


def add_slot(log: SqlCaseLog, *, at=AT, bot: str = "billing", kind: str = "poll", status: str = "due") -> bool:
    with log.begin() as records:
        return bool(records.house.add_slot(bot, kind, slot_at=at, status=status, why=None))


def test_of_many_schedulers_one_records_a_slot(log: SqlCaseLog):
    assert together(6, lambda _: add_slot(log)).count(True) == 1


@pytest.mark.parametrize("changes", [{"bot": "other"}, {"kind": "import"}, {"at": AT + MINUTE}])
def test_a_slot_is_one_bots_one_kind_of_run_at_one_moment(log: SqlCaseLog, changes):
    assert add_slot(log)
    assert add_slot(log, **changes)


def test_a_run_is_the_newest_slot_that_is_due_or_its_own(log: SqlCaseLog):
    add_slot(log)
    add_slot(log, at=AT + MINUTE)
    add_slot(log, at=AT + 2 * MINUTE, status="skipped")
    with log.begin() as records:
        run = records.house.begin_run("billing", "poll", at=AT + 3 * MINUTE)
        other = records.house.begin_run("other", "poll", at=AT + 3 * MINUTE)
    assert (run.slot_at, run.status, run.started_at) == (AT + MINUTE, "running", AT + 3 * MINUTE)
    assert other.slot_at is None
    with log.begin() as records:
        records.house.end_run(run.id, status="done", counters={"seen": 3}, error=None, at=AT + 4 * MINUTE)
    with log.read() as records:
        assert records.house.last_slot("billing", "poll") == AT + 2 * MINUTE
        assert records.house.last_slot("billing", "import") is None
        ended = next(item for item in records.house.runs(limit=10) if item.id == run.id)
    assert (ended.status, ended.counters, ended.ended_at) == ("done", {"seen": 3}, AT + 4 * MINUTE)


def test_two_runs_outside_the_schedule_may_stand_beside_each_other(log: SqlCaseLog):
    with log.begin() as records:
        first = records.house.begin_run("billing", "poll", at=AT)
        second = records.house.begin_run("billing", "poll", at=AT)
    assert first.id != second.id


def take(log: SqlCaseLog, owner: str, *, now=AT) -> bool:
    with log.begin() as records:
        return bool(records.house.take_lease("scheduler", owner=owner, now=now, until=now + MINUTE))


def test_the_scheduler_that_has_the_lease_keeps_it_while_it_renews_it(log: SqlCaseLog):
    assert take(log, "a")
    assert not take(log, "b")
    assert take(log, "a", now=AT + MINUTE)
    assert not take(log, "b", now=AT + 2 * MINUTE)
    assert take(log, "b", now=AT + 3 * MINUTE)
    assert not take(log, "a", now=AT + 3 * MINUTE)


def test_of_many_schedulers_one_takes_the_lease(log: SqlCaseLog):
    assert together(6, lambda place: take(log, f"s-{place}")).count(True) == 1


def test_a_file_is_stored_once_and_comes_back_byte_for_byte(log: SqlCaseLog):
    file = Blob("a" * 64, "application/pdf", bytes(range(256)) * 100)
    with log.begin() as records:
        records.house.put_blobs([file, file, Blob("b" * 64, "text/plain", b"")], at=AT)
    with log.begin() as records:
        records.house.put_blobs([replace(file, content_type="text/plain")], at=AT)
    with log.read() as records:
        assert records.house.blob("a" * 64) == file
        assert records.house.blob("b" * 64) == Blob("b" * 64, "text/plain", b"")
        assert records.house.blob("c" * 64) is None


def test_a_float_in_the_counters_of_a_run_is_refused(log: SqlCaseLog):
    with log.begin() as records:
        run = records.house.begin_run("billing", "poll", at=AT)
    with refused(log, Exception, match="float in a payload") as records:
        records.house.end_run(run.id, status="done", counters={"seconds": 0.5}, error=None, at=AT)
