"""What every mailbox promises, whatever is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from csr_bot.adapters.imap import FIRST_PIECE
from tests.mail.folders import ROOM, Folder, folder_in_memory, folder_on_demo, folder_on_dovecot, mail


@pytest.fixture(params=["memory", "demo", pytest.param("dovecot", marks=pytest.mark.service)])
def folder(request: pytest.FixtureRequest) -> Iterator[Folder]:
    if request.param == "memory":
        yield folder_in_memory()
    elif request.param == "demo":
        with folder_on_demo() as folder:
            yield folder
    else:
        with folder_on_dovecot(request.getfixturevalue("dovecot_server")) as folder:
            yield folder


def test_an_empty_folder_holds_nothing(folder):
    with folder.mailbox.open() as session:
        assert list(session.uids(low=1)) == []
        assert list(session.fetch([], room=ROOM).mails) == []


def test_uids_ascend_and_lie_below_the_next_one(folder):
    deliver(folder, 3)
    with folder.mailbox.open() as session:
        uids = list(session.uids(low=1))
        assert uids == sorted(set(uids))
        assert len(uids) == 3
        assert uids[-1] < session.status.uidnext
        assert session.status.uidvalidity > 0


def test_a_seen_mail_is_there_like_any_other(folder):
    deliver(folder, 2)
    with folder.mailbox.open() as session:
        uids = session.uids(low=1)
        folder.flag(uids[0])
    with folder.mailbox.open() as session:
        assert session.uids(low=1) == uids
        assert [found.uid for found in session.fetch(uids, room=ROOM).mails] == uids


def test_only_uids_from_the_lower_bound_on_are_listed(folder):
    deliver(folder, 3)
    with folder.mailbox.open() as session:
        first, second, third = session.uids(low=1)
        assert list(session.uids(low=second)) == [second, third]
        assert list(session.uids(low=third)) == [third]
        assert list(session.uids(low=third + 1)) == []
        assert list(session.uids(low=third + 1000)) == []
        assert list(session.uids(low=0)) == [first, second, third]


def test_a_mail_arrives_byte_for_byte_with_its_size_and_time(folder):
    raw = mail(1, text="Gr\u00fc\u00dfe\r\n.\r\n\r\n)\r\n{5}\r\n")
    folder.deliver(raw)
    with folder.mailbox.open() as session:
        (found,) = session.fetch(session.uids(low=1), room=ROOM).mails
    assert found.raw == raw
    assert found.size == len(raw)
    assert found.received_at.utcoffset() == timedelta(0)
    assert abs(found.received_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("size", [FIRST_PIECE - 1, FIRST_PIECE, FIRST_PIECE + 1, 3 * FIRST_PIECE, 11 * FIRST_PIECE])
def test_a_mail_of_any_size_arrives_byte_for_byte(folder, size):
    raw = (mail(1) + b"0123456789abcdefghijklmnopqrstuvwxyz\r\n" * (size // 38 + 1))[: size - 2] + b"\r\n"
    folder.deliver(raw)
    folder.deliver(mail(2))
    with folder.mailbox.open() as session:
        large, small = session.fetch(session.uids(low=1), room=ROOM).mails
    assert (large.size, small.size) == (size, len(mail(2)))
    assert large.raw == raw
    assert small.raw == mail(2)


def test_fifty_mails_come_in_the_order_they_were_asked_for(folder):
    deliver(folder, 50)
    with folder.mailbox.open() as session:
        wanted = list(reversed(session.uids(low=1)))
        found = session.fetch(wanted, room=ROOM).mails
    assert [one.uid for one in found] == wanted
    assert [one.raw for one in found] == [mail(number) for number in reversed(range(50))]


def test_a_mail_that_is_gone_is_not_in_the_answer(folder):
    deliver(folder, 3)
    with folder.mailbox.open() as session:
        first, second, third = session.uids(low=1)
    folder.remove(second)
    with folder.mailbox.open() as session:
        assert [found.uid for found in session.fetch([first, second, third, third + 50], room=ROOM).mails] == [
            first,
            third,
        ]
        assert session.fetch([second], room=ROOM).withheld == [second]


def test_reading_leaves_a_mail_unseen_and_marking_shows_it_as_seen(folder):
    deliver(folder, 2)
    with folder.mailbox.open() as session:
        first, second = session.uids(low=1)
        session.fetch([first, second], room=ROOM)
        session.count_by_message_id("<question-0@customer.example>")
    assert folder.flags(first) == folder.flags(second) == set()
    with folder.mailbox.open() as session:
        session.mark([first])
    assert b"\\Seen" in folder.flags(first)
    assert folder.flags(second) == set()


def test_marking_twice_or_a_mail_that_is_gone_does_no_harm(folder):
    deliver(folder, 2)
    with folder.mailbox.open() as session:
        first, second = session.uids(low=1)
    folder.remove(second)
    with folder.mailbox.open() as session:
        session.mark([])
        session.mark([first])
        session.mark([first, second])
        assert list(session.uids(low=1)) == [first]
    assert b"\\Seen" in folder.flags(first)


@pytest.mark.parametrize(
    ("message_id", "count"),
    [
        ("<question-1@customer.example>", 2),
        ("question-1@customer.example", 2),
        ("<question-0@customer.example>", 1),
        ("<estion-0@customer.example>", 0),
        ("<question-0@customer>", 0),
        ("<none@customer.example>", 0),
    ],
)
def test_copies_are_counted_by_the_whole_message_id(folder, message_id, count):
    deliver(folder, 2)
    folder.deliver(mail(1, text="a second copy"))
    folder.deliver(b"Subject: no Message-ID\r\n\r\n<question-0@customer.example>\r\n")
    with folder.mailbox.open() as session:
        assert session.count_by_message_id(message_id) == count


def test_a_folder_keeps_its_uids_from_one_opening_to_the_next(folder):
    deliver(folder, 2)
    with folder.mailbox.open() as session:
        status, uids = session.status, session.uids(low=1)
    folder.deliver(mail(2))
    with folder.mailbox.open() as session:
        assert session.status.uidvalidity == status.uidvalidity
        assert session.status.uidnext > status.uidnext
        assert list(session.uids(low=1))[:2] == list(uids)
        assert list(session.uids(low=status.uidnext)) == list(session.uids(low=1))[2:]


def deliver(folder: Folder, count: int) -> None:
    for number in range(count):
        folder.deliver(mail(number))
