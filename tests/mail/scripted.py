"""An IMAP server on loopback that answers what a test tells it to, for faults that no real server shows on demand."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

from csr_bot import bot

STALL = b"stall"
CLOSE = b"close"
Answer = bytes | Callable[[bytes], bytes]

WELL: Mapping[str, Answer] = {
    "GREETING": b"* OK ready\r\n",
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK done\r\n",
    "LOGIN": b"{tag} OK done\r\n",
    "SELECT": (
        b"* 3 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] flags\r\n* OK [UIDVALIDITY 7] as ever\r\n"
        b"* OK [UIDNEXT 9] next\r\n{tag} OK [READ-WRITE] done\r\n"
    ),
    "LOGOUT": b"* BYE so long\r\n{tag} OK done\r\n",
}


@contextmanager
def scripted_imap(
    *, tls: ssl.SSLContext | None = None, security: bot.Security = "plain", **answers: Answer
) -> Iterator[bot.Mailbox]:
    """Run the server; ``answers`` by command (``GREETING`` for the first word), the rest is well.

    With ``tls`` it speaks TLS from the beginning, or after STARTTLS where that is the ``security`` asked for.
    ``{tag}`` stands for the tag of the command. ``CONTINUE`` answers what follows an answer that begins with "+".
    ``STALL`` never answers, and ``CLOSE`` at an answer's end hangs up.
    """
    if security == "starttls":
        answers = {"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done\r\n", **answers}
    script = {**WELL, "STARTTLS": b"{tag} OK begin\r\n", **answers}
    listener = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=_serve, args=(listener, script, tls, security), daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    try:
        yield bot.Mailbox(
            address="desk@corp.example", host="127.0.0.1", port=port, security=security, password=bot.Secret("desk")
        )
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def row(uid: int, raw: bytes, *, size: int | None = None, start: int = 0) -> bytes:
    """The answer to a FETCH for one mail."""
    facts = b"UID %d RFC822.SIZE %d INTERNALDATE " % (uid, len(raw) if size is None else size)
    return b'* 1 FETCH (%s"05-Jan-2026 09:00:00 +0100" BODY[]<%d> {%d}\r\n%s)\r\n' % (facts, start, len(raw), raw)


def _serve(
    listener: socket.socket, script: Mapping[str, Answer], tls: ssl.SSLContext | None, security: bot.Security
) -> None:
    kept = []  # a stalled connection stays open until the client gives up
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            break
        connection.settimeout(10)
        try:
            if tls and security == "tls":
                connection = tls.wrap_socket(connection, server_side=True)
            ended = _converse(connection, script)
            if tls and security == "starttls" and not ended:
                connection = tls.wrap_socket(connection, server_side=True)
                ended = _converse(connection, {**script, "GREETING": b""})
        except OSError:
            ended = True
        if ended:
            connection.close()
        else:
            kept.append(connection)
    for connection in kept:
        connection.close()


def _converse(connection: socket.socket, script: Mapping[str, Answer]) -> bool:
    """Answer one client; returns whether the connection is to be closed."""
    greeting = _text(script["GREETING"], b"")
    if not _say(connection, greeting, b""):
        return greeting != STALL
    with connection.makefile("rb") as lines:
        tag, verb = b"", ""
        for line in lines:
            words = line.split()
            # What follows an answer that begins with "+" belongs to the same command and has no tag.
            if verb != "CONTINUE":
                if not line.isascii() or len(words) < 2:
                    return True  # no IMAP: a client that begins with TLS
                tag = words[0]
                verb = (words[2] if words[1].upper() == b"UID" else words[1]).decode().upper()
            text = _text(script[verb], line)
            if not _say(connection, text, tag):
                return text != STALL
            if verb == "STARTTLS":
                return False
            verb = "CONTINUE" if text.startswith(b"+") else ""
    return True


def _text(answer: Answer, line: bytes) -> bytes:
    return answer if isinstance(answer, bytes) else answer(line)


def _say(connection: socket.socket, text: bytes, tag: bytes) -> bool:
    """Send an answer; returns whether the conversation goes on."""
    if text == STALL:
        return False
    connection.sendall(text.removesuffix(CLOSE).replace(b"{tag}", tag))
    return not text.endswith(CLOSE)
