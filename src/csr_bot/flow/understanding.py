"""From raw bytes to what a case starts with: the message, its sender, its requests and the invoices they mean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal

from csr_bot.core.classify import read_requests
from csr_bot.core.matching import LedgerIndex, Match, SenderFinding, identify_sender, match_request
from csr_bot.core.message import IdentityLevel, ParsedMessage, blank_message
from csr_bot.core.parsing.mail import parse_message
from csr_bot.core.policy import Policy
from csr_bot.core.request import Category, Request


@dataclass(frozen=True, slots=True)
class Understood:
    """A mail as the bot understands it. ``problem`` is why a person has to read it instead."""

    parsed: ParsedMessage
    sender: SenderFinding
    requests: tuple[Request, ...]
    matches: tuple[tuple[Match, ...], ...]
    problem: str | None


UNREADABLE = Request(Category.UNKNOWN, None, Decimal(0), None)
"""The request of a message that could not be read."""


def understand_mail(raw: bytes, *, trusts: frozenset[str], index: LedgerIndex, policy: Policy) -> Understood:
    """Parse, identify, classify and match. Never raises: one bad mail must not stop the ones behind it."""
    try:
        parsed = parse_message(raw, trusted_servers=trusts)
        if parsed.quarantined is not None:
            return _unreadable(parsed, parsed.quarantined)
        sender = identify_sender(parsed, index)
        if not parsed.answerable:
            # Who asks for silence, or writes from where nobody reads, is answered by a person or not at all.
            sender = replace(sender, contact=None)
        requests = read_requests(parsed)
        matches = tuple(
            match_request(request, own=sender.customer_nos, index=index, policy=policy.matching)
            if request.category is not Category.NOT_A_REQUEST
            else ()
            for request in requests
        )
    except Exception as error:  # noqa: BLE001 - whatever a mail breaks, it is kept for a person and the rest goes on
        return unreadable_mail(raw, f"UNREADABLE: {type(error).__name__}: {error}"[:500])
    return Understood(parsed, sender, requests, matches, None)


def unreadable_mail(raw: bytes, problem: str) -> Understood:
    """A mail of which nothing is believed but its bytes, for a person."""
    return _unreadable(blank_message(hashlib.sha256(raw).hexdigest(), subject="(unreadable)"), problem)


def _unreadable(parsed: ParsedMessage, problem: str) -> Understood:
    nobody = SenderFinding(IdentityLevel.L0, "the message could not be read", frozenset(), None, ())
    return Understood(parsed, nobody, (UNREADABLE,), ((),), problem)
