"""The three kinds of mailbox that keep one contract: in memory, the demo's IMAP server, and a real Dovecot."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from imapclient import IMAPClient

from csr_bot import bot, ports
from csr_bot.adapters.imap import ImapMailbox
from csr_bot.adapters.memory import MemoryMailbox
from csr_bot.demo.mail import DemoMail
from tests.services.dovecot import DovecotServer

ADDRESS = "desk@corp.example"
ROOM = 1_000_000_000
"""More than any test fetches at once."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A mailbox under test, with what another program does to it meanwhile."""

    mailbox: ports.Mailbox
    deliver: Callable[[bytes], None]
    remove: Callable[[int], None]
    flag: Callable[[int], None]
    flags: Callable[[int], set[bytes]]


def folder_in_memory() -> Folder:
    """No server; its flags are the recorded marks."""
    mailbox = MemoryMailbox()
    flagged: set[int] = set()

    def flags(uid: int) -> set[bytes]:
        marked = any(uid in uids for uids in mailbox.marks)
        return {b"\\Seen"} if marked or uid in flagged else set()

    return Folder(mailbox, lambda raw: (mailbox.deliver(raw), None)[1], mailbox.remove, flagged.add, flags)


@contextmanager
def folder_on(port: int, address: str, password: str) -> Iterator[Folder]:
    """A folder on a server, which a second client fills and looks at."""
    word = word_for(port, address)
    other = IMAPClient("127.0.0.1", port, ssl=False, timeout=20)
    other.login(address, password)
    # APPEND waits for the server in the middle of its command; Nagle's algorithm would add 40 ms each time.
    other.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def inbox() -> IMAPClient:
        other.select_folder("INBOX")
        return other

    def remove(uid: int) -> None:
        inbox().delete_messages([uid])
        other.expunge()

    def flags(uid: int) -> set[bytes]:
        # \\Recent says who looked first, not what was done to the mail.
        return set(inbox().get_flags([uid])[uid]) - {b"\\Recent"}

    try:
        yield Folder(
            mailbox=ImapMailbox(word, login=password),
            deliver=lambda raw: other.append("INBOX", raw),
            remove=remove,
            flag=lambda uid: inbox().add_flags([uid], [b"\\Seen"]),
            flags=flags,
        )
    finally:
        other.logout()


@contextmanager
def folder_on_demo() -> Iterator[Folder]:
    """The demo's own IMAP server."""
    demo = DemoMail({ADDRESS: "open sesame"}).start()
    try:
        with folder_on(demo.imap_port, ADDRESS, "open sesame") as folder:
            yield folder
    finally:
        demo.stop()


@contextmanager
def folder_on_dovecot(server: DovecotServer) -> Iterator[Folder]:
    """A fresh user of a real Dovecot."""
    address, password = server.new_user()
    with folder_on(server.port, address, password) as folder:
        yield folder


def word_for(port: int, address: str = ADDRESS) -> bot.Mailbox:
    """How a bot file would declare that mailbox."""
    return bot.Mailbox(
        address=address, host="127.0.0.1", port=port, security="plain", password=bot.Secret("mailbox-password")
    )


def mail(number: int, text: str = "When will invoice 4711 be credited?") -> bytes:
    """A small mail with its own Message-ID."""
    return (
        f"From: Ann <ann@customer.example>\r\nTo: {ADDRESS}\r\nSubject: Question {number}\r\n"
        f"Message-ID: <question-{number}@customer.example>\r\n\r\n{text}\r\n"
    ).encode()
