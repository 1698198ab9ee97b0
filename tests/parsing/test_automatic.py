from __future__ import annotations

import pytest

from csr_bot.core.message import AutoClass
from csr_bot.core.parsing.mail import parse_message
from tests.parsing.mails import make_mail, make_multipart, parse

DSN = make_multipart(
    "report",
    "Content-Type: text/plain\n\nYour mail could not be delivered.",
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
    "Final-Recipient: rfc822; Lost@fabrikam.example\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {code}",
    "Content-Type: message/rfc822\n\nMessage-ID: <ours@shared.example>\nSubject: Invoice INV-1\n\nPlease credit 100.00",
).replace(b"multipart/report;", b"multipart/report; report-type=delivery-status;")


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        ("5.1.1", "550 5.1.1 user unknown", True),
        ("5.0.0", "550 no such user here", True),
        ("5.2.2", "552 mailbox full", False),
        ("4.4.1", "timed out", False),
        ("5.7.1", "550 blocked", False),
        ("5.1.1", "550 5.1.1 mailbox full", False),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("5.4.4", "Host or domain name not found", True),
        ("5.0.0", "550 account disabled", False),
    ],
)
def test_a_delivery_report_names_recipient_status_and_original(status, code, permanent):
    message = parse_message(DSN.replace(b"{status}", status.encode()).replace(b"{code}", code.encode()))
    assert message.auto_class is AutoClass.BOUNCE
    assert message.bounce is not None
    assert message.bounce.recipient == "lost@fabrikam.example"
    assert (message.bounce.status, message.bounce.permanent) == (status, permanent)
    assert message.bounce.original_message_id == "<ours@shared.example>"
    assert "100.00" not in message.text
    assert not message.answerable


@pytest.mark.parametrize(
    ("text", "reason", "permanent"),
    [
        ("<a@x.example>: 550 unknown user", "userunknown", True),
        ("<a@x.example>:\n>>> DATA\n<<< 550 unknown user", "filtered", False),
        ("a@x.example\n SMTP error after MAIL FROM:<b@y.example>: 553 domain does not exist", "rejected", False),
        ("a@x.example: an MX record indicated no SMTP service", "notaccept", True),
        ("a@x.example has moved to b@x.example", "hasmoved", True),
        ("a@x.example: 552 too large", "mesgtoobig", False),
        ("a@x.example: Host not reachable. Message will be retried for 4 days", "expired", False),
        ("a@x.example could not get it", "undefined", None),
        ("a@x.example: 550 blocked\n--- Below this line is a copy of the message.\nno such user", "blocked", False),
    ],
)
def test_why_a_mail_came_back_is_read_from_the_words_of_the_server(text, reason, permanent):
    bounce = parse(text, Subject="Undelivered Mail Returned to Sender").bounce
    assert bounce is not None
    assert (bounce.recipient, bounce.reason, bounce.permanent) == ("a@x.example", reason, permanent)


def test_a_sending_services_notice_is_a_bounce_too():
    text = (
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"a@x.example","status":"5.1.1"}]}}'
    )
    message = parse(text, Subject="Notification")
    assert message.auto_class is AutoClass.BOUNCE
    assert message.bounce is not None
    assert (message.bounce.recipient, message.bounce.status) == ("a@x.example", "5.1.1")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto_Submitted": "auto-replied"}, AutoClass.AUTO_REPLY),
        ({"Auto_Submitted": "auto-generated (rule)"}, AutoClass.AUTO_REPLY),
        ({"Auto_Submitted": "NO; x=1"}, AutoClass.NONE),
        ({"X_Autoreply": "yes"}, AutoClass.AUTO_REPLY),
        ({"X_Autorespond": "holiday"}, AutoClass.AUTO_REPLY),
        ({"Precedence": "auto_reply"}, AutoClass.AUTO_REPLY),
        ({"Precedence": "bulk"}, AutoClass.LIST),
        ({"Precedence": "junk"}, AutoClass.LIST),
        ({"List_Unsubscribe": "<mailto:u@x.example>", "List_Unsubscribe_Post": "One-Click"}, AutoClass.LIST),
        ({"List_Unsubscribe": "<mailto:u@x.example>", "sender": "newsletter@x.example"}, AutoClass.LIST),
        # A person's mail that a list, or a service, passed on.
        ({"List_Id": "<ap.fabrikam.example>", "Precedence": "list"}, AutoClass.NONE),
        ({"List_Unsubscribe": "<mailto:u@x.example>"}, AutoClass.NONE),
        (
            {
                "List_Id": "<ap.fabrikam.example>",
                "List_Post": "<mailto:ap@fabrikam.example>",
                "List_Unsubscribe": "<mailto:u@fabrikam.example>",
                "Precedence": "bulk",
            },
            AutoClass.NONE,
        ),
        ({"X_MS_Exchange_Inbox_Rules_Loop": "a@x.example"}, AutoClass.NONE),
        ({"X_MS_Exchange_Inbox_Rules_Loop": "a@x.example", "X_Auto_Response_Suppress": "All"}, AutoClass.AUTO_REPLY),
        ({"Return_Path": "<>"}, AutoClass.AUTO_REPLY),
        ({"X_Failed_Recipients": "a@x.example"}, AutoClass.BOUNCE),
        ({"Subject": "Undelivered Mail Returned to Sender"}, AutoClass.BOUNCE),
        ({"Subject": "Automatic reply: INV-2025-00417"}, AutoClass.AUTO_REPLY),
        ({"Subject": "Abwesenheitsnotiz: Rechnung"}, AutoClass.AUTO_REPLY),
        ({"Subject": "Réponse automatique : facture"}, AutoClass.AUTO_REPLY),
        ({"Subject": "Respuesta automática: factura"}, AutoClass.AUTO_REPLY),
        ({"Subject": "Automatisch antwoord: factuur"}, AutoClass.AUTO_REPLY),
        ({"Subject": "Read: Reminder"}, AutoClass.READ_RECEIPT),
        ({"Subject": "Ticket #558213 has been created"}, AutoClass.PORTAL_ACK),
        ({"Subject": "Wrong price on INV-2025-00417"}, AutoClass.NONE),
        ({"Subject": "Re: delivery of October"}, AutoClass.NONE),
        ({"X_Auto_Response_Suppress": "All"}, AutoClass.NONE),
    ],
)
def test_automatic_mail_is_known_by_headers_then_subject(headers, kind):
    message = parse("Hello", **headers)
    assert message.auto_class is kind
    assert (message.auto_reason is None) == (kind is AutoClass.NONE)


@pytest.mark.parametrize(
    ("headers", "answerable"),
    [
        ({}, True),
        ({"X_Auto_Response_Suppress": "All"}, False),
        ({"X_Auto_Response_Suppress": "DR, RN"}, True),
        ({"sender": "no-reply@portal.example"}, False),
        ({"List_Id": "<ap.fabrikam.example>"}, True),
        ({"List_Id": "<ap.fabrikam.example>", "sender": "Dana via AP <ap@fabrikam.example>"}, False),
        ({"List_Post": "<mailto:ap@fabrikam.example>", "sender": "ap@fabrikam.example"}, False),
        ({"Auto_Submitted": "auto-replied"}, False),
    ],
)
def test_what_may_be_answered_is_another_question(headers, answerable):
    assert parse("Hello", **headers).answerable is answerable


def test_a_mail_system_as_sender_makes_a_bounce_even_with_an_odd_address():
    message = parse("550 user unknown", sender="Mail Delivery System <MAILER-DAEMON>", Subject="hello")
    assert message.auto_class is AutoClass.BOUNCE
    assert message.quarantined is None


@pytest.mark.parametrize(
    ("kind", "part", "expected"),
    [
        ("feedback-report", "message/feedback-report", AutoClass.COMPLAINT),
        ("disposition-notification", "message/disposition-notification", AutoClass.READ_RECEIPT),
    ],
)
def test_reports_are_told_apart_by_their_machine_part(kind, part, expected):
    raw = make_multipart("report", "Content-Type: text/plain\n\nx", f"Content-Type: {part}\n\nA: b")
    assert (
        parse_message(raw.replace(b"multipart/report;", f"multipart/report; report-type={kind};".encode())).auto_class
        is expected
    )


TRUSTED = frozenset({"mx.shared.example"})
GOOD = (
    "mx.shared.example; spf=pass smtp.mailfrom=fabrikam.example; dkim=pass header.d=fabrikam.example; "
    "dmarc=pass header.from=fabrikam.example"
)


def passed(*tops: str, trusted: frozenset[str] = TRUSTED, sender: str = "dana@fabrikam.example") -> bool:
    raw = "".join(f"{line}\r\n" for line in tops).encode() + make_mail(sender=sender)
    return parse_message(raw, trusted_servers=trusted).authentication.passed


def test_the_trusted_server_says_who_is_authenticated():
    assert passed(f"Authentication-Results: {GOOD}")
    assert passed("Received: from a by b", f"Authentication-Results: {GOOD}", "Received: from c by a")
    assert passed(f"Authentication-Results: {GOOD}", sender="dana@mail.fabrikam.example")


@pytest.mark.parametrize(
    "tops",
    [
        (f"Authentication-Results: {GOOD.replace('mx.shared', 'mx.evil')}",),
        (f"Authentication-Results: {GOOD.replace('mx.shared', 'MX.shared')}",),
        (f"Authentication-Results: mx.shared.example (really){GOOD.removeprefix('mx.shared.example')}",),
        (f"Authentication-Results: {GOOD.replace('fabrikam', 'evil')}",),
        (
            "Authentication-Results: mx.shared.example; dmarc=fail header.from=fabrikam.example",
            f"Authentication-Results: {GOOD}",
        ),
        ("Authentication-Results: other.example; dmarc=none", "Received: from c", f"Authentication-Results: {GOOD}"),
        ("Authentication-Results: mx.shared.example; dmarc=pass header.from=example",),
        ("Authentication-Results: mx.shared.example; spf=pass smtp.mailfrom=fabrikam.example",),
        ("Authentication-Results: mx.shared.example; (dmarc=pass header.from=fabrikam.example)",),
        ("Subject: x", f"Authentication-Results: {GOOD}"),
        ("Authentication-Results: mx.shared.example; dmarc=pass header.from=evil.example",),
        ("Authentication-Results: mx.shared.example; spf=pass smtp.mailfrom=bulk.example",),
        ("Authentication-Results: mx.shared.example; dkim=pass header.d=fabrikam.example",),
    ],
)
def test_anything_less_authenticates_nobody(tops):
    assert not passed(*tops)


def test_by_default_no_server_is_trusted():
    assert not passed(f"Authentication-Results: {GOOD}", trusted=frozenset())
