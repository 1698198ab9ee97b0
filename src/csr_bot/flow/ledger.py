"""Importing the ledger: a workbook becomes a snapshot, which replaces the one before only if its own totals agree."""

from __future__ import annotations

from collections.abc import Mapping

from csr_bot.flow.desk import Desk
from csr_bot.flow.moving import BOT
from csr_bot.ids import new_id
from csr_bot.ports import LedgerReading
from csr_bot.records import SnapshotRecord


def import_ledger(desk: Desk) -> Mapping[str, int]:
    """Read the desk's ledger and store it; returns the run's counters. The same file again changes nothing."""
    reading = desk.ledger.read()
    with desk.log.read() as records:
        active = records.ledger.active_snapshot(desk.bot.name)
    if active is not None and active.file_sha256 == reading.file_sha256:
        return {"unchanged": 1, "rows": active.row_count}
    store_reading(desk, reading)
    rows = sum(len(items) for items in _rows(reading).values())
    return {"rows": rows, "refused_rows": len(reading.refused), "accepted": int(reading.accepted)}


def store_reading(desk: Desk, reading: LedgerReading) -> SnapshotRecord:
    """Store a reading as a snapshot: active if its control totals agree, else kept beside the active one, rejected."""
    now = desk.clock.now()
    rows = _rows(reading)
    snapshot = SnapshotRecord(
        id=new_id(),
        bot=desk.bot.name,
        file_name=reading.file_name,
        file_sha256=reading.file_sha256,
        as_of=reading.as_of,
        generated_at=reading.generated_at,
        imported_at=now,
        row_count=sum(len(items) for items in rows.values()),
        refused=tuple(
            {"sheet": item.sheet, "row": item.row, "column": item.column, "reason": item.reason}
            for item in reading.refused
        ),
        control_totals=dict(reading.control_totals),
        status="active" if reading.accepted else "rejected",
        reason=reading.reason,
    )
    with desk.log.begin() as records:
        records.ledger.add_snapshot(snapshot, rows if reading.accepted else {})
        records.events.add(
            "ledger.imported",
            actor=BOT,
            entity="snapshot",
            entity_id=snapshot.id,
            at=now,
            data={"file_sha256": snapshot.file_sha256, "status": snapshot.status, "rows": snapshot.row_count},
        )
    return snapshot


def _rows(reading: LedgerReading) -> dict[str, list[object]]:
    return {
        "customers": list(reading.customers),
        "contacts": list(reading.contacts),
        "invoices": list(reading.invoices),
        "lines": list(reading.lines),
        "payments": list(reading.payments),
        "allocations": list(reading.allocations),
        "contracts": list(reading.contracts),
        "price_terms": list(reading.price_terms),
        "usage": list(reading.usage),
    }
