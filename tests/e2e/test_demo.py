"""The demo as its first user sees it: one command, and an account of every case that agrees with the ERP."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from csr_bot.demo.books import make_books
from csr_bot.demo.erp import CreditNoteRow, DemoErp
from csr_bot.demo.world import TODAY
from tests.e2e.processes import run, started
from tests.services.process import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.service]


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    done = run("demo", "--once", "--json", environ={}, timeout=180)
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


def _case(shown: dict[str, Any], title: str) -> dict[str, Any]:
    (case,) = [case for case in shown["cases"] if case["title"].startswith(title)]
    return dict(case)


def test_thirty_messages_end_within_three_minutes_and_nothing_is_left_in_doubt(shown: dict[str, Any]) -> None:
    assert shown["totals"]["messages"] >= 30
    assert shown["totals"]["in_doubt"] == 0
    assert Decimal(str(shown["seconds"])) < 180
    assert {case["state"] for case in shown["cases"]} <= {
        "resolved",
        "closed",
        "in_review",
        "pending_approval",
        "quarantined",
    }


def test_a_small_proven_error_is_credited_without_a_person(shown: dict[str, Any]) -> None:
    case = _case(shown, "Wrong price on INV-2025-00409")
    assert (case["state"], case["outcome"], case["replies"]) == ("resolved", "granted", 1)
    assert [effect["state"] for effect in case["effects"]] == ["verified", "verified"]
    number = case["effects"][0]["external_ref"]
    (note,) = [note for note in shown["erp"]["credit_notes"] if note["number"] == number]
    assert (note["invoice_no"], note["amount"], note["currency"]) == ("INV-2025-00409", "200.00", "USD")


def test_a_large_one_waits_for_approval_and_says_why(shown: dict[str, Any]) -> None:
    (case,) = [case for case in shown["cases"] if case["case_no"].endswith("000101")]
    assert case["title"] == "Invoice INV 2025/00417"
    assert (case["state"], case["reasons"]) == ("pending_approval", ["AMOUNT_NEEDS_APPROVAL"])
    assert case["replies"] == 0


@pytest.mark.parametrize("title", ["Copy of an invoice", "Rechnungskopie", "Payment received?"])
def test_questions_are_answered(shown: dict[str, Any], title: str) -> None:
    case = _case(shown, title)
    assert (case["state"], case["outcome"], case["replies"]) == ("resolved", "information_provided", 1)


@pytest.mark.parametrize("title", ["Automatic reply", "Abwesenheitsnotiz", "Your weekly digest", "Delivery Status"])
def test_machines_get_no_answer(shown: dict[str, Any], title: str) -> None:
    case = _case(shown, title)
    assert (case["category"], case["state"], case["replies"]) == ("NOT_A_REQUEST", "closed", 0)


def test_what_cannot_be_read_is_kept_for_a_person(shown: dict[str, Any]) -> None:
    quarantined = [case for case in shown["cases"] if case["state"] == "quarantined"]
    assert len(quarantined) >= 2
    assert all(case["reasons"] == ["SENDER_AMBIGUOUS"] for case in quarantined)


def test_the_same_mail_delivered_twice_is_one_case(shown: dict[str, Any]) -> None:
    readable = [case for case in shown["cases"] if case["state"] != "quarantined"]
    assert sum(case["title"] == "Invoice INV 2025/00417" for case in readable) == 1


def test_the_erp_and_the_log_agree_to_the_cent(shown: dict[str, Any]) -> None:
    in_erp = {note["number"]: Decimal(note["amount"]) for note in shown["erp"]["credit_notes"]}
    in_log = {
        effect["external_ref"]
        for case in shown["cases"]
        for effect in case["effects"]
        if effect["type"] == "create_credit_note" and effect["state"] == "verified"
    }
    assert set(in_erp) == in_log
    assert sum(in_erp.values()) == sum(Decimal(amount) for amount in shown["totals"]["credited"].values())


def test_approving_from_another_terminal_posts_one_credit_note_while_the_demo_runs(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    workspace = ["--workspace", str(folder)]
    with started(["demo", "--json", "--folder", str(folder)], environ={}, output=tmp_path / "demo.log") as demo:
        wait_until(lambda: '"seconds"' in demo.text(), what="the demo's account", within=150)
        refused = run("queue", "approve", "101", "--as", "tom", "--json", *workspace, environ={})
        assert refused.returncode == 1
        assert json.loads(refused.stdout)["refused"]["rule"] == "SOD-08"
        approved = run("queue", "approve", "101", "--as", "luis", *workspace, environ={})
        assert approved.returncode == 0, approved.stderr

        def state() -> str:
            shown = run("case", "show", "101", "--json", *workspace, environ={})
            return str(json.loads(shown.stdout)["state"])

        wait_until(lambda: state() == "resolved", what="the case to be resolved", within=60)
        notes = [note for note in read_credit_notes(folder / "erp") if note.invoice_no == "INV-2025-00417"]
        doctor = run("doctor", "--json", *workspace, environ={})
        assert doctor.returncode == 0, doctor.stdout
        assert all(line["ok"] for line in json.loads(doctor.stdout))
    assert [str(note.amount) for note in notes] == ["2400.00"]


def read_credit_notes(folder: Path) -> list[CreditNoteRow]:
    """What the ERP's own database holds."""
    return DemoErp(folder, make_books(), clock=lambda: TODAY).credit_notes()
