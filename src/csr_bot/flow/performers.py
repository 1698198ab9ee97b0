"""How each kind of effect is looked up, checked, submitted and proved. When to do which is for ``act``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from csr_bot.core.effects import CreditLine, CreditNoteOrder, EffectType
from csr_bot.core.evidence import ErpInvoice, PostedDocument, as_content
from csr_bot.core.money import Money, parse_money, zero
from csr_bot.core.outgoing import Enclosure, compose_mail, message_id
from csr_bot.core.replies import render_answer
from csr_bot.core.thread import mark_subject
from csr_bot.flow.desk import Desk
from csr_bot.ports import Portal
from csr_bot.records import EffectRecord


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows a state of the outside world: values, and a picture where there is a screen."""

    content: Mapping[str, object]
    screenshot: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A trace of an effect outside. ``differs`` says what about it is not as it should be; None if all is right."""

    external_ref: str
    proof: Proof
    differs: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """The target right before an effect. ``stale`` says how it differs from what was decided on."""

    proof: Proof
    stale: str | None


class Performer(Protocol):
    """One kind of effect."""

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        """Every trace of this effect outside, read afresh."""
        ...

    def check_before(self, effect: EffectRecord) -> Before:
        """The target as it is now."""
        ...

    def prepare(self, effect: EffectRecord) -> bytes | None:
        """What is to be frozen before it leaves; None where nothing is."""
        ...

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:
        """Do it once. Fails as the ports do."""
        ...


def performer_for(desk: Desk, effect: EffectRecord) -> Performer:
    """The performer of an effect's type."""
    if effect.type is EffectType.CREATE_CREDIT_NOTE:
        return _CreditNotes(desk)
    if effect.type is EffectType.PORTAL_COMMENT:
        return _PortalComments(desk)
    return _Answers(desk)


@dataclass(frozen=True, slots=True)
class _CreditNotes:
    """Credit notes in the ERP, found by our reference."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        documents = self.desk.erp.find_by_reference(effect.reference)
        screen = self.desk.erp.read_invoice(effect.target) if documents else None
        return [_credit_sighting(effect, document, screen) for document in documents]

    def check_before(self, effect: EffectRecord) -> Before:
        screen = self.desk.erp.read_invoice(effect.target)
        shown = {
            "customer_no": screen.customer_no,
            "gross": screen.gross.text(),
            "open_amount": screen.open_amount.text(),
            "status": screen.status.value,
            "due_date": screen.due_date.isoformat(),
        }
        wanted = effect.precondition
        stale = [f"{name} is {shown[name]}, decided on {wanted[name]}" for name in shown if shown[name] != wanted[name]]
        if screen.gross.currency != effect.params["currency"]:
            stale.append(f"currency is {screen.gross.currency}, decided on {effect.params['currency']}")
        return Before(Proof({**shown, "url_path": screen.url_path}, screen.screenshot), "; ".join(stale) or None)

    def prepare(self, effect: EffectRecord) -> bytes | None:  # noqa: ARG002 - a screen is filled, nothing is frozen
        return None

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:  # noqa: ARG002
        self.desk.erp.post_credit_note(
            _order(effect, issued_on=self.desk.clock.now().date()), before_submit=before_submit
        )


def _order(effect: EffectRecord, *, issued_on: date) -> CreditNoteOrder:
    params: Mapping[str, Any] = effect.params
    currency = params["currency"]
    wanted = effect.precondition
    return CreditNoteOrder(
        invoice_no=params["invoice_no"],
        customer_no=wanted["customer_no"],
        lines=tuple(
            CreditLine(line["line_no"], parse_money(line["net"], currency), parse_money(line["tax"], currency))
            for line in params["lines"]
        ),
        amount=parse_money(params["amount"], currency),
        reason=params["reason"],
        reference=effect.reference,
        issued_on=issued_on,
        expected_gross=parse_money(wanted["gross"], currency),
        expected_open=parse_money(wanted["open_amount"], currency),
        expected_status=wanted["status"],
        expected_due_date=date.fromisoformat(wanted["due_date"]),
    )


def _credit_sighting(effect: EffectRecord, document: PostedDocument, screen: ErpInvoice | None) -> Sighting:
    """A credit note compared with the order, and the invoice's open amount with what it has to be now."""
    currency = str(effect.params["currency"])
    amount = parse_money(str(effect.params["amount"]), currency)
    new_open = parse_money(effect.precondition["open_amount"], currency) - amount
    pairs: list[tuple[str, object, object]] = [
        ("invoice", effect.target, document.invoice_no),
        ("customer", effect.precondition["customer_no"], document.customer_no),
        ("amount", str(amount), str(document.amount)),
        ("tax", str(_tax_of(effect)), str(document.tax)),
        ("reference", effect.reference, document.reference),
        ("new open amount", str(new_open), str(screen.open_amount) if screen else "not read"),
    ]
    differs = [f"{name} is {found}, not {wanted}" for name, wanted, found in pairs if wanted != found]
    content = as_content(document)
    assert isinstance(content, dict)
    after = {"new_open": _shown(screen.open_amount)} if screen else {}
    return Sighting(document.number, Proof({**content, **after}, document.screenshot), "; ".join(differs) or None)


def _tax_of(effect: EffectRecord) -> Money:
    params: Mapping[str, Any] = effect.params
    currency = params["currency"]
    return sum((parse_money(line["tax"], currency) for line in params["lines"]), zero(currency))


def _shown(amount: Money) -> str:
    return f"{amount.text()} {amount.currency}"


@dataclass(frozen=True, slots=True)
class _Answers:
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


def _compose(desk: Desk, effect: EffectRecord) -> bytes:
    params: Mapping[str, Any] = effect.params
    with desk.log.read() as records:
        thread = records.intake.header_ids_of(effect.case_id)
        key = records.house.signing_key("thread")
        case_no = records.cases.get(effect.case_id).case_no
        files = [(item["file_name"], records.house.blob(item["sha256"])) for item in params.get("attachments", ())]
    subject, body = _render(desk, effect)
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


def _render(desk: Desk, effect: EffectRecord) -> tuple[str, str]:
    """Subject and text, with what only the effects before this one could tell."""
    params: Mapping[str, Any] = effect.params
    with desk.log.read() as records:
        case = records.cases.get(effect.case_id)
        before = [item for item in records.effects.of_decision(effect.decision_id) if item.seq < effect.seq]
    known = {"case_no": case.case_no}
    for item in before:
        if item.type is EffectType.CREATE_CREDIT_NOTE and item.external_ref:
            known["credit_note_no"] = item.external_ref
    return render_answer(params["template"], params["language"], {**params["values"], **known})


@dataclass(frozen=True, slots=True)
class _PortalComments:
    """Comments in a customer's portal, found by the reference that they end with."""

    desk: Desk

    def look(self, effect: EffectRecord) -> Sequence[Sighting]:
        portal, number = self._portal(effect)
        found = [comment for comment in portal.comments(number) if effect.reference in comment]
        return [Sighting(f"{effect.target}#{effect.reference}", Proof({"comment": comment}), None) for comment in found]

    def check_before(self, effect: EffectRecord) -> Before:
        return Before(Proof({"ticket": effect.target}), None)

    def prepare(self, effect: EffectRecord) -> bytes | None:
        _, body = _render(self.desk, effect)
        return f"{body}\n[{effect.reference}]".encode()

    def submit(self, effect: EffectRecord, frozen: bytes | None, *, before_submit: Callable[[], None]) -> None:
        assert frozen is not None
        portal, number = self._portal(effect)
        portal.post_comment(number, frozen.decode(), before_submit=before_submit)

    def _portal(self, effect: EffectRecord) -> tuple[Portal, str]:
        """The portal, and the number that the ticket has there."""
        key, _, number = effect.target.partition(":")
        return self.desk.portals[key], number
