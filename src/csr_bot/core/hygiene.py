"""Hygiene of authority: what is odd about roles, limits and delegations, and who stood on both sides of a pair.

Nothing here stops anybody; the rules that do are ``core.duties``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Final, Protocol

from csr_bot.core.duties import PAIRS_RULE, find_role_refusal
from csr_bot.core.persons import Delegation, Member, fold, identify_member, is_bot, show_limit
from csr_bot.core.policy import BOT_ROLE, Policy

UNUSED_AFTER: Final = timedelta(days=180)
"""How long a right to approve may lie idle before it is named."""


class Employee(Member, Protocol):
    """Somebody with the login of the one he reports to, where that is known."""

    @property
    def manager(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to be looked at. ``breach``: a rule of duty separation is broken, not only tidiness."""

    login: str
    code: str
    text: str
    breach: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """A role that somebody held from ``since`` (None: always) to ``until`` (None: until now), and how he got it."""

    login: str
    role: str
    since: datetime | None
    until: datetime | None
    by: str


def find_remarks(
    people: Sequence[Employee],
    *,
    delegations: Iterable[Delegation],
    last_approvals: Mapping[tuple[str, str], datetime],
    policies: Sequence[Policy],
    at: datetime,
) -> list[Remark]:
    """Everything odd about who may approve at this moment, by login."""
    known = {fold(person.login): person for person in people}
    running = [item for item in delegations if item.valid_until > at and item.withdrawn_at is None]
    found: list[Remark] = []
    for person in people:
        found += _of_roles(person, policies)
        if person.active:
            found += _of_limit(person, known.get(fold(person.manager or "")))
            found += _of_use(person, last_approvals, policies, at=at)
        else:
            found += [
                Remark(person.login, "LEFT_DELEGATION", f"has left; the delegation {item.id} still runs")
                for item in running
                if fold(person.login) in (fold(item.delegator), fold(item.delegate))
            ]
    for one, other in combinations([person for person in people if person.active], 2):
        if identify_member(one) & identify_member(other):
            found.append(Remark(one.login, "SAME_PERSON", f"has the same address as {other.login}", breach=True))
    return sorted(found, key=lambda remark: (remark.login, remark.code))


def find_crossings(
    holdings: Iterable[Holding], *, policies: Sequence[Policy], start: datetime, end: datetime
) -> list[Remark]:
    """Who held both roles of a forbidden pair within a span, one after the other or as a delegate (SOD-04)."""
    by_person: dict[str, list[Holding]] = {}
    for held in holdings:
        if (held.since is None or held.since < end) and (held.until is None or held.until > start):
            by_person.setdefault(fold(held.login), []).append(held)
    pairs = dict.fromkeys(pair for policy in policies for pair in policy.sod_rules[PAIRS_RULE].pairs)
    found = []
    for mine in by_person.values():
        for pair in pairs:
            sides = [next((held for held in mine if held.role == role), None) for role in sorted(pair)]
            if None not in sides:
                how = " and ".join(f"{held.role} ({held.by})" for held in sides if held is not None)
                found.append(Remark(mine[0].login, "BOTH_SIDES", f"held {how}", breach=True))
    return sorted(found, key=lambda remark: (remark.login, remark.text))


def trace_roles(
    login: str, roles: frozenset[str], *, changes: Sequence[tuple[datetime, frozenset[str]]]
) -> Iterator[Holding]:
    """What somebody held when: ``changes`` are the roles from each moment on; without any, ``roles`` always."""
    if not changes:
        yield from (Holding(login, role, None, None, "role") for role in sorted(roles))
        return
    ends = [*(later[0] for _, later in pairwise(changes)), None]
    for (since, held), until in zip(changes, ends, strict=True):
        yield from (Holding(login, role, since, until, "role") for role in sorted(held))


def _of_roles(person: Member, policies: Sequence[Policy]) -> Iterator[Remark]:
    if is_bot(person.login) and person.active:
        yield Remark(person.login, "BOT_LOGIN", "has the login of the bot", breach=True)
    if not person.active and person.roles:
        yield Remark(person.login, "LEFT_ROLES", f"has left and still has {', '.join(sorted(person.roles))}")
    refusal = find_role_refusal(person.roles, policies) if person.active else None
    if refusal is not None:
        yield Remark(person.login, "PAIR_HELD", refusal.why, breach=True)


def _of_limit(person: Employee, manager: Employee | None) -> Iterator[Remark]:
    if person.manager is not None and (manager is None or not manager.active):
        yield Remark(person.login, "MANAGER_LEFT", f"reports to {person.manager}, who is not here")
    elif manager is not None and manager.approval_limit is not None:
        mine, theirs = person.approval_limit, manager.approval_limit
        if mine is None or mine.currency != theirs.currency or mine > theirs:
            text = f"may approve {show_limit(mine)}, {manager.login} above only {show_limit(theirs)}"
            yield Remark(person.login, "LIMIT_ABOVE_MANAGER", text)


def _of_use(
    person: Member, last: Mapping[tuple[str, str], datetime], policies: Sequence[Policy], *, at: datetime
) -> Iterator[Remark]:
    for role in sorted(person.roles & _approving_roles(policies)):
        used_at = last.get((person.login, role))
        if used_at is None:
            yield Remark(person.login, "NEVER_USED", f"has never approved as {role}")
        elif at - used_at > UNUSED_AFTER:
            yield Remark(person.login, "LONG_UNUSED", f"last approved as {role} on {used_at.date()}")


def _approving_roles(policies: Sequence[Policy]) -> frozenset[str]:
    steps = (
        step
        for policy in policies
        for authority in policy.approval_matrix.values()
        for band in authority.bands
        for step in band.steps
    )
    return frozenset[str]().union(*steps) - {BOT_ROLE}
