"""Answers by mail: the same bytes at every attempt, to the verified contact and to nobody else."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState
from csr_bot.ports import RefusedError, UnavailableError, UncertainError
from tests.flow.desks import ADDRESS, ask_for_copy, write_mail

LOST = UncertainError("the connection was cut after the last dot")


@pytest.fixture
def asked(office):
    """A customer has asked for a copy; nothing is done yet."""
    office.deliver(ask_for_copy(headers={"References": "<first@customer.example>"}))
    office.poll()
    return office


def test_an_answer_stands_in_the_thread_and_says_that_a_machine_wrote_it(asked):
    asked.settle()
    (sent,) = asked.mailer.sent
    mail = message_from_bytes(sent.raw, policy=default)
    assert mail["In-Reply-To"] == "<copy-1@northwind-analytics.example>"
    assert mail["References"].split()[-1] == "<copy-1@northwind-analytics.example>"
    assert mail["Subject"].startswith(f"Re: Copy 1 [{asked.case().case_no} ")
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert [part.get_filename() for part in mail.iter_attachments()] == ["INV-2025-00440.pdf"]
    assert asked.case().case_no in mail.get_body().get_content()


@pytest.mark.parametrize("happened", [True, False])
def test_an_answer_that_may_have_left_is_looked_for_in_the_archive(asked, happened):
    asked.mailer.fail_next(LOST, after_leaving=happened)
    asked.settle()
    (effect,) = asked.effects()
    assert asked.case().status is CaseStatus.RESOLVED
    assert (effect.state, effect.attempts) == (EffectState.VERIFIED, 1 if happened else 2)
    assert len(asked.mailer.sent) == 1


@pytest.mark.parametrize("failure", [LOST, UnavailableError("the server is full"), RefusedError("550 no such user")])
def test_every_attempt_sends_the_same_bytes(asked, failure):
    tried = []
    send = asked.mailer.send

    def note_and_send(raw, **envelope):
        tried.append(raw)
        return send(raw, **envelope)

    asked.mailer.send = note_and_send
    asked.mailer.fail_next(failure)
    asked.mailer.fail_next(failure)
    asked.settle()
    assert len(tried) == 3
    assert len(set(tried)) == 1
    assert [mail.raw for mail in asked.mailer.sent] == tried[:1]
    assert asked.case().status is CaseStatus.RESOLVED


def test_an_answer_that_is_refused_each_time_is_for_a_person_with_the_server_s_words(asked):
    for _ in range(3):
        asked.mailer.fail_next(RefusedError("550 no such user"))
    asked.settle()
    assert asked.case().status is CaseStatus.EXECUTION_FAILED
    assert asked.mailer.sent == []
    (item,) = asked.waiting()
    assert item.reasons[0] == "NOT_POSTED"
    assert "550 no such user" in item.reasons[1]


def test_an_answer_is_kept_as_a_message_of_its_case(asked):
    asked.settle()
    rows = asked.rows(
        "SELECT m.direction, m.raw_sha256 FROM message m JOIN case_message c ON c.message_id = m.id "
        "WHERE c.case_id = :id ORDER BY m.direction",
        id=asked.case().id,
    )
    assert [row["direction"] for row in rows] == ["in", "out"]
    with asked.log.read() as records:
        blob = records.house.blob(rows[1]["raw_sha256"])
    assert blob is not None
    assert blob.content == asked.mailer.sent[0].raw


@pytest.mark.parametrize(
    ("how", "is_answered"),
    [
        ({}, True),
        ({"headers": {"Cc": "mallory@elsewhere.example"}}, True),
        ({"headers": {"Reply-To": "dana.ortiz@northwind-analytics.example"}}, True),
        ({"headers": {"Reply-To": "mallory@elsewhere.example"}}, False),
        ({"headers": {"Sender": "mallory@elsewhere.example", "Return-Path": "<mallory@elsewhere.example>"}}, True),
        ({"authentic": False}, False),
        ({"sender": "somebody.else@northwind-analytics.example"}, False),
        ({"sender": "dana.ortiz@norhtwind-analytics.example"}, False),
        ({"sender": "mallory@elsewhere.example"}, False),
    ],
)
def test_nobody_but_the_verified_contact_gets_an_answer(office, how, is_answered):
    office.deliver(ask_for_copy(**how))
    office.poll()
    office.settle()
    wanted = [(ADDRESS, ("dana.ortiz@northwind-analytics.example",))] if is_answered else []
    assert [(sent.sender, sent.recipients) for sent in office.mailer.sent] == wanted
    if not is_answered:
        assert office.case().status is CaseStatus.IN_REVIEW


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "auto_reply"},
        {"List-Unsubscribe": "<https://digest.example/off>", "Precedence": "bulk"},
        {"Return-Path": "<>"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_an_automatic_mail_is_never_answered(office, headers):
    office.deliver(ask_for_copy(headers=headers))
    assert office.poll() == {"ignored": 1}
    office.settle()
    assert office.mailer.sent == []
    assert office.case().status is CaseStatus.CLOSED


def test_a_person_who_asks_for_silence_gets_no_automatic_answer(office):
    office.deliver(ask_for_copy(headers={"X-Auto-Response-Suppress": "All"}))
    office.poll()
    office.settle()
    assert office.mailer.sent == []


def test_an_invoice_of_somebody_else_is_never_sent(office):
    office.deliver(write_mail("Please send me a copy of invoice INV-2025-00440.", customer_no="C-1006"))
    office.poll()
    office.settle()
    assert office.mailer.sent == []
    assert office.case().status is CaseStatus.IN_REVIEW
