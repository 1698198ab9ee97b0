"""The record on both databases: cases are found by their keys, and erased with what only they need."""

from __future__ import annotations

from datetime import timedelta

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.core.case import CaseStatus
from csr_bot.records import Blob
from tests.log.rows import AT, a_case, a_decision, a_message, an_effect, store_decided

LATER = AT + timedelta(days=4000)


def test_a_case_is_searched_by_number_amount_and_words_and_erased(log: SqlCaseLog):
    case = a_case(status=CaseStatus.RESOLVED, resolved_at=AT)
    decision = a_decision(case)
    said = a_message()
    store_decided(log, case, decision, an_effect(decision, target="dana@northwind.example"))
    with log.begin() as records:
        records.intake.add([], [said], taken_at=AT)
        records.intake.link([(said.id, case.id)])
        records.house.put_blobs([Blob(said.raw_sha256, "message/rfc822", b"mail")], at=AT)
    with log.read() as records:
        for text in ("inv 2025/00417", "2,400.00", "2.400,00", "grüße", "INVOICE query", "dana.ortiz"):
            assert [found.id for found in records.cases.search(text, limit=5)] == [case.id], text
        assert records.cases.search("INV-2025-00418", limit=5) == []
        assert records.dossiers.past_retention(AT, limit=5) == []
        assert records.dossiers.past_retention(LATER, limit=5) == [case.case_no]
    with log.begin() as records:
        erased = records.dossiers.erase(case.id, by="luis", why="its time is over", at=LATER)
    with log.read() as records:
        assert (erased.counts["messages"], erased.counts["files"]) == (1, 1)
        assert records.dossiers.erasure(case.id) == erased
        assert records.dossiers.past_retention(LATER, limit=5) == []
        assert records.house.blob(said.raw_sha256) is None
        (message,) = records.overview.messages_of(case.id)
        assert (message.sender, message.text_new, message.raw_sha256) == (None, "(erased)", said.raw_sha256)
        assert "@" not in records.effects.of_case(case.id)[0].target
        assert records.cases.search("dana.ortiz", limit=5) == []
