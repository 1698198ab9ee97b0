"""A real Redis server, persisting as in docker-compose.yml, that tests may flush, kill and start again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.services.inventory import REDIS
from tests.services.process import LOOPBACK, ServerProcess, find_free_port, require


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A running Redis: its address, and ways to hurt it."""

    port: int
    folder: Path
    process: ServerProcess

    @property
    def url(self) -> str:
        """The address as Celery and redis-py take it."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def flush(self) -> None:
        """Forget everything, queued messages too."""
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def kill(self) -> None:
        """Kill the server; its append-only file stays."""
        self.process.kill()

    def start(self) -> None:
        """Start the server again on the same port with what its append-only file holds."""
        self.process.start()

    def restart(self) -> None:
        """Kill and start again: clients lose their connections, the server keeps its data."""
        self.kill()
        self.start()


@contextmanager
def running_redis(folder: Path) -> Iterator[RedisServer]:
    """Run a Redis server with its files in ``folder`` for the length of the block; skips where there is none."""
    program = require(REDIS)
    port = find_free_port()
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(folder),
        "save": "",
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    command = [str(program), *(word for name, value in options.items() for word in (f"--{name}", value))]
    process = ServerProcess(command, folder / "redis.log", is_ready=lambda: _answers(port))
    process.start()
    try:
        yield RedisServer(port, folder, process)
    finally:
        process.stop()


def _answers(port: int) -> bool:
    try:
        with redis.Redis(port=port, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:  # not listening yet, or still loading its file
        return False
