"""Every mail is taken in once, whichever way it comes twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.caselog import ConflictError
from csr_bot.core.case import CaseStatus
from tests.log.rows import AT, a_case, a_message, an_intake, refused, together


def test_the_same_uid_twice_is_a_conflict_and_nothing_of_the_batch_stands(log: SqlCaseLog):
    with log.begin() as records:
        records.intake.add([an_intake(1)], [], taken_at=AT)
    with refused(log, ConflictError) as records:
        records.cases.add([a_case()])
        records.intake.add([an_intake(2), an_intake(1)], [a_message()], taken_at=AT)
    with log.read() as records:
        assert records.intake.known_uids("desk@corp.example/INBOX", 7, low=0) == {1}
        assert records.intake.find_content(["a" * 64]) == {}
        assert records.cases.by_no("101") is None


@pytest.mark.parametrize("changes", [{"mailbox": "other@corp.example/INBOX"}, {"uidvalidity": 8}, {"uid": 2}])
def test_a_uid_means_something_only_with_its_mailbox_and_validity(log: SqlCaseLog, changes):
    with log.begin() as records:
        records.intake.add([an_intake(1), replace(an_intake(1), **changes)], [], taken_at=AT)
    with log.read() as records:
        assert records.intake.count() == 2


def test_the_same_content_under_another_uid_is_a_conflict(log: SqlCaseLog):
    first = a_message()
    with log.begin() as records:
        records.intake.add([an_intake(1)], [first], taken_at=AT)
    with refused(log, ConflictError) as records:
        records.intake.add([an_intake(2)], [a_message()], taken_at=AT)
    with log.read() as records:
        assert records.intake.count() == 1
        assert records.intake.find_content(["a" * 64, "0" * 64]) == {"a" * 64: first.id}


def test_of_many_pollers_with_the_same_mail_one_takes_it_in(log: SqlCaseLog):
    def poll(_: int) -> bool:
        try:
            with log.begin() as records:
                records.intake.add([an_intake(1)], [a_message()], taken_at=AT)
        except ConflictError:
            return False
        return True

    assert together(6, poll).count(True) == 1
    with log.read() as records:
        assert records.intake.count() == 1


def test_the_highest_uid_is_of_the_mailbox_as_it_is_now(log: SqlCaseLog):
    with log.begin() as records:
        records.intake.add([an_intake(5), an_intake(9), an_intake(99, uidvalidity=6)], [], taken_at=AT)
    with log.read() as records:
        assert records.intake.highest_uid("desk@corp.example/INBOX", 7) == 9
        assert records.intake.highest_uid("desk@corp.example/INBOX", 1) == 0
        assert records.intake.known_uids("desk@corp.example/INBOX", 7, low=6) == {9}


def test_a_mail_without_bytes_leaves_a_line_with_its_reason(log: SqlCaseLog):
    line = an_intake(3, raw_sha256=None, disposition="quarantine", reason="TOO_LARGE")
    with log.begin() as records:
        records.intake.add([line], [], taken_at=AT)
    with log.read() as records:
        assert records.intake.rows("desk@corp.example/INBOX", 7) == [line]


def test_an_answer_finds_the_case_of_its_thread(log: SqlCaseLog):
    message, case = a_message(), a_case(status=CaseStatus.IN_REVIEW)
    with log.begin() as records:
        records.intake.add([], [message], taken_at=AT)
        records.cases.add([case])
        records.intake.link([(message.id, case.id)])
    with log.read() as records:
        parents = records.intake.find_thread(["<m-1@customer.example>", "<other@customer.example>"])
        (parent,) = parents["<m-1@customer.example>"]
        assert (parent.case_no, parent.status) == (case.case_no, CaseStatus.IN_REVIEW)
        assert records.intake.find_named([case.case_no, "CSR-2025-999999"]) == {case.case_no: parent}
        assert list(parents) == ["<m-1@customer.example>"]
        assert records.intake.header_ids_of(case.id) == ["<m-1@customer.example>"]


def test_a_message_is_not_linked_to_a_case_that_does_not_exist(log: SqlCaseLog):
    with refused(log, ConflictError) as records:
        records.intake.add([], [message := a_message()], taken_at=AT)
        records.intake.link([(message.id, "nobody")])


def test_a_portal_row_is_seen_once_and_again_where_it_changed(log: SqlCaseLog):
    case = a_case()
    with log.begin() as records:
        records.cases.add([case])
        records.intake.add_portal_row("p", "D-1", "1" * 64, case_id=case.id, content={"amount": "1.00"}, at=AT)
    with log.read() as records:
        assert records.intake.has_portal_row("p", "D-1", "1" * 64)
        assert not records.intake.has_portal_row("p", "D-1", "2" * 64)
        assert records.intake.portal_case("p", "D-1") == case.id
        assert records.intake.portal_case("q", "D-1") is None
    with refused(log, ConflictError) as records:
        records.intake.add_portal_row("p", "D-1", "1" * 64, case_id=None, content={}, at=AT)
