"""A running ERP per test, over the books of the demo, and a clock that tests can move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from csr_bot.demo.books import Books, make_books
from csr_bot.demo.erp import DemoErp
from tests.demo_erp.browsing import Browser


class MovableClock:
    def __init__(self) -> None:
        self.at = datetime(2025, 11, 24, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture(scope="session")
def books() -> Books:
    return make_books(seed=7)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def erp(tmp_path: Path, books: Books, clock: MovableClock) -> Iterator[DemoErp]:
    running = DemoErp(tmp_path / "erp", books, clock=clock).start()
    yield running
    running.stop()


@pytest.fixture
def browser(erp: DemoErp) -> Iterator[Browser]:
    with Browser(erp.url) as browser:
        browser.log_in(user=erp.user, password=erp.password)
        yield browser
