from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from csr_bot.core.chain import START, chain_hash, event_row

FIRST = "7e9308846641fa12bb4fd3e313a6668f28bf7c182e42424d9c814a5498c980e5"
SECOND = "00fac755e3f34a3285d0e702ad22d1ee3c3f8e27542517c340074b026db04d52"
AT = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)


def received(**changes: object):
    row = {"seq": 1, "at": AT, "actor": "bot", "action": "message.received", "entity": "message", "entity_id": "m-1"}
    return event_row(**{**row, "case_no": None, "data": {}, **changes})


def created():
    return event_row(
        seq=2,
        at=AT + timedelta(seconds=1),
        actor="bot",
        action="case.created",
        entity="case",
        entity_id="CSR-2025-000101",
        case_no="CSR-2025-000101",
        data={},
    )


def test_the_first_event_chains_to_the_start():
    assert chain_hash(START, received()) == FIRST


def test_the_second_event_chains_to_the_first():
    assert chain_hash(FIRST, created()) == SECOND


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 2},
        {"at": AT + timedelta(microseconds=1)},
        {"actor": "maya"},
        {"action": "message.read"},
        {"entity": "case"},
        {"entity_id": "m-2"},
        {"case_no": "CSR-2025-000101"},
        {"data": {"amount": "2400.00"}},
    ],
)
def test_any_change_of_an_event_changes_its_hash(changes):
    assert chain_hash(START, received(**changes)) != FIRST


def test_one_moment_is_hashed_the_same_in_every_time_zone():
    new_york = timezone(timedelta(hours=-5))
    assert received(at=AT.astimezone(new_york)) == received()


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        received(at=AT.replace(tzinfo=None))


def test_a_float_in_an_event_is_refused():
    with pytest.raises(TypeError):
        chain_hash(START, received(data={"share": 0.5}))
