"""The commands on the record's proof, on the database of a desk that has worked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.flow.desks import Office


@pytest.fixture
def program(credited: Office, tmp_path: Path) -> Program:
    folder = tmp_path / "desk"
    program = Program({"CSR_WORKSPACE": str(folder)})
    assert program.run("init", folder).status == 0
    return Program({"CSR_WORKSPACE": str(folder), "CSR_DATABASE_URL": str(credited.engine.url)})


def test_a_case_is_exported_and_verified_offline(program: Program, credited: Office, tmp_path: Path) -> None:
    number, file, kept = credited.case().case_no, tmp_path / "case.zip", tmp_path / "kept.jsonl"
    assert program.run("audit", "anchor", "--to", kept).status == 0
    written = program.run("case", "export", number, "--to", file, "--json").document
    assert (written["case_no"], written["path"], written["size"]) == (number, str(file), file.stat().st_size)
    nowhere = Program({"CSR_WORKSPACE": str(tmp_path / "nowhere")})
    verified = nowhere.run("audit", "verify", "--file", file, "--anchors", kept, "--json")
    assert (verified.status, verified.document["ok"], verified.document["case_no"]) == (0, True, number)
    assert verified.document["anchored_to"] == verified.document["chain"]
    file.write_bytes(file.read_bytes()[:-200])
    broken = nowhere.run("audit", "verify", "--file", file)
    assert (broken.status, broken.err) == (1, "")
    assert broken.out.startswith("the pack is broken: ")


def test_a_log_that_was_cut_off_or_written_anew_does_not_fit_its_anchors(program: Program, credited: Office) -> None:
    anchored = program.run("audit", "anchor", "--json").document
    whole = program.run("audit", "verify", "--json").document
    assert (whole["ok"], whole["unanchored"], whole["last_anchor"]["seq"]) == (True, 0, anchored["seq"])
    assert whole["exposed_seconds"] >= 0
    assert "last good anchor: event" in program.run("audit", "verify").out
    credited.execute("DELETE FROM event WHERE seq = :seq", seq=anchored["seq"])
    credited.execute("UPDATE chain_head SET seq = seq - 1, hash = (SELECT hash FROM event ORDER BY seq DESC LIMIT 1)")
    cut = program.run("audit", "verify", "--json")
    assert (cut.status, cut.document["broken_seq"]) == (1, anchored["seq"])
    assert "the end was cut off" in cut.document["why"]


def test_a_wrong_file_is_named(program: Program, tmp_path: Path) -> None:
    for words, option in (
        (("audit", "verify", "--file", tmp_path / "no.zip"), "--file"),
        (("audit", "verify", "--anchors", tmp_path / "no.jsonl"), "--anchors"),
        (("case", "export", "101", "--to", tmp_path / "no" / "x.zip"), "--to"),
        (("audit", "erase", "--why", "x"), "CASE or --closed-before"),
        (("audit", "erase", "--closed-before", "soon", "--why", "x"), "--closed-before"),
    ):
        ended = program.run(*words)
        assert (ended.status, ended.out) == (2, "")
        assert option in ended.err
    assert program.run("case", "export", "999", "--to", tmp_path / "x.zip").status == 1


def test_a_case_is_erased_only_past_its_retention(program: Program, credited: Office) -> None:
    number = credited.case().case_no
    kept = program.run("audit", "erase", number, "--why", "asked for", "--as", "luis")
    assert (kept.status, "its retention is not over" in kept.err) == (1, True)
    words = ("--closed-before", "2100-01-01", "--keep-years", "0", "--why", "a year is over", "--as", "luis")
    (erased,) = program.run("audit", "erase", *words, "--json").document
    assert (erased["case_no"], erased["erased_by"], erased["counts"]["messages"]) == (number, "luis", 2)
    assert program.run("audit", "erase", *words, "--json").document == []
    assert program.run("audit", "verify").status == 0
