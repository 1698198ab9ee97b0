"""Sends mail over SMTP and knows at every moment whether it can have left. The proof is a blind copy to an archive.

The conversation is held step by step because the step decides the failure: before the body is sent nothing has left,
after it was sent and before the server answered nobody knows. The text of mails and the decision to send are left to
the flow.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from csr_bot import bot
from csr_bot.ports import (
    AccessTokens,
    Health,
    Mailbox,
    PortError,
    RefusedError,
    UnavailableError,
    UncertainError,
)

# Addresses that every parser reads alike (RFC 5321 dot-string, ASCII): no quotes, comments, brackets or line breaks.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
# Reply codes (RFC 5321, 4.2).
_TAKEN, _FORWARDED, _GO_AHEAD, _TEMPORARY, _PERMANENT, _NO_CODE = 250, 251, 354, 400, 500, 600


class SmtpMailer:
    """An outgoing mail server, used with a connection per mail. ``archive`` is where the blind copies arrive."""

    def __init__(
        self,
        word: bot.Outgoing,
        *,
        login: str | AccessTokens | None,
        archive: Mailbox,
        timeout: timedelta = timedelta(seconds=60),
    ) -> None:
        self._word = word
        self._user = word.user or word.sender
        self._login = login
        self._archive = archive
        self._timeout = timeout
        self._where = f"SMTP server {word.host}:{word.port}"

    def send(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """Send frozen bytes to all recipients and the archive, or to nobody; returns the server's answer.

        ``sender`` is the envelope sender, empty for a mail that must not bounce. Raises Unavailable (nothing left, try
        again), Refused (nothing left, a permanent no) or Uncertain (look into the archive first).
        """
        if not recipients:
            raise ValueError("a mail to nobody would leave a copy in the archive that proves nothing")
        everyone = list(dict.fromkeys([*recipients, self._word.archive.address]))
        for address in [*everyone, *([sender] if sender else [])]:
            if not _ADDRESS.fullmatch(address):
                raise RefusedError(f"{address!r} is not an address that can be written to")
        connection = self._connect()
        try:
            with _nothing_left(self._where):
                self._prepare(connection)
                self._announce(connection, raw, sender=sender, recipients=everyone)
                self._command(connection, "DATA", good=_GO_AHEAD)
            return self._send_body(connection, raw)
        finally:
            _hang_up(connection)

    def count_sent(self, message_id: str) -> int:
        """How many copies of this message the archive of sent mail holds."""
        with self._archive.open() as session:
            return session.count_by_message_id(message_id)

    def health(self) -> Health:
        """Connect and log in without sending anything, and say what was found."""
        system = f"outgoing mail of {self._word.sender} by {self._word.host}:{self._word.port}"
        try:
            connection = self._connect()
            try:
                with _nothing_left(self._where):
                    self._prepare(connection)
            finally:
                _hang_up(connection)
        except RefusedError as exc:
            cure = f"Check user, password and security of the outgoing mail of {self._word.sender} in the bot file."
            return Health(system=system, ok=False, detail=str(exc), cure=cure)
        except PortError as exc:
            cure = f"Check that {self._word.host}:{self._word.port} can be reached from here and that its service runs."
            return Health(system=system, ok=False, detail=str(exc), cure=cure)
        return Health(system=system, ok=True, detail="connected" if self._login is None else "logged in")

    def _connect(self) -> smtplib.SMTP:
        word = self._word
        if word.security == "plain" and not _is_loopback(word.host):
            raise RefusedError(
                f"{self._where}: security 'plain' is for loopback addresses only; use 'tls' or 'starttls'"
            )
        # Without a name smtplib looks up that of this host, which takes seconds where no name service knows it.
        name = word.sender.rpartition("@")[2]
        seconds = self._timeout.total_seconds()
        with _nothing_left(self._where):
            if word.security == "tls":
                return smtplib.SMTP_SSL(
                    word.host, word.port, local_hostname=name, timeout=seconds, context=ssl.create_default_context()
                )
            return smtplib.SMTP(word.host, word.port, local_hostname=name, timeout=seconds)

    def _prepare(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self._word.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo_or_helo_if_needed()
        if isinstance(self._login, str):
            if not (self._user + self._login).isascii():
                raise RefusedError(f"{self._where}: user and password of {self._user} may hold ASCII characters only")
            connection.login(self._user, self._login)
        elif self._login is not None:
            try:
                self._show_token(connection, self._login.token())
            except smtplib.SMTPAuthenticationError:
                # A token that the server does not take any more is replaced, once.
                self._show_token(connection, self._login.token(renew=True))

    def _show_token(self, connection: smtplib.SMTP, token: str) -> None:
        answers = iter([f"user={self._user}\x01auth=Bearer {token}\x01\x01"])
        # A challenge after that holds the reason of a refusal; it takes an empty answer, not the token once more.
        connection.auth("XOAUTH2", lambda _=None: next(answers, ""))

    def _announce(self, connection: smtplib.SMTP, raw: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        options = f" SIZE={len(raw)}" if connection.has_extn("size") else ""
        if not raw.isascii() and connection.has_extn("8bitmime"):
            options += " BODY=8BITMIME"
        self._command(connection, f"MAIL FROM:<{sender}>{options}", good=_TAKEN)
        refused = []
        for recipient in recipients:
            code, answer = connection.docmd("RCPT", f"TO:<{recipient}>")
            if code not in (_TAKEN, _FORWARDED):
                refused.append((code, f"{recipient} ({code} {_text(answer)})"))
        if refused:
            # One lost recipient and the customer has half an answer: it goes to all of them or to none.
            with suppress(OSError):
                connection.docmd("RSET")
            reason = f"{self._where} does not take the recipient " + ", ".join(text for _, text in refused)
            raise RefusedError(reason) if any(code >= _PERMANENT for code, _ in refused) else UnavailableError(reason)

    def _send_body(self, connection: smtplib.SMTP, raw: bytes) -> str:
        lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
        stuffed = re.sub(rb"(?m)^\.", b"..", lines)
        ending = b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            connection.send(stuffed + ending)
            code, answer = connection.getreply()
        except OSError as exc:
            raise UncertainError(f"{self._where} was given the mail and did not say whether it took it: {exc}") from exc
        said = f"{code} {_text(answer)}"
        if _TEMPORARY <= code < _NO_CODE:
            raise _failure(self._where, code, f"the answer to the mail was {said}")
        if code != _TAKEN:
            raise UncertainError(f"{self._where} was given the mail and answered {said}, which is neither yes nor no")
        return said

    def _command(self, connection: smtplib.SMTP, command: str, *, good: int) -> None:
        code, answer = connection.docmd(command)
        if code != good:
            raise _failure(self._where, code, f"the answer to {command} was {code} {_text(answer)}")


@contextmanager
def _nothing_left(where: str) -> Iterator[None]:
    """Whatever breaks in here broke before the body was sent. All that smtplib raises is an OSError."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as exc:
        text = f"the log-in was answered with {exc.smtp_code} {_text(exc.smtp_error)}"
        raise _failure(where, exc.smtp_code, text) from exc
    except smtplib.SMTPResponseException as exc:
        raise _failure(where, exc.smtp_code, f"answered {exc.smtp_code} {_text(exc.smtp_error)}") from exc
    except smtplib.SMTPNotSupportedError as exc:
        raise RefusedError(f"{where}: {exc}") from exc
    except TimeoutError as exc:
        raise UnavailableError(f"{where}: no answer in time") from exc
    except OSError as exc:
        raise UnavailableError(f"{where}: the connection failed: {exc}") from exc


def _failure(where: str, code: int, text: str) -> PortError:
    """A no of the server: permanent from 500 on (RFC 5321, 4.2.1)."""
    return RefusedError(f"{where}: {text}") if code >= _PERMANENT else UnavailableError(f"{where}: {text}")


def _hang_up(connection: smtplib.SMTP) -> None:
    """Say goodbye, or at least free the socket: the mail's fate is known by now, whatever happens here."""
    with suppress(OSError):
        connection.quit()
    connection.close()


def _text(answer: bytes | str) -> str:
    """A server's words as one line; what is not text is shown as such."""
    words = answer.decode(errors="backslashreplace") if isinstance(answer, bytes) else answer
    return " ".join(words.split())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
