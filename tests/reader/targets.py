"""What runs in the child in tests of the sandbox: everything that a program that took it over would try."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from csr_bot.sandbox.frames import ANSWER, DONE


def start() -> Callable[[bytes, bytes], bytes]:
    """Does what the item says."""
    parent = os.getppid()
    tries: dict[str, Callable[[], object]] = {
        "echo": lambda: "echo",
        "open": Path("/etc/passwd").read_bytes,
        "write": lambda: Path("/tmp/left-behind").write_bytes(b"x"),
        "socket": socket.socket,
        "fork": os.fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "kill parent": lambda: os.kill(parent, signal.SIGTERM),
        "raise limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        "import": lambda: __import__("sqlite3"),
        "environment": lambda: sorted(os.environ),
        "memory": lambda: len(bytes(2_000_000_000)),
        "hang": _hang,
        "spin": _spin,
        "crash": lambda: ctypes.string_at(0),
        "exit": lambda: os._exit(7),
        "flood": lambda: "x" * 20_000_000,
        "garbage": lambda: os.write(3, os.urandom(100_000)),
        "two answers": lambda: os.write(3, ANSWER.pack(DONE, 1, 5) + b"extra"),
        "print": lambda: os.write(1, b"stray words") and None,
    }

    def work(head: bytes, item: bytes) -> bytes:
        name = item.partition(b"\0")[0].decode()
        return f"{name}: {tries[name]()}{head.decode()}".encode()

    return work


def start_broken() -> Callable[[bytes, bytes], bytes]:
    """A target that cannot be started."""
    raise ValueError("the installation is broken")


def start_lying() -> Callable[[bytes, bytes], bytes]:
    """A mail reader that a mail took over: what the mail's body says is its answer."""
    from csr_bot.adapters.reader.child import start as start_reader  # noqa: PLC0415 - of this target only

    read = start_reader()

    def work(head: bytes, item: bytes) -> bytes:
        if item.startswith(b"LIE:"):
            return item.removeprefix(b"LIE:")
        if item == b"DIE":
            os._exit(1)
        return read(head, item)

    return work


def _hang() -> None:
    while True:
        os.read(0, 1_000_000)


def _spin() -> None:
    while True:
        pass
