"""The mail servers of the demo world: an IMAP server with everybody's inbox, an SMTP server that delivers into them.

Both run in one thread on free loopback ports and forget everything when they stop. They are real servers, so the
product talks to them through its own adapters; who writes what to whom is left to the rest of the demo.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from argparse import Namespace
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses
from threading import Thread
from typing import Any, Self, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Identity, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

AUTHSERV_ID = "mx.demo.example"
"""The name under which the demo's receiving server states what it found (RFC 8601)."""

_LOOPBACK = "127.0.0.1"
_LARGEST_MAIL = 50 * 1024 * 1024
_SECONDS_TO_ANSWER = 30
_Result = TypeVar("_Result")


# It warns, at each log-in, of an attribute that its own code sets.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class DemoMail:
    """IMAP and SMTP for ``accounts`` (address to password), stamping what they receive with the time of ``clock``.

    A mail from one of the ``authenticated_domains`` passes DMARC when its envelope sender is of the same domain, so a
    forged From fails as it would in the world.
    """

    imap_port: int
    smtp_port: int

    def __init__(
        self,
        accounts: Mapping[str, str],
        *,
        authenticated_domains: Collection[str] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._accounts = {address.lower(): password for address, password in accounts.items()}
        self._domains = frozenset(domain.lower() for domain in authenticated_domains)
        self._servers: list[asyncio.Server] = []
        self._config = _imap_config()
        self._login = Login(self._config)

    def start(self) -> Self:
        """Listen; ``imap_port`` and ``smtp_port`` are set afterwards."""
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="demo-mail", daemon=True)
        self._thread.start()
        self._run(self._open())
        return self

    def stop(self) -> None:
        """Close all connections and forget all mail."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def deliver(self, raw: bytes, *, sender: str, recipient: str) -> None:
        """Deliver as if it had come in by SMTP from the envelope sender; LookupError for an unknown recipient."""
        if recipient.lower() not in self._accounts:
            raise LookupError(f"the demo has no mailbox {recipient}")
        self._run(self._append(raw, sender=sender, recipient=recipient.lower(), peer="localhost"))

    def messages(self, address: str) -> list[bytes]:
        """All mails in the inbox of ``address``, oldest first, as IMAP hands them out."""
        return self._run(self._read(address.lower()))

    def _run(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        answer: Future[_Result] = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        return answer.result(_SECONDS_TO_ANSWER)

    async def _open(self) -> None:
        for address, password in self._accounts.items():
            identity = Identity(address, self._login, None, frozenset())
            await identity.set(UserMetadata(self._config, address, password=password))
        imap = await asyncio.start_server(self._answer_imap, _LOOPBACK, 0)
        smtp = await self._loop.create_server(self._answer_smtp, _LOOPBACK, 0)
        self._servers = [imap, smtp]
        self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in self._servers)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        connections = asyncio.all_tasks() - {asyncio.current_task()}
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        # The transports close in the next turn of the loop.
        await asyncio.sleep(0)

    async def _answer_imap(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = SocketInfo.get(writer, ProxyResultLocal(), unique_id=secrets.token_bytes(8))
        await IMAPServer(self._login, self._config)(reader, writer, peer)

    def _answer_smtp(self) -> SMTP:
        return SMTP(
            self,
            hostname=AUTHSERV_ID,
            data_size_limit=_LARGEST_MAIL,
            authenticator=self._authenticate,
            auth_require_tls=False,
            loop=self._loop,
        )

    def _authenticate(
        self, _server: object, _session: object, _envelope: object, _mechanism: str, auth: object
    ) -> AuthResult:
        if not isinstance(auth, LoginPassword):
            return AuthResult(success=False, handled=False)
        known = self._accounts.get(auth.login.decode(errors="replace").lower())
        matches = known is not None and secrets.compare_digest(known.encode(), auth.password)
        return AuthResult(success=matches, handled=False)

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        """Take only recipients who have a mailbox here."""
        if address.lower() not in self._accounts:
            return f"550 5.1.1 no mailbox {address} here"
        envelope.rcpt_tos.append(address.lower())
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, _server: object, session: Any, envelope: Any) -> str:  # noqa: N802  # as above
        """Deliver to every recipient."""
        for recipient in dict.fromkeys(envelope.rcpt_tos):
            await self._append(
                envelope.content,
                sender=envelope.mail_from.removeprefix("<").removesuffix(">"),  # aiosmtpd leaves "<>" as it is
                recipient=recipient,
                peer=session.host_name or "unknown",
            )
        return "250 2.0.0 delivered"

    async def _append(self, raw: bytes, *, sender: str, recipient: str, peer: str) -> None:
        now = self._clock()
        stamped = _stamp(raw, sender=sender, recipient=recipient, peer=peer, at=now, domains=self._domains)
        async with Identity(recipient, self._login, None, frozenset()).new_session() as session:
            await session.append_messages("INBOX", [AppendMessage(stamped, now)])

    async def _read(self, address: str) -> list[bytes]:
        async with Identity(address, self._login, None, frozenset()).new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            return [bytes(await mail.load_content(FetchRequirement.CONTENT)) async for mail in inbox.messages()]


def _imap_config() -> Config:
    """An IMAP server without TLS, hashed passwords, helper threads or name look-ups: all stays in this process."""
    arguments = Namespace(
        debug=False, host=[_LOOPBACK], port="0", cert=None, key=None, tls=False, proxy_protocol="noop",
        passlib_cfg=None, demo_data=False, demo_user="", demo_password="",
    )  # fmt: skip
    return _QuietConfig.from_args(arguments, hash_context=Cleartext(), cpu_subsystem=Subsystem.for_asyncio())


class _QuietConfig(Config):
    @property
    def greeting(self) -> bytes:
        # pymap looks up this host's full name for every connection, which can take seconds.
        return b"Server ready " + AUTHSERV_ID.encode()


def _stamp(raw: bytes, *, sender: str, recipient: str, peer: str, at: datetime, domains: Collection[str]) -> bytes:
    """Add what a receiving server adds, and drop what only a receiving server may have said (RFC 8601, 5)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    head, gap, body = lines.partition(b"\r\n\r\n")
    kept = [field for field in re.split(rb"\r\n(?![ \t])", head) if not _is_ours(field)]
    own = (
        f"Return-Path: <{sender}>\r\n"
        f"Authentication-Results: {AUTHSERV_ID}; {_dmarc(head, sender=sender, domains=domains)}\r\n"
        f"Received: from {peer} by {AUTHSERV_ID} with ESMTP id {secrets.token_hex(6)}\r\n"
        f" for <{recipient}>; {format_datetime(at)}\r\n"
    )
    return own.encode() + b"\r\n".join(kept) + gap + body


def _is_ours(field: bytes) -> bool:
    name, _, value = field.partition(b":")
    if name.strip().lower() == b"return-path":
        return True
    # A comment may stand before the name (RFC 8601, 2.2).
    said_by = re.sub(rb"\([^()]*\)", b" ", value).split(b";")[0].split()
    is_result = name.strip().lower() == b"authentication-results"
    return is_result and bool(said_by) and said_by[0].lower() == AUTHSERV_ID.encode()


def _dmarc(head: bytes, *, sender: str, domains: Collection[str]) -> str:
    authors = getaddresses([str(value) for value in BytesHeaderParser().parsebytes(head).get_all("From", [])])
    author_domains = {address.rpartition("@")[2].lower() for _, address in authors}
    if len(author_domains) != 1:
        return "dmarc=fail header.from=invalid"
    domain = author_domains.pop()
    passed = domain in domains and sender.rpartition("@")[2].lower() == domain
    return f"dmarc={'pass' if passed else 'fail'} header.from={domain or 'invalid'}"
