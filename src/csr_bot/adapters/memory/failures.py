"""Failures that the calls of a site in memory were told to have."""

from __future__ import annotations

from collections import defaultdict

from csr_bot.ports import PortError, UncertainError


class Failures:
    """The failures that the calls of a site were told to have, each once, in order."""

    def __init__(self) -> None:
        self._planned: defaultdict[str, list[tuple[PortError, bool]]] = defaultdict(list)

    def plan(self, call: str, failure: PortError, *, happens: bool) -> None:
        """Let the next call of this name fail; only a submit that is uncertain can have happened all the same."""
        if (call == "submit") != isinstance(failure, UncertainError):
            raise ValueError("behind the click every failure is uncertain, and none before it is")
        if happens and call != "submit":
            raise ValueError("nothing happens before the click")
        self._planned[call].append((failure, happens))

    def take(self, call: str) -> tuple[PortError | None, bool]:
        """The failure of this call, if any, and whether what was asked for happens."""
        return self._planned[call].pop(0) if self._planned[call] else (None, True)

    def begin(self, call: str) -> None:
        """Raise the failure of a call behind which nothing happens."""
        failure, _ = self.take(call)
        if failure is not None:
            raise failure
