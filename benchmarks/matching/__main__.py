"""Time for each request over ledgers of growing size, beside a fuzzy search over all numbers of the same ledger.

``python -m benchmarks.matching [--sizes 10000,100000,1000000] [--requests 10000] [--json FILE]``. Ends with 0 if every
goal is met, 1 if one is missed.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks.matching.ledgers import Asked, make_entries, make_requests
from csr_bot.core.matching import LedgerView, MatchDecision, build_view, match_request
from csr_bot.core.policy import MatchingPolicy, read_policy

CHUNK = 50
GROWTH = 1.5
"""How much more time a request may take in a ledger of a million invoices than in one of ten thousand."""
FACTOR = 1_000
"""How many times a fuzzy search over all numbers takes at least, in the largest ledger."""
FUZZY_QUERIES = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One size: microseconds of CPU for each request, by matching and by the fuzzy search, and what was decided."""

    invoices: int
    build_seconds: float
    match_us: float
    match_us_p95: float
    fuzzy_us: float
    requests: int
    auto: int
    wrong: int

    @property
    def factor(self) -> float:
        """How many times longer the fuzzy search takes."""
        return self.fuzzy_us / self.match_us


def main(arguments: Sequence[str]) -> int:
    """Measure each size and judge the goals."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    policy = standard_policy()
    found = [_measure(int(size), options.requests, policy) for size in options.sizes.split(",")]
    for one in found:
        print(
            f"{one.invoices:>9,} invoices: {one.match_us:6.1f} us a request (p95 {one.match_us_p95:.1f}), fuzzy search "
            f"{one.fuzzy_us / 1000:8.2f} ms, {one.factor:8.0f} times as long; {one.auto} of {one.requests} decided, "
            f"{one.wrong} wrong; index {one.build_seconds:.1f} s"
        )
    goals = {
        f"grows at most {GROWTH} times": found[-1].match_us <= GROWTH * found[0].match_us,
        f"a fuzzy search takes {FACTOR:,} times as long": found[-1].factor >= FACTOR,
        "nothing is decided wrongly": not any(one.wrong for one in found),
    }
    for goal, is_met in goals.items():
        print(f"{'met' if is_met else 'MISSED':>6}  {goal}")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in found], indent=1))
    return 0 if all(goals.values()) else 1


def standard_policy() -> MatchingPolicy:
    """The policy that a new workspace gets."""
    text = files("csr_bot").joinpath("cli", "templates", "policies", "standard.yaml").read_text(encoding="utf-8")
    return read_policy(text, file="standard.yaml").matching


def _measure(size: int, count: int, policy: MatchingPolicy) -> Measured:
    entries = make_entries(size)
    asked = make_requests(entries, count)
    started = time.process_time()
    view = build_view(entries)
    built = time.process_time() - started
    gc.collect()
    gc.freeze()
    auto, wrong = _decide(view, asked, policy)
    times = sorted(_time_chunk(view, asked[start : start + CHUNK], policy) for start in range(0, len(asked), CHUNK))
    numbers = [entry.forms.canonical for entry in entries]
    started = time.process_time()
    for one in asked[:FUZZY_QUERIES]:
        process.extractOne(one.canonical, numbers, scorer=fuzz.ratio)
    fuzzy = (time.process_time() - started) / FUZZY_QUERIES
    gc.unfreeze()
    return Measured(
        invoices=size,
        build_seconds=built,
        match_us=statistics.median(times),
        match_us_p95=times[int(len(times) * 0.95)],
        fuzzy_us=fuzzy * 1e6,
        requests=len(asked),
        auto=auto,
        wrong=wrong,
    )


def _decide(view: LedgerView, asked: Sequence[Asked], policy: MatchingPolicy) -> tuple[int, int]:
    """Also the first touch of every account, whose look-ups are made when they are first needed."""
    auto = wrong = 0
    for one in asked:
        for match in match_request(one.request, own=one.own, view=view, policy=policy):
            if match.decision is MatchDecision.AUTO and match.best is not None:
                auto += 1
                wrong += match.best.invoice_no != one.meant
    return auto, wrong


def _time_chunk(view: LedgerView, asked: Sequence[Asked], policy: MatchingPolicy) -> float:
    """Microseconds for each request of a chunk."""
    started = time.process_time()
    for one in asked:
        match_request(one.request, own=one.own, view=view, policy=policy)
    return (time.process_time() - started) / len(asked) * 1e6


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
