"""Requests held against a stored ledger, in chunks as a poll has them: what one costs, looked up and matched."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random

from benchmarks.ledger.books import SEED, ledger_rows
from benchmarks.ledger.run_import import BOT
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.core.matching import MatchDecision, match_request
from csr_bot.core.parsing.references import canonical_number
from csr_bot.core.policy import read_policy
from csr_bot.core.request import AmountRole, Category, ClaimedAmount, Reference, Request, TextSource
from csr_bot.flow.lookups import find_invoices
from csr_bot.wiring import SilentDoorbell

REQUESTS = 2_000
CHUNK = 50
POLICY = Path(__file__).parents[2] / "policies" / "standard.yaml"

Asked = tuple[Request, frozenset[str], str | None]


def main() -> None:
    """Print microseconds for a request and how many were matched rightly, wrongly or left to a person."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    url = sys.argv[3] if len(sys.argv) > 3 else f"sqlite:///{folder / 'log.sqlite3'}"
    log = SqlCaseLog(open_engine(url), doorbell=SilentDoorbell(), lock_folder=folder)
    policy = read_policy(POLICY.read_text(encoding="utf-8"), file=POLICY.name).matching
    asked = list(_questions(count))
    spent: list[float] = []
    right = wrong = 0
    for start in range(0, len(asked), CHUNK):
        chunk = asked[start : start + CHUNK]
        started = time.perf_counter()
        with log.read() as records:
            view = find_invoices(records, BOT, [(request, own) for request, own, _ in chunk])
        found = [match_request(request, own=own, view=view, policy=policy)[0] for request, own, _ in chunk]
        spent.append((time.perf_counter() - started) / len(chunk))
        for match, (_, _, meant) in zip(found, chunk, strict=True):
            if match.decision is MatchDecision.AUTO and match.best:
                right, wrong = right + (match.best.invoice_no == meant), wrong + (match.best.invoice_no != meant)
    spent.sort()
    shown = {
        "microseconds": spent[len(spent) // 2] * 1e6,
        "slowest": spent[-1] * 1e6,
        "right": right,
        "wrong": wrong,
        "left": len(asked) - right - wrong,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(shown) + "\n")


def _questions(count: int) -> Iterator[Asked]:
    """60 % exact numbers, 20 % written otherwise, 12 % with one wrong digit, 8 % that nobody has."""
    rng = Random(SEED + 1)
    places = set(rng.sample(range(count), REQUESTS))
    rows = [row for place, row in enumerate(islice(ledger_rows(count), max(places) + 1)) if place in places]
    rng.shuffle(rows)
    for row in rows:
        chance, number = rng.random(), row[0]
        meant: str | None = number
        if 0.6 <= chance < 0.8:
            number = number.replace("-", rng.choice((" ", "/", "")))
        elif 0.8 <= chance < 0.92:
            place = rng.randrange(9, len(number))
            number = number[:place] + str((int(number[place]) + rng.randint(1, 9)) % 10) + number[place + 1 :]
        elif chance >= 0.92:
            number, meant = f"INV-2019-{rng.randrange(10**7):07d}", None
        reference = Reference(number, canonical_number(number), (0, len(number)), TextSource.BODY)
        amount = ClaimedAmount(Decimal(row[9]), "EUR", AmountRole.INVOICE_TOTAL, (0, 1), TextSource.BODY)
        request = Request(
            Category.PAYMENT_STATUS,
            None,
            Decimal("0.95"),
            "en",
            invoice_refs=(reference,),
            amounts=(amount,) if meant else (),
        )
        yield request, frozenset({row[1]}), meant


if __name__ == "__main__":
    main()
