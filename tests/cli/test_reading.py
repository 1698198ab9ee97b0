"""parse, classify, value and match: JSON lines in the shapes that others rely on."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from csr_bot.demo.books import make_books
from csr_bot.demo.workbook import write_workbook
from tests.cli.program import Program

LETTER = b"""From: Dana Ortiz <dana@x.example>
To: billing@example.com
Subject: Copy of INV-2025-00417
Date: Mon, 24 Nov 2025 08:12:00 -0500
Message-ID: <a@x.example>

Please resend invoice INV-2025-00417.

On Fri, 21 Nov 2025 Billing wrote:
> Hello
"""

PARSED = {
    "message_id": "<a@x.example>",
    "from": {"name": "Dana Ortiz", "address": "dana@x.example"},
    "reply_to": [],
    "to": [{"name": "", "address": "billing@example.com"}],
    "cc": [],
    "subject": "Copy of INV-2025-00417",
    "sent_at": "2025-11-24T08:12:00-05:00",
    "in_reply_to": [],
    "references": [],
    "text_new": "Please resend invoice INV-2025-00417.",
    "language": "en",
    "attachments": [],
    "auto": {"class": "none", "answerable": True, "reason": None},
    "forwarded": None,
    "bounce": None,
    "authentication": {"dmarc": None, "spf": None, "dkim": None},
    "defects": [],
    "quarantined": None,
}


FORWARD = b"""From: Dana <dana@fabrikam.example>
Subject: Fwd: Invoice

please see below

---------- Forwarded message ---------
From: Ann Lee <ann@contoso.example>
Date: Mon, 3 Nov 2025
Subject: Invoice

Where is INV-1?
"""


def _lines(*entries: object) -> str:
    return "".join(json.dumps(entry) + "\n" for entry in entries)


def test_a_mail_is_one_line_with_every_key(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(LETTER)
    ended = program.run("parse", file)
    assert (ended.status, ended.err) == (0, "")
    (line,) = ended.lines
    assert line.items() >= PARSED.items()
    assert set(line) == {*PARSED, "file", "text", "identity"}
    assert line["file"] == str(file)
    assert line["identity"]["level"] == "L0"
    assert "> Hello" in line["text"]


def test_a_trusted_servers_results_are_shown_and_give_no_level_alone(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(b"Authentication-Results: mx.example; dmarc=pass header.from=fabrikam.example\r\n" + FORWARD)
    (line,) = program.run("parse", "--trusts", "mx.example", file).lines
    assert line["authentication"] == {"dmarc": "pass", "spf": None, "dkim": None}
    assert line["identity"]["level"] == "L0"
    assert "fabrikam.example is authenticated: dmarc=pass" in line["identity"]["reason"]
    (line,) = program.run("parse", file).lines
    assert line["authentication"]["dmarc"] is None


def test_a_forwarded_mail_stands_beside_the_words_of_its_sender(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(FORWARD)
    (line,) = program.run("parse", file).lines
    assert line["from"]["address"] == "dana@fabrikam.example"
    assert line["text_new"] == "please see below"
    assert line["forwarded"] == {
        "from": {"name": "Ann Lee", "address": "ann@contoso.example"},
        "date": "Mon, 3 Nov 2025",
        "subject": "Invoice",
        "text": "Where is INV-1?",
        "before": "please see below",
        "whole": "From: Ann Lee <ann@contoso.example>\nDate: Mon, 3 Nov 2025\nSubject: Invoice\n\nWhere is INV-1?",
    }


def test_what_is_no_mail_is_a_line_too_with_the_same_keys(program: Program) -> None:
    ended = program.run("parse", "-", "-", given=b"\xff\xfe\x00no mail \xe9\x80 at all")
    assert ended.status == 0
    first, second = ended.lines
    assert set(first) == set(second) == {*PARSED, "file", "text", "identity"}
    assert (first["file"], first["message_id"], first["from"]) == ("-", None, None)


def test_texts_are_classified_in_order(program: Program) -> None:
    price = "You billed 140.00 USD per hour on INV-2025-00417, our contract says 125.00 USD."
    ended = program.run(
        "classify",
        given=_lines(
            {"id": "u1", "subject": "Wrong price", "text": price},
            {"id": "u2", "subject": "", "text": "colourless green ideas"},
        ),
    )
    assert ended.status == 0
    first, second = ended.lines
    keys = {"category", "reason", "confidence", "language"}
    assert set(first) == {"id", "requests", "explain"} | keys
    assert (first["id"], first["category"], first["reason"]) == ("u1", "BILLING_DISPUTE", "PRICE")
    (request,) = first["requests"]
    assert set(request) >= keys | {"invoice_refs", "po_refs", "amounts", "dates"}
    start = price.index("INV-2025-00417")
    assert request["invoice_refs"] == [
        {"raw": "INV-2025-00417", "canonical": "INV202500417", "span": [start, start + 14], "source": "body"}
    ]
    assert {(amount["value"], amount["currency"]) for amount in request["amounts"]} == {
        ("140.00", "USD"),
        ("125.00", "USD"),
    }
    assert (second["id"], second["category"], second["reason"]) == ("u2", "UNKNOWN", None)


VALUES = [
    (
        {"raw": "$22,400", "field": "money", "context": {"currency": "USD"}},
        {"status": "ok", "value": "22400.00", "currency": "USD"},
    ),
    ({"raw": "1.234,56 EUR", "field": "money"}, {"status": "ok", "value": "1234.56", "currency": "EUR"}),
    ({"raw": "22400", "field": "money", "context": {"currency": "JPY"}}, {"value": "22400", "currency": "JPY"}),
    ({"raw": "1.234", "field": "unit_price"}, {"status": "ambiguous", "value": None, "candidates": ["1234", "1.234"]}),
    ({"raw": "1.234", "field": "unit_price", "context": {"column_profile": "eu"}}, {"status": "ok", "value": "1234"}),
    ({"raw": "1.234", "field": "unit_price", "context": {"column_profile": "us"}}, {"status": "ok", "value": "1.234"}),
    ({"raw": "n/a", "field": "money"}, {"status": "null", "value": None}),
    ({"raw": "1,234,56", "field": "money"}, {"status": "error", "value": None}),
    ({"raw": "03/04/2025", "field": "date"}, {"status": "ambiguous", "candidates": ["2025-04-03", "2025-03-04"]}),
    ({"raw": "03/04/2025", "field": "date", "context": {"country": "US"}}, {"status": "ok", "value": "2025-03-04"}),
    ({"raw": "nothing owed", "field": "text"}, {"status": "null", "values": []}),
]


def test_values_are_read_by_the_grammar_and_no_key_is_missing(program: Program) -> None:
    ended = program.run(
        "value", given=_lines(*({"id": str(number), **given} for number, (given, _) in enumerate(VALUES)))
    )
    assert ended.status == 0
    assert len(ended.lines) == len(VALUES)
    for number, (line, (_, expected)) in enumerate(zip(ended.lines, VALUES, strict=True)):
        assert set(line) == {"id", "status", "value", "currency", "flags", "candidates", "values"}
        assert line.items() >= {"id": str(number), **expected}.items()


def test_a_text_lists_all_its_money(program: Program) -> None:
    text = "We paid USD 1,200.00 instead of USD 1,250.00"
    (line,) = program.run("value", given=_lines({"id": "1", "raw": text, "field": "text"})).lines
    assert [(amount["value"], amount["currency"]) for amount in line["values"]] == [
        ("1200.00", "USD"),
        ("1250.00", "USD"),
    ]
    assert line["value"] is None


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("nonsense\n", "1: (line)"),
        ("\n[1]\n", "2: (line)"),
        ('{"id": "1", "field": "money"}\n', "1: raw"),
        ('{"id": "1", "raw": 5, "field": "money"}\n', "1: raw"),
        ('{"id": "1", "raw": "5", "field": "colour"}\n', "1: field"),
    ],
)
def test_a_wrong_line_is_named_with_its_number_and_field(program: Program, given: str, place: str) -> None:
    ended = program.run("value", given=given)
    assert ended.status == 2
    assert ended.err.startswith(f"(standard input):{place}: ")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ledger") / "open-items.xlsx"
    day = date(2025, 11, 24)
    write_workbook(make_books(as_of=day), file, generated_at=datetime(2025, 11, 24, 10, tzinfo=UTC))
    return file


def test_a_text_is_matched_to_the_document_it_means(program: Program, ledger: Path) -> None:
    text = "INV-2025-00417: the total of 22,400.00 USD is wrong"
    ended = program.run(
        "match",
        "--ledger",
        ledger,
        given=_lines(
            {"id": "m1", "customer_no": "C-1001", "text": text},
            {"id": "m2", "from": "eve@stranger.example", "text": text},
            {"id": "m3", "customer_no": "C-1001", "text": "something"},
        ),
    )
    assert ended.status == 0
    own, foreign, nothing = ended.lines
    keys = {"id", "decision", "money_ok", "best", "candidates", "agree", "contradict", "why"}
    assert all(set(line) >= keys for line in ended.lines)
    assert (own["decision"], own["money_ok"], own["best"]["invoice_no"]) == ("auto", True, "INV-2025-00417")
    assert own["best"]["score"] == sum(own["candidates"][0]["parts"].values())
    assert (foreign["decision"], foreign["money_ok"]) == ("suggest", False)
    assert (nothing["decision"], nothing["best"], nothing["candidates"]) == ("none", None, [])


def test_ledger_check_reads_as_the_importer_would(program: Program, ledger: Path, tmp_path: Path) -> None:
    shown = program.run("ledger", "check", ledger, "--json")
    assert shown.status == 0
    assert shown.document["accepted"] is True
    assert shown.document["rows"]["invoices"] > 0
    assert all(len(total.partition(".")[2]) == 2 for total in shown.document["control_totals"].values())
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    refused = program.run("ledger", "check", tmp_path / "no.xlsx", "--json")
    assert (refused.status, refused.document["accepted"]) == (1, False)
    assert "no.xlsx" in refused.document["reason"]
