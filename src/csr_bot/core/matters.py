"""Matters: what of a decision needs authority, by the names of the approval matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from csr_bot.core.money import Money

ConditionValue = str | bool | int | Decimal | None
"""A value that a condition of a policy may compare; None where it is not known, which satisfies no condition."""


class MatterKind(StrEnum):
    """A row of the approval matrix."""

    CREDIT_NOTE = "credit_note"
    REFUND = "refund"
    CLAIM_DENIAL = "claim_denial"
    SMALL_BALANCE_WRITEOFF = "small_balance_writeoff"
    CASH_ALLOCATION = "cash_allocation"
    CASH_REALLOCATION_OTHER_CUSTOMER = "cash_reallocation_other_customer"
    CREDIT_LIMIT_CHANGE = "credit_limit_change"
    PAYMENT_TERMS_CHANGE = "payment_terms_change"
    PAYMENT_PLAN = "payment_plan"
    BANK_DETAIL_CHANGE = "bank_detail_change"
    MASTER_DATA_CHANGE = "master_data_change"
    PO_REFERENCE_UPDATE = "po_reference_update"
    LC_ACTION = "lc_action"
    KYC_RELEASE = "kyc_release"


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that needs authority.

    ``amount`` is the absolute gross effect that chooses the band. ``invoice_no`` is the document that it acts on, where
    there is one. ``about`` answers what the policy's conditions and requirements ask, by their names
    (``customer.overdue_amount``, ``kyc_approved``). ``fields`` are the fields of the customer master that would change.
    """

    kind: MatterKind
    amount: Money
    invoice_no: str | None = None
    about: Mapping[str, ConditionValue] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()
