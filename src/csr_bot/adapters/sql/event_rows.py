"""The audit chain in SQL: events wait until their transaction ends and are chained there under the head's lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from csr_bot.adapters.sql.inserts import insert_rows
from csr_bot.adapters.sql.tables import chain_head, event
from csr_bot.core.chain import chain_hash, event_row, without_addresses
from csr_bot.records import Event

_PAGE: Final = 1000
_HEAD: Final = select(chain_head.c.seq, chain_head.c.hash).where(chain_head.c.id == 1).with_for_update()
_MOVED_HEAD: Final = update(chain_head).where(chain_head.c.id == 1)


class SqlEvents:
    """``caselog.EventRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[str, str, str, str, datetime, str | None, Mapping[str, object]]] = []

    def add(
        self,
        action: str,
        *,
        actor: str,
        entity: str,
        entity_id: str,
        at: datetime,
        case_no: str | None = None,
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Append an event when the transaction commits; e-mail addresses in its details are left out."""
        self._waiting.append((action, actor, entity, entity_id, at, case_no, without_addresses(data or {})))

    def flush(self) -> None:
        """Chain what waits. Called last in a transaction, so that the head is locked for as short as possible."""
        if not self._waiting:
            return
        seq, prev_hash = self._connection.execute(_HEAD).one()
        rows = []
        for action, actor, entity, entity_id, at, case_no, data in self._waiting:
            seq += 1
            row = event_row(
                seq=seq,
                at=at,
                actor=actor,
                action=action,
                entity=entity,
                entity_id=entity_id,
                case_no=case_no,
                data=data,
            )
            digest = chain_hash(prev_hash, row)
            rows.append(
                {
                    "seq": seq,
                    "at": at,
                    "actor": actor,
                    "action": action,
                    "entity": entity,
                    "entity_id": entity_id,
                    "case_no": case_no,
                    "data": data,
                    "prev_hash": prev_hash,
                    "hash": digest,
                }
            )
            prev_hash = digest
        insert_rows(self._connection, event, rows)
        self._connection.execute(_MOVED_HEAD, {"seq": seq, "hash": prev_hash})
        self._waiting.clear()

    def of_case(self, case_no: str) -> Sequence[Event]:
        """The events of a case, oldest first."""
        query = select(event).where(event.c.case_no == case_no).order_by(event.c.seq)
        return [Event(**row) for row in self._connection.execute(query).mappings()]

    def all(self, *, after: int = 0) -> Iterator[Event]:
        """Every event after that sequence number, oldest first, a page at a time."""
        last = after
        while True:
            query = select(event).where(event.c.seq > last).order_by(event.c.seq).limit(_PAGE)
            rows = [Event(**row) for row in self._connection.execute(query).mappings()]
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1].seq

    def head(self) -> tuple[int, str]:
        """Sequence number and hash that the chain ends with."""
        seq, digest = self._connection.execute(select(chain_head.c.seq, chain_head.c.hash)).one()
        return seq, digest
