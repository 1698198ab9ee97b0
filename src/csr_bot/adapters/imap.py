"""Reads a mailbox over IMAP: which mails there are, their bytes, and a mark for people. Reading changes no flag.

Speed comes from batches (one FETCH and one STORE for a whole list), safety from time-outs everywhere and from fetching
in pieces, so that neither a stalled server nor a huge mail takes the worker with it. What was taken in already, and
what a mail means, is left to the flow.
"""

from __future__ import annotations

import imaplib
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, LoginError

from csr_bot import bot
from csr_bot.ports import FetchedMail, Health, MailboxStatus, PortError, RefusedError, UnavailableError

FIRST_PIECE = 512 * 1024
"""Bytes of each mail that come with the one round trip for the whole list."""
NEXT_PIECE = 4 * 1024 * 1024
"""Bytes asked for at a time of a mail that is larger than that."""
LARGEST_MAIL = 40 * 1024 * 1024
"""A larger mail is reported with its size, without its bytes."""
SEARCH_WINDOW = 80_000
"""UIDs in one answer to SEARCH: imaplib reads at most 1,000,000 bytes a line and a UID takes up to 11."""

_FIRST_ITEMS = ("RFC822.SIZE", "INTERNALDATE", f"BODY.PEEK[]<0.{FIRST_PIECE}>")
_SEEN = b"\\Seen"
_KEYWORD = b"$CsrBot"
# The user names that imaplib's LOGIN can carry: it puts no quotes round them.
_ATOM = re.compile(r"[A-Za-z0-9.@+/=$!#&'?^_`|~-]+")
# RFC 5530 codes for "not now", and what Exchange says when a mailbox is being moved.
_NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED)\]|not connected", re.IGNORECASE)


class ImapMailbox:
    """A mailbox on an IMAP server. Every ``open`` makes a connection of its own, so a lost one needs no repair."""

    def __init__(self, word: bot.Mailbox, *, password: str, timeout: timedelta = timedelta(seconds=30)) -> None:
        self.key = f"{word.address}/{word.folder}"
        self._word = word
        self._user = word.user or word.address
        self._password = password
        self._timeout = timeout
        self._where = f"IMAP server {word.host}:{word.port}"

    @contextmanager
    def open(self) -> Iterator[ImapSession]:
        """Connect, log in and select the folder; log out at the end. Raises Unavailable or Refused."""
        client = self._connect()
        try:
            self._log_in(client)
            yield self._select(client)
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

    def _connect(self) -> IMAPClient:
        word = self._word
        if word.security == "plain" and not _is_loopback(word.host):
            raise RefusedError(
                f"{self._where}: security 'plain' is for loopback addresses only; use 'tls' or 'starttls'"
            )
        with _reported(self._where, "connecting"):
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

    def _log_in(self, client: IMAPClient) -> None:
        doing = f"logging in as {self._user}"
        with _reported(self._where, doing):
            client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                if self._word.security == "starttls":
                    client.starttls(ssl.create_default_context())
                simple = _ATOM.fullmatch(self._user) and self._password.isascii()
                (client.login if simple else client.plain_login)(self._user, self._password)
            except CapabilityError as exc:
                raise RefusedError(
                    f"{self._where} offers no STARTTLS; set security to 'tls' with its TLS port"
                ) from exc
            except LoginError as exc:
                # IMAPClient makes a LoginError of everything, of a lost connection too.
                if isinstance(exc.__context__, imaplib.IMAP4.abort) or _NOT_NOW.search(str(exc)):
                    raise UnavailableError(f"{self._where}: {doing} failed: {exc}") from exc
                raise RefusedError(f"{self._where} refused the user {self._user}: {exc}") from exc

    def _select(self, client: IMAPClient) -> ImapSession:
        folder = self._word.folder
        with _reported(self._where, f"opening the folder {folder} of {self._user}"):
            try:
                answer = client.select_folder(folder)
            except imaplib.IMAP4.readonly:
                # Marking is cosmetic: a folder that may only be read is still read.
                answer = client.select_folder(folder, readonly=True)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as exc:
                raise RefusedError(f"{self._where}: {self._user} cannot open the folder {folder}: {exc}") from exc
        if not {b"UIDVALIDITY", b"UIDNEXT"} <= answer.keys():
            raise RefusedError(
                f"{self._where}: the folder {folder} has no lasting UIDs, so its mails cannot be told apart"
            )
        return ImapSession(client, answer, where=f"{self._where}, {self.key}")


class ImapSession:
    """An open folder. After an error the session is of no further use; open another."""

    def __init__(self, client: IMAPClient, selected: Mapping[bytes, Any], *, where: str) -> None:
        self.status = MailboxStatus(uidvalidity=selected[b"UIDVALIDITY"], uidnext=selected[b"UIDNEXT"])
        self._client = client
        self._where = where
        self._holds = int(selected.get(b"EXISTS", 0))
        allowed = selected.get(b"PERMANENTFLAGS", ())
        self._marks = [
            flag for flag in (_SEEN, _KEYWORD) if flag in allowed or (flag == _KEYWORD and b"\\*" in allowed)
        ]

    def uids(self, *, low: int) -> Sequence[int]:
        """All UIDs >= ``low`` that the folder holds now, ascending, whatever their flags."""
        found: set[int] = set()
        with _reported(self._where, f"searching from UID {low}"):
            for window in self._windows(max(low, 1)):
                found.update(self._client.search(f"UID {window}"))
        # "n:*" always includes the last mail, even one below n (RFC 9051, 9, seq-range).
        return sorted(uid for uid in found if uid >= low)

    def fetch(self, uids: Sequence[int]) -> Sequence[FetchedMail]:
        """The mails, in one round trip up to ``FIRST_PIECE`` bytes each, without changing a flag.

        A mail that the server did not hand out is not in the answer; one that it named without its bytes, or that is
        larger than ``LARGEST_MAIL``, has ``raw`` None.
        """
        with _reported(self._where, f"fetching {len(uids)} mails"):
            rows = self._rows(uids)
            # A row without a date is an unasked-for change of flags, not an answer.
            return [self._mail(uid, rows[uid]) for uid in uids if uid in rows and rows[uid].get(b"INTERNALDATE")]

    def mark(self, uids: Sequence[int]) -> None:
        """Show people that these were taken in: as seen, and with a keyword where the folder keeps keywords."""
        if uids and self._marks:
            with _reported(self._where, f"marking {len(uids)} mails"):
                self._client.add_flags(uids, self._marks, silent=True)

    def count_by_message_id(self, message_id: str) -> int:
        """How many mails in the folder carry this Message-ID, given with or without its angle brackets."""
        # HEADER searches for a part of the field: the brackets make the part a whole.
        whole = f"<{message_id.strip().removeprefix('<').removesuffix('>')}>"
        if not whole.isprintable():
            raise ValueError("a Message-ID has no control characters")
        with _reported(self._where, "searching for a Message-ID"):
            return len(self._client.search(["HEADER", "Message-ID", whole]))

    def _windows(self, low: int) -> list[str]:
        if self._holds <= SEARCH_WINDOW:
            return [f"{low}:*"]
        starts = range(low, max(self.status.uidnext, low + 1), SEARCH_WINDOW)
        return [f"{start}:{start + SEARCH_WINDOW - 1}" for start in starts[:-1]] + [f"{starts[-1]}:*"]

    def _rows(self, uids: Sequence[int]) -> Mapping[int, Mapping[bytes, Any]]:
        """The first piece of every mail; one by one where the server refuses the list because of one of them."""
        try:
            return self._ask(uids)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as exc:
            refused = exc
        if _NOT_NOW.search(str(refused)):
            raise refused
        if len(uids) == 1:
            return {}
        rows: dict[int, Mapping[bytes, Any]] = {}
        for uid in uids:
            rows.update(self._rows([uid]))
        if not rows:
            # All of them: that is not the mails' fault, so no mail may be set aside for it.
            raise refused
        return rows

    def _ask(self, uids: Sequence[int]) -> Mapping[int, Mapping[bytes, Any]]:
        rows: Mapping[int, Mapping[bytes, Any]] = self._client.fetch(uids, _FIRST_ITEMS)
        return rows

    def _mail(self, uid: int, row: Mapping[bytes, Any]) -> FetchedMail:
        raw = row.get(b"BODY[]<0>")
        size = row.get(b"RFC822.SIZE", 0)
        if raw is not None and len(raw) == FIRST_PIECE:
            raw = self._rest(uid, raw, size=size) if size <= LARGEST_MAIL else None
        if raw is not None:
            size = len(raw)
        return FetchedMail(uid=uid, raw=raw, size=size, received_at=_to_utc(row[b"INTERNALDATE"]))

    def _rest(self, uid: int, first: bytes, *, size: int) -> bytes | None:
        """The whole mail, or None if it cannot be had. A full piece means more, whatever size the server stated."""
        whole = bytearray(first)
        while len(whole) <= LARGEST_MAIL:
            start = len(whole)
            try:
                answer = self._client.fetch([uid], [f"BODY.PEEK[]<{start}.{NEXT_PIECE}>"])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return None
            piece = answer.get(uid, {}).get(b"BODY[]<%d>" % start)
            whole += piece or b""
            if len(piece or b"") < NEXT_PIECE:
                return None if piece is None and start < size else bytes(whole)
        return None


@contextmanager
def _reported(where: str, doing: str) -> Iterator[None]:
    """Whatever breaks in here is Unavailable: reading a mailbox changes nothing, so it may always be tried again."""
    try:
        yield
    except TimeoutError as exc:
        raise UnavailableError(f"{where}: {doing}: no answer in time") from exc
    except (OSError, imaplib.IMAP4.abort) as exc:
        raise UnavailableError(f"{where}: {doing}: the connection failed: {exc}") from exc
    except imaplib.IMAP4.error as exc:
        raise UnavailableError(f"{where}: {doing}: the server said no: {exc}") from exc
    except ValueError as exc:
        # imaplib and IMAPClient raise it for an answer that is no IMAP.
        raise UnavailableError(f"{where}: {doing}: the answer makes no sense: {exc}") from exc


def _hang_up(client: IMAPClient) -> None:
    """Log out, or at least free the socket: nothing that goes wrong here matters any more."""
    try:
        client.logout()
    except (OSError, ValueError, imaplib.IMAP4.error):
        with suppress(OSError, ValueError, imaplib.IMAP4.error):
            client.shutdown()


def _to_utc(moment: datetime) -> datetime:
    """INTERNALDATE has a zone; without one (against RFC 9051) it is taken as UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
