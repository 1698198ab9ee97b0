"""The intake statement with a real IMAP server: zero, a lost row named by its UID, and a server that is away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from csr_bot.demo.letters import make_letters
from csr_bot.demo.world import BOT_NAME, MAILBOX, DemoWorld
from tests.cli.program import Program

pytestmark = pytest.mark.browser
COUNT = 4


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoWorld]:
    running = DemoWorld.start(tmp_path_factory.mktemp("world"))
    letters = make_letters(running.books, at=running.house().clock.now(), mailbox=MAILBOX)
    running.deliver(letters[:COUNT])
    yield running
    running.stop()


def test_a_lost_row_is_named_by_its_uid_with_and_without_the_server(world: DemoWorld) -> None:
    desk = Program(world.environ)
    words = ("intake", "statement", "--mailbox", MAILBOX, "--json")
    before = desk.run(*words)
    assert (before.status, before.document[0]["difference"], before.document[0]["received"]) == (1, COUNT, COUNT)

    assert desk.run("run", BOT_NAME, "--json").document["status"] == "ok"
    after = desk.run(*words)
    (found,) = after.document
    assert (after.status, found["live"], found["received"], found["accounted_for"]) == (0, True, COUNT, COUNT)
    assert (found["difference"], found["missing_uids"], sum(found["dispositions"].values())) == (0, [], COUNT)
    assert desk.run(*words, "--day", "2001-01-01").document[0]["received"] == 0

    lost = found["to_uid"]
    with world.house().log.engine.begin() as connection:
        assert connection.execute(text("DELETE FROM intake WHERE uid = :uid"), {"uid": lost}).rowcount == 1
    for option in ("--live", "--no-live"):
        ended = desk.run(*words, option)
        assert (ended.status, ended.document[0]["missing_uids"]) == (1, [lost])
    shown = desk.run("intake", "statement", "--mailbox", MAILBOX)
    assert (shown.status, f"UID {lost} was not taken in" in shown.out) == (1, True)


def test_without_its_server_the_log_is_compared_with_itself(world: DemoWorld) -> None:
    desk = Program(world.environ)
    desk.run("run", BOT_NAME)
    world.mail.stop()
    world.mail.stop = lambda: None  # type: ignore[method-assign]  # the world would stop it once more
    words = ("intake", "statement", "--mailbox", MAILBOX)
    ended = desk.run(*words, "--json")
    (found,) = ended.document
    assert (ended.status, found["live"], found["received"], found["difference"]) == (0, False, COUNT, 0)
    assert "127.0.0.1" in found["not_live_because"]
    assert desk.run(*words, "--live").status == 3
