"""A thousand mails of all odd kinds through a real IMAP server: each is accounted for, and a lost row is named."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from csr_bot.adapters.imap import ImapMailbox
from csr_bot.flow.desk import Source
from csr_bot.flow.statement import draw_up, look_at_server
from tests.flow.desks import SERVER, ask_for_copy
from tests.mail.folders import word_for

COUNT = 1000
BOUNDARY = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
TOP = b"Subject: odd\r\nTo: billing@sharedservices.example\r\n"


def odd_mail(number: int, chance: random.Random) -> bytes:
    """A mail of one of many kinds, most of them wrong in some way."""
    sender = b"From: a%d@customer.example\r\n" % number
    name = b"Message-ID: <odd-%d@customer.example>\r\n" % number
    noise = chance.randbytes(300).replace(b"\0", b"")
    kinds = (
        lambda: ask_for_copy(number),
        lambda: TOP + name + b"\r\nNobody sent this, number %d.\r\n" % number,
        lambda: TOP + sender + b"\r\nIt has no Message-ID, number %d.\r\n" % number,
        lambda: TOP + sender + b"Message-ID: <the-same@customer.example>\r\n\r\nNumber %d.\r\n" % number,
        lambda: TOP + sender + name + BOUNDARY + b"\r\n--b\r\nno end, number %d\r\n" % number,
        lambda: TOP + sender + name + b"Content-Type: text/plain; charset=x-unknown-%d\r\n\r\n" % number + noise,
        lambda: TOP + sender + name + b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\xc3(" + noise,
        lambda: TOP + sender + name + b"Content-Transfer-Encoding: base64\r\n\r\n%%%% not base64 %d" % number,
        lambda: b"Subject: =?utf-8?b?////?= =?nonsense?q?" + noise.hex().encode() + b"?=\r\n" + name + b"\r\nx\r\n",
        lambda: b"no header at all, number %d, and no end of line" % number,
        lambda: b"\r\n\r\nonly a body, number %d\r\n" % number,
        lambda: TOP + b"From: <<>>,,;@@\r\n" + name + b"Date: never\r\n\r\nA bad sender, %d.\r\n" % number,
        lambda: TOP + sender + name + b"Auto-Submitted: auto-replied\r\n\r\nI am away, %d.\r\n" % number,
        lambda: TOP + sender + name + b"\r\n" + b"From the top\r\n.\r\n)\r\n* 1 EXISTS\r\n{5}\r\n%d\r\n" % number,
        lambda: TOP + sender + name + b"In-Reply-To: <odd-%d@customer.example>\r\n\r\nAgain.\r\n" % number,
        lambda: TOP + sender + name + b"\r\n" + b"a" * 20_000 + b"\r\n",
    )
    return kinds[number % len(kinds)]()


def large_mail(number: int) -> bytes:
    return TOP + b"Message-ID: <large-%d@customer.example>\r\n\r\n" % number + b"a long line of it\r\n" * 160_000


@pytest.mark.service
def test_a_thousand_odd_mails_are_all_accounted_for(office, dovecot_server):
    chance = random.Random(7)
    mails = [odd_mail(number, chance) for number in range(COUNT)]
    mails[100:100] = [large_mail(number) for number in range(3)]
    mails[500:500] = mails[:40]
    address, password = dovecot_server.new_user()
    dovecot_server.deliver(address, mails)
    mailbox = ImapMailbox(word_for(dovecot_server.port, address), login=password)
    desk = replace(office.desk, sources=[Source(mailbox, frozenset({SERVER}))])
    counts = Counter(office.poll(office.workshop(desk=desk)))
    assert sum(counts.values()) == len(mails)

    statement = state(office, mailbox)
    assert (statement.received, statement.missing) == (len(mails), {})
    assert statement.dispositions == counts
    assert counts["duplicate"] >= 40
    assert set(counts) <= {"case", "joined", "duplicate", "ignored", "quarantined"}

    office.execute("DELETE FROM intake WHERE uid = 777")
    assert list(state(office, mailbox).missing) == [777]
    assert list(state(office, mailbox, live=False).missing) == [777]
    office.poll(office.workshop(desk=desk))
    assert state(office, mailbox).missing == {}


def state(office, mailbox, *, live: bool = True):
    with mailbox.open() as session, office.log.read() as records:
        server = look_at_server(records, mailbox.key, session) if live else None
        return draw_up(records, mailbox.key, server=server)[0]
