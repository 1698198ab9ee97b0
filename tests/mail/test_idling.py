"""Waiting for a server's word: news come through, silence and faults end in a new connection."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from csr_bot import bot
from csr_bot.adapters.imap import ImapMailbox, idling
from csr_bot.adapters.imap.idling import watch
from tests.mail.folders import folder_on_dovecot, mail
from tests.mail.scripted import CLOSE, STALL, scripted_imap
from tests.services.process import wait_until

DONE = b"{tag} OK done\r\n"


@pytest.fixture(autouse=True)
def short_looks(monkeypatch):
    monkeypatch.setattr(idling, "LOOK", timedelta(seconds=0.1))


IDLES = {"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n" + DONE}


@dataclass
class Listener:
    """What a watch told."""

    news: int = 0
    refuses: int = 0
    troubles: list[str] = field(default_factory=list)

    def on_news(self) -> bool:
        self.news += 1
        self.refuses -= 1
        return self.refuses < 0


@contextmanager
def watching(
    mailbox: ImapMailbox, *, refuses: int = 0, **how: timedelta
) -> Iterator[tuple[Listener, threading.Thread]]:
    """Watch in a thread, and stop it at the end."""
    listener, stop = Listener(refuses=refuses), threading.Event()
    given = {"pause": timedelta(milliseconds=20), **how}
    arguments = {"stop": stop, "on_trouble": listener.troubles.append, **given}
    thread = threading.Thread(target=watch, args=(mailbox, listener.on_news), kwargs=arguments, daemon=True)
    thread.start()
    try:
        yield listener, thread
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def open_mailbox(word: bot.Mailbox, *, seconds: float = 5) -> ImapMailbox:
    return ImapMailbox(word, login="open sesame", timeout=timedelta(seconds=seconds))


@pytest.mark.service
def test_a_new_mail_is_news_at_once(dovecot_server):
    with folder_on_dovecot(dovecot_server) as folder, watching(folder.mailbox) as (listener, _):
        numbers = itertools.count()

        def comes_through() -> bool:
            # What is delivered before the server has begun to tell is no news.
            folder.deliver(mail(next(numbers)))
            return listener.news > 0

        wait_until(comes_through, what="the news came", within=10)
        assert listener.troubles == []


def idle_says(*answers: bytes) -> Callable[[bytes], bytes]:
    """The answers to one IDLE after the other, the last one again and again."""
    left = list(answers)
    return lambda _: b"+ idling\r\n" + (left.pop(0) if len(left) > 1 else left[0])


@pytest.mark.parametrize(
    ("said", "news"),
    [
        (b"* 1 FETCH (FLAGS (\\Seen))\r\n* OK still here\r\n* 2 EXPUNGE\r\n", 0),
        (b"* OK still here\r\n* 4 EXISTS\r\n* 1 RECENT\r\n", 1),
    ],
)
def test_only_what_tells_of_mail_is_news(said, news):
    ends: list[bytes] = []

    def end(line: bytes) -> bytes:
        ends.append(line)
        return DONE

    with (
        scripted_imap(**IDLES, IDLE=idle_says(said, b""), CONTINUE=end) as word,
        watching(open_mailbox(word), renewal=timedelta(seconds=0.3)) as (listener, _),
    ):
        wait_until(lambda: len(ends) >= 3, what="two waits are over")
    assert listener.news == news


def test_news_are_told_again_until_they_are_taken():
    with (
        scripted_imap(**IDLES, IDLE=idle_says(b"* 4 EXISTS\r\n", b""), CONTINUE=DONE) as word,
        watching(open_mailbox(word), refuses=2, renewal=timedelta(seconds=0.3)) as (listener, _),
    ):
        wait_until(lambda: listener.news >= 3, what="asked until taken", within=15)


def test_a_wait_is_renewed_before_the_server_ends_it():
    ends: list[bytes] = []

    def end(line: bytes) -> bytes:
        ends.append(line)
        return DONE

    with scripted_imap(**IDLES, IDLE=idle_says(b""), CONTINUE=end) as word:
        with watching(open_mailbox(word), renewal=timedelta(milliseconds=50)) as (listener, _):
            wait_until(lambda: len(ends) >= 3, what="renewed")
        assert set(ends) == {b"DONE\r\n"}
        assert listener.troubles == []


@pytest.mark.parametrize(
    "answers",
    [
        {"IDLE": CLOSE},
        {"IDLE": b"+ idling\r\n" + CLOSE},
        {"IDLE": b"* 5 FETCH (FLAGS (\\Seen))\r\n+ idling\r\n"},
        {"IDLE": b"* BYE idle for too long\r\n" + CLOSE},
        {"IDLE": b"{tag} BAD not now\r\n"},
        {"IDLE": b"+ idling\r\n", "CONTINUE": STALL},
        {"IDLE": b"+ idling\r\n", "CONTINUE": CLOSE},
        {"IDLE": STALL},
        {"SELECT": b"{tag} NO no such folder\r\n"},
        {"LOGIN": b"{tag} NO wrong\r\n"},
    ],
)
def test_whatever_the_server_does_the_watch_connects_again(answers):
    with (
        scripted_imap(**{**IDLES, **answers}) as word,
        watching(open_mailbox(word, seconds=0.3), renewal=timedelta(milliseconds=50)) as (listener, thread),
    ):
        wait_until(lambda: len(listener.troubles) >= 2, what="connected again", within=15)
        assert thread.is_alive()
    assert listener.news == 0


def test_a_server_without_idle_is_left_to_the_polls():
    with scripted_imap() as word, watching(open_mailbox(word)) as (listener, thread):
        thread.join(10)
        assert not thread.is_alive()
    assert listener.troubles == ["the server has no IDLE: the mailbox is polled only"]
