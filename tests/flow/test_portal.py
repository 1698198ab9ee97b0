"""A customer's portal: each dispute once, credited and answered there once, whatever fails on the way."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.matching import MatchDecision
from csr_bot.core.request import AmountRole, Category, DisputeReason
from csr_bot.demo.books import make_books
from csr_bot.demo.letters import make_disputes
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


def export_of_the_demo():
    rows = [
        (row.external_id, row.invoice_no_as_written, row.status, row.amount_text, row.currency, row.comment)
        for row in make_disputes(make_books())
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([HEAD.strip().split(";"), *rows])
    return text.getvalue().encode("cp1252")


def test_disputes_are_matched_by_what_their_columns_say(office):
    with_portal(office, export_of_the_demo(), customer_no="C-1002")
    assert office.poll() == {"case": 4, "ignored": 1}
    cases = {case.portal_ticket: case for case in office.cases()}
    told = {
        ticket: (
            case.category,
            case.reason,
            [(match.decision, match.best and match.best.invoice_no) for match in case.matches],
        )
        for ticket, case in cases.items()
    }
    dispute, sure, none = Category.BILLING_DISPUTE, MatchDecision.AUTO, MatchDecision.NONE
    assert told == {
        "portal:DSP-7781": (dispute, DisputeReason.CANCELLED_SERVICE, [(sure, "INV-2025-00431")]),
        "portal:DSP-7785": (Category.PO_REFERENCE_UPDATE, None, [(sure, "INV-2025-00431")]),
        "portal:DSP-7790": (dispute, DisputeReason.OTHER, [(none, "INV-2025-00440")]),
        "portal:DSP-7793": (dispute, DisputeReason.OTHER, [(none, None)]),
    }
    claim = cases["portal:DSP-7781"].request.amount(AmountRole.CLAIMED_DELTA)
    assert claim is not None
    assert (claim.value, claim.currency) == (Decimal("9850.00"), "USD")
    office.settle()
    assert {case.status for case in office.cases()} == {CaseStatus.IN_REVIEW}
    assert office.erp.credit_notes == []


def test_a_dispute_is_kept_as_the_customer_wrote_it_with_its_columns_below(office):
    with_portal(office, export_of_the_demo(), customer_no="C-1002")
    office.poll()
    (case,) = [case for case in office.cases() if case.portal_ticket == "portal:DSP-7781"]
    with office.log.read() as records:
        (message,) = records.overview.messages_of(case.id)
    assert message.subject == "Dispute DSP-7781: invoice INV2025-00431"
    assert message.text_new.startswith("Onboarding not ordered / waived, line 2\n")
    (reference,), (claim,) = case.request.invoice_refs, case.request.amounts
    assert message.text_new[slice(*reference.span)] == "INV2025-00431"
    assert message.text_new[slice(*claim.span)] == "9.850,00"


def test_a_ticket_that_looks_like_an_invoice_is_not_taken_for_one(office):
    ticket = "INV-2025-00440"
    export = OPEN.decode().replace("DSP-1", ticket).replace("charged", f"{ticket}: charged")
    with_portal(office, export.encode(), customer_no="C-1008")
    office.poll()
    assert [reference.raw for reference in office.case().request.invoice_refs] == ["INV-2025-00426"]
    office.settle()
    assert office.case().status is CaseStatus.RESOLVED


def test_a_dispute_without_an_invoice_is_for_a_person(office):
    with_portal(office, OPEN.replace(b"INV-2025-00426", b""), customer_no="C-1008")
    assert office.poll() == {"case": 1}
    office.settle()
    assert office.case().status is CaseStatus.IN_REVIEW
    assert office.erp.credit_notes == []


@pytest.mark.parametrize(
    ("other_amount", "value"), [("9,500", None), ("9,50", Decimal(1250)), ("9.50", Decimal("1.250"))]
)
def test_an_amount_is_read_the_way_its_column_writes_amounts(office, other_amount, value):
    rows = f"DSP-1;INV-1;DISPUTED;1.250;KWD;wrong price\nDSP-2;INV-2;CLOSED - paid;{other_amount};KWD;\n"
    with_portal(office, (HEAD + rows).encode(), customer_no="C-1008")
    assert office.poll() == {"case": 1, "ignored": 1}
    (claim,) = office.case().request.amounts
    assert claim.value == value
    assert set(claim.candidates) == (set() if value else {Decimal(1250), Decimal("1.250")})
