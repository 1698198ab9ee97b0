"""Servers that break in the middle: whatever was going on, the next polls take in every mail exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from csr_bot.adapters.imap import FIRST_PIECE, ImapMailbox
from csr_bot.adapters.imap import session as reading
from csr_bot.flow.mailboxes import TRIES
from csr_bot.ports import UnavailableError
from tests.flow.visits import Visitor, visiting
from tests.mail.scripted import CLOSE, STALL, Answer, row, scripted_imap

DONE = b"{tag} OK done\r\n"
HERE = (5, 6, 7)
SEARCH = b"* SEARCH 7 5 6\r\n" + DONE


def wanted(line: bytes) -> list[int]:
    return [int(uid) for uid in line.split()[3].split(b",")]


def give(line: bytes) -> bytes:
    """A server that is well."""
    return b"".join(row(uid, b"mail %d" % uid) for uid in wanted(line)) + DONE


def withhold_six(line: bytes) -> bytes:
    return b"".join(row(uid, b"mail %d" % uid) for uid in wanted(line) if uid != 6) + DONE


def refuse_six(line: bytes) -> bytes:
    return b"{tag} NO cannot read message\r\n" if 6 in wanted(line) else give(line)


def break_on_six(line: bytes) -> bytes:
    if 6 not in wanted(line):
        return give(line)
    return b"".join(row(uid, b"x" * 99) for uid in wanted(line) if uid < 6) + row(6, b"x" * 99)[:90] + CLOSE


def name_without_bytes(line: bytes) -> bytes:
    nothing = b'* 2 FETCH (UID 6 RFC822.SIZE 9 INTERNALDATE "05-Jan-2026 09:00:00 +0100" BODY[]<0> NIL)\r\n'
    return nothing + withhold_six(line)


def give_another(line: bytes) -> bytes:
    return row(99, b"another mail") + withhold_six(line)


FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "the line drops within a mail": lambda line: give(line)[:150] + CLOSE,
    "the server stalls within a mail": lambda line: give(line)[:150],
    "it hangs up": lambda line: CLOSE,
    "it never answers": lambda line: STALL,
    "it says OK and nothing": lambda line: DONE,
    "it answers for another mail": give_another,
    "it says OK without one of them": withhold_six,
    "it says no because of one of them": refuse_six,
    "it names one without its bytes": name_without_bytes,
    "it says no to everything": lambda line: b"{tag} NO cannot read\r\n",
    "it says that it has no time": lambda line: b"{tag} NO [UNAVAILABLE] later\r\n",
    "it talks nonsense": lambda line: b"* 1 FETCH (UID x RFC822.SIZE\r\n" + DONE,
    "it breaks on one mail": break_on_six,
}


@contextmanager
def visiting_server(folder: Path, template: Path, **answers: Answer) -> Iterator[Visitor]:
    with scripted_imap(SEARCH=SEARCH, STORE=DONE, **answers) as word:
        mailbox = ImapMailbox(word, login="open sesame", timeout=timedelta(seconds=0.5))
        with visiting(folder, template, mailbox=mailbox) as visitor:
            yield visitor


def poll(visitor: Visitor, *, times: int = 1) -> dict[str, list[int]]:
    """Poll, whether or not that is broken off; what became of the mails since the beginning."""
    for _ in range(times):
        with suppress(UnavailableError):
            visitor.poll()
        visitor.clock.advance(timedelta(minutes=2))
    statement = visitor.statement(live=False)
    assert statement.missing == {}
    return {name: [line.uid for line in statement.named(name)] for name in statement.dispositions}


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_every_mail_is_taken_in_once(tmp_path, template, fault):
    answers = iter([FAULTS[fault]])

    def fail_once(line: bytes) -> bytes:
        return next(answers, give)(line)

    with visiting_server(tmp_path, template, FETCH=fail_once) as visitor:
        assert poll(visitor, times=3) == {"case": list(HERE)}


@pytest.mark.parametrize("lasting", [withhold_six, refuse_six, break_on_six, name_without_bytes])
def test_a_mail_that_is_never_to_be_had_is_shown_to_a_person_and_the_others_are_taken_in(tmp_path, template, lasting):
    with visiting_server(tmp_path, template, FETCH=lasting) as visitor:
        assert poll(visitor, times=TRIES) == {"case": [5, 7], "pending": [6]}
        visitor.clock.advance(timedelta(hours=1))
        assert poll(visitor) == {"case": [5, 7], "quarantined": [6]}


def test_the_last_mail_that_a_search_always_names_is_not_taken_in_again(tmp_path, template):
    with visiting_server(tmp_path, template, FETCH=give) as visitor:
        assert poll(visitor, times=3) == {"case": list(HERE)}
        assert visitor.poll() == []


def test_a_mail_that_is_larger_than_it_says_is_shown_to_a_person(tmp_path, template, monkeypatch):
    monkeypatch.setattr(reading, "NEXT_PIECE", 1024)
    monkeypatch.setattr(reading, "LARGEST_MAIL", FIRST_PIECE + 8 * 1024)

    def never_end(line: bytes) -> bytes:
        start = int(line.partition(b"<")[2].partition(b".")[0])
        if start == 0:
            return (
                b"".join(row(uid, b"x" * FIRST_PIECE if uid == 6 else b"small", size=9) for uid in wanted(line)) + DONE
            )
        return row(6, b"x" * 1024, size=9, start=start) + DONE

    with visiting_server(tmp_path, template, FETCH=never_end) as visitor:
        assert poll(visitor) == {"case": [5, 7], "quarantined": [6]}
        (shown,) = visitor.statement(live=False).named("quarantined")
    assert shown.reason is not None
    assert shown.reason.startswith("TOO_LARGE: ")
