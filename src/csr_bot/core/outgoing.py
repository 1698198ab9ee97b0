"""An outgoing mail as bytes: the same answer gives the same bytes, to be frozen, sent once and looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an answer."""

    file_name: str
    content_type: str
    content: bytes


class _ThreadPolicy(EmailPolicy):
    """Mail for SMTP that keeps Message-IDs whole: the library encodes long ones as text, and the thread is lost."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() not in ("in-reply-to", "references"):
            return super().fold_binary(name, value)
        return f"{name}: {f'{self.linesep} '.join(value.split())}{self.linesep}".encode("ascii", "replace")


_POLICY: Final = _ThreadPolicy(linesep="\r\n")


def message_id(key: str, sender: str) -> str:
    """The fixed Message-ID of the answer with this idempotency key."""
    return f"<csr.{key[:32]}@{sender.rpartition('@')[2]}>"


def compose_mail(
    *,
    key: str,
    sender: str,
    to: str,
    subject: str,
    body: str,
    thread: Sequence[str],
    at: datetime,
    enclosures: Sequence[Enclosure] = (),
) -> bytes:
    """A mail in the customer's thread (``thread``: earlier Message-IDs, oldest first) that says what it is to machines.

    ``Auto-Submitted`` (RFC 3834) and ``X-Auto-Response-Suppress`` keep two machines from answering each other.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(key, sender)
    if thread:
        mail["In-Reply-To"] = thread[-1]
        mail["References"] = " ".join(thread[-20:])
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(body)
    for enclosure in enclosures:
        main, _, sub = enclosure.content_type.partition("/")
        mail.add_attachment(enclosure.content, maintype=main, subtype=sub, filename=enclosure.file_name)
    if enclosures:
        mail.set_boundary(f"csr-{key[:32]}")
    return mail.as_bytes()
