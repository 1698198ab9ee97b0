"""Keeping what was sent: an answer joins its case as a message, so that the customer's reply to it finds the case."""

from __future__ import annotations

from datetime import datetime

from csr_bot.caselog import Records
from csr_bot.core.matching import SenderFinding
from csr_bot.core.message import Channel, IdentityLevel
from csr_bot.core.parsing.mail import parse_message
from csr_bot.ids import new_id
from csr_bot.records import EffectRecord, MessageRecord


def keep_sent_mail(records: Records, effect: EffectRecord, *, at: datetime) -> None:
    """Store the frozen bytes of a verified answer as an outgoing message of its case."""
    if effect.body_sha256 is None:
        return
    blob = records.house.blob(effect.body_sha256)
    assert blob is not None
    parsed = parse_message(blob.content)
    known = records.intake.find_content([parsed.content_key]).get(parsed.content_key)
    if known is not None:
        # It came back to a mailbox of ours, by a list or a copy, before it was proved to have left.
        records.intake.link([(known, effect.case_id)])
        return
    ourselves = SenderFinding(IdentityLevel.L4, "sent by this desk", frozenset(), None, ())
    message = MessageRecord(
        id=new_id(),
        direction="out",
        channel=Channel.EMAIL.value,
        received_at=at,
        parsed=parsed,
        sender=ourselves,
        raw_sha256=blob.sha256,
    )
    records.intake.add([], [message], taken_at=at)
    records.intake.link([(message.id, effect.case_id)])
