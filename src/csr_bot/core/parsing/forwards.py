"""Mails inside mails: the one that somebody forwards, inline below the own words or attached as a message.

What is read here was copied by the sender of the outer mail: it is a claim, and who sent the outer mail stays the
sender. (RFC 2046, message/rfc822)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from csr_bot.core.message import Forwarded
from csr_bot.core.parsing.history import (
    HeaderBlock,
    is_forward_marker,
    is_marker,
    is_rule,
    may_be_header,
    read_header_block,
)

_ADDRESS: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_AROUND_NAME: Final = " \t\"'<>[]()*,;"
_MAILTO: Final = re.compile(r"[<\[(]?\s*mailto:.*", re.IGNORECASE)
_FORWARD_SUBJECT: Final = re.compile(
    r"^\W*(?:fwd?|wg|tr|rv|enc|i|doorst(?:uur)?|weitergeleitet|vs|pd|vb|transf)\s*:", re.IGNORECASE
)
_REPLY_SUBJECT: Final = re.compile(r"^\W*(?:re|aw|antw(?:ort|oord)?|sv|rif|réf|ref|rép|odp|res)\s*:", re.IGNORECASE)
_MAX_LINES: Final = 5_000


@dataclass(frozen=True, slots=True)
class InlineForward:
    """A mail written into a text: what stands before it, the mail as it stands there, its headers and its body."""

    before: str
    block: str
    fields: dict[str, str]
    body: str


def split_forward(text: str) -> InlineForward | None:
    """The first mail with header lines that is written into a text, or None.

    Header lines may be quoted, and a marker may stand above them.
    """
    lines = text.split("\n")[:_MAX_LINES]
    for index, line in enumerate(lines):
        bare = line.lstrip(" >|\t")
        if not bare:
            continue
        if (bare[0] in "-_=*–—" or bare[-1] == ":") and is_marker(line):
            start = next((at for at in range(index + 1, len(lines)) if lines[at].strip(" >|\t")), None)
            block = read_header_block(lines, start, marked=True) if start is not None else None
            if block is not None and start is not None:
                return _make_inline(lines, index, start=start, block=block)
            if start is not None and is_forward_marker(line):
                return _make_inline(lines, index, start=start, block=HeaderBlock({}, start))
        elif may_be_header(line) and (block := read_header_block(lines, index)):
            return _make_inline(lines, index, start=index, block=block)
    return None


def find_forwarded(text: str, *, subject: str, is_reply: bool) -> Forwarded | None:
    """The mail that a text forwards. The history below an answer is not forwarded, though it looks alike.

    ``is_reply``: the mail names the one that it answers, and says nowhere that it forwards it.
    """
    if not _FORWARD_SUBJECT.match(subject) and (is_reply or _REPLY_SUBJECT.match(subject)):
        return None
    found = split_forward(text)
    if found is None:
        return None
    name, address = read_claimed_sender(found.fields.get("from", ""))
    return Forwarded(
        sender_name=name,
        sender_address=address,
        sent=found.fields.get("sent") or None,
        subject=found.fields.get("subject"),
        text=found.body,
        before=found.before,
        whole=found.block,
    )


def read_claimed_sender(value: str) -> tuple[str, str | None]:
    """Name and address in the From line of an embedded mail; both are only what somebody copied there."""
    found = _ADDRESS.search(value[:1_000])
    if found is None:
        return value.strip(_AROUND_NAME)[:200], None
    name = _MAILTO.sub("", value[: found.start()]).strip(_AROUND_NAME)
    return name[:200], found[0].lower()


def _make_inline(lines: Sequence[str], index: int, *, start: int, block: HeaderBlock) -> InlineForward:
    before = list(lines[:index])
    while before and (not before[-1].strip(" >") or is_rule(before[-1])):
        del before[-1]
    quoted = lines[start].lstrip().startswith(">")
    return InlineForward(
        before="\n".join(before).strip(),
        block=_join(lines[start:], quoted=quoted),
        fields=block.fields,
        body=_join(lines[block.end :], quoted=quoted),
    )


def _join(lines: Sequence[str], *, quoted: bool) -> str:
    if quoted:
        lines = [line.lstrip().removeprefix(">").removeprefix(" ") for line in lines]
    return "\n".join(lines).strip("\n")
