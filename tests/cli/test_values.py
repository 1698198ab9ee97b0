"""value: what the context of a written value decides."""

from __future__ import annotations

import json

import pytest

from tests.cli.program import Program

CASES = [
    ({"raw": "1.234", "field": "quantity", "context": {"column_profile": "de-DE"}}, {"status": "ok", "value": "1234"}),
    ({"raw": "1.234", "field": "quantity", "context": {"column_profile": "de-CH"}}, {"status": "ok", "value": "1.234"}),
    ({"raw": "1,234", "field": "rate", "context": {"country": "FR"}}, {"status": "ok", "value": "1.234"}),
    ({"raw": "1,234", "field": "rate", "context": {"column_profile": "decimal_point"}}, {"value": "1234"}),
    ({"raw": "$5", "field": "money", "context": {"country": "CA"}}, {"value": "5.00", "currency": "CAD", "flags": []}),
    ({"raw": "$5", "field": "money"}, {"value": "5", "currency": None, "flags": ["currency_ambiguous"]}),
    ({"raw": "kr 5", "field": "money", "context": {"country": "SE"}}, {"value": "5.00", "currency": "SEK"}),
    (
        {"raw": "6.5k", "field": "money", "context": {"currency": "USD"}},
        {"flags": ["abbrev"], "candidates": ["6500.00"]},
    ),
    ({"raw": "1.234", "field": "money", "context": {"currency": "KWD"}}, {"status": "ambiguous", "value": None}),
    ({"raw": "10^30", "field": "money"}, {"status": "error", "value": None}),
    ({"raw": "03/04/2025", "field": "date", "context": {"column_profile": "mdy"}}, {"value": "2025-03-04"}),
    ({"raw": "03/04/2025", "field": "date", "context": {"country": "CA"}}, {"status": "ambiguous"}),
    ({"raw": "45962", "field": "date", "context": {"column_profile": "excel1904"}}, {"value": "2029-11-02"}),
    ({"raw": "45962", "field": "date"}, {"status": "ambiguous", "candidates": ["2025-11-01", "2029-11-02"]}),
    (
        {"raw": "next Friday", "field": "date", "context": {"received": "2025-11-24"}},
        {"value": "2025-11-28", "flags": ["relative"]},
    ),
    (
        {"raw": "5 December", "field": "date", "context": {"received": "2025-11-24T08:00:00Z"}},
        {"status": "ambiguous", "candidates": ["2025-12-05"], "flags": ["yearless"]},
    ),
    (
        {"raw": "about 15k", "field": "text"},
        {"status": "ambiguous", "value": None, "candidates": ["15000"], "flags": ["abbrev"]},
    ),
]


def test_the_context_decides_what_the_value_alone_does_not(program: Program) -> None:
    lines = [json.dumps({"id": str(number), **given}) + "\n" for number, (given, _) in enumerate(CASES)]
    ended = program.run("value", given="".join(lines))
    assert ended.status == 0
    for number, (line, (given, expected)) in enumerate(zip(ended.lines, CASES, strict=True)):
        assert line.items() >= {"id": str(number), **expected}.items(), given


@pytest.mark.parametrize("received", ["yesterday", "2025-13-01"])
def test_a_wrong_day_of_the_message_is_named(program: Program, received: str) -> None:
    given = {"id": "1", "raw": "Friday", "field": "date", "context": {"received": received}}
    ended = program.run("value", given=json.dumps(given) + "\n")
    assert ended.status == 2
    assert ended.err.startswith("(standard input):1: received: ")
