"""Commands on the record: cases, queue, people, switches, runs, and the audit chain."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.program import Program

LUIS = ("user", "add", "luis", "--name", "Luis Vega", "--email", "luis@example.com", "--role", "ar_lead")


def test_a_refusal_in_the_queue_has_its_rule_and_a_sentence(desk: Program) -> None:
    for words in (("claim", "5"), ("approve", "5"), ("reject", "5", "--why", "x"), ("return", "5", "--why", "x")):
        ended = desk.run("queue", *words, "--as", "luis", "--json")
        assert ended.status == 1
        assert ended.document == {"refused": {"rule": "UNKNOWN_CASE", "why": "There is no case 5."}}
    for_people = desk.run("queue", "claim", "5", CSR_USER="luis")
    assert (for_people.status, for_people.out) == (1, "")
    assert for_people.err == "UNKNOWN_CASE: There is no case 5.\n"


def test_nobody_acts_without_a_name(desk: Program) -> None:
    ended = desk.run("queue", "approve", "5")
    assert ended.status == 2
    assert "--as" in ended.err


def test_empty_lists_are_empty_documents(desk: Program) -> None:
    for words in (("case", "list"), ("case", "search", "417"), ("queue", "list"), ("run", "list"), ("user", "list")):
        assert desk.run(*words, "--json").document == []
    assert desk.run("ledger", "status", "--json").document == [{"bot": "example", "active": None, "rejected": None}]


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("case", "list", "--state", "lost"), "--state"),
        (("case", "list", "--category", "weather"), "--category"),
        (("case", "list", "--since", "yesterday"), "--since"),
        (("intake", "statement", "--day", "today"), "CSR_SECRET_EXAMPLE_ARCHIVE"),
        (("run", "nobody"), "BOT"),
        (("run", "--shadow", "nobody"), "BOT"),
        (("stop", "weather", "--why", "x"), "BOT|CATEGORY"),
        (("user", "add", "eve", "--name", "E", "--email", "eve@example.com", "--role", "king"), "--role"),
        (("user", "add", "eve", "--name", "E", "--email", "nowhere", "--role", "cfo"), "--email"),
    ],
)
def test_a_wrong_word_is_named_with_what_would_be_right(desk: Program, words: tuple[str, ...], option: str) -> None:
    ended = desk.run(*words)
    assert ended.status in (1, 2)
    assert option in ended.err
    assert "Traceback" not in ended.err


def test_what_is_not_there_ends_with_one(desk: Program) -> None:
    for words in (("case", "show", "5"), ("run", "show", "5"), ("user", "disable", "eve"), ("start",)):
        assert desk.run(*words).status == 1


def test_people_get_and_lose_roles(desk: Program) -> None:
    assert desk.run(*LUIS).status == 0
    assert desk.run(*LUIS).status == 1
    changed = desk.run("user", "role", "luis", "--add", "ar_manager", "--remove", "ar_lead", "--json").document
    assert changed["roles"] == ["ar_manager"]
    assert desk.run("user", "disable", "luis", "--json").document["active"] is False
    assert [person["login"] for person in desk.run("user", "list", "--json").document] == ["luis"]


def test_the_kill_switch_stops_and_starts_everything_a_bot_or_a_category(desk: Program) -> None:
    desk.run("stop", "--why", "year-end")
    desk.run("stop", "billing_dispute", "--why", "prices")
    stopped = desk.run("stop", "example", "--why", "owner away", "--json").document["stopped"]
    assert stopped == {"*": "year-end", "BILLING_DISPUTE": "prices", "example": "owner away"}
    assert desk.run("start", "--json").document["stopped"] == {"BILLING_DISPUTE": "prices", "example": "owner away"}


def test_a_pause_shows_in_what_runs_next(desk: Program) -> None:
    assert desk.run("schedule", "pause", "example", "--why", "moving", "--json").document == {
        "paused": {"example": "moving"}
    }
    slots = desk.run("schedule", "next", "--count", "3", "--json").document
    assert [slot["paused"] for slot in slots] == ["moving"] * 3
    assert slots == sorted(slots, key=lambda slot: slot["at"])
    assert desk.run("schedule", "resume", "example", "--json").document == {"paused": {}}
    assert {run["kind"] for run in desk.run("schedule", "list", "--json").document} == {"poll", "import", "report"}


@pytest.fixture(scope="module")
def three_events(fresh_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose chain has three events."""
    folder = Path(shutil.copytree(fresh_workspace, tmp_path_factory.mktemp("events") / "desk"))
    desk = Program({"CSR_WORKSPACE": str(folder)})
    for words in (LUIS, ("stop", "--why", "x"), ("start",)):
        assert desk.run(*words).status == 0
    return folder


@pytest.fixture
def recorded(three_events: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(three_events, tmp_path / "recorded"))


TAMPERING = {
    "an edit": "UPDATE event SET actor = 'nobody' WHERE seq = 2",
    "a changed hash": "UPDATE event SET hash = prev_hash WHERE seq = 2",
    "a removal": "DELETE FROM event WHERE seq = 2",
}


@pytest.mark.parametrize("change", TAMPERING.values(), ids=TAMPERING.keys())
def test_the_audit_names_the_first_event_that_does_not_hold(recorded: Path, program: Program, change: str) -> None:
    _tamper(recorded, change)
    ended = program.run("audit", "verify", "--json", "--workspace", recorded)
    assert ended.status == 1
    assert (ended.document["ok"], ended.document["broken_seq"], ended.document["events"]) == (False, 2, 1)


def test_the_audit_misses_events_that_were_cut_off_at_the_end(recorded: Path, program: Program) -> None:
    _tamper(recorded, "DELETE FROM event WHERE seq = 3")
    ended = program.run("audit", "verify", "--workspace", recorded)
    first = ended.out.splitlines()[0]
    assert (ended.status, first) == (1, "the chain is broken at event 3: the event is missing at the end")


def test_a_whole_chain_is_said_to_be_whole(recorded: Path, program: Program) -> None:
    ended = program.run("audit", "verify", "--json", "--workspace", recorded)
    assert ended.status == 0
    assert ended.document == {
        "ok": True,
        "events": 3,
        "broken_seq": None,
        "why": None,
        "last_anchor": None,
        "unanchored": 3,
        "exposed_seconds": None,
    }


def test_the_database_itself_refuses_an_edit(recorded: Path) -> None:
    with closing(sqlite3.connect(recorded / "var" / "csr_bot.sqlite3")) as connection, pytest.raises(sqlite3.Error):
        connection.execute(TAMPERING["an edit"])


def _tamper(workspace: Path, change: str) -> None:
    with closing(sqlite3.connect(workspace / "var" / "csr_bot.sqlite3")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
        connection.commit()
