"""Taking in mail: every mail exactly once, whatever the mailbox, the mails or the machine do."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from threading import Barrier

import pytest

from csr_bot.adapters.memory import MemoryMailbox
from csr_bot.adapters.reader import reading
from csr_bot.core.case import CaseStatus
from csr_bot.core.parsing.mail import parse_message
from csr_bot.flow.desk import Source
from csr_bot.flow.mailboxes import TRIES
from csr_bot.flow.running import run_bot
from csr_bot.ports import RefusedError, UnavailableError
from tests.flow.desks import LEASE, SERVER, ask_for_copy, ask_for_credit, write_mail


def dispositions(office) -> Counter[str]:
    return Counter(row["disposition"] for row in office.rows("SELECT disposition FROM intake"))


def deliver_copies(office, count: int, *, start: int = 0) -> None:
    for number in range(start, start + count):
        office.deliver(ask_for_copy(number))


class TestRoundTrips:
    def test_a_hundred_and_twenty_mails_cost_three_fetches_three_commits_and_three_marks(self, office):
        deliver_copies(office, 120)
        before = office.log.commits
        office.poll()
        begin_and_end_of_the_run, what_was_found_and_the_end_of_the_visit = 2, 2
        assert office.log.commits - before - begin_and_end_of_the_run - what_was_found_and_the_end_of_the_visit == 3
        assert [len(uids) for uids in office.mailbox.fetches] == [50, 50, 20]
        assert [len(uids) for uids in office.mailbox.marks] == [50, 50, 20]
        assert len(office.cases()) == 120

    def test_a_mailbox_without_news_is_left_alone(self, office):
        deliver_copies(office, 3)
        office.poll()
        assert office.poll() == {}
        assert len(office.mailbox.fetches) == len(office.mailbox.marks) == 1
        assert len(office.cases()) == 3

    def test_a_desk_in_shadow_mode_leaves_no_mark_on_the_server(self, new_office):
        office = new_office(mode="shadow")
        deliver_copies(office, 2)
        assert office.poll() == {"case": 2}
        assert office.mailbox.marks == []


class TestTheSameMailAgain:
    def test_a_mail_delivered_twice_is_one_case(self, office):
        office.deliver(ask_for_copy())
        office.deliver(ask_for_copy())
        assert office.poll() == {"case": 1, "duplicate": 1}
        assert len(office.cases()) == 1

    def test_a_mail_in_two_mailboxes_is_one_case(self, office):
        other = MemoryMailbox("invoices@sharedservices.example/INBOX")
        other.deliver(ask_for_copy(), received_at=office.clock.now())
        office.deliver(ask_for_copy())
        sources = [*office.desk.sources, Source(other, frozenset({SERVER}))]
        shop = office.workshop(desk=replace(office.desk, sources=sources))
        assert office.poll(shop) == {"case": 1, "duplicate": 1}
        assert len(office.cases()) == 1

    def test_the_same_words_under_another_message_id_are_credited_once(self, office):
        office.deliver(ask_for_credit(name="first"))
        office.deliver(ask_for_credit(name="again"))
        assert office.poll() == {"case": 2}
        office.settle()
        resolved, merged = sorted(office.cases(), key=lambda case: case.status.value, reverse=True)
        assert (resolved.status, merged.status) == (CaseStatus.RESOLVED, CaseStatus.MERGED)
        assert merged.merged_into == resolved.id
        assert len(office.erp.credit_notes) == len(office.mailer.sent) == 1

    def test_one_message_id_on_two_different_mails_makes_two_cases(self, office):
        office.deliver(ask_for_copy(1, name="one"))
        office.deliver(ask_for_copy(2, name="one"))
        assert office.poll() == {"case": 2}

    def test_new_numbers_for_old_mails_open_no_case(self, office):
        deliver_copies(office, 3)
        office.poll()
        office.mailbox.renumber(uidvalidity=2)
        office.deliver(ask_for_copy(9))
        assert office.poll() == {"duplicate": 3, "case": 1}
        assert len(office.cases()) == 4
        with office.log.read() as records:
            (run, _) = (run for run in records.house.runs(limit=9) if run.kind == "poll")
        assert (run.status, run.error) == (
            "ok",
            f"{office.mailbox.key}: UIDVALIDITY changed from 1 to 2: every mail is compared by its content",
        )
        assert len(office.events("mailbox.renumbered")) == 1

    def test_a_mail_that_becomes_visible_late_is_not_missed(self, office):
        office.deliver(ask_for_copy(2), uid=56)
        office.poll()
        office.deliver(ask_for_copy(1), uid=55)
        assert office.poll() == {"case": 1}
        assert office.poll() == {}

    def test_a_kill_between_commit_and_mark_takes_nothing_in_twice(self, office):
        class KilledError(BaseException):
            pass

        class DyingMailbox(MemoryMailbox):
            def begin(self, call):
                if call == "mark":
                    raise KilledError

        dying = DyingMailbox(office.mailbox.key)
        dying.mails, dying.uidnext = office.mailbox.mails, 61
        deliver_copies(office, 60)
        shop = office.workshop(desk=replace(office.desk, sources=[Source(dying, frozenset({SERVER}))]))
        with pytest.raises(KilledError):
            office.poll(shop)
        office.poll()
        assert dispositions(office) == {"case": 60}
        assert len(office.cases()) == 60

    def test_four_pollers_of_one_mailbox_take_in_every_mail_exactly_once(self, shared_office):
        office = shared_office
        deliver_copies(office, 60)
        start = Barrier(4)

        def poll(number: int) -> None:
            start.wait()
            office.poll(office.workshop(f"worker-{number}"))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(poll, range(4)))
        assert dispositions(office) == {"case": 60}
        assert len(office.cases()) == 60
        assert len(office.rows("SELECT id FROM task WHERE kind = 'work'")) == 60


class TestBadMail:
    def test_a_mail_that_breaks_the_understanding_is_quarantined_and_the_other_forty_nine_go_on(
        self, office, monkeypatch
    ):
        read = reading.read_requests

        def read_or_break(message, **how):
            if message.subject == "Copy 7":
                raise RecursionError("too deep")
            return read(message, **how)

        monkeypatch.setattr(reading, "read_requests", read_or_break)
        deliver_copies(office, 50)
        assert office.poll() == {"case": 49, "quarantined": 1}
        self.check_the_bad_one(office, reason="UNREADABLE: RecursionError: too deep")

    def test_a_mail_that_the_database_refuses_is_quarantined_and_the_other_forty_nine_go_on(self, office):
        office.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON message WHEN NEW.subject = 'Copy 7' "
            "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )
        deliver_copies(office, 50)
        assert office.poll() == {"case": 49, "quarantined": 1}
        self.check_the_bad_one(office, reason="NOT_RECORDED: ConflictError: not this one")
        assert office.poll() == {}

    @staticmethod
    def check_the_bad_one(office, *, reason: str) -> None:
        (row,) = office.rows("SELECT uid, reason, raw_sha256 FROM intake WHERE disposition = 'quarantined'")
        assert (row["uid"], row["reason"]) == (8, reason)
        (bad,) = [case for case in office.cases() if case.status is CaseStatus.QUARANTINED]
        assert bad.reasons == (reason.partition(":")[0],)
        assert [(item.case_id, item.reasons) for item in office.waiting()] == [(bad.id, (reason,))]
        with office.log.read() as records:
            blob = records.house.blob(row["raw_sha256"])
        assert blob is not None
        assert blob.content == ask_for_copy(7)

    def test_mails_that_are_too_large_are_each_shown_to_a_person(self, office):
        office.mailbox.largest = 2000
        for number in range(3):
            office.deliver(ask_for_copy(number) + b"x" * 2000)
        office.deliver(ask_for_copy(9))
        assert office.poll() == {"quarantined": 3, "case": 1}
        self.check_shown(office, code="TOO_LARGE", count=3)

    def test_mails_that_the_server_does_not_hand_over_are_each_shown_to_a_person_after_some_polls(self, office):
        for number in range(3):
            office.mailbox.withhold(office.deliver(ask_for_copy(number)))
        office.deliver(ask_for_copy(9))
        assert office.poll() == {"case": 1}
        assert [office.poll() for _ in range(TRIES)] == [*[{}] * (TRIES - 1), {"quarantined": 3}]
        self.check_shown(office, code="NOT_HANDED_OUT", count=3)

    @staticmethod
    def check_shown(office, *, code: str, count: int) -> None:
        reasons = [row["reason"] for row in office.rows("SELECT reason FROM intake WHERE reason IS NOT NULL")]
        assert [reason.partition(":")[0] for reason in reasons] == [code] * count
        assert office.reasons() == set(reasons)
        assert office.poll() == {}

    def test_a_mail_that_goes_away_between_search_and_fetch_is_no_mail(self, office):
        deliver_copies(office, 2)

        class EmptiedMailbox(MemoryMailbox):
            def begin(self, call):
                if call == "fetch":
                    self.mails.pop(1, None)

        emptied = EmptiedMailbox(office.mailbox.key)
        emptied.mails, emptied.uidnext = dict(office.mailbox.mails), 3
        shop = office.workshop(desk=replace(office.desk, sources=[Source(emptied, frozenset({SERVER}))]))
        assert office.poll(shop) == {"case": 1}
        assert dispositions(office) == {"case": 1}

    @pytest.mark.parametrize("call", ["open", "uids", "fetch", "mark"])
    def test_what_was_taken_in_before_a_mailbox_failed_is_counted_and_the_rest_comes_with_the_next_poll(
        self, office, call
    ):
        deliver_copies(office, 60)
        office.mailbox.fail_next(call, UnavailableError("the line is dead"))
        first = dict(office.poll())
        second = dict(office.poll())
        assert first.get("case", 0) + second.get("case", 0) == 60
        with office.log.read() as records:
            statuses = [run.status for run in records.house.runs(limit=9) if run.kind == "poll"]
        assert statuses == ["ok", "partial" if first else "failed"]
        assert dispositions(office) == {"case": 60}

    def test_one_mailbox_that_refuses_does_not_keep_the_other_from_being_read(self, office):
        other = MemoryMailbox("invoices@sharedservices.example/INBOX")
        other.fail_next("open", RefusedError("wrong password"))
        office.deliver(ask_for_copy())
        sources = [Source(other, frozenset({SERVER})), *office.desk.sources]
        assert office.poll(office.workshop(desk=replace(office.desk, sources=sources))) == {"case": 1}


def test_a_run_names_each_mail_that_it_took_in_and_what_became_of_it(office):
    office.deliver(ask_for_copy())
    office.deliver(ask_for_copy())
    run = run_bot(office.workshop(), office.desk.bot.name, "poll")
    with office.desk.log.read() as records:
        items = records.intake.rows_of_run(run.id)
    assert [(item.uid, item.disposition) for item in items] == [(1, "case"), (2, "duplicate")]


class TestThreads:
    """A case about an invoice copy of C-1001 that waits in review, and what comes in its thread."""

    @staticmethod
    def open_thread(office, *, work: bool = False) -> dict[str, str]:
        raw = ask_for_copy() if work else write_mail("Our tax number has changed.", customer_no="C-1001", name="copy-1")
        office.deliver(raw)
        office.poll()
        if work:
            office.settle()
        header = parse_message(raw).message_id
        return {"In-Reply-To": header, "References": f"<older@nowhere.example> {header}"}

    def test_a_reply_of_the_same_customer_joins_the_case(self, office):
        thread = self.open_thread(office)
        office.deliver(write_mail("Is there any news?", customer_no="C-1001", name="reply", headers=thread))
        assert office.poll() == {"joined": 1}
        case = office.case()
        assert office.rows("SELECT count(*) AS n FROM case_message WHERE case_id = :id", id=case.id)[0]["n"] == 2
        assert "CUSTOMER_REPLIED" in office.reasons()

    def test_a_reply_that_only_claims_to_be_the_customers_joins_nothing(self, office):
        thread = self.open_thread(office)
        said = "Is there any news about invoice INV-2025-00440?"
        office.deliver(write_mail(said, customer_no="C-1001", name="forged", headers=thread, authentic=False))
        assert office.poll() == {"case": 1}
        known, forged = sorted(office.cases(), key=lambda case: case.case_no)
        assert forged.parent_case_id is None
        assert len(office.rows("SELECT message_id FROM case_message WHERE case_id = :id", id=known.id)) == 1

    def test_a_reply_of_another_customer_is_quarantined_and_joins_nothing(self, office):
        thread = self.open_thread(office)
        office.deliver(write_mail("Is there any news?", customer_no="C-1006", name="reply", headers=thread))
        assert office.poll() == {"quarantined": 1}
        known, foreign = sorted(office.cases(), key=lambda case: case.case_no)
        assert (foreign.status, foreign.reasons) == (CaseStatus.QUARANTINED, ("FOREIGN_THREAD",))
        assert foreign.parent_case_id is None
        assert len(office.rows("SELECT message_id FROM case_message WHERE case_id = :id", id=known.id)) == 1

    def test_a_reply_of_a_stranger_is_quarantined(self, office):
        thread = self.open_thread(office)
        office.deliver(write_mail("Is there any news?", sender="x@elsewhere.example", name="reply", headers=thread))
        assert office.poll() == {"quarantined": 1}

    @pytest.mark.parametrize("customer_no", ["C-1001", "C-1006"])
    def test_an_automatic_reply_in_a_thread_opens_nothing_that_anybody_works_on(self, office, customer_no):
        thread = self.open_thread(office, work=True)
        away = {**thread, "Auto-Submitted": "auto-replied"}
        before = len(office.mailer.sent)
        office.deliver(
            write_mail("I am out of the office until 8 December.", customer_no=customer_no, name="away", headers=away)
        )
        assert office.poll() == {"ignored": 1}
        office.settle()
        assert len(office.mailer.sent) == before == 1
        assert {case.status for case in office.cases()} <= {CaseStatus.RESOLVED, CaseStatus.CLOSED}

    def test_thanks_in_a_thread_open_no_case(self, office):
        thread = self.open_thread(office, work=True)
        office.deliver(
            write_mail("Great, thanks a lot for the quick help!", customer_no="C-1001", name="thanks", headers=thread)
        )
        assert office.poll() == {"ignored": 1}
        assert office.case().status is CaseStatus.RESOLVED
        assert office.waiting() == []

    def test_an_answer_to_our_answer_finds_the_case_and_opens_a_linked_one_because_that_is_resolved(self, office):
        self.open_thread(office, work=True)
        ours = parse_message(office.mailer.sent[0].raw).message_id
        office.deliver(ask_for_copy(2, headers={"In-Reply-To": ours}))
        assert office.poll() == {"joined": 1}
        first, second = sorted(office.cases(), key=lambda case: case.case_no)
        assert (second.parent_case_id, second.reopen_count) == (first.id, 1)

    def test_our_own_answer_coming_back_to_us_is_a_duplicate(self, office):
        self.open_thread(office, work=True)
        office.deliver(office.mailer.sent[0].raw)
        assert office.poll() == {"duplicate": 1}

    def test_our_own_answer_coming_back_before_it_is_proved_keeps_the_case_from_nothing(self, office):
        office.deliver(ask_for_copy())
        office.poll()
        send = office.mailer.send

        def send_and_loop(raw, **envelope):
            answer = send(raw, **envelope)
            office.deliver(raw)
            office.poll(office.workshop("worker-2"))
            return answer

        office.mailer.send = send_and_loop
        office.settle()
        office.clock.advance(LEASE)
        answered = next(case for case in office.cases() if case.title == "Copy 1")
        assert answered.status is CaseStatus.RESOLVED
        assert len(office.mailer.sent) == 1

    def test_a_stranger_who_answers_himself_is_no_intruder(self, office):
        raw = write_mail("Please call me.", sender="x@elsewhere.example", name="first")
        office.deliver(raw)
        office.poll()
        thread = {"In-Reply-To": parse_message(raw).message_id}
        office.deliver(write_mail("Please do.", sender="x@elsewhere.example", name="second", headers=thread))
        assert office.poll() == {"case": 1}


def test_a_file_that_is_not_what_it_says_it_is_keeps_the_case_from_being_answered_alone(office):
    mail = message_from_bytes(ask_for_copy(), policy=SMTP)
    mail.add_attachment(b"MZ\x90\x00" + b"\x00" * 400, maintype="application", subtype="pdf", filename="order.pdf")
    office.deliver(mail.as_bytes())
    assert office.poll() == {"case": 1}
    office.settle()
    assert "UNSAFE_ATTACHMENT" in office.reasons()
    assert office.mailer.sent == []
