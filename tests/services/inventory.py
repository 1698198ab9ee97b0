"""The programs that tests start: what each is called, where it is, and which Debian package brings it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """A server's program."""

    title: str
    name: str
    package: str
    places: tuple[str, ...] = ()

    def find(self) -> Path | None:
        """Return the program from PATH, the system folders or its places (globs, the last match wins)."""
        on_path = shutil.which(self.name) or shutil.which(self.name, path="/usr/sbin:/usr/local/sbin:/sbin")
        if on_path:
            return Path(on_path)
        found = [path for place in self.places for path in sorted(Path("/").glob(f"{place}/{self.name}"))]
        return found[-1] if found else None

    def read_version(self) -> str:
        """Return the version that the program prints of itself, or MISSING."""
        program = self.find()
        if program is None:
            return "MISSING"
        done = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)
        words = done.stdout.replace("v=", "").split()
        return next((word for word in words if word[0].isdigit()), "of unknown version")


DOVECOT = Program("Dovecot", "dovecot", "dovecot-imapd")
REDIS = Program("Redis", "redis-server", "redis-server")
POSTGRES = Program("PostgreSQL", "initdb", "postgresql", ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin"))
COMPOSE = Program(
    "Docker Compose",
    "docker-compose",
    "docker-compose",
    ("usr/libexec/docker/cli-plugins", "usr/lib/docker/cli-plugins"),
)
PROGRAMS = (DOVECOT, REDIS, POSTGRES, COMPOSE)
