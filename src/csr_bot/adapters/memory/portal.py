"""A customer's portal in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Literal

from csr_bot.adapters.memory.failures import Failures
from csr_bot.ports import Clock, PortalFile, PortError

PortalCall = Literal["download_export", "comments", "prepare", "submit"]


class MemoryPortal:
    """A customer's portal in memory: an export, and comments on disputes. ``written`` is what they really say."""

    def __init__(self, key: str, *, clock: Clock, export: bytes = b"") -> None:
        self.key = key
        self.export = export
        self.written: defaultdict[str, list[str]] = defaultdict(list)
        self._clock = clock
        self._failures = Failures()

    def download_export(self) -> PortalFile:
        """The export as it is now."""
        self._failures.begin("download_export")
        return PortalFile("disputes.csv", self.export, self._clock.now())

    def post_comment(self, external_id: str, text: str, *, before_submit: Callable[[], None]) -> None:
        """Write a comment, or fail as told."""
        self._failures.begin("prepare")
        before_submit()
        failure, happens = self._failures.take("submit")
        if happens:
            self.written[external_id].append(text)
        if failure is not None:
            raise failure

    def comments(self, external_id: str) -> Sequence[str]:
        """All comments on a dispute, oldest first."""
        self._failures.begin("comments")
        return list(self.written[external_id])

    def fail_next(self, call: PortalCall, failure: PortError, *, happens: bool = False) -> None:
        """As ``MemoryErp.fail_next``."""
        self._failures.plan(call, failure, happens=happens)
