"""What a channel delivered, parsed: message, people, attachments, and how far the sender can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Channel(StrEnum):
    """Where a message came in or goes out."""

    EMAIL = "email"
    PORTAL = "portal_export"


class AutoClass(StrEnum):
    """Kind of automatic mail, or ``none`` for a person's."""

    NONE = "none"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    LIST = "list"
    PORTAL_ACK = "portal_ack"
    READ_RECEIPT = "read_receipt"


class IdentityLevel(IntEnum):
    """How well the sender is known. Gates every disclosure and every effect.

    L0 unknown or unauthenticated; L1 domain on the customer master; L2 exact active contact, authenticated by the
    receiving server; L3 portal session or signed export; L4 call-back done.
    """

    L0 = 0
    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox address with its display name; the address is lower case, the name as shown."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part behind the @."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class AttachedTable:
    """A table read from an attachment: the sheet or page it stands on, and its cells as text, row by row."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AttachmentReading:
    """What could be read from an attachment. ``problem``: reason code and sentence where not all of it could be."""

    text: str = ""
    tables: tuple[AttachedTable, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message.

    ``content_type`` is what the mail declares, ``sniffed_type`` what the bytes are. ``flags`` are reason codes, each
    with a sentence, for what makes it unsafe to believe or to open; none for an ordinary file. ``content`` is the
    decoded bytes, for reading only: they are stored with the raw message, and a read attachment has them no more.
    """

    filename: str
    content_type: str
    size: int
    sha256: str
    content: bytes
    sniffed_type: str = ""
    flags: tuple[str, ...] = ()
    reading: AttachmentReading | None = None


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery status notification says (RFC 3464). ``reason`` is a word such as ``userunknown``."""

    recipient: str | None
    status: str | None
    permanent: bool | None
    reason: str
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail inside a mail, as the outer sender copied it: all of it is a claim, and nobody vouches for its sender.

    ``sent`` is the date as written; ``text`` the body without its header lines, ``whole`` with them as they stand, and
    ``before`` what stands above it.
    """

    sender_name: str
    sender_address: str | None
    sent: str | None
    subject: str | None
    text: str
    before: str
    whole: str


@dataclass(frozen=True, slots=True)
class Authentication:
    """What the trusted receiving server found (RFC 8601), for the domain in From; None where it said nothing."""

    dmarc: str | None = None
    spf: str | None = None
    dkim: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the domain in From is authenticated: DMARC pass, which implies alignment."""
        return self.dmarc == "pass"


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A mail as a person would read it, plus what its headers say. Parsing never raises: see ``quarantined``."""

    message_id: str | None
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    sent_at: datetime | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    text_new: str
    forwarded: Forwarded | None
    language: str | None
    attachments: tuple[Attachment, ...]
    auto_class: AutoClass
    answerable: bool
    auto_reason: str | None
    bounce: Bounce | None
    authentication: Authentication
    content_key: str
    """sha256 over what the sender wrote (not over transport headers): equal for two deliveries of one mail."""
    defects: tuple[str, ...]
    quarantined: str | None
    """Why a person has to look at the raw mail; None for a mail that could be read."""


def blank_message(content_key: str, *, subject: str = "") -> ParsedMessage:
    """A message of which nothing is known yet; ``replace`` says what is."""
    return ParsedMessage(
        message_id=None,
        sender=None,
        reply_to=(),
        to=(),
        cc=(),
        subject=subject,
        sent_at=None,
        in_reply_to=(),
        references=(),
        text="",
        text_new="",
        forwarded=None,
        language=None,
        attachments=(),
        auto_class=AutoClass.NONE,
        answerable=False,
        auto_reason=None,
        bounce=None,
        authentication=Authentication(),
        content_key=content_key,
        defects=(),
        quarantined=None,
    )
