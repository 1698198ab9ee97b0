"""What each decision was made from, so that it can be made again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_facts",
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_facts_decision_id_decision")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision_facts")),
    )


def downgrade() -> None:
    op.drop_table("decision_facts")
