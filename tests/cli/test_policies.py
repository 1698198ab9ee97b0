"""Policies before they are used: checked, and compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program


@pytest.fixture
def policy(workspace: Path) -> Path:
    return workspace / "policies" / "standard.yaml"


def changed(policy: Path, old: str, new: str) -> Path:
    """Another policy beside this one."""
    text = policy.read_text()
    assert text.count(old) == 1
    other = policy.with_name("draft.yaml")
    other.write_text(text.replace(old, new))
    return other


def test_a_policy_without_mistakes_is_named_with_its_version(policy: Path, program: Program) -> None:
    ended = program.run("policy", "check", policy)
    assert (ended.status, ended.out) == (0, f"{policy}: POL-STANDARD version 8, no mistakes\n")


def test_without_a_file_every_policy_of_the_workspace_is_checked(policy: Path, desk: Program) -> None:
    draft = changed(policy, "version: 8", "version: 9")
    found = desk.run("policy", "check", "--json").document
    assert found["ok"] is True
    assert [(each["file"], each["policy"]["version"]) for each in found["policies"]] == [
        (str(draft), 9),
        (str(policy), 8),
    ]


def test_a_workspace_without_policies_is_wrong_usage(tmp_path: Path, program: Program) -> None:
    ended = program.run("policy", "check", "--workspace", tmp_path)
    assert (ended.status, ended.out) == (2, "")
    assert "there is no policy" in ended.err


def test_every_mistake_is_one_line_with_file_line_and_field(policy: Path, program: Program) -> None:
    draft = changed(policy, 'max: "250.00"', "max: 250.00")
    ended = program.run("policy", "check", policy, draft)
    assert ended.status == 1
    line = draft.read_text()[: draft.read_text().index("max: 250.00")].count("\n") + 1
    place = f"{draft}:{line}: approval_matrix.credit_note.bands[0].max: "
    assert ended.out.splitlines()[0] == f'{place}an amount is written in quotes, like "250.00"'
    found = program.run("policy", "check", policy, draft, "--json").document
    assert (found["ok"], [each["ok"] for each in found["policies"]]) == (False, [True, False])
    assert [(each["file"], each["line"]) for each in found["mistakes"]] == [(str(draft), line)]


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    found = program.run("policy", "check", file, "--json")
    assert (found.status, found.document["mistakes"][0]["field"]) == (1, "(file)")


def test_two_policies_are_compared_place_by_place(policy: Path, program: Program) -> None:
    draft = changed(policy, 'max: "250.00"', 'max: "500.00"')
    place = "approval_matrix.credit_note.bands[0].max"
    found = program.run("policy", "diff", policy, draft, "--json")
    assert (found.status, found.document["changes"]) == (0, [{"path": place, "before": "250", "after": "500"}])
    assert place in program.run("policy", "diff", policy, draft).out


def test_another_notation_of_the_same_is_no_difference(policy: Path, program: Program) -> None:
    draft = changed(policy, "{P1: 70, P2: 45, P3: 20, P4: 0}", '{P4: 0, P3: 20, P1: 70, P2: "45"}')
    ended = program.run("policy", "diff", policy, draft)
    assert (ended.status, ended.out) == (0, "no difference\n")


def test_a_policy_with_mistakes_is_not_compared(policy: Path, program: Program) -> None:
    draft = changed(policy, "version: 8", "version: eight")
    ended = program.run("policy", "diff", policy, draft)
    assert ended.status == 1
    assert ended.out.startswith(f"{draft}:")
    assert program.run("policy", "diff", policy, draft, "--json").document["ok"] is False


@pytest.mark.parametrize("command", ["up", "worker", "beat"])
def test_no_process_starts_with_a_mistake_in_a_policy(policy: Path, desk: Program, command: str) -> None:
    policy.write_text(policy.read_text().replace('max: "250.00"', "max: 250.00"))
    ended = desk.run(command, CSR_BROKER_URL="redis://127.0.0.1:1/0")
    assert (ended.status, ended.out) == (2, "")
    assert "policies/standard.yaml:" in ended.err
    assert "approval_matrix.credit_note.bands[0].max" in ended.err
