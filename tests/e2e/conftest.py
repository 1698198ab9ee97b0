"""A running demo world for the tests that walk a case all the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csr_bot.demo.letters import Letter, make_letters
from csr_bot.demo.world import BOT_NAME, MAILBOX, DemoWorld
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE
from csr_bot.flow.running import run_bot, work_off
from csr_bot.wiring import House


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DemoWorld]:
    """The demo world with an empty mailbox."""
    world = DemoWorld.start(tmp_path / "world")
    yield world
    world.stop()


@pytest.fixture
def letters(world: DemoWorld) -> dict[str, Letter]:
    """The demo's letters by name."""
    house = world.house()
    return {letter.name: letter for letter in make_letters(world.books, at=house.clock.now(), mailbox=MAILBOX)}


@pytest.fixture
def house(world: DemoWorld) -> Iterator[House]:
    """csr_bot in the world, with the ledger imported, working in the test's own process."""
    house = world.house()
    run_bot(house.workshop(), BOT_NAME, "import")
    yield house
    house.browser.close_thread()
    house.log.engine.dispose()


@pytest.fixture
def work(house: House) -> Callable[[], None]:
    """Polls once and works off everything that is due, as the workers would."""

    def work_everything() -> None:
        shop = house.workshop()
        run_bot(shop, BOT_NAME, "poll")
        done = 1
        while done:
            done = sum(work_off(shop, queue, first=None, until=lambda: False) for queue in (BROWSER_QUEUE, MAIL_QUEUE))

    return work_everything
