"""Erasure after retention: nothing that people wrote is left, the figures stay, and the chain verifies as before."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from csr_bot.auditpack.verifier import verify_pack
from csr_bot.demo import books_planted as planted
from csr_bot.flow.anchoring import read_anchors, verify_chain
from csr_bot.flow.erasing import erase_case, find_ended, latest_end
from tests.audit.conftest import pack_of
from tests.audit.test_pack import open_pack, record_of
from tests.flow.desks import Office, ask_for_copy, the_books

YEARS = 10
WORDS = ("you billed", "Please correct the invoice")


def erase(office: Office, case_no: str, *, years: int = YEARS):
    now = office.clock.now()
    before = latest_end(now, keep_years=years)
    return erase_case(office.log, case_no, before=before, by="luis", why="ten years are over", at=now)


@pytest.fixture
def old(credited: Office) -> Office:
    credited.clock.advance(timedelta(days=366 * YEARS))
    return credited


def test_nothing_that_the_customer_wrote_is_left_and_the_chain_is_whole(old: Office) -> None:
    case = old.case()
    address = next(
        item.email for item in the_books().contacts if item.customer_no == planted.PRICE_DELTA_200.customer_no
    )
    erased = erase(old, case.case_no)
    assert not isinstance(erased, str), erased
    assert (erased.counts["messages"], erased.counts["evidence"] > 3, erased.counts["files"] > 1) == (2, True, True)
    for table in ("message", "request_case", "evidence", "blob", "event", "case_key", "decision", "finding", "effect"):
        for row in old.rows(f"SELECT * FROM {table}"):  # names of tables of this test
            told = " ".join(str(bytes(cell) if isinstance(cell, memoryview) else cell) for cell in row.values())
            assert not [word for word in (*WORDS, address) if word in told], table
    with old.log.read() as records:
        anchors = read_anchors(old.folder / "anchors" / "chain.jsonl")
        assert verify_chain(records.events.all(), head=records.events.head(), anchors=anchors).ok
    (tombstone,) = old.events("case.erased")
    assert tombstone.data["removed_sha256"] == erased.removed_sha256
    assert old.case().outcome == case.outcome
    assert old.decision().total is not None


def test_the_pack_of_an_erased_case_says_so_and_is_sound(old: Office) -> None:
    number = old.case().case_no
    erase(old, number)
    pack = pack_of(old)
    record = record_of(pack)
    assert record["erased"]["why"] == "ten years are over"
    assert {item["content"] for item in record["evidence"]} == {None}
    assert len(pack.missing) > 1
    assert verify_pack(io.BytesIO(pack.content))["case_no"] == number
    assert b"you billed" not in b"".join(body for name, body in open_pack(pack).items() if name.startswith("files/"))


def test_what_is_open_recent_unknown_or_erased_is_refused(credited: Office) -> None:
    number = credited.case().case_no
    assert "its retention is not over" in str(erase(credited, number))
    assert find_ended(credited.log, before=latest_end(credited.clock.now(), keep_years=YEARS)) == []
    assert "there is no case" in str(erase(credited, "CSR-1999-000001"))
    credited.clock.advance(timedelta(days=366 * YEARS))
    assert find_ended(credited.log, before=latest_end(credited.clock.now(), keep_years=YEARS)) == [number]
    erase(credited, number)
    assert find_ended(credited.log, before=credited.clock.now()) == []
    assert "was erased before" in str(erase(credited, number))
    credited.execute("UPDATE request_case SET status = 'in_review'")
    assert "is not ended" in str(erase(credited, number))


def test_a_mail_of_two_cases_stays_until_both_are_erased(old: Office) -> None:
    first = old.case()
    old.deliver(ask_for_copy(customer_no="C-1001"))
    old.poll()
    old.settle()
    second = next(case for case in old.cases() if case.case_no != first.case_no)
    with old.log.begin() as records:
        (shared,) = records.intake.message_ids_of(first.id)[:1]
        records.intake.link([(shared, second.id)])
    erase(old, first.case_no)
    with old.log.read() as records:
        kept = {message.id: message.text_new for message in records.overview.messages_of(second.id)}
    assert "you billed" in kept[shared]
