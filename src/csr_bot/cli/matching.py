"""``csr-bot match``: which documents of a ledger texts mean, judged as for a case; touches nothing."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from csr_bot.cli.output import print_line
from csr_bot.cli.shapes import plain_number, shape_match
from csr_bot.cli.streams import Entry, read_entries

if TYPE_CHECKING:
    from csr_bot.core.matching import Match, SenderDirectory
    from csr_bot.core.policy import MatchingPolicy

STANDARD_POLICY: Final = "policies/standard.yaml"


def add_commands(app: typer.Typer) -> None:
    """Give the program this command."""
    app.command(epilog="Example: csr-bot match --ledger ledgers/open-items.xlsx < requests.jsonl")(match)


def match(
    *,
    ledger: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The receivables workbook.")],
    policy: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Points and limits, instead of the standard ones.")
    ] = None,
) -> None:
    """Find the documents that texts mean: JSON lines {"id", "customer_no" or "from", "text"} in, one out for each."""
    from csr_bot.adapters.tables import open_ledger, probe_file
    from csr_bot.core.classification import classify_text
    from csr_bot.core.evidence import Contact, Customer, Invoice, InvoiceLine
    from csr_bot.core.matching import build_directory, build_view, ledger_entries, match_request
    from csr_bot.core.parsing.quoting import split_text
    from csr_bot.model import load_model

    rules = _read_policy(policy)
    book: dict[type[Any], list[Any]] = {Customer: [], Contact: [], Invoice: [], InvoiceLine: []}
    probe_file(ledger)
    for chunk in open_ledger(ledger, columns={}).rows():
        book.setdefault(type(chunk[0]), []).extend(chunk)
    directory = build_directory(book[Customer], book[Contact])
    view = build_view(ledger_entries(book[Invoice], book[InvoiceLine]))
    for entry in read_entries():
        text = split_text(entry.text("text"))
        own = _own(entry, directory)
        requests = classify_text(
            subject=entry.optional_text("subject") or "", text=text.new, quoted=text.quoted, model=load_model()
        )
        found = [
            one
            for request in requests
            for one in match_request(request, own=own, group=directory.group_of(own), view=view, policy=rules)
        ]
        print_line({"id": entry.text("id"), **_shape(found, rules)})


def _read_policy(policy: Path | None) -> MatchingPolicy:
    from importlib.resources import files

    from csr_bot.core.policy import read_policy

    if policy is not None:
        return read_policy(policy.read_text(encoding="utf-8"), file=str(policy)).matching
    standard = files("csr_bot").joinpath("cli", "templates", *STANDARD_POLICY.split("/"))
    return read_policy(standard.read_text(encoding="utf-8"), file=STANDARD_POLICY).matching


def _own(entry: Entry, directory: SenderDirectory) -> frozenset[str]:
    """The customers that the sender may speak for: the one named, else those of the address or its domain."""
    from csr_bot.core.message import Address

    customer_no = entry.optional_text("customer_no")
    if customer_no:
        return frozenset({customer_no})
    name, address = parseaddr(entry.optional_text("from") or "")
    return directory.customers_of(Address(name, address.lower()))[1]


def _shape(matches: list[Match], rules: MatchingPolicy) -> dict[str, Any]:
    """The best of all matches first; a request is decided only as far as the least certain of its documents."""
    from csr_bot.core.checks import Result, check_corroboration
    from csr_bot.core.matching import MatchDecision

    order = (MatchDecision.NONE, MatchDecision.SUGGEST, MatchDecision.AUTO)
    decision = min((found.decision for found in matches), key=order.index)
    best = max((found for found in matches), key=lambda found: found.best.score if found.best else -1)
    corroborated = [
        check_corroboration(found.best, found.best.agree, needed=rules.money_corroborators, full_ref=rules.ref).result
        is Result.PASS
        for found in matches
        if found.best
    ]
    shown = shape_match(best)
    candidates = sorted((one for found in matches for one in found.candidates), key=lambda one: -one.score)
    return {
        "decision": decision.value,
        "money_ok": decision is MatchDecision.AUTO and bool(corroborated) and all(corroborated),
        "best": shown["best"],
        "candidates": [
            {
                "invoice_no": one.invoice_no,
                "score": plain_number(one.score),
                "parts": {name: plain_number(points) for name, points in one.parts.items()},
            }
            for one in candidates
        ],
        "agree": shown["agree"],
        "contradict": shown["contradict"],
        "why": [reason for found in matches for reason in found.why],
        "matches": [shape_match(found) for found in matches],
    }
