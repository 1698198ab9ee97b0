"""Ledgers of any size: rows by snapshot number and place, keys to look them up by, and what changed between two.

The mirror is emptied: the ledger has to be imported once more. Snapshots and what was decided on them stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csr_bot.adapters.sql.types import Amount, Json

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MIRRORED = (
    "customer", "contact", "invoice", "invoice_line", "payment", "allocation", "contract", "price_term", "usage",
)  # fmt: skip
_NUMBERED = """
    UPDATE snapshot SET number = (
        SELECT count(*) FROM snapshot AS other
        WHERE other.imported_at < snapshot.imported_at
           OR (other.imported_at = snapshot.imported_at AND other.id <= snapshot.id)
    )
"""


def upgrade() -> None:
    for name in _MIRRORED:
        op.drop_table(name)
    op.add_column("snapshot", sa.Column("number", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("snapshot", sa.Column("counts", Json(), nullable=False, server_default=sa.text("'{}'")))
    op.add_column("snapshot", sa.Column("refused_count", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("snapshot", sa.Column("prefixes", Json(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("snapshot", sa.Column("delta", Json(), nullable=True))
    op.add_column("snapshot", sa.Column("is_stored", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.execute(_NUMBERED)
    op.execute("UPDATE snapshot SET status = 'superseded' WHERE status = 'active'")
    op.create_index("uq_snapshot_number", "snapshot", ["number"], unique=True)
    _create_rows_of_customers()
    _create_rows_of_invoices()
    _create_rows_of_contracts()
    _create_keys()


def downgrade() -> None:
    raise NotImplementedError("what a ledger is looked up by cannot be taken back: restore the database from a backup")


def _create_rows_of_customers() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("parent_no", sa.String(length=60), nullable=True),
        sa.Column("email_domains", Json(), nullable=False),
        sa.Column("invoice_email", sa.String(length=320), nullable=True),
        sa.Column("account_owner", sa.String(length=60), nullable=True),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index("ix_customer", "customer", ["snapshot_no", "customer_no"], unique=False)
    op.create_index("ix_customer_parent", "customer", ["snapshot_no", "parent_no"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact", "contact", ["snapshot_no", "email"], unique=False)


def _create_rows_of_invoices() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("invoice_no", sa.String(length=60), nullable=False),
        sa.Column("company_code", sa.String(length=20), nullable=False),
        sa.Column("doc_type", sa.String(length=20), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("service_from", sa.Date(), nullable=True),
        sa.Column("service_to", sa.Date(), nullable=True),
        sa.Column("po_no", sa.String(length=60), nullable=True),
        sa.Column("contract_no", sa.String(length=60), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", Amount(), nullable=False),
        sa.Column("tax", Amount(), nullable=False),
        sa.Column("gross", Amount(), nullable=False),
        sa.Column("credited", Amount(), nullable=False),
        sa.Column("open_amount", Amount(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
    )
    op.create_index("ix_invoice", "invoice", ["snapshot_no", "invoice_no"], unique=False)
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("invoice_no", sa.String(length=60), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", Amount(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_price", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", Amount(), nullable=False),
        sa.Column("tax_rate", Amount(), nullable=False),
        sa.Column("tax", Amount(), nullable=False),
        sa.Column("service_from", sa.Date(), nullable=True),
        sa.Column("service_to", sa.Date(), nullable=True),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
    )
    op.create_index("ix_invoice_line", "invoice_line", ["snapshot_no", "invoice_no"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("payment_no", sa.String(length=60), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=True),
        sa.Column("value_date", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("unapplied", Amount(), nullable=False),
        sa.Column("reference_text", sa.Text(), nullable=False),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment", "payment", ["snapshot_no", "payment_no"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("payment_no", sa.String(length=60), nullable=False),
        sa.Column("invoice_no", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation", "allocation", ["snapshot_no", "invoice_no"], unique=False)


def _create_rows_of_contracts() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("contract_no", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("dispute_days", sa.Integer(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
    )
    op.create_index("ix_contract", "contract", ["snapshot_no", "contract_no"], unique=False)
    op.create_table(
        "price_term",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("contract_no", sa.String(length=60), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("unit_price", Amount(), nullable=False),
        sa.Column("cap_quantity", Amount(), nullable=True),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("clause", sa.String(length=60), nullable=False),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_term")),
    )
    op.create_index("ix_price_term", "price_term", ["snapshot_no", "contract_no"], unique=False)
    op.create_table(
        "usage",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("snapshot_no", sa.Integer(), nullable=False),
        sa.Column("contract_no", sa.String(length=60), nullable=False),
        sa.Column("sku", sa.String(length=60), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("quantity", Amount(), nullable=False),
        sa.Column("proof_ref", sa.Text(), nullable=False),
        sa.Column("locator", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
    )
    op.create_index("ix_usage", "usage", ["snapshot_no", "contract_no"], unique=False)


def _create_keys() -> None:
    op.create_table(
        "invoice_key",
        sa.Column("snapshot_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("snapshot_no", "key", "invoice_id", name=op.f("pk_invoice_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "customer_domain",
        sa.Column("snapshot_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("domain", sa.String(length=255), autoincrement=False, nullable=False),
        sa.Column("customer_no", sa.String(length=60), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("snapshot_no", "domain", "customer_no", name=op.f("pk_customer_domain")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "domain_piece",
        sa.Column("snapshot_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("piece", sa.String(length=270), autoincrement=False, nullable=False),
        sa.Column("domain", sa.String(length=255), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("snapshot_no", "piece", "domain", name=op.f("pk_domain_piece")),
        sqlite_with_rowid=False,
    )
