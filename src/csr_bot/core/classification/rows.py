"""What a customer wants with a row of a portal's export of disputes.

What a column says is known and is not guessed from text: that it is a dispute, of which invoice, for how much, under
which ticket. Only the comment is the customer's own words. Whether the invoice exists is left to matching.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from string import ascii_uppercase
from typing import Final

from csr_bot.core.classification.features import read_features
from csr_bot.core.classification.judging import SURE
from csr_bot.core.classification.model import Model
from csr_bot.core.classification.requests import classify_text
from csr_bot.core.classification.words import cut_closing, read_sentences
from csr_bot.core.facts_in_text import read_facts
from csr_bot.core.parsing.amounts import AmountReading, read_amount
from csr_bot.core.parsing.currencies import name_currency
from csr_bot.core.parsing.references import canonical_number
from csr_bot.core.request import (
    AmountRole,
    Category,
    ClaimedAmount,
    DisputeReason,
    Reference,
    Request,
    TextSource,
)

_MIN_OTHER: Final = Decimal("0.70")
"""Confidence from which a comment asks for something else than the dispute that it stands in."""
_MIN_REASON: Final = 100
"""Score from which the comment gives a reason. Below, in a tenth of what is no dispute, some reason speaks up too."""
# What is asked of an account as a whole is not asked by disputing one invoice; and "charged too much, please refund" is
# the dispute itself.
_NEVER_IN_A_DISPUTE: Final = frozenset(
    {
        Category.UNKNOWN,
        Category.NOT_A_REQUEST,
        Category.TERMS_CREDIT_LIMIT,
        Category.CONTRACT_SERVICE_QUERY,
        Category.UNAPPLIED_CASH_REFUND,
    }
)
# Reasons that say the same as the category: no PO is on the invoice; it is the invoice that did not arrive.
_SAME: Final = {
    Category.PO_REFERENCE_UPDATE: DisputeReason.PO_MISSING,
    Category.INVOICE_COPY: DisputeReason.NOT_RECEIVED,
}
_CLAIMS_MONEY: Final = frozenset({Category.BILLING_DISPUTE, Category.CREDIT_NOTE_REQUEST})
# "DISPUTED - PO line fully invoiced": a word for the state, and what the portal adds to it.
_STATUS_MARK: Final = re.compile(r"\s[-\u2013\u2014]\s|[:;(/|]")
_INVOICE_MARK: Final = re.compile(r"[,;&+|\n]|\s(?:and|und|et|y|en)\s", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d(?:[\d.,]*\d)?")


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """What a row says, cell by cell as it is written; empty text where it says nothing.

    ``decimal_comma`` is how its column writes amounts, see `tell_decimal_comma`.
    """

    ticket: str
    invoice: str
    status: str
    amount: str
    currency: str
    comment: str
    decimal_comma: bool | None = None


@dataclass(frozen=True, slots=True)
class RowReading:
    """A row as text for people, and its requests; their spans count characters of that text."""

    text: str
    requests: tuple[Request, ...]


def read_row(row: DisputeRow, *, model: Model) -> RowReading:
    """The requests of a row, the main one first: about its dispute, unless the comment clearly asks for another thing.

    What the portal adds to its status is read with the comment, as a subject would be; where neither gives a reason, it
    is OTHER.
    """
    comment = row.comment.strip()
    text, places = _write(row, comment)
    _, detail = split_status(row.status)
    said = classify_text(subject=detail, text=comment, model=model)
    invoices = tuple(_read_invoices(row.invoice.strip(), places.get("Invoice", 0)))
    amount = _read_amount(row, places.get("Amount", 0))
    requests = _settle(said, _read_reason(detail, comment, model))
    return RowReading(text, tuple(_fill(one, row, invoices=invoices, amount=amount) for one in requests))


def split_status(status: str) -> tuple[str, str]:
    """A portal's status as the word for the state and what the portal says beside it."""
    found = _STATUS_MARK.search(status)
    if found is None:
        return status.strip(), ""
    return status[: found.start()].strip(), status[found.end() :].strip(" )")


def tell_decimal_comma(amounts: Iterable[str]) -> bool | None:
    """Whether a column writes a comma before the decimals; None where its cells do not show it, or show both."""
    marks = {mark for amount in amounts if (mark := _decimal_mark(amount))}
    return marks == {","} if len(marks) == 1 else None


def _decimal_mark(amount: str) -> str | None:
    number = _NUMBER.search(amount)
    marks = [char for char in number[0] if not char.isdigit()] if number else []
    if number is None or not marks:
        return None
    if len(set(marks)) > 1:
        return marks[-1]
    if len(marks) > 1:
        return "," if marks[0] == "." else "."
    return None if len(number[0].partition(marks[0])[2]) == 3 else marks[0]


def _write(row: DisputeRow, comment: str) -> tuple[str, Mapping[str, int]]:
    """The customer's words, below them what the columns say, and where the value of each column begins."""
    amount = f"{row.amount.strip()} {row.currency.strip()}" if row.amount.strip() else ""
    columns = {"Invoice": row.invoice.strip(), "Amount": amount.strip(), "Status": row.status.strip()}
    text, places = f"{comment}\n" if comment else "", dict[str, int]()
    for label, value in columns.items():
        if value:
            text += f"\n{label}: " if text else f"{label}: "
            places[label] = len(text)
            text += value
    return text.rstrip("\n"), places


def _read_invoices(cell: str, place: int) -> Iterator[Reference]:
    """Each number in the column, whatever it looks like."""
    start = 0
    for end, behind in [*(mark.span() for mark in _INVOICE_MARK.finditer(cell)), (len(cell), len(cell))]:
        raw = cell[start:end].strip()
        if any(char.isdigit() for char in raw):
            at = place + cell.index(raw, start)
            yield Reference(raw, canonical_number(raw), (at, at + len(raw)), TextSource.PORTAL)
        start = behind


def _read_amount(row: DisputeRow, place: int) -> ClaimedAmount | None:
    """The disputed amount; None where the column states none. A sign only says how the portal counts."""
    raw = row.amount.strip()
    currency, is_currency = _read_currency(row.currency)
    reading = read_amount(raw, field="money", currency=currency, decimal_comma=row.decimal_comma)
    if reading.status == "null" or reading.value == 0:
        return None
    why = _doubt(reading, is_currency=is_currency and reading.currency == (currency or reading.currency))
    readings = reading.candidates or (() if reading.value is None else (reading.value,))
    value = abs(readings[0]) if readings and not why else None
    candidates = tuple([abs(one) for one in readings]) if why else ()
    span = (place, place + len(raw))
    return ClaimedAmount(value, reading.currency, AmountRole.OTHER, span, TextSource.PORTAL, candidates, why)


def _doubt(reading: AmountReading, *, is_currency: bool) -> str | None:
    """Why an amount is not certain; None where it is."""
    if reading.status != "ok":
        return "AMOUNT_AMBIGUOUS" if reading.status == "ambiguous" else "AMOUNT_UNREADABLE"
    if "abbrev" in reading.flags:
        return "AMOUNT_APPROXIMATE"
    if "hidden_marks" in reading.flags:
        return "AMOUNT_HIDDEN_MARKS"
    return None if is_currency else "CURRENCY_AMBIGUOUS"


def _read_currency(cell: str) -> tuple[str | None, bool]:
    """The currency that a column names, and whether it names one for certain, or none at all."""
    name = cell.strip().upper()
    currency, _ = name_currency(name, None) if name else (None, True)
    return currency, not name or currency is not None


def _read_reason(detail: str, comment: str, model: Model) -> DisputeReason | None:
    """The reason that the words give, if one speaks up."""
    title, body = read_facts(detail, TextSource.SUBJECT), read_facts(comment, TextSource.BODY)
    reading = read_features(subject=read_sentences(detail, title), text=read_sentences(cut_closing(comment), body))
    reasons = model.score(reading).reasons
    best = max(reasons, key=lambda reason: reasons[reason])
    return best if reading.words and reasons[best] >= _MIN_REASON else None


def _settle(said: tuple[Request, ...], reason: DisputeReason | None) -> tuple[Request, ...]:
    """The wishes of a comment, with the dispute among them."""
    main, *others = said
    disputes = any(one.category is Category.BILLING_DISPUTE for one in said)
    if (others and disputes) or _asks_otherwise(main, reason):
        return said
    dispute = replace(
        main,
        category=Category.BILLING_DISPUTE,
        reason=reason or DisputeReason.OTHER,
        confidence=SURE,
        explain=("a row of an export of disputes", *main.explain),
    )
    return (dispute, *others)


def _asks_otherwise(main: Request, reason: DisputeReason | None) -> bool:
    """Whether a comment clearly asks for another thing than to have the dispute settled."""
    if main.category is Category.BANK_DETAIL_CHANGE:
        return True  # it is screened for fraud before anything else is done with it
    if main.category in {*_NEVER_IN_A_DISPUTE, Category.BILLING_DISPUTE} or main.confidence < _MIN_OTHER:
        return False
    return reason in (None, _SAME.get(main.category))


def _fill(
    request: Request, row: DisputeRow, *, invoices: tuple[Reference, ...], amount: ClaimedAmount | None
) -> Request:
    """A wish of the comment with what the columns say; what the portal adds to its status is no claim."""
    ticket = canonical_number(row.ticket)
    tickets = {ticket, ticket.lstrip(ascii_uppercase)}
    currency, _ = _read_currency(row.currency)
    claims_money = request.category in _CLAIMS_MONEY
    column = replace(amount, role=AmountRole.CLAIMED_DELTA if claims_money else AmountRole.OTHER) if amount else None
    comment = [_in_currency(claim, currency) for claim in request.amounts if claim.source is TextSource.BODY]
    return replace(
        request,
        invoice_refs=(*invoices, *_from_comment(request.invoice_refs, but=tickets)),
        po_refs=_from_comment(request.po_refs, but=tickets),
        amounts=(*([column] if column else []), *comment),
        dates=tuple(day for day in request.dates if day.source is TextSource.BODY),
    )


def _from_comment(references: Iterable[Reference], *, but: Collection[str]) -> tuple[Reference, ...]:
    """The references in the comment without the ticket, which is the portal's number for the dispute."""
    return tuple(one for one in references if one.source is TextSource.BODY and one.canonical not in but)


def _in_currency(claim: ClaimedAmount, currency: str | None) -> ClaimedAmount:
    """A difference that names no currency is in that of the row; other bare numbers may be quantities."""
    is_bare = claim.currency is None and claim.why is None and claim.role is AmountRole.CLAIMED_DELTA
    return replace(claim, currency=currency) if is_bare else claim
