"""A loopback proxy that counts the IMAP commands passing through it; it costs time, so timed runs go without."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HOST = "127.0.0.1"
COMMAND = re.compile(rb"^\S+ (?:UID )?([A-Z]+)(.*)$", re.IGNORECASE)
BLOCK = 1 << 16


@dataclass(slots=True)
class CommandCount:
    """How often each IMAP command was sent (with UID or without), and how many FETCHes read mail text."""

    port: int
    commands: Counter[str] = field(default_factory=Counter)
    body_fetches: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, line: bytes) -> None:
        """Count one line of a client."""
        found = COMMAND.match(line)
        if found is None:
            return
        name = found[1].decode().upper()
        with self.lock:
            self.commands[name] += 1
            # RFC822.SIZE alone reads no text; BODY[...], BODY.PEEK[...] and RFC822 do.
            if name == "FETCH" and re.search(rb"BODY(\.PEEK)?\[|RFC822(?!\.SIZE)", found[2], re.IGNORECASE):
                self.body_fetches += 1


@contextmanager
def counting_proxy(port: int) -> Iterator[CommandCount]:
    """A proxy in front of the IMAP server at ``port`` on loopback, on a free port of its own."""
    listener = socket.create_server((HOST, 0))
    count = CommandCount(port=listener.getsockname()[1])
    threading.Thread(target=_accept, args=(listener, port, count), daemon=True).start()
    try:
        yield count
    finally:
        # shutdown wakes the accepting thread; close alone would leave it waiting.
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, port: int, count: CommandCount) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        server = socket.create_connection((HOST, port))
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_pass_on, args=(client, server, count), daemon=True).start()
        threading.Thread(target=_pass_on, args=(server, client, None), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, count: CommandCount | None) -> None:
    unfinished = b""
    with suppress(OSError):
        while block := source.recv(BLOCK):
            if count is not None:
                *lines, unfinished = (unfinished + block).split(b"\r\n")
                for line in lines:
                    count.note(line)
            target.sendall(block)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    if count is None:
        source.close()
        target.close()
