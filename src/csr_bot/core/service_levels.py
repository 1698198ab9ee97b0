"""Service levels: what a policy or a contract promises, which promise comes first, and who hears when time runs out.

The clock that counts against a promise is ``core.sla_clock``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from csr_bot.core.business_time import BusinessCalendar
from csr_bot.core.priority import PriorityLevel
from csr_bot.core.request import Category


class EscalationAction(StrEnum):
    """What happens beside telling people when a case escalates."""

    RAISE_QUEUE_RANK = "raise_queue_rank"
    REASSIGN_IF_OWNER_ABSENT = "reassign_if_owner_absent"
    MARK_BREACHED = "mark_breached"


class Channel(StrEnum):
    """How people are told of an escalation."""

    UI = "ui"
    EMAIL = "email"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Who is told, and what is done, when ``at_pct`` percent of a resolution target are used up.

    ``to`` holds roles, or ``case_owner``, ``team_lead``.
    """

    at_pct: int
    to: tuple[str, ...]
    via: tuple[Channel, ...]
    action: EscalationAction | None = None


@dataclass(frozen=True, slots=True)
class ResponseMinutes:
    """Business minutes to the first meaningful response and to the resolution."""

    first_response: int
    resolution: int


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """Section ``sla`` of a policy. All values are minutes.

    The acknowledgement has a calendar of its own (``always``); all else is counted on the calendar of the case. The
    earliest deadline wins, and only waiting for the customer pauses a clock: a policy that says otherwise is refused
    where it is read.
    """

    acknowledge_minutes: int
    acknowledge_calendar: BusinessCalendar
    targets: Mapping[PriorityLevel, ResponseMinutes]
    category_resolution_caps: Mapping[Category, int]
    contract_overrides: bool
    max_pause_minutes: int
    approval_step_minutes: Mapping[PriorityLevel, int]


@dataclass(frozen=True, slots=True)
class ContractSla:
    """What a contract promises, in minutes of ``calendar``. None: the contract is silent. ``clause`` says where."""

    first_response_minutes: int | None
    resolution_minutes: int | None
    calendar: BusinessCalendar
    clause: str


class ClockKind(StrEnum):
    """What a clock counts towards."""

    ACK = "ack"
    FIRST_RESPONSE = "first_response"
    RESOLUTION = "resolution"
    APPROVAL_STEP = "approval_step"


class TargetSource(StrEnum):
    """Which rule set a target."""

    POLICY = "policy"
    PRIORITY = "priority"
    CATEGORY = "category"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True)
class Target:
    """How long something may take, in minutes of a calendar, and the rule that says so."""

    kind: ClockKind
    minutes: int
    calendar: BusinessCalendar
    source: TargetSource
    why: str

    @property
    def length(self) -> timedelta:
        """The open time allowed."""
        return timedelta(minutes=self.minutes)


Targets = tuple[Target, ...]
"""The targets of one kind that apply together: the earliest deadline is in force, the others are shown."""


def case_targets(
    policy: SlaPolicy,
    *,
    level: PriorityLevel,
    category: Category,
    contract: ContractSla | None,
    calendar: BusinessCalendar,
) -> Mapping[ClockKind, Targets]:
    """The targets of a case by kind: acknowledgement, first response and resolution.

    ``calendar`` is that of the case, for targets by priority and category; a contract is counted on its own.
    """
    minutes = policy.targets[level]
    first_response = [_by_priority(ClockKind.FIRST_RESPONSE, minutes.first_response, level=level, calendar=calendar)]
    resolution = [_by_priority(ClockKind.RESOLUTION, minutes.resolution, level=level, calendar=calendar)]
    if (cap := policy.category_resolution_caps.get(category)) is not None:
        why = f"limit of the category {category}"
        resolution.append(Target(ClockKind.RESOLUTION, cap, calendar, TargetSource.CATEGORY, why))
    if contract and policy.contract_overrides:
        first_response += _by_contract(ClockKind.FIRST_RESPONSE, contract.first_response_minutes, contract)
        resolution += _by_contract(ClockKind.RESOLUTION, contract.resolution_minutes, contract)
    return {
        ClockKind.ACK: (_acknowledgement(policy),),
        ClockKind.FIRST_RESPONSE: tuple(first_response),
        ClockKind.RESOLUTION: tuple(resolution),
    }


def approval_targets(policy: SlaPolicy, *, level: PriorityLevel, resolution: Target) -> Targets:
    """The target of an approval step, on the calendar of the case's resolution target that is in force."""
    minutes = policy.approval_step_minutes[level]
    return (_by_priority(ClockKind.APPROVAL_STEP, minutes, level=level, calendar=resolution.calendar),)


def _by_priority(kind: ClockKind, minutes: int, *, level: PriorityLevel, calendar: BusinessCalendar) -> Target:
    return Target(kind, minutes, calendar, TargetSource.PRIORITY, f"priority {level}")


def _by_contract(kind: ClockKind, minutes: int | None, contract: ContractSla) -> Targets:
    if minutes is None:
        return ()
    return (Target(kind, minutes, contract.calendar, TargetSource.CONTRACT, f"contract {contract.clause}"),)


def _acknowledgement(policy: SlaPolicy) -> Target:
    minutes, calendar = policy.acknowledge_minutes, policy.acknowledge_calendar
    return Target(ClockKind.ACK, minutes, calendar, TargetSource.POLICY, "every message is acknowledged")
