"""Importing a ledger file: what comes into force, what changed with it, and what is refused with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.program import Program

HEADER = "Invoice No.,Customer No.,Customer Name,Invoice Date,Due Date,Currency,Net,Tax,Gross,Open Amount,Status\n"
ONE = "INV-2025-00001,C-1,Acme,2025-10-01,2025-10-31,EUR,100.00,19.00,119.00,119.00,open\n"
TWO = "INV-2025-00002,C-1,Acme,2025-10-02,2025-11-01,EUR,200.00,38.00,238.00,238.00,open\n"
TWO_PAID = "INV-2025-00002,C-1,Acme,2025-10-02,2025-11-01,EUR,200.00,38.00,238.00,0.00,paid\n"
THREE = "INV-2025-00003,C-1,Acme,2025-10-03,2025-11-02,EUR,50.00,9.50,59.50,59.50,open\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    file = tmp_path / "open-items.csv"
    file.write_text(HEADER + ONE + TWO)
    return file


def test_a_file_becomes_the_ledger_in_force_and_the_next_one_tells_what_changed(desk: Program, ledger: Path) -> None:
    first = desk.run("ledger", "import", ledger, "--bot", "example", "--json")
    assert (first.status, first.document["status"], first.document["delta"]) == (0, "active", None)
    assert first.document["control_totals"] == {"EUR": "357.00"}
    assert desk.run("ledger", "import", ledger, "--json").document["status"] == "unchanged"

    ledger.write_text(HEADER + TWO_PAID + THREE)
    second = desk.run("ledger", "import", ledger, "--json").document
    assert second["delta"] == {
        "since": first.document["id"], "new": 1, "changed": 1, "gone": 1, "open_moved": {"EUR": "-297.50"},
    }  # fmt: skip
    (shown,) = desk.run("ledger", "status", "--changes", "5", "--json").document
    assert (shown["active"]["id"], shown["rejected"]) == (second["id"], None)
    assert {(item["change"], item["invoice_no"]) for item in shown["changes"]} == {
        ("changed", "INV-2025-00002"),
        ("new", "INV-2025-00003"),
        ("gone", "INV-2025-00001"),
    }
    for_people = desk.run("ledger", "status", "--changes", "5")
    assert "open-items.csv" in for_people.out
    assert "INV-2025-00003" in for_people.out


def test_a_file_that_is_no_ledger_is_refused_and_changes_nothing(desk: Program, ledger: Path, tmp_path: Path) -> None:
    active = desk.run("ledger", "import", ledger, "--json").document["id"]
    bad = tmp_path / "letter.csv"
    bad.write_text("Dear Sirs\nplease find\n")
    refused = desk.run("ledger", "import", bad, "--bot", "example", "--json")
    assert (refused.status, refused.document["status"]) == (1, "rejected")
    assert refused.document["reason"]
    assert desk.run("ledger", "status", "--json").document[0]["active"]["id"] == active


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("no-such-file.csv",), "no-such-file.csv"),
        (("{file}", "--bot", "nobody"), "nobody"),
        (("{file}", "--profile", "martian"), "martian"),
    ],
)
def test_a_wrong_call_is_one_clear_sentence(desk: Program, ledger: Path, words: tuple[str, ...], said: str) -> None:
    ended = desk.run("ledger", "import", *(word.format(file=ledger) for word in words))
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
