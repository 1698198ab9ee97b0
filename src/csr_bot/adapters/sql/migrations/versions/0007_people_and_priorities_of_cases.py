"""Who has changed a case, what a reviewer has told to do with it, how urgent it is, and when it was answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csr_bot.adapters.sql.types import Amount, Instant, Json

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEW = (
    ("editors", Json(), "'[]'"),
    ("instruction", Json(), None),
    ("info_requests", sa.Integer(), "0"),
    ("priority", sa.String(length=2), None),
    ("priority_score", sa.Integer(), None),
    ("priority_parts", Json(), "'[]'"),
    ("amount_at_risk", Amount(), None),
    ("amount_at_risk_currency", sa.String(length=3), None),
    ("first_response_at", Instant(), None),
    ("closed_at", Instant(), None),
)


def upgrade() -> None:
    for name, kind, default in _NEW:
        column = sa.Column(name, kind, nullable=default is None, server_default=sa.text(default) if default else None)
        op.add_column("request_case", column)


def downgrade() -> None:
    for name, _, _ in reversed(_NEW):
        op.drop_column("request_case", name)
