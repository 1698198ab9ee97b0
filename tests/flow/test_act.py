"""Carrying out a credit: whatever fails, wherever, the ERP holds one credit note, or none and a person knows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from csr_bot.core.case import CaseStatus
from csr_bot.core.effects import EffectState, PlannedEffect, business_reference, idempotency_key
from csr_bot.core.evidence import DocumentStatus
from csr_bot.core.money import parse_money
from csr_bot.demo import books_planted as planted
from csr_bot.flow.act import act
from csr_bot.flow.queues import BROWSER_QUEUE
from csr_bot.flow.review import approve
from csr_bot.flow.running import work_off
from csr_bot.flow.work import work_case
from csr_bot.ports import RefusedError, UnavailableError, UncertainError
from csr_bot.records import Person
from tests.flow.desks import QUIET, ask_for_big_credit, ask_for_credit, find_problems

AWAY = UnavailableError("the ERP is away")
NO = RefusedError("the posting period is closed")
LOST = UncertainError("no answer after the click")
INVOICE = planted.PRICE_DELTA_200.invoice_no


@pytest.fixture
def decided(office):
    """A desk whose bot has decided a credit of 200 alone; nothing of it is carried out yet."""
    return decide_credit(office)


def decide_credit(office):
    office.deliver(ask_for_credit())
    office.poll()
    (task,) = office.rows("SELECT id FROM task WHERE kind = 'work'")
    only_once = iter([False, True])
    work_off(office.workshop(), BROWSER_QUEUE, first=task["id"], until=lambda: next(only_once))
    assert office.case().status is CaseStatus.EXECUTING
    return office


def credit_of(office):
    return office.effects()[0]


def states_of(office) -> list[str]:
    """The states that the credit went through after it was authorised, as its events tell."""
    effect = credit_of(office)
    told = [item.action.removeprefix("effect.") for item in office.events("effect.") if item.entity_id == effect.id]
    assert told[0] == "authorised"
    return told[1:]


def assert_ended_well(office, *, submits: int) -> None:
    assert find_problems(office) == []
    assert len(office.erp.submits) == submits


def assert_handed_over(office, reason: str, *, notes: int) -> None:
    """A person was asked for this reason, and nothing more happens by itself."""
    assert len(office.erp.credit_notes) == notes
    assert credit_of(office).state is EffectState.NEEDS_PERSON
    assert office.case().status is CaseStatus.EXECUTION_FAILED
    assert reason in office.reasons()
    assert office.case().reasons[0] == reason
    submits = len(office.erp.submits)
    office.clock.advance(timedelta(days=1))
    office.settle()
    assert len(office.erp.submits) == submits
    assert office.mailer.sent == []


class TestFailures:
    def test_without_failures_everything_is_done_at_once(self, decided):
        decided.settle(within=timedelta(0))
        assert_ended_well(decided, submits=1)
        assert states_of(decided) == ["submitting", "verified"]

    @pytest.mark.parametrize("call", ["find_by_reference", "read_invoice", "prepare"])
    def test_what_is_away_before_the_click_is_tried_again(self, decided, call):
        decided.erp.fail_next(call, AWAY)
        decided.settle()
        assert_ended_well(decided, submits=1)
        assert states_of(decided) == ["submitting", "verified"]

    @pytest.mark.parametrize("call", ["find_by_reference", "read_invoice", "prepare"])
    def test_what_is_refused_before_the_click_goes_to_a_person_with_the_sentence(self, decided, call):
        decided.erp.fail_next(call, NO)
        decided.settle()
        assert_handed_over(decided, "EFFECT_REFUSED", notes=0)
        assert ("EFFECT_REFUSED", str(NO)) in [item.reasons for item in decided.waiting()]

    def test_an_erp_that_stays_away_is_tried_at_one_five_and_fifteen_minutes_and_then_a_person_is_asked(self, decided):
        start, tried = decided.clock.now(), []
        for _ in range(9):
            decided.erp.fail_next("find_by_reference", AWAY)
        look = decided.erp.find_by_reference

        def note_and_look(reference):
            tried.append((decided.clock.now() - start) // timedelta(minutes=1))
            return look(reference)

        decided.erp.find_by_reference = note_and_look
        decided.settle()
        assert tried == [0, 1, 6, 21]
        assert decided.reasons() == {"GIVEN_UP"}
        assert decided.case().status is CaseStatus.EXECUTION_FAILED
        assert decided.rows("SELECT state, last_error FROM task WHERE kind = 'act'") == [
            {"state": "dead", "last_error": str(AWAY)}
        ]
        assert decided.erp.credit_notes == []

    @pytest.mark.parametrize("happened", [True, False])
    def test_a_click_without_an_answer_is_looked_up_before_anything_is_done(self, decided, happened):
        decided.erp.fail_next("submit", LOST, happens=happened)
        decided.settle()
        assert_ended_well(decided, submits=1 if happened else 2)
        again = [] if happened else ["authorised", "submitting"]
        assert states_of(decided) == ["submitting", "in_doubt", *again, "verified"]

    @pytest.mark.parametrize("lag", [timedelta(seconds=1), QUIET, QUIET * 2 - timedelta(seconds=1)])
    @pytest.mark.parametrize("answered", [True, False])
    def test_what_shows_late_is_waited_for(self, decided, lag, answered):
        decided.erp.lag = lag
        if not answered:
            decided.erp.fail_next("submit", LOST, happens=True)
        decided.settle()
        assert_ended_well(decided, submits=1)
        assert "authorised" not in states_of(decided)

    def test_absence_is_believed_only_after_two_looks_a_quiet_while_apart(self, decided):
        start, looks = decided.clock.now(), []
        decided.erp.fail_next("submit", LOST, happens=False)
        look = decided.erp.find_by_reference

        def note_and_look(reference):
            looks.append((decided.clock.now() - start, len(decided.erp.submits)))
            return look(reference)

        decided.erp.find_by_reference = note_and_look
        decided.settle()
        between_the_clicks = [at for at, submits in looks if submits == 1]
        assert between_the_clicks == [QUIET, QUIET * 2, QUIET * 2]
        assert len(decided.erp.submits) == 2

    def test_three_clicks_of_which_nothing_is_ever_seen_are_enough(self, decided):
        for _ in range(5):
            decided.erp.fail_next("submit", LOST, happens=False)
        decided.settle()
        assert len(decided.erp.submits) == 3
        assert_handed_over(decided, "NOT_POSTED", notes=0)

    @pytest.mark.parametrize("happened", [True, False])
    @pytest.mark.parametrize("failure", [AWAY, NO])
    def test_a_click_whose_lookup_keeps_failing_is_handed_over_after_a_quarter_of_an_hour(
        self, decided, failure, happened
    ):
        decided.erp.fail_next("submit", LOST, happens=happened)
        clicked = decided.clock.now()
        look = decided.erp.find_by_reference
        decided.erp.find_by_reference = lambda reference: (
            decided.erp.fail_next("find_by_reference", failure) if decided.erp.submits else None,
            look(reference),
        )[1]
        decided.settle()
        assert timedelta(minutes=15) < decided.clock.now() - clicked < timedelta(minutes=18)
        assert len(decided.erp.submits) == 1
        assert_handed_over(decided, "IN_DOUBT", notes=int(happened))

    def test_two_of_ours_in_the_erp_are_for_a_person(self, decided):
        decided.erp.book_next_twice()
        decided.settle()
        assert_handed_over(decided, "POSTED_MORE_THAN_ONCE", notes=2)

    @pytest.mark.parametrize(
        "changes",
        [
            {"amount": parse_money("2000.00", "USD")},
            {"tax": parse_money("1.00", "USD")},
            {"customer_no": "C-1001"},
            {"invoice_no": "INV-2025-00440"},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_a_booking_that_differs_from_the_order_is_for_a_person(self, decided, changes):
        decided.erp.book_next_as(**changes)
        decided.settle()
        assert_handed_over(decided, "READ_BACK_DIFFERS", notes=1)

    @pytest.mark.parametrize("error", [AWAY, NO, TypeError("a defect")], ids=lambda error: type(error).__name__)
    @pytest.mark.parametrize("happened", [True, False])
    def test_what_is_raised_behind_the_click_says_nothing_about_what_happened(self, decided, error, happened):
        post = decided.erp.post_credit_note

        def break_the_contract(order, *, before_submit):
            decided.erp.post_credit_note = post
            if happened:
                post(order, before_submit=before_submit)
            else:
                before_submit()
            raise error

        decided.erp.post_credit_note = break_the_contract
        decided.settle()
        assert find_problems(decided) == []

    def test_what_an_earlier_attempt_has_left_is_taken_for_what_it_is(self, decided):
        """The log was restored from yesterday's backup: the ERP knows more than we do."""
        decided.settle()
        effect = credit_of(decided)
        decided.execute("UPDATE effect SET state = 'authorised', verified_at = NULL WHERE id = :id", id=effect.id)
        decided.execute("UPDATE request_case SET status = 'executing'")
        assert act(decided.desk, effect.id) is None
        assert credit_of(decided).state is EffectState.VERIFIED
        assert len(decided.erp.submits) == 1


class TestTheLastMoment:
    """Between the decision and the click the world goes on."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"open_amount": parse_money("100.00", "USD")},
            {"due_date": planted.SALES[0].due_on},
            {"status": DocumentStatus.PAID},
            {"customer_no": "C-1001"},
            {"gross": parse_money("5601.00", "USD")},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_an_invoice_that_has_changed_is_not_credited(self, decided, changes):
        decided.erp.change_invoice(INVOICE, **changes)
        decided.settle()
        assert decided.erp.submits == []
        assert_handed_over(decided, "STALE_SNAPSHOT", notes=0)

    def test_an_invoice_that_changes_while_the_form_is_filled_is_not_credited(self, decided):
        read = decided.erp.read_invoice

        def read_and_pay(number):
            shown = read(number)
            decided.erp.change_invoice(number, open_amount=parse_money("0.00", "USD"))
            return shown

        decided.erp.read_invoice = read_and_pay
        decided.settle()
        assert decided.erp.submits == []
        assert_handed_over(decided, "EFFECT_REFUSED", notes=0)

    @pytest.mark.parametrize("scope", ["*", "billing", "BILLING_DISPUTE"])
    def test_the_kill_switch_holds_the_click_back_until_it_is_off(self, decided, scope):
        decided.stop_everything(scope)
        decided.settle(within=timedelta(minutes=30))
        assert (decided.erp.submits, credit_of(decided).state) == ([], EffectState.AUTHORISED)
        decided.resume_everything(scope)
        decided.settle()
        assert_ended_well(decided, submits=1)

    def test_the_kill_switch_works_right_before_the_click(self, decided):
        self.meddle_before_the_click(decided, decided.stop_everything)
        decided.settle(within=timedelta(minutes=30))
        assert (decided.erp.submits, credit_of(decided).state) == ([], EffectState.AUTHORISED)

    def test_a_desk_put_into_shadow_mode_clicks_no_more(self, decided):
        shadow = replace(decided.desk, bot=replace(decided.desk.bot, mode="shadow"))
        decided.settle(shop=decided.workshop(desk=shadow), within=timedelta(minutes=30))
        assert (decided.erp.submits, credit_of(decided).state) == ([], EffectState.AUTHORISED)

    TAMPERING = (
        "UPDATE decision SET payload = replace(payload, '200.00', '900.00')",
        "UPDATE approval SET payload_sha256 = replace(payload_sha256, substr(payload_sha256, 1, 4), 'beef')",
        "UPDATE effect SET params = replace(params, '200.00', '900.00') WHERE seq = 1",
        "UPDATE effect SET params = replace(params, 'PRICE', 'OTHER') WHERE seq = 1",
        "UPDATE effect SET target = 'INV-2025-00440' WHERE seq = 1",
        "UPDATE effect SET idempotency_key = 'c0ffee' WHERE seq = 1",
        "UPDATE effect SET reference = 'csr:another' WHERE seq = 1",
        "DELETE FROM approval",
        "UPDATE approval SET verdict = 'reject'",
        "UPDATE approval SET approver = 'luis'",
        "UPDATE decision SET state = 'rejected'",
        "UPDATE request_case SET status = 'in_review'",
    )

    @pytest.mark.parametrize("statement", TAMPERING)
    def test_what_was_changed_behind_the_approval_is_not_carried_out(self, decided, statement):
        decided.execute(statement)
        decided.settle()
        assert (decided.erp.submits, decided.erp.credit_notes, decided.mailer.sent) == ([], [], [])
        assert credit_of(decided).state is EffectState.NEEDS_PERSON
        assert decided.reasons() == {"AUTHORITY_CHANGED"}

    @pytest.mark.parametrize("statement", TAMPERING)
    def test_what_is_changed_right_before_the_click_is_not_carried_out(self, decided, statement):
        self.meddle_before_the_click(decided, lambda: decided.execute(statement))
        decided.settle()
        assert (decided.erp.submits, decided.erp.credit_notes, decided.mailer.sent) == ([], [], [])
        assert decided.reasons() == {"AUTHORITY_CHANGED"}

    @pytest.mark.parametrize("with_its_key", [False, True])
    def test_an_answer_whose_address_was_changed_is_not_sent(self, decided, with_its_key):
        answer = decided.effects()[1]
        address = "mallory@elsewhere.example"
        forged = PlannedEffect(answer.seq, answer.type, address, answer.params)
        key = idempotency_key(case_no=decided.case().case_no, decision_version=1, effect=forged)
        decided.execute("UPDATE effect SET target = :address WHERE seq = 2", address=address)
        if with_its_key:
            decided.execute(
                "UPDATE effect SET idempotency_key = :key, reference = :reference WHERE seq = 2",
                key=key,
                reference=business_reference(key),
            )
        decided.settle()
        assert decided.mailer.sent == []
        assert decided.reasons() == {"AUTHORITY_CHANGED"}

    @pytest.mark.parametrize(
        "change", [{"active": False}, {"roles": frozenset({"ar_analyst"})}], ids=["left", "lost the role"]
    )
    def test_an_approval_counts_only_while_its_person_holds_the_role(self, office, change):
        office.deliver(ask_for_big_credit())
        office.poll()
        office.settle()
        for login in ("maya", "chen"):
            assert not hasattr(approve(office.desk, office.case().case_no, login=login), "rule")
        with office.log.begin() as records:
            person: Person | None = records.house.person("maya")
            assert person is not None
            records.house.put_person(replace(person, **change))
        office.settle()
        assert office.erp.submits == []
        assert office.reasons() == {"AUTHORITY_CHANGED"}

    @staticmethod
    def meddle_before_the_click(office, meddle) -> None:
        post = office.erp.post_credit_note

        def meddle_and_post(order, *, before_submit):
            meddle()
            post(order, before_submit=before_submit)

        office.erp.post_credit_note = meddle_and_post


class TestSeveralWorkers:
    def test_four_workers_on_one_effect_click_once(self, shared_office):
        decided = decide_credit(shared_office)
        effect = credit_of(decided)
        start = Barrier(4)

        def work(_: int):
            start.wait()
            return act(decided.desk, effect.id)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))
        assert len(decided.erp.submits) == 1
        decided.settle()
        assert_ended_well(decided, submits=1)

    def test_a_worker_that_finds_the_effect_held_comes_back_later(self, decided):
        effect = credit_of(decided)
        with decided.log.lock.hold(effect.id) as held:
            assert held
            later = act(decided.desk, effect.id)
            assert later is not None
            assert later.due_at > decided.clock.now()
        assert decided.erp.submits == []

    def test_a_worker_that_slept_over_its_lock_does_not_click(self, decided):
        """Its lock is gone (another host, another database session): what it read before is not what is there now."""
        effect = credit_of(decided)
        post = decided.erp.post_credit_note

        def sleep_and_post(order, *, before_submit):
            decided.erp.post_credit_note = post
            decided.execute("UPDATE effect SET fence = fence + 1 WHERE id = :id", id=effect.id)
            post(order, before_submit=before_submit)

        decided.erp.post_credit_note = sleep_and_post
        later = act(decided.desk, effect.id)
        assert later is not None
        assert decided.erp.submits == []

    def test_two_mails_about_one_error_that_are_worked_on_at_once_make_one_credit(self, shared_office):
        office = shared_office
        office.deliver(ask_for_credit(name="first"))
        office.deliver(ask_for_credit(name="again"))
        office.poll()
        both_have_read = Barrier(2)
        read = office.erp.read_invoice

        def read_together(number):
            shown = read(number)
            both_have_read.wait(10)
            return shown

        office.erp.read_invoice = read_together
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda case: work_case(office.desk, case.id), office.cases()))
        office.erp.read_invoice = read
        assert sorted(case.status.value for case in office.cases()) == ["executing", "merged"]
        office.settle()
        assert len(office.erp.credit_notes) == 1
