"""What a category proposes for a case: the findings, the money and its calculation, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from csr_bot.core.checks import Finding
from csr_bot.core.effects import PlannedEffect
from csr_bot.core.facts import Facts
from csr_bot.core.instruction import Instruction
from csr_bot.core.matters import Matter
from csr_bot.core.money import Money
from csr_bot.core.policy import Policy
from csr_bot.core.request import Category


class Want(StrEnum):
    """A piece of evidence that a category asks for: about each invoice that is meant, or about the customer."""

    PAYMENTS = "payments"
    CONTRACT = "contract"
    USAGE = "usage"
    ERP_INVOICE = "erp_invoice"
    ERP_DOCUMENT = "erp_document"
    CUSTOMER = "customer"
    """Master data, open items, contracts, credit profile, KYC and letters of credit of the customer."""
    BANK_PAYMENT = "bank_payment"
    """Payments of the customer, or of nobody known, that fit an amount or a reference of the message."""
    PRICE_TERMS = "price_terms"
    """The price terms of the customer's contracts that hold."""
    PO_USES = "po_uses"
    """The invoices, whosever, that carry an order number which the message names."""
    PROMISES = "promises"
    """What the customer promised to pay before."""
    CREDIT_NOTES = "credit_notes"
    """Credit notes of ours on the invoices that are meant, as documents of the ERP."""
    ERP_CUSTOMER = "erp_customer"
    """The customer's page in the ERP with its fields."""
    ERP_STATEMENT = "erp_statement"
    """The customer's open items in the ERP."""
    ERP_FIELDS = "erp_fields"
    """The fields that the ERP's page of each invoice shows."""


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
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a category would do.

    ``reasons`` are codes for a person, beyond those of the findings. ``matters`` is what needs authority, ``total`` the
    money that moves and ``calculation`` how it came about, line by line. ``questions`` names what the customer has to
    be asked first.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]
    rationale: str
    effects: tuple[PlannedEffect, ...] = ()
    matters: tuple[Matter, ...] = ()
    calculation: tuple[Mapping[str, object], ...] = ()
    total: Money | None = None
    questions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryRules:
    """A category of request: the evidence it wants, how it resolves, and how a person's grant is prepared.

    Without ``grant``, granting means to do what ``resolve`` drafts.
    """

    category: Category
    wants: frozenset[Want]
    resolve: Callable[[Facts, Policy], Proposal]
    grant: Callable[[Facts, Policy, Instruction], Proposal] | None = None
