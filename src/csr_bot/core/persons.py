"""Persons: who is who, whatever he signs in as, and the authority that one person lends to another for a while.

What a person may do with a case is for ``core.duties``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from csr_bot.core.money import Money

Identity = frozenset[str]
"""Everything that a person is known by, folded. Two that have something in common are the same person."""

BOT_LOGIN: Final = "bot"
"""Reserved: nobody works under the bot's name (SOD-09)."""
MAX_DELEGATION: Final = timedelta(days=30)
DELEGATION_RULE: Final = "SOD-07"


class Member(Protocol):
    """Somebody who works with the bot. ``approval_limit`` narrows what his roles allow; None does not."""

    @property
    def login(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def active(self) -> bool: ...
    @property
    def approval_limit(self) -> Money | None: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not do something: the rule, and a sentence that explains it."""

    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A role that a person holds for a while only, from ``valid_from`` up to, not including, ``valid_until``."""

    id: str
    login: str
    role: str
    valid_from: datetime
    valid_until: datetime
    granted_by: str
    withdrawn_at: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether the role is held at that moment."""
        return _holds(self.valid_from, self.valid_until, self.withdrawn_at, at)


@dataclass(frozen=True, slots=True)
class Delegation:
    """Roles of ``delegator`` that ``delegate`` may approve with for a while, up to ``max_amount`` where one is set."""

    id: str
    delegator: str
    delegate: str
    roles: frozenset[str]
    max_amount: Money | None
    valid_from: datetime
    valid_until: datetime
    why: str
    created_by: str
    created_at: datetime
    withdrawn_at: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether it is in force at that moment."""
        return _holds(self.valid_from, self.valid_until, self.withdrawn_at, at)

    def overlaps(self, other: Delegation) -> bool:
        """Whether there is a moment at which both are in force."""
        mine, theirs = (item.withdrawn_at or item.valid_until for item in (self, other))
        return self.valid_from < theirs and other.valid_from < mine


def _holds(start: datetime, end: datetime, withdrawn_at: datetime | None, at: datetime) -> bool:
    return start <= at < end and (withdrawn_at is None or at < withdrawn_at)


def fold(name: str) -> str:
    """A login, address or name as it is compared: trimmed, in one case, an address without its ``+`` alias."""
    folded = " ".join(name.split()).casefold()
    local, at, domain = folded.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if at else folded


def identify(login: str, email: str | None = None) -> Identity:
    """What a person is known by."""
    return frozenset(fold(name) for name in (login, email) if name and name.strip())


def identify_member(member: Member) -> Identity:
    """What somebody of ours is known by; a full name is not among it, because two people may share one."""
    return identify(member.login, member.email)


def is_bot(login: str) -> bool:
    """Whether a login is the bot's own, however it is written."""
    return fold(login) == BOT_LOGIN


def find_delegation_refusal(
    new: Delegation, *, delegator: Member, delegate: Member, others: Sequence[Delegation]
) -> Refusal | None:
    """Why a delegation may not be made (SOD-07); None if nothing stands against it.

    ``others`` are the delegations that there are already, withdrawn ones too.
    """
    problems = (
        (identify_member(delegator) & identify_member(delegate), "Nobody delegates to himself."),
        (is_bot(new.delegate) or is_bot(new.delegator), "The bot neither delegates nor is delegated to."),
        (not delegator.active, f"{delegator.login} is not active any more."),
        (not delegate.active, f"{delegate.login} is not active any more."),
        (not new.roles, "A delegation names the roles that it is for."),
        (new.valid_from >= new.valid_until, "A delegation ends after it begins."),
        (new.valid_until - new.valid_from > MAX_DELEGATION, f"A delegation is for {MAX_DELEGATION.days} days at most."),
        (
            not new.roles <= delegator.roles,
            f"{delegator.login} does not hold {' and '.join(sorted(new.roles - delegator.roles))}.",
        ),
        (
            exceeds((new.max_amount,) if new.max_amount else (), delegator.approval_limit),
            f"{delegator.login} may approve up to {show_limit(delegator.approval_limit)} only.",
        ),
    )
    why = next((sentence for wrong, sentence in problems if wrong), None) or _find_chain(new, others)
    return None if why is None else Refusal(DELEGATION_RULE, why)


def is_chained(delegation: Delegation, others: Sequence[Delegation], *, at: datetime) -> bool:
    """Whether the delegator is somebody else's delegate at that moment: what is lent is not lent on."""
    return any(fold(other.delegate) == fold(delegation.delegator) and other.holds_at(at) for other in others)


def exceeds(amounts: Sequence[Money], limit: Money | None) -> bool:
    """Whether one of the amounts is above a limit; one in another currency cannot be known to be within it."""
    return limit is not None and any(
        amount.currency != limit.currency or abs(amount.amount) > limit.amount for amount in amounts
    )


def show_limit(limit: Money | None) -> str:
    """A limit for people to read."""
    return str(limit) if limit else "any amount"


def _find_chain(new: Delegation, others: Sequence[Delegation]) -> str | None:
    for other in others:
        if not new.overlaps(other):
            continue
        if fold(other.delegate) == fold(new.delegator):
            return f"{new.delegator} acts for {other.delegator} then and delegates nothing on."
        if fold(other.delegator) == fold(new.delegate):
            return f"{new.delegate} has delegated to {other.delegate} then and takes on nothing."
    return None
