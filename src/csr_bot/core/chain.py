"""The hash chain of the audit log: each event carries the hash of the one before, so that no edit goes unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from csr_bot.core.effects import canonical_json

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


def chain_hash(prev_hash: str, row: Mapping[str, object]) -> str:
    """sha256 over the previous hash (64 hex digits) and the canonical row."""
    return hashlib.sha256((prev_hash + canonical_json(row)).encode()).hexdigest()
