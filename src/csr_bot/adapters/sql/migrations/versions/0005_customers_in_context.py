"""Customers in context: what finance knows of them, keys for payments and orders, and a history of the master.

The rows of the mirror stay, but nothing is decided on them any more: they lack what is added here. The ledger has to be
imported once more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

from csr_bot.adapters.sql.types import Amount, Instant, Json

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEXT, _WHOLE, _YES, _DAY, _AMOUNT = sa.Text, sa.Integer, sa.Boolean, sa.Date, Amount
_ADDED: dict[str, dict[str, Callable[[], TypeEngine[Any]]]] = {
    "customer": {
        "tax_id": _TEXT, "terms": _TEXT, "phone": _TEXT, "delivery_method": _TEXT, "credit_limit": _AMOUNT,
        "exposure": _AMOUNT, "hold": _YES, "dunning_level": _WHOLE, "calendar": _TEXT, "po_required": _YES,
        "po_regex": _TEXT, "cac": _AMOUNT, "gross_margin_pct": _AMOUNT,
    },
    "contact": {"phone": _TEXT},
    "invoice": {
        "terms": _TEXT, "dunning_level": _WHOLE, "disputed": _YES, "dispute_reason": _TEXT, "last_payment_date": _DAY,
        "delivery_note": _TEXT,
    },
    "invoice_line": {"discount_pct": _AMOUNT, "tax_code": _TEXT, "delivery_ref": _TEXT},
    "payment": {
        "posted_on": _DAY, "payer_name": _TEXT, "method": _TEXT, "bank_ref": _TEXT, "status": _TEXT,
    },
    "allocation": {"discount": _AMOUNT, "deduction": _AMOUNT, "deduction_reason": _TEXT},
    "contract": {
        "title": _TEXT, "auto_renew": _YES, "notice_days": _WHOLE, "terms": _TEXT, "first_response_min": _WHOLE,
        "resolution_min": _WHOLE, "sla_calendar": _TEXT, "sla_clause": _TEXT,
    },
    "price_term": {
        "unit": _TEXT, "tier_from": _AMOUNT, "tier_to": _AMOUNT, "included_quantity": _AMOUNT, "discount_pct": _AMOUNT,
        "cap_amount": _AMOUNT,
    },
    "usage": {"unit": _TEXT},
}  # fmt: skip


def upgrade() -> None:
    for table, columns in _ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind(), nullable=True))
    op.add_column("payment", sa.Column("payer_account_last4", sa.String(length=4), nullable=True))
    for table, name in (("customer", "legal_flags"), ("contract", "clauses")):
        op.add_column(table, sa.Column(name, Json(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("customer", sa.Column("digest", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_index("ix_contact_customer", "contact", ["snapshot_no", "customer_no"], unique=False)
    op.create_index("ix_contract_customer", "contract", ["snapshot_no", "customer_no"], unique=False)
    op.create_index("ix_payment_customer", "payment", ["snapshot_no", "customer_no", "value_date"], unique=False)
    op.rename_table("invoice_key", "ledger_key")
    op.execute("ALTER TABLE ledger_key RENAME COLUMN invoice_id TO item_id")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE ledger_key RENAME CONSTRAINT pk_invoice_key TO pk_ledger_key")
    _create_credit_profiles()
    _create_kyc_records()
    _create_letters_of_credit()
    _create_history()
    op.execute("UPDATE snapshot SET status = 'superseded' WHERE status = 'active'")


def downgrade() -> None:
    raise NotImplementedError("what a ledger is looked up by cannot be taken back: restore the database from a backup")


def _mirror(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        *columns,
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _create_credit_profiles() -> None:
    _mirror(
        "credit_profile",
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("net_operating_income", Amount(), nullable=True),
        sa.Column("debt_service", Amount(), nullable=True),
        sa.Column("dscr", Amount(), nullable=True),
        sa.Column("statements_on", sa.Date(), nullable=True),
        sa.Column("revenue", Amount(), nullable=True),
        sa.Column("ebitda", Amount(), nullable=True),
        sa.Column("current_ratio", Amount(), nullable=True),
        sa.Column("equity_ratio", Amount(), nullable=True),
        sa.Column("next_review", sa.Date(), nullable=True),
    )
    op.create_index("ix_credit_profile", "credit_profile", ["snapshot_no", "customer_no"], unique=False)


def _create_kyc_records() -> None:
    _mirror(
        "kyc_record",
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("risk_rating", sa.String(length=10), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("missing", Json(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=True),
    )
    op.create_index("ix_kyc_record", "kyc_record", ["snapshot_no", "customer_no"], unique=False)


def _create_letters_of_credit() -> None:
    _mirror(
        "letter_of_credit",
        sa.Column("lc_no", sa.String(length=60), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("issuing_bank", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("tolerance_plus_pct", Amount(), nullable=True),
        sa.Column("tolerance_minus_pct", Amount(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("latest_shipment_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("presentation_days", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=True),
        sa.Column("about", sa.Boolean(), nullable=True),
        sa.Column("documents", Json(), nullable=False),
        sa.Column("expiry_place", sa.Text(), nullable=True),
    )
    op.create_index("ix_letter_of_credit", "letter_of_credit", ["snapshot_no", "lc_no"], unique=False)
    op.create_index("ix_letter_of_credit_customer", "letter_of_credit", ["snapshot_no", "customer_no"], unique=False)


def _create_history() -> None:
    op.create_table(
        "customer_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bot", sa.String(length=60), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("snapshot_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_change")),
    )
    op.create_index("ix_customer_change", "customer_change", ["bot", "customer_no", "id"], unique=False)
