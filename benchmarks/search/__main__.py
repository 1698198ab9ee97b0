"""Search a record of many cases, beside a scan of the same table for the same words."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import text
from tests.core.facts import ask
from tests.flow.desks import Rings
from tests.log.rows import AT, a_case, a_message

from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.schema import upgrade
from csr_bot.core.request import Category, DisputeReason

_WORDS: Final = "Hello, please look at this invoice again, the price is not what we agreed on. " * 8
_ASKED: Final = ("INV-2024-77777", "12,345.67", "CSR-2024-077777", "agreed on", "nobody ever wrote this")


def main() -> None:
    """Print the median of five searches for each of several texts, and its ratio to the scan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = _filled(Path(folder), asked.cases)
        scan = _median(lambda: _scan(log, "%nobody ever wrote this%"))
        print(f"scan of {asked.cases} messages: {scan * 1000:.0f} ms")
        for words in _ASKED:
            took = _median(partial(_search, log, words))
            print(f"{words!r}: {took * 1000:.1f} ms, {took / scan:.2f} of the scan")
        log.engine.dispose()


def _filled(folder: Path, cases: int) -> SqlCaseLog:
    url = f"sqlite:///{folder / 'log.db'}"
    engine = open_engine(url)
    upgrade(engine)
    log = SqlCaseLog(engine, doorbell=Rings(), lock_folder=folder / "locks")
    for start in range(0, cases, 5_000):
        rows, messages = [], []
        for count in range(start, min(start + 5_000, cases)):
            wanted = ask(Category.BILLING_DISPUTE, f"INV-2024-{count:05d}", reason=DisputeReason.PRICE)
            rows.append(replace(a_case(f"CSR-2024-{count:06d}"), request=wanted))
            said = a_message(f"{count:064x}")
            messages.append(replace(said, parsed=replace(said.parsed, text=f"{_WORDS}{count}")))
        with log.begin() as records:
            records.cases.add(rows)
            records.intake.add([], messages, taken_at=AT)
            records.intake.link([(said.id, case.id) for said, case in zip(messages, rows, strict=True)])
    return log


def _search(log: SqlCaseLog, words: str) -> int:
    with log.read() as records:
        return len(records.cases.search(words, limit=100))


def _scan(log: SqlCaseLog, pattern: str) -> int:
    with log.engine.connect() as connection:
        query = text("SELECT count(*) FROM message WHERE text LIKE :pattern")
        return int(connection.execute(query, {"pattern": pattern}).scalar_one())


def _median(step: Callable[[], int]) -> float:
    found = []
    for _ in range(5):
        began = time.perf_counter()
        step()
        found.append(time.perf_counter() - began)
    return sorted(found)[2]


if __name__ == "__main__":
    main()
