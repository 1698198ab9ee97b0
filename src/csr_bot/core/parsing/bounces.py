"""Delivery reports: who could not be reached, and whether trying again can help (RFC 3463, RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from csr_bot.core.message import Bounce
from csr_bot.core.parsing.headers import read_message_ids
from csr_bot.core.parsing.mime import Part, split_headers

_STATUS: Final = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE: Final = re.compile(r"(?<![\d.])([45])[0-7]\d[ -](?=[A-Z#<(\d])", re.IGNORECASE)
_RECIPIENT: Final = re.compile(r"<?([\w.+=-]+@[\w-]+(?:\.[\w-]+)+)>?")
_QUOTED_ID: Final = re.compile(r"^[\s>]*Message-I[Dd]:\s*(<[^<>\s]{1,500}>)", re.MULTILINE)
_MAX_REPORT: Final = 50_000

# The address itself is wrong. Any other 5.x.x may be a full mailbox, a filter or a size limit, which people can mend.
_BAD_ADDRESS: Final = re.compile(r"5\.1\.(?:1|2|3|6|10|351)|5\.2\.1|5\.4\.4")
_UNKNOWN_ADDRESS: Final = re.compile(
    r"(?:user|recipient|mailbox|address|account|host|domain)(?:\s+name)?\s+(?:is\s+)?(?:unknown|not\s+(?:found|exist)|does\s?n.t\s+exist|does\s+not\s+exist|"
    r"invalid|disabled|unavailable)|(?:unknown|no\s+such|invalid|non-?existent)\s+(?:\w+\s+)?(?:user|recipient|mailbox|address|account|host|domain)|"
    r"not\s+(?:a\s+)?(?:known|valid)\s+(?:user|recipient|mailbox)|no\s+mailbox\s+here|not\s+listed\s+in|has\s+moved|null\s+mx|does\s+not\s+accept\s+mail",
    re.IGNORECASE,
)
_FULL_OR_REFUSED: Final = re.compile(
    r"(?:mailbox|quota|inbox|mailfolder)\b.{0,30}\b(?:full|exceed)|over\s+(?:quota|the\s+maximum)|quota\s+exceed|out\s+of\s+storage|too\s+(?:large|big)|spam|"
    r"blocked|blacklist|denied\s+by\s+policy|timed?\s+out|try\s+again",
    re.IGNORECASE,
)


def read_bounce(headers: Mapping[str, str], *, leaves: Mapping[str, Part], text: str) -> Bounce:
    """What a delivery report says, from its machine-readable part first, then from its text.

    ``permanent`` is True where the address itself is wrong, False where something else stood in the way, None where it
    is not said.
    """
    report = _read_fields(leaves.get("message/delivery-status"))
    readable = text[:_MAX_REPORT]
    diagnostic = report.get("diagnostic-code", "")
    status = report.get("status", "").partition(" ")[0] or None
    if not (status and _STATUS.fullmatch(status)):
        status = None
    if status is None or status.endswith(".0.0"):
        found = _STATUS.search(diagnostic) or (None if status else _STATUS.search(readable))
        status = found[1] if found else status
    recipient = _RECIPIENT.search(
        report.get("final-recipient", "")
        or report.get("original-recipient", "")
        or headers.get("x-failed-recipients", "")
    ) or _RECIPIENT.search(readable)
    return Bounce(
        recipient=recipient[1].lower() if recipient else None,
        status=status,
        permanent=_is_permanent(status, action=report.get("action", "").lower(), text=diagnostic or readable),
        original_message_id=_original_id(leaves, readable),
    )


def _is_permanent(status: str | None, *, action: str, text: str) -> bool | None:
    if action.startswith("delayed") or (status and status.startswith("4")):
        return False
    if _FULL_OR_REFUSED.search(text) and not (
        status and _BAD_ADDRESS.fullmatch(status) and _UNKNOWN_ADDRESS.search(text)
    ):
        return False
    if (status and _BAD_ADDRESS.fullmatch(status)) or _UNKNOWN_ADDRESS.search(text):
        return True
    return False if status or _REPLY_CODE.search(text) else None


def _read_fields(part: Part | None) -> dict[str, str]:
    """The fields of the first recipient block and of the message block of a delivery report, first one wins."""
    fields: dict[str, str] = {}
    rest = part.content()[:_MAX_REPORT] if part else b""
    for _ in range(3):
        pairs, rest = split_headers(rest.lstrip(b"\r\n"))
        for name, value in pairs:
            fields.setdefault(name, value)
        if not rest:
            break
    return fields


def _original_id(leaves: Mapping[str, Part], text: str) -> str | None:
    for kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/partial"):
        if kind in leaves:
            original = dict(reversed(split_headers(leaves[kind].content()[:_MAX_REPORT].lstrip(b"\r\n"))[0]))
            ids = read_message_ids(original.get("message-id", ""))
            if ids:
                return ids[0]
    quoted = _QUOTED_ID.search(text)
    return quoted[1] if quoted else None
