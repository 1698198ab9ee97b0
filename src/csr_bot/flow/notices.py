"""Telling people what a clock has set off: by mail to those who hold a role. The case's events say the same for ever.

A mail that cannot be sent is left at that: what counts was recorded before, and people see it where they work.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from csr_bot.core.outgoing import compose_mail
from csr_bot.flow.desk import Desk
from csr_bot.ids import new_id
from csr_bot.ports import PortError
from csr_bot.records import CaseRecord, Person

_logger = logging.getLogger(__name__)
_MEANT: Final[Mapping[str, str]] = {"team_lead": "ar_lead"}
"""What a policy calls people, and the role that they hold."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people should hear of. ``to``: roles, logins, ``case_owner`` or ``team_lead``.

    What is ``stale`` is told in one mail together with all else that is.
    """

    kind: str
    case: CaseRecord
    to: tuple[str, ...]
    by_mail: bool
    text: str
    due_at: datetime
    stale: bool


def send_notices(desk: Desk, notices: Iterable[Notice], *, at: datetime) -> int:
    """Mail these notices to people, each in a mail of its own, the stale ones in one; returns how many were sent."""
    wanted = [notice for notice in notices if notice.by_mail]
    if not wanted:
        return 0
    with desk.log.read() as records:
        people = [person for person in records.house.people() if person.active and person.email]
    fresh: list[tuple[Person, Sequence[Notice]]] = []
    stale: defaultdict[str, list[Notice]] = defaultdict(list)
    for notice in wanted:
        for person in _meant(desk, notice, people):
            if notice.stale:
                stale[person.login].append(notice)
            else:
                fresh.append((person, [notice]))
    late = [(person, stale[person.login]) for person in people if person.login in stale]
    return sum(_mail(desk, person, told, at=at) for person, told in (*fresh, *late))


def _meant(desk: Desk, notice: Notice, people: Iterable[Person]) -> list[Person]:
    case = notice.case
    owner = desk.policy.route({"category": case.category, "reason": case.reason, "quarantine": False}).owner_role
    meant = {owner if name == "case_owner" else _MEANT.get(name, name) for name in notice.to}
    return [person for person in people if person.roles & meant or person.login in meant]


def _mail(desk: Desk, person: Person, notices: Sequence[Notice], *, at: datetime) -> int:
    lines = [f"{notice.due_at:%Y-%m-%d %H:%M} UTC  {notice.text}" for notice in notices]
    late = len(notices) > 1 or notices[0].stale
    sender = desk.bot.outgoing.sender
    raw = compose_mail(
        key=new_id().replace("-", ""),
        sender=sender,
        to=person.email,
        subject=f"{desk.bot.name}: while nothing was running" if late else f"{notices[0].case.case_no} needs you",
        body="\n".join(lines) + "\n",
        thread=(),
        at=at,
    )
    try:
        desk.mailer.send(raw, sender=sender, recipients=[person.email])
    except PortError as error:
        _logger.warning("a notice was not mailed: %s", error)
        return 0
    return 1
