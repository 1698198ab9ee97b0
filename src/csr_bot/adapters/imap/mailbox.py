"""Opens a mailbox on an IMAP server: connects, logs in with a password or a token, and selects the folder."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, LoginError

from csr_bot import bot
from csr_bot.adapters.imap.failures import NOT_NOW, reported
from csr_bot.adapters.imap.session import ImapSession
from csr_bot.core.addresses import is_loopback
from csr_bot.ports import AccessTokens, Health, PortError, RefusedError, UnavailableError

# The user names that imaplib's LOGIN can carry: it puts no quotes round them.
_ATOM: Final = re.compile(r"[A-Za-z0-9.@+/=$!#&'?^_`|~-]+")


class ImapMailbox:
    """A mailbox on an IMAP server. Every ``open`` makes a connection of its own, so a lost one needs no repair."""

    def __init__(
        self, word: bot.Mailbox, *, login: str | AccessTokens, timeout: timedelta = timedelta(seconds=30)
    ) -> None:
        """``login`` is the password, or where tokens come from."""
        self.key = f"{word.address}/{word.folder}"
        self._word = word
        self._user = word.user or word.address
        self._login = login
        self._timeout = timeout
        self._where = f"IMAP server {word.host}:{word.port}"

    @contextmanager
    def open(self) -> Iterator[ImapSession]:
        """Connect, log in and select the folder; log out at the end. Raises Unavailable or Refused."""
        with self.connection() as (client, selected):
            yield ImapSession(client, selected, where=f"{self._where}, {self.key}")

    @contextmanager
    def connection(self) -> Iterator[tuple[IMAPClient, Mapping[bytes, Any]]]:
        """The same for those who speak IMAP themselves: the client, and the server's answer to SELECT."""
        client = self._connect_and_log_in()
        try:
            yield client, self._select(client)
        finally:
            _hang_up(client)

    def health(self) -> Health:
        """Log in, select the folder and say what was found."""
        system = f"mailbox {self.key} on {self._word.host}:{self._word.port}"
        try:
            with self.open() as session:
                status = session.status
        except RefusedError as exc:
            cure = f"Check user, password, folder and security of {self._word.address} in the bot file."
            return Health(system=system, ok=False, detail=str(exc), cure=cure)
        except PortError as exc:
            cure = f"Check that {self._word.host}:{self._word.port} can be reached from here and that its service runs."
            return Health(system=system, ok=False, detail=str(exc), cure=cure)
        detail = f"logged in, UIDVALIDITY {status.uidvalidity}, next UID {status.uidnext}"
        return Health(system=system, ok=True, detail=detail)

    def _connect_and_log_in(self) -> IMAPClient:
        """A logged-in client. A token that the server does not take any more is replaced, once."""
        if isinstance(self._login, str):
            return self._client(self._login, bearer=False)
        try:
            return self._client(self._login.token(), bearer=True)
        except RefusedError:
            return self._client(self._login.token(renew=True), bearer=True)

    def _client(self, secret: str, *, bearer: bool) -> IMAPClient:
        client = self._connect()
        try:
            self._log_in(client, secret, bearer=bearer)
        except BaseException:
            _hang_up(client)
            raise
        return client

    def _connect(self) -> IMAPClient:
        word = self._word
        if word.security == "plain" and not is_loopback(word.host):
            raise RefusedError(
                f"{self._where}: security 'plain' is for loopback addresses only; use 'tls' or 'starttls'"
            )
        with reported(self._where, "connecting"):
            client = IMAPClient(
                word.host,
                port=word.port,
                ssl=word.security == "tls",
                ssl_context=ssl.create_default_context(),
                timeout=self._timeout.total_seconds(),
            )
        # IMAPClient has imaplib format every line for a log that is off: three times slower, and a place for passwords.
        with suppress(AttributeError):
            client._imap.debug = 0  # noqa: SLF001  # there is no public way
        client.normalise_times = False
        return client

    def _log_in(self, client: IMAPClient, secret: str, *, bearer: bool) -> None:
        doing = f"logging in as {self._user}"
        with reported(self._where, doing):
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                if self._word.security == "starttls":
                    client.starttls(ssl.create_default_context())
                self._authenticate(client, secret, bearer=bearer)
            except CapabilityError as exc:
                raise RefusedError(
                    f"{self._where} offers no STARTTLS; set security to 'tls' with its TLS port"
                ) from exc
            except LoginError as exc:
                # IMAPClient makes a LoginError of everything, of a lost connection too.
                if isinstance(exc.__context__, imaplib.IMAP4.abort) or NOT_NOW.search(str(exc)):
                    raise UnavailableError(f"{self._where}: {doing} failed: {exc}") from exc
                raise RefusedError(f"{self._where} refused the user {self._user}: {exc}") from exc

    def _authenticate(self, client: IMAPClient, secret: str, *, bearer: bool) -> None:
        if not bearer:
            simple = _ATOM.fullmatch(self._user) and secret.isascii()
            (client.login if simple else client.plain_login)(self._user, secret)
            return
        answers = iter([f"user={self._user}\x01auth=Bearer {secret}\x01\x01"])
        # A second challenge holds the reason of a refusal; it takes an empty answer, not the token once more.
        client.sasl_login("XOAUTH2", lambda _: next(answers, ""))

    def _select(self, client: IMAPClient) -> Mapping[bytes, Any]:
        folder = self._word.folder
        answer: Mapping[bytes, Any]
        with reported(self._where, f"opening the folder {folder} of {self._user}"):
            try:
                answer = client.select_folder(folder)
            except imaplib.IMAP4.readonly:
                # Marking is cosmetic: a folder that may only be read is still read.
                answer = client.select_folder(folder, readonly=True)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as exc:
                if NOT_NOW.search(str(exc)):
                    raise
                raise RefusedError(f"{self._where}: {self._user} cannot open the folder {folder}: {exc}") from exc
        if not {b"UIDVALIDITY", b"UIDNEXT"} <= answer.keys():
            raise RefusedError(
                f"{self._where}: the folder {folder} has no lasting UIDs, so its mails cannot be told apart"
            )
        return answer


def _hang_up(client: IMAPClient) -> None:
    """Log out, or at least free the socket: nothing that goes wrong here matters any more."""
    try:
        client.logout()
    except (OSError, ValueError, imaplib.IMAP4.error):
        with suppress(OSError, ValueError, imaplib.IMAP4.error):
            client.shutdown()
