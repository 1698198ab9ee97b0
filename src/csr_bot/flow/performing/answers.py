"""Answers by mail, found in the archive of sent mail by their fixed Message-ID.

``send_reply``, ``send_invoice_copy``, ``send_statement`` and ``request_info`` act on ``to``, an address. Params: that,
``template``, ``language``, ``values`` as ``core.wording`` packs them, and ``attachments`` with ``file_name`` and
``sha256``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from csr_bot.caselog import Records
from csr_bot.core.effects import EffectType
from csr_bot.core.outgoing import Enclosure, compose_mail, message_id
from csr_bot.core.replies import render_answer
from csr_bot.core.thread import mark_subject
from csr_bot.flow.desk import Desk
from csr_bot.flow.performing.performer import Before, Proof, Sighting
from csr_bot.flow.sent import keep_sent_mail
from csr_bot.records import EffectRecord


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by mail, found in the archive of sent mail by their fixed Message-ID."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        header = message_id(effect.idempotency_key, self.desk.bot.outgoing.sender)
        copies = self.desk.mailer.count_sent(header)
        return [Sighting(header, Proof({"message_id": header, "copies_in_archive": copies}), None)] if copies else []

    def check_before(self, effect: EffectRecord) -> Before:
        return Before(Proof({"to": effect.target}), None)

    def prepare(self, effect: EffectRecord) -> bytes | None:
        if effect.body_sha256 is not None:
            with self.desk.log.read() as records:
                frozen = records.house.blob(effect.body_sha256)
            return frozen.content if frozen else None
        return _compose(self.desk, effect)

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:
        assert frozen is not None
        before_submit()
        self.desk.mailer.send(frozen, sender=self.desk.bot.outgoing.sender, recipients=[effect.target])

    def keep(self, records: Records, effect: EffectRecord, *, at: datetime) -> None:
        """The answer as a message of its case, so that the customer's reply to it finds the case."""
        keep_sent_mail(records, effect, at=at)


def _compose(desk: Desk, effect: EffectRecord) -> bytes:
    params: Mapping[str, Any] = effect.params
    with desk.log.read() as records:
        thread = records.intake.header_ids_of(effect.case_id)
        key = records.house.signing_key("thread")
        case_no = records.cases.get(effect.case_id).case_no
        files = [(item["file_name"], records.house.blob(item["sha256"])) for item in params.get("attachments", ())]
    subject, body = render_text(desk, effect)
    return compose_mail(
        key=effect.idempotency_key,
        sender=desk.bot.outgoing.sender,
        to=effect.target,
        subject=mark_subject(subject, case_no, key=key),
        body=body,
        thread=thread,
        at=desk.clock.now(),
        enclosures=[Enclosure(name, blob.content_type, blob.content) for name, blob in files if blob],
    )


def render_text(desk: Desk, effect: EffectRecord) -> tuple[str, str]:
    """Subject and text, with what only the effects before this one could tell."""
    params: Mapping[str, Any] = effect.params
    with desk.log.read() as records:
        case = records.cases.get(effect.case_id)
        before = [item for item in records.effects.of_decision(effect.decision_id) if item.seq < effect.seq]
    known = {"case_no": case.case_no}
    for item in before:
        if item.type is EffectType.CREATE_CREDIT_NOTE and item.external_ref:
            known["credit_note_no"] = item.external_ref
    return render_answer(
        desk.answers,
        template=params["template"],
        language=params["language"],
        values={**params["values"], **known},
    )
