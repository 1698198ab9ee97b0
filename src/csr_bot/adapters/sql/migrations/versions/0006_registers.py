"""Registers that only we keep: promises, instalments, KYC documents and entries on letters of credit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csr_bot.adapters.sql.types import Instant, Json

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_IS_OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        "register_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("customer_no", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["request_case.id"], name=op.f("fk_register_entry_case_id_request_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("reference", name=op.f("uq_register_entry_reference")),
    )
    op.create_index(op.f("ix_register_entry_case_id"), "register_entry", ["case_id"], unique=False)
    op.create_index("ix_register_entry_customer", "register_entry", ["customer_no", "kind"], unique=False)
    op.create_index(
        "ix_register_entry_open",
        "register_entry",
        ["kind", "due_on"],
        unique=False,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )


def downgrade() -> None:
    op.drop_table("register_entry")
