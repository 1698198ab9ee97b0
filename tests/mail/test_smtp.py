# ruff: noqa: N802  # aiosmtpd finds its hooks by these names
"""Sending mail: what has left, what has not, and what nobody knows, at every step of the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from csr_bot import bot
from csr_bot.adapters.imap import ImapMailbox
from csr_bot.adapters.memory import MemoryMailbox
from csr_bot.adapters.smtp import SmtpMailer
from csr_bot.demo.mail import DemoMail
from csr_bot.ports import PortError, RefusedError, UnavailableError, UncertainError
from tests.mail.conftest import Certificate
from tests.mail.folders import word_for
from tests.services.process import find_free_port

DESK = "desk@corp.example"
ANN = "ann@customer.example"
BEN = "ben@customer.example"
ARCHIVE = "archive@corp.example"
RAW = b"From: desk@corp.example\r\nTo: ann@customer.example\r\nMessage-ID: <answer-1@corp.example>\r\n\r\nDone.\r\n"


class Recipient:
    """An SMTP server's decisions: ``answers`` by step, everything else is taken. ``hangs_up`` at a step closes."""

    def __init__(self, *, answers=None, hangs_up=None):
        self.answers = answers or {}
        self.hangs_up = hangs_up
        self.taken = []
        self.resets = 0

    def decide(self, server, step, good):
        if step == self.hangs_up:
            server.transport.abort()
        return self.answers.get(step, good)

    async def handle_MAIL(self, server, _session, envelope, address, options):
        answer = self.decide(server, "MAIL", "250 ok")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        answer = self.decide(server, f"RCPT {address}", self.decide(server, "RCPT", "250 ok"))
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_RSET(self, server, _session, _envelope):
        self.resets += 1
        return self.decide(server, "RSET", "250 ok")

    async def handle_QUIT(self, server, _session, _envelope):
        return self.decide(server, "QUIT", "221 bye")

    async def handle_DATA(self, server, _session, envelope):
        answer = self.decide(server, "END", "250 taken as 1")
        if answer.startswith("2"):
            self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return answer


class Server(SMTP):
    """aiosmtpd with a say before the 354, too."""

    async def smtp_DATA(self, arg):
        answer = self.event_handler.decide(self, "DATA", "")
        if answer:
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


class ServerController(Controller):
    def factory(self):
        return Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(
    recipient: Recipient, *, certificate: Certificate | None = None, security: bot.Security = "plain"
) -> Iterator[SmtpMailer]:
    port = find_free_port()
    protection = {}
    if certificate and security == "starttls":
        protection = {"tls_context": certificate.context, "require_starttls": True}
    elif certificate:
        protection = {"ssl_context": certificate.context}
    controller = ServerController(recipient, hostname="127.0.0.1", port=port, **protection)
    controller.start()
    try:
        yield mailer(port, security=security)
    finally:
        controller.stop()


def word(port: int) -> bot.Outgoing:
    archive = word_for(1, ARCHIVE)
    return bot.Outgoing(sender=DESK, host="127.0.0.1", port=port, security="plain", archive=archive)


def mailer(port: int, *, seconds: float = 5, password: str | None = None, **changes) -> SmtpMailer:
    changed = replace(word(port), **changes)
    return SmtpMailer(changed, login=password, archive=MemoryMailbox(), timeout=timedelta(seconds=seconds))


# --- what leaves


def test_a_mail_goes_to_all_recipients_and_the_archive_byte_for_byte():
    recipient = Recipient()
    with serving(recipient) as outgoing:
        answer = outgoing.send(RAW, sender=DESK, recipients=[ANN, BEN])
    assert answer == "250 taken as 1"
    assert recipient.taken == [(DESK, (ANN, BEN, ARCHIVE), RAW)]


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        (b"A: b\r\n\r\n.\r\n..\r\n.x\r\nend", b"A: b\r\n\r\n.\r\n..\r\n.x\r\nend\r\n"),
        (b"A: b\n\n.\nQUIT\n", b"A: b\r\n\r\n.\r\nQUIT\r\n"),
        (
            b"A: b\r\n\r\none\r.\r\ntwo\n.\r\nMAIL FROM:<x@y>\r\n",
            b"A: b\r\n\r\none\r\n.\r\ntwo\r\n.\r\nMAIL FROM:<x@y>\r\n",
        ),
        ("A: b\r\n\r\nGr\u00fc\u00dfe\r\n".encode(), "A: b\r\n\r\nGr\u00fc\u00dfe\r\n".encode()),
    ],
)
def test_no_line_of_a_mail_ends_it_early(written, arrives):
    recipient = Recipient()
    with serving(recipient) as outgoing:
        outgoing.send(written, sender=DESK, recipients=[ANN])
    assert [content for _, _, content in recipient.taken] == [arrives]


def test_a_mail_that_must_not_bounce_has_an_empty_sender():
    recipient = Recipient()
    with serving(recipient) as outgoing:
        outgoing.send(RAW, sender="", recipients=[ANN])
    assert recipient.taken[0][0] in ("", "<>")


def test_an_archive_that_is_a_recipient_already_gets_one_copy():
    recipient = Recipient()
    with serving(recipient) as outgoing:
        outgoing.send(RAW, sender=DESK, recipients=[ANN, ARCHIVE, ANN])
    assert recipient.taken[0][1] == (ANN, ARCHIVE)


def test_the_archive_proves_what_was_sent_and_the_customer_does_not_see_it():
    demo = DemoMail({DESK: "one", ANN: "two", ARCHIVE: "three"}).start()
    try:
        archive = ImapMailbox(word_for(demo.imap_port, ARCHIVE), login="three")
        outgoing = SmtpMailer(word(demo.smtp_port), login="one", archive=archive)
        assert outgoing.count_sent("<answer-1@corp.example>") == 0
        outgoing.send(RAW, sender=DESK, recipients=[ANN])
        assert outgoing.count_sent("<answer-1@corp.example>") == 1
        assert len(demo.messages(ARCHIVE)) == 1
        (received,) = demo.messages(ANN)
    finally:
        demo.stop()
    assert received.endswith(RAW)
    assert b"archive" not in received.lower()
    assert b"bcc" not in received.lower()


# --- what does not


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    ("answer", "failure"), [("451 4.3.0 later", UnavailableError), ("554 5.7.1 never", RefusedError)]
)
def test_a_no_at_any_step_means_that_nothing_left(step, answer, failure):
    recipient = Recipient(answers={step: answer})
    with serving(recipient) as outgoing, pytest.raises(failure, match=answer[:3]) as found:
        outgoing.send(RAW, sender=DESK, recipients=[ANN])
    assert type(found.value) is failure
    assert recipient.taken == []


@pytest.mark.parametrize(
    ("answers", "failure"),
    [
        ({BEN: "550 5.1.1 unknown"}, RefusedError),
        ({BEN: "450 4.2.1 busy"}, UnavailableError),
        ({ANN: "450 4.2.1 busy", BEN: "550 5.1.1 unknown"}, RefusedError),
        ({ARCHIVE: "550 5.1.1 unknown"}, RefusedError),
    ],
)
def test_when_one_recipient_is_refused_nobody_gets_the_mail(answers, failure):
    recipient = Recipient(answers={f"RCPT {address}": answer for address, answer in answers.items()})
    with serving(recipient) as outgoing, pytest.raises(failure) as found:
        outgoing.send(RAW, sender=DESK, recipients=[ANN, BEN])
    assert recipient.taken == []
    assert recipient.resets == 1
    assert all(address in str(found.value) for address in answers)


def test_a_refusal_stands_even_if_the_connection_is_lost_right_after_it():
    recipient = Recipient(answers={f"RCPT {BEN}": "550 5.1.1 unknown"}, hangs_up="RSET")
    with serving(recipient) as outgoing, pytest.raises(RefusedError, match=BEN):
        outgoing.send(RAW, sender=DESK, recipients=[ANN, BEN])


def test_a_mail_to_nobody_is_a_defect_and_leaves_no_proof():
    recipient = Recipient()
    with serving(recipient) as outgoing, pytest.raises(ValueError, match="nobody"):
        outgoing.send(RAW, sender=DESK, recipients=[])
    assert recipient.taken == []


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_body_means_that_nothing_left(step):
    recipient = Recipient(hangs_up=step)
    with serving(recipient) as outgoing, pytest.raises(UnavailableError):
        outgoing.send(RAW, sender=DESK, recipients=[ANN])
    assert recipient.taken == []


def test_a_port_where_nobody_listens_is_unavailable():
    with pytest.raises(UnavailableError, match="the connection failed"):
        mailer(find_free_port()).send(RAW, sender=DESK, recipients=[ANN])


@pytest.mark.parametrize(
    "address",
    [
        "ann@customer.example\r\nRCPT TO:<eve@evil.example>",
        "ann@customer.example>, <eve@evil.example",
        "ann@customer.example)eve@evil.example",
        "Ann <ann@customer.example>",
        '"ann eve"@customer.example',
        "ann@customer.ex\u0430mple",
        "ann",
        "",
        "ann@",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused_before_connecting(address):
    with pytest.raises(RefusedError, match="not an address"):
        mailer(find_free_port()).send(RAW, sender=DESK, recipients=[address])


# --- what nobody knows


def test_a_connection_lost_after_the_final_dot_is_uncertain():
    with serving(Recipient(hangs_up="END")) as outgoing, pytest.raises(UncertainError):
        outgoing.send(RAW, sender=DESK, recipients=[ANN])


def test_a_server_silent_after_the_final_dot_is_uncertain(silent_after_body):
    with pytest.raises(UncertainError):
        mailer(silent_after_body, seconds=0.3).send(RAW, sender=DESK, recipients=[ANN])


def test_an_answer_to_the_final_dot_that_is_neither_yes_nor_no_is_uncertain():
    with serving(Recipient(answers={"END": "354 more"})) as outgoing, pytest.raises(UncertainError):
        outgoing.send(RAW, sender=DESK, recipients=[ANN])


@pytest.mark.parametrize("recipient", [Recipient(hangs_up="QUIT"), Recipient(answers={"QUIT": "421 bye"})])
def test_trouble_at_the_goodbye_does_not_undo_the_sending(recipient):
    with serving(recipient) as outgoing:
        assert outgoing.send(RAW, sender=DESK, recipients=[ANN]).startswith("250")
    assert len(recipient.taken) == 1


@pytest.fixture
def silent_after_body():
    """The port of a server that reads a whole mail and never says what it did with it."""

    class Silent(Server):
        async def smtp_DATA(self, _arg):
            await self.push("354 go on")
            await self._reader.read()  # until the client gives up

    class SilentController(Controller):
        def factory(self):
            return Silent(self.handler)

    port = find_free_port()
    controller = SilentController(Recipient(), hostname="127.0.0.1", port=port)
    controller.start()
    yield port
    controller.stop()


# --- who may log in, and over what


def test_log_in_with_the_right_and_with_a_wrong_password():
    demo = DemoMail({DESK: "one", ARCHIVE: "three", ANN: "two"}).start()
    try:
        mailer(demo.smtp_port, password="one").send(RAW, sender=DESK, recipients=[ANN])
        for password in ("wrong key", "schl\u00fcssel"):
            with pytest.raises(RefusedError, match="SMTP server") as found:
                mailer(demo.smtp_port, password=password).send(RAW, sender=DESK, recipients=[ANN])
            assert password not in str(found.value)
        assert len(demo.messages(ANN)) == 1
        assert mailer(demo.smtp_port, password="one").health().ok
        assert not mailer(demo.smtp_port, password="wrong key").health().ok
    finally:
        demo.stop()


def test_a_server_without_log_in_or_starttls_is_refused():
    recipient = Recipient()
    with serving(recipient) as outgoing:
        port = outgoing._word.port
        for changed in (mailer(port, password="one"), mailer(port, security="starttls")):
            with pytest.raises(RefusedError):
                changed.send(RAW, sender=DESK, recipients=[ANN])
        assert isinstance(find_failure(mailer(port, security="tls", seconds=1)), UnavailableError)
    assert recipient.taken == []


def test_an_unprotected_connection_to_another_host_is_refused_before_it_is_made():
    assert isinstance(find_failure(mailer(25, host="smtp.example.com")), RefusedError)


def test_health_names_the_cure_for_a_server_that_is_away():
    health = mailer(find_free_port()).health()
    assert not health.ok
    assert "reached" in health.cure


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_protected_connection_needs_a_certificate_that_is_trusted(certificate, security, monkeypatch):
    recipient = Recipient()
    with serving(recipient, certificate=certificate, security=security) as outgoing:
        assert "certificate verify failed" in str(find_failure(outgoing))
        assert recipient.taken == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        outgoing.send(RAW, sender=DESK, recipients=[ANN])
    assert len(recipient.taken) == 1


def find_failure(outgoing: SmtpMailer) -> PortError:
    with pytest.raises(PortError) as found:
        outgoing.send(RAW, sender=DESK, recipients=[ANN])
    return found.value
