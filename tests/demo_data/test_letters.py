from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import compat32
from email.utils import parsedate_to_datetime

from csr_bot.core.message import AutoClass
from csr_bot.core.parsing.mail import parse_message
from csr_bot.demo.books import make_books
from csr_bot.demo.letters import DELIVERED_TWICE, make_disputes, make_letters

BOOKS = make_books()
AT = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)
LETTERS = {letter.name: letter for letter in make_letters(BOOKS, at=AT, mailbox="billing@ourcompany.example")}


def test_there_are_thirty_letters_and_each_has_its_own_name():
    assert len(LETTERS) == len(make_letters(BOOKS, at=AT, mailbox="billing@ourcompany.example")) >= 30
    assert {letter.expects for letter in LETTERS.values()} == {
        "credited", "approval", "review", "answered", "closed", "quarantined", "duplicate",
    }  # fmt: skip


def test_the_same_input_gives_the_same_bytes():
    again = make_letters(BOOKS, at=AT, mailbox="billing@ourcompany.example")
    assert [letter.raw for letter in again] == [letter.raw for letter in LETTERS.values()]


def test_every_letter_is_a_complete_mail_that_says_nothing_of_its_authentication():
    for letter in LETTERS.values():
        mail = message_from_bytes(letter.raw, policy=compat32)
        assert mail["To"] == "billing@ourcompany.example"
        assert mail["Message-ID"]
        assert mail["Authentication-Results"] is None
        assert 0 <= (AT - parsedate_to_datetime(mail["Date"])).total_seconds() < 3600
        assert b"\n" not in letter.raw.replace(b"\r\n", b"")


def test_one_letter_is_delivered_twice_with_the_same_bytes():
    again = LETTERS[f"{DELIVERED_TWICE}-again"]
    assert (again.raw, again.expects) == (LETTERS[DELIVERED_TWICE].raw, "duplicate")
    ids = [message_from_bytes(letter.raw)["Message-ID"] for letter in LETTERS.values()]
    assert len(set(ids)) == len(ids) - 1


def test_the_parser_quarantines_exactly_the_mails_whose_sender_is_in_doubt():
    held = {name for name, letter in LETTERS.items() if parse_message(letter.raw).quarantined}
    assert held == {name for name, letter in LETTERS.items() if letter.expects == "quarantined"}


def test_automatic_mails_are_recognised_by_their_headers():
    found = {name: parse_message(letter.raw).auto_class for name, letter in LETTERS.items()}
    assert found["auto-reply"] is found["out-of-office-german"] is AutoClass.AUTO_REPLY
    assert found["bounce"] is AutoClass.BOUNCE
    assert found["newsletter"] is AutoClass.LIST
    assert found["s1-price"] is AutoClass.NONE


def test_the_bounce_names_the_recipient_and_our_message():
    bounce = parse_message(LETTERS["bounce"].raw).bounce
    assert bounce is not None
    assert (bounce.recipient, bounce.status) == ("priya.nair@contoso-media.example", "5.1.1")
    assert "csr-000031@ourcompany.example" in (bounce.original_message_id or "")


def test_letters_of_customers_come_from_active_contacts():
    known = {contact.email for contact in BOOKS.contacts}
    for letter in LETTERS.values():
        if letter.expects in {"credited", "approval", "answered"}:
            assert letter.envelope_from in known


def test_the_first_dispute_is_the_waived_onboarding_fee():
    disputes = make_disputes(BOOKS)
    first = disputes[0]
    assert 4 <= len(disputes) <= 6
    assert len({dispute.external_id for dispute in disputes}) == len(disputes)
    assert (first.external_id, first.invoice_no_as_written, first.amount_text) == (
        "DSP-7781", "INV2025-00431", "9.850,00",
    )  # fmt: skip
    assert first.comment == "Onboarding not ordered / waived, line 2"
