"""Duties kept apart: every rule of SOD-01 to SOD-12 as a function over values, each refusal with its rule.

SOD-10 is not here: the cumulated amount chooses the band already when a case is decided (``core.decide``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from csr_bot.core.business_time import BusinessCalendar, add_business_days
from csr_bot.core.effects import RiskClass
from csr_bot.core.money import Money, zero
from csr_bot.core.persons import (
    DELEGATION_RULE,
    Delegation,
    Identity,
    Member,
    Refusal,
    exceeds,
    fold,
    identify,
    identify_member,
    is_bot,
    show_limit,
)
from csr_bot.core.policy import ACCOUNT_OWNER_RULE, BOT_ROLE, DISTINCT_RULE, PREPARER_RULE, Policy, Step

EXECUTOR_RULE: Final = "SOD-03"
PAIRS_RULE: Final = "SOD-04"
CALLER_RULE: Final = "SOD-05"
AUTHOR_RULE: Final = "SOD-06"
BOT_RULE: Final = "SOD-09"
CONTENT_RULE: Final = "SOD-11"
OVERRIDE_RULE: Final = "SOD-12"

OVERRIDE_ROLES: Final = frozenset({"controller", "finance_director"})
OVERRIDE_REASON_MIN: Final = 20
"""Letters of a reason, blanks around it not counted."""
OVERRIDE_REVIEW_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Given:
    """An approval that was given: by whom, and for whom if it was as a delegate."""

    approver: Identity
    delegator: Identity = frozenset()

    @property
    def parties(self) -> Identity:
        """Both, as far as there are two: neither approves the same decision again."""
        return self.approver | self.delegator


@dataclass(frozen=True, slots=True)
class Loan:
    """A delegation to the actor, with the one who made it as he is now. ``chained``: he acts for somebody himself."""

    delegation: Delegation
    delegator: Member
    chained: bool = False


@dataclass(frozen=True, slots=True)
class Mandate:
    """By what right somebody approves: the role, whose it is if it is lent, and the limit that was kept."""

    role: str
    delegation: Delegation | None = None
    limit: Money | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wants to approve the next step of a decision.

    ``preparers`` are its preparer and everybody who has changed its case materially. ``amounts`` are what limits are
    held against. ``callers`` made call-backs for it and ``executors`` did parts of it by hand. ``seen_sha256`` is the
    content that the person looked at, None where he does not say.
    """

    actor: Member
    step: Step
    at: datetime
    preparers: tuple[Identity, ...]
    given: tuple[Given, ...] = ()
    amounts: tuple[Money, ...] = ()
    loans: tuple[Loan, ...] = ()
    account_owner: str | None = None
    callers: tuple[Identity, ...] = ()
    executors: tuple[Identity, ...] = ()
    payload_sha256: str = ""
    seen_sha256: str | None = None


def find_refusal(attempt: Attempt) -> Refusal | None:
    """Why this person may not approve this step; None if nothing stands against it."""
    found = find_mandate(attempt)
    return found if isinstance(found, Refusal) else None


def find_mandate(attempt: Attempt) -> Mandate | Refusal:
    """By what right this person may approve this step: an own role before a lent one; or why not."""
    actor = attempt.actor
    refusal = _find_personal_refusal(attempt)
    if refusal is not None:
        return refusal
    own = actor.roles & attempt.step - {BOT_ROLE}
    if own and not exceeds(attempt.amounts, actor.approval_limit):
        return Mandate(min(own), limit=actor.approval_limit)
    # Of several reasons the first is told: what stands against the own role, else against the oldest delegation.
    refusals = [_above_limit(actor.login, actor.approval_limit)] if own else []
    for loan in sorted(attempt.loans, key=lambda loan: (loan.delegation.valid_from, loan.delegation.id)):
        found = _judge_loan(attempt, loan)
        if isinstance(found, Mandate):
            return found
        if found is not None:
            refusals.append(found)
    if refusals:
        return refusals[0]
    needed, held = name_roles(attempt.step), name_roles(actor.roles)
    return Refusal("AUTHORITY", f"This step needs {needed}; {actor.login} has {held}.")


def _find_personal_refusal(attempt: Attempt) -> Refusal | None:
    """What stands against the person himself, by whatever right he acts."""
    actor, me = attempt.actor, identify_member(attempt.actor)
    rules = (
        (
            attempt.seen_sha256 not in (None, attempt.payload_sha256),
            CONTENT_RULE,
            "The content has changed since you opened it; look at it again.",
        ),
        (not actor.active, "INACTIVE", f"{actor.login} is not active any more."),
        (_owns_account(actor, attempt.account_owner), ACCOUNT_OWNER_RULE, f"{actor.login} owns this customer account."),
        (
            _has_one(me, attempt.preparers),
            PREPARER_RULE,
            f"{actor.login} prepared or changed this decision, so somebody else has to approve it.",
        ),
        (is_bot(actor.login), BOT_RULE, "Nobody acts as the bot."),
        (
            _has_one(me, (given.parties for given in attempt.given)),
            DISTINCT_RULE,
            f"{actor.login} has part in an earlier step already, so this one needs somebody else.",
        ),
        (_has_one(me, attempt.executors), EXECUTOR_RULE, f"{actor.login} carried out a part of this by hand."),
        (_has_one(me, attempt.callers), CALLER_RULE, f"{actor.login} made the call-back, so a third person approves."),
    )
    return next((Refusal(rule, why) for broken, rule, why in rules if broken), None)


def _judge_loan(attempt: Attempt, loan: Loan) -> Mandate | Refusal | None:
    """What a delegation gives for this step; None where it is not in force or is about other roles."""
    delegation, lender = loan.delegation, loan.delegator
    lent = delegation.roles & attempt.step - {BOT_ROLE}
    if not delegation.holds_at(attempt.at) or not lent:
        return None
    them = identify_member(lender)
    limits = [limit for limit in (delegation.max_amount, lender.approval_limit) if limit is not None]
    broken = next((limit for limit in limits if exceeds(attempt.amounts, limit)), None)
    rules = (
        (loan.chained, DELEGATION_RULE, f"{lender.login} acts for somebody himself and lends nothing on."),
        (not lender.active or not lent & lender.roles, DELEGATION_RULE, f"{lender.login} does not hold the role."),
        (_has_one(them, attempt.preparers), DELEGATION_RULE, f"{lender.login}, who delegated, prepared this decision."),
        (_owns_account(lender, attempt.account_owner), ACCOUNT_OWNER_RULE, f"{lender.login} owns this account."),
        (
            _has_one(them, (given.parties for given in attempt.given)),
            DISTINCT_RULE,
            f"{lender.login}, who delegated, has part in an earlier step already.",
        ),
    )
    refusal = next((Refusal(rule, why) for wrong, rule, why in rules if wrong), None)
    if refusal is not None:
        return refusal
    if broken is not None:
        return _above_limit(f"{attempt.actor.login} for {lender.login}", broken)
    limit = min(limits, key=lambda each: each.amount, default=None)
    return Mandate(min(lent & lender.roles), delegation=delegation, limit=limit)


def find_execution_refusal(
    executor: Member, given: Iterable[Given], *, risks: Collection[RiskClass], policy: Policy
) -> Refusal | None:
    """Why a person may not carry out an approved effect by hand (SOD-03, for the classes of risk of the policy)."""
    applies = policy.sod_rules[EXECUTOR_RULE].applies
    if applies and not any(risk.value in applies for risk in risks):
        return None
    if _has_one(identify_member(executor), (each.parties for each in given)):
        return Refusal(EXECUTOR_RULE, f"{executor.login} approved this, so somebody else carries it out.")
    return None


def find_role_refusal(roles: Collection[str], policies: Iterable[Policy]) -> Refusal | None:
    """Why nobody may hold these roles together (SOD-04), naming the pair; None if they go together everywhere."""
    for policy in policies:
        pair = policy.find_forbidden_pair(roles)
        if pair is not None:
            return Refusal(PAIRS_RULE, f"Nobody may hold {' and '.join(sorted(pair))} together.")
    return None


def find_call_back_refusal(
    caller: Identity, *, preparers: Iterable[Identity], given: Iterable[Given]
) -> Refusal | None:
    """Why a person may not make the call-back (SOD-05): he prepared the change or approved it."""
    if _has_one(caller, preparers) or _has_one(caller, (each.parties for each in given)):
        return Refusal(CALLER_RULE, "Who calls back neither prepares nor approves the change.")
    return None


def find_activation_refusal(*, author: Identity, activator: Identity) -> Refusal | None:
    """Why a person may not put a policy in force (SOD-06): he wrote it, or nobody knows who did."""
    if not author:
        return Refusal(AUTHOR_RULE, "Nobody is named as the author of this policy.")
    return Refusal(AUTHOR_RULE, "Who wrote a policy does not activate it.") if author & activator else None


def find_bot_refusal(step: Step) -> Refusal | None:
    """Why the bot may not approve a step (SOD-09): the policy has made it one for people."""
    return None if step == frozenset({BOT_ROLE}) else Refusal(BOT_RULE, "The bot approved what is for people.")


def find_content_refusal(signed: Iterable[str], *, payload_sha256: str) -> Refusal | None:
    """Why approvals do not count for a content (SOD-11): one of them signs another."""
    if any(each != payload_sha256 for each in signed):
        return Refusal(CONTENT_RULE, "What was approved is not what would be carried out.")
    return None


def find_override_refusal(approvers: Sequence[Member], *, reason: str) -> Refusal | None:
    """Why a rule may not be overridden (SOD-12): two different people in the two roles, and a reason."""
    if len(reason.strip()) < OVERRIDE_REASON_MIN:
        return Refusal(OVERRIDE_RULE, f"An override needs a reason of at least {OVERRIDE_REASON_MIN} letters.")
    active = [member for member in approvers if member.active]
    first, second = sorted(OVERRIDE_ROLES)
    pairs = ((one, other) for one in active for other in active if first in one.roles and second in other.roles)
    if any(not identify_member(one) & identify_member(other) for one, other in pairs):
        return None
    return Refusal(OVERRIDE_RULE, f"An override needs a {first} and a {second}, two people.")


def find_override_due(at: datetime, calendar: BusinessCalendar) -> date:
    """The day by which an override has to be reviewed (SOD-12)."""
    return add_business_days(calendar, day=at.astimezone(ZoneInfo(calendar.zone)).date(), days=OVERRIDE_REVIEW_DAYS)


def find_roles_above(policy: Policy, step: Step) -> tuple[str, ...]:
    """The roles that the matrix asks for above a step's, the next higher first: the larger the amount, the higher."""
    above: list[str] = []
    for authority in policy.approval_matrix.values():
        rank: dict[str, int] = {}
        for place, each in enumerate(other for band in authority.bands for other in band.steps):
            rank |= {role: place for role in each if role not in rank}
        highest = max((rank[role] for role in step if role in rank), default=None)
        if highest is None:
            continue
        above += sorted((role for role in rank if rank[role] > highest), key=lambda role: (rank[role], role))
    return tuple(dict.fromkeys(role for role in above if role != BOT_ROLE))


def find_matrix_limit(policy: Policy, roles: Collection[str]) -> Money | None:
    """The largest amount that these roles may have a part in approving; None where the matrix sets no bound."""
    largest = zero(policy.base_currency)
    for authority in policy.approval_matrix.values():
        for band in authority.bands:
            if any(step & set(roles) for step in band.steps):
                if band.upto is None:
                    return None
                largest = max(largest, Money(band.upto, policy.base_currency), key=lambda money: money.amount)
    return largest


def name_roles(roles: Collection[str]) -> str:
    """Roles for people to read."""
    return " or ".join(sorted(roles)) or "no role"


def _has_one(person: Identity, others: Iterable[Identity]) -> bool:
    return any(person & other for other in others)


def _owns_account(member: Member, owner: str | None) -> bool:
    """Ledgers name an account's owner by login, address or full name."""
    return owner is not None and bool(identify(owner) & (identify_member(member) | {fold(member.name)}))


def _above_limit(who: str, limit: Money | None) -> Refusal:
    return Refusal("LIMIT", f"{who} may approve up to {show_limit(limit)}.")
