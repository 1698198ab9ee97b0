"""Planning the answer to a customer: by mail to the person who wrote, or as a comment in the portal."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from csr_bot.core.checks import (
    Finding,
    check_answers,
    check_attachments,
    check_customer,
    check_fraud,
    check_identity,
    check_match,
)
from csr_bot.core.effects import EffectType, PlannedEffect
from csr_bot.core.facts import Facts
from csr_bot.core.message import Channel, IdentityLevel
from csr_bot.core.policy import Policy
from csr_bot.core.replies import answer_language


def language_of(facts: Facts) -> str:
    """The language to answer in: the message's, else the customer master's, else English."""
    return answer_language(facts.request.language or (facts.customer.language if facts.customer else None))


def common_checks(facts: Facts, policy: Policy, *, required: IdentityLevel) -> list[Finding]:
    """The checks that every request passes through, before its documents are looked at."""
    return [
        check_identity(facts, required=required),
        check_customer(facts),
        check_fraud(facts),
        check_attachments(facts),
        check_answers(facts, limit=policy.max_answers),
        *(check_match(match) for match in facts.matches),
    ]


def plan_answers(
    facts: Facts,
    *,
    seq: int,
    template: str,
    values: Mapping[str, str],
    attachments: tuple[Mapping[str, str], ...] = (),
) -> tuple[PlannedEffect, ...]:
    """The answer as effects, numbered from ``seq``: where the customer asked, and in the portal too if a ticket there
    is about the same. None where nobody may be answered (no verified address, no portal ticket).
    """
    params: dict[str, object] = {"language": language_of(facts), "template": template, "values": dict(values)}
    ticket = facts.portal_ticket
    if facts.channel is Channel.PORTAL:
        return (_plan_comment(ticket, seq=seq, params=params),) if ticket and not attachments else ()
    if facts.sender.contact is None:
        return ()
    mail = _plan_mail(facts.sender.contact.email, seq=seq, params=params, attachments=attachments)
    # A comment carries no files, so it cannot say what a mail with files says.
    return (mail, _plan_comment(ticket, seq=seq + 1, params=params)) if ticket and not attachments else (mail,)


def _plan_comment(ticket: str, *, seq: int, params: Mapping[str, object]) -> PlannedEffect:
    return PlannedEffect(seq, EffectType.PORTAL_COMMENT, ticket, {"ticket": ticket, **params})


def _plan_mail(
    address: str, *, seq: int, params: Mapping[str, object], attachments: tuple[Mapping[str, str], ...]
) -> PlannedEffect:
    if not attachments:
        return PlannedEffect(seq, EffectType.SEND_REPLY, address, {"to": address, **params})
    files = [dict(attachment) for attachment in attachments]
    return PlannedEffect(seq, EffectType.SEND_INVOICE_COPY, address, {"to": address, **params, "attachments": files})


def show(value: Decimal) -> str:
    """A rate or quantity for people: at least two decimals for a price with a fraction, none that say nothing."""
    text = f"{value.normalize():f}"
    whole, _, fraction = text.partition(".")
    return f"{int(whole):,}" + (f".{fraction:0<2}" if fraction else "")
