"""Importing the ledger: a workbook becomes a snapshot, which replaces the one before only if its own totals agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from csr_bot.flow.desk import Desk
from csr_bot.flow.moving import BOT
from csr_bot.ids import new_id
from csr_bot.ports import LedgerReading, LedgerRow
from csr_bot.records import SnapshotRecord


def import_ledger(desk: Desk) -> Mapping[str, int]:
    """Read the desk's ledger and store it; returns the run's counters. The same file again changes nothing."""
    reading = desk.ledger.open()
    with desk.log.read() as records:
        active = records.ledger.active_snapshot(desk.bot.name)
    if active is not None and active.file_sha256 == reading.file_sha256:
        return {"unchanged": 1, "rows": active.row_count}
    snapshot = store_reading(desk, reading)
    return {
        "rows": snapshot.row_count,
        "refused_rows": len(snapshot.refused),
        "accepted": int(snapshot.status == "active"),
    }


def store_reading(desk: Desk, reading: LedgerReading) -> SnapshotRecord:
    """Store a reading as a snapshot: active if its control totals agree, else kept beside the active one, rejected."""
    now = desk.clock.now()
    rows: dict[str, list[LedgerRow]] = defaultdict(list)
    for chunk in reading.rows():
        rows[type(chunk[0]).__name__] += chunk
    summary = reading.summary()
    snapshot = SnapshotRecord(
        id=new_id(),
        bot=desk.bot.name,
        file_name=summary.file_name,
        file_sha256=summary.file_sha256,
        as_of=summary.as_of,
        generated_at=summary.generated_at,
        imported_at=now,
        row_count=sum(summary.counts.values()),
        refused=tuple(
            {"sheet": item.sheet, "row": item.row, "column": item.column, "reason": item.reason}
            for item in summary.refused
        ),
        control_totals=dict(summary.control_totals or summary.read_totals),
        status="active" if summary.accepted else "rejected",
        reason=summary.reason,
    )
    with desk.log.begin() as records:
        records.ledger.add_snapshot(snapshot, rows if summary.accepted else {})
        records.events.add(
            "ledger.imported",
            actor=BOT,
            entity="snapshot",
            entity_id=snapshot.id,
            at=now,
            data={"file_sha256": snapshot.file_sha256, "status": snapshot.status, "rows": snapshot.row_count},
        )
    return snapshot
