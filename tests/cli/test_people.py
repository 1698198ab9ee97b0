"""Commands on people: roles that do not go together, limits, delegations, and what is odd about all of it."""

from __future__ import annotations

import pytest

from tests.cli.program import Program

SPAN = ("--from", "2030-01-01", "--until", "2030-01-05")


def add(desk: Program, login: str, *words: str) -> int:
    return desk.run("user", "add", login, "--name", login.title(), "--email", f"{login}@example.com", *words).status


def test_roles_limits_and_delegations_from_the_first_day_to_the_check(desk: Program) -> None:
    assert add(desk, "maya", "--role", "ar_manager", "--limit", "25000", "--manager", "chen") == 0
    assert add(desk, "luis", "--role", "ar_lead") == 0
    ended = desk.run("user", "role", "maya", "--add", "master_data_steward")
    assert (ended.status, ended.err) == (1, "SOD-04: Nobody may hold ar_manager and master_data_steward together.\n")
    assert desk.run("user", "role", "luis", "controller", *SPAN).status == 0

    words = ("user", "delegate", "maya", "luis", "--roles", "ar_manager", *SPAN, "--why", "on leave", "--as", "maya")
    refused = desk.run(*words, "--max", "25000.01")
    assert (refused.status, refused.err) == (1, "SOD-07: maya may approve up to 25,000.00 USD only.\n")
    made = desk.run(*words, "--max", "10000", "--json").document
    assert (made["from"], made["to"], made["max"], made["roles"]) == ("maya", "luis", "10000.00 USD", ["ar_manager"])
    shown = desk.run("user", "show", "luis", "--json").document
    assert [item["id"] for item in shown["delegations"]] == [made["id"]]
    assert [(item["role"], item["from"][:10], item["until"][:10]) for item in shown["temporary"]] == [
        ("controller", "2030-01-01", "2030-01-06")
    ]
    assert [desk.run("user", "undelegate", made["id"]).status for _ in range(2)] == [0, 1]

    tidy = desk.run("user", "check", "--json")
    assert (tidy.status, {item["code"] for item in tidy.document}) == (0, {"MANAGER_LEFT", "NEVER_USED"})
    changed = desk.run("user", "role", "maya", "--remove", "ar_manager", "--add", "master_data_steward")
    assert changed.status == 0
    found = desk.run("user", "check", "--json")
    assert (found.status, [item["code"] for item in found.document if item["breach"]]) == (1, ["BOTH_SIDES"])


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("add", "bot", "--name", "B", "--email", "b@example.com", "--role", "ar_lead"), 1, "SOD-09"),
        (("role", "luis", "controller", "--from", "2030-01-01"), 1, "no user luis"),
        (("add", "eve", "--name", "E", "--email", "e@example.com", "--role", "cfo", "--limit", "many"), 2, "--limit"),
    ],
)
def test_what_is_refused_says_why(desk: Program, words: tuple[str, ...], status: int, said: str) -> None:
    ended = desk.run("user", *words)
    assert (ended.status, said in ended.err, "Traceback" in ended.err) == (status, True, False)
