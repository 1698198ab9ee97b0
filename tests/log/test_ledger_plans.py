"""Looking things up in the ledger costs the same however large it is: every query begins at an index."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from csr_bot.adapters.sql.log import SqlCaseLog, SqlRecords
from csr_bot.core.matching import Wanted
from tests.core.facts import BOOKS
from tests.log.rows import AT, MINUTE, a_snapshot, store_ledger

ALL = Wanted(
    frozenset({"C-1001", "C-1003"}),
    canonicals=frozenset({"INV202500417"}),
    digits=frozenset({"202500417"}),
    tails=frozenset({"417"}),
    neighbours=frozenset({"INV202500416"}),
    po_nos=frozenset({"4500012345"}),
    amounts=frozenset({Decimal("22400.00")}),
    dates=frozenset({date(2025, 10, 31)}),
    values=frozenset({Decimal(140)}),
    open_items=True,
)
BEFORE, SNAPSHOT = a_snapshot(), a_snapshot(imported_at=AT + MINUTE)


@pytest.fixture
def twice_imported(log: SqlCaseLog) -> SqlCaseLog:
    for snapshot in (BEFORE, SNAPSHOT):
        store_ledger(
            log,
            snapshot,
            {
                "customers": BOOKS.customers,
                "invoices": BOOKS.invoices,
                "lines": BOOKS.lines,
                "payments": BOOKS.payments,
                "contracts": BOOKS.contracts,
            },
        )
    return log


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("ask", "takes_any"),
    [
        (lambda rows: rows.find_entries(SNAPSHOT.id, [ALL]), False),
        (lambda rows: rows.find_senders(SNAPSHOT.id, addresses={"a@b.example"}, domains={"b.example"}), False),
        (lambda rows: rows.group_of(SNAPSHOT.id, {"C-1001"}), False),
        (lambda rows: rows.number_prefixes(SNAPSHOT.id), False),
        (lambda rows: rows.customer(SNAPSHOT.id, "C-1001"), False),
        (lambda rows: rows.invoice_facts(SNAPSHOT.id, "INV-2025-00417"), False),
        (lambda rows: rows.open_lines(SNAPSHOT.id, "C-1001", values={Decimal(140)}), False),
        (lambda rows: rows.customer_context(SNAPSHOT.id, "C-1001"), False),
        (lambda rows: rows.find_payments(SNAPSHOT.id, amount=Decimal(75125), currency="USD"), False),
        (lambda rows: rows.find_payments(SNAPSHOT.id, trace="5100023981"), False),
        (lambda rows: rows.payments_of(SNAPSHOT.id, "C-1001", since=date(2025, 1, 1)), False),
        (lambda rows: rows.contract_terms(SNAPSHOT.id, "CT-778"), False),
        (lambda rows: rows.invoices_by_po(SNAPSHOT.id, "4500017713"), False),
        (lambda rows: rows.letters_of_credit(SNAPSHOT.id, "LC-2025-0117"), False),
        (lambda rows: rows.add_customer_changes(BEFORE, SNAPSHOT, places=range(1, 21), at=AT), False),
        (lambda rows: rows.customer_changes("billing", "C-1001"), False),
        (lambda rows: rows.compare_snapshots(BEFORE, SNAPSHOT.id), False),
        (lambda rows: rows.changes(BEFORE.id, SNAPSHOT.id, limit=10), False),
        (lambda rows: rows.drop_rows(BEFORE.id, limit=10), True),
    ],
    ids="""
    entries senders group prefixes customer facts lines context amount trace payments contract order letter noted
    history compare changes drop
    """.split(),  # noqa: SIM905  # a word list
)
def test_no_look_up_reads_a_table_of_the_ledger_from_end_to_end(
    twice_imported: SqlCaseLog, ask: Callable[[Any], object], takes_any: bool
):
    with twice_imported.begin() as records:
        steps = _plans_of(records, ask)
    assert steps
    assert not [
        step for step in steps if step.startswith("SCAN") and step != "SCAN snapshot" and "VIRTUAL TABLE" not in step
    ]
    # What is dropped is anything of a snapshot; whatever else is asked names what it is about.
    whole = [step for step in steps if re.match(r"SEARCH .*\(snapshot_no=\?\)$", step)]
    assert bool(whole) == takes_any, steps


def _plans_of(records: SqlRecords, ask: Callable[[Any], object]) -> list[str]:
    """What SQLite says of how it answers each query that a question takes."""
    connection = records.ledger._connection  # the only way to see what is asked
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask(records.ledger)
    event.remove(connection, "before_cursor_execute", note)
    return [
        row.detail
        for statement, parameters in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    ]
