"""How well csr_bot understands what it is given, in figures; printed, and held by tests where a goal is set.

A part is a module of this package with a function ``run() -> list[Figure]``; its name is what is given on the command
line. A part that lacks its material returns no figures.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A share that was measured: ``hits`` of ``cases``, with each miss as its id and its reason in a word.

    ``goal`` is the least share that is good enough, or the greatest where ``at_most``; None where none is set.
    """

    name: str
    hits: int
    cases: int
    goal: float | None = None
    at_most: bool = False
    misses: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Hits of cases, 1 where there is no case."""
        return self.hits / self.cases if self.cases else 1.0

    @property
    def met(self) -> bool:
        """Whether the goal is reached; true where none is set."""
        if self.goal is None:
            return True
        return self.share <= self.goal if self.at_most else self.share >= self.goal
