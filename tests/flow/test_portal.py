"""A customer's portal: each dispute once, credited and answered there once, whatever fails on the way."""

from __future__ import annotations

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.ports import RefusedError, UnavailableError, UncertainError
from tests.flow.desks import with_portal

HEAD = "Dispute;Invoice;Status;Amount;Currency;Comment\n"
DISPUTE = (
    "DSP-1;INV-2025-00426;{status};210.00;USD;charged 40 cartons, delivery note signed for 36 cartons, please credit "
    "the difference of USD 210.00\n"
)
OPEN = (HEAD + DISPUTE.format(status="DISPUTED")).encode()
WITHDRAWN = (HEAD + DISPUTE.format(status="WITHDRAWN")).encode()


@pytest.mark.parametrize(
    ("call", "failure", "happens"),
    [
        (None, None, False),
        ("prepare", UnavailableError("away"), False),
        ("comments", UnavailableError("away"), False),
        ("submit", UncertainError("no answer"), True),
        ("submit", UncertainError("no answer"), False),
    ],
)
def test_a_dispute_ends_with_one_credit_and_one_comment(office, call, failure, happens):
    portal = with_portal(office, OPEN, customer_no="C-1008")
    assert office.poll() == {"case": 1}
    if call is not None:
        portal.fail_next(call, failure, happens=happens)
    office.settle()
    assert (office.case().status, office.waiting()) == (CaseStatus.RESOLVED, [])
    assert len(office.erp.credit_notes) == 1
    (comment,) = portal.written["DSP-1"]
    assert office.erp.credit_notes[0].number in comment
    assert office.mailer.sent == []


def test_the_same_export_again_changes_nothing(office):
    with_portal(office, OPEN, customer_no="C-1008")
    office.poll()
    assert office.poll() == {"duplicate": 1}
    assert len(office.cases()) == 1


def test_a_dispute_that_is_done_already_opens_no_case(office):
    with_portal(office, WITHDRAWN, customer_no="C-1008")
    assert office.poll() == {"ignored": 1}
    assert office.cases() == []


def test_a_dispute_that_changes_while_its_case_is_open_is_told_to_a_person(office):
    portal = with_portal(office, OPEN, customer_no="C-1008")
    office.poll()
    portal.export = WITHDRAWN
    assert office.poll() == {"joined": 1}
    assert [item.reasons for item in office.waiting()] == [
        ("CUSTOMER_REPLIED", "the dispute is WITHDRAWN in the portal now")
    ]


def test_a_dispute_that_its_customer_closes_after_our_answer_needs_nobody(office):
    portal = with_portal(office, OPEN, customer_no="C-1008")
    office.poll()
    office.settle()
    portal.export = WITHDRAWN
    assert office.poll() == {"joined": 1}
    assert office.waiting() == []


@pytest.mark.parametrize("failure", [UnavailableError("away"), RefusedError("the layout has changed")])
def test_a_portal_that_fails_does_not_keep_the_mailbox_from_being_read(office, failure):
    portal = with_portal(office, OPEN, customer_no="C-1008")
    portal.fail_next("download_export", failure)
    assert office.poll() == {}
    with office.log.read() as records:
        assert [(run.status, run.error) for run in records.house.runs(limit=1)] == [("failed", f"portal: {failure}")]
    assert office.poll() == {"case": 1}


def test_an_export_without_a_column_is_refused_by_name(office):
    with_portal(office, OPEN.replace(b"Amount", b"Sum"), customer_no="C-1008")
    office.poll()
    with office.log.read() as records:
        (run,) = records.house.runs(limit=1)
    assert "the column 'Amount' is missing" in run.error
    assert office.cases() == []


def test_a_row_without_a_ticket_is_named_and_the_others_are_taken_in(office):
    nameless = DISPUTE.format(status="DISPUTED").replace("DSP-1", "", 1)
    portal = with_portal(office, OPEN + nameless.encode(), customer_no="C-1008")
    assert office.poll() == {"case": 1, "refused": 1}
    (event,) = office.events("portal.rows_refused")
    assert [(row["row"], row["reason"]) for row in event.data["refused"]] == [(3, "NO_TICKET")]
    office.poll()
    assert len(office.events("portal.rows_refused")) == 1
    portal.export = OPEN
    assert office.poll() == {"duplicate": 1}


def test_an_export_cut_off_in_the_middle_of_a_row_waits_for_the_whole_one(office):
    second = DISPUTE.format(status="DISPUTED").replace("DSP-1", "DSP-2")
    whole = OPEN + second.encode()
    portal = with_portal(office, whole[: 20 - len(second)], customer_no="C-1008")
    assert office.poll() == {"case": 1, "refused": 1}
    portal.export = whole
    office.poll()
    assert {case.portal_ticket for case in office.cases()} == {"portal:DSP-1", "portal:DSP-2"}


@pytest.mark.parametrize(
    "encoding_and_delimiter", [("utf-8-sig", ","), ("cp1252", ";"), ("utf-16", "\t"), ("utf-8", "|")]
)
def test_an_export_is_read_in_whatever_dialect_it_is_written(office, encoding_and_delimiter):
    encoding, delimiter = encoding_and_delimiter
    comment = "charged 40 cartons, delivery note signed for 36 cartons, please credit USD 210.00"
    rows = [HEAD.strip().split(";"), ["DSP-1", "INV-2025-00426", "DISPUTED", "210.00", "USD", f'"{comment}"']]
    export = "\r\n".join(delimiter.join(row) for row in rows) + "\r\n"
    with_portal(office, export.encode(encoding), customer_no="C-1008")
    assert office.poll() == {"case": 1}
    assert {reference.raw for reference in office.case().request.invoice_refs} == {"INV-2025-00426"}
