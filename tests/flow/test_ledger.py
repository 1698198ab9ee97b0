"""Importing the ledger: all or nothing comes into force, one import at a time, and nothing is left of a dead one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from csr_bot.adapters.sql.ledger_tables import LOOKED_UP, MIRRORED
from csr_bot.flow.ledger import import_ledger, store_reading
from csr_bot.ledgerlog import SnapshotRecord
from csr_bot.ports import LedgerSummary, RefusedError, UnavailableError
from tests.flow.desks import BOT, Office, Reading, ReadLedger, the_books

NUMBER = "INV-2025-00417"


class PowerCutError(BaseException):
    """The process dies here."""


ENDS_EARLY = RefusedError("open-items.xlsx: the file ends early")


@dataclass(frozen=True)
class Broken(Reading):
    """A file that turns out to be unreadable after its first rows, or that is being read when the power fails."""

    error: BaseException = ENDS_EARLY

    def rows(self) -> Iterator[Sequence[Any]]:
        yield from list(super().rows())[:3]
        raise self.error


@dataclass(frozen=True)
class Totalled(Reading):
    """A reading with sums of what is open."""

    open: Decimal = Decimal(0)

    def summary(self) -> LedgerSummary:
        return replace(super().summary(), control_totals={"USD": self.open})


def books_without(*numbers: str) -> Any:
    books = the_books()
    return replace(books, invoices=[item for item in books.invoices if item.invoice_no not in numbers])


def take(office: Office, reading: Reading) -> SnapshotRecord:
    return store_reading(reading, bot=BOT, log=office.log, clock=office.clock)


def snapshots_with_rows(office: Office) -> set[int]:
    return {
        row["snapshot_no"]
        for table in (*MIRRORED, *LOOKED_UP)
        for row in office.rows(f"SELECT DISTINCT snapshot_no FROM {table.name}")
    }


def active_id(office: Office) -> str:
    with office.log.read() as records:
        active = records.ledger.active_snapshot(BOT)
    assert active is not None
    return active.id


def test_the_same_file_again_changes_nothing(office: Office):
    before = active_id(office)
    counters = import_ledger(replace(office.desk, ledger=ReadLedger(Reading(the_books()))))
    assert counters["unchanged"] == 1
    assert active_id(office) == before


def test_a_new_file_says_what_changed_and_how_much_money_moved(office: Office):
    office.clock.advance(timedelta(hours=1))
    take(office, Totalled(the_books(), file_sha256="1" * 64, open=Decimal(100)))
    office.clock.advance(timedelta(hours=1))
    newer = Totalled(books_without(NUMBER), file_sha256="2" * 64, open=Decimal("60.50"))
    counters = import_ledger(replace(office.desk, ledger=ReadLedger(newer)))
    assert (counters["accepted"], counters["new"], counters["changed"], counters["gone"]) == (1, 0, 0, 1)
    with office.log.read() as records:
        active = records.ledger.active_snapshot(BOT)
    assert active.delta.moved == {"USD": Decimal("-39.50")}
    assert office.events("ledger.")[-1].data["delta"]["gone"] == 1


def test_what_a_new_file_changes_of_a_customer_is_kept_once_it_is_in_force(office: Office):
    office.clock.advance(timedelta(hours=1))
    books = the_books()
    first, *others = books.customers
    changed = replace(books, customers=[replace(first, legal_name="Northwind Ltd.", exposure=None), *others])
    take(office, Reading(changed, file_sha256="7" * 64, reason="CONTROL_TOTAL"))
    with office.log.read() as records:
        assert records.ledger.customer_changes(BOT, first.customer_no) == []
    take(office, Reading(changed, file_sha256="8" * 64))
    with office.log.read() as records:
        (change,) = records.ledger.customer_changes(BOT, first.customer_no)
    assert (change.field, change.before, change.after) == ("legal_name", first.legal_name, "Northwind Ltd.")
    assert (change.snapshot_id, change.at) == (active_id(office), office.clock.now())


def test_a_file_that_contradicts_its_own_totals_is_recorded_and_leaves_no_row(office: Office):
    before = active_id(office)
    office.clock.advance(timedelta(hours=1))
    snapshot = take(office, Reading(the_books(), file_sha256="3" * 64, reason="CONTROL_TOTAL"))
    assert (snapshot.status, snapshot.reason) == ("rejected", "CONTROL_TOTAL")
    assert active_id(office) == before
    assert snapshots_with_rows(office) == {1}


def test_a_file_that_ends_early_is_recorded_as_rejected_and_leaves_no_row(office: Office):
    before = active_id(office)
    office.clock.advance(timedelta(hours=1))
    with pytest.raises(RefusedError, match="ends early"):
        take(office, Broken(the_books(), file_sha256="4" * 64))
    with office.log.read() as records:
        latest = records.ledger.latest_snapshot(BOT)
    assert (latest.status, latest.reason) == ("rejected", "UNREADABLE: open-items.xlsx: the file ends early")
    assert active_id(office) == before
    assert snapshots_with_rows(office) == {1}


def test_a_killed_import_leaves_the_old_ledger_and_the_next_one_clears_up_after_it(office: Office):
    before = active_id(office)
    office.clock.advance(timedelta(hours=1))
    with pytest.raises(PowerCutError):
        take(office, Broken(the_books(), file_sha256="5" * 64, error=PowerCutError()))
    assert active_id(office) == before
    assert snapshots_with_rows(office) == {1, 2}

    office.clock.advance(timedelta(hours=1))
    after = take(office, Reading(the_books(), file_sha256="6" * 64))
    assert active_id(office) == after.id
    assert snapshots_with_rows(office) == {1, 3}
    assert [row["reason"] for row in office.rows("SELECT reason FROM snapshot WHERE status = 'rejected'")] == [
        "INTERRUPTED: the import did not end"
    ]


def test_rows_are_kept_of_two_ledgers_and_records_of_all(office: Office):
    for number in range(3):
        office.clock.advance(timedelta(hours=1))
        take(office, Reading(the_books(), file_sha256=str(number) * 64))
    assert snapshots_with_rows(office) == {3, 4}
    assert len(office.rows("SELECT id FROM snapshot")) == 4


def test_of_two_imports_at_once_one_goes_on_and_the_other_is_told(shared_office: Office):
    told: list[str] = []

    def meanwhile() -> None:
        if not told:
            with pytest.raises(UnavailableError, match="imported already") as refused:
                take(shared_office, Reading(the_books(), file_sha256="8" * 64))
            told.append(str(refused.value))

    first = Reading(the_books(), file_sha256="7" * 64)
    shared_office.clock.advance(timedelta(hours=1))
    snapshot = store_reading(first, bot=BOT, log=shared_office.log, clock=shared_office.clock, after_step=meanwhile)
    assert told
    assert active_id(shared_office) == snapshot.id
