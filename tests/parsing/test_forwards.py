from __future__ import annotations

import pytest

from csr_bot.core.parsing.forwards import split_forward
from csr_bot.core.parsing.mail import parse_message
from tests.parsing.mails import make_mail, make_multipart, parse

BODY = "Where is invoice INV-2025-00417?\n\nAnn"

HEADS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Ann <ann@x.example>\nDate: Mon\nSubject: Invoice\nTo: <d@y.example>",  # noqa: E501
    "apple": "Begin forwarded message:\n\nFrom: Ann <ann@x.example>\nSubject: Invoice\nDate: Mon\nTo: d@y.example",
    "apple de": "Anfang der weitergeleiteten Nachricht:\n\nVon: Ann <ann@x.example>\nBetreff: Invoice\nDatum: Mon\nAn: D",  # noqa: E501
    "outlook en": "________________________________\nFrom: Ann <ann@x.example>\nSent: Mon\nTo: D\nSubject: Invoice",
    "outlook de": "Von: Ann <ann@x.example>\nGesendet: Mon\nAn: D\nCc: E\nBetreff: Invoice",
    "outlook fr": "De : Ann <ann@x.example>\nEnvoyé : Mon\nÀ : D\nObjet : Invoice",
    "outlook es": "De: Ann [mailto:ann@x.example]\nEnviado el: Mon\nPara: D\nAsunto: Invoice",
    "outlook nl": "Van: Ann <ann@x.example>\nVerzonden: Mon\nAan: D\nOnderwerp: Invoice",
    "thunderbird fr": "-------- Message transféré --------\nSujet : Invoice\nDate : Mon\nDe : Ann <ann@x.example>\nPour : D",  # noqa: E501
    "thunderbird nl": "-------- Doorgestuurd bericht --------\nOnderwerp: Invoice\nDatum: Mon\nVan: Ann <ann@x.example>\nAan: D",  # noqa: E501
    "web mail de": "Gesendet: Mon\nVon: Ann <ann@x.example>\nAn: D\nBetreff: Invoice",
    "bold": "*From:* Ann <ann@x.example>\n*Sent:* Mon\n*To:* D\n*Subject:* Invoice",
    "with blank lines": "From: Ann <ann@x.example>\n\nSent: Mon\n\nTo: D\n\nSubject: Invoice",
    "folded subject": "From: Ann <ann@x.example>\nSent: Mon\nSubject: In\nvoice\nTo: D",
}


@pytest.mark.parametrize("program", HEADS)
def test_a_forwarded_mail_is_opened_beside_the_own_words(program):
    mail = parse(
        f"Please handle.\n\n{HEADS[program]}\n\n{BODY}", Subject="WG: Invoice", Content_Type="text/plain; charset=utf-8"
    )
    found = mail.forwarded
    assert found is not None
    assert (found.sender_name, found.sender_address, found.sent) == ("Ann", "ann@x.example", "Mon")
    assert (found.subject or "").replace(" ", "") == "Invoice"
    assert (found.text, found.before, mail.text_new) == (BODY, "Please handle.", "Please handle.")
    assert mail.sender is not None
    assert mail.sender.address == "dana@fabrikam.example"


def test_a_quoted_forward_is_freed_of_its_quote_marks():
    found = split_forward(
        "fyi\n\n> Begin forwarded message:\n>\n> From: A <a@x.example>\n> Date: Mon\n> To: b\n>\n> Hello\n> there"
    )
    assert found is not None
    assert (found.before, found.body) == ("fyi", "Hello\nthere")


def test_the_history_below_an_answer_is_not_forwarded():
    text = f"Thanks.\n\n{HEADS['outlook en']}\n\n{BODY}"
    assert parse(text, Subject="RE: Invoice").forwarded is None
    assert parse(text, In_Reply_To="<1@x.example>").forwarded is None
    assert parse(text, Subject="Invoice").forwarded is not None
    marked = f"Thanks.\n\n{HEADS['gmail']}\n\n{BODY}"
    assert parse(marked, Subject="RE: Invoice", In_Reply_To="<1@x.example>").forwarded is not None


def test_a_mail_that_is_only_passed_on_is_read_without_its_head():
    assert parse(f"{HEADS['gmail']}\n\n{BODY}", Subject="Fwd: Invoice").text_new == BODY


def test_a_mail_attached_as_a_message_is_opened():
    attached = "Content-Type: message/rfc822\n\nFrom: Ann <ann@x.example>\nDate: Mon\nSubject: =?utf-8?q?Pr=C3=A9cis?=\n\nHello"  # noqa: E501
    mail = parse_message(make_multipart("mixed", "Content-Type: text/plain\n\nSee attached", attached))
    assert mail.forwarded is not None
    assert (mail.forwarded.sender_address, mail.forwarded.subject, mail.forwarded.text) == (
        "ann@x.example",
        "Précis",
        "Hello",
    )
    assert mail.forwarded.before == "See attached"
    assert [one.filename for one in mail.attachments] == ["Précis.eml"]


@pytest.mark.parametrize(
    "text", ["From: 2025-01-01\nTo: 2025-03-31\nPlease send a statement.", "Subject: to approval\nTo: be paid"]
)
def test_a_form_is_no_forwarded_mail(text):
    assert parse_message(make_mail(text)).forwarded is None
