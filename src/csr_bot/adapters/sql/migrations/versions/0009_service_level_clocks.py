"""Clocks of service levels, and the calendars that they count by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csr_bot.adapters.sql.types import Instant, Json

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_IS_WATCHED = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "business_calendar",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_calendar")),
    )
    op.create_table(
        "sla_clock",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("targets", Json(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("running_since", Instant(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("consumed_seconds", sa.Integer(), nullable=False),
        sa.Column("ran", Json(), nullable=False),
        sa.Column("paused_reason", sa.String(length=20), nullable=True),
        sa.Column("stopped_at", Instant(), nullable=True),
        sa.Column("escalated", Json(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["request_case.id"], name=op.f("fk_sla_clock_case_id_request_case")),
        sa.PrimaryKeyConstraint("case_id", "kind", "cycle", name=op.f("pk_sla_clock")),
    )
    op.create_index(
        "ix_sla_clock_next_at",
        "sla_clock",
        ["next_at"],
        unique=False,
        sqlite_where=_IS_WATCHED,
        postgresql_where=_IS_WATCHED,
    )


def downgrade() -> None:
    op.drop_table("sla_clock")
    op.drop_table("business_calendar")
