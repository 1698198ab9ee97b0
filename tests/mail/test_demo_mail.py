"""The demo's mail servers behave like a receiving company's: they stamp what comes in and believe no forged stamp."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes

import pytest

from csr_bot.demo.mail import AUTHSERV_ID, DemoMail

DESK = "desk@corp.example"
ANN = "ann@customer.example"


@pytest.fixture
def demo() -> Iterator[DemoMail]:
    running = DemoMail({DESK: "one", ANN: "two"}, authenticated_domains=["customer.example"]).start()
    yield running
    running.stop()


def test_it_is_up_within_three_seconds_and_leaves_no_thread_behind():
    before = threading.active_count()
    began = time.perf_counter()
    running = DemoMail({f"user{number}@corp.example": "pw" for number in range(20)}).start()
    assert time.perf_counter() - began < 3
    running.stop()
    assert threading.active_count() == before


def test_mail_by_smtp_reaches_every_recipient(demo):
    with smtplib.SMTP("127.0.0.1", demo.smtp_port, local_hostname="customer.example") as client:
        client.sendmail(ANN, [DESK, ANN.upper()], b"From: ann@customer.example\r\nSubject: x\r\n\r\n.hi\r\n")
    for address in (DESK, ANN):
        (raw,) = demo.messages(address)
        assert raw.endswith(b"From: ann@customer.example\r\nSubject: x\r\n\r\n.hi\r\n")
        assert f"for <{address}>" in message_from_bytes(raw)["Received"]


def test_an_unknown_recipient_is_refused(demo):
    with (
        smtplib.SMTP("127.0.0.1", demo.smtp_port, local_hostname="customer.example") as client,
        pytest.raises(smtplib.SMTPRecipientsRefused) as found,
    ):
        client.sendmail(ANN, ["nobody@corp.example"], b"Subject: x\r\n\r\n")
    assert found.value.recipients["nobody@corp.example"][0] == 550
    with pytest.raises(LookupError):
        demo.deliver(b"Subject: x\r\n\r\n", sender=ANN, recipient="nobody@corp.example")


@pytest.mark.parametrize(
    ("author", "sender", "result"),
    [
        (b"From: Ann <ann@customer.example>", ANN, "dmarc=pass header.from=customer.example"),
        (b"From: ann@CUSTOMER.example", "Bounce@Customer.Example", "dmarc=pass header.from=customer.example"),
        (b"From: ann@customer.example", "eve@evil.example", "dmarc=fail header.from=customer.example"),
        (b"From: ann@customer.example", "", "dmarc=fail header.from=customer.example"),
        (b"From: eve@evil.example", "eve@evil.example", "dmarc=fail header.from=evil.example"),
        (b"From: ann@customer.example\r\nFrom: eve@evil.example", ANN, "dmarc=fail header.from=invalid"),
        (b"Subject: nobody wrote this", ANN, "dmarc=fail header.from=invalid"),
    ],
)
def test_the_receiving_server_states_what_it_found(demo, author, sender, result):
    demo.deliver(author + b"\r\n\r\nhi\r\n", sender=sender, recipient=DESK)
    message = message_from_bytes(demo.messages(DESK)[0])
    assert message.get_all("Authentication-Results") == [f"{AUTHSERV_ID}; {result}"]
    assert message.get_all("Return-Path") == [f"<{sender}>"]


@pytest.mark.parametrize(
    "forged",
    [
        b"Authentication-Results: mx.demo.example; dmarc=pass header.from=customer.example",
        b"authentication-results:MX.Demo.Example ; dmarc=pass",
        b"Authentication-Results:\r\n mx.demo.example;\r\n dmarc=pass",
        b"Authentication-Results: (really) mx.demo.example 1; dmarc=pass",
    ],
)
def test_a_forged_statement_in_its_name_is_removed(demo, forged):
    foreign = b"Authentication-Results: mx.elsewhere.example; dmarc=pass"
    raw = b"From: eve@evil.example\r\n" + forged + b"\r\n" + foreign + b"\r\nSubject: x\r\n\r\nhi\r\n"
    demo.deliver(raw, sender="eve@evil.example", recipient=DESK)
    (stamped,) = demo.messages(DESK)
    results = message_from_bytes(stamped).get_all("Authentication-Results")
    assert results == [f"{AUTHSERV_ID}; dmarc=fail header.from=evil.example", "mx.elsewhere.example; dmarc=pass"]
    assert stamped.endswith(b"From: eve@evil.example\r\n" + foreign + b"\r\nSubject: x\r\n\r\nhi\r\n")
