"""Commands that read one thing and touch nothing: mails, texts, written values, and what a text means in a ledger."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from csr_bot.cli.outcome import WrongSetupError
from csr_bot.cli.output import print_line
from csr_bot.cli.requests import shape_amount, shape_mail, shape_request, show_amount
from csr_bot.cli.shapes import plain_number, shape_match
from csr_bot.cli.streams import Entry, read_entries

if TYPE_CHECKING:
    from csr_bot.core.matching import LedgerIndex, Match
    from csr_bot.core.policy import MatchingPolicy
    from csr_bot.core.request import ClaimedAmount

STANDARD_POLICY: Final = "policies/standard.yaml"
PROFILES: Final = {"eu": True, "us": False}
"""Column profiles: whether the comma is the decimal mark."""


def add_commands(app: typer.Typer) -> None:
    """Give the program these commands."""
    app.command(epilog="Example: csr-bot parse letters/*.eml | jq .subject")(parse)
    app.command(
        epilog='Example: echo \'{"id": "1", "subject": "", "text": "Please resend INV 417"}\' | csr-bot classify'
    )(classify)
    app.command(epilog='Example: echo \'{"id": "1", "raw": "1.234,56 EUR", "field": "money"}\' | csr-bot value')(value)
    app.command(epilog="Example: csr-bot match --ledger ledgers/open-items.xlsx < requests.jsonl")(match)


def parse(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Mails; - is standard input.")],
) -> None:
    """Read e-mail files, one JSON line for each; a mail that cannot be understood says so in its line."""
    from csr_bot.core.parsing.mail import parse_message

    # Without a customer master nobody is known; what a bot makes of the sender is shown by csr-bot try.
    identity = {"level": "L0", "reason": "no customer master was asked"}
    for file in files:
        print_line(shape_mail(file, parse_message(_read_bytes(file)), identity=identity))


def classify() -> None:
    """Say what texts ask for: JSON lines {"id", "subject", "text"} in, one line out for each, in order."""
    from csr_bot.core.classify import classify_text
    from csr_bot.core.parsing.quoting import split_text

    for entry in read_entries():
        text = split_text(entry.text("text"))
        requests = classify_text(subject=entry.optional_text("subject") or "", text=text.new, quoted=text.quoted)
        shown = [shape_request(request) for request in requests]
        first = {name: shown[0][name] for name in ("category", "reason", "confidence", "language")}
        explain = [line for request in requests for line in request.explain]
        print_line({"id": entry.text("id"), **first, "requests": shown, "explain": explain})


def value() -> None:
    """Read written values: JSON lines {"id", "raw", "field", "context"} in, one line out for each, in order."""
    for entry in read_entries():
        kind = entry.text("field")
        if kind not in READERS:
            raise WrongSetupError(f"(standard input):{entry.line}: field: {kind!r} is not one of {', '.join(READERS)}")
        print_line({"id": entry.text("id"), **READERS[kind](entry, kind)})


def match(
    *,
    ledger: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The receivables workbook.")],
    policy: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Points and limits, instead of the standard ones.")
    ] = None,
) -> None:
    """Find the documents that texts mean: JSON lines {"id", "customer_no" or "from", "text"} in, one out for each."""
    from csr_bot.adapters.workbook import read_workbook
    from csr_bot.core.classify import classify_text
    from csr_bot.core.matching import build_index, match_request

    rules = _read_matching(policy)
    book = read_workbook(ledger, columns={})
    index = build_index(
        snapshot_id=book.file_sha256, customers=book.customers, contacts=book.contacts, invoices=book.invoices
    )
    for entry in read_entries():
        request = classify_text(subject=entry.optional_text("subject") or "", text=entry.text("text"))[0]
        matches = match_request(request, own=_own(entry, index), index=index, policy=rules)
        print_line({"id": entry.text("id"), **_shape_matches(matches, rules)})


def _read_bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise WrongSetupError(f"FILE: {file} cannot be read: {error.strerror}") from None


def _read_number(entry: Entry, kind: Any) -> dict[str, Any]:
    from csr_bot.core.parsing.amounts import read_amount

    context = entry.mapping("context")
    comma = PROFILES.get(context.optional_text("column_profile") or "")
    currency = context.optional_text("currency")
    reading = read_amount(entry.text("raw"), field=kind, currency=currency, decimal_comma=comma)
    named = reading.currency if kind == "money" else None
    return _shape_value(
        reading.status,
        value=show_amount(reading.value, named),
        currency=reading.currency,
        flags=reading.flags,
        candidates=[show_amount(candidate, named) for candidate in reading.candidates],
    )


def _read_day(entry: Entry, _: str) -> dict[str, Any]:
    from csr_bot.core.parsing.dates import read_date

    reading = read_date(entry.text("raw"), country=entry.mapping("context").optional_text("country"))
    return _shape_value(reading.status, value=reading.value, candidates=reading.candidates)


def _read_text(entry: Entry, _: str) -> dict[str, Any]:
    """All amounts of money in a text; the one value of it only where there is no other."""
    from csr_bot.core.classify import classify_text

    raw, currency = entry.text("raw"), entry.mapping("context").optional_text("currency")
    amounts = [_in_context(amount, raw, currency) for amount in classify_text(subject="", text=raw)[0].amounts]
    shown = [shape_amount(amount) for amount in amounts]
    only = shown[0] if len(shown) == 1 else {}
    certain = all(amount.value is not None for amount in amounts)
    return _shape_value(
        "null" if not amounts else "ok" if certain else "ambiguous",
        value=only.get("value"),
        currency=only.get("currency"),
        flags=["currency_ambiguous"] if any(amount.why == "CURRENCY_AMBIGUOUS" for amount in amounts) else [],
        candidates=only.get("candidates", []),
        values=shown,
    )


def _in_context(amount: ClaimedAmount, text: str, currency: str | None) -> ClaimedAmount:
    """An amount that names no certain currency, read again as one of a customer with this currency."""
    from csr_bot.core.parsing.amounts import read_amount

    if amount.currency is not None or currency is None:
        return amount
    again = read_amount(text[slice(*amount.span)], field="money", currency=currency, decimal_comma=None)
    return replace(amount, currency=again.currency, why=None) if again.value == amount.value else amount


def _shape_value(status: str, *, value: object, **more: object) -> dict[str, Any]:
    empty = {"currency": None, "flags": (), "candidates": (), "values": ()}
    return {"status": status, "value": value, **empty, **more}


READERS: Final[Mapping[str, Callable[[Entry, str], dict[str, Any]]]] = {
    **dict.fromkeys(("money", "unit_price", "quantity", "rate"), _read_number),
    "date": _read_day,
    "text": _read_text,
}


def _read_matching(policy: Path | None) -> MatchingPolicy:
    from importlib.resources import files

    from csr_bot.core.policy import read_policy

    if policy is not None:
        return read_policy(policy.read_text(encoding="utf-8"), file=str(policy)).matching
    standard = files("csr_bot").joinpath("cli", "templates", *STANDARD_POLICY.split("/"))
    return read_policy(standard.read_text(encoding="utf-8"), file=STANDARD_POLICY).matching


def _own(entry: Entry, index: LedgerIndex) -> frozenset[str]:
    """The customers that the sender may speak for: the one named, else those of the address or its domain."""
    customer_no = entry.optional_text("customer_no")
    if customer_no is not None:
        return frozenset({customer_no})
    address = (entry.optional_text("from") or "").strip().lower()
    contacts = frozenset(contact.customer_no for contact in index.contacts.get(address, ()) if contact.active)
    return contacts or index.domains.get(address.rpartition("@")[2], frozenset())


def _shape_matches(matches: tuple[Match, ...], rules: MatchingPolicy) -> dict[str, Any]:
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
