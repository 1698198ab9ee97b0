"""What the ledger's mirror says of a customer: all of it comes back, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, text

from csr_bot.adapters.sql import customer_lookups, schema
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.tables import open_ledger
from csr_bot.core.customer import sum_open, sum_unapplied
from csr_bot.core.evidence import DocumentStatus, Payment
from csr_bot.demo import books_finance as finance
from csr_bot.demo.workbook import write_workbook
from tests.core.facts import BOOKS, CUSTOMERS, INVOICES, usd
from tests.log.rows import AT, MINUTE, a_snapshot, store_ledger

SNAPSHOT = a_snapshot()
LEDGER: Mapping[str, Sequence[Any]] = {
    "customers": BOOKS.customers,
    "contacts": BOOKS.contacts,
    "invoices": BOOKS.invoices,
    "payments": BOOKS.payments,
    "contracts": BOOKS.contracts,
    "price_terms": BOOKS.price_terms,
    "credit": BOOKS.credit_profiles,
    "kyc": BOOKS.kyc_records,
    "letters": BOOKS.letters_of_credit,
}


@pytest.fixture
def imported(log: SqlCaseLog) -> SqlCaseLog:
    store_ledger(log, SNAPSHOT, LEDGER)
    return log


def context_of(log: SqlCaseLog, customer_no: str, snapshot_id: str = SNAPSHOT.id) -> Any:
    with log.read() as records:
        return records.ledger.customer_context(snapshot_id, customer_no)


def payments(log: SqlCaseLog, **sought: Any) -> list[str]:
    with log.read() as records:
        return [item.payment_no for item in records.ledger.find_payments(SNAPSHOT.id, **sought)]


def test_a_workbook_of_all_sheets_comes_back_as_the_context_of_each_customer(log: SqlCaseLog, tmp_path: Path):
    write_workbook(BOOKS, tmp_path / "ledger.xlsx", generated_at=datetime(2025, 11, 24, tzinfo=UTC))
    with log.load_ledger(replace(SNAPSHOT, status="loading")) as load:
        for chunk in open_ledger(tmp_path / "ledger.xlsx", columns={}).rows():
            load.add([replace(row, locator="") for row in chunk])
        for _ in load.finish():
            pass
    for number in ("C-1002", finance.WEAK, finance.REFUND, finance.BLOCKED, finance.EXPORT):
        found = context_of(log, number)
        assert found.customer == CUSTOMERS[number]
        assert list(found.contacts) == [item for item in BOOKS.contacts if item.customer_no == number]
        assert list(found.open_items) == [
            item for item in BOOKS.invoices if item.customer_no == number and item.open_amount.amount
        ]
        assert list(found.unapplied) == [
            item for item in BOOKS.payments if item.customer_no == number and item.unapplied.amount
        ]
        assert (found.open_items_complete, found.unapplied_complete) == (True, True)
        own = [item for item in BOOKS.credit_profiles if item.customer_no == number]
        assert list(found.credit_profiles) == own[::-1]
        assert [found.kyc] == [item for item in BOOKS.kyc_records if item.customer_no == number]
        assert list(found.letters_of_credit) == [item for item in BOOKS.letters_of_credit if item.customer_no == number]
        assert list(found.contracts) == [item for item in BOOKS.contracts if item.customer_no == number]


def test_the_standing_of_the_scenarios_is_as_written(imported: SqlCaseLog):
    retail, weak = context_of(imported, "C-1002"), context_of(imported, finance.WEAK)
    assert (retail.customer.credit_limit, retail.customer.exposure) == (usd("150000.00"), usd("102350.00"))
    assert (retail.credit.dscr, retail.kyc.status) == (Decimal("1.62"), "APPROVED")
    assert [profile.dscr for profile in weak.credit_profiles] == [Decimal("0.92"), Decimal("1.10"), Decimal("1.31")]
    assert context_of(imported, "C-1005").credit.dscr == Decimal("1.12")
    totals = sum_open(weak.open_items, on=BOOKS.as_of)["USD"]
    assert (totals.open, totals.overdue, totals.overdue_long) == (
        usd("86400.00"), usd("86400.00"), usd("57600.00"),
    )  # fmt: skip
    assert sum_unapplied(context_of(imported, finance.REFUND).unapplied) == {"USD": usd("18750.00")}
    contract = context_of(imported, "C-1004").contracts_on(BOOKS.as_of)[0]
    assert (contract.first_response_min, contract.resolution_min, contract.sla_calendar) == (120, 1440, "always")


def test_a_customer_knows_its_children_and_its_group(imported: SqlCaseLog):
    child, parent = context_of(imported, "C-1017"), context_of(imported, "C-1015")
    assert (child.customer.parent_no, child.group, child.children) == ("C-1015", {"C-1015"}, ())
    assert (parent.group, parent.children) == ({"C-1017"}, ("C-1017",))


def test_an_unknown_customer_or_one_of_another_ledger_has_no_context(imported: SqlCaseLog):
    assert context_of(imported, "C-9999") is None
    assert context_of(imported, "C-1001", "another") is None


def test_what_the_ledger_does_not_say_is_none_and_never_zero(log: SqlCaseLog):
    bare = replace(
        CUSTOMERS["C-1001"], credit_limit=None, exposure=None, hold=None, dunning_level=None, cac=None, tax_id=None
    )
    store_ledger(log, SNAPSHOT, {"customers": [bare]})
    found = context_of(log, "C-1001")
    assert found.customer == bare
    assert (found.kyc, found.credit, found.open_items, found.open_items_complete) == (None, None, (), True)


def test_cancelled_documents_are_not_owed(log: SqlCaseLog):
    cancelled = replace(INVOICES["INV-2025-00417"], status=DocumentStatus.CANCELLED)
    store_ledger(log, SNAPSHOT, {"customers": [CUSTOMERS["C-1001"]], "invoices": [cancelled]})
    assert context_of(log, "C-1001").open_items == ()


def test_more_open_items_than_are_read_are_told(log: SqlCaseLog, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(customer_lookups, "MOST", 3)
    many = [replace(INVOICES["INV-2025-00417"], invoice_no=f"INV-{number}") for number in range(1, 6)]
    store_ledger(log, SNAPSHOT, {"customers": [CUSTOMERS["C-1001"]], "invoices": many})
    found = context_of(log, "C-1001")
    assert [item.invoice_no for item in found.open_items] == ["INV-1", "INV-2", "INV-3"]
    assert not found.open_items_complete


DAY = date(2025, 11, 21)


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"amount": Decimal(75125), "currency": "USD"}, ["PAY-800001"]),
        ({"amount": Decimal("75125.00"), "currency": "EUR"}, []),
        ({"amount": Decimal("75125.01"), "currency": "USD"}, []),
        ({"amount": Decimal(75125), "currency": "USD", "value_date": DAY + timedelta(days=5)}, ["PAY-800001"]),
        ({"amount": Decimal(75125), "currency": "USD", "value_date": DAY + timedelta(days=6)}, []),
        ({"amount": Decimal(75125), "currency": "USD", "customer_no": "C-1001"}, ["PAY-800001"]),
        ({"trace": "payment 5100023981"}, ["PAY-800001"]),
        ({"trace": "trace 0912-7781"}, ["PAY-800003"]),
        ({"trace": "PAY-800003"}, ["PAY-800003"]),
        ({"trace": "0912-7781", "customer_no": "C-1001"}, []),
        ({"trace": "0912-7781", "amount": Decimal(1)}, []),
        ({"customer_no": finance.REFUND}, ["PAY-800002"]),
        ({"customer_no": finance.REFUND, "value_date": DAY}, []),
    ],
)
def test_a_payment_is_found_by_what_is_said_of_it_and_never_that_of_another_customer(
    imported: SqlCaseLog, sought: dict[str, Any], found: list[str]
):
    assert payments(imported, **sought) == found


def test_a_payment_is_not_sought_by_nothing(imported: SqlCaseLog):
    with pytest.raises(ValueError, match="sought by"):
        payments(imported, amount=Decimal(1))


def test_the_payments_of_a_customer_come_latest_first(imported: SqlCaseLog):
    own = [item for item in BOOKS.payments if item.customer_no == "C-1017"]
    since = sorted(item.value_date for item in own)[-3]
    with imported.read() as records:
        found: Sequence[Payment] = records.ledger.payments_of(SNAPSHOT.id, "C-1017", since=since)
        one = records.ledger.payments_of(SNAPSHOT.id, "C-1017", limit=1)
    days = [item.value_date for item in found]
    assert days == sorted((item.value_date for item in own if item.value_date >= since), reverse=True)
    assert one[0].value_date == days[0]


def test_a_contract_comes_with_all_its_versions_and_prices(imported: SqlCaseLog):
    with imported.read() as records:
        found = records.ledger.contract_terms(SNAPSHOT.id, "CT-778")
        assert records.ledger.contract_terms(SNAPSHOT.id, "CT-000") is None
    assert [item.version for item in found.versions] == [1, 2]
    assert found.version_on(date(2025, 6, 30)).version == 1
    assert found.version_on(date(2020, 1, 1)) is None
    assert list(found.price_terms) == [item for item in BOOKS.price_terms if item.contract_no == "CT-778"]


@pytest.mark.parametrize("written", ["4500017713", "PO 4500017713", "po-4500017713"])
def test_the_invoices_of_an_order_are_found_however_its_number_is_written(imported: SqlCaseLog, written: str):
    with imported.read() as records:
        found = [item.invoice_no for item in records.ledger.invoices_by_po(SNAPSHOT.id, written)]
    assert found == ["INV-2025-00371", "INV-2025-00388"]


def test_a_letter_of_credit_is_found_by_its_number(imported: SqlCaseLog):
    with imported.read() as records:
        assert list(records.ledger.letters_of_credit(SNAPSHOT.id, "LC-2025-0117")) == list(BOOKS.letters_of_credit)
        assert records.ledger.letters_of_credit(SNAPSHOT.id, "LC-0") == []


def changes_of(log: SqlCaseLog, customer_no: str, bot: str = "billing") -> list[tuple[str, str | None, str | None]]:
    with log.read() as records:
        found = records.ledger.customer_changes(bot, customer_no)
    return [(item.field, item.before, item.after) for item in found]


def import_changed(log: SqlCaseLog, *, settled: bool) -> None:
    """The same ledger with one customer changed, one gone and one new."""
    newer = a_snapshot(imported_at=AT + MINUTE)
    changed = replace(CUSTOMERS["C-1001"], credit_limit=usd("1.00"), hold=True, exposure=usd("5.00"), locator="x!9")
    added = replace(CUSTOMERS["C-1003"], customer_no="C-7777")
    kept = [item for item in BOOKS.customers if item.customer_no not in ("C-1001", "C-1002")]
    loading = replace(newer, status="loading")
    with log.load_ledger(loading) as load:
        load.add([added, *kept, changed])
        for _ in load.finish():
            pass
    with log.begin() as records:
        for first in range(1, 60, 20):
            records.ledger.add_customer_changes(SNAPSHOT, newer, places=range(first, first + 20), at=AT)
    if settled:
        with log.begin() as records:
            records.ledger.settle_snapshot(newer)


def test_what_an_import_changes_of_a_customer_is_kept(imported: SqlCaseLog):
    import_changed(imported, settled=True)
    assert sorted(changes_of(imported, "C-1001")) == [
        ("credit_limit", "200000.00 USD", "1.00 USD"),
        ("hold", "no", "yes"),
    ]
    assert changes_of(imported, "C-1002") == [("customer_no", "C-1002", None)]
    assert changes_of(imported, "C-7777") == [("customer_no", None, "C-7777")]
    assert changes_of(imported, "C-1003") == []
    assert changes_of(imported, "C-1001", bot="another") == []


def test_an_import_that_never_came_into_force_changed_nothing(imported: SqlCaseLog):
    import_changed(imported, settled=False)
    assert changes_of(imported, "C-1001") == []


def upgraded_to(url: str, revision: str) -> Engine:
    engine = open_engine(url)
    with engine.connect() as connection:
        config = schema._config()  # a test of the steps in between
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def test_a_database_from_before_keeps_its_rows_and_waits_for_the_next_import(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
):
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgres":
        url = request.getfixturevalue("postgres_server").new_database()
    engine = upgraded_to(url, "0004")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO contact VALUES (1, 1, 'C-1', 'Dana', 'd@x.example', 'ap', true, 'x!2')"))
        connection.execute(text("INSERT INTO invoice_key VALUES (1, 7, 42)"))
        connection.execute(
            text(
                "INSERT INTO snapshot (id, bot, file_name, file_sha256, imported_at, row_count, refused,"
                " control_totals, status) VALUES ('s', 'billing', 'a', 'b', '2025-11-24', 1, '[]', '{}', 'active')"
            )
        )
    engine.dispose()
    engine = open_engine(url)
    schema.upgrade(engine)
    assert schema.schema_problem(engine) is None
    with engine.connect() as connection:
        assert connection.execute(text("SELECT email, phone FROM contact")).one() == ("d@x.example", None)
        assert connection.execute(text("SELECT item_id FROM ledger_key")).scalar_one() == 42
        assert connection.execute(text("SELECT status FROM snapshot")).scalar_one() == "superseded"
    engine.dispose()
