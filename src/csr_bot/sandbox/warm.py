"""Warm children to be borrowed, and what became of every item, whatever became of the child it was given to.

Each call borrows a child for itself and gives it back when it is through: threads that call at the same time have a
child each and never wait for, or see, each other's items. A child that broke a limit is killed; the items behind the
one it was on go to a new child. A child is believed to have died of its item only if the item kills a second one: the
system ends processes too.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Final, Self

from csr_bot.sandbox.process import Child, Failure, FailureCode, Limits

_DEFAULT_LIMITS: Final = Limits()


class Sandbox:
    """Runs ``target`` (``package.module:function``) on items in children under ``limits``.

    The function is called once in each child, before the limits are put on, and returns the work: from the head of a
    call and an item to an answer, all bytes. It must import, and use once, whatever the work will need: later nothing
    can be opened any more. Children are started when first needed and end with this object or with the process.
    """

    def __init__(self, target: str, *, limits: Limits = _DEFAULT_LIMITS) -> None:
        self.target = target
        self.limits = limits
        self._lock = Lock()
        self._idle: list[Child] = []
        self._owner = os.getpid()
        self._closing = weakref.finalize(self, _end, self._idle, self._owner)

    def run(self, items: Sequence[bytes], *, head: bytes = b"") -> Iterator[bytes | Failure]:
        """An answer or a Failure for each item, in order; items are sent ahead while answers are taken.

        Raises SandboxError where no child can be started.
        """
        done, suspect = 0, -1
        while done < len(items):
            child = self._borrow()
            try:
                for outcome in child.exchange(items[done:], head=head):
                    if isinstance(outcome, Failure) and outcome.code is FailureCode.DIED and suspect != done:
                        suspect = done
                        break
                    done += 1
                    yield outcome
            finally:
                # Where the caller stopped early, answers are still on their way: then the child is not fit.
                self._give_back(child)

    def warm_up(self) -> None:
        """Start a child now rather than with the first items."""
        self._give_back(self._borrow())

    def close(self) -> None:
        """End the idle children. Those that are at work end with their call."""
        self._closing()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _borrow(self) -> Child:
        with self._lock:
            if self._owner != os.getpid():
                # A copy of the process that made them: they are not ours to use or to end.
                self._owner, self._idle = os.getpid(), []
                self._closing = weakref.finalize(self, _end, self._idle, self._owner)
            child = self._idle.pop() if self._idle else None
        if child is not None and child.is_fit():
            return child
        if child is not None:
            child.kill()
        return Child(self.target, self.limits)

    def _give_back(self, child: Child) -> None:
        if self._closing.alive and child.is_fit():
            with self._lock:
                self._idle.append(child)
        else:
            child.kill()


def _end(idle: list[Child], owner: int) -> None:
    if owner == os.getpid():
        while idle:
            idle.pop().kill()
