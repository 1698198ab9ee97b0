"""Anchors: whatever is done to a log of ten thousand events is found and named, its newest event included."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from csr_bot.core.chain import START, Anchor, chain_hash, event_row, extend_trail
from csr_bot.flow.anchoring import EVERY, add_anchor, keep_anchored, read_anchors, verify_chain
from csr_bot.records import Event
from tests.flow.desks import Office, ask_for_credit

AT = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)
LENGTH = 10_000
STEP = 1_000
"""Every so many events there is an anchor; the newest event is anchored too."""


def chained(events: list[Event], *, start: int = 0) -> list[Event]:
    """The same events, numbered and hashed anew from a place on."""
    made = events[:start]
    for number, event in enumerate(events[start:], start=start + 1):
        before = made[-1].hash if made else START
        numbered = replace(event, seq=number, prev_hash=before)
        made.append(replace(numbered, hash=chain_hash(before, row_of(numbered))))
    return made


def row_of(event: Event) -> dict[str, object]:
    names = ("seq", "at", "actor", "action", "entity", "entity_id", "case_no", "data")
    return event_row(**{name: getattr(event, name) for name in names})


def an_event(number: int) -> Event:
    at = AT + timedelta(seconds=number)
    return Event(number, at, "bot", "case.state", "case", f"c-{number}", None, {"to": "resolved"}, START, START)


@dataclass(frozen=True)
class Told:
    events: list[Event]
    anchors: list[Anchor]

    def verify(self, events: list[Event]):
        head = (events[-1].seq, events[-1].hash) if events else (0, START)
        return verify_chain(events, head=head, anchors=self.anchors)


@pytest.fixture(scope="module")
def told() -> Told:
    events, trail, anchors = chained([an_event(number) for number in range(1, LENGTH + 1)]), START, []
    for event in events:
        trail = extend_trail(trail, event.hash)
        if event.seq % STEP == 0:
            anchors.append(Anchor(event.seq, event.hash, trail, event.at))
    return Told(events, anchors)


def edit(events: list[Event], place: int) -> int:
    events[place] = replace(events[place], actor="maya")
    return place + 1


def edit_with_hash(events: list[Event], place: int) -> int:
    changed = replace(events[place], data={"to": "closed"})
    events[place] = replace(changed, hash=chain_hash(changed.prev_hash, row_of(changed)))
    return place + 2 if place + 1 < LENGTH else LENGTH - STEP + 1


def delete(events: list[Event], place: int) -> int:
    del events[place]
    return place + 1


def swap(events: list[Event], place: int) -> int:
    here = min(place, LENGTH - 2)
    first, second = events[here], events[here + 1]
    events[here], events[here + 1] = replace(second, seq=first.seq), replace(first, seq=second.seq)
    return here + 1


def insert(events: list[Event], place: int) -> int:
    later = [replace(event, seq=event.seq + 1) for event in events[place:]]
    forged = replace(an_event(place + 1), prev_hash=events[place].prev_hash)
    events[place:] = [replace(forged, hash=chain_hash(forged.prev_hash, row_of(forged))), *later]
    return place + 2


def truncate(events: list[Event], place: int) -> int:
    del events[place:]
    return place + 1


def chain_anew(events: list[Event], place: int) -> int:
    events[place] = replace(events[place], actor="maya")
    events[:] = chained(events, start=place)
    return place // STEP * STEP + 1


def chain_without(events: list[Event], place: int) -> int:
    del events[place]
    events.append(an_event(LENGTH + 1))
    events[:] = chained(events, start=place)
    return place // STEP * STEP + 1


@pytest.mark.parametrize(
    "attack",
    [edit, edit_with_hash, delete, swap, insert, truncate, chain_anew, chain_without],
    ids=lambda f: f.__name__,
)
def test_every_attack_is_found_and_named(told: Told, attack: Callable[[list[Event], int], int]) -> None:
    chance = random.Random(attack.__name__)
    for place in (0, LENGTH - 1, *(chance.randrange(LENGTH) for _ in range(4))):
        events = list(told.events)
        broken = attack(events, place)
        verdict = told.verify(events)
        assert (verdict.ok, verdict.broken_seq) == (False, broken), place
        assert verdict.why
        good = verdict.last_anchor.seq if verdict.last_anchor else 0
        assert good == (broken - 1) // STEP * STEP


def test_a_whole_chain_agrees_with_all_its_anchors(told: Told) -> None:
    verdict = told.verify(told.events)
    assert (verdict.ok, verdict.events, verdict.unanchored) == (True, LENGTH, 0)
    fewer = replace(told, anchors=told.anchors[:-1])
    assert (fewer.verify(told.events).ok, fewer.verify(told.events).unanchored) == (True, STEP)


def test_without_anchors_a_chain_written_anew_looks_whole(told: Told) -> None:
    events = list(told.events)
    chain_anew(events, 17)
    assert replace(told, anchors=[]).verify(events).ok
    assert not told.verify(events).ok


def test_the_scheduler_anchors_hourly_what_is_new(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "outside" / "chain.jsonl"
    now = office.clock.now()
    office.deliver(ask_for_credit())
    office.poll()
    first = keep_anchored(office.log, file, now=now)
    assert first is not None
    assert keep_anchored(office.log, file, now=now + EVERY / 2) is None
    assert keep_anchored(office.log, file, now=now + EVERY) is None, "nothing is new"
    office.settle()
    second = keep_anchored(office.log, file, now=now + EVERY)
    assert second is not None
    assert read_anchors(file) == (first, second)
    with office.log.read() as records:
        verdict = verify_chain(records.events.all(), head=records.events.head(), anchors=read_anchors(file))
    assert (verdict.ok, verdict.last_anchor) == (True, second)


def test_a_line_that_was_torn_does_not_spoil_the_next(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "chain.jsonl"
    first = add_anchor(office.log, file, at=AT)
    with file.open("a") as stream:
        stream.write('{"seq": 1')
    second = add_anchor(office.log, file, at=AT + EVERY)
    assert read_anchors(file) == (first, second)
