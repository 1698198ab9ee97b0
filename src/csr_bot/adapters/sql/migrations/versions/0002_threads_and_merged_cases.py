"""A key that signs the thread marks of this installation, and cases that were merged into others."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OPEN = sa.text("status NOT IN ('resolved', 'closed', 'merged')")
_BEFORE = sa.text("status NOT IN ('resolved', 'closed')")


def upgrade() -> None:
    signing_key = op.create_table(
        "signing_key",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signing_key")),
    )
    op.bulk_insert(signing_key, [{"name": "thread", "value": secrets.token_hex(32)}])
    op.add_column("request_case", sa.Column("merged_into", sa.String(length=36), nullable=True))
    _index_open_cases(_OPEN)


def downgrade() -> None:
    op.drop_table("signing_key")
    op.drop_column("request_case", "merged_into")
    _index_open_cases(_BEFORE)


def _index_open_cases(which: sa.TextClause) -> None:
    op.drop_index("ix_request_case_open", "request_case")
    op.create_index(
        "ix_request_case_open", "request_case", ["status", "received_at"], sqlite_where=which, postgresql_where=which
    )
