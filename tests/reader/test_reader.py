"""Mails through the child process: the same readings as in one's own, and an ending with a reason for every bomb."""

from __future__ import annotations

import json
import os
import signal
import time

import psutil
import pytest
from benchmarks.intake.mails import RECEIVING_SERVER, list_invoices, make_mails

from csr_bot.adapters.reader import DirectMailReader, WarmMailReader
from csr_bot.adapters.reader.warm import LIMITS, TARGET
from csr_bot.core.request import Category
from csr_bot.sandbox import Limits
from tests.reader.bombs import BOMBS
from tests.reader.mails import make_mail

ORDINARY = make_mail(b"Invoice;Amount\r\nINV-2026-0431;10,00\r\n", name="items.csv", declared="text/csv")
NOBODY: frozenset[str] = frozenset()
LYING = "tests.reader.targets:start_lying"


@pytest.fixture(scope="module")
def reader():
    with WarmMailReader() as made:
        yield made


def read(reader, *mails):
    return list(reader.read(mails, trusts=NOBODY))


def test_two_hundred_mails_are_read_as_in_the_process_itself(reader):
    mails = list(make_mails(200, invoices=list_invoices(), seed=11))
    trusts = frozenset({RECEIVING_SERVER})
    readings = list(reader.read(mails, trusts=trusts))
    assert readings == list(DirectMailReader().read(mails, trusts=trusts))
    assert all(reading.parsed.authentication.passed for reading in readings)
    assert any(attachment.reading for reading in readings for attachment in reading.parsed.attachments)


def test_the_bytes_of_attachments_stay_behind(reader):
    (reading,) = read(reader, ORDINARY)
    (attachment,) = reading.parsed.attachments
    assert attachment.content == b""
    assert (attachment.filename, attachment.sniffed_type, attachment.flags) == ("items.csv", "text/csv", ())
    assert attachment.reading is not None
    assert attachment.reading.tables[0].rows == (("Invoice", "Amount"), ("INV-2026-0431", "10,00"))


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_with_a_reason_and_the_next_mail_is_read(reader, name):
    bomb = BOMBS[name]
    mail = bomb.make()
    begun = time.monotonic()
    readings = reader.read([mail, ORDINARY], trusts=NOBODY)
    hostile = next(readings)
    read_at = time.monotonic()
    (ordinary,) = readings
    assert read_at - begun < 10
    assert time.monotonic() - read_at < 2
    assert ordinary.requests[0].category is Category.INVOICE_COPY
    assert hostile.requests
    assert find_reason(hostile.parsed, bomb.where, bomb.code), hostile


def find_reason(parsed, where, code):
    files = parsed.attachments
    if code is None:
        return parsed.quarantined is None
    if where == "quarantined":
        return (parsed.quarantined or "").startswith(code)
    if where == "problem":
        return any(code in (file.reading.problem or "") for file in files if file.reading)
    return any(flag.startswith(code) for file in files for flag in file.flags)


def test_a_mail_that_kills_its_reader_is_kept_with_the_reason():
    with WarmMailReader(target=LYING) as reader:
        before, dead, after = read(reader, ORDINARY, b"DIE", ORDINARY)
    assert before == after
    assert dead.parsed.quarantined == (
        "READER_DIED: reading the mail ended its reader (the child ended with exit code 1)"
    )
    assert [request.category for request in dead.requests] == [Category.UNKNOWN]


def test_a_reader_killed_in_the_middle_loses_nothing(reader):
    mails = [ORDINARY] * 300
    readings = reader.read(mails, trusts=NOBODY)
    first = next(readings)
    (child,) = [child for child in psutil.Process().children() if TARGET in child.cmdline()]
    os.kill(child.pid, signal.SIGKILL)
    assert [first, *readings] == [first] * 300


@pytest.mark.parametrize(
    "lie",
    [
        b"",
        b"garbage",
        b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.",
        json.dumps([[None] * 25, []]).encode(),
        b"[" * 50_000,
        b"[" + b"[]," * 2_000_000 + b"0]",
        b"x" * (LIMITS.answer + 1),
    ],
)
def test_a_mail_that_took_over_its_reader_can_only_be_quarantined(lie):
    with WarmMailReader(target=LYING) as reader:
        hostile, after = read(reader, b"LIE:" + lie, ORDINARY)
    assert hostile.parsed.quarantined is not None
    assert hostile.parsed.quarantined.startswith(("READER_DIED:", "LIMIT_ANSWER:"))
    assert after.requests[0].category is Category.INVOICE_COPY


def test_a_mail_beyond_the_memory_is_quarantined():
    with WarmMailReader(limits=Limits(memory=300 * 1024 * 1024)) as reader:
        reading, after = read(reader, b"Subject: x\r\n\r\n" + b"a" * 250_000_000, ORDINARY)
    assert (reading.parsed.quarantined or "").startswith("LIMIT_MEMORY: ")
    assert after.parsed.quarantined is None
