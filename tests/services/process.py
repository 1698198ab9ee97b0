"""Start and stop a server's program and wait for what it promises. What it must be told is each server's own module."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TypedDict

import pytest

from tests.services.inventory import Program

LOOPBACK = "127.0.0.1"
START_WITHIN_SECONDS = 30.0


def is_root() -> bool:
    """Whether the tests run as root, so that servers which refuse root need another user."""
    return os.geteuid() == 0


def refuse(reason: str) -> NoReturn:
    """Skip the test for want of a real server, or fail it where CSR_REQUIRE_SERVICES=1 promises that all are there."""
    if os.environ.get("CSR_REQUIRE_SERVICES") == "1":
        pytest.fail(f"a real server is required and missing: {reason}", pytrace=False)
    pytest.skip(f"NO REAL SERVER: {reason}")


def require(program: Program) -> Path:
    """Return the program's path, or end the test with the package that would bring it."""
    path = program.find()
    if path is None:
        refuse(f"{program.title} is not installed (Debian: apt-get install {program.package})")
    return path


def find_free_port() -> int:
    """Return a loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], *, what: str, within: float = START_WITHIN_SECONDS) -> None:
    """Poll until the condition holds; AssertionError naming ``what`` after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {within:g} s"
        time.sleep(0.02)


def is_listening(port: int) -> bool:
    """Whether something accepts connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def open_folder(prefix: str) -> Iterator[Path]:
    """A temporary folder that other users may enter, unlike pytest's own: servers that refuse root run as another user.

    Its path is short, as Unix sockets need.
    """
    with tempfile.TemporaryDirectory(prefix=f"csr-{prefix}-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def check_reachable(folder: Path) -> None:
    """Fail early where another user could not enter the folder, instead of a riddle in the server's log."""
    for step in (folder, *folder.resolve().parents):
        if not step.stat().st_mode & stat.S_IXOTH:
            message = f"{step} keeps other users out; start this server in tests.services.process.open_folder()"
            raise PermissionError(message)


@dataclass(slots=True)
class ServerProcess:
    """One server program: started, asked whether it is ready, stopped gently or killed."""

    command: Sequence[str]
    log: Path
    is_ready: Callable[[], bool]
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def is_running(self) -> bool:
        """Whether the program has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the program and return when it is ready; RuntimeError with the end of its log when it dies first."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.log.parent,
                start_new_session=True,  # Ctrl-C in the terminal reaches the tests, which then stop the server
                **as_user(self.user),
            )
        wait_until(lambda: not self.is_running or self.is_ready(), what=f"{self.command[0]} is ready")
        if not self.is_running:
            tail = self.log.read_text(errors="replace")[-2000:]
            message = f"{self.command[0]} ended with {self._process.returncode}:\n{tail}"
            raise RuntimeError(message)

    def stop(self) -> None:
        """Ask the program to end and wait for it; kill it after ten seconds."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """Kill the program as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class RunAs(TypedDict, total=False):
    """The arguments of ``subprocess`` that say as whom a program runs."""

    user: str
    group: int
    extra_groups: list[int]


def as_user(name: str | None) -> RunAs:
    """Return what makes ``subprocess`` run a program as that user; nothing for None."""
    if name is None:
        return {}
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
