"""One mail, bytes to `ParsedMessage`. Never raises: what cannot be read gives a record that says why.

The steps are in their own modules; here they are put in order, and here it is decided what a person has to look at.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from csr_bot.core.message import Address, AutoClass, Forwarded, ParsedMessage, blank_message
from csr_bot.core.parsing.authentication import read_authentication
from csr_bot.core.parsing.automatic import find_automatic, is_answerable
from csr_bot.core.parsing.bodies import is_sealed, read_text, unreadable_reason
from csr_bot.core.parsing.files import read_attachments
from csr_bot.core.parsing.forwards import find_forwarded, read_claimed_sender
from csr_bot.core.parsing.headers import (
    MAX_MESSAGE_ID,
    decode_text,
    read_addresses,
    read_instant,
    read_message_ids,
    read_only_address,
    read_sender,
)
from csr_bot.core.parsing.language import guess_language, split_words
from csr_bot.core.parsing.mime import Headers, MailLimitError, Part, split_headers, split_parts
from csr_bot.core.parsing.quoting import SplitText, split_text

MAX_MAIL: Final = 40 * 1024 * 1024
"""Bytes of a mail that is read at all."""

_KEY_HEADERS: Final = ("from", "to", "date", "subject", "message-id")
_NOT_IN_ID: Final = re.compile(r"[\s<>]")
_LANGUAGE_SAMPLE: Final = 1_000


def parse_message(raw: bytes, *, trusted_servers: Collection[str] = ()) -> ParsedMessage:
    """The mail as a person would read it; ``quarantined`` where a person must look at the raw bytes.

    ``trusted_servers`` are the authserv-ids whose Authentication-Results count (RFC 8601); none by default.
    """
    headers: Headers = ()
    body = raw
    try:
        if len(raw) > MAX_MAIL:
            raise MailLimitError(f"TOO_LARGE: a mail of {len(raw)} bytes")
        headers, body = split_headers(raw)
        return _read(headers, body, trusted_servers)
    except MailLimitError as limit:
        return _unread(headers, body, why=str(limit))
    except Exception as error:  # noqa: BLE001  # one odd mail must never stop the next fifty; a person sees it with its reason
        return _unread(headers, body, why=f"UNREADABLE: {type(error).__name__} while reading the mail")


def _read(headers: Headers, body: bytes, trusted_servers: Collection[str]) -> ParsedMessage:
    defects: list[str] = []
    first = dict(reversed(headers))
    root = split_parts(headers, body)
    text = read_text(root, defects=defects)
    subject = decode_text(first.get("subject", ""), defects=defects)
    sender, why = _read_one_sender(headers, defects)
    found = find_automatic(
        first, root=root, sender=sender, from_text=first.get("from", "")[:200], subject=subject[:300], text=text
    )
    if why and found.auto_class in {AutoClass.BOUNCE, AutoClass.COMPLAINT}:
        # Reports are filed, never acted on or answered, and mail systems write such senders.
        defects.append(why)
        why = None
    if (not text.strip() or is_sealed(text)) and (closed := unreadable_reason(root)):
        why = why or closed
    split = split_text(text)
    is_written = found.auto_class in {AutoClass.NONE, AutoClass.LIST}
    sent = first.get("date")
    ids = read_message_ids(first.get("message-id", ""))
    return ParsedMessage(
        message_id=ids[0] if ids else _bare_id(first, defects),
        sender=sender,
        reply_to=_read_all(headers, "reply-to", defects) if "reply-to" in first else (),
        to=_read_all(headers, "to", defects) if "to" in first else (),
        cc=_read_all(headers, "cc", defects) if "cc" in first else (),
        subject=subject,
        sent_at=read_instant(sent, defects=defects) if sent else None,
        in_reply_to=read_message_ids(first.get("in-reply-to", "")),
        references=read_message_ids(first.get("references", "")),
        text=text,
        text_new=split.new,
        forwarded=_read_forwarded(root, text, split, subject, is_reply="in-reply-to" in first) if is_written else None,
        language=guess_language(split_words(split.new[:_LANGUAGE_SAMPLE])),
        attachments=read_attachments(root),
        auto_class=found.auto_class,
        answerable=is_answerable(first, sender=sender, auto_class=found.auto_class) and why is None,
        auto_reason=found.reason,
        bounce=found.bounce,
        authentication=read_authentication(
            headers, sender_domain=sender.domain if sender else None, trusted_servers=trusted_servers
        ),
        content_key=_content_key(first, body),
        defects=tuple(dict.fromkeys(defects)),
        quarantined=why,
    )


def _read_one_sender(headers: Headers, defects: list[str]) -> tuple[Address | None, str | None]:
    values = [value for name, value in headers if name == "from"]
    if not values:
        return None, "SENDER_MISSING: no From header"
    if len(values) == 1 and (sender := read_sender(values[0], defects=defects)):
        return sender, None
    # The only address there is helps the person who looks at the mail; the mail stays held.
    shown = read_only_address(values, defects=defects)
    if len(values) > 1:
        return shown, f"SENDER_AMBIGUOUS: {len(values)} From headers"
    return shown, "SENDER_AMBIGUOUS: From is not exactly one address that every program reads alike"


def _read_forwarded(root: Part, text: str, split: SplitText, subject: str, *, is_reply: bool) -> Forwarded | None:
    """The mail that is passed on, written below the own words or else attached."""
    forwarded = None
    if split.has_older:
        # A marker tells more than the headers do.
        title = "" if split.says_forwarded else subject[:300]
        forwarded = find_forwarded(text, subject=title, is_reply=is_reply and not split.says_forwarded)
    return forwarded or (_read_attached(root, split.new) if root.children else None)


def _read_attached(root: Part, newest: str) -> Forwarded | None:
    """The first mail that is attached as a message."""
    part = next((leaf for leaf in root.leaves() if leaf.content_type == "message/rfc822"), None)
    if part is None:
        return None
    headers, body = split_headers(part.content().lstrip(b"\r\n"))
    inner = dict(reversed(headers))
    ignored: list[str] = []
    name, address = read_claimed_sender(decode_text(inner.get("from", ""), defects=ignored))
    text = read_text(split_parts(headers, body), defects=ignored)
    return Forwarded(
        sender_name=name,
        sender_address=address,
        sent=inner.get("date", "")[:200] or None,
        subject=decode_text(inner["subject"], defects=ignored) if "subject" in inner else None,
        text=text,
        before=newest,
        whole=text,
    )


def _read_all(headers: Headers, wanted: str, defects: list[str]) -> tuple[Address, ...]:
    return read_addresses([value for name, value in headers if name == wanted], defects=defects)


def _bare_id(first: Mapping[str, str], defects: list[str]) -> str | None:
    """A Message-ID without its brackets, as some programs write it."""
    value = first.get("message-id", "").strip()
    if value and len(value) <= MAX_MESSAGE_ID and not _NOT_IN_ID.search(value):
        return f"<{value}>"
    defects.append("the Message-ID cannot be read" if value else "no Message-ID")
    return None


def _content_key(first: Mapping[str, str], body: bytes) -> str:
    head = "\n".join([first.get(name, "") for name in _KEY_HEADERS])
    digest = hashlib.sha256(head.encode("utf-8", "surrogateescape") + b"\n")
    # Relays change line ends, never words: deleting every CR is ten times as fast as replacing the pairs.
    digest.update(body.replace(b"\r", b"").rstrip(b"\n"))
    return digest.hexdigest()


def _unread(headers: Headers, body: bytes, *, why: str) -> ParsedMessage:
    """The record of a mail that was not read; the little that its first headers say safely is kept."""
    first = dict(reversed(headers))
    ids = read_message_ids(first.get("message-id", ""))
    subject = first.get("subject", "")[:200].encode("ascii", "replace").decode("ascii")
    unread = blank_message(_content_key(first, body), subject=subject)
    return replace(unread, message_id=ids[0] if ids else None, quarantined=why)
