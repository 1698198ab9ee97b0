from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csr_bot.core.parsing.mail import parse_message
from tests.parsing.mails import make_mail, make_multipart, parse


@pytest.mark.parametrize(
    ("sender", "name", "address"),
    [
        ("dana@fabrikam.example", "", "dana@fabrikam.example"),
        ("<Dana@Fabrikam.Example>", "", "dana@fabrikam.example"),
        ("Dana Ortiz <dana@fabrikam.example>", "Dana Ortiz", "dana@fabrikam.example"),
        ('"Ortiz, Dana" <dana@fabrikam.example>', "Ortiz, Dana", "dana@fabrikam.example"),
        ("Ortiz, Dana <dana@fabrikam.example>", "Ortiz, Dana", "dana@fabrikam.example"),
        ("dana@fabrikam.example (Dana Ortiz)", "Dana Ortiz", "dana@fabrikam.example"),
        ("=?utf-8?q?J=C3=BCrgen?= <j@x.example>", "Jürgen", "j@x.example"),
        # An address inside an encoded word is only a name.
        ("=?utf-8?b?Y2VvQGNvcnAuZXhhbXBsZQ==?= <x@evil.example>", "ceo@corp.example", "x@evil.example"),
        ('"ceo@corp.example" <x@evil.example>', "ceo@corp.example", "x@evil.example"),
        ("a@b\u0430nk.example", "", "a@xn--bnk-6cd.example"),
    ],
)
def test_the_sender_is_the_one_address_that_every_program_shows(sender, name, address):
    message = parse(sender=sender)
    assert message.sender is not None
    assert (message.sender.name, message.sender.address) == (name, address)
    assert message.quarantined is None


@pytest.mark.parametrize(
    "sender",
    [
        "a@x.example, b@y.example",
        "alice@corp.example)bob@evil.example",
        "ceo@corp.example <x@evil.example>",
        "a@corp.example\r\n <b@evil.example>",
        "a@corp.example <b@evil.example",
        '"a@corp.example <b@evil.example>',
        "x@evil.example (ceo@corp.example)",
        "<a@x.example> <b@y.example>",
        "Dana Ortiz",
        "a@x.example\x00",
        "(" * 3000 + ")" * 3000 + " <a@b.example>",
    ],
)
def test_a_sender_that_two_programs_could_read_differently_is_quarantined(sender):
    message = parse(sender=sender)
    assert message.sender is None
    assert message.quarantined is not None
    assert message.quarantined.startswith("SENDER_AMBIGUOUS")
    assert not message.answerable


def test_two_from_headers_are_quarantined_with_the_text_still_readable():
    message = parse_message(b"From: boss@corp.example\r\n" + make_mail("Please pay"))
    assert message.quarantined == "SENDER_AMBIGUOUS: 2 From headers"
    assert (message.sender, message.text) == (None, "Please pay")


@pytest.mark.parametrize(
    "raw",
    [
        make_mail(sender='"Fabrikam Tools " <>, "Dana" <dana@fabrikam.example>'),
        b"From: [??]\r\n" + make_mail(sender="Dana <dana@fabrikam.example>"),
    ],
)
def test_the_only_address_of_a_strange_sender_is_shown_and_the_mail_still_held(raw):
    message = parse_message(raw)
    assert message.sender is not None
    assert (message.sender.name, message.sender.address) == ("Dana", "dana@fabrikam.example")
    assert (message.quarantined or "").startswith("SENDER_AMBIGUOUS")
    assert not message.answerable


@pytest.mark.parametrize(
    "head",
    [
        "---- Original email message ----\nReceived: from a\nby b with SMTP;\n",
        "X-Tracker: H4sIAAAA\nIg5drOCwmrVzP5sDoseXb\nDeYAxijWzLyk\n",
    ],
)
def test_headers_go_on_below_a_line_that_a_relay_broke(head):
    message = parse_message(head.encode() + make_mail("Hello", Subject="INV-1"))
    assert message.sender is not None
    assert (message.subject, message.text) == ("INV-1", "Hello")


def test_a_body_without_the_empty_line_above_it_is_no_header():
    message = parse_message(b"From: a@x.example\nSubject: y\nDear team, please pay.\nTo: nobody\n")
    assert message.text.startswith("Dear team, please pay.")
    assert message.to == ()


def test_raw_and_split_encoded_headers_are_read():
    raw = make_mail(Subject="=?utf-8?b?UmVjaG51bmcgw?= =?utf-8?b?7xyZw==?= plain").replace(b"Dana", b"D\xe4na")
    message = parse_message(raw)
    assert message.sender is not None
    assert message.sender.name == "Däna Ortiz"
    assert message.subject.endswith("plain")
    assert "charset 'utf-8' read as cp1252" in message.defects


def test_a_character_split_between_two_encoded_words_stays_whole():
    first, second = (base64.b64encode(part).decode() for part in (b"Gr\xc3", b"\xbcn"))
    assert parse(Subject=f"=?utf-8?b?{first}?= =?utf-8?b?{second}?=").subject == "Grün"


@pytest.mark.parametrize(
    ("charset", "data", "text", "defect"),
    [
        ("utf-8", "Grüße".encode(), "Grüße", None),
        ("iso-8859-1", "Grüße \u2013 5 €".encode("cp1252"), "Grüße \u2013 5 €", None),
        ("x-unknown", "Grüße".encode(), "Grüße", "charset 'x-unknown' read as utf-8"),
        ("x-unknown", "Grüße".encode("cp1252"), "Grüße", "charset 'x-unknown' read as cp1252"),
        ("utf-8", "Grüße".encode("cp1252"), "Grüße", "charset 'utf-8' read as cp1252"),
        ("punycode", b"abc", "abc", "charset 'punycode' read as utf-8"),
    ],
)
def test_a_charset_that_does_not_fit_falls_back_and_says_so(charset, data, text, defect):
    message = parse_message(make_mail("", Content_Type=f"text/plain; charset={charset}") + data)
    assert message.text == text
    assert [line for line in message.defects if line.startswith("charset")] == ([defect] if defect else [])


def test_what_nobody_can_see_is_removed_from_the_text():
    message = parse("DE89\u00ad3704 re\u200bfund \u202e00.1\u202c\x00", Content_Type="text/plain; charset=utf-8")
    assert message.text == "DE893704 refund 00.1"
    assert "invisible characters were removed" in message.defects


def test_invisible_characters_written_as_entities_are_removed_too():
    message = parse("<p>DE89&shy;3704 re&#8203;fund &#8238;x&#1;</p>", Content_Type="text/html")
    assert message.text == "DE893704 refund x"


def test_the_plain_alternative_is_taken_unless_it_says_nothing():
    plain, html = "Content-Type: text/plain\n\n{}", "Content-Type: text/html\n\n<p>Invoice <b>431</b></p>"
    assert parse_message(make_multipart("alternative", plain.format("Hello"), html)).text.strip() == "Hello"
    assert parse_message(make_multipart("alternative", plain.format("  "), html)).text == "Invoice 431"
    placeholder = plain.format("This is an HTML message, your client cannot show it.")
    assert parse_message(make_multipart("alternative", placeholder, html)).text == "Invoice 431"


def test_attachments_have_decoded_names_sniffed_types_and_digests():
    pdf = base64.b64encode(b"%PDF-1.4 x").decode()
    message = parse_message(
        make_multipart(
            "mixed",
            "Content-Type: text/plain\n\nSee attached",
            f"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
            f"Content-Disposition: attachment; filename*0*=utf-8''r%C3%A9; filename*1=sum%C3%A9.pdf\n\n{pdf}",
            'Content-Type: image/png; name="=?utf-8?q?Gr=C3=BCn=2Epng?="\n\nMZ not a picture',
            'Content-Type: text/plain\nContent-Disposition: attachment; filename="..\\\\..\\\\a.txt"\n\nfile',
        )
    )
    assert [(a.filename, a.sniffed_type, a.size) for a in message.attachments] == [
        ("résum%C3%A9.pdf", "application/pdf", 10),
        ("Grün.png", "application/x-msdownload", 16),
        ("a.txt", "text/plain", 4),
    ]
    assert message.text == "See attached"


def test_the_content_key_ignores_transport_and_sees_what_was_written():
    mail = make_mail("Hello\nthere", Subject="x")
    delivered = b"Received: from a by b\r\nX-Spam: no\r\n" + mail.replace(b"\r\n", b"\n") + b"\n"
    assert parse_message(mail).content_key == parse_message(delivered).content_key
    assert parse_message(mail).content_key != parse_message(mail.replace(b"there", b"here.")).content_key
    assert parse_message(mail).content_key != parse_message(mail.replace(b"Subject: x", b"Subject: y")).content_key


def test_dates_keep_their_offset_and_impossible_ones_are_noted():
    sent = parse(Date="Mon, 24 Nov 2025 08:12:00 -0500").sent_at
    assert sent is not None
    assert sent.isoformat() == "2025-11-24T08:12:00-05:00"
    without = parse(Date="Mon, 24 Nov 2025 08:12:00 -0000").sent_at
    assert without is not None
    assert without.utcoffset() == timedelta(0)
    for wrong in ("Mon, 99 Foo 99999 99:99:99 +9999", "Thu, 1 Jan 1970 00:00:00 +0000", "yesterday"):
        message = parse(Date=wrong)
        assert message.sent_at is None
        assert "the date of the mail cannot be read" in message.defects


def test_threads_are_cut_to_fifty_ids_with_the_first_and_the_last():
    ids = parse(References=" ".join(f"<{n}@x.example>" for n in range(5000))).references
    assert (len(ids), ids[0], ids[-1]) == (50, "<0@x.example>", "<4999@x.example>")


@pytest.mark.parametrize("body", ["-----BEGIN PGP MESSAGE-----\nabc"])
def test_text_that_is_there_is_shown_even_if_it_is_a_cipher(body):
    assert parse(body).text.startswith("-----BEGIN PGP")


@pytest.mark.parametrize("kind", ["application/pkcs7-mime; smime-type=enveloped-data", "application/ms-tnef"])
def test_a_mail_whose_text_is_locked_goes_to_a_person(kind):
    message = parse("AAAA", Content_Type=kind, Content_Transfer_Encoding="base64")
    assert message.quarantined is not None
    assert len(message.attachments) == 1


_BOMBS = {
    "nested multiparts": "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(2000)
    ).encode(),
    "nested messages": b"Content-Type: message/rfc822\r\n\r\n" * 2000,
    "many parts": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 200_000,
    "many addresses": b"To: " + b", ".join(b"u%d@x.example" % n for n in range(20_000)) + b"\r\n\r\n",
    "unbalanced quotes in To": b"To: " + b',"' * 8000 + b"\r\n\r\n",
    "many encoded words": b"Subject: " + b" ".join([b"=?utf-8?q?abc?="] * 20_000) + b"\r\n\r\n",
    "many headers": b"".join(b"X-A%d: b\r\n" % n for n in range(200_000)) + b"\r\n",
    "many parameters": b"Content-Type: text/plain; " + b"; ".join(b"p%d=v" % n for n in range(5000)) + b"\r\n\r\n",
    "a gap in a name": b"Content-Disposition: attachment; filename*0*=utf-8''a; filename*9999999=b\r\n\r\nx",
    "deep HTML": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"hi",
    "one long line of HTML": b"Content-Type: text/html\r\n\r\n" + b"<p>invoice 431 " * 500_000,
    "blank lines": b"\r\n" + b"\n" * 1_000_000 + b"x",
    "a line of dashes": b"\r\n" + b"-" * 500_000,
}


@pytest.mark.parametrize("name", _BOMBS)
def test_a_hostile_mail_costs_little_and_gives_a_record(name):
    message = parse_message(b"From: a@b.example\r\nMIME-Version: 1.0\r\n" + _BOMBS[name])
    assert len(message.text) <= 500_000
    assert len(message.to) <= 200
    assert not (message.quarantined or "").startswith("UNREADABLE")


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=x", "message/rfc822"]),
)
def test_no_bytes_make_it_raise(noise, kind):
    assert parse_message(noise).content_key
    message = parse_message(make_mail("", Content_Type=kind, Subject="=?utf-8?b?") + noise)
    assert not (message.quarantined or "").startswith("UNREADABLE")
    message.text.encode("utf-8")
    assert "\x00" not in message.text
