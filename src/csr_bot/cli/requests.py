"""The shapes in which mails and requests are printed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csr_bot.core.message import Address, Attachment, Forwarded, ParsedMessage
    from csr_bot.core.request import ClaimedAmount, Reference, Request


def shape_mail(file: str, mail: ParsedMessage, *, trusts: bool) -> dict[str, Any]:
    """A parsed mail; what is absent is null, never left out. ``trusts``: whether any receiving server was named."""
    return {
        "file": file,
        "message_id": mail.message_id,
        "from": _shape_address(mail.sender) if mail.sender else None,
        "reply_to": [_shape_address(address) for address in mail.reply_to],
        "to": [_shape_address(address) for address in mail.to],
        "cc": [_shape_address(address) for address in mail.cc],
        "subject": mail.subject,
        "sent_at": mail.sent_at,
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "text": mail.text,
        "text_new": mail.text_new,
        "forwarded": _shape_forwarded(mail.forwarded) if mail.forwarded else None,
        "language": mail.language,
        "attachments": [_shape_attachment(part) for part in mail.attachments],
        "auto": {"class": mail.auto_class.value, "answerable": mail.answerable, "reason": mail.auto_reason},
        "bounce": mail.bounce,
        "authentication": mail.authentication,
        # Without a customer master nobody is known; what a bot makes of the sender is shown by csr-bot try.
        "identity": {"level": "L0", "reason": _why_unknown(mail, trusts=trusts)},
        "defects": mail.defects,
        "quarantined": mail.quarantined,
    }


def shape_request(request: Request) -> dict[str, Any]:
    """One thing that a customer wants, with what it names."""
    return {
        "category": request.category.value,
        "reason": request.reason.value if request.reason else None,
        "confidence": float(request.confidence),
        "language": request.language,
        "invoice_refs": [_shape_reference(reference) for reference in request.invoice_refs],
        "po_refs": [_shape_reference(reference) for reference in request.po_refs],
        "amounts": [shape_amount(amount) for amount in request.amounts],
        "dates": [
            {"value": day.value, "span": day.span, "source": day.source.value, "flags": day.flags}
            for day in request.dates
        ],
        "explain": request.explain,
    }


def shape_amount(amount: ClaimedAmount) -> dict[str, Any]:
    """An amount in a text; where it is not certain, its readings and why."""
    return {
        "value": show_amount(amount.value, amount.currency),
        "currency": amount.currency,
        "role": amount.role.value,
        "span": amount.span,
        "source": amount.source.value,
        "candidates": [show_amount(candidate, amount.currency) for candidate in amount.candidates],
        "why": amount.why,
    }


def show_amount(value: Decimal | None, currency: str | None) -> str | None:
    """An amount as text with the decimals of its currency at least; digits beyond those are never rounded away."""
    from csr_bot.core.money import minor_units

    if value is None:
        return None
    exponent = value.as_tuple().exponent
    units = minor_units(currency) if currency is not None else 0
    if isinstance(exponent, int) and -exponent < units:
        value = value.quantize(Decimal(1).scaleb(-units))
    return f"{value:f}"


def _why_unknown(mail: ParsedMessage, *, trusts: bool) -> str:
    """What is known of the sender without a customer master: what the receiving server said, in words."""
    if mail.sender is None:
        return "no customer master was asked, and no sender can be read"
    said = mail.authentication
    results = ", ".join(
        f"{name}={value}" for name, value in (("dmarc", said.dmarc), ("spf", said.spf), ("dkim", said.dkim)) if value
    )
    if not trusts:
        heard = "no receiving server is trusted (--trusts)"
    elif not results:
        heard = f"no trusted server says anything about {mail.sender.domain}"
    else:
        heard = f"{mail.sender.domain} {'is' if said.passed else 'is not'} authenticated: {results}"
    return f"no customer master was asked; {heard}"


def _shape_attachment(part: Attachment) -> dict[str, Any]:
    reading = part.reading
    return {
        "filename": part.filename,
        "content_type": part.content_type,
        "sniffed_type": part.sniffed_type,
        "size": part.size,
        "sha256": part.sha256,
        "flags": part.flags,
        "text": reading.text if reading else None,
        "tables": [{"name": table.name, "rows": table.rows} for table in reading.tables] if reading else [],
        "problem": reading.problem if reading else None,
    }


def _shape_address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _shape_forwarded(forwarded: Forwarded) -> dict[str, Any]:
    return {
        "from": {"name": forwarded.sender_name, "address": forwarded.sender_address},
        "date": forwarded.sent,
        "subject": forwarded.subject,
        "text": forwarded.text,
        "before": forwarded.before,
        "whole": forwarded.whole,
    }


def _shape_reference(reference: Reference) -> dict[str, Any]:
    return {
        "raw": reference.raw,
        "canonical": reference.canonical,
        "span": reference.span,
        "source": reference.source.value,
    }
