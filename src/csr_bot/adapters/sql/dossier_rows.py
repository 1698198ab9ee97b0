"""The record of cases in SQL: which ledger was used, and the erasure of personal data when its time is over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, String, cast, delete, exists, func, insert, literal, select, update

from csr_bot.adapters.sql.dossier_tables import case_key, erasure
from csr_bot.adapters.sql.ledger_tables import snapshot
from csr_bot.adapters.sql.tables import (
    blob,
    case_message,
    decision,
    decision_facts,
    effect,
    evidence,
    finding,
    message,
    portal_row,
    request_case,
)
from csr_bot.core.effects import canonical_json
from csr_bot.core.matching import SenderFinding
from csr_bot.core.message import IdentityLevel
from csr_bot.dossiers import Erasure, MasterVersion

ERASED: Final = "(erased)"
"""Stands where there was a text."""
_ENDED: Final = ("closed", "resolved", "merged")


class SqlDossiers:
    """``dossiers.DossierRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def master_version(self, snapshot_id: str) -> MasterVersion | None:
        """The import of this id."""
        query = select(
            snapshot.c.id, snapshot.c.file_name, snapshot.c.file_sha256, snapshot.c.as_of, snapshot.c.imported_at
        ).where(snapshot.c.id == snapshot_id)
        row = self._connection.execute(query).first()
        return None if row is None else MasterVersion(*row)

    def erasure(self, case_id: str) -> Erasure | None:
        """What was erased of a case."""
        row = self._connection.execute(select(erasure).where(erasure.c.case_id == case_id)).mappings().first()
        return None if row is None else Erasure(**row)

    def past_retention(self, closed_before: datetime, *, limit: int) -> Sequence[str]:
        """Cases that ended before that moment and are not erased yet."""
        query = (
            select(request_case.c.case_no)
            .where(
                request_case.c.status.in_(_ENDED),
                func.coalesce(request_case.c.closed_at, request_case.c.resolved_at, request_case.c.created_at)
                < closed_before,
                ~exists().where(erasure.c.case_id == request_case.c.id),
            )
            .order_by(request_case.c.case_no)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def erase(self, case_id: str, *, by: str, why: str, at: datetime) -> Erasure:
        """Remove what was written by and about people; rows, amounts, digests and the chain stay."""
        messages = self._own_messages(case_id)
        proofs = self._connection.execute(
            select(evidence.c.sha256, evidence.c.blob_sha256).where(evidence.c.case_id == case_id)
        ).all()
        bodies = select(effect.c.body_sha256).where(effect.c.case_id == case_id, effect.c.body_sha256.is_not(None))
        blobs = {raw for _, raw in messages} | {proof.blob_sha256 for proof in proofs if proof.blob_sha256}
        blobs |= set(self._connection.execute(bodies).scalars())
        removed = sorted(blobs | {proof.sha256 for proof in proofs})
        self._blank_messages([message_id for message_id, _ in messages])
        self._blank_case(case_id)
        counts = {"messages": len(messages), "evidence": len(proofs), "files": self._drop_blobs(sorted(blobs))}
        record = Erasure(case_id, at, by, why, hashlib.sha256(canonical_json(removed).encode()).hexdigest(), counts)
        row = {name: getattr(record, name) for name in Erasure.__dataclass_fields__}
        self._connection.execute(insert(erasure), row)
        return record

    def _own_messages(self, case_id: str) -> list[tuple[str, str]]:
        """Id and raw digest of the case's messages that no other case needs any more."""
        other = case_message.alias("other")
        needed = exists().where(
            other.c.message_id == message.c.id,
            other.c.case_id != case_id,
            ~exists().where(erasure.c.case_id == other.c.case_id),
        )
        query = (
            select(message.c.id, message.c.raw_sha256)
            .join(case_message, case_message.c.message_id == message.c.id)
            .where(case_message.c.case_id == case_id, ~needed)
            .order_by(message.c.id)
        )
        return [(row.id, row.raw_sha256) for row in self._connection.execute(query)]

    def _blank_messages(self, ids: Sequence[str]) -> None:
        blank = {"sender": None, "sender_name": "", "subject": ERASED, "text": ERASED, "text_new": ERASED}
        lists = {"attachments": (), "defects": (), "identity_reason": ERASED, "quarantined": None}
        self._connection.execute(update(message).where(message.c.id.in_(ids)).values(**blank, **lists))

    def _blank_case(self, case_id: str) -> None:
        query = select(request_case.c.request).where(request_case.c.id == case_id)
        request = self._connection.execute(query).scalar_one()
        kept = type(request)(request.category, request.reason, request.confidence, request.language)
        nobody = SenderFinding(IdentityLevel.L0, ERASED, frozenset(), None, ())
        values: dict[str, Any] = {"title": ERASED, "sender": nobody, "request": kept, "matches": ()}
        self._connection.execute(update(request_case).where(request_case.c.id == case_id).values(**values))
        self._connection.execute(update(evidence).where(evidence.c.case_id == case_id).values(content={}))
        self._connection.execute(update(portal_row).where(portal_row.c.case_id == case_id).values(content={}))
        self._connection.execute(delete(case_key).where(case_key.c.case_id == case_id))
        self._blank_decisions(case_id)

    def _blank_decisions(self, case_id: str) -> None:
        """What checks said, facts, and addresses in what was signed and done; route, money and digests stay."""
        mine = select(decision.c.id).where(decision.c.case_id == case_id).scalar_subquery()
        said = {"message": ERASED, "expected": None, "actual": None, "subject": ERASED}
        self._connection.execute(update(finding).where(finding.c.decision_id.in_(mine)).values(**said))
        self._connection.execute(delete(decision_facts).where(decision_facts.c.decision_id.in_(mine)))
        written = decision.c.payload.contains("@")
        self._connection.execute(update(decision).where(decision.c.case_id == case_id, written).values(payload=""))
        # The place in its decision keeps an effect apart from others of its kind.
        blank = {"target": literal(f"{ERASED} ").concat(cast(effect.c.seq, String)), "params": {}, "precondition": {}}
        addressed = effect.c.target.contains("@")
        self._connection.execute(update(effect).where(effect.c.case_id == case_id, addressed).values(**blank))

    def _drop_blobs(self, names: Sequence[str]) -> int:
        """Remove files that no message, evidence or answer of a case that is kept refers to."""
        kept = [
            exists().where(message.c.raw_sha256 == blob.c.sha256, message.c.text != ERASED),
            exists().where(evidence.c.blob_sha256 == blob.c.sha256, evidence.c.content != {}),
        ]
        query = delete(blob).where(blob.c.sha256.in_(names), *(~needed for needed in kept))
        return self._connection.execute(query).rowcount
