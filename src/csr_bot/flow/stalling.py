"""Mailboxes that fail: tried less and less often, made known once when they stall and once when they recover."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from csr_bot.caselog import CaseLog
from csr_bot.flow.moving import BOT
from csr_bot.ports import Clock, PortError

STALLED_AFTER: Final = 2
"""Polls in a row that failed. The first failure costs nothing: the next poll is in time to make up for it."""
SHORTEST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=30)


def attend(log: CaseLog, clock: Clock, key: str, poll: Callable[[], object]) -> str | None:
    """Poll a mailbox, unless it has to wait after failures; returns what is wrong with it, or None."""
    with log.read() as records:
        before = records.mailboxes.get(key)
    if before.next_try_at is not None and clock.now() < before.next_try_at:
        until = f"{before.next_try_at:%H:%M:%S} UTC"
        return f"{key}: waits until {until} after {before.failures} failures: {before.last_error}"
    try:
        poll()
    except PortError as error:
        _record_failure(log, key, str(error), at=clock.now())
        return f"{key}: {error}"
    return None


def _record_failure(log: CaseLog, key: str, error: str, *, at: datetime) -> None:
    with log.begin() as records:
        before = records.mailboxes.get(key)
        failures = before.failures + 1
        stalls = failures >= STALLED_AFTER and before.stalled_at is None
        after = replace(
            before,
            failures=failures,
            failing_since=before.failing_since or at,
            next_try_at=at + _wait(key, failures),
            stalled_at=at if stalls else before.stalled_at,
            last_error=error,
        )
        records.mailboxes.put(after)
        if stalls:
            records.events.add(
                "mailbox.stalled",
                actor=BOT,
                entity="mailbox",
                entity_id=key,
                at=at,
                data={"failing_since": (after.failing_since or at).isoformat(), "error": error},
            )


def _wait(key: str, failures: int) -> timedelta:
    """None after the first failure, then doubled each time; a quarter more or less, so that not all come at once."""
    if failures < STALLED_AFTER:
        return timedelta(0)
    full = min(SHORTEST_WAIT * 2.0 ** min(failures - STALLED_AFTER, 10), LONGEST_WAIT)
    share = hashlib.sha256(f"{key} {failures}".encode()).digest()[0] / 255
    return full * (0.75 + share / 2)
