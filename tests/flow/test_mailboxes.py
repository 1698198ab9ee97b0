"""A visit to a mailbox: nothing that its server does loses a mail, takes one twice, or holds up the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from csr_bot.adapters.memory import MemorySession
from csr_bot.flow.mailboxes import OVERLAP, PATIENCE, TRIES, WHOLE_AFTER, visit_mailbox
from csr_bot.flow.stalling import LONGEST_WAIT, attend
from csr_bot.flow.statement import draw_up
from csr_bot.ports import PortError, RefusedError, UnavailableError
from tests.flow.visits import Visitor, visiting

DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path, template: Path) -> Iterator[Visitor]:
    with visiting(tmp_path, template) as visitor:
        yield visitor


class TestWhatIsNew:
    def test_a_mail_that_becomes_visible_after_a_later_one_is_found_by_the_next_poll(self, desk):
        desk.deliver(uid=56)
        assert desk.poll() == [56]
        desk.deliver(uid=55)
        assert desk.poll() == [55]
        assert desk.poll() == []

    def test_a_mail_far_below_the_newest_is_found_by_the_comparison_of_the_whole_within_a_day(self, desk):
        desk.deliver(uid=10 * OVERLAP)
        assert desk.poll() == [10 * OVERLAP]
        desk.deliver(uid=5)
        assert desk.poll() == []
        assert desk.statement().missing.keys() == {5}
        desk.clock.advance(WHOLE_AFTER)
        assert desk.poll() == [5]
        assert desk.statement().missing == {}

    def test_the_whole_is_compared_once_a_day_only(self, desk):
        lows: list[int] = []
        search = MemorySession.uids

        def note(self, *, low):
            lows.append(low)
            return search(self, low=low)

        desk.deliver(uid=10 * OVERLAP)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(MemorySession, "uids", note)
            for _ in range(3):
                desk.poll()
            desk.clock.advance(DAY)
            desk.poll()
            desk.poll()
        assert lows == [1, 9 * OVERLAP, 9 * OVERLAP, 1, 9 * OVERLAP]

    def test_what_is_taken_out_of_the_folder_stays_accounted_for(self, desk):
        desk.deliver(3)
        desk.poll()
        desk.mailbox.remove(2)
        desk.clock.advance(DAY)
        assert desk.poll() == []
        statement = desk.statement()
        assert (statement.received, statement.dispositions, statement.left) == (3, {"case": 3}, 1)

    def test_what_a_poll_found_and_another_could_fetch_only_is_not_forgotten_below_newer_mail(self, desk):
        desk.deliver()
        desk.poll()
        desk.deliver(uid=2)
        desk.mailbox.withhold(2)
        desk.deliver(uid=10 * OVERLAP)
        assert desk.poll() == [10 * OVERLAP]
        desk.mailbox.release(2)
        assert desk.poll() == [2]


class TestWhatTheServerDoesNotHandOut:
    def test_a_mail_that_is_named_and_not_handed_out_is_asked_for_again_then_shown_to_a_person(self, desk):
        desk.deliver(3)
        desk.mailbox.withhold(2)
        assert desk.poll() == [1, 3]
        for _ in range(TRIES - 1):
            assert desk.statement().dispositions == {"case": 2, "pending": 1}
            assert desk.poll() == []
        desk.deliver()
        assert desk.poll() == [2, 4]
        (shown,) = desk.statement().named("quarantined")
        assert shown.uid == 2
        assert shown.reason is not None
        assert shown.reason.startswith("NOT_HANDED_OUT: ")
        assert "3 times since 2025-11-24 13:12 UTC" in shown.reason
        assert desk.poll() == []
        assert desk.statement().missing == {}

    def test_a_mail_that_is_handed_out_at_last_is_a_mail_like_any_other(self, desk):
        desk.deliver(2)
        desk.mailbox.withhold(1)
        assert desk.poll() == [2]
        desk.mailbox.release(1)
        assert desk.poll() == [1]
        with desk.log.read() as records:
            assert records.mailboxes.withheld(desk.key, 1) == []
        assert desk.statement().dispositions == {"case": 2}

    def test_one_mail_on_which_the_line_breaks_keeps_none_of_sixty_back_for_long(self, desk):
        desk.deliver(60)
        desk.mailbox.deadly = {7}
        with pytest.raises(UnavailableError):
            desk.poll()
        taken = set()
        for _ in range(TRIES):
            with pytest.raises(UnavailableError):
                desk.poll()
            taken = {row["uid"] for row in self.rows(desk)}
            if len(taken) == 59:
                break
        assert taken == set(range(1, 61)) - {7}
        desk.clock.advance(PATIENCE)
        for _ in range(TRIES):
            desk.deliver()
            try:
                desk.poll()
            except UnavailableError:
                continue
        statement = desk.statement()
        assert statement.missing == {}
        assert [(line.uid, (line.reason or "")[:10]) for line in statement.named("quarantined")] == [(7, "BROKEN_OFF")]
        assert statement.dispositions == {"case": 62, "quarantined": 1}

    def test_a_line_that_breaks_for_less_than_an_hour_blames_no_mail(self, desk):
        desk.deliver(3)
        for _ in range(TRIES + 2):
            desk.mailbox.fail_next("fetch", UnavailableError("away"))
            with pytest.raises(UnavailableError):
                desk.poll()
        assert sorted(desk.poll()) == [1, 2, 3]
        assert desk.statement().dispositions == {"case": 3}

    @staticmethod
    def rows(desk):
        with desk.log.engine.connect() as connection:
            return list(connection.execute(text("SELECT uid FROM intake")).mappings())


class TestMovedMails:
    def test_a_mail_moved_between_search_and_fetch_is_named_as_gone_and_taken_in_when_it_comes_back(self, desk):
        desk.deliver(2)
        desk.mailbox.before_fetch = lambda: desk.mailbox.mails.pop(1, None)
        assert desk.poll() == [2]
        assert desk.poll() == []
        (gone,) = desk.statement().named("gone")
        assert (gone.uid, (gone.reason or "")[:5]) == (1, "GONE:")
        assert desk.statement().missing == {}
        desk.deliver()
        assert desk.poll() == [3]
        assert desk.statement().dispositions == {"case": 2, "gone": 1}

    def test_a_mail_that_comes_back_under_its_old_number_is_taken_in(self, desk):
        desk.deliver(2)
        desk.mailbox.before_fetch = lambda: desk.mailbox.mails.pop(1, None)
        desk.poll()
        desk.poll()
        desk.mailbox.before_fetch = lambda: None
        desk.deliver(uid=1)
        assert desk.poll() == [1]
        assert desk.statement().dispositions == {"case": 2}

    def test_what_was_found_by_a_poll_that_broke_off_and_is_moved_before_the_next_is_gone(self, desk):
        desk.deliver(2)
        desk.mailbox.fail_next("fetch", UnavailableError("away"))
        with pytest.raises(UnavailableError):
            desk.poll()
        assert desk.statement(live=False).dispositions == {"pending": 2}
        desk.mailbox.remove(1)
        assert desk.poll() == [2]
        assert desk.statement(live=False).dispositions == {"case": 1, "gone": 1}


class TestNewNumbers:
    def test_a_changed_uidvalidity_is_told_once_and_everything_is_compared(self, desk):
        desk.deliver(3)
        desk.poll()
        desk.mailbox.renumber(uidvalidity=2)
        assert desk.poll() == [1, 2, 3]
        assert desk.remarks == ["UIDVALIDITY changed from 1 to 2: every mail is compared by its content"]
        assert desk.events() == ["mailbox.renumbered"]
        desk.poll()
        assert desk.events() == ["mailbox.renumbered"]
        assert desk.statement().received == 3

    def test_what_was_never_handed_out_under_the_old_numbers_is_gone_there(self, desk):
        desk.deliver(2)
        desk.mailbox.withhold(1)
        desk.poll()
        desk.mailbox.renumber(uidvalidity=2)
        desk.mailbox.release(1)
        assert desk.poll() == [1, 2]
        with desk.log.read() as records:
            now, before = draw_up(records, desk.key)
        assert (now.uidvalidity, now.dispositions) == (2, {"case": 2})
        assert (before.uidvalidity, before.dispositions, before.missing) == (1, {"case": 1, "gone": 1}, {})


class TestStalledMailboxes:
    def test_a_mailbox_that_fails_is_told_of_once_and_once_when_it_recovers(self, desk):
        desk.deliver()
        for _ in range(6):
            desk.mailbox.fail_next("open", UnavailableError("the server is away"))
        problems = [desk.attend() for _ in range(30)]
        assert desk.events() == ["mailbox.stalled", "mailbox.recovered"]
        assert problems[-1] is None
        assert problems[0] == f"{desk.key}: the server is away"
        assert "waits until" in next(one for one in problems[2:] if one != problems[0])

    def test_one_failure_is_no_stall_and_costs_no_time(self, desk):
        desk.deliver()
        desk.mailbox.fail_next("open", UnavailableError("away"))
        assert desk.attend() is not None
        assert desk.attend() is None
        assert desk.events() == []

    @pytest.mark.parametrize("error", [UnavailableError("away"), RefusedError("wrong password")])
    def test_it_is_tried_less_and_less_often_but_at_least_every_so_often(self, desk, error: PortError):
        tried = []
        desk.mailbox.before_fetch = lambda: None

        def fail() -> None:
            tried.append(desk.clock.now())
            raise error

        for _ in range(600):
            attend(desk.log, desk.clock, desk.key, fail)
            desk.clock.advance(timedelta(minutes=1))
        waits = [later - earlier for earlier, later in pairwise(tried)]
        assert waits[0] == timedelta(minutes=1)
        assert len(tried) < 30
        assert max(waits) <= LONGEST_WAIT * 1.25 + timedelta(minutes=1)
        assert waits[3] > waits[1]

    def test_many_mailboxes_that_fail_together_do_not_come_back_together(self, desk):
        ends = set()
        for number in range(20):
            for _ in range(6):
                attend(desk.log, desk.clock, f"desk-{number}/INBOX", _away)
            with desk.log.read() as records:
                ends.add(records.mailboxes.get(f"desk-{number}/INBOX").next_try_at)
        assert len(ends) > 10


class TestTheStatement:
    @pytest.mark.parametrize("live", [True, False])
    def test_a_row_that_is_lost_is_named_by_its_uid(self, desk, live):
        desk.deliver(5)
        desk.poll()
        assert (desk.statement(live=live).received, desk.statement(live=live).missing) == (5, {})
        desk.lose_row(4)
        statement = desk.statement(live=live)
        assert (statement.received, len(statement.lines), list(statement.missing)) == (5, 4, [4])

    def test_a_row_that_is_lost_with_its_mail_is_named_too(self, desk):
        desk.deliver(2)
        desk.poll()
        desk.lose_row(2)
        desk.mailbox.remove(2)
        assert list(desk.statement().missing) == [2]

    def test_mails_of_a_mailbox_that_nobody_polls_are_missing(self, desk):
        desk.deliver(2)
        assert desk.statement().missing.keys() == {1, 2}

    def test_mails_since_the_last_poll_are_pending(self, desk):
        desk.deliver(2)
        desk.poll()
        desk.deliver()
        statement = desk.statement()
        assert (statement.dispositions, statement.high) == ({"case": 2, "pending": 1}, 2)

    @pytest.mark.parametrize("live", [True, False])
    def test_a_day_counts_what_was_received_on_it(self, desk, live):
        desk.deliver(2)
        desk.poll()
        first = desk.clock.now().date()
        desk.clock.advance(DAY)
        desk.deliver(3)
        desk.poll()
        desk.lose_row(5)
        assert desk.statement(live=live, day=first).received == 2
        second = desk.statement(live=live, day=first + DAY)
        assert (second.received, list(second.missing)) == (3, [5])

    def test_no_mail_is_counted_twice(self, desk):
        desk.deliver(4)
        desk.mailbox.withhold(2)
        desk.poll()
        desk.deliver()
        uids = Counter(line.uid for line in desk.statement().lines)
        assert uids == Counter([1, 2, 3, 4, 5])


class TestPortions:
    def test_large_mails_come_in_portions_of_few_bytes(self, desk):
        for _ in range(6):
            desk.mailbox.deliver(b"x" * 1200)
        with (
            desk.mailbox.open() as session,
            ThreadPoolExecutor(1) as wire,
            visit_mailbox(desk.log, desk.clock, desk.key, session, run_id=None) as visit,
        ):
            sizes = [[mail.size for mail in mails] for mails in visit.portions(wire, room=2500)]
        assert sizes == [[1200, 1200]] * 3
        assert [len(uids) for uids in desk.mailbox.fetches] == [6, 2, 2]

    def test_a_mail_larger_than_a_portion_comes_alone_and_nothing_is_fetched_beside_it(self, desk):
        for size in (10, 5000, 10, 5000):
            desk.mailbox.deliver(b"x" * size)
        seen = []
        with (
            desk.mailbox.open() as session,
            ThreadPoolExecutor(1) as wire,
            visit_mailbox(desk.log, desk.clock, desk.key, session, run_id=None) as visit,
        ):
            for mails in visit.portions(wire, room=2500):
                wire.submit(lambda: None).result()
                seen.append(([mail.size for mail in mails], len(desk.mailbox.fetches)))
        assert [sizes for sizes, _ in seen] == [[10], [5000], [10], [5000]]
        assert [fetches for sizes, fetches in seen if sizes == [5000]] == [2, 4]

    def test_a_mail_above_the_cap_is_reported_with_its_reason(self, desk):
        desk.mailbox.largest = 1000
        desk.mailbox.deliver(b"x" * 2000)
        desk.poll()
        (line,) = desk.statement().named("quarantined")
        assert line.reason == "TOO_LARGE: the mail has 2000 bytes and was not fetched"


def _away() -> None:
    raise UnavailableError("away")
