"""A policy read from its YAML text: every mistake in it is named with line and field, and then there is no policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from csr_bot.core.document import Field, read_document
from csr_bot.core.policy.names import BOT_ROLE
from csr_bot.core.policy.policy import FxPolicy, Policy
from csr_bot.core.policy.reading_authority import read_guards, read_matrix, read_sod_rules
from csr_bot.core.policy.reading_clocks import read_calendars, read_escalation, read_priority, read_sla
from csr_bot.core.policy.reading_tables import (
    read_ceilings,
    read_limits,
    read_matching,
    read_routing,
    read_shadow,
    read_tolerances,
)
from csr_bot.core.policy.scalars import PolicyReading, read_currency, read_instant

_NEEDED: Final = (
    "policy_id",
    "version",
    "effective_from",
    "base_currency",
    "fx",
    "roles",
    "approval_matrix",
    "auto_guards",
    "sod_rules",
    "priority",
    "calendars",
    "sla",
    "escalation",
    "routing",
    "matching",
    "tolerances",
)
_ALSO: Final = ("limits", "ceilings", "shadow")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_policy(text: str, *, file: str) -> Policy:
    """A policy from its YAML text. Raises MistakesError with every gap, overlap, unknown role or name in it."""
    document = read_document(text, file=file)
    reading = PolicyReading()
    policy = _read(reading, reading.entries(document, needed=_NEEDED, also=_ALSO))
    reading.finish()
    return policy


def _read(reading: PolicyReading, top: Mapping[str, Field]) -> Policy:
    reading.roles = _read_roles(reading, top.get("roles"))
    guards = read_guards(reading, top.get("auto_guards"))
    calendars = read_calendars(reading, top.get("calendars"))
    return Policy(
        policy_id=reading.words(top.get("policy_id")),
        version=reading.whole(top.get("version")),
        effective_from=reading.value(top.get("effective_from"), read_instant, default=_EPOCH),
        base_currency=reading.value(top.get("base_currency"), read_currency, default="XXX"),
        fx=_read_fx(reading, top.get("fx")),
        roles=reading.roles,
        approval_matrix=read_matrix(reading, top.get("approval_matrix"), guards=guards),
        auto_guards=guards,
        sod_rules=read_sod_rules(reading, top.get("sod_rules")),
        priority=read_priority(reading, top.get("priority")),
        calendars=calendars,
        sla=read_sla(reading, top.get("sla"), calendars=calendars),
        escalation=read_escalation(reading, top.get("escalation")),
        routing=read_routing(reading, top.get("routing")),
        matching=read_matching(reading, top.get("matching")),
        tolerances=read_tolerances(reading, top.get("tolerances")),
        limits=read_limits(reading, top.get("limits")),
        ceilings=read_ceilings(reading, top.get("ceilings")),
        shadow=read_shadow(reading, top.get("shadow")),
    )


def _read_roles(reading: PolicyReading, field: Field | None) -> frozenset[str]:
    roles: set[str] = set()
    for item in reading.list_of(field, what="role"):
        role = reading.words(item)
        if role and role in roles:
            reading.complain(item, f"the role {role!r} stands here twice")
        roles.add(role)
    if field is not None and BOT_ROLE not in roles:
        reading.complain(field, f"the role {BOT_ROLE!r} is missing")
    return frozenset(roles)


def _read_fx(reading: PolicyReading, field: Field | None) -> FxPolicy:
    entry = reading.entries(field, needed=("source", "max_age_days", "on_missing"))
    reading.known(entry.get("on_missing"), ("route_to_human",), what="rule")
    return FxPolicy(reading.words(entry.get("source")), timedelta(days=reading.whole(entry.get("max_age_days"))))
