"""One process for one effect: refused while the holder lives, even paused, and free the moment it is dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csr_bot.adapters.sql.log import SqlCaseLog

ROOT = Path(__file__).parents[2]
Holder = subprocess.Popen[str]


@pytest.fixture
def hold(url: str, tmp_path: Path) -> Iterator[Callable[..., Holder]]:
    """Starts a process that holds the lock on an effect, and waits until it says so."""
    started: list[Holder] = []

    def start(effect_id: str, *, expect: str = "held") -> Holder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.log.holder", url, str(tmp_path / "locks"), effect_id],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() == expect
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def is_free(log: SqlCaseLog, effect_id: str) -> bool:
    with log.lock.hold(effect_id) as held:
        return held


def wait_until_free(log: SqlCaseLog, effect_id: str) -> bool:
    deadline = time.monotonic() + 10
    while not is_free(log, effect_id):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_second_process_is_refused(hold, log: SqlCaseLog):
    hold("e-1")
    hold("e-1", expect="refused")
    assert not is_free(log, "e-1")


def test_another_effect_is_free(hold, log: SqlCaseLog):
    hold("e-1")
    assert is_free(log, "e-2")


def test_the_lock_is_free_when_its_holder_has_finished(hold, log: SqlCaseLog):
    holder = hold("e-1")
    holder.communicate("", timeout=10)
    assert is_free(log, "e-1")


def test_the_lock_of_a_killed_process_is_free(hold, log: SqlCaseLog):
    holder = hold("e-1")
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=10)
    assert wait_until_free(log, "e-1")


def test_the_lock_of_a_paused_process_stays_its_own(hold, log: SqlCaseLog):
    holder = hold("e-1")
    holder.send_signal(signal.SIGSTOP)
    assert not is_free(log, "e-1")
    hold("e-1", expect="refused")
    holder.send_signal(signal.SIGCONT)
    holder.communicate("", timeout=10)
    assert wait_until_free(log, "e-1")


def test_one_process_is_refused_what_another_of_its_threads_holds(log: SqlCaseLog):
    with log.lock.hold("e-1") as first, log.lock.hold("e-1") as second:
        assert (first, second) == (True, False)
    assert is_free(log, "e-1")


def test_the_lock_is_free_after_an_exception(log: SqlCaseLog):
    with pytest.raises(RuntimeError), log.lock.hold("e-1"):
        raise RuntimeError("the page did not load")
    assert is_free(log, "e-1")
