"""What is known of the mailboxes themselves, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.records import ArrivalRecord, MailboxRecord, WithheldRecord
from tests.log.rows import AT, an_intake

KEY = "desk@corp.example/INBOX"
LATER = AT + timedelta(minutes=2)


def test_a_mailbox_that_nobody_polled_has_no_history(log: SqlCaseLog):
    with log.read() as records:
        assert records.mailboxes.get(KEY) == MailboxRecord(KEY)


def test_how_a_mailbox_stands_is_kept_and_replaced(log: SqlCaseLog):
    first = MailboxRecord(KEY, uidvalidity=2**32 - 1, uidnext=2**32 - 1, polled_at=AT, reconciled_at=AT)
    second = replace(first, failures=3, failing_since=AT, next_try_at=LATER, stalled_at=LATER, last_error="away")
    for record in (first, second):
        with log.begin() as records:
            records.mailboxes.put(record)
        with log.read() as records:
            assert records.mailboxes.get(KEY) == record


def test_what_polls_found_is_kept_until_it_is_covered_and_after(log: SqlCaseLog):
    with log.begin() as records:
        records.mailboxes.add_arrival(KEY, 7, [5, 1, 2, 3, 9, 10], run_id=None, at=AT)
        records.mailboxes.add_arrival(KEY, 7, [11], run_id=None, at=LATER)
        records.mailboxes.add_arrival(KEY, 8, [1], run_id=None, at=LATER)
        records.mailboxes.add_arrival("other/INBOX", 7, [1], run_id=None, at=AT)
        records.mailboxes.settle_arrivals(KEY, until=AT)
    with log.read() as records:
        late = ArrivalRecord(frozenset({11}), LATER, settled=False)
        early = ArrivalRecord(frozenset({1, 2, 3, 5, 9, 10}), AT, settled=True)
        assert records.mailboxes.arrivals(KEY, 7) == [early, late]
        assert records.mailboxes.arrivals(KEY, 7, open_only=True) == [late]
        assert records.mailboxes.arrivals("other/INBOX", 7)[0].settled is False
        assert records.mailboxes.generations(KEY) == [7, 8]


def test_what_was_not_handed_out_is_counted_and_forgotten_when_it_comes(log: SqlCaseLog):
    first = WithheldRecord(5, 1, AT, AT, None, "NOT_HANDED_OUT")
    again = replace(first, attempts=2, last_at=LATER, reason="BROKEN_OFF")
    gone = WithheldRecord(6, 0, AT, AT, LATER, "GONE")
    with log.begin() as records:
        records.mailboxes.put_withheld(KEY, 7, [first, gone])
        records.mailboxes.put_withheld(KEY, 7, [again])
        records.mailboxes.put_withheld(KEY, 7, [])
    with log.begin() as records:
        assert records.mailboxes.withheld(KEY, 7) == [again, gone]
        records.intake.add([an_intake(5, message_id=None)], [], taken_at=LATER)
        records.mailboxes.forget_withheld(KEY, 7)
    with log.read() as records:
        assert records.mailboxes.withheld(KEY, 7) == [gone]
        assert records.mailboxes.withheld(KEY, 8) == []
