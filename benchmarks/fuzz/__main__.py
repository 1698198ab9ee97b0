"""Runs the fuzzing and prints what became of the items; ends with 1 where one took too long.

An item that breaks its reader is contained and named by its place, so that the same seed makes it again.
"""

from __future__ import annotations

import argparse

from benchmarks.fuzz.materials import list_mails, list_workbooks
from benchmarks.fuzz.runs import Outcomes, fuzz_mails, fuzz_workbooks

LONGEST_MAIL = 10.0
LONGEST_WORKBOOK = 35.0
SHOWN = 20


def main() -> int:
    """Fuzz as many mails and workbooks as asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--workbooks", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    good = True
    if asked.mails:
        good &= _report("mails", fuzz_mails(list_mails(), count=asked.mails, seed=asked.seed), longest=LONGEST_MAIL)
    if asked.workbooks:
        outcomes = fuzz_workbooks(list_workbooks(), count=asked.workbooks, seed=asked.seed)
        good &= _report("workbooks", outcomes, longest=LONGEST_WORKBOOK)
    return 0 if good else 1


def _report(name: str, outcomes: Outcomes, *, longest: float) -> bool:
    rate = outcomes.items / outcomes.seconds if outcomes.seconds else 0.0
    print(
        f"{outcomes.items} mutated {name} in {outcomes.seconds:.0f} s ({rate:.0f}/s), slowest {outcomes.slowest:.2f} s"
    )
    for outcome, count in outcomes.counts.most_common():
        print(f"{count:9}  {outcome}")
    for place, outcome in list(outcomes.broken.items())[:SHOWN]:
        print(f"  {name} {place}: {outcome[:200]}")
    return outcomes.slowest <= longest


if __name__ == "__main__":
    raise SystemExit(main())
