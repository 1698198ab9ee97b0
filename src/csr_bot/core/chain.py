"""The hash chain of the audit log: each event carries the hash of the one before, so that no edit goes unseen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from csr_bot.core.effects import canonical_json

_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@[^\s<>()\[\]\"',;:]{1,255}")
START: Final = "0" * 64
"""What the first event chains to."""


def event_row(
    *,
    seq: int,
    at: datetime,
    actor: str,
    action: str,
    entity: str,
    entity_id: str,
    case_no: str | None,
    data: Mapping[str, object],
) -> dict[str, object]:
    """The content of an event that is hashed. Details are part of it only where there are any.

    Raises ValueError on a time without a zone: it would be hashed differently on another host.
    """
    if at.tzinfo is None:
        raise ValueError(f"a moment has a time zone: {at!r}")
    moment = at.astimezone(UTC)
    row: dict[str, object] = {
        "seq": seq,
        "at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if moment.microsecond else "%Y-%m-%dT%H:%M:%SZ"),
        "actor": actor,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "case_no": case_no,
    }
    if data:
        row["data"] = data
    return row


def without_addresses(data: Mapping[str, object]) -> dict[str, object]:
    """Details of an event with every e-mail address left out: what is chained can never be erased."""
    return {name: _without_addresses(value) for name, value in data.items()}


def _without_addresses(value: object) -> object:
    if isinstance(value, str):
        return _ADDRESS.sub("(address)", value)
    if isinstance(value, Mapping):
        return without_addresses(value)
    return [_without_addresses(item) for item in value] if isinstance(value, list | tuple) else value


def chain_hash(prev_hash: str, row: Mapping[str, object]) -> str:
    """sha256 over the previous hash (64 hex digits) and the canonical row."""
    return hashlib.sha256((prev_hash + canonical_json(row)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """How the chain stood at a moment, to be kept where nobody who can write to the log can write.

    ``trail`` covers the hashes of all events up to ``seq``: with it and those hashes alone, without the events, one
    can tell that an event belongs to the chain that was anchored.
    """

    seq: int
    hash: str
    trail: str
    at: datetime


def extend_trail(trail: str, digest: str) -> str:
    """The trail after one more event: sha256 over the trail before (64 hex digits) and the event's hash."""
    return hashlib.sha256((trail + digest).encode()).hexdigest()
