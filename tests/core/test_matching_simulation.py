"""Twenty thousand mentions of invoices in four ledgers: nothing wrong for money, next to nothing for reading."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from csr_bot.core.checks import Result, check_corroboration
from csr_bot.core.matching import Match, MatchDecision, build_view, ledger_entries, match_request
from tests.core.facts import POLICY
from tests.core.mentions import TEMPLATES, as_read, as_request, make_ledger, make_mentions

MATCHING = POLICY.matching
DIRECT, READ = 4_000, 1_000
"""Mentions for each ledger, as perfectly understood requests and by way of a written sentence."""


@cache
def simulate(seed: int = 11) -> Counter[str]:
    """How many matches were decided, rightly or not; ``known``: the sender belongs to the customer, or its group.

    What nobody could find is left out of "known rest": mentions that name nothing at all.
    """
    counts: Counter[str] = Counter()
    for place, template in enumerate(TEMPLATES):
        books = make_ledger(seed + place, template)
        lines = [line for found in books.lines.values() for line in found]
        view = build_view(ledger_entries(books.invoices, lines))
        for number, mention in enumerate(make_mentions(seed + 50 + place, books, DIRECT + READ)):
            own = {mention.sender} if mention.sender else set()
            group = books.group(mention.sender) if mention.sender else frozenset()
            matches = match_request(
                as_request(mention) if number < DIRECT else as_read(mention),
                own=own,
                group=group,
                view=view,
                policy=MATCHING,
                thread={mention.targets[0].invoice_no} if mention.thread else (),
            )
            meant = {invoice.invoice_no for invoice in mention.targets}
            known = mention.targets[0].customer_no in own | group
            figures = bool(mention.amounts or mention.po_no or mention.day)
            for match in matches:
                _count(
                    counts,
                    match,
                    meant,
                    known=known,
                    says_more=bool(mention.numbers) and figures,
                    says_something=bool(mention.numbers) or figures,
                )
    return counts


def _count(
    counts: Counter[str], match: Match, meant: set[str], *, known: bool, says_more: bool, says_something: bool
) -> None:
    is_right = match.best is not None and match.best.invoice_no in meant
    is_auto = match.decision is MatchDecision.AUTO
    is_money = is_auto and match.best is not None and _is_corroborated(match)
    counts["all"] += 1
    counts["read"] += is_auto
    counts["read wrong"] += is_auto and not is_right
    counts["money"] += is_money
    counts["money wrong"] += is_money and not is_right
    counts["money, known sender"] += is_money and known
    counts["known"] += known
    counts["known, says more"] += known and says_more
    counts["money, known, says more"] += is_money and known and says_more
    if not is_auto:
        is_hit = any(candidate.invoice_no in meant for candidate in match.candidates[:3])
        counts["rest"] += 1
        counts["hit"] += is_hit
        counts["known rest"] += known and says_something
        counts["known hit"] += known and says_something and is_hit


def _is_corroborated(match: Match) -> bool:
    assert match.best is not None
    needed = MATCHING.money_corroborators
    finding = check_corroboration(match.best, match.best.agree, needed=needed, full_ref=MATCHING.ref)
    return finding.result is Result.PASS


def test_no_invoice_is_taken_for_another_where_money_moves() -> None:
    counts = simulate()
    assert counts["money"] > 8_000
    assert counts["money wrong"] == 0


def test_hardly_an_invoice_is_taken_for_another_where_only_something_is_said() -> None:
    counts = simulate()
    assert counts["read wrong"] <= counts["read"] * 0.0005
    assert counts["read"] >= counts["all"] * 0.66


def test_what_is_not_decided_is_mostly_among_the_first_three_suggestions() -> None:
    counts = simulate()
    assert counts["hit"] >= counts["rest"] * 0.78
    assert counts["known hit"] >= counts["known rest"] * 0.85


def test_the_shares_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    counts = simulate()
    with capsys.disabled():
        print()  # noqa: T201  # figures to compare with the last run
        for part, whole in (
            ("read", "all"),
            ("money", "all"),
            ("money, known sender", "known"),
            ("money, known, says more", "known, says more"),
            ("hit", "rest"),
            ("known hit", "known rest"),
        ):
            print(  # noqa: T201
                f"{part} of {whole}: {counts[part]} of {counts[whole]}, {counts[part] / counts[whole]:.1%}"
            )
    assert counts["all"] > 20_000
