"""Authority for a while in SQL: temporary roles and delegations, and what approvals were given by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from csr_bot.adapters.sql.monies import join_money, split_money
from csr_bot.adapters.sql.tables import approval
from csr_bot.adapters.sql.work_tables import delegation, role_grant
from csr_bot.core.persons import Delegation, RoleGrant


class SqlMandates:
    """``houselog.MandateRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_grant(self, grant: RoleGrant) -> None:
        """Give a role for a while."""
        row = {name: getattr(grant, name) for name in RoleGrant.__dataclass_fields__}
        self._connection.execute(insert(role_grant), row)

    def grants(self) -> Sequence[RoleGrant]:
        """Every role that was ever given for a while, the oldest first."""
        query = select(role_grant).order_by(role_grant.c.valid_from, role_grant.c.id)
        return [RoleGrant(**row) for row in self._connection.execute(query).mappings()]

    def withdraw_grants(self, login: str, roles: frozenset[str], *, at: datetime) -> None:
        """Take back what a person holds of these roles for a while, or would hold later."""
        self._connection.execute(
            update(role_grant)
            .where(
                role_grant.c.login == login,
                role_grant.c.role.in_(sorted(roles)),
                role_grant.c.withdrawn_at.is_(None),
                role_grant.c.valid_until > at,
            )
            .values(withdrawn_at=at)
        )

    def add_delegation(self, record: Delegation) -> None:
        """Store a delegation."""
        row = {name: getattr(record, name) for name in Delegation.__dataclass_fields__ if name != "max_amount"}
        amount = split_money(record.max_amount, "max")
        self._connection.execute(insert(delegation), {**row, "roles": sorted(record.roles), **amount})

    def delegations(self, login: str | None = None) -> Sequence[Delegation]:
        """Every delegation, or those from and to a person, the oldest first."""
        query = select(delegation).order_by(delegation.c.valid_from, delegation.c.id)
        if login is not None:
            query = query.where(or_(delegation.c.delegator == login, delegation.c.delegate == login))
        return [_delegation(row) for row in self._connection.execute(query).mappings()]

    def withdraw_delegation(self, delegation_id: str, *, at: datetime) -> bool:
        """End a delegation before its time; False if it has ended already or there is none."""
        ended = self._connection.execute(
            update(delegation)
            .where(
                delegation.c.id == delegation_id,
                delegation.c.withdrawn_at.is_(None),
                delegation.c.valid_until > at,
            )
            .values(withdrawn_at=at)
        )
        return ended.rowcount == 1

    def last_approvals(self) -> Mapping[tuple[str, str], datetime]:
        """When somebody (first) last approved in a role (second)."""
        query = select(approval.c.approver, approval.c.acted_role, func.max(approval.c.acted_at)).group_by(
            approval.c.approver, approval.c.acted_role
        )
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}


def temporary_roles(connection: Connection, *, at: datetime | None) -> Mapping[str, frozenset[str]]:
    """Login to the roles held for a while at a moment; nothing without one. What was taken away never held."""
    if at is None:
        return {}
    query = select(role_grant.c.login, role_grant.c.role).where(
        role_grant.c.valid_from <= at,
        role_grant.c.valid_until > at,
        role_grant.c.withdrawn_at.is_(None),
    )
    held: dict[str, frozenset[str]] = {}
    for login, role in connection.execute(query):
        held[login] = held.get(login, frozenset()) | {role}
    return held


def _delegation(row: RowMapping) -> Delegation:
    kept: dict[str, Any] = {name: row[name] for name in Delegation.__dataclass_fields__ if name in row}
    return Delegation(**{**kept, "roles": frozenset(row["roles"]), "max_amount": join_money(row, "max")})
