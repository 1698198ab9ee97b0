"""One child process as its parent sees it: started, fed, listened to, killed. Nothing it says can hurt the parent.

The parent never waits on writing alone, so neither side can block the other for good, and it reads no answer that is
longer than allowed. Time counts only while the parent waits: one that is busy with other things blames nobody.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from csr_bot.sandbox.frames import ANSWER, DONE, FAILED, NO_MEMORY, READY, REQUEST, WORN

START_SECONDS: Final = 60
_PIPE_BYTES: Final = 1 << 20
_READ_BYTES: Final = 1 << 18
_BUFFERS: Final = 96  # in one write; POSIX systems allow many more
_SET_PIPE_SIZE: Final = 1031  # F_SETPIPE_SZ, which fcntl names on Linux only
_KEPT_VARIABLES: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME")


class SandboxError(RuntimeError):
    """No child can be started: a fault of the installation, not of an item."""


class FailureCode(StrEnum):
    """Why an item has no answer."""

    LIMIT_TIME = "LIMIT_TIME"
    LIMIT_MEMORY = "LIMIT_MEMORY"
    LIMIT_ANSWER = "LIMIT_ANSWER"
    DIED = "DIED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Failure:
    """An item without an answer. After FAILED ``detail`` is the child's own words, else a phrase of ours."""

    code: FailureCode
    detail: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take: bytes of address space; seconds and bytes of answer for each item; items in its life."""

    memory: int = 512 * 1024 * 1024
    seconds: float = 8.0
    answer: int = 8 * 1024 * 1024
    items: int = 50_000


class _GoneError(Exception):
    """The conversation is over; ``failure`` is what is said of the item that the child was on."""

    def __init__(self, code: FailureCode, detail: str) -> None:
        self.failure = Failure(code, detail)


class Child:
    """A running child under its limits. ``worn`` when it should be replaced."""

    def __init__(self, target: str, limits: Limits) -> None:
        """Start it. Raises SandboxError, saying why, where it does not come up under its limits."""
        self._limits = limits
        self._process = _start(target, limits)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._to, self._from):
            os.set_blocking(pipe, False)
            _widen(pipe)
        self._unread = bytearray()
        self._readable, self._either = select.poll(), select.poll()
        self._readable.register(self._from, select.POLLIN)
        self._either.register(self._from, select.POLLIN)
        self._either.register(self._to, select.POLLOUT)
        self._owed = 0
        self.worn = False
        try:
            status, said = self._read_frame(0, _Outbox((), b"", ticket=0), seconds=START_SECONDS)
        except _GoneError as gone:
            self.kill()
            raise SandboxError(f"no child for {target}: {gone.failure.detail}") from None
        if status != READY:
            self.kill()
            raise SandboxError(f"no child for {target}: {said.decode('utf-8', 'replace')}")

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_fit(self) -> bool:
        """Whether it can be given more work: alive, not worn, owing nothing and silent until asked."""
        return not (self.worn or self._owed or self._unread) and self._process.poll() is None

    def exchange(self, items: Sequence[bytes], *, head: bytes) -> Iterator[bytes | Failure]:
        """What became of each item, in order. Ends early, with the child to be killed, where it broke a limit or is
        worn.
        """
        first = int.from_bytes(os.urandom(7))
        outbox = _Outbox(items, head, ticket=first)
        self._owed = len(items)
        for number in range(len(items)):
            try:
                status, said = self._read_frame(first + number, outbox, seconds=self._limits.seconds)
                outcome = self._outcome(status & ~WORN, said)
            except _GoneError as gone:
                self.worn = True
                outcome = gone.failure
            else:
                self.worn = bool(status & WORN)
                self._owed -= 1
            yield outcome
            if self.worn:
                return

    def kill(self) -> None:
        """End it and leave no zombie."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _outcome(self, status: int, said: bytes) -> bytes | Failure:
        match status:
            case _ if status == DONE:
                return said
            case _ if status == FAILED:
                return Failure(FailureCode.FAILED, said[:1_000].decode("utf-8", "replace"))
            case _ if status == NO_MEMORY:
                megabytes = self._limits.memory // 1024**2
                return Failure(FailureCode.LIMIT_MEMORY, f"more than {megabytes} MB were needed")
        raise _GoneError(FailureCode.DIED, "the child spoke nonsense")

    def _read_frame(self, ticket: int, outbox: _Outbox, *, seconds: float) -> tuple[int, bytes]:
        waited = 0.0
        while (frame := self._take_frame(ticket)) is None:
            outbox.send(self._to)
            try:
                data = os.read(self._from, _READ_BYTES)
            except BlockingIOError:
                begun = time.monotonic()
                poll = self._either if outbox.is_pending else self._readable
                poll.poll((seconds - waited) * 1000 + 1)
                waited += time.monotonic() - begun
                if waited >= seconds:
                    raise _GoneError(FailureCode.LIMIT_TIME, f"not done within {seconds:g} seconds") from None
                continue
            if not data:
                raise _GoneError(FailureCode.DIED, self._last_words())
            self._unread += data
        return frame

    def _take_frame(self, ticket: int) -> tuple[int, bytes] | None:
        unread = self._unread
        if len(unread) < ANSWER.size:
            return None
        status, stated, length = ANSWER.unpack_from(unread)
        if stated != ticket:
            raise _GoneError(FailureCode.DIED, "the child spoke out of turn")
        if length > self._limits.answer:
            raise _GoneError(FailureCode.LIMIT_ANSWER, f"an answer of {length} bytes")
        end = ANSWER.size + length
        if len(unread) < end:
            return None
        content = bytes(memoryview(unread)[ANSWER.size : end])
        del unread[:end]
        return status, content

    def _last_words(self) -> str:
        code = self._process.wait()
        if code >= 0:
            return f"the child ended with exit code {code}"
        with suppress(ValueError):
            return f"the child was ended by {signal.Signals(-code).name}"
        return f"the child was ended by signal {-code}"


class _Outbox:
    """Items on their way into a pipe, as many at a time as it takes."""

    def __init__(self, items: Sequence[bytes], head: bytes, *, ticket: int) -> None:
        self._items = enumerate(items, ticket)
        self._head = head
        self._buffers: deque[memoryview] = deque()
        self.is_pending = True

    def send(self, pipe: int) -> None:
        """Write until the pipe is full or all is written; what a dead child does not take is dropped."""
        while self.is_pending:
            self._fill()
            try:
                written = os.writev(pipe, self._buffers)
            except BlockingIOError:
                return
            except BrokenPipeError:
                self._buffers.clear()
                self.is_pending = False
                return
            self._drop(written)

    def _fill(self) -> None:
        while len(self._buffers) < _BUFFERS:
            ticket, item = next(self._items, (0, None))
            if item is None:
                break
            self._buffers.append(memoryview(REQUEST.pack(ticket, len(self._head), len(item)) + self._head))
            self._buffers.append(memoryview(item))
        self.is_pending = bool(self._buffers)

    def _drop(self, written: int) -> None:
        buffers = self._buffers
        while buffers and written >= len(buffers[0]):
            written -= len(buffers.popleft())
        if written:
            buffers[0] = buffers[0][written:]


def _start(target: str, limits: Limits) -> subprocess.Popen[bytes]:
    """A fresh interpreter: a fork would copy a parent's threads half-way, its connections and its secrets."""
    arguments = (target, str(limits.memory), str(limits.seconds), str(limits.items))
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(str(Path(place).absolute()) for place in sys.path)
    environment["PYTHONUTF8"] = "1"
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-s", "-m", "csr_bot.sandbox.child", *arguments],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=os.sep,
        start_new_session=True,  # Ctrl-C is for the parent to handle
    )


def _widen(pipe: int) -> None:
    """A pipe that takes a hundred mails, so that each side is woken less often."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - of Unix only, and of use on Linux only

        with suppress(OSError):
            fcntl.fcntl(pipe, _SET_PIPE_SIZE, _PIPE_BYTES)
