"""Roles for a while, personal limits and delegations; and approvals that the database itself refuses.

The triggers know no aliases and no rules of a policy: they stop what no program of ours writes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from csr_bot.adapters.sql.types import Amount, Instant, Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_LIMIT = (("limit_amount", Amount()), ("limit_currency", sa.String(length=3)))
_OF_PERSON = (*_LIMIT, ("manager", sa.String(length=60)))
_OF_APPROVAL = (("delegated_from", sa.String(length=60)), ("delegation_id", sa.String(length=36)), *_LIMIT)

_MESSAGES = {
    "prepared": "who prepared or changed a decision does not approve it (SOD-01)",
    "again": "nobody has part in two approvals of one decision (SOD-02)",
    "bot": "the bot approves no step for people, and people none of the bot (SOD-09)",
    "content": "an approval signs the content of its decision (SOD-11)",
}
_PARTIES = "(lower(trim(NEW.approver)), lower(trim(coalesce(NEW.delegated_from, NEW.approver))))"
_EARLIER = f"""SELECT 1 FROM approval AS earlier WHERE earlier.decision_id = NEW.decision_id AND (
    lower(trim(earlier.approver)) IN {_PARTIES} OR lower(trim(earlier.delegated_from)) IN {_PARTIES})"""
_BY_BOT = "lower(trim(NEW.approver)) = 'bot'"


def upgrade() -> None:
    for name, kind in _OF_PERSON:
        op.add_column("person", sa.Column(name, kind, nullable=True))
    for name, kind in _OF_APPROVAL:
        op.add_column("approval", sa.Column(name, kind, nullable=True))
    op.create_table(
        "role_grant",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_until", Instant(), nullable=False),
        sa.Column("granted_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_login"), "role_grant", ["login"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("delegator", sa.String(length=60), nullable=False),
        sa.Column("delegate", sa.String(length=60), nullable=False),
        sa.Column("roles", Json(), nullable=False),
        sa.Column("max_amount", Amount(), nullable=True),
        sa.Column("max_currency", sa.String(length=3), nullable=True),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_until", Instant(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=60), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    for name in ("delegator", "delegate"):
        op.create_index(op.f(f"ix_delegation_{name}"), "delegation", [name], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _keep_duties_on_postgresql()
    else:
        _keep_duties_on_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER approval_keeps_duties ON approval")
        op.execute("DROP FUNCTION refuse_approval_of_one_side()")
    else:
        op.execute("DROP TRIGGER approval_keeps_duties")
    op.drop_table("delegation")
    op.drop_table("role_grant")
    for name, _ in reversed(_OF_APPROVAL):
        op.drop_column("approval", name)
    for name, _ in reversed(_OF_PERSON):
        op.drop_column("person", name)


def _keep_duties_on_sqlite() -> None:
    decided = "FROM decision AS d JOIN request_case AS c ON c.id = d.case_id WHERE d.id = NEW.decision_id"
    is_step_of_bot = "coalesce(json_extract(d.steps, '$[' || (NEW.step_no - 1) || ']'), '') = '[\"bot\"]'"
    editor = f"SELECT 1 FROM json_each(c.editors) AS e WHERE lower(trim(e.value)) IN {_PARTIES}"
    tests = {
        "prepared": f"{decided} AND NOT {_BY_BOT} AND (lower(trim(d.prepared_by)) IN {_PARTIES} OR EXISTS ({editor}))",
        "again": f"WHERE EXISTS ({_EARLIER})",
        "bot": f"{decided} AND ({_BY_BOT}) <> ({is_step_of_bot})",
        "content": f"{decided} AND d.payload_sha256 <> NEW.payload_sha256",
    }
    checks = " ".join(f"SELECT RAISE(ABORT, '{_MESSAGES[name]}') {test};" for name, test in tests.items())
    op.execute(f"CREATE TRIGGER approval_keeps_duties BEFORE INSERT ON approval BEGIN {checks} END")


def _keep_duties_on_postgresql() -> None:
    editor = f"SELECT 1 FROM jsonb_array_elements_text(editors) AS e (login) WHERE lower(trim(e.login)) IN {_PARTIES}"
    tests = {
        "prepared": f"NOT {_BY_BOT} AND (lower(trim(preparer)) IN {_PARTIES} OR EXISTS ({editor}))",
        "again": f"EXISTS ({_EARLIER})",
        "bot": f"({_BY_BOT}) <> (coalesce(steps -> (NEW.step_no - 1), 'null') = '[\"bot\"]'::jsonb)",
        "content": "content <> NEW.payload_sha256",
    }
    checks = " ".join(
        f"IF {test} THEN RAISE EXCEPTION '{_MESSAGES[name]}' USING ERRCODE = 'check_violation'; END IF;"
        for name, test in tests.items()
    )
    op.execute(
        "CREATE FUNCTION refuse_approval_of_one_side() RETURNS trigger LANGUAGE plpgsql AS $$"
        "DECLARE preparer text; steps jsonb; content text; editors jsonb; BEGIN "
        "SELECT d.prepared_by, d.steps::jsonb, d.payload_sha256, c.editors::jsonb "
        "INTO preparer, steps, content, editors "
        "FROM decision AS d JOIN request_case AS c ON c.id = d.case_id WHERE d.id = NEW.decision_id; "
        f"{checks} RETURN NEW; END$$"
    )
    op.execute(
        "CREATE TRIGGER approval_keeps_duties BEFORE INSERT ON approval "
        "FOR EACH ROW EXECUTE FUNCTION refuse_approval_of_one_side()"
    )
