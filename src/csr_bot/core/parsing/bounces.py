"""Delivery reports: who could not be reached, why, and whether trying again can help (RFC 3463, RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from csr_bot.core.message import Bounce
from csr_bot.core.parsing.bounce_reasons import PERMANENT, find_reason
from csr_bot.core.parsing.headers import read_message_ids
from csr_bot.core.parsing.mime import Part, split_headers

_STATUS: Final = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY: Final = re.compile(r"(?<![\d.])([45])[0-7]\d[ ,-](?:[45]\.\d{1,3}\.\d{1,3})?[^\n]*(?:\n[ \t]+\S[^\n]*)*")
_RECIPIENT: Final = re.compile(r"<?([\w.+=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)>?")
_QUOTED_ID: Final = re.compile(r"^[\s>]*Message-I[Dd]:\s*(<[^<>\s]{1,500}>)", re.MULTILINE)
_COPY: Final = re.compile(
    r"^[ \t>-]{0,80}(?:(?:this\s+is\s+a\s+copy|original\s+(?:message|mail)|"
    r"returned\s+(?:message|mail)|below\s+this\s+line)|"
    r"(?:below|included)\s+(?:this\s+line\s+)?is\s+a\s+copy|---\s+below\s+this\s+line|return-path:|received:\s+from|"
    r"the\s+(?:header|text)\s+of\s+the\s+original|original\s+(?:mail|message)\s+(?:as\s+)?follows)",
    re.IGNORECASE | re.MULTILINE,
)
_RETRIED: Final = re.compile(
    r"will\s+be\s+retried|warning\s+message\s+only|delivery\s+attempts\s+will\s+continue|will\s+(?:keep|continue)\s+try|"
    r"do\s+not\s+need\s+to\s+resend|not\s+yet\s+been\s+delivered",
    re.IGNORECASE,
)
_MAX_REPORT: Final = 50_000
_MAX_SAID: Final = 2_000


def read_bounce(headers: Mapping[str, str], *, leaves: Mapping[str, Part], text: str) -> Bounce:
    """What a delivery report says, from its machine-readable part first, then from its text.

    ``permanent`` is True where the address itself leads nowhere, False where something else stood in the way, None
    where it is not said.
    """
    report = _read_fields(leaves.get("message/delivery-status"))
    # The returned mail may stand in the text too, and its words are not those of a server.
    copied = _COPY.search(text, 1)
    readable = text[: min(copied.start() if copied else len(text), _MAX_REPORT)]
    said = _what_was_said(report.get("diagnostic-code", ""), readable)
    status = _find_status(report.get("status", ""), said=said, readable=readable)
    reason = find_reason(status, said=said, around=readable)
    delayed = report.get("action", "").lower().startswith("delayed") or _RETRIED.search(readable) is not None
    if delayed and reason in {"undefined", "hostunknown"}:
        reason = "expired"
    recipient = _RECIPIENT.search(
        report.get("final-recipient", "")
        or report.get("original-recipient", "")
        or headers.get("x-failed-recipients", "")
    ) or _RECIPIENT.search(readable)
    return Bounce(
        recipient=recipient[1].lower() if recipient else None,
        status=status,
        permanent=_is_permanent(status, reason, delayed=delayed),
        reason=reason,
        original_message_id=_original_id(leaves, text[:_MAX_REPORT]),
    )


def _what_was_said(diagnostic: str, readable: str) -> str:
    """The far server's own words: of the report, else its reply as it is cited in the text; empty if there are none."""
    reply = _REPLY.search(readable)
    # Some reports cut the words short or say only that there was an error.
    words = diagnostic if len(diagnostic) > len("smtp; 550 5.0.0") or reply is None else ""
    return (words or (reply[0] if reply else ""))[:_MAX_SAID]


def _find_status(declared: str, *, said: str, readable: str) -> str | None:
    status = declared.strip().partition(" ")[0]
    if not _STATUS.fullmatch(status):
        found = _STATUS.search(said) or _STATUS.search(readable)
        return found[1] if found else None
    if status.endswith(".0.0"):
        found = _STATUS.search(said)
        return found[1] if found else status
    return status


def _is_permanent(status: str | None, reason: str, *, delayed: bool) -> bool | None:
    if delayed or (status and status.startswith("4")):
        return False
    if reason == "undefined":
        return False if status else None
    return reason in PERMANENT


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
