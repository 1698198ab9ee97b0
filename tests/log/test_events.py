"""The audit chain: nothing is changed or taken out by the program, and what somebody else changes is seen."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.core.chain import START, chain_hash, event_row
from csr_bot.flow.anchoring import verify_chain
from csr_bot.records import ReceiptRecord
from tests.log.rows import AT, MINUTE, a_case, a_decision, an_approval, an_effect, refused, store_decided, together


def tell(log: SqlCaseLog, number: int, *, case_no: str | None = None) -> None:
    with log.begin() as records:
        records.events.add(
            "case.told",
            actor="bot",
            entity="case",
            entity_id=f"c-{number}",
            case_no=case_no,
            at=AT + number * MINUTE,
            data={"amount": "2400.00", "lines": (1, 2), "ä": None} if number % 2 else None,
        )


def verify(log: SqlCaseLog):
    with log.read() as records:
        return verify_chain(records.events.all(), head=records.events.head())


def tamper(engine: Engine, statement: str) -> None:
    """Change the table as its owner can, past the triggers."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for change in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER event_no_{change}"))
        assert connection.execute(text(statement)).rowcount == 1


def test_an_event_is_chained_as_specified(log: SqlCaseLog):
    tell(log, 1, case_no="CSR-2025-000101")
    with log.read() as records:
        (event,) = records.events.of_case("CSR-2025-000101")
        assert records.events.head() == (1, event.hash)
    assert event.prev_hash == START
    row = event_row(
        seq=1,
        at=AT + MINUTE,
        actor="bot",
        action="case.told",
        entity="case",
        entity_id="c-1",
        case_no="CSR-2025-000101",
        data={"amount": "2400.00", "lines": [1, 2], "ä": None},
    )
    assert event.hash == chain_hash(START, row)


def test_writers_at_the_same_time_make_one_whole_chain(log: SqlCaseLog):
    together(5, lambda place: [tell(log, place * 100 + number) for number in range(10)])
    assert (verify(log).ok, verify(log).events) == (True, 50)
    with log.read() as records:
        assert [event.seq for event in records.events.all()] == list(range(1, 51))


def test_a_long_chain_is_read_whole(log: SqlCaseLog):
    with log.begin() as records:
        for number in range(2001):
            records.events.add("x", actor="bot", entity="case", entity_id=str(number), at=AT)
    assert (verify(log).ok, verify(log).events) == (True, 2001)


def test_an_empty_chain_is_whole(log: SqlCaseLog):
    assert (verify(log).ok, verify(log).events) == (True, 0)


def test_a_transaction_that_failed_leaves_no_gap(log: SqlCaseLog):
    tell(log, 1)
    with refused(log, RuntimeError) as records:
        records.events.add("x", actor="bot", entity="case", entity_id="x", at=AT)
        raise RuntimeError("half-way")
    tell(log, 2)
    assert verify(log).ok


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE event SET actor = 'maya' WHERE seq = 3", 3),
        ("UPDATE event SET data = '{}' WHERE seq = 3", 3),
        ("UPDATE event SET entity_id = 'c-9' WHERE seq = 1", 1),
        ("UPDATE event SET hash = prev_hash WHERE seq = 2", 2),
        ("UPDATE event SET case_no = 'CSR-2025-000999' WHERE seq = 5", 5),
        ("DELETE FROM event WHERE seq = 3", 3),
        ("DELETE FROM event WHERE seq = 5", 5),
        ("UPDATE chain_head SET seq = 4", 5),
    ],
)
def test_a_changed_event_is_found_where_it_was_changed(log: SqlCaseLog, statement, broken):
    for number in range(1, 6):
        tell(log, number)
    assert verify(log).ok
    tamper(log.engine, statement)
    assert (verify(log).ok, verify(log).broken_seq) == (False, broken)


@pytest.fixture
def proven(log: SqlCaseLog) -> Engine:
    """A log with an event, an approval and a receipt."""
    case = a_case()
    decision = a_decision(case)
    effect = an_effect(decision)
    store_decided(log, case, decision, effect)
    tell(log, 1)
    with log.begin() as records:
        records.cases.add_approval(an_approval(decision))
        records.effects.add_receipt(ReceiptRecord(effect.id, "after", AT, {"number": "CN-1"}, None))
    return log.engine


def attempt(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'maya'",
        "DELETE FROM event",
        "UPDATE approval SET verdict = 'reject'",
        "DELETE FROM approval",
        "UPDATE receipt SET kind = 'before'",
        "DELETE FROM receipt",
    ],
)
def test_what_was_recorded_is_not_changed_or_taken_out(proven: Engine, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(proven, statement)


@pytest.mark.service
@pytest.mark.parametrize("table", ["event", "approval", "receipt"])
def test_what_was_recorded_is_not_truncated(table, postgres_url: str):
    engine = open_engine(postgres_url)
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(engine, f"TRUNCATE {table} CASCADE")
    engine.dispose()


def test_no_address_is_chained(log: SqlCaseLog):
    with log.begin() as records:
        records.events.add(
            "effect.failed_before_submit",
            actor="bot",
            entity="effect",
            entity_id="e-1",
            at=AT,
            data={"why": "550 5.1.1 <dana.ortiz@example.com>: user unknown", "tried": ["dana@example.com", 2]},
        )
    with log.read() as records:
        (event,) = records.events.all()
    assert event.data == {"why": "550 5.1.1 <(address)>: user unknown", "tried": ["(address)", 2]}
    assert verify(log).ok
