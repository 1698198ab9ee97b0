"""The words that a policy may use: guards, requirements, rules of duty separation, fields, names in conditions.

What each means is said where it is asked (``core.guards``, ``flow.authority``); here is only that it exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from csr_bot.core.policy.conditions import Kind, Term
from csr_bot.core.request import Category, DisputeReason

BOT_ROLE: Final = "bot"
PREPARER_RULE: Final = "SOD-01"
DISTINCT_RULE: Final = "SOD-02"
PAIRS_RULE: Final = "SOD-04"
ACCOUNT_OWNER_RULE: Final = "SOD-08"
SOD_RULES: Final = tuple(f"SOD-{number:02d}" for number in range(1, 13))

GLOBAL_GUARDS: Final = "global"
GUARD_NAMES: Final = frozenset(
    {
        "kill_switch_off",
        "identity_level_ge_2",
        "match_decision_auto",
        "no_veto_finding",
        "no_open_fraud_flag",
        "customer_not_blocked",
        "kyc_status_in_APPROVED_or_REVIEW_DUE",
        "ledger_snapshot_age_le_24h",
        "erp_readback_equals_snapshot",
        "currency_equal",
        "customer_auto_effects_24h_lt_5",
        "case_reopen_count_eq_0",
        "category_is_BILLING_DISPUTE",
        "reason_in_PRICE_QUANTITY_DUPLICATE",
        "delta_recomputed_from_contract",
        "two_independent_corroborators",
        "invoice_open_ge_delta",
        "no_prior_credit_on_invoice",
        "customer_credit_30d_le_1000",
        "period_open",
        "invoice_age_le_180d",
        "residual_abs_le_10",
        "invoice_age_ge_30d",
        "payment_found",
        "payer_account_known",
        "sum_of_allocations_eq_payment",
        "each_line_exact_or_within_tolerance",
        "new_value_domain_in_customer_domains",
        "field_not_sensitive",
        "invoice_open",
        "po_format_valid",
        "po_not_used_by_other_customer",
        "invoice_not_exported_to_tax_authority",
    }
)
"""Conditions that a policy may ask for before the bot acts alone. Their meaning is in ``core.guards``."""

REQUIREMENT_NAMES: Final = frozenset(
    {
        "kyc_approved",
        "dscr_ge_1_25",
        "no_overdue_gt_30",
        "instalments_le_3",
        "first_payment_le_14d",
        "callback_verified",
        "cooling_off_48h",
    }
)
"""What a band may require. A matter answers them in ``Matter.about`` under the same names; not known is not met."""

MASTER_FIELDS: Final = frozenset(
    {
        "email_invoice",
        "phone",
        "contact_name",
        "po_required",
        "delivery_method",
        "language",
        "ship_to_address",
        "legal_name",
        "tax_id",
        "country",
        "bill_to_address",
    }
)
"""Fields of the customer master, as ``Matter.fields`` and the field rules of a policy name them."""

_CATEGORY: Final = Term(Kind.CODE, frozenset(Category))
_REASON: Final = Term(Kind.CODE, frozenset(DisputeReason))

ROUTING_TERMS: Final[Mapping[str, Term]] = {
    "category": _CATEGORY,
    "reason": _REASON,
    "quarantine": Term(Kind.TRUTH),
}
"""What the rows of the routing may ask about a case."""

MATTER_TERMS: Final[Mapping[str, Term]] = {
    "category": _CATEGORY,
    "reason": _REASON,
    "period_closed": Term(Kind.TRUTH),
    "invoice_age_days": Term(Kind.NUMBER),
    "customer.overdue_amount": Term(Kind.NUMBER),  # in base currency
    "kyc.risk_rating": Term(Kind.CODE, frozenset({"LOW", "MEDIUM", "HIGH"})),
    "kyc.hit": Term(Kind.TRUTH),
}
"""What the conditions of extra steps may ask about a matter (``Matter.about``)."""
