"""How reading a mailbox over IMAP behaves when the server, the network or a mail does not."""

from __future__ import annotations

import imaplib
from dataclasses import replace
from datetime import timedelta

import pytest

from csr_bot import bot
from csr_bot.adapters.imap import FIRST_PIECE, LARGEST_MAIL, ImapMailbox
from csr_bot.adapters.imap import session as reading
from csr_bot.ports import RefusedError, UnavailableError
from tests.mail.folders import ROOM, folder_on, folder_on_demo, folder_on_dovecot, mail, word_for
from tests.mail.scripted import CLOSE, STALL, row, scripted_imap
from tests.services.process import find_free_port

DONE = b"{tag} OK done\r\n"


@pytest.fixture
def sent(monkeypatch):
    """Everything that IMAP clients send in the test."""
    lines: list[bytes] = []
    really_send = imaplib.IMAP4.send

    def send(self, data):
        lines.append(bytes(data))
        really_send(self, data)

    monkeypatch.setattr(imaplib.IMAP4, "send", send)
    return lines


def open_mailbox(word: bot.Mailbox, *, password: str = "open sesame", seconds: float = 5) -> ImapMailbox:
    return ImapMailbox(word, login=password, timeout=timedelta(seconds=seconds))


# --- round trips and flags


@pytest.mark.service
def test_fifty_mails_cost_one_fetch_and_one_store(dovecot_server, sent):
    with folder_on_dovecot(dovecot_server) as folder:
        for number in range(50):
            folder.deliver(mail(number))
        with folder.mailbox.open() as session:
            uids = session.uids(low=1)
            sent.clear()
            assert len(session.fetch(uids, room=ROOM).mails) == 50
            session.mark(uids)
    verbs = [line.split(b" ")[2] for line in sent if b" UID " in line]
    assert verbs == [b"FETCH", b"STORE"]


@pytest.mark.service
def test_a_large_mail_costs_a_round_trip_for_each_further_piece_only(dovecot_server, sent):
    with folder_on_dovecot(dovecot_server) as folder:
        folder.deliver(mail(1))
        folder.deliver(mail(2) + b"0123456789 a line of a large mail\r\n" * (2 * FIRST_PIECE // 34))
        with folder.mailbox.open() as session:
            uids = session.uids(low=1)
            sent.clear()
            session.fetch(uids, room=ROOM)
    fetches = [line for line in sent if b" UID FETCH " in line]
    assert len(fetches) == 2
    assert all(b"BODY.PEEK[]<" in line for line in fetches)


@pytest.mark.service
def test_dovecot_keeps_our_keyword(dovecot_server):
    with folder_on_dovecot(dovecot_server) as folder:
        folder.deliver(mail(1))
        with folder.mailbox.open() as session:
            (uid,) = session.uids(low=1)
            session.mark([uid])
        assert folder.flags(uid) == {b"\\Seen", b"$CsrBot"}


def test_a_server_without_keywords_gets_the_seen_flag_only():
    with folder_on_demo() as folder:
        folder.deliver(mail(1))
        with folder.mailbox.open() as session:
            (uid,) = session.uids(low=1)
            session.mark([uid])
        assert folder.flags(uid) == {b"\\Seen"}


@pytest.mark.service
def test_a_folder_of_very_many_mails_is_searched_in_windows(dovecot_server, monkeypatch, sent):
    monkeypatch.setattr(reading, "SEARCH_WINDOW", 10)
    with folder_on_dovecot(dovecot_server) as folder:
        for number in range(35):
            folder.deliver(mail(number))
        with folder.mailbox.open() as session:
            sent.clear()
            uids = list(session.uids(low=1))
            assert len(uids) == 35
            assert sum(b"UID SEARCH" in line for line in sent) == 4
            assert list(session.uids(low=uids[20])) == uids[20:]
            assert list(session.uids(low=uids[-1] + 1)) == []


def test_a_folder_that_may_only_be_read_is_read_and_not_marked(sent):
    select = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT 9] .\r\n* OK [PERMANENTFLAGS ()] .\r\n"
    read_only = select + b"{tag} OK [READ-ONLY] done\r\n"
    with (
        scripted_imap(SELECT=read_only, EXAMINE=read_only, SEARCH=b"* SEARCH 8\r\n" + DONE) as word,
        open_mailbox(word).open() as session,
    ):
        assert list(session.uids(low=1)) == [8]
        session.mark([8])
    assert not any(b"STORE" in line for line in sent)


# --- answers that are not what was asked for


def test_the_last_mail_below_the_bound_is_not_listed():
    with (
        scripted_imap(SEARCH=b"* SEARCH 8 3\r\n" + DONE) as word,
        open_mailbox(word).open() as session,
    ):
        assert list(session.uids(low=1)) == [3, 8]
        assert list(session.uids(low=9)) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"", {}),
        (row(99, b"another mail"), {}),
        (b"* 5 FETCH (FLAGS (\\Seen))\r\n", {}),
        (b"* 5 FETCH (FLAGS (\\Seen))\r\n" + row(5, b"five"), {5: b"five"}),
        (row(5, b"five") + b"* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n", {5: b"five"}),
        (b'* 1 FETCH (UID 5 RFC822.SIZE 9 INTERNALDATE "05-Jan-2026 09:00:00 +0100" BODY[]<0> NIL)\r\n', {}),
        (b'* 1 FETCH (UID 5 RFC822.SIZE 9 INTERNALDATE "05-Jan-2026 09:00:00 +0100")\r\n', {}),
        (row(5, b"five", size=1), {5: b"five"}),
    ],
    ids=["nothing", "another", "flags", "flags first", "flags last", "no bytes", "no body", "wrong size"],
)
def test_only_what_was_asked_for_counts_as_fetched(answer, found):
    with scripted_imap(FETCH=answer + DONE) as word, open_mailbox(word).open() as session:
        fetched = session.fetch([5], room=ROOM)
    assert {one.uid: one.raw for one in fetched.mails} == found
    assert fetched.withheld == [uid for uid in (5,) if uid not in found]


def test_the_time_of_arrival_is_given_in_utc():
    with scripted_imap(FETCH=row(5, b"five") + DONE) as word, open_mailbox(word).open() as session:
        (found,) = session.fetch([5], room=ROOM).mails
    assert found.received_at.isoformat() == "2026-01-05T08:00:00+00:00"


def test_one_mail_that_the_server_cannot_read_does_not_hide_the_others():
    def fetch(line):
        wanted = [int(uid) for uid in line.split()[3].split(b",")]
        if 6 in wanted:
            return b"{tag} NO cannot read message\r\n"
        return b"".join(row(uid, b"mail %d" % uid) for uid in wanted) + DONE

    with scripted_imap(FETCH=fetch) as word, open_mailbox(word).open() as session:
        assert {one.uid: one.raw for one in session.fetch([5, 6, 7], room=ROOM).mails} == {5: b"mail 5", 7: b"mail 7"}
        assert list(session.fetch([6], room=ROOM).mails) == []


@pytest.mark.parametrize("answer", [b"{tag} NO cannot read\r\n", b"{tag} NO [UNAVAILABLE] later\r\n"])
def test_a_server_that_hands_out_no_mail_at_all_is_unavailable(answer):
    with (
        scripted_imap(FETCH=answer) as word,
        open_mailbox(word).open() as session,
        pytest.raises(UnavailableError, match="fetching 3 mails"),
    ):
        session.fetch([5, 6, 7], room=ROOM)


def test_a_mail_above_the_cap_is_reported_without_its_bytes():
    with (
        scripted_imap(FETCH=row(5, b"x" * FIRST_PIECE, size=LARGEST_MAIL + 1) + DONE) as word,
        open_mailbox(word).open() as session,
    ):
        (found,) = session.fetch([5], room=ROOM).mails
    assert (found.raw, found.size) == (None, LARGEST_MAIL + 1)


def test_a_mail_larger_than_it_says_is_read_up_to_the_cap_only(monkeypatch):
    monkeypatch.setattr(reading, "NEXT_PIECE", 1024)
    monkeypatch.setattr(reading, "LARGEST_MAIL", FIRST_PIECE + 8 * 1024)
    asked = []

    def fetch(line):
        start = int(line.partition(b"<")[2].partition(b".")[0])
        asked.append(start)
        return row(5, b"x" * (1024 if start else FIRST_PIECE), size=100, start=start) + DONE

    with scripted_imap(FETCH=fetch) as word, open_mailbox(word).open() as session:
        (found,) = session.fetch([5], room=ROOM).mails
    assert found.raw is None
    assert len(asked) < 12


def test_a_mail_that_cannot_be_read_to_its_end_counts_as_withheld():
    def fetch(line):
        return row(5, b"x" * FIRST_PIECE, size=2 * FIRST_PIECE) + DONE if b"<0." in line else b"{tag} NO lost\r\n"

    with scripted_imap(FETCH=fetch) as word, open_mailbox(word).open() as session:
        fetched = session.fetch([5], room=ROOM)
    assert (list(fetched.mails), fetched.withheld) == ([], [5])


# --- connections that fail


@pytest.mark.parametrize(
    ("answers", "doing"),
    [
        ({"GREETING": STALL}, "connecting"),
        ({"LOGIN": STALL}, "logging in"),
        ({"SELECT": STALL}, "opening the folder"),
        ({"SEARCH": STALL}, "searching"),
        ({"SEARCH": b"* SEARCH 1 2"}, "searching"),
    ],
)
def test_a_server_that_stalls_is_given_up_after_the_time_out(answers, doing):
    with (
        scripted_imap(**answers) as word,
        pytest.raises(UnavailableError, match=rf"{doing}.*no answer in time") as found,
    ):
        look(word, seconds=0.3)
    assert f"127.0.0.1:{word.port}" in str(found.value)


def test_a_server_that_stalls_within_a_mail_is_given_up():
    half = row(5, b"x" * 1000)[:500]
    with scripted_imap(FETCH=half) as word, open_mailbox(word, seconds=0.3).open() as session:
        with pytest.raises(UnavailableError, match="fetching 1 mails: no answer in time"):
            session.fetch([5], room=ROOM)
        with pytest.raises(UnavailableError):
            session.uids(low=1)


@pytest.mark.parametrize(
    "answers",
    [
        {"GREETING": CLOSE},
        {"GREETING": b"* BYE too many\r\n"},
        {"LOGIN": CLOSE},
        {"LOGIN": b"* BYE going down\r\n" + CLOSE},
        {"LOGIN": b"{tag} NO [UNAVAILABLE] the directory is away\r\n"},
        {"SELECT": CLOSE},
        {"SEARCH": CLOSE},
        {"SEARCH": b"* BYE idle for too long\r\n" + CLOSE},
        {"SEARCH": b"* SEARCH 1 2 3\r\n" + CLOSE},
        {"SEARCH": b"* SEARCH one two\r\n" + DONE},
        {"SEARCH": b"{tag} NO not now\r\n"},
        {"SEARCH": b"{tag} BAD what\r\n"},
    ],
)
def test_a_broken_conversation_is_unavailable(answers):
    with scripted_imap(**answers) as word, pytest.raises(UnavailableError, match=f"127.0.0.1:{word.port}"):
        look(word)


def test_a_connection_lost_within_a_mail_is_unavailable():
    with (
        scripted_imap(FETCH=row(5, b"x" * 1000)[:500] + CLOSE) as word,
        open_mailbox(word).open() as session,
        pytest.raises(UnavailableError, match="fetching 1 mails"),
    ):
        session.fetch([5], room=ROOM)


def test_a_port_where_nobody_listens_is_unavailable():
    with pytest.raises(UnavailableError, match="connecting"):
        look(word_for(find_free_port()))


@pytest.mark.service
def test_after_a_lost_session_the_mailbox_opens_again(dovecot_server):
    address, password = dovecot_server.new_user()
    with folder_on(dovecot_server.port, address, password) as folder:
        folder.deliver(mail(1))
        with folder.mailbox.open() as session:
            session._client.socket().shutdown(2)
            with pytest.raises(UnavailableError):
                session.uids(low=1)
        with folder.mailbox.open() as session:
            assert len(session.uids(low=1)) == 1


# --- refusals


@pytest.mark.service
def test_a_wrong_password_is_refused_by_dovecot_naming_the_user(dovecot_server):
    address, _ = dovecot_server.new_user()
    assert_refuses_password(word_for(dovecot_server.port, address))


def test_a_wrong_password_is_refused_by_the_demo_naming_the_user():
    with folder_on_demo() as folder:
        assert_refuses_password(folder.mailbox._word)


@pytest.mark.parametrize("password", ["p\u00e4ssw\u00f6rd", 'quo"te\\d', "two words"])
@pytest.mark.service
def test_unusual_passwords_log_in(dovecot_server, password):
    address, _ = dovecot_server.new_user()
    dovecot_server.add_user(address, password)
    with open_mailbox(word_for(dovecot_server.port, address), password=password).open() as session:
        assert session.status.uidvalidity


def test_a_missing_folder_is_refused():
    with folder_on_demo() as folder:
        word = replace(folder.mailbox._word, folder="Nowhere")
        with pytest.raises(RefusedError, match="cannot open the folder Nowhere"):
            look(word)


@pytest.mark.service
def test_folder_names_may_hold_any_letters(dovecot_server):
    address, password = dovecot_server.new_user()
    with folder_on(dovecot_server.port, address, password) as folder:
        word = replace(folder.mailbox._word, folder="Anfragen/B\u00fccher & \u00dcbriges")
        mailbox = ImapMailbox(word, login=password)
        with pytest.raises(RefusedError), mailbox.open():
            pass
        with folder.mailbox.open() as session:
            session._client.create_folder(word.folder)
        with mailbox.open() as session:
            assert list(session.uids(low=1)) == []
    assert mailbox.key == f"{address}/Anfragen/B\u00fccher & \u00dcbriges"


def test_an_unprotected_connection_to_another_host_is_refused_before_it_is_made():
    word = replace(word_for(143), host="mail.example.com")
    with pytest.raises(RefusedError, match="loopback"):
        look(word)


def test_a_server_without_starttls_never_gets_the_password(sent):
    with scripted_imap() as word, pytest.raises(RefusedError, match="STARTTLS"):
        look(replace(word, security="starttls"))
    assert not any(b"LOGIN" in line or b"AUTHENTICATE" in line for line in sent)


def test_a_server_that_speaks_no_tls_never_gets_the_password(sent):
    with scripted_imap() as word, pytest.raises(UnavailableError, match="connecting"):
        look(replace(word, security="tls"), seconds=1)
    assert sent == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_protected_connection_needs_a_certificate_that_is_trusted(certificate, sent, security, monkeypatch):
    with scripted_imap(tls=certificate.context, security=security, SEARCH=b"* SEARCH 8\r\n" + DONE) as word:
        with pytest.raises(UnavailableError, match="certificate verify failed"):
            look(word)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        with pytest.raises(UnavailableError, match="certificate verify failed"):
            look(replace(word, host="localhost"))
        assert not any(b"LOGIN" in line for line in sent)
        with open_mailbox(word).open() as session:
            assert list(session.uids(low=1)) == [8]


# --- health


def test_health_tells_a_good_mailbox_from_a_refused_and_an_absent_one():
    with folder_on_demo() as folder:
        good = folder.mailbox.health()
        refused = open_mailbox(folder.mailbox._word, password="wrong").health()
    absent = open_mailbox(word_for(find_free_port())).health()
    assert (good.ok, good.cure) == (True, None)
    assert not refused.ok
    assert "password" in refused.cure
    assert not absent.ok
    assert "reached" in absent.cure


def look(word: bot.Mailbox, *, seconds: float = 5) -> None:
    with open_mailbox(word, seconds=seconds).open() as session:
        session.uids(low=1)


def assert_refuses_password(word: bot.Mailbox) -> None:
    with pytest.raises(RefusedError, match=word.address) as found, open_mailbox(word, password="wrong key").open():
        pass
    assert "wrong key" not in str(found.value)
