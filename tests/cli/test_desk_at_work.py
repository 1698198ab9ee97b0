"""The program in a world with real servers: a mail is tried, taken in, decided on, approved and accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csr_bot.demo.letters import Letter, make_letters
from csr_bot.demo.mail import AUTHSERV_ID
from csr_bot.demo.world import BOT_NAME, MAILBOX, DemoWorld
from tests.cli.program import Program

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoWorld]:
    running = DemoWorld.start(tmp_path_factory.mktemp("world"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def letter(world: DemoWorld) -> Letter:
    """A customer disputes a price; the credit needs an approval."""
    return make_letters(world.books, at=world.house().clock.now(), mailbox=MAILBOX)[0]


@pytest.fixture(scope="module")
def desk(world: DemoWorld) -> Program:
    return Program(world.environ)


def test_a_mail_is_tried_run_approved_and_accounted_for(
    world: DemoWorld, desk: Program, letter: Letter, tmp_path: Path
) -> None:
    assert all(health["ok"] for health in desk.run("doctor", "--json").document)
    assert desk.run("ledger", "import", BOT_NAME, "--json").document[0]["status"] == "ok"
    assert desk.run("ledger", "status", "--json").document[0]["active"]["refused_rows"] == 0

    tried = _try(desk, letter, tmp_path)
    assert tried["route"] == "approval"
    assert tried["effects"][0]["type"] == "create_credit_note"
    assert desk.run("case", "list", "--json").document == []

    world.deliver([letter])
    before = desk.run("intake", "statement", "--mailbox", MAILBOX, "--json")
    assert (before.status, before.document[0]["difference"], before.document[0]["received"]) == (1, 1, 1)
    run = desk.run("run", BOT_NAME, "--json").document
    assert (run["status"], run["kind"]) == ("ok", "poll")
    assert desk.run("run", "show", run["id"], "--json").document["counters"] == run["counters"]
    after = desk.run("intake", "statement", "--json")
    assert (after.status, after.document[0]["difference"], after.document[0]["accounted_for"]) == (0, 0, 1)

    item = next(item for item in desk.run("queue", "list", "--json").document if item["kind"] == "approval")
    number = item["case_no"]
    assert item["total"] == tried["total"]
    refused = desk.run("queue", "approve", number, "--as", "omar", "--hash", "0" * 64, "--json")
    assert (refused.status, refused.document["refused"]["rule"]) == (1, "SOD-11")
    approved = desk.run("queue", "approve", number, "--as", "omar", "--hash", item["payload_sha256"], "--json")
    assert (approved.status, approved.document["state"]) == (0, "executing")

    desk.run("run", BOT_NAME)
    shown = desk.run("case", "show", number, "--json").document
    assert shown["decision"]["total"] == tried["total"]
    assert shown["effects"][0]["state"] in ("verified", "submitting", "in_doubt")
    assert "approval.given" in [event["action"] for event in shown["events"]]
    assert number in [case["case_no"] for case in desk.run("case", "search", "dana.ortiz", "--json").document]
    assert desk.run("audit", "verify").status == 0
    pack = tmp_path / "case.zip"
    assert desk.run("case", "export", number, "--to", pack, "--json").document["missing"] == []
    assert desk.run("audit", "verify", "--file", pack, "--json").document["case_no"] == number


def _try(desk: Program, letter: Letter, folder: Path) -> Any:
    """A letter as the mail server would store it: with its verdict on the sender."""
    domain = letter.envelope_from.rpartition("@")[2]
    verdict = f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from={domain}\r\n"
    file = folder / "letter.eml"
    file.write_bytes(verdict.encode() + letter.raw)
    ended = desk.run("try", BOT_NAME, file, "--json")
    assert ended.status == 0
    (case,) = ended.document["cases"]
    return case["decision"]
