"""From a reading to what a case starts with: the message, its sender, its requests and the invoices they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from csr_bot.caselog import CaseLog
from csr_bot.core.matching import (
    LedgerView,
    Match,
    SenderDirectory,
    SenderFinding,
    identify_sender,
    match_request,
)
from csr_bot.core.message import IdentityLevel, ParsedMessage
from csr_bot.core.policy import Policy
from csr_bot.core.request import Category, Request
from csr_bot.flow.lookups import find_invoices, find_senders
from csr_bot.ports import UNREADABLE, MailReading, unread_mail


@dataclass(frozen=True, slots=True)
class Understood:
    """A mail as the bot understands it. ``problem`` is why a person has to read it instead."""

    parsed: ParsedMessage
    sender: SenderFinding
    requests: tuple[Request, ...]
    matches: tuple[tuple[Match, ...], ...]
    problem: str | None


_NOBODY: Final = SenderFinding(IdentityLevel.L0, "the message could not be read", frozenset(), None, ())


def understand_mails(readings: Sequence[MailReading], *, log: CaseLog, bot: str, policy: Policy) -> list[Understood]:
    """Look up together what these mails are about, then identify and match each.

    What is wrong with one mail never raises: it must not stop the others. Raises UnavailableError where the log cannot
    be read.
    """
    drafts = [_begun(reading) for reading in readings]
    with log.read() as records:
        directory = find_senders(
            records, bot, [draft.parsed.sender for draft in drafts if draft.parsed.sender and draft.problem is None]
        )
        known = [_each(draft, partial(_identified, directory)) for draft in drafts]
        asked = [(request, _reachable(item.sender)) for item in known for request in _asking(item)]
        view = find_invoices(records, bot, asked)
    return [_each(item, partial(_matched, view, policy)) for item in known]


def match_for(sender: SenderFinding, request: Request, *, view: LedgerView, policy: Policy) -> tuple[Match, ...]:
    """The invoices that a request of this sender means."""
    return match_request(request, own=sender.customer_nos, group=sender.group_nos, view=view, policy=policy.matching)


def _each(item: Understood, step: Callable[[Understood], Understood]) -> Understood:
    if item.problem is not None:
        return item
    try:
        return step(item)
    except Exception as error:  # noqa: BLE001 - whatever a mail breaks, it is kept for a person and the rest goes on
        return _unreadable(item.parsed, f"UNREADABLE: {type(error).__name__}: {error}"[:500])


def _begun(reading: MailReading) -> Understood:
    if reading.parsed.quarantined is not None:
        return _unreadable(reading.parsed, reading.parsed.quarantined)
    return Understood(reading.parsed, _NOBODY, reading.requests, (), None)


def _identified(directory: SenderDirectory, item: Understood) -> Understood:
    sender = identify_sender(item.parsed, directory)
    # Who asks for silence, or writes from where nobody reads, is answered by a person or not at all.
    return replace(item, sender=sender if item.parsed.answerable else replace(sender, contact=None))


def _matched(view: LedgerView, policy: Policy, item: Understood) -> Understood:
    wishes = _asking(item)
    matches = (match_for(item.sender, one, view=view, policy=policy) if one in wishes else () for one in item.requests)
    return replace(item, matches=tuple(matches))


def _asking(item: Understood) -> list[Request]:
    if item.problem is not None:
        return []
    return [request for request in item.requests if request.category is not Category.NOT_A_REQUEST]


def _reachable(sender: SenderFinding) -> frozenset[str]:
    return sender.customer_nos | sender.group_nos


def unreadable_mail(identity: bytes, problem: str) -> Understood:
    """The same for a mail that could be read, but not recorded."""
    return _begun(unread_mail(identity, problem))


def _unreadable(parsed: ParsedMessage, problem: str) -> Understood:
    return Understood(parsed, _NOBODY, (UNREADABLE,), ((),), problem)
