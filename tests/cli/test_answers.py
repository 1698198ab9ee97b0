"""Texts of answers in a workspace, through the program."""

from __future__ import annotations

from pathlib import Path

from tests.cli.program import Program


def test_a_shipped_text_can_be_printed_worded_anew_and_checked(program: Program, tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    assert program.run("init", desk).status == 0
    assert "csr-bot answers" in (desk / "answers" / "README").read_text()
    shown = program.run("answers", "ACK.txt", "--language", "de")
    assert shown.status == 0
    assert shown.out.startswith("Subject: Re: $subject\n\n")
    (desk / "answers" / "de").mkdir()
    (desk / "answers" / "de" / "ACK.txt").write_text(shown.out)
    before = program.run("check", "--workspace", desk).out
    assert "answers/" not in before
    (desk / "answers" / "de" / "ACK.txt").write_text(shown.out.replace("$due", "morgen"))
    assert "answers/de/ACK.txt:1: $due: the value $due is missing" in program.run("check", "--workspace", desk).out


def test_a_text_that_is_not_shipped_is_wrong_usage(program: Program) -> None:
    ended = program.run("answers", "THANKS.txt")
    assert (ended.status, ended.out) == (2, "")
    assert "no answer THANKS.txt is shipped for the language en" in ended.err
