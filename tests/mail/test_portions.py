"""Large mails on a real server: they arrive whole, and only few of their bytes are in memory at once."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from csr_bot.adapters.sql.schema import upgrade
from csr_bot.flow.mailboxes import visit_mailbox, work_ahead
from tests.flow.desks import HandClock, Rings, open_log
from tests.mail.folders import folder_on_dovecot, mail

MEGABYTE = 1024 * 1024
SIZE = 12 * MEGABYTE
COUNT = 6


@pytest.mark.service
@pytest.mark.parametrize(("room", "most"), [(4 * MEGABYTE, 22 * MEGABYTE), (14 * MEGABYTE, 48 * MEGABYTE)])
def test_six_large_mails_are_never_in_memory_together(dovecot_server, tmp_path: Path, room, most):
    log = open_log(f"sqlite:///{tmp_path}/log.sqlite3", Rings(), locks=tmp_path)
    upgrade(log.engine)
    with folder_on_dovecot(dovecot_server) as folder:
        raws = [large_mail(number) for number in range(COUNT)]
        for raw in raws:
            folder.deliver(raw)
        sizes = [len(raw) for raw in raws]
        del raws, raw
        tracemalloc.start()
        try:
            arrived = read_all(log, folder.mailbox, room=room)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    log.engine.dispose()
    assert arrived == sizes
    assert peak < most < sum(sizes)


def read_all(log, mailbox, *, room: int) -> list[int]:
    """Read everything as the intake does: one portion is fetched, one read and one recorded at the same time."""
    sizes: list[int] = []
    with (
        mailbox.open() as session,
        ThreadPoolExecutor(1) as wire,
        ThreadPoolExecutor(1) as lamp,
        visit_mailbox(log, HandClock(), mailbox.key, session, run_id=None) as visit,
    ):
        for mails in work_ahead(lamp, list, visit.portions(wire, room=room), room=room):
            sizes += [len(found.raw or b"") for found in mails]
            mails.clear()
    return sizes


def large_mail(number: int) -> bytes:
    line = b"%012d of a large mail, which goes on and on for many lines and ends at some time\r\n" % number
    return mail(number) + line * (SIZE // len(line))
