"""A workspace is written, loaded and checked as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from csr_bot.core.document import Mistake, MistakesError
from csr_bot.core.policy import read_policy
from csr_bot.workspace import WorkspaceExistsError, check_workspace, load_workspace, write_workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    write_workspace(folder)
    return folder


def check(folder: Path) -> tuple[Mistake, ...]:
    return check_workspace(
        folder, screens=("demo",), sites=(), read_policy=lambda text, file: read_policy(text, file=file)
    )


def places(folder: Path) -> list[tuple[str, int, str]]:
    return [(mistake.file, mistake.line, mistake.field) for mistake in check(folder)]


def add_bot(folder: Path, **changes: str) -> None:
    """A second bot, which shares nothing with the first but for ``changes``."""
    text = (folder / "bots" / "example.py").read_text()
    own = {"example": "second", "billing@example.com": "second@example.com"} | changes
    for old, new in own.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    (folder / "bots" / "second.py").write_text(text)


def test_a_new_workspace_is_complete_and_free_of_mistakes(workspace):
    assert check(workspace) == ()
    written = {str(path.relative_to(workspace)) for path in workspace.rglob("*") if path.is_file()}
    assert written == {
        "bots/example.py",
        "schedules/example.yaml",
        "policies/standard.yaml",
        "answers/README",
        "secrets/README",
        ".env.example",
    }
    assert (workspace / "secrets").stat().st_mode & 0o077 == 0


def test_a_new_workspace_starts_in_shadow_mode(workspace):
    found = load_workspace(workspace)
    assert [bot.mode for bot in found.bots.values()] == ["shadow"]
    assert [run.bot for schedule in found.schedules for run in schedule.runs] == ["example"] * 3


def test_a_folder_with_files_is_never_written_over(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(WorkspaceExistsError, match="is not empty"):
        write_workspace(tmp_path)
    with pytest.raises(WorkspaceExistsError, match="is not empty"):
        write_workspace(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "mine.txt").unlink()
    assert len(write_workspace(tmp_path)) == 6


def test_the_examples_of_the_repository_are_those_of_a_new_workspace(workspace):
    for name in ("bots/example.py", "schedules/example.yaml", "policies/standard.yaml"):
        assert (ROOT / name).read_text() == (workspace / name).read_text()


def test_missing_and_empty_folders_are_mistakes(tmp_path):
    assert places(tmp_path) == [(name, 0, "(folder)") for name in ("bots", "policies", "schedules")]
    for name in ("bots", "policies", "schedules"):
        (tmp_path / name).mkdir()
    assert places(tmp_path) == [(name, 0, "(folder)") for name in ("bots", "policies", "schedules")]


def test_a_file_that_would_be_passed_over_is_a_mistake(workspace):
    (workspace / "schedules" / "more.yml").write_text("timezone: UTC\n")
    (workspace / "bots" / "old.py.bak").write_text("")
    (workspace / "bots" / "__pycache__").mkdir()
    (workspace / "bots" / ".hidden").write_text("")
    assert places(workspace) == [("bots/old.py.bak", 0, "(file)"), ("schedules/more.yml", 0, "(file)")]


def test_mistakes_of_all_files_are_named_relative_to_the_workspace(workspace):
    for name, old, new in (
        ("bots/example.py", '"ar-team@example.com"', '"ar-team"'),
        ("schedules/example.yaml", "at: 18:00", "at: 6pm"),
        ("policies/standard.yaml", "base_currency: USD", "base_currency: dollars"),
    ):
        path = workspace / name
        path.write_text(path.read_text().replace(old, new))
    found = check(workspace)
    assert [(mistake.file, mistake.field) for mistake in found] == [
        ("bots/example.py", "owner"),
        ("policies/standard.yaml", "base_currency"),
        ("schedules/example.yaml", "runs[2].at"),
    ]
    with pytest.raises(MistakesError) as caught:
        load_workspace(workspace)
    assert {mistake.file for mistake in caught.value.mistakes} == {"bots/example.py", "schedules/example.yaml"}


def test_a_bot_with_mistakes_is_not_unknown_to_its_schedule(workspace):
    path = workspace / "bots" / "example.py"
    path.write_text(path.read_text().replace('"shadow"', '"dry"'))
    assert [file for file, _, _ in places(workspace)] == ["bots/example.py"]


def test_two_bots_that_share_nothing_are_well(workspace):
    add_bot(workspace)
    assert check(workspace) == ()
    assert load_workspace(workspace).bots.keys() == {"example", "second"}


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"example": "example"}, "name", "the bot example stands in bots/example.py (name) already"),
        ({"billing@example.com": "billing@example.com"}, "intake[0]", "the mailbox billing@example.com stands in"),
        (
            {"billing@example.com": "Billing@Example.com", "imap.example.com": "10.0.0.7"},
            "intake[0]",
            "stands in bots/example.py (intake[0])",
        ),
        ({"billing@example.com": "billing@example.com", "imap.example.com": "10.0.0.7"}, "intake[0]", "stands in"),
        ({"billing-sent@example.com": "billing@example.com"}, "outgoing.archive", "would be taken in again"),
        ({"billing-sent@example.com": "second@example.com"}, "outgoing.archive", "would be taken in again"),
    ],
)
def test_what_two_bots_may_not_share_is_named(workspace, changes, field, reason):
    add_bot(workspace, **changes)
    (found,) = check(workspace)
    assert (found.file, found.field) == ("bots/second.py", field)
    assert reason in found.reason
    assert found.line > 1


def test_a_portal_is_read_by_one_bot_only(workspace):
    add_bot(workspace)
    portal = (
        'Portal(name="acme", url="https://acme.example.com", site="demo", customer_no="C-1", user="u", '
        'password=Secret("acme")),'
    )
    for name in ("example.py", "second.py"):
        path = workspace / "bots" / name
        text = path.read_text().replace("Outgoing, Secret", "Outgoing, Portal, Secret")
        path.write_text(text.replace("intake=(", f"intake=(\n        {portal}"))
    found = check_workspace(workspace, screens=("demo",), sites=("demo",), read_policy=lambda *_: None)
    assert [(mistake.file, mistake.field) for mistake in found] == [("bots/second.py", "intake[0]")]
    assert "the portal acme" in found[0].reason


def test_two_bots_may_share_the_archive_of_sent_mail(workspace):
    add_bot(workspace)
    text = [(workspace / "bots" / name).read_text() for name in ("example.py", "second.py")]
    assert all('"billing-sent@example.com"' in each for each in text)
    assert check(workspace) == ()


def test_a_run_that_two_schedules_repeat_is_a_mistake(workspace):
    (workspace / "schedules" / "more.yaml").write_text("timezone: UTC\nruns:\n  - poll: example\n    every: 1 hour\n")
    (found,) = check(workspace)
    assert (found.file, found.line, found.field) == ("schedules/more.yaml", 3, "poll")
    assert "schedules/example.yaml" in found.reason
