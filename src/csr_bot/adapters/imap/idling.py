"""Waits for a server's word that new mail is there (IDLE, RFC 2177). It is a hint: a poll finds out what is true.

The wait is renewed long before a server may end it (29 minutes), and its end has to be confirmed in time, so that a
connection that is dead without a word is noticed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from imapclient import IMAPClient

from csr_bot.adapters.imap.failures import reported
from csr_bot.adapters.imap.mailbox import ImapMailbox
from csr_bot.ports import PortError

RENEWAL: Final = timedelta(minutes=9)
SHORTEST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=15)
LOOK: Final = timedelta(seconds=2)
"""How long a look at the connection waits, and so how long stopping takes."""


def watch(
    mailbox: ImapMailbox,
    on_news: Callable[[], bool],
    *,
    stop: threading.Event,
    renewal: timedelta = RENEWAL,
    pause: timedelta = SHORTEST_PAUSE,
    on_trouble: Callable[[str], None] = lambda _: None,
) -> None:
    """Call ``on_news`` whenever the server announces mail, until ``stop`` is set; again while it answers False.

    After trouble it connects again after a ``pause`` that doubles each time; what came meanwhile the next poll finds.
    Returns at once where the server cannot IDLE.
    """
    wait = pause
    while not stop.is_set():
        try:
            with mailbox.connection() as (client, _):
                with reported(mailbox.key, "asking for IDLE"):
                    if not client.has_capability("IDLE"):
                        on_trouble("the server has no IDLE: the mailbox is polled only")
                        return
                news = False
                while not stop.is_set():
                    until = time.monotonic() + renewal.total_seconds()
                    news = _idle_once(client, mailbox.key, on_news, stop, news=news, until=until)
                    wait = pause
        except PortError as error:
            on_trouble(str(error))
            stop.wait(wait.total_seconds())
            wait = min(wait * 2, LONGEST_PAUSE)


def _idle_once(
    client: IMAPClient, key: str, on_news: Callable[[], bool], stop: threading.Event, *, news: bool, until: float
) -> bool:
    """One IDLE, from its beginning to its confirmed end; returns whether there are news that nobody has taken."""
    with reported(key, "waiting for news"):
        client.idle()
        while not stop.is_set() and (left := until - time.monotonic()) > 0:
            span = min(LOOK.total_seconds(), left)
            began = time.monotonic()
            answers = client.idle_check(timeout=span)
            if not answers and time.monotonic() - began < span / 2:
                raise ConnectionError("the server has hung up")  # the end of a stream is always ready to be read
            news = news or any(_is_arrival(answer) for answer in answers)
            # Where a poll is under way, its end has to be waited for: it may have looked before this mail came.
            news = news and not on_news()
        # What came together with the server's consent stood in a buffer, where no look can see it.
        _, answers = client.idle_done()
    return news or any(_is_arrival(answer) for answer in answers)


def _is_arrival(answer: Any) -> bool:
    """Whether an untagged response tells of new mail; changes of flags and "still here" do not."""
    return isinstance(answer, tuple) and len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT")
