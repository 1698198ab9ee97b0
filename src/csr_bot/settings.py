"""Where this installation keeps and finds things: read once from the environment, checked, then passed on.

What is decided and when things run is not here but in the workspace, with ``bots/``, ``schedules/`` and ``policies/``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

from csr_bot.core.addresses import check_host
from csr_bot.core.document import Mistake, MistakesError

T = TypeVar("T")

ENVIRONMENT: Final = "(environment)"
"""Stands in a mistake where other mistakes name a file."""

DATABASES: Final = ("sqlite", "postgresql")
BROKERS: Final = ("memory", "redis", "rediss")
SECONDS: Final = re.compile(r"-?\d{1,10}(\.\d{1,6})?", re.ASCII)


def read_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, with what the workspace's file ``.env`` sets where the environment is silent."""
    file = Path(environ.get("CSR_WORKSPACE") or ".") / ".env"
    written = dotenv_values(file, interpolate=False) if file.is_file() else {}
    return {**{name: value for name, value in written.items() if value is not None}, **environ}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation. ``.env.example`` of a workspace says what each is for."""

    workspace: Path
    database_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    secrets_dir: Path
    browser: Path | None
    clock_offset: timedelta
    """Added to the real time: for rehearsals on another day."""
    lease: timedelta
    """How long a claimed task stays claimed when its worker no longer answers."""
    quiet: timedelta
    """How long something must be absent before its absence is believed."""
    console_host: str
    console_port: int
    """0 takes any free port."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """The settings in these variables. Raises MistakesError naming every variable with a wrong value."""
        reader = _Reader(environ)
        workspace = reader.read("CSR_WORKSPACE", ".", Path)
        settings = cls(
            workspace=workspace,
            database_url=reader.read("CSR_DATABASE_URL", f"sqlite:///{workspace / 'var/csr_bot.sqlite3'}", _database),
            broker_url=reader.read("CSR_BROKER_URL", "memory://", _broker),
            secrets_dir=reader.read("CSR_SECRETS_DIR", str(workspace / "secrets"), Path),
            browser=Path(environ["CSR_BROWSER"]) if environ.get("CSR_BROWSER") else None,
            clock_offset=reader.read("CSR_CLOCK_OFFSET_SECONDS", "0", _duration),
            lease=reader.read("CSR_LEASE_SECONDS", "120", _positive),
            quiet=reader.read("CSR_QUIET_SECONDS", "60", _not_negative),
            console_host=reader.read("CSR_CONSOLE_HOST", "127.0.0.1", _host),
            console_port=reader.read("CSR_CONSOLE_PORT", "8080", _port),
        )
        if reader.mistakes:
            raise MistakesError(sorted(reader.mistakes))
        return settings


class _Reader:
    """Reads variables one by one; a wrong one leaves a mistake and its default. An empty one counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.mistakes: list[Mistake] = []

    def read(self, name: str, default: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(self.environ.get(name) or default)
        except ValueError as error:
            self.mistakes.append(Mistake(ENVIRONMENT, 0, name, str(error)))
            return parse(default)


def _database(url: str) -> str:
    return _url(url, schemes=DATABASES, example="sqlite:///var/csr_bot.sqlite3 or postgresql://user@host/name")


def _broker(url: str) -> str:
    return _url(url, schemes=BROKERS, example="memory:// or redis://host:6379/0")


def _url(url: str, *, schemes: tuple[str, ...], example: str) -> str:
    # The value itself may hold a password and is not repeated.
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.partition("+")[0] not in schemes:
        raise ValueError(f"must be like {example}")
    try:
        urlsplit(url).port  # noqa: B018  # reading it is what checks it
    except ValueError:
        raise ValueError("the port in it is not a number up to 65535") from None
    return url


def _duration(text: str) -> timedelta:
    if not SECONDS.fullmatch(text):
        raise ValueError(f"{text!r} is not a number of seconds")
    return timedelta(seconds=float(text))


def _positive(text: str) -> timedelta:
    if _duration(text) <= timedelta():
        raise ValueError(f"{text!r} must be more than 0 seconds")
    return _duration(text)


def _not_negative(text: str) -> timedelta:
    if _duration(text) < timedelta():
        raise ValueError(f"{text!r} must not be negative")
    return _duration(text)


def _host(text: str) -> str:
    reason = check_host(text)
    if reason:
        raise ValueError(reason)
    return text


def _port(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text, re.ASCII) or int(text) > 65535:
        raise ValueError(f"{text!r} is not a port; use 0 (any free one) to 65535")
    return int(text)
