"""Planning what a customer is told: by mail to the person who wrote or a contact on file, or in the portal.

A plan says what is told, as the names and values of ``core.phrasebook``. Which words tell it is settled at sending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

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
from csr_bot.core.evidence import Contact
from csr_bot.core.facts import Facts
from csr_bot.core.message import Channel, IdentityLevel
from csr_bot.core.phrasebook import LATER, SENTENCES, TEMPLATES
from csr_bot.core.policy import Policy
from csr_bot.core.replies import answer_language, pack_answer, say
from csr_bot.core.wording import show_number

_SENT_AS: Final = {
    "INV_COPY": EffectType.SEND_INVOICE_COPY,
    "REQUEST_INFO": EffectType.REQUEST_INFO,
    "STATEMENT": EffectType.SEND_STATEMENT,
    "STATEMENT_RECONCILED": EffectType.SEND_STATEMENT,
}
"""Templates that are more than a reply."""


def language_of(facts: Facts) -> str:
    """The language to answer in: the message's, else the customer master's, else English."""
    return answer_language(facts.request.language, facts.customer.language if facts.customer else None)


def common_checks(facts: Facts, policy: Policy, *, required: IdentityLevel) -> list[Finding]:
    """The checks that every request passes through, before its documents are looked at."""
    return [
        check_identity(facts, required=required),
        check_customer(facts),
        check_fraud(facts),
        check_attachments(facts),
        check_answers(facts, limit=policy.limits.answers_per_address_per_day),
        *(check_match(match) for match in facts.matches),
    ]


def plan_answers(
    facts: Facts,
    *,
    seq: int,
    template: str,
    values: Mapping[str, object],
    attachments: Sequence[Mapping[str, str]] = (),
) -> tuple[PlannedEffect, ...]:
    """The answer as effects, numbered from ``seq``: where the customer asked, and in the portal too if a ticket there
    is about the same. None where nobody may be answered (no verified address, no portal ticket).

    ``values`` are text, Money, days, Decimals, what ``say`` returns, or lists of these. The subject is added. Raises
    ValueError for values that are not those of the template.
    """
    params = _params(facts, template=template, language=language_of(facts), values=values)
    ticket = facts.portal_ticket
    if facts.channel is Channel.PORTAL:
        return (_plan_comment(ticket, seq=seq, params=params),) if ticket and not attachments else ()
    if facts.sender.contact is None:
        return ()
    mail = _plan_mail(facts.sender.contact.email, seq=seq, params=params, attachments=attachments)
    # A comment carries no files, so it cannot say what a mail with files says.
    return (mail, _plan_comment(ticket, seq=seq + 1, params=params)) if ticket and not attachments else (mail,)


def plan_notice(
    facts: Facts,
    *,
    seq: int,
    contact: Contact,
    template: str,
    values: Mapping[str, object],
    attachments: Sequence[Mapping[str, str]] = (),
) -> PlannedEffect:
    """A mail to a contact on file who need not be the person who wrote, in the language of the customer master."""
    language = answer_language(facts.customer.language if facts.customer else None)
    params = _params(facts, template=template, language=language, values=values)
    return _plan_mail(contact.email, seq=seq, params=params, attachments=attachments)


def ask_customer(facts: Facts, questions: Sequence[str]) -> tuple[PlannedEffect, ...]:
    """One list of what is missing, as an effect; none where nobody may be asked.

    A question is the name of a field, for which there is a phrase ``ask_...``, or the words of a colleague.
    """
    asked = [
        say(f"ask_{question}") if f"ask_{question}" in SENTENCES else say("asked", question=question)
        for question in questions
    ]
    return plan_answers(facts, seq=1, template="REQUEST_INFO", values={"questions": asked})[:1]


def _params(facts: Facts, *, template: str, language: str, values: Mapping[str, object]) -> dict[str, object]:
    subject = {"subject": facts.subject} if "subject" in TEMPLATES.get(template, ()) else {}
    told = pack_answer(template, {**subject, **values}, later=LATER)
    return {"language": language, "template": template, "values": told}


def _plan_comment(ticket: str, *, seq: int, params: Mapping[str, object]) -> PlannedEffect:
    return PlannedEffect(seq, EffectType.PORTAL_COMMENT, ticket, {"ticket": ticket, **params})


def _plan_mail(
    address: str, *, seq: int, params: Mapping[str, object], attachments: Sequence[Mapping[str, str]]
) -> PlannedEffect:
    files = {"attachments": [dict(attachment) for attachment in attachments]} if attachments else {}
    sent_as = _SENT_AS.get(str(params["template"]), EffectType.SEND_REPLY)
    return PlannedEffect(seq, sent_as, address, {"to": address, **params, **files})


def show(value: Decimal) -> str:
    """A rate or quantity for colleagues."""
    return show_number(value, language="en")
