"""Policy: limits, authority and routing in force, read from a versioned YAML text. What a case needs is asked of it."""

from __future__ import annotations

from csr_bot.core.policy.authority import (
    Authority,
    Band,
    Cumulation,
    ExtraStep,
    FieldRule,
    NoRate,
    Ruling,
    Step,
)
from csr_bot.core.policy.differences import Change, describe, diff
from csr_bot.core.policy.names import (
    ACCOUNT_OWNER_RULE,
    BOT_ROLE,
    DISTINCT_RULE,
    GUARD_NAMES,
    MASTER_FIELDS,
    MATTER_TERMS,
    PREPARER_RULE,
    REQUIREMENT_NAMES,
    ROUTING_TERMS,
)
from csr_bot.core.policy.policy import (
    Ceilings,
    FxPolicy,
    Limits,
    MatchingPolicy,
    Policy,
    Routing,
    ShadowPolicy,
    SodRule,
    Tolerances,
)
from csr_bot.core.policy.reading import read_policy

__all__ = [
    "ACCOUNT_OWNER_RULE",
    "BOT_ROLE",
    "DISTINCT_RULE",
    "GUARD_NAMES",
    "MASTER_FIELDS",
    "MATTER_TERMS",
    "PREPARER_RULE",
    "REQUIREMENT_NAMES",
    "ROUTING_TERMS",
    "Authority",
    "Band",
    "Ceilings",
    "Change",
    "Cumulation",
    "ExtraStep",
    "FieldRule",
    "FxPolicy",
    "Limits",
    "MatchingPolicy",
    "NoRate",
    "Policy",
    "Routing",
    "Ruling",
    "ShadowPolicy",
    "SodRule",
    "Step",
    "Tolerances",
    "describe",
    "diff",
    "read_policy",
]
