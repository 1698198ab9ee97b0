"""How a letter of the demo becomes a complete mail, and who it is from. What letters say is left to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from csr_bot.core.evidence import Contact


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail of the demo. ``envelope_from`` is the SMTP sender (empty for a bounce).

    ``expects`` is what the first version of the product makes of it: credited, approval, review, answered, closed,
    quarantined or duplicate.
    """

    name: str
    raw: bytes = field(repr=False)
    envelope_from: str
    expects: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person writes. ``attachment`` is (file name, text of a CSV file); ``html`` replaces the plain text."""

    name: str
    sender: Contact
    subject: str
    text: str
    expects: str
    html: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    attachment: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Stamps mails: to ``mailbox``, a minute apart, the last one at ``at`` or a little earlier."""

    at: datetime
    mailbox: str

    def blank(self, *, number: int, name: str, sender: str, subject: str) -> EmailMessage:
        """A mail with its envelope headers and no text yet; ``number`` counts back in time from ``at``."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = sender
        mail["To"] = self.mailbox
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self.at - timedelta(minutes=number))
        mail["Message-ID"] = f"<{name}.{self.at:%Y%m%d}@{sender.rpartition('@')[2].strip('>')}>"
        return mail

    def seal(self, draft: Draft, *, number: int) -> Letter:
        """The finished mail of a draft."""
        sender = f"{draft.sender.name} <{draft.sender.email}>"
        mail = self.blank(number=number, name=draft.name, sender=sender, subject=draft.subject)
        for header, value in draft.headers:
            mail[header] = value
        mail.set_content(draft.text, subtype="html" if draft.html else "plain")
        if draft.attachment is not None:
            mail.add_attachment(draft.attachment[1], subtype="csv", filename=draft.attachment[0])
            # The library would draw one at random.
            mail.set_boundary(f"=_{draft.name}")
        return Letter(draft.name, mail.as_bytes(), draft.sender.email, draft.expects)
