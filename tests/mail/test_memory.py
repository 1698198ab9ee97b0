"""The mail ports in memory fail when and how they are told to, and the next time work again."""

from __future__ import annotations

import pytest

from csr_bot.adapters.memory import MemoryMailbox, MemoryMailer, SentMail
from csr_bot.ports import RefusedError, UnavailableError, UncertainError
from tests.mail.folders import ROOM, mail

FAILURES = [UnavailableError("away"), RefusedError("no"), UncertainError("who knows")]


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("call", ["open", "uids", "fetch", "mark", "count_by_message_id"])
def test_a_mailbox_fails_once_in_the_way_it_was_told(call, failure):
    mailbox = MemoryMailbox()
    mailbox.deliver(mail(1))
    mailbox.fail_next(call, failure)
    with pytest.raises(type(failure)):
        use(mailbox)
    use(mailbox)


def test_a_mail_can_become_visible_late_or_be_withheld():
    mailbox = MemoryMailbox()
    mailbox.deliver(mail(1), uid=56)
    mailbox.deliver(mail(2), uid=55)
    mailbox.withhold(55)
    with mailbox.open() as session:
        assert list(session.uids(low=1)) == [55, 56]
        fetched = session.fetch([55, 56], room=ROOM)
        assert ([one.raw for one in fetched.mails], fetched.withheld) == ([mail(1)], [55])
        assert session.status.uidnext == 57
        mailbox.release(55)
        assert session.fetch([55], room=ROOM).withheld == []


def test_a_rebuilt_folder_has_the_same_mails_under_other_uids():
    mailbox = MemoryMailbox(uidvalidity=4)
    for number in range(3):
        mailbox.deliver(mail(number))
    mailbox.remove(1)
    mailbox.renumber(uidvalidity=5)
    with mailbox.open() as session:
        assert (session.status.uidvalidity, session.status.uidnext) == (5, 3)
        assert [one.raw for one in session.fetch([1, 2], room=ROOM).mails] == [mail(1), mail(2)]


def test_sent_mail_is_kept_with_its_envelope_and_copied_to_the_archive():
    mailer = MemoryMailer()
    assert mailer.send(mail(1), sender="a@x.example", recipients=["b@y.example"]).startswith("250")
    assert mailer.sent == [SentMail(raw=mail(1), sender="a@x.example", recipients=("b@y.example",))]
    assert mailer.count_sent("<question-1@customer.example>") == 1
    assert mailer.count_sent("<question-2@customer.example>") == 0


@pytest.mark.parametrize(
    ("failure", "after_leaving", "copies"),
    [(FAILURES[0], False, 0), (FAILURES[1], False, 0), (FAILURES[2], False, 0), (FAILURES[2], True, 1)],
)
def test_a_failed_sending_leaves_a_copy_only_if_the_mail_left(failure, after_leaving, copies):
    mailer = MemoryMailer()
    mailer.fail_next(failure, after_leaving=after_leaving)
    with pytest.raises(type(failure)):
        mailer.send(mail(1), sender="a@x.example", recipients=["b@y.example"])
    assert mailer.count_sent("<question-1@customer.example>") == copies
    mailer.send(mail(2), sender="a@x.example", recipients=["b@y.example"])


@pytest.mark.parametrize("failure", FAILURES[:2])
def test_a_mail_that_left_cannot_be_said_not_to_have(failure):
    with pytest.raises(ValueError, match="sent or uncertain"):
        MemoryMailer().fail_next(failure, after_leaving=True)


def use(mailbox: MemoryMailbox) -> None:
    with mailbox.open() as session:
        uids = session.uids(low=1)
        session.fetch(uids, room=ROOM)
        session.mark(uids)
        session.count_by_message_id("<x@y>")
