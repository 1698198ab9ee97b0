"""Promises to pay: kept or broken by what an import of the ledger says, and a person hears of a broken one."""

from __future__ import annotations

from datetime import date

import pytest

from csr_bot.demo import books_planted as planted
from csr_bot.flow.promises import settle_promises
from csr_bot.flow.running import run_bot
from csr_bot.ids import new_id
from csr_bot.registers import OPEN, RegisterEntry, RegisterKind
from tests.core.calendars import new_york
from tests.flow.desks import BOT, Office, ask_for_copy


def promise(office: Office, invoice_no: str, *, made: str, due_on: date) -> None:
    """A promise of 18,750.00 on the case of a mail."""
    office.deliver(ask_for_copy())
    office.poll()
    entry = RegisterEntry(
        id=new_id(),
        kind=RegisterKind.PROMISE,
        case_id=office.case().id,
        reference="csr:promise",
        customer_no="C-1003",
        subject=invoice_no,
        content={"invoice_no": invoice_no, "amount": "18750.00", "currency": "USD", "due_on": due_on.isoformat()},
        status=OPEN,
        due_on=due_on,
        created_at=new_york(made),
    )
    with office.log.begin() as records:
        records.registers.add([entry])


def status(office: Office) -> str:
    with office.log.read() as records:
        (entry,) = records.registers.find_by_reference("csr:promise")
    return entry.status


@pytest.mark.parametrize(
    ("invoice_no", "made", "due_on", "expected"),
    [
        (planted.S3_RIGHT_INVOICE, "10-20 09:00", date(2025, 10, 28), "kept"),
        (planted.S3.invoice_no, "11-10 09:00", date(2025, 11, 17), "broken"),
        (planted.S3.invoice_no, "11-10 09:00", date(2025, 11, 20), "open"),
        (planted.S3.invoice_no, "11-10 09:00", date(2025, 11, 28), "open"),
    ],
    ids=["paid within the grace", "not paid", "within the grace", "not due"],
)
def test_a_promise_is_kept_broken_or_still_open(
    office: Office, invoice_no: str, made: str, due_on: date, expected: str
):
    promise(office, invoice_no, made=made, due_on=due_on)
    settle_promises(office.desk)
    assert status(office) == expected
    assert [event.action for event in office.events("promise.")] == ([f"promise.{expected}"] * (expected != OPEN))
    assert ("PROMISE_BROKEN" in office.reasons()) == (expected == "broken")


def test_an_import_settles_what_is_due(office: Office):
    promise(office, planted.S3.invoice_no, made="11-10 09:00", due_on=date(2025, 11, 17))
    counters = run_bot(office.workshop(), BOT, "import").counters
    assert counters["promises_broken"] == 1
    assert "promises_broken" not in run_bot(office.workshop(), BOT, "import").counters
