"""Matching on seeded mentions of invoices: what is decided, how much of it rightly, and what the rest is suggested."""

from __future__ import annotations

from tests.core.test_matching_simulation import simulate

from benchmarks.understanding import Figure


def run() -> list[Figure]:
    """The figures of the simulation that the tests hold."""
    counts = simulate()
    right = {kind: counts[kind] - counts[f"{kind} wrong"] for kind in ("read", "money")}
    return [
        Figure("right where money moves", right["money"], counts["money"], goal=1.0),
        Figure("right where something is said", right["read"], counts["read"], goal=0.9995),
        Figure("decided for reading", counts["read"], counts["all"]),
        Figure("decided for money", counts["money"], counts["all"]),
        Figure("... of known senders", counts["money, known sender"], counts["known"]),
        Figure("... who state more than a number", counts["money, known, says more"], counts["known, says more"]),
        Figure("rest: right one of the first three", counts["hit"], counts["rest"]),
        Figure("... of known senders who name anything", counts["known hit"], counts["known rest"], goal=0.85),
    ]
