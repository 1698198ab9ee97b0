"""One filled log for all tests of the console: they only read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from csr_bot.answers import shipped_answers
from csr_bot.console.app import running_console
from csr_bot.records import Blob
from tests.console.office import HOSTILE, LETTERS, NOW, Office, open_office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = open_office(tmp_path_factory.mktemp("office"))
    office.receive([*(letter.raw for letter in LETTERS.values()), HOSTILE])
    with office.log.begin() as records:
        records.house.put_blobs([Blob(digest_of(kind), kind, b"<script>alert(1)</script>") for kind in OUTSIDE], at=NOW)
    return office


def digest_of(kind: str) -> str:
    """The name of the stored file of this type."""
    return hashlib.sha256(kind.encode()).hexdigest()


OUTSIDE = ("text/html", "image/svg+xml", "application/pdf", "message/rfc822", "text/plain", 'a/b"; filename="x')


@pytest.fixture(scope="session")
def web(office: Office) -> Iterator[httpx.Client]:
    """A client of the console over the filled log."""
    with (
        running_console(office.log, office.clock, answers=shipped_answers(), host="127.0.0.1", port=0) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client
