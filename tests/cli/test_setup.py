"""Setting up: what is wrong is said in one sentence, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CSR_LEASE_SECONDS", "soon"),
        ("CSR_DATABASE_URL", "oracle://x"),
        ("CSR_BROKER_URL", "amqp://x"),
        ("CSR_CONSOLE_PORT", "99999"),
    ],
)
def test_a_wrong_setting_ends_with_two_and_its_name(desk: Program, variable: str, value: str) -> None:
    ended = desk.run("queue", "list", "--json", **{variable: value})
    assert (ended.status, ended.out) == (2, "")
    assert variable in ended.err
    assert "Traceback" not in ended.err


def test_a_new_workspace_has_no_mistakes_and_is_not_written_over(workspace: Path, desk: Program) -> None:
    assert desk.run("check", "--json").document == {"workspace": str(workspace), "ok": True, "mistakes": []}
    again = desk.run("init", workspace)
    assert again.status == 2
    assert "not empty" in again.err


def test_check_names_every_mistake_with_file_line_and_field(workspace: Path, desk: Program) -> None:
    bot = workspace / "bots" / "example.py"
    bot.write_text(bot.read_text().replace('mode="shadow"', 'mode="sometimes"'))
    schedule = workspace / "schedules" / "example.yaml"
    schedule.write_text(schedule.read_text().replace("at: 05:30 ", "at: 25:30 "))
    policy = workspace / "policies" / "standard.yaml"
    policy.write_text(policy.read_text().replace("base_currency: USD", "base_currency: dollars"))
    ended = desk.run("check", "--json")
    assert ended.status == 1
    found = {(mistake["file"], mistake["field"]) for mistake in ended.document["mistakes"]}
    assert ("bots/example.py", "mode") in found
    assert {file for file, _ in found} == {"bots/example.py", "schedules/example.yaml", "policies/standard.yaml"}
    assert all(mistake["line"] > 1 and mistake["reason"] for mistake in ended.document["mistakes"])


def test_check_for_people_prints_one_line_for_each_mistake(workspace: Path, desk: Program) -> None:
    (workspace / "bots" / "notes.txt").write_text("x")
    ended = desk.run("check")
    assert ended.status == 1
    assert ended.out.startswith("bots/notes.txt:0: (file): ")


def test_without_a_database_nothing_is_made_and_the_cure_is_named(tmp_path: Path, program: Program) -> None:
    program.run("init", tmp_path / "new")
    ended = program.run("case", "list", "--workspace", tmp_path / "new")
    assert ended.status == 2
    assert "csr-bot db upgrade" in ended.err
    assert not (tmp_path / "new" / "var").exists()


def test_a_database_that_does_not_answer_ends_with_three(desk: Program) -> None:
    ended = desk.run("queue", "list", CSR_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert (ended.status, ended.out) == (3, "")
    assert len(ended.err.splitlines()) == 1


def test_upgrading_twice_changes_nothing(desk: Program) -> None:
    assert desk.run("db", "upgrade", "--json").document["changed"] is False


def test_a_worker_refuses_a_broker_that_reaches_no_other_process(desk: Program) -> None:
    for command in ("worker", "beat"):
        ended = desk.run(command)
        assert ended.status == 2
        assert "CSR_BROKER_URL" in ended.err


def test_doctor_names_each_system_with_a_cure(desk: Program) -> None:
    ended = desk.run("doctor", "--json", CSR_BROKER_URL="redis://127.0.0.1:1/0", CSR_BROWSER="/none/chromium")
    assert ended.status == 1
    found = {health["system"]: health for health in ended.document}
    assert found["database"] == {
        "system": "database",
        "ok": True,
        "detail": "reached, and its schema is that of this program",
        "cure": None,
    }
    for system in ("broker", "browser", "secrets of example", "ledger of example"):
        assert not found[system]["ok"]
        assert found[system]["cure"]
    assert "example_imap" in found["secrets of example"]["detail"]
