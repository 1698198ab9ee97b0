"""The switches that make the demo ERP misbehave the way real ones do. Tests set them while the server runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal

Times = Literal["once", "always"]

RENAMED_LABELS: Final[Mapping[str, str]] = {"Open amount": "Outstanding", "Post credit note": "Save document"}
"""What a new release of the ERP might call things."""


@dataclass(slots=True)
class Faults:
    """What is wrong now. The plain values mean a healthy ERP.

    The faults of a POST happen ``"once"`` or ``"always"``; those that say *before* book nothing, the others book first.
    """

    slow: float = 0.0
    """Seconds before every answer."""
    drop_before_booking: Times | None = None
    hang_before_booking: Times | None = None
    drop_after_post: Times | None = None
    hang_after_post: Times | None = None
    error_500_after_commit: Times | None = None
    stale_row: Literal["invoice", "search"] | None = None
    """``invoice``: invoice pages show the state before the last credit note; ``search``: a search shows the rows of the
    search before it."""
    renamed_labels: Mapping[str, str] | None = None
    """Labels and button texts to show instead, such as ``RENAMED_LABELS``."""
    twin_buttons: bool = False
    """The review page has two buttons that post."""
    read_lag: float = 0.0
    """Seconds for which a new credit note is missing from searches."""


PostFault = Literal["drop_before_booking", "drop_after_post", "error_500_after_commit"]


class Switches(Faults):
    """Faults that can be set, used up and reset from any thread."""

    __slots__ = ("_expire", "_lock", "_release_round", "_reset_round")

    def __init__(self, *, expire: Callable[[], None]) -> None:
        super().__init__()
        self._expire = expire
        self._lock = threading.Lock()
        self._release_round = 0
        self._reset_round = 0

    def expire_sessions(self) -> None:
        """End every session now."""
        self._expire()

    def release(self) -> None:
        """Let every hanging request go on: one that hung before booking books now, as a slow server would."""
        with self._lock:
            self.hang_before_booking = self.hang_after_post = None
            self._release_round += 1

    def reset(self) -> None:
        """A healthy ERP again. Requests that hang are cut; what had not been booked is not booked."""
        with self._lock:
            for item in fields(Faults):
                setattr(self, item.name, item.default)
            self._reset_round += 1

    def take(self, fault: PostFault) -> bool:
        """Whether a fault strikes now; one that is set to ``"once"`` is thereby used up."""
        with self._lock:
            return self._use_up(fault)

    async def hang(self, fault: Literal["hang_before_booking", "hang_after_post"]) -> bool:
        """If the fault strikes, wait for release or reset. False after a reset: the request is to be cut."""
        with self._lock:
            if not self._use_up(fault):
                return True
            released, reset = self._release_round, self._reset_round
        while (released, reset) == (self._release_round, self._reset_round):  # noqa: ASYNC110  # set by other threads
            await asyncio.sleep(0.02)
        return reset == self._reset_round

    def _use_up(self, fault: str) -> bool:
        times: Times | None = getattr(self, fault)
        if times == "once":
            setattr(self, fault, None)
        return times is not None
