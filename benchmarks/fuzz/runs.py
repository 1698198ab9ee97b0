"""The runs: mutated items through a sandbox in chunks, each outcome counted and each item timed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.fuzz.ledger import LIMITS, TARGET
from benchmarks.fuzz.mutations import mutate_mail, mutate_package
from csr_bot.adapters.reader import WarmMailReader
from csr_bot.ports import MailReading
from csr_bot.sandbox import Failure, Sandbox

CHUNK = 50
BROKEN = ("LIMIT_", "READER_DIED", "DIED", "FAILED", "UNREADABLE")
"""Outcomes of items that broke their reader; contained, and each one to be looked at."""


@dataclass
class Outcomes:
    """What became of the items of a run; ``broken`` names those that broke the reader by their place in it."""

    items: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    broken: dict[int, str] = field(default_factory=dict)

    def add(self, outcome: str, *, seconds: float) -> None:
        """Count one item."""
        if outcome.startswith(BROKEN):
            self.broken[self.items] = outcome
        self.items += 1
        self.slowest = max(self.slowest, seconds)
        self.counts[outcome.partition(":")[0]] += 1


def make_mutants(sources: Sequence[bytes], *, count: int, seed: int, packed: bool) -> Iterator[bytes]:
    """``count`` mutants; the one at a place is the same for the same sources and seed."""
    change = mutate_package if packed else mutate_mail
    for place in range(count):
        chance = random.Random(f"fuzz {seed} {place}")
        yield change(chance.choice(sources), others=sources, chance=chance)


def fuzz_mails(sources: Sequence[bytes], *, count: int, seed: int) -> Outcomes:
    """Mutated mails through the mail reader."""
    outcomes = Outcomes()
    begun = time.monotonic()
    with WarmMailReader() as reader:
        reader.warm_up()
        for chunk in _chunks(make_mutants(sources, count=count, seed=seed, packed=False)):
            asked = time.monotonic()
            for reading in reader.read(chunk, trusts=frozenset()):
                outcomes.add(_judge(reading), seconds=time.monotonic() - asked)
                for attachment in reading.parsed.attachments:
                    problem = attachment.reading.problem if attachment.reading else None
                    outcomes.counts[f"file {(problem or 'read').partition(':')[0]}"] += 1
                asked = time.monotonic()
    outcomes.seconds = time.monotonic() - begun
    return outcomes


def fuzz_workbooks(sources: Sequence[bytes], *, count: int, seed: int) -> Outcomes:
    """Mutated workbooks through the ledger reading."""
    outcomes = Outcomes()
    begun = time.monotonic()
    with Sandbox(TARGET, limits=LIMITS) as sandbox:
        for chunk in _chunks(make_mutants(sources, count=count, seed=seed, packed=True)):
            asked = time.monotonic()
            for outcome in sandbox.run(chunk):
                word = f"{outcome.code}: {outcome.detail}" if isinstance(outcome, Failure) else outcome.decode()
                outcomes.add(word, seconds=time.monotonic() - asked)
                asked = time.monotonic()
    outcomes.seconds = time.monotonic() - begun
    return outcomes


def _judge(reading: MailReading) -> str:
    """The outcome of a mail. What was read must be storable, whatever the mail was."""
    reading.parsed.text.encode("utf-8")
    return reading.parsed.quarantined or "read"


def _chunks(items: Iterator[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
