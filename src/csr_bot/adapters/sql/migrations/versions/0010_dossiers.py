"""What was erased of cases, and the keys that cases are searched by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csr_bot.adapters.sql.types import Instant, Json

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.Column("erased_by", sa.String(length=60), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("removed_sha256", sa.String(length=64), nullable=False),
        sa.Column("counts", Json(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["request_case.id"], name=op.f("fk_erasure_case_id_request_case")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "case_key",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["request_case.id"], name=op.f("fk_case_key_case_id_request_case")),
        sa.PrimaryKeyConstraint("case_id", "value", name=op.f("pk_case_key")),
    )
    op.create_index("ix_case_key_value", "case_key", ["value"], unique=False)


def downgrade() -> None:
    op.drop_table("case_key")
    op.drop_table("erasure")
