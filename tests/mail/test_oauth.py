"""Logging in with tokens: asked for once, renewed in time, replaced once when refused, and never shown to anybody."""

from __future__ import annotations

import base64
import smtplib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from csr_bot import bot
from csr_bot.adapters.imap import ImapMailbox
from csr_bot.adapters.memory import MemoryMailbox
from csr_bot.adapters.oauth import OAuthTokens
from csr_bot.adapters.smtp import SmtpMailer
from csr_bot.ports import RefusedError, UnavailableError
from tests.mail.scripted import scripted_imap
from tests.mail.tokens import TokenServer, token_server
from tests.services.process import find_free_port

DONE = b"{tag} OK done\r\n"
SECRETS = ("client-secret-value", "refresh-token-value", "bearer-")
ENDS = {"SEARCH": b"* SEARCH 8\r\n" + DONE, "AUTHENTICATE": b"+ \r\n"}


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with token_server() as running:
        yield running


@dataclass
class HandWatch:
    """Seconds that pass when they are told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def tokens_of(server: TokenServer, watch: HandWatch | None = None, **how: object) -> OAuthTokens:
    word = bot.OAuth(server.url, "client-1", client_secret=bot.Secret("secret"), scope="mail")
    given = {"client_secret": "client-secret-value", "refresh_token": None, **how}
    return OAuthTokens(word, seconds=watch or HandWatch(), timeout=timedelta(seconds=5), **given)


# --- tokens


def test_a_program_asks_in_its_own_name(server):
    assert tokens_of(server).token() == "bearer-1"
    assert server.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "client-1",
            "client_secret": "client-secret-value",
            "scope": "mail",
        }
    ]


def test_a_refresh_token_stands_for_the_person_who_agreed(server):
    tokens_of(server, refresh_token="refresh-token-value", client_secret=None).token()
    assert server.asked == [
        {
            "grant_type": "refresh_token",
            "client_id": "client-1",
            "refresh_token": "refresh-token-value",
            "scope": "mail",
        }
    ]


def test_a_new_refresh_token_replaces_the_one_before(server):
    server.answers = [(200, {"access_token": "a", "expires_in": 1, "refresh_token": "the-next"})]
    tokens = tokens_of(server, refresh_token="refresh-token-value")
    tokens.token()
    tokens.token()
    assert [form["refresh_token"] for form in server.asked] == ["refresh-token-value", "the-next"]


def test_a_token_is_used_until_a_minute_before_it_expires(server):
    watch = HandWatch()
    tokens = tokens_of(server, watch)
    assert tokens.token() == "bearer-1"
    watch.now += 3600 - 61
    assert tokens.token() == "bearer-1"
    watch.now += 2
    assert tokens.token() == "bearer-2"
    assert tokens.token(renew=True) == "bearer-3"


def test_threads_that_ask_together_share_one_token(server):
    tokens = tokens_of(server)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: tokens.token(), range(16))) == {"bearer-1"}
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "failure", "words"),
    [
        ((400, {"error": "invalid_grant", "error_description": "refresh-token-value"}), RefusedError, "invalid_grant"),
        ((401, {"error": "invalid_client"}), RefusedError, "invalid_client"),
        ((401, b"client-secret-value"), RefusedError, "401"),
        ((400, {"error": "bearer-1 is wrong"}), RefusedError, "answered 400 for"),
        ((400, {"error": "temporarily_unavailable"}), UnavailableError, "temporarily"),
        ((429, {}), UnavailableError, "429"),
        ((503, b"<html>"), UnavailableError, "503"),
        ((302, b""), UnavailableError, "302"),
        ((200, b"<html>refresh-token-value"), UnavailableError, "no token"),
        ((200, []), UnavailableError, "no token"),
        ((200, b"[" * 100_000), UnavailableError, "no token"),
        ((200, {"access_token": ""}), UnavailableError, "without a bearer token"),
        ((200, {"access_token": "a\r\nb"}), UnavailableError, "without a bearer token"),
        ((200, {"access_token": "x", "token_type": "mac"}), UnavailableError, "without a bearer token"),
    ],
)
def test_a_server_that_gives_no_token_is_named_without_any_secret(server, answer, failure, words):
    server.answers = [answer]
    tokens = tokens_of(server, refresh_token="refresh-token-value")
    with pytest.raises(failure, match=words) as found:
        tokens.token()
    assert not any(secret in str(found.value) for secret in SECRETS)
    assert found.value.__cause__ is None
    assert tokens.token() == "bearer-1"


def test_a_server_that_is_away_is_unavailable(server):
    server.url = f"http://127.0.0.1:{find_free_port()}/token"
    with pytest.raises(UnavailableError, match="cannot be reached"):
        tokens_of(server).token()


def test_no_secret_is_sent_in_the_clear_to_another_host(server):
    server.url = "http://login.example.com/token"
    with pytest.raises(RefusedError, match="write https"):
        tokens_of(server).token()


def test_a_token_without_an_end_lasts_five_minutes(server):
    server.answers = [(200, {"access_token": "endless"})]
    watch = HandWatch()
    tokens = tokens_of(server, watch)
    tokens.token()
    watch.now += 239
    assert tokens.token() == "endless"
    watch.now += 2
    assert tokens.token() == "bearer-1"


def test_tokens_do_not_show_themselves(server):
    tokens = tokens_of(server, refresh_token="refresh-token-value")
    tokens.token()
    shown = f"{tokens!r} {tokens}"
    assert not any(secret in shown for secret in SECRETS)


# --- mailboxes


@dataclass
class Gate:
    """The part of an IMAP server that takes tokens: ``good`` ones are let in, others get a challenge and a no."""

    good: set[str]
    shown: list[bytes] = field(default_factory=list)

    def __call__(self, line: bytes) -> bytes:
        if not line.strip():
            return b"{tag} NO [AUTHENTICATIONFAILED] Authenticate failed\r\n"
        self.shown.append(base64.b64decode(line))
        token = self.shown[-1].partition(b"Bearer ")[2].rstrip(b"\x01").decode()
        reason = base64.b64encode(b'{"status":"401","schemes":"bearer"}')
        return DONE if token in self.good else b"+ " + reason + b"\r\n"


def mailbox_of(word: bot.Mailbox, tokens: OAuthTokens) -> ImapMailbox:
    return ImapMailbox(replace(word, user="desk@corp.example"), login=tokens, timeout=timedelta(seconds=5))


def test_a_mailbox_opens_with_a_token(server):
    gate = Gate({"bearer-1"})
    with scripted_imap(**ENDS, CONTINUE=gate) as word, mailbox_of(word, tokens_of(server)).open() as session:
        assert list(session.uids(low=1)) == [8]
    assert gate.shown == [b"user=desk@corp.example\x01auth=Bearer bearer-1\x01\x01"]


def test_a_token_that_is_not_taken_any_more_is_replaced_once(server):
    gate = Gate({"bearer-2"})
    mailbox_tokens = tokens_of(server)
    with scripted_imap(**ENDS, CONTINUE=gate) as word:
        mailbox = mailbox_of(word, mailbox_tokens)
        with mailbox.open() as session:
            assert list(session.uids(low=1)) == [8]
        with mailbox.open():
            pass
    assert len(gate.shown) == 3
    assert len(server.asked) == 2


def test_a_mailbox_that_takes_no_token_is_refused_without_showing_one(server):
    gate = Gate(set())
    with (
        scripted_imap(**ENDS, CONTINUE=gate) as word,
        pytest.raises(RefusedError, match=r"desk@corp\.example") as found,
        mailbox_of(word, tokens_of(server)).open(),
    ):
        pass
    assert len(gate.shown) == 2
    assert "bearer-" not in str(found.value)


def test_a_refused_refresh_closes_the_mailbox_but_is_no_outage(server):
    server.answers = [(400, {"error": "invalid_grant"})] * 2
    with (
        scripted_imap(**ENDS, CONTINUE=Gate(set())) as word,
        pytest.raises(RefusedError, match="invalid_grant"),
        mailbox_of(word, tokens_of(server)).open(),
    ):
        pass


@pytest.mark.parametrize(
    "answers",
    [
        {"SELECT": b"{tag} BAD User is authenticated but not connected.\r\n"},
        {"SELECT": b"{tag} NO [THROTTLED] slow down\r\n"},
        {"LOGIN": b"{tag} NO [ALERT] Too many simultaneous connections. (Failure)\r\n"},
        {"LOGIN": b"{tag} NO [LIMIT] later\r\n"},
    ],
)
def test_a_server_that_has_too_much_to_do_is_asked_again_later(answers):
    with (
        scripted_imap(**answers) as word,
        pytest.raises(UnavailableError),
        ImapMailbox(word, login="open sesame", timeout=timedelta(seconds=5)).open(),
    ):
        pass


# --- outgoing mail


class FakeSmtp(smtplib.SMTP):
    """The AUTH part of a conversation, without a network."""

    def __init__(self, good: set[str]) -> None:
        super().__init__()
        self.good = good
        self.sent: list[str] = []

    def ehlo_or_helo_if_needed(self) -> None:
        pass

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        self.sent.append(f"{cmd} {args}".strip())
        if cmd == "AUTH":
            token = base64.b64decode(args.split()[1]).decode().partition("Bearer ")[2].rstrip("\x01")
            return (235, b"ok") if token in self.good else (334, base64.b64encode(b'{"status":"401"}'))
        return 535, b"5.7.8 no"


@pytest.mark.parametrize(("good", "commands"), [({"bearer-1"}, 1), ({"bearer-2"}, 3)])
def test_outgoing_mail_logs_in_with_a_token_and_replaces_it_once(server, good, commands):
    mailer = mailer_of(server)
    connection = FakeSmtp(good)
    mailer._prepare(connection)
    assert len(connection.sent) == commands


def test_outgoing_mail_whose_tokens_are_refused_sends_nothing(server):
    with pytest.raises(smtplib.SMTPAuthenticationError):
        mailer_of(server)._prepare(FakeSmtp(set()))


def mailer_of(server: TokenServer) -> SmtpMailer:
    archive = bot.Mailbox("sent@corp.example", host="127.0.0.1", password=bot.Secret("x"))
    word = bot.Outgoing(sender="desk@corp.example", host="127.0.0.1", archive=archive, security="plain")
    return SmtpMailer(word, login=tokens_of(server), archive=MemoryMailbox())
