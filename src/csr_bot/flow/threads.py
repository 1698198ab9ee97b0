"""Which case a message continues: by the mails that it answers, by our mark in its subject, and only for its party.

A case whose customer is unknown has no thread, and whoever writes from elsewhere into a thread is shown nothing of it:
a person looks at that mail first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csr_bot.caselog import Records
from csr_bot.core.case import DONE
from csr_bot.core.matching import Match
from csr_bot.core.message import AutoClass, IdentityLevel, ParsedMessage
from csr_bot.core.request import Category
from csr_bot.core.thread import find_marks
from csr_bot.flow.understanding import Understood
from csr_bot.records import ThreadParent

_NEWEST: Final = 5
"""Of a long list of references the last ones; they are the nearest."""
_REPLY: Final = re.compile(r"^(?:\s*(?:re|aw|antw|sv|rv|wg|fw|fwd|tr|wtr)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_MARK: Final = re.compile(r"\s*\[CSR-[^\]]*\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thread:
    """What a message continues. ``foreign``: it reaches into a case of somebody else; ``new_matter``: it is linked to
    its case, but asks for something of its own.
    """

    parent: ThreadParent | None = None
    foreign: bool = False
    new_matter: bool = False


class Threads:
    """The cases that a chunk of messages may continue, found with two queries."""

    def __init__(self, records: Records, messages: Iterable[ParsedMessage], *, key: bytes) -> None:
        self._marks = {message.content_key: _named(message, key) for message in messages}
        headers = {header for message in messages for header in answered(message)}
        numbers = {number for marks in self._marks.values() for number in marks}
        self._by_header: Mapping[str, Sequence[ThreadParent]] = records.intake.find_thread(headers)
        self._by_number: Mapping[str, ThreadParent] = records.intake.find_named(numbers)

    def of(self, item: Understood) -> Thread:
        """The thread of one of these messages."""
        known = [parent for parent in self._candidates(item.parsed) if parent.customer_no is not None]
        own = [parent for parent in known if parent.customer_no in item.sender.customer_nos]
        if not own:
            return Thread(foreign=bool(known))
        if item.sender.level is IdentityLevel.L0:
            # It only claims to be from the customer: a case of its own, for a person.
            return Thread()
        parent = _nearest(own, _named_invoices(item))
        return Thread(parent, new_matter=_is_new_matter(item, parent))

    def _candidates(self, message: ParsedMessage) -> Iterator[ThreadParent]:
        """Our mark first: it names one case, where a mail may belong to several."""
        for number in self._marks.get(message.content_key, ()):
            if number in self._by_number:
                yield self._by_number[number]
        for header in answered(message):
            yield from self._by_header.get(header, ())


def answered(message: ParsedMessage) -> tuple[str, ...]:
    """The Message-IDs that a mail answers, the nearest first."""
    return (*message.in_reply_to, *reversed(message.references[-_NEWEST:]))


def _named(message: ParsedMessage, key: bytes) -> tuple[str, ...]:
    """Case numbers in the message: with our signature first. Both count only for the party of the case."""
    if "csr-" not in message.subject.lower() and "csr-" not in message.text_new.lower():
        return ()
    marks = find_marks(message.subject, message.text_new[:2_000], key=key)
    return (*marks.signed, *marks.unsigned)


def _nearest(parents: Sequence[ThreadParent], invoices: frozenset[str]) -> ThreadParent:
    """Of the cases of one mail the one about the same invoices, else one that is still open, else the first found."""
    return max(
        parents,
        key=lambda parent: (bool(parent.invoices & invoices), parent.status not in DONE, -parents.index(parent)),
    )


def _named_invoices(item: Understood) -> frozenset[str]:
    """The invoices that the message itself names, its quoted history left out."""
    matches = (match for found in item.matches for match in found)
    return frozenset(match.best.invoice_no for match in matches if match.best and _is_fresh(match))


def _is_fresh(match: Match) -> bool:
    return match.reference is not None and not match.reference.source.is_hint


def _is_new_matter(item: Understood, parent: ThreadParent) -> bool:
    """Whether a message uses an old thread for something else: other invoices, or another wish under a new subject."""
    if item.parsed.auto_class is not AutoClass.NONE:
        return False
    invoices = _named_invoices(item)
    if invoices and parent.invoices:
        return not invoices & parent.invoices
    wishes = {request.category for request in item.requests} - {Category.UNKNOWN, Category.NOT_A_REQUEST}
    subject = _plain(item.parsed.subject)
    return bool(wishes) and parent.category not in wishes and bool(subject) and subject != _plain(parent.title)


def _plain(subject: str) -> str:
    """A subject without what mail programs and we put around it."""
    return " ".join(_MARK.sub("", _REPLY.sub("", subject)).lower().split())
