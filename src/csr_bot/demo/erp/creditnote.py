"""The credit note form: from typed text to an order, or to the sentences that say what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from csr_bot.core.money import Money, zero
from csr_bot.demo.erp.typed import amount_of, day_of

REASONS: Final = (
    "PRICE", "QUANTITY", "DUPLICATE", "CANCELLED_SERVICE", "TAX", "NOT_RECEIVED", "QUALITY", "TERMS", "FREIGHT_FEE",
    "PO_MISSING", "WRONG_PARTY", "OTHER",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinePart:
    """The part of a credit note on one invoice line."""

    line_no: int
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class CreditDraft:
    """A credit note that could be booked."""

    lines: tuple[LinePart, ...]
    net: Money
    tax: Money
    reason: str
    reference: str
    posting_on: date

    @property
    def total(self) -> Money:
        """Net and tax."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Creditable:
    """What there is to credit: the open amount, and net and tax of each line by line number."""

    open_amount: Money
    lines: Mapping[int, tuple[Money, Money]]


def read_draft(form: Mapping[str, str], creditable: Creditable) -> CreditDraft | tuple[str, ...]:
    """The credit note that a form asks for, or what is wrong with it.

    The fields are ``net_N`` and ``tax_N`` for line N, ``reason``, ``reference`` and ``posting_date``.
    """
    problems: list[str] = []
    parts = tuple(
        LinePart(
            line_no,
            _read_part(form, f"net_{line_no}", f"Net credit, line {line_no}", net, problems),
            _read_part(form, f"tax_{line_no}", f"Tax credit, line {line_no}", tax, problems),
        )
        for line_no, (net, tax) in creditable.lines.items()
    )
    nothing = zero(creditable.open_amount.currency)
    draft = CreditDraft(
        lines=tuple(part for part in parts if part.net.amount or part.tax.amount),
        net=sum((part.net for part in parts), nothing),
        tax=sum((part.tax for part in parts), nothing),
        reason=form.get("reason", ""),
        reference=form.get("reference", "").strip(),
        posting_on=_read_day(form.get("posting_date", ""), problems),
    )
    problems += () if problems else _find_problems(draft, creditable.open_amount)
    return tuple(problems) if problems else draft


def _read_part(form: Mapping[str, str], name: str, label: str, limit: Money, problems: list[str]) -> Money:
    text = form.get(name, "").strip()
    if not text:
        return zero(limit.currency)
    try:
        amount = amount_of(text, limit.currency, label=label)
    except ValueError as error:
        problems.append(str(error))
        return zero(limit.currency)
    if amount.amount and limit < amount:
        problems.append(f"{label}: {amount} is more than the {limit} on the invoice.")
    return amount


def _read_day(text: str, problems: list[str]) -> date:
    try:
        return day_of(text, label="Posting date")
    except ValueError as error:
        problems.append(str(error))
        return date.min


def _find_problems(draft: CreditDraft, open_amount: Money) -> Sequence[str]:
    problems = []
    if not draft.total.amount:
        problems.append("Enter an amount to credit.")
    if open_amount < draft.total:
        problems.append(f"The credit of {draft.total} is more than the open amount of {open_amount}.")
    if draft.reason not in REASONS:
        problems.append("Choose a reason.")
    return problems
