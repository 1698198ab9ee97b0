"""What a category proposes for a case: the findings, the money and its calculation, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from csr_bot.core.checks import Finding
from csr_bot.core.effects import PlannedEffect
from csr_bot.core.facts import Facts, InvoiceFacts
from csr_bot.core.money import Money
from csr_bot.core.policy import Policy
from csr_bot.core.recompute import CalcLine
from csr_bot.core.request import Category


class Want(StrEnum):
    """A piece of evidence that a category asks for, for each invoice that is meant."""

    PAYMENTS = "payments"
    CONTRACT = "contract"
    USAGE = "usage"
    ERP_INVOICE = "erp_invoice"
    ERP_DOCUMENT = "erp_document"


class Outcome(StrEnum):
    """How a case ends."""

    GRANTED = "granted"
    PARTIALLY_GRANTED = "partially_granted"
    DENIED = "denied"
    INFORMATION_PROVIDED = "information_provided"
    NO_ACTION = "no_action"
    NOT_A_REQUEST = "not_a_request"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit on one invoice, as recomputed."""

    entry: InvoiceFacts
    amount: Money
    lines: tuple[CalcLine, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a category would do. ``reasons`` are codes for a person, beyond those of the findings."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    rationale: str
    effects: tuple[PlannedEffect, ...] = ()
    credit: Credit | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryRules:
    """A category of request: the evidence it wants and how it resolves."""

    category: Category
    wants: frozenset[Want]
    resolve: Callable[[Facts, Policy], Proposal]
