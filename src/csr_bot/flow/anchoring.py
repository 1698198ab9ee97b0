"""Anchors of the audit chain: its head, written to a file outside the database, and the chain checked against them.

A chain shows that one event was edited. That its end was cut off, or that all of it was written anew, only somebody can
show who knows how it stood before. So the file belongs on a disk, or into a mailbox, that the database's administrator
cannot write to; lines are only ever added to it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from csr_bot.caselog import CaseLog
from csr_bot.core.chain import START, Anchor, chain_hash, event_row, extend_trail
from csr_bot.records import Event

EVERY: Final = timedelta(hours=1)
"""How long the newest events are without an anchor at most, while the scheduler runs."""
_TAIL: Final = 4096


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a recomputed chain says.

    ``events`` hold; ``broken_seq`` is the first that does not, with what is wrong about it. ``last_anchor`` is the last
    one that the chain agrees with, and ``unanchored`` counts the events after it.
    """

    ok: bool
    events: int
    broken_seq: int | None
    why: str | None
    last_anchor: Anchor | None = None
    unanchored: int = 0


def read_anchors(file: Path) -> tuple[Anchor, ...]:
    """The anchors of a file, oldest first; none if there is no file. A line that was torn in writing is left out."""
    if not file.exists():
        return ()
    found = (_read(line) for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(anchor for anchor in found if anchor is not None)


def add_anchor(log: CaseLog, file: Path, *, at: datetime) -> Anchor:
    """Write down how the chain stands, on the disk for good when this returns.

    Only events after the last anchor are read. An anchor that is ahead of the log, or not of this log, is no reason not
    to write: the file then holds both, and verification names it.
    """
    last = _last(file)
    seq, trail = (last.seq, last.trail) if last else (0, START)
    with log.read() as records:
        head = records.events.head()
        if seq > head[0]:
            seq, trail = 0, START
        for event in records.events.all(after=seq):
            trail = extend_trail(trail, event.hash)
    anchor = Anchor(head[0], head[1], trail, at)
    _append(file, anchor)
    return anchor


def keep_anchored(log: CaseLog, file: Path, *, now: datetime) -> Anchor | None:
    """Anchor the chain if the last anchor is older than ``EVERY`` and there is something new."""
    last = _last(file)
    if last is not None and last.at + EVERY > now:
        return None
    with log.read() as records:
        head = records.events.head()
    return None if head[0] == (last.seq if last else 0) else add_anchor(log, file, at=now)


def verify_chain(events: Iterable[Event], *, head: tuple[int, str], anchors: Sequence[Anchor] = ()) -> Verdict:
    """Whether every event follows from the one before, the last is the head, and the chain agrees with its anchors."""
    waiting = sorted(anchors, key=lambda anchor: anchor.seq)
    seq, digest, trail = 0, START, START
    good: Anchor | None = None
    for event in events:
        why = _find_fault(event, seq=seq, digest=digest)
        if why is not None:
            return Verdict(False, seq, seq + 1, why, good, seq - (good.seq if good else 0))
        seq, digest, trail = event.seq, event.hash, extend_trail(trail, event.hash)
        while waiting and waiting[0].seq <= seq:
            anchor = waiting.pop(0)
            if anchor.seq == seq and (anchor.hash, anchor.trail) != (digest, trail):
                return _rewritten(anchor, good)
            good = anchor if anchor.seq else good
    if waiting:
        why = f"the end was cut off: event {waiting[-1].seq} was anchored at {waiting[-1].at.isoformat()}"
    elif head != (seq, digest):
        why = "the event is missing at the end" if head[0] > seq else "the head of the chain does not fit"
    else:
        return Verdict(True, seq, None, None, good, seq - (good.seq if good else 0))
    lost = bool(waiting) or head[0] > seq
    return Verdict(False, seq, seq + 1 if lost else seq, why, good, seq - (good.seq if good else 0))


def _find_fault(event: Event, *, seq: int, digest: str) -> str | None:
    """What is wrong about an event that should follow on this one."""
    row = event_row(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        action=event.action,
        entity=event.entity,
        entity_id=event.entity_id,
        case_no=event.case_no,
        data=event.data,
    )
    if event.seq != seq + 1:
        return "the event is missing"
    if event.prev_hash != digest:
        return "it does not follow the event before"
    if chain_hash(digest, row) != event.hash:
        return "its content is not what was recorded"
    return None


def _rewritten(anchor: Anchor, good: Anchor | None) -> Verdict:
    """The chain is whole in itself and yet another one than was anchored."""
    known = good.seq if good else 0
    where = f"event {anchor.seq} was another when it was anchored at {anchor.at.isoformat()}"
    why = f"the chain was written anew from between event {known + 1} and event {anchor.seq}: {where}"
    return Verdict(ok=False, events=known, broken_seq=known + 1, why=why, last_anchor=good, unanchored=0)


def _last(file: Path) -> Anchor | None:
    """The newest anchor, read from the end of the file."""
    if not file.exists():
        return None
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - _TAIL))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    return next((anchor for line in reversed(lines) if (anchor := _read(line)) is not None), None)


def _append(file: Path, anchor: Anchor) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    line = {"seq": anchor.seq, "hash": anchor.hash, "trail": anchor.trail, "at": anchor.at.isoformat()}
    with file.open("a+b") as stream:
        stream.seek(0, os.SEEK_END)
        if stream.tell():
            stream.seek(-1, os.SEEK_END)
            torn = stream.read(1) != b"\n"
        else:
            torn = False
        stream.write((b"\n" if torn else b"") + json.dumps(line).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _read(line: str) -> Anchor | None:
    try:
        said = json.loads(line)
        return Anchor(said["seq"], said["hash"], said["trail"], datetime.fromisoformat(said["at"]))
    except (ValueError, KeyError, TypeError):
        return None
