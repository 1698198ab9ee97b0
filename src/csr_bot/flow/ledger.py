"""Importing the ledger: a file becomes a snapshot, which replaces the one before only if its own totals agree.

Rows go to the log as they are read, so that the size of the file does not matter. Until its snapshot is settled nobody
sees them; what an import that was killed leaves behind is removed by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Final

from csr_bot.caselog import CaseLog
from csr_bot.flow.desk import Desk
from csr_bot.flow.moving import BOT
from csr_bot.ids import new_id
from csr_bot.ledgerlog import SnapshotDelta, SnapshotRecord
from csr_bot.ports import Clock, LedgerReading, LedgerRow, LedgerSummary, UnavailableError

_DROPPED_AT_ONCE: Final = 10_000
_COMPARED_AT_ONCE: Final = 2_000


def _nothing() -> None:
    """Nothing."""


def import_ledger(desk: Desk, *, after_step: Callable[[], None] = _nothing) -> Mapping[str, int]:
    """Read the desk's ledger and store it; returns the run's counters. The same file again changes nothing.

    ``after_step`` is called every now and then. Raises UnavailableError while another import of the desk runs.
    """
    reading = desk.ledger.open()
    with desk.log.read() as records:
        active = records.ledger.active_snapshot(desk.bot.name)
    if active is not None and active.file_sha256 == reading.file_sha256:
        return {"unchanged": 1, "rows": active.row_count}
    return count_import(
        store_reading(reading, bot=desk.bot.name, log=desk.log, clock=desk.clock, after_step=after_step)
    )


def count_import(snapshot: SnapshotRecord) -> dict[str, int]:
    """The counters of an import."""
    counts = {
        "rows": snapshot.row_count,
        "refused_rows": snapshot.refused_count,
        "accepted": int(snapshot.status == "active"),
    }
    delta = snapshot.delta
    return counts | ({"new": delta.new, "changed": delta.changed, "gone": delta.gone} if delta else {})


def store_reading(
    reading: LedgerReading,
    *,
    bot: str,
    log: CaseLog,
    clock: Clock,
    rows: Iterator[Sequence[LedgerRow]] | None = None,
    actor: str = BOT,
    after_step: Callable[[], None] = _nothing,
) -> SnapshotRecord:
    """Store a reading as a snapshot: active if its totals agree, else only recorded, and the one before stays active.

    ``rows`` are the reading's own, for who wants to see them pass. Raises UnavailableError while another import of the
    bot runs, RefusedError if the file turns out to be unreadable; then the snapshot is recorded as rejected.
    """
    with _alone(log, bot):
        _clear_up(log, bot, after_step)
        loading = _begun(reading, bot, clock)
        try:
            with log.load_ledger(loading) as load:
                for chunk in rows or reading.rows():
                    load.add(chunk)
                    after_step()
                summary = reading.summary()
                for _ in load.finish() if summary.accepted else ():
                    after_step()
        except Exception as error:
            # Whatever went wrong, it is recorded before the rows go; only a killed process leaves that to the next one.
            _settle(log, replace(loading, status="rejected", reason=f"UNREADABLE: {error}"[:500]), clock, actor)
            _clear_up(log, bot, after_step)
            raise
        judged = _judged(loading, summary, log)
        _note_changed_customers(log, judged, clock, after_step)
        snapshot = _settle(log, judged, clock, actor, summary)
        _clear_up(log, bot, after_step)
    return snapshot


@contextmanager
def _alone(log: CaseLog, bot: str) -> Iterator[None]:
    with log.lock.hold(f"ledger-{bot}") as ours:
        if not ours:
            raise UnavailableError(f"the ledger of {bot} is being imported already")
        yield


def _begun(reading: LedgerReading, bot: str, clock: Clock) -> SnapshotRecord:
    return SnapshotRecord(
        id=new_id(),
        bot=bot,
        file_name=reading.file_name,
        file_sha256=reading.file_sha256,
        as_of=None,
        generated_at=None,
        imported_at=clock.now(),
        row_count=0,
        counts={},
        refused_count=0,
        control_totals={},
        delta=None,
        status="loading",
        reason=None,
    )


def _judged(loading: SnapshotRecord, summary: LedgerSummary, log: CaseLog) -> SnapshotRecord:
    """The snapshot as its summary has it, compared with the one in force."""
    snapshot = replace(
        loading,
        file_sha256=summary.file_sha256,
        as_of=summary.as_of,
        generated_at=summary.generated_at,
        row_count=sum(summary.counts.values()),
        counts=dict(summary.counts),
        refused_count=summary.refused_count,
        control_totals=dict(summary.control_totals or summary.read_totals),
        status="active" if summary.accepted else "rejected",
        reason=summary.reason,
    )
    with log.read() as records:
        before = records.ledger.active_snapshot(snapshot.bot)
        if before is None or not summary.accepted:
            return snapshot
        delta = records.ledger.compare_snapshots(before, snapshot.id)
    return replace(snapshot, delta=replace(delta, moved=_moved(before.control_totals, snapshot.control_totals)))


def _note_changed_customers(
    log: CaseLog, snapshot: SnapshotRecord, clock: Clock, after_step: Callable[[], None]
) -> None:
    """Keep what the new ledger has otherwise of its customers, a few at a time, before it replaces the one in force."""
    with log.read() as records:
        before = records.ledger.active_snapshot(snapshot.bot)
    if before is None or snapshot.status != "active":
        return
    last = max(item.counts.get("customers", 0) for item in (before, snapshot))
    for first in range(1, last + 1, _COMPARED_AT_ONCE):
        places = range(first, first + _COMPARED_AT_ONCE)
        with log.begin() as records:
            records.ledger.add_customer_changes(before, snapshot, places=places, at=clock.now())
        after_step()


def _moved(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> dict[str, Decimal]:
    none = Decimal(0)
    moves = {code: after.get(code, none) - before.get(code, none) for code in sorted(before.keys() | after.keys())}
    return {code: move for code, move in moves.items() if move}


def _settle(
    log: CaseLog, snapshot: SnapshotRecord, clock: Clock, actor: str, summary: LedgerSummary | None = None
) -> SnapshotRecord:
    refused = [
        {"sheet": note.sheet, "row": note.row, "column": note.column, "reason": note.reason, "detail": note.detail}
        for note in (summary.refused if summary else ())
    ]
    with log.begin() as records:
        records.ledger.settle_snapshot(snapshot, refused=refused)
        records.events.add(
            "ledger.imported",
            actor=actor,
            entity="snapshot",
            entity_id=snapshot.id,
            at=clock.now(),
            data={
                "file_sha256": snapshot.file_sha256,
                "status": snapshot.status,
                "rows": snapshot.row_count,
                "reason": snapshot.reason,
                "delta": _told(snapshot.delta),
            },
        )
    return snapshot


def _told(delta: SnapshotDelta | None) -> dict[str, object] | None:
    if delta is None:
        return None
    moved = {code: f"{move:f}" for code, move in delta.moved.items()}
    return {"since": delta.since, "new": delta.new, "changed": delta.changed, "gone": delta.gone, "moved": moved}


def _clear_up(log: CaseLog, bot: str, after_step: Callable[[], None]) -> None:
    """Remove rows that nobody needs, a few at a time. Called by the one who imports: what is loading is dead."""
    with log.begin() as records:
        for dead in records.ledger.interrupted_snapshots(bot):
            records.ledger.settle_snapshot(
                replace(dead, status="rejected", reason="INTERRUPTED: the import did not end")
            )
        spare = records.ledger.dispensable_snapshots(bot)
    for snapshot_id in spare:
        more = True
        while more:
            with log.begin() as records:
                more = records.ledger.drop_rows(snapshot_id, limit=_DROPPED_AT_ONCE)
            after_step()
