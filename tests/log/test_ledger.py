"""The ledger's mirror: a snapshot for each import, in which every row comes back as it was read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from tests.core.facts import BOOKS, INDEX, INVOICES, contact_of, entry_of
from tests.log.rows import AT, MINUTE, a_snapshot

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
    with log.begin() as records:
        records.ledger.add_snapshot(SNAPSHOT, rows())
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


def test_the_index_of_a_snapshot_is_the_one_of_its_rows(imported: SqlCaseLog):
    with imported.read() as records:
        index = records.ledger.index(SNAPSHOT.id)
    assert index.by_canonical["INV202500417"] == INDEX.by_canonical["INV202500417"]
    assert index.contacts[contact_of("C-1001").email] == (contact_of("C-1001"),)
    assert len(index.by_canonical) == len(NUMBERS)


def test_open_lines_are_those_of_invoices_with_something_open(imported: SqlCaseLog):
    with imported.read() as records:
        lines = records.ledger.open_lines(SNAPSHOT.id, "C-1003")
        assert {line.invoice_no for line in lines} == {"INV-2025-00388"}
        assert len(records.ledger.invoices_of(SNAPSHOT.id, "C-1003")) == 2


def test_an_unknown_or_doubled_number_is_no_invoice(imported: SqlCaseLog):
    double = a_snapshot(imported_at=AT + MINUTE)
    with imported.begin() as records:
        invoice = INVOICES["INV-2025-00417"]
        records.ledger.add_snapshot(double, {"invoices": [invoice, invoice]})
        assert records.ledger.invoice_facts(double.id, "INV-2025-00417") is None
        assert records.ledger.invoice_facts(SNAPSHOT.id, "INV-2025-99999") is None


def test_a_new_import_replaces_the_one_before_and_keeps_its_rows(imported: SqlCaseLog):
    newer = a_snapshot(imported_at=AT + MINUTE)
    with imported.begin() as records:
        records.ledger.add_snapshot(newer, rows({"INV-2025-00417"}))
    with imported.read() as records:
        assert records.ledger.active_snapshot("billing") == newer
        assert len(records.ledger.index(newer.id).by_canonical) == 1
        assert len(records.ledger.index(SNAPSHOT.id).by_canonical) == len(NUMBERS)


def test_a_rejected_import_is_kept_beside_the_one_that_stays_active(imported: SqlCaseLog):
    rejected = a_snapshot(status="rejected", reason="CONTROL_TOTAL", imported_at=AT + MINUTE)
    with imported.begin() as records:
        records.ledger.add_snapshot(rejected, {})
    with imported.read() as records:
        assert records.ledger.active_snapshot("billing") == SNAPSHOT
        assert records.ledger.latest_snapshot("billing") == rejected


def test_an_import_of_another_desk_replaces_nothing(imported: SqlCaseLog):
    with imported.begin() as records:
        records.ledger.add_snapshot(a_snapshot(bot="other"), {})
        assert records.ledger.active_snapshot("billing") == SNAPSHOT
        assert records.ledger.active_snapshot("nobody") is None


def test_an_import_that_fails_leaves_the_old_ledger(imported: SqlCaseLog):
    broken = replace(INVOICES["INV-2025-00417"], net=replace(INVOICES["INV-2025-00417"].net))
    object.__setattr__(broken.net, "amount", 0.1)
    with pytest.raises(Exception, match="finite Decimal"), imported.begin() as records:
        records.ledger.add_snapshot(a_snapshot(), {"invoices": [broken]})
    with imported.read() as records:
        assert records.ledger.latest_snapshot("billing") == SNAPSHOT


def test_control_totals_stay_exact(imported: SqlCaseLog):
    totals = {"USD": Decimal("99999999999999.9999"), "JPY": Decimal(5)}
    exact = a_snapshot(control_totals=totals, imported_at=AT + MINUTE)
    with imported.begin() as records:
        records.ledger.add_snapshot(exact, {})
        assert records.ledger.active_snapshot("billing").control_totals == totals


def test_the_contract_is_the_version_that_held_on_the_last_day_of_service(imported: SqlCaseLog):
    contracts = [item for item in BOOKS.contracts if item.contract_no == "CT-778"]
    with imported.read() as records:
        found = records.ledger.invoice_facts(SNAPSHOT.id, "INV-2025-00417").contract
    assert found in contracts
    assert found.version == max(item.version for item in contracts)
