"""The same requests through the log: what each chunk wants is looked up in SQL, and matched on what was found.

``python -m benchmarks.matching.stored [--sizes 10000,100000] [--requests 2000]``. SQLite in its own folder, which is
removed afterwards. The time is that of the whole: wants, queries and matching.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from tests.log.rows import Bell, a_snapshot

from benchmarks.matching.__main__ import CHUNK, GROWTH, standard_policy
from benchmarks.matching.ledgers import Asked, make_entries, make_requests
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.schema import upgrade
from csr_bot.core.evidence import DocumentStatus, Invoice
from csr_bot.core.matching import LedgerEntry, MatchDecision, match_request
from csr_bot.core.money import Money, zero
from csr_bot.core.policy import MatchingPolicy
from csr_bot.flow.lookups import find_invoices
from csr_bot.ids import new_id

BOT = "billing"
_BATCH = 5_000


def main(arguments: Sequence[str]) -> int:
    """Measure each size; 1 where the largest takes too much longer than the smallest, or something is wrong."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching.stored", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--requests", type=int, default=2_000)
    options = parser.parse_args(arguments)
    policy = standard_policy()
    times, all_wrong = [], 0
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="csr-matching-") as folder:
            entries = make_entries(size)
            log = _filled_log(Path(folder), entries)
            asked = make_requests(entries, options.requests)
            chunks = [asked[start : start + CHUNK] for start in range(0, len(asked), CHUNK)]
            measured = [_time_chunk(log, chunk, policy) for chunk in chunks]
        each = statistics.median(microseconds for microseconds, _, _ in measured)
        wrong = sum(wrong for _, _, wrong in measured)
        decided = sum(auto for _, auto, _ in measured)
        print(f"{size:>9,} invoices: {each:6.0f} us a request, {decided} of {len(asked)} decided, {wrong} wrong")
        times.append(each)
        all_wrong += wrong
    is_flat = times[-1] <= GROWTH * times[0]
    print(f"{'met' if is_flat else 'MISSED':>6}  grows at most {GROWTH} times")
    return 0 if is_flat and not all_wrong else 1


def _filled_log(folder: Path, entries: Sequence[LedgerEntry]) -> SqlCaseLog:
    url = f"sqlite:///{folder / 'log.db'}"
    engine = open_engine(url)
    upgrade(engine)
    log = SqlCaseLog(engine, doorbell=Bell(), lock_folder=folder)
    snapshot = a_snapshot(id=new_id(), bot=BOT, status="loading")
    with log.load_ledger(snapshot) as load:
        for batch in _batches(entries):
            load.add(batch)
        for _ in load.finish():
            pass
    with log.begin() as records:
        records.ledger.settle_snapshot(a_snapshot(id=snapshot.id, bot=BOT))
    return log


def _batches(entries: Sequence[LedgerEntry]) -> Iterator[list[Invoice]]:
    for start in range(0, len(entries), _BATCH):
        yield [_invoice(entry) for entry in entries[start : start + _BATCH]]


def _invoice(entry: LedgerEntry) -> Invoice:
    days: list[date] = sorted(entry.dates)
    gross = Money(entry.gross, entry.currency)
    return Invoice(
        invoice_no=entry.invoice_no,
        company_code=entry.company_code,
        doc_type="invoice",
        customer_no=entry.customer_no,
        status=DocumentStatus.OPEN,
        invoice_date=days[0],
        due_date=days[-1],
        service_from=None,
        service_to=None,
        po_no=None,
        contract_no=None,
        net=gross,
        tax=zero(entry.currency),
        gross=gross,
        credited=zero(entry.currency),
        open_amount=gross,
    )


def _time_chunk(log: SqlCaseLog, asked: Sequence[Asked], policy: MatchingPolicy) -> tuple[float, int, int]:
    """Microseconds for each request, how many were decided, and how many wrongly."""
    started = time.process_time()
    with log.read() as records:
        view = find_invoices(records, BOT, [(one.request, one.own) for one in asked])
    found = [match_request(one.request, own=one.own, view=view, policy=policy) for one in asked]
    spent = (time.process_time() - started) / len(asked) * 1e6
    best = [
        (match.best, one.meant)
        for one, matches in zip(asked, found, strict=True)
        for match in matches
        if match.decision is MatchDecision.AUTO
    ]
    return spent, len(best), sum(candidate is None or candidate.invoice_no != meant for candidate, meant in best)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
