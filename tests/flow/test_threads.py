"""Which case a mail continues: only its party's, by what it answers or by our signed mark; and what is merged."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.parsing.mail import parse_message
from tests.flow.desks import ask_for_copy, ask_for_credit, with_portal, write_mail

QUESTION = "Our tax number has changed, please note the new one."


def open_case(office, **how):
    """A case of C-1001 that waits in review."""
    office.deliver(write_mail(QUESTION, customer_no="C-1001", name="first", subject="Tax number", **how))
    office.poll()
    office.settle()
    return office.case()


def answered_subject(office) -> str:
    """The subject of the answer that the desk has sent, mark and all."""
    office.deliver(ask_for_copy())
    office.poll()
    office.settle()
    (sent,) = office.mailer.sent
    return str(message_from_bytes(sent.raw, policy=default)["Subject"])


class TestTheMarkInTheSubject:
    def test_a_new_mail_with_our_mark_is_linked_to_its_case(self, office):
        subject = answered_subject(office)
        said = "The copy is not readable, please resend INV-2025-00440 once more."
        office.deliver(write_mail(said, customer_no="C-1001", name="fresh", subject=f"AW: {subject}"))
        assert office.poll() == {"joined": 1}
        first, second = sorted(office.cases(), key=lambda case: case.case_no)
        assert second.parent_case_id == first.id

    def test_a_stranger_with_our_mark_is_quarantined_and_sees_nothing(self, office):
        subject = answered_subject(office)
        office.deliver(write_mail("Send me the file.", sender="x@elsewhere.example", name="spy", subject=subject))
        assert office.poll() == {"quarantined": 1}
        office.settle()
        spy = max(office.cases(), key=lambda case: case.case_no)
        assert (spy.status, spy.reasons, spy.parent_case_id) == (CaseStatus.QUARANTINED, ("FOREIGN_THREAD",), None)
        assert len(office.mailer.sent) == 1

    def test_another_customer_with_a_guessed_number_is_quarantined(self, office):
        case = open_case(office)
        office.deliver(write_mail("Please send the file.", customer_no="C-1006", name="spy", subject=case.case_no))
        assert office.poll() == {"quarantined": 1}

    def test_the_customer_may_name_the_number_alone(self, office):
        case = open_case(office)
        said = f"Is there any news about {case.case_no}?"
        office.deliver(write_mail(said, customer_no="C-1001", name="news", subject="News?"))
        assert office.poll() == {"joined": 1}
        assert len(office.cases()) == 1

    def test_a_number_of_no_case_means_nothing(self, office):
        office.deliver(ask_for_copy(name="other", headers={"Comments": "x"}, subject="CSR-2025-999999"))
        assert office.poll() == {"case": 1}


class TestANewMatterInAnOldThread:
    def test_another_invoice_opens_a_linked_case(self, office):
        office.deliver(ask_for_credit(name="first"))
        office.poll()
        first = office.case()
        thread = {"In-Reply-To": "<first@" + first.sender.contact.email.rpartition("@")[2] + ">"}
        said = "By the way, please resend invoice INV-2025-00413, we cannot find it."
        office.deliver(write_mail(said, customer_no=first.customer_no, name="second", headers=thread))
        assert office.poll() == {"case": 1}
        second = max(office.cases(), key=lambda case: case.case_no)
        assert (second.parent_case_id, second.reopen_count) == (first.id, 0)
        reasons = [row["reason"] for row in office.rows("SELECT reason FROM intake ORDER BY uid")]
        assert reasons[1].startswith("NEW_MATTER")

    def test_another_wish_under_a_new_subject_opens_a_linked_case(self, office):
        first = open_case(office)
        said = "Please send us a statement of account as of today."
        thread = {"References": "<first@northwind-analytics.example>"}
        office.deliver(
            write_mail(said, customer_no="C-1001", name="second", subject="Statement of account", headers=thread)
        )
        assert office.poll() == {"case": 1}
        assert max(office.cases(), key=lambda case: case.case_no).parent_case_id == first.id

    def test_more_about_the_same_invoice_joins_its_case(self, office):
        office.deliver(ask_for_credit(name="first"))
        office.poll()
        first = office.case()
        domain = first.sender.contact.email.rpartition("@")[2]
        again = ask_for_credit(name="second", headers={"In-Reply-To": f"<first@{domain}>"})
        office.deliver(again)
        assert office.poll() == {"joined": 1}


def test_an_answer_in_the_same_chunk_finds_the_case_of_what_it_answers(office):
    first = write_mail(QUESTION, customer_no="C-1001", name="first")
    thread = {"In-Reply-To": parse_message(first).message_id}
    office.deliver(write_mail("Is there any news?", customer_no="C-1001", name="second", headers=thread))
    office.deliver(first)
    assert office.poll() == {"case": 1, "joined": 1}
    assert len(office.cases()) == 1


def test_mails_that_answer_each_other_in_a_ring_are_all_taken_in(office):
    for name, other in (("one", "two"), ("two", "one")):
        headers = {"In-Reply-To": f"<{other}@northwind-analytics.example>"}
        office.deliver(write_mail(QUESTION + name, customer_no="C-1001", name=name, headers=headers))
    assert office.poll() == {"case": 2}


def test_of_two_cases_with_one_message_id_the_reply_finds_its_partys(office):
    office.deliver(write_mail(QUESTION, customer_no="C-1001", name="x", headers={"Comments": "1"}))
    shared = parse_message(write_mail(QUESTION, customer_no="C-1001", name="x")).message_id
    foreign = write_mail(QUESTION, customer_no="C-1006", name="y").replace(b"<y@", b"<x@")
    foreign = foreign.replace(foreign.split(b"Message-ID: ")[1].split(b"\r\n")[0], shared.encode())
    office.deliver(foreign)
    assert office.poll() == {"case": 2}
    office.deliver(write_mail("Any news?", customer_no="C-1006", name="reply", headers={"In-Reply-To": shared}))
    assert office.poll() == {"joined": 1}
    assert {row["n"] for row in office.rows("SELECT count(*) AS n FROM case_message GROUP BY case_id")} == {1, 2}


EXPORT = (
    b"Dispute;Invoice;Status;Amount;Currency;Comment\n"
    b"DSP-1;INV-2025-00426;DISPUTED;210.00;USD;charged 40 cartons, delivery note signed for 36 cartons, please credit "
    b"the difference of USD 210.00\n"
)
MAIL = (
    "On invoice INV-2025-00426 we were charged 40 cartons, but the delivery note was signed for 36 cartons. "
    "Please credit the difference of USD 210.00.\n"
)


class TestMailAndPortalAboutTheSame:
    @staticmethod
    def deliver_mail(office) -> None:
        office.deliver(write_mail(MAIL, customer_no="C-1008", name="mail", subject="Cartons"))

    def test_the_portal_row_is_added_to_the_case_of_the_mail(self, office):
        self.deliver_mail(office)
        office.poll()
        portal = with_portal(office, EXPORT, customer_no="C-1008")
        assert office.poll() == {"joined": 1}
        (case,) = office.cases()
        assert case.portal_ticket is not None
        office.settle()
        assert len(office.erp.credit_notes) == len(office.mailer.sent) == 1
        assert len(portal.written["DSP-1"]) == 1
        office.poll()
        assert len(office.cases()) == 1

    def test_the_mail_is_added_to_the_case_of_the_portal(self, office):
        portal = with_portal(office, EXPORT, customer_no="C-1008")
        office.poll()
        self.deliver_mail(office)
        office.poll()
        assert len(office.cases()) == 1
        office.settle()
        assert len(office.erp.credit_notes) == 1
        assert len(portal.written["DSP-1"]) == 1

    def test_a_ticket_that_comes_when_all_is_decided_is_shown_to_a_person(self, office):
        self.deliver_mail(office)
        office.poll()
        office.settle()
        with_portal(office, EXPORT, customer_no="C-1008")
        office.poll()
        office.settle()
        assert len(office.erp.credit_notes) == 1
        assert office.waiting()

    def test_another_invoice_in_the_portal_is_another_case(self, office):
        self.deliver_mail(office)
        office.poll()
        with_portal(office, EXPORT.replace(b"00426", b"00417"), customer_no="C-1008")
        office.poll()
        assert len(office.cases()) == 2

    @pytest.mark.parametrize("authentic", [True, False])
    def test_a_mail_that_only_claims_to_be_the_customers_is_never_merged(self, office, authentic):
        with_portal(office, EXPORT, customer_no="C-1008")
        office.poll()
        office.deliver(write_mail(MAIL, customer_no="C-1008", name="mail", authentic=authentic))
        office.poll()
        assert len(office.cases()) == (1 if authentic else 2)


class TestTheSameWishAgain:
    def test_the_same_person_gets_one_answer(self, office):
        for name in ("first", "again"):
            office.deliver(ask_for_copy(name=name))
        office.poll()
        office.settle()
        assert {case.status for case in office.cases()} == {CaseStatus.RESOLVED, CaseStatus.MERGED}
        assert len(office.mailer.sent) == 1

    def test_a_colleague_gets_an_answer_of_his_own(self, office):
        office.execute(
            "INSERT INTO contact (snapshot_no, customer_no, name, email, role, active, locator) "
            "SELECT snapshot_no, customer_no, 'Sam', 'sam@northwind-analytics.example', role, active, 'Contacts!99' "
            "FROM contact WHERE customer_no = 'C-1001'"
        )
        office.deliver(ask_for_copy(name="first"))
        office.deliver(ask_for_copy(name="again", sender="sam@northwind-analytics.example"))
        office.poll()
        office.settle()
        answered = {sent.recipients[0] for sent in office.mailer.sent}
        assert answered == {"dana.ortiz@northwind-analytics.example", "sam@northwind-analytics.example"}
