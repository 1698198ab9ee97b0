"""Escalations of a clock: which are due, which come too late to be sent one by one, and when to look again.

Sending them, and who stands behind a role, is left to others. A step of an approval has no escalations: it moves on
when its clock is due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from csr_bot.core.service_levels import EscalationStep
from csr_bot.core.sla_clock import ClockState, SlaClock, reached_at

STALE_AFTER: Final = timedelta(hours=4)
"""Older escalations go into one digest: nobody wants yesterday's warnings one by one."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step whose share of the target was used up at an instant."""

    step: EscalationStep
    due_at: datetime

    def is_stale(self, *, now: datetime) -> bool:
        """Whether people should only hear of it in a digest. What the step does beside that is done all the same."""
        return now - self.due_at > STALE_AFTER


def due_escalations(clock: SlaClock, steps: Iterable[EscalationStep], *, now: datetime) -> tuple[Escalation, ...]:
    """The steps whose share is used up and that were not recorded yet, in order. None once the clock is stopped."""
    return tuple(each for each in _ahead(clock, steps) if each.due_at <= now)


def record_escalations(clock: SlaClock, escalations: Iterable[Escalation]) -> SlaClock:
    """The clock, knowing that these steps were taken: they are not due again in its cycle, whatever its target."""
    return replace(clock, escalated=clock.escalated | {each.step.at_pct for each in escalations})


def next_moment(clock: SlaClock, steps: Iterable[EscalationStep]) -> datetime | None:
    """The next instant at which a step is due or the target is missed; past if nobody looked then, None if none is."""
    moments = [each.due_at for each in _ahead(clock, steps)]
    if clock.state is ClockState.RUNNING and clock.due_at is not None:
        moments.append(clock.due_at)
    return min(moments, default=None)


def _ahead(clock: SlaClock, steps: Iterable[EscalationStep]) -> list[Escalation]:
    """The steps not taken yet whose moment is known, in the order of their percentages."""
    if not clock.is_open:
        return []
    left = sorted((step for step in steps if step.at_pct not in clock.escalated), key=lambda step: step.at_pct)
    moments = ((step, reached_at(clock, clock.target.length * step.at_pct / 100)) for step in left)
    return [Escalation(step, moment) for step, moment in moments if moment is not None]
