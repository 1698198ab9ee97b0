"""The ledger's mirror: a snapshot for each import, in which every row comes back as it was read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from csr_bot.adapters.sql.ledger_tables import LOOKED_UP, MIRRORED
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.core.matching import Wanted, ledger_entry
from csr_bot.ledgerlog import SnapshotDelta
from tests.core.facts import BOOKS, INVOICES, contact_of, entry_of
from tests.log.rows import AT, MINUTE, a_snapshot, store_ledger

NUMBERS = frozenset({"INV-2025-00417", "INV-2025-00440", "INV-2025-00371", "INV-2025-00388", "INV-2025-00402"})


def rows(numbers=NUMBERS):
    """The part of the books that these invoices are about."""
    invoices = [INVOICES[number] for number in sorted(numbers)]
    owners = {invoice.customer_no for invoice in invoices}
    contracts = {invoice.contract_no for invoice in invoices}
    allocations = [item for item in BOOKS.allocations if item.invoice_no in numbers]
    paid_by = {item.payment_no for item in allocations}
    return {
        "customers": [item for item in BOOKS.customers if item.customer_no in owners],
        "contacts": [item for item in BOOKS.contacts if item.customer_no in owners],
        "invoices": invoices,
        "lines": [item for item in BOOKS.lines if item.invoice_no in numbers],
        "payments": [item for item in BOOKS.payments if item.payment_no in paid_by],
        "allocations": allocations,
        "contracts": [item for item in BOOKS.contracts if item.contract_no in contracts],
        "price_terms": [item for item in BOOKS.price_terms if item.contract_no in contracts],
        "usage": [item for item in BOOKS.usage if item.contract_no in contracts],
    }


SNAPSHOT = a_snapshot()


@pytest.fixture
def imported(log: SqlCaseLog) -> SqlCaseLog:
    store_ledger(log, SNAPSHOT, rows())
    return log


@pytest.mark.parametrize("number", sorted(NUMBERS))
def test_an_invoice_comes_back_with_everything_about_it(imported: SqlCaseLog, number):
    with imported.read() as records:
        found = records.ledger.invoice_facts(SNAPSHOT.id, number)
    assert found == replace(entry_of(number), screen=None)


def test_amounts_come_back_with_their_decimals(imported: SqlCaseLog):
    with imported.read() as records:
        found = records.ledger.invoice_facts(SNAPSHOT.id, "INV-2025-00417")
    assert (str(found.lines[0].unit_price), str(found.invoice.gross.amount)) == ("140.00", "22400.00")


def test_a_customer_comes_back_with_his_domains(imported: SqlCaseLog):
    with imported.read() as records:
        assert records.ledger.customer(SNAPSHOT.id, "C-1001") == BOOKS.customers[0]
        assert records.ledger.customer(SNAPSHOT.id, "C-9999") is None
        assert records.ledger.customer("another", "C-1001") is None


OWN = frozenset({"C-1001"})


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(frozenset(), canonicals=frozenset({"INV202500417"})),
        Wanted(frozenset(), digits=frozenset({"202500417"})),
        Wanted(frozenset(), digits=frozenset({"2025417"})),
        Wanted(frozenset(), tails=frozenset({"417"})),
        Wanted(OWN, tails=frozenset({"417"})),
        Wanted(OWN, neighbours=frozenset({"INV202500417"})),
        Wanted(OWN, po_nos=frozenset({ledger_entry(INVOICES["INV-2025-00417"]).po_no or ""})),
        Wanted(OWN, amounts=frozenset({Decimal(22400)})),
        Wanted(OWN, dates=frozenset({INVOICES["INV-2025-00417"].due_date})),
        Wanted(OWN, values=frozenset({Decimal(140)})),
        Wanted(OWN, open_items=True),
    ],
)
def test_an_invoice_is_found_by_each_thing_that_a_request_may_want_of_it(imported: SqlCaseLog, wanted):
    with imported.read() as records:
        found = records.ledger.find_entries(SNAPSHOT.id, [wanted])
    (entry,) = (item for item in found if item.invoice_no == "INV-2025-00417")
    lines = [line for line in BOOKS.lines if line.invoice_no == "INV-2025-00417"]
    expected = ledger_entry(INVOICES["INV-2025-00417"], lines)
    assert [getattr(entry, name) for name in entry.__slots__] == [getattr(expected, name) for name in entry.__slots__]


def test_each_invoice_is_found_once_however_often_it_is_wanted(imported: SqlCaseLog):
    wanted = Wanted(OWN, canonicals=frozenset({"INV202500417"}), digits=frozenset({"202500417"}), open_items=True)
    with imported.read() as records:
        found = [entry.invoice_no for entry in records.ledger.find_entries(SNAPSHOT.id, [wanted, wanted])]
        assert records.ledger.find_entries(SNAPSHOT.id, [Wanted(OWN)]) == []
    assert len(found) == len(set(found))


def test_the_letters_that_numbers_begin_with_are_known(imported: SqlCaseLog):
    with imported.read() as records:
        assert records.ledger.number_prefixes(SNAPSHOT.id) == {"INV"}


def test_senders_are_found_by_address_and_domain_and_imitations_by_what_they_imitate(imported: SqlCaseLog):
    contact = contact_of("C-1001")
    domain = contact.email.partition("@")[2]
    imitation = domain.replace("i", "l")
    with imported.read() as records:
        found = records.ledger.find_senders(
            SNAPSHOT.id, addresses={contact.email, f"eve@{imitation}"}, domains={domain, imitation}
        )
    assert found.contacts[contact.email] == (contact,)
    assert found.domains[domain] == {"C-1001"}
    assert found.imitated_by(imitation) == [domain]
    assert imitation not in found.domains


def test_a_declared_group_is_found_from_each_of_its_members(log: SqlCaseLog):
    head, one, two, other = (
        replace(BOOKS.customers[0], customer_no=number, parent_no=parent, email_domains=(f"{number}.example",))
        for number, parent in (("G-1", None), ("G-2", "G-1"), ("G-3", "G-1"), ("C-9", None))
    )
    store_ledger(log, SNAPSHOT, {"customers": [head, one, two, other]})
    with log.read() as records:
        for member in ("G-1", "G-2", "G-3"):
            assert records.ledger.group_of(SNAPSHOT.id, {member}) | {member} == {"G-1", "G-2", "G-3"}
        assert records.ledger.group_of(SNAPSHOT.id, {"C-9"}) - {"C-9"} == set()
        found = records.ledger.find_senders(SNAPSHOT.id, addresses=set(), domains={"g-2.example", "G-2.example"})
    assert found.group_of({"G-2"}) == {"G-1", "G-3"}


def test_open_lines_are_those_of_invoices_with_something_open_that_say_the_figure(imported: SqlCaseLog):
    (said,) = (line for line in BOOKS.lines if line.invoice_no == "INV-2025-00388" and line.line_no == 1)
    with imported.read() as records:
        for value in (said.unit_price, said.quantity, said.net.amount):
            lines = records.ledger.open_lines(SNAPSHOT.id, "C-1003", values={value})
            assert {line.invoice_no for line in lines} == {"INV-2025-00388"}
        assert records.ledger.open_lines(SNAPSHOT.id, "C-1003", values={Decimal("0.07")}) == []
        assert records.ledger.open_lines(SNAPSHOT.id, "C-1001", values={said.net.amount}) == []


def test_an_unknown_or_doubled_number_is_no_invoice(imported: SqlCaseLog):
    double = a_snapshot(imported_at=AT + MINUTE)
    invoice = INVOICES["INV-2025-00417"]
    store_ledger(imported, double, {"invoices": [invoice, invoice]})
    with imported.read() as records:
        assert records.ledger.invoice_facts(double.id, "INV-2025-00417") is None
        assert records.ledger.invoice_facts(SNAPSHOT.id, "INV-2025-99999") is None


def test_a_new_import_replaces_the_one_before_and_keeps_its_rows(imported: SqlCaseLog):
    newer = a_snapshot(imported_at=AT + MINUTE)
    store_ledger(imported, newer, rows({"INV-2025-00417"}))
    with imported.read() as records:
        assert records.ledger.active_snapshot("billing") == newer
        assert records.ledger.invoice_facts(newer.id, "INV-2025-00388") is None
        assert records.ledger.invoice_facts(SNAPSHOT.id, "INV-2025-00388") is not None


def test_a_ledger_that_is_being_stored_is_in_force_for_nobody(imported: SqlCaseLog):
    loading = a_snapshot(status="loading", imported_at=AT + MINUTE)
    with imported.load_ledger(loading) as load:
        load.add(rows()["invoices"])
        with imported.read() as records:
            assert records.ledger.active_snapshot("billing") == SNAPSHOT
            assert records.ledger.latest_snapshot("billing") == SNAPSHOT
            assert records.ledger.interrupted_snapshots("billing") == [loading]


def test_others_can_write_while_a_ledger_is_being_stored(imported: SqlCaseLog):
    with imported.load_ledger(a_snapshot(status="loading", imported_at=AT + MINUTE)) as load:
        load.add(rows()["invoices"])
        with imported.begin() as records:
            records.house.put_pause("billing", why="a test", by="tom", at=AT)
        for _ in load.finish():
            with imported.begin() as records:
                records.house.remove_pause("billing")


def test_a_rejected_import_is_kept_beside_the_one_that_stays_active(imported: SqlCaseLog):
    rejected = a_snapshot(status="rejected", reason="CONTROL_TOTAL", imported_at=AT + MINUTE)
    store_ledger(imported, rejected, {}, refused=[{"sheet": "Invoices", "row": 9}])
    with imported.read() as records:
        assert records.ledger.active_snapshot("billing") == SNAPSHOT
        assert records.ledger.latest_snapshot("billing") == rejected
        assert records.ledger.refused_rows(rejected.id) == [{"sheet": "Invoices", "row": 9}]
        assert records.ledger.refused_rows(SNAPSHOT.id) == []


def test_an_import_of_another_desk_replaces_nothing(imported: SqlCaseLog):
    store_ledger(imported, a_snapshot(bot="other"), {})
    with imported.read() as records:
        assert records.ledger.active_snapshot("billing") == SNAPSHOT
        assert records.ledger.active_snapshot("nobody") is None


def test_a_value_that_a_column_cannot_keep_is_refused(imported: SqlCaseLog):
    broken = replace(INVOICES["INV-2025-00417"], net=replace(INVOICES["INV-2025-00417"].net))
    object.__setattr__(broken.net, "amount", 0.1)
    with imported.load_ledger(a_snapshot(status="loading")) as load, pytest.raises(TypeError, match="finite Decimal"):
        load.add([broken])
    with imported.read() as records:
        assert records.ledger.latest_snapshot("billing") == SNAPSHOT


def test_what_changed_between_two_imports_is_counted_and_listed(imported: SqlCaseLog):
    kept, gone, paid = "INV-2025-00417", "INV-2025-00371", "INV-2025-00388"
    new = next(item for item in BOOKS.invoices if item.invoice_no not in NUMBERS)
    invoices = [replace(INVOICES[kept], locator="Invoices!77"), replace(INVOICES[paid], tax=INVOICES[paid].gross), new]
    newer = a_snapshot(imported_at=AT + MINUTE)
    store_ledger(imported, newer, {"invoices": [*invoices, *(INVOICES[no] for no in NUMBERS - {kept, gone, paid})]})
    with imported.read() as records:
        delta = records.ledger.compare_snapshots(SNAPSHOT, newer.id)
        found = records.ledger.changes(SNAPSHOT.id, newer.id, limit=10)
        assert len(records.ledger.changes(SNAPSHOT.id, newer.id, limit=2)) == 2
    assert delta == SnapshotDelta(SNAPSHOT.id, new=1, changed=1, gone=1, moved={})
    assert {(item.change, item.invoice_no) for item in found} == {
        ("new", new.invoice_no),
        ("changed", paid),
        ("gone", gone),
    }


def test_rows_are_dropped_a_few_at_a_time_and_only_those_of_imports_that_nobody_needs(imported: SqlCaseLog):
    second = a_snapshot(imported_at=AT + MINUTE)
    rejected = a_snapshot(imported_at=AT + 2 * MINUTE, status="rejected", reason="CONTROL_TOTAL")
    third = a_snapshot(imported_at=AT + 3 * MINUTE)
    for snapshot in (second, rejected, third):
        store_ledger(imported, snapshot, rows())
    with imported.begin() as records:
        assert set(records.ledger.dispensable_snapshots("billing")) == {SNAPSHOT.id, rejected.id}
        assert records.ledger.drop_rows(SNAPSHOT.id, limit=2)
        while records.ledger.drop_rows(SNAPSHOT.id, limit=2):
            pass
        assert records.ledger.dispensable_snapshots("billing") == [rejected.id]
        assert records.ledger.invoice_facts(SNAPSHOT.id, "INV-2025-00417") is None
        assert records.ledger.invoice_facts(second.id, "INV-2025-00417") is not None
    with imported.engine.connect() as connection:
        for table in (*MIRRORED, *LOOKED_UP):
            left = connection.execute(select(table.c.snapshot_no).distinct()).scalars().all()
            assert 1 not in left, table.name


def test_control_totals_stay_exact(imported: SqlCaseLog):
    totals = {"USD": Decimal("99999999999999.9999"), "JPY": Decimal(5)}
    exact = a_snapshot(control_totals=totals, imported_at=AT + MINUTE)
    store_ledger(imported, exact, {})
    with imported.read() as records:
        assert records.ledger.active_snapshot("billing").control_totals == totals


def test_the_contract_is_the_version_that_held_on_the_last_day_of_service(imported: SqlCaseLog):
    contracts = [item for item in BOOKS.contracts if item.contract_no == "CT-778"]
    with imported.read() as records:
        found = records.ledger.invoice_facts(SNAPSHOT.id, "INV-2025-00417").contract
    assert found in contracts
    assert found.version == max(item.version for item in contracts)
