"""``csr-bot ledger check``: what the importer would take, said before it does."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from csr_bot.cli.ledgers import app

TEXT = (
    "Invoice No;Customer No;Customer Name;Invoice Date;Due Date;Currency;Amount;Open Amount;Remark\n"
    "A-1;C-1;Acme;03/04/2025;01/05/2025;EUR;1.234,56;1.000,00;x\n"
    "A-2;C-1;Acme;soon;01/05/2025;EUR;5,00;5,00;\n"
)


@pytest.fixture
def check(tmp_path):
    """Runs the command on a file of that content."""

    def run(content, *options):
        path = tmp_path / "open.csv"
        path.write_text(content, encoding="utf-8")
        return CliRunner().invoke(app, ["check", str(path), *options])

    return run


def test_all_that_was_understood_is_one_document(check):
    ended = check(TEXT, "--profile", "uk", "--json")
    shown = json.loads(ended.stdout)
    assert ended.exit_code == 0
    assert (shown["accepted"], shown["rows"]["invoices"], shown["refused_rows"]) == (True, 1, 1)
    assert (shown["form"], shown["read_totals"]) == ("text, utf-8, delimiter ';'", {"EUR": "1000.00"})
    assert shown["refused"] == [
        {"sheet": "open.csv", "row": 3, "column": "Invoice Date", "reason": "NOT_A_DATE", "detail": "soon"}
    ]
    sheet = shown["sheets"][0]
    assert (sheet["header_row"], sheet["columns"]["open_amount"], sheet["unused"]) == (1, "Open Amount", ["Remark"])


def test_people_get_tables(check):
    ended = check(TEXT, "--profile", "uk")
    assert ended.exit_code == 0
    assert {"open_amount", "NOT_A_DATE", "NET_UNKNOWN"} <= set(ended.stdout.split())


def test_what_is_not_accepted_ends_with_one_and_the_reason(check):
    text = TEXT.replace("EUR", "").replace("Currency", "Free")
    ended = check(text, "--profile", "uk", "--json")
    assert ended.exit_code == 1
    assert "names a currency" in json.loads(ended.stdout)["reason"]
    assert check(text, "--profile", "uk", "--currency", "EUR").exit_code == 0


def test_an_unknown_profile_is_a_mistake_of_the_caller(check):
    assert check(TEXT, "--profile", "fnord").exit_code == 2
