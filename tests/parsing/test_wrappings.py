"""What old and odd programs send: other charsets, other encodings, other packings."""

from __future__ import annotations

import base64
import binascii

import pytest

from csr_bot.core.parsing.charsets import decode_bytes
from csr_bot.core.parsing.mail import parse_message
from tests.parsing.mails import make_mail, make_multipart, parse


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Добрый день, просим прислать счет", "cp1251"),
        ("Добрый день, просим прислать счет", "koi8-r"),
        ("Иван Петров", "cp1251"),
        ("请重新发送发票谢谢您", "gb18030"),
        ("お世話になっております", "cp932"),
        ("안녕하세요 송장을 보내 주세요", "cp949"),
        ("Müller & Söhne", "cp1252"),
        ("Grüße aus Köln", "utf-16"),
    ],
)
def test_unlabelled_text_is_guessed_by_its_letters(text, charset):
    assert decode_bytes(text.encode(charset), "", defects=[]) == text


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("win-1252", b"5 \x80", "5 €"),
        ("windows-1251", "счет".encode("cp1251"), "счет"),
        ("utf-8; format=flowed", "ü".encode(), "ü"),
        ("iso-8859-1", "Grüße".encode(), "Grüße"),
        ("iso-2022-jp", b"\x1b$B-!\x1b(B ok", "① ok"),
        ("zip", b"abc", "abc"),
    ],
)
def test_a_label_that_is_only_nearly_right_is_understood(label, data, text):
    assert decode_bytes(data, label, defects=[]) == text


def test_raw_letters_in_headers_are_guessed_too():
    assert (
        parse_message(make_mail(Subject="@").replace(b"@\r\n", "Счет на оплату\r\n".encode("cp1251"), 0)).subject == "@"
    )
    raw = b"From: a@x.example\r\nSubject: " + "Счет на оплату".encode("koi8-r") + b"\r\n\r\nHello"
    assert parse_message(raw).subject == "Счет на оплату"


LONG = "Please send the invoice INV-2025-00417 again, it has never arrived at our office in Cologne. " * 3


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        ("base64", LONG),
        ("7bit", base64.encodebytes(LONG.encode()).decode()),
        ("", binascii.b2a_qp(LONG.encode()).decode()),
        ("x-unknown", LONG),
    ],
)
def test_a_wrong_or_lost_transfer_encoding_is_seen(declared, body):
    assert parse(body, Content_Transfer_Encoding=declared).text.strip() == LONG.strip()


@pytest.mark.parametrize("boundary", ['; boundary="other"', ""])
def test_parts_are_found_without_the_right_boundary(boundary):
    raw = make_multipart(
        "mixed", "Content-Type: text/plain\n\nHello", 'Content-Type: application/pdf; name="a.pdf"\n\n%PDF-1'
    )
    message = parse_message(raw.replace(b'; boundary="sep"', boundary.encode()).replace(b"--sep", b"--=_part_1"))
    assert message.text == "Hello"
    assert [one.filename for one in message.attachments] == ["a.pdf"]


def test_one_text_in_two_forms_that_are_no_alternatives_is_read_once():
    raw = make_multipart(
        "mixed", "Content-Type: text/plain\n\nHello there", "Content-Type: text/html\n\n<p>Hello there"
    )
    assert parse_message(raw).text == "Hello there"


def test_a_uuencoded_file_becomes_an_attachment():
    line = binascii.b2a_uu(b"number;amount").decode()
    message = parse(f"See the file.\n\nbegin 644 list.csv\n{line}`\nend\n")
    assert message.text.strip() == "See the file."
    assert [(one.filename, one.content) for one in message.attachments] == [("list.csv", b"number;amount")]


def _attribute(tag: int, value: bytes) -> bytes:
    return b"\1" + tag.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + b"\0\0"


def test_a_winmail_dat_is_unpacked():
    packed = b"\x78\x9f\x3e\x22\0\0" + b"".join(
        _attribute(tag, value)
        for tag, value in ((0x2800C, b"Hello\0"), (0x69002, b""), (0x18010, b"a.pdf\0"), (0x6800F, b"%PDF-1"))
    )
    message = parse(
        base64.encodebytes(packed).decode(), Content_Type="application/ms-tnef", Content_Transfer_Encoding="base64"
    )
    assert message.text == "Hello"
    assert [(one.filename, one.content) for one in message.attachments] == [("a.pdf", b"%PDF-1")]
    assert message.quarantined is None


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "ENCRYPTED"),
        ("application/pkcs7-mime; smime-type=signed-data", "WRAPPED"),
        ("application/ms-tnef", "WRAPPED"),
        ("application/x-microsoft-rpmsg-message", "ENCRYPTED"),
    ],
)
def test_what_stays_closed_says_why(kind, code):
    assert (parse("AAAA", Content_Type=kind).quarantined or "").startswith(code)


def test_a_mail_that_is_only_a_pgp_message_is_held():
    sealed = "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----"
    assert (parse(sealed).quarantined or "").startswith("ENCRYPTED")
    assert parse(f"Please read this:\n{sealed}").quarantined is None


def test_an_invitation_alone_is_read():
    text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Call about INV-1\nDESCRIPTION:Line one\\nLine two\nEND:VEVENT\nEND:VCALENDAR"  # noqa: E501
    assert parse(text, Content_Type="text/calendar").text == "Call about INV-1\nLine one\nLine two"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ("Content-Type: image/jpeg", "image.jpg"),
        ("Content-Type: application/x-other\nContent-ID: <plan.7@x.example>", "plan.7"),
        ("Content-Type: application/x-other", "unnamed"),
        ('Content-Type: application/pdf; name="../../x.pdf"', "x.pdf"),
    ],
)
def test_a_file_without_a_name_gets_a_plain_one(headers, name):
    message = parse_message(make_multipart("mixed", "Content-Type: text/plain\n\nHello", f"{headers}\n\ndata"))
    assert [one.filename for one in message.attachments] == [name]


@pytest.mark.parametrize(
    "stub",
    [
        "View this email in your browser: https://x.example/1",
        "https://x.example/view?id=1",
        "Diese Nachricht im Browser ansehen",
    ],
)
def test_html_is_read_where_the_plain_form_is_a_stub(stub):
    shown = (
        "<p>Invoice 431 of 3 November is wrong. " + "We were billed for forty cartons and got thirty-six. " * 6 + "</p>"
    )
    raw = make_multipart("alternative", f"Content-Type: text/plain\n\n{stub}", f"Content-Type: text/html\n\n{shown}")
    assert parse_message(raw).text.startswith("Invoice 431")


def test_the_form_that_people_see_counts_where_the_two_differ():
    plain = "Kindly disregard everything because nothing happened during yesterday evening whatsoever friends. " * 4
    shown = "<p>Please change our bank account.</p>"
    message = parse_message(
        make_multipart("alternative", f"Content-Type: text/plain\n\n{plain}", f"Content-Type: text/html\n\n{shown}")
    )
    assert message.text == "Please change our bank account."
    assert "the plain text says something else than the HTML" in message.defects
