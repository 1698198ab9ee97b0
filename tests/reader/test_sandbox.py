"""The sandbox against a program that does what it can: it is contained, and the caller always gets its answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from csr_bot.sandbox import Failure, FailureCode, Limits, Sandbox, SandboxError

LIMITS = Limits(memory=400 * 1024 * 1024, seconds=1.0, answer=1_000_000)
TARGET = "tests.reader.targets:start"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the limits of Linux")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(TARGET, limits=LIMITS) as made:
        yield made


def run(sandbox, *items):
    return list(sandbox.run([item.encode() for item in items]))


def children():
    return psutil.Process().children()


def test_answers_come_in_order_with_the_head_of_the_call(sandbox):
    answers = list(sandbox.run([b"echo\0" + bytes(size) for size in (0, 5_000_000, 1, 70_000)], head=b"!"))
    assert answers == [b"echo: echo!"] * 4


@linux_only
@pytest.mark.parametrize("attempt", ["open", "write", "socket", "fork", "exec", "kill parent", "raise limits"])
def test_nothing_can_be_opened_started_or_reached(sandbox, attempt):
    (outcome,) = run(sandbox, attempt)
    assert isinstance(outcome, Failure)
    assert outcome.code is FailureCode.FAILED
    assert any(words in outcome.detail for words in ("not permitted", "not allowed", "Too many open files"))


def test_nothing_can_be_imported_any_more(sandbox):
    (outcome,) = run(sandbox, "import")
    assert isinstance(outcome, Failure)
    assert "ModuleNotFoundError" in outcome.detail


@linux_only
def test_the_child_has_no_environment_no_privileges_and_three_pipes(monkeypatch):
    monkeypatch.setenv("CSR_SECRET_ERP", "canary")
    with Sandbox(TARGET, limits=LIMITS) as sandbox:
        assert run(sandbox, "environment") == [b"environment: []"]
        place = Path(f"/proc/{sandbox._idle[0].pid}")
        assert b"canary" not in (place / "environ").read_bytes()
        status = dict(line.split(":\t", 1) for line in (place / "status").read_text().splitlines() if ":\t" in line)
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"
        assert int(status["CapEff"], 16) == 0
        limits = (place / "limits").read_text()
        assert f"Max address space         {LIMITS.memory}" in limits
        assert "Max open files            0 " in limits
        assert "Max processes             0 " in limits
        assert sorted(entry.name for entry in (place / "fd").iterdir()) == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("memory", FailureCode.LIMIT_MEMORY),
        ("hang", FailureCode.LIMIT_TIME),
        ("spin", FailureCode.LIMIT_TIME),
        ("crash", FailureCode.DIED),
        ("exit", FailureCode.DIED),
        ("flood", FailureCode.LIMIT_ANSWER),
        ("garbage", None),
    ],
)
def test_the_items_beside_a_bad_one_are_answered(sandbox, deed, code):
    if deed == "memory" and sys.platform != "linux":
        pytest.skip("memory is limited on Linux only")
    begun = time.monotonic()
    before, outcome, *after = run(sandbox, "echo", deed, "echo", "echo")
    assert [before, *after] == [b"echo: echo"] * 3
    assert isinstance(outcome, Failure)
    assert code is None or outcome.code is code
    assert time.monotonic() - begun < 5


def test_more_answers_than_asked_for_never_reach_another_call(sandbox):
    run(sandbox, "two answers")
    assert run(sandbox, "echo", "echo") == [b"echo: echo"] * 2


def test_what_the_child_prints_is_no_answer(sandbox):
    assert run(sandbox, "print", "echo") == [b"print: None", b"echo: echo"]


def test_a_child_that_is_killed_takes_nothing_with_it(sandbox):
    others = {child.pid for child in children()} - {idle.pid for idle in sandbox._idle}
    answers = sandbox.run([b"echo\0" + bytes(300_000)] * 100)
    first = next(answers)
    others |= {idle.pid for idle in sandbox._idle}
    (child,) = [child for child in children() if child.pid not in others]
    os.kill(child.pid, signal.SIGKILL)
    assert [first, *answers] == [b"echo: echo"] * 100


def test_a_caller_that_stops_early_leaves_nothing_for_the_next(sandbox):
    answers = sandbox.run([b"echo\0" + bytes(300_000)] * 20, head=b" of the first")
    next(answers)
    answers.close()
    assert list(sandbox.run([b"echo"], head=b" of the second")) == [b"echo: echo of the second"]


def test_time_counts_only_while_the_caller_waits(sandbox):
    answers = sandbox.run([b"echo"] * 3)
    taken = [next(answers)]
    time.sleep(LIMITS.seconds * 1.5)  # the caller is busy with the first answer
    assert [*taken, *answers] == [b"echo: echo"] * 3


def test_threads_have_children_of_their_own(sandbox):
    answers: dict[str, list] = {}

    def ask(name: str) -> None:
        answers[name] = list(sandbox.run([b"echo"] * 200, head=name.encode()))

    threads = [threading.Thread(target=ask, args=(f"{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == {f"{number}": [f"echo: echo{number}".encode()] * 200 for number in range(4)}


def test_a_child_is_replaced_after_its_share_of_items():
    with Sandbox(TARGET, limits=Limits(seconds=5, items=3)) as sandbox:
        seen = set()
        for _ in range(8):
            assert run(sandbox, "echo") == [b"echo: echo"]
            seen.update(child.pid for child in sandbox._idle)
        assert run(sandbox, *["echo"] * 10) == [b"echo: echo"] * 10
        assert len(seen) >= 2


def test_closing_leaves_no_child_and_no_zombie():
    before = {child.pid for child in children()}
    sandbox = Sandbox(TARGET, limits=LIMITS)
    run(sandbox, "echo", "exit", "echo")
    assert {child.pid for child in children()} - before
    sandbox.close()
    assert {child.pid for child in children()} - before == set()


FORKED = """
import os
from csr_bot.sandbox import Sandbox
with Sandbox("tests.reader.targets:start") as sandbox:
    ask = lambda: list(sandbox.run([b"echo"] * 3)) == [b"echo: echo"] * 3
    assert ask()
    copy = os.fork()
    if not copy:
        os._exit(0 if ask() else 1)
    assert os.waitpid(copy, 0)[1] == 0
    assert ask()
"""


def test_a_forked_worker_gets_children_of_its_own():
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", FORKED], check=True, timeout=60, cwd=root, env={"PYTHONPATH": f"{root}/src"})


def test_a_child_whose_parent_is_gone_ends():
    with Sandbox(TARGET, limits=LIMITS) as sandbox:
        sandbox.warm_up()
        child = psutil.Process(sandbox._idle[0].pid)
        sandbox._idle[0]._process.stdin.close()
        child.wait(5)


@pytest.mark.parametrize(
    ("target", "words"),
    [("tests.reader.targets:start_broken", "the installation is broken"), ("no.such:start", "No module named 'no'")],
)
def test_a_target_that_cannot_start_says_why(target, words):
    with Sandbox(target, limits=LIMITS) as sandbox, pytest.raises(SandboxError, match=words):
        sandbox.warm_up()
