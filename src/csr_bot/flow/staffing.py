"""Staffing: who gets which roles, limits and delegations. What the rules forbid is refused before it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.core.duties import BOT_RULE, find_matrix_limit, find_role_refusal
from csr_bot.core.persons import (
    Delegation,
    Refusal,
    RoleGrant,
    exceeds,
    find_delegation_refusal,
    fold,
    identify_member,
    is_bot,
    show_limit,
)
from csr_bot.core.policy import Policy
from csr_bot.flow.review import Place
from csr_bot.records import Person


def add_person(place: Place, person: Person, *, policies: Sequence[Policy], actor: str) -> Refusal | Person:
    """Add a person. A second account of somebody who is there already is refused: it would be a second pair of eyes."""
    with place.log.begin() as records:
        known = records.house.people()
        if any(fold(other.login) == fold(person.login) for other in known):
            return Refusal("KNOWN", f"there is a user {person.login} already")
        twin = next((other for other in known if identify_member(other) & identify_member(person)), None)
        if twin is not None:
            return Refusal("SAME_PERSON", f"{person.email} is the address of {twin.login}.")
        refusal = _find_refusal(records, person, policies, at=place.clock.now())
        return refusal or _put(records, place, person, "user.added", actor=actor)


def change_person(
    place: Place,
    person: Person,
    *,
    removed: frozenset[str] = frozenset(),
    policies: Sequence[Policy],
    actor: str,
) -> Refusal | Person:
    """Store a person with changed roles, limit or manager. What is ``removed`` is not held for a while either."""
    if fold(actor) == fold(person.login):
        return Refusal("OWN_ROLES", "Nobody changes his own roles or limit.")
    now = place.clock.now()
    with place.log.begin() as records:
        refusal = _find_refusal(records, person, policies, at=now, but_for=removed)
        if refusal is not None:
            return refusal
        records.mandates.withdraw_grants(person.login, removed, at=now)
        return _put(records, place, person, "user.roles_changed", actor=actor)


def disable_person(place: Place, person: Person, *, actor: str) -> Person:
    """Let a person do nothing any more; what was lent to or by him ends."""
    now = place.clock.now()
    with place.log.begin() as records:
        for delegation in records.mandates.delegations(person.login):
            records.mandates.withdraw_delegation(delegation.id, at=now)
        return _put(records, place, replace(person, active=False), "user.disabled", actor=actor)


def grant_role(place: Place, grant: RoleGrant, *, policies: Sequence[Policy]) -> Refusal | RoleGrant:
    """Give a role for a while."""
    if fold(grant.granted_by) == fold(grant.login):
        return Refusal("OWN_ROLES", "Nobody changes his own roles or limit.")
    with place.log.begin() as records:
        person = records.house.person(grant.login)
        if person is None or not person.active:
            return Refusal("UNKNOWN_PERSON", f"there is no active user {grant.login}")
        held = person.roles | _temporary(records, person.login, start=grant.valid_from, end=grant.valid_until)
        refusal = find_role_refusal(held | {grant.role}, policies)
        if refusal is not None:
            return refusal
        records.mandates.add_grant(grant)
        data = {"role": grant.role, "from": grant.valid_from.isoformat(), "until": grant.valid_until.isoformat()}
        _tell(records, place, "user.role_granted", grant.login, actor=grant.granted_by, data=data)
        return grant


def delegate(place: Place, new: Delegation, *, policies: Sequence[Policy]) -> Refusal | Delegation:
    """Let somebody approve for somebody else for a while (SOD-07, and SOD-04 for what comes together then)."""
    if fold(new.created_by) == fold(new.delegate):
        return Refusal("OWN_ROLES", "Nobody delegates to himself what is somebody else's.")
    with place.log.begin() as records:
        lender = records.house.person(new.delegator, at=new.valid_from)
        helper = records.house.person(new.delegate, at=new.valid_from)
        missing = next((login for login, it in ((new.delegator, lender), (new.delegate, helper)) if it is None), None)
        if lender is None or helper is None:
            return Refusal("UNKNOWN_PERSON", f"there is no user {missing}")
        others = records.mandates.delegations()
        refusal = find_delegation_refusal(new, delegator=lender, delegate=helper, others=others)
        held = helper.roles | _temporary(records, helper.login, start=new.valid_from, end=new.valid_until)
        refusal = refusal or find_role_refusal(held | new.roles, policies)
        if refusal is not None:
            return refusal
        records.mandates.add_delegation(new)
        _tell(records, place, "delegation.made", new.delegate, actor=new.created_by, data=_shape(new))
        return new


def end_delegation(place: Place, delegation_id: str, *, actor: str) -> bool:
    """End a delegation now; False if there is none that still runs. What was approved by it counts no more."""
    now = place.clock.now()
    with place.log.begin() as records:
        found = next((item for item in records.mandates.delegations() if item.id == delegation_id), None)
        if found is None or not records.mandates.withdraw_delegation(delegation_id, at=now):
            return False
        _tell(records, place, "delegation.ended", found.delegate, actor=actor, data=_shape(found))
        return True


def _find_refusal(
    records: Records,
    person: Person,
    policies: Sequence[Policy],
    *,
    at: datetime,
    but_for: frozenset[str] = frozenset(),
) -> Refusal | None:
    if is_bot(person.login):
        return Refusal(BOT_RULE, "The login of the bot is reserved: nobody acts as the bot.")
    temporary = _temporary(records, person.login, start=at, end=None) - but_for
    refusal = find_role_refusal(person.roles | temporary, policies)
    if refusal is not None or person.approval_limit is None:
        return refusal
    return next(_limits_above(person, policies), None)


def _limits_above(person: Person, policies: Sequence[Policy]) -> Iterator[Refusal]:
    for policy in policies:
        limit = find_matrix_limit(policy, person.roles)
        if limit is not None and person.approval_limit is not None and exceeds((person.approval_limit,), limit):
            yield Refusal("LIMIT", f"The roles of {person.login} reach up to {show_limit(limit)} only.")


def _temporary(records: Records, login: str, *, start: datetime, end: datetime | None) -> frozenset[str]:
    """Roles that a person holds for a while, or as a delegate, at some time of a span."""
    grants = [item for item in records.mandates.grants() if item.login == login]
    lent = [item for item in records.mandates.delegations(login) if fold(item.delegate) == fold(login)]
    spans = [
        *((frozenset({item.role}), item.valid_from, item.withdrawn_at or item.valid_until) for item in grants),
        *((item.roles, item.valid_from, item.withdrawn_at or item.valid_until) for item in lent),
    ]
    return frozenset[str]().union(
        *(roles for roles, since, until in spans if until > start and (not end or since < end))
    )


def _put(records: Records, place: Place, person: Person, action: str, *, actor: str) -> Person:
    records.house.put_person(person)
    limit = person.approval_limit
    data = {
        "roles": sorted(person.roles),
        "active": person.active,
        "limit": f"{limit.text()} {limit.currency}" if limit else None,
        "manager": person.manager,
    }
    _tell(records, place, action, person.login, actor=actor, data=data)
    return person


def _shape(delegation: Delegation) -> dict[str, object]:
    limit = delegation.max_amount
    return {
        "id": delegation.id,
        "from": delegation.delegator,
        "to": delegation.delegate,
        "roles": sorted(delegation.roles),
        "max": f"{limit.text()} {limit.currency}" if limit else None,
        "valid_from": delegation.valid_from.isoformat(),
        "valid_until": delegation.valid_until.isoformat(),
        "why": delegation.why,
    }


def _tell(records: Records, place: Place, action: str, login: str, *, actor: str, data: Mapping[str, object]) -> None:
    records.events.add(action, actor=actor, entity="user", entity_id=login, at=place.clock.now(), data=data)
