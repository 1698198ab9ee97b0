"""What a request wants is looked up, not the ledger: matching on that says the same as on the whole of it."""

from __future__ import annotations

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.core.matching import build_view, ledger_entries, match_request
from csr_bot.flow.lookups import find_invoices
from tests.core.facts import POLICY
from tests.core.mentions import MIXED, TEMPLATES, as_request, make_ledger, make_mentions
from tests.log.rows import a_snapshot, store_ledger

MENTIONS = 150


@pytest.mark.parametrize("template", TEMPLATES | MIXED)
def test_what_was_looked_up_is_matched_as_in_the_whole_ledger(log: SqlCaseLog, template: str) -> None:
    books = make_ledger(3, template, invoices=400, customers=20)
    lines = [line for found in books.lines.values() for line in found]
    store_ledger(log, a_snapshot(), {"customers": books.customers, "invoices": books.invoices, "lines": lines})
    whole = build_view(ledger_entries(books.invoices, lines))
    asked = []
    for mention in make_mentions(4, books, MENTIONS):
        own = frozenset({mention.sender} if mention.sender else ())
        group = books.group(mention.sender) if mention.sender else frozenset()
        asked.append((as_request(mention), own, group))
    with log.read() as records:
        view = find_invoices(records, "billing", [(request, own | group) for request, own, group in asked])
    assert len(view.entries) < len(whole.entries)
    for request, own, group in asked:
        on_whole, on_found = (
            match_request(request, own=own, group=group, view=each, policy=POLICY.matching) for each in (whole, view)
        )
        assert on_found == on_whole
