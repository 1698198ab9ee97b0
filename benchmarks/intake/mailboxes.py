"""A mailbox that nobody has opened before, filled with the first mails of the set, on the tests' real Dovecot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.dovecot import DovecotServer


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how to log in."""

    host: str
    port: int
    user: str
    password: str


@contextmanager
def filled_mailbox(server: DovecotServer, mails: Sequence[Path]) -> Iterator[Account]:
    """A new account whose INBOX holds ``mails``, unseen; its mail is removed at the end."""
    user, password = server.new_user()
    server.deliver(user, mails)
    try:
        yield Account(server.host, server.port, user, password)
    finally:
        shutil.rmtree(server.find_maildir(user))
