"""What is known of the mailboxes themselves, in SQL. Sets of UIDs are stored as pairs of first and last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from csr_bot.adapters.sql.mailbox_tables import arrival, mailbox, withheld
from csr_bot.adapters.sql.tables import intake
from csr_bot.ids import new_id
from csr_bot.records import ArrivalRecord, MailboxRecord, WithheldRecord


class SqlMailboxes:
    """``intakelog.MailboxRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> MailboxRecord:
        """How a mailbox stands; as never polled if nothing is known of it."""
        columns = [mailbox.c[name] for name in MailboxRecord.__dataclass_fields__]
        row = self._connection.execute(select(*columns).where(mailbox.c.key == key)).mappings().first()
        return MailboxRecord(key) if row is None else MailboxRecord(**row)

    def put(self, record: MailboxRecord) -> None:
        """Keep how a mailbox stands."""
        row = {name: getattr(record, name) for name in MailboxRecord.__dataclass_fields__}
        query = _insert(self._connection, mailbox).values(row)
        self._connection.execute(query.on_conflict_do_update(index_elements=[mailbox.c.key], set_=row))

    def add_arrival(
        self, key: str, uidvalidity: int, uids: Collection[int], *, run_id: str | None, at: datetime
    ) -> None:
        """Note which UIDs a poll found and is going to fetch."""
        row = {
            "id": new_id(),
            "mailbox": key,
            "uidvalidity": uidvalidity,
            "uids": _to_pairs(uids),
            "seen_at": at,
            "settled": False,
            "run_id": run_id,
        }
        self._connection.execute(insert(arrival), row)

    def arrivals(self, key: str, uidvalidity: int, *, open_only: bool = False) -> Sequence[ArrivalRecord]:
        """What polls found, oldest first; with ``open_only`` only what no finished poll has covered."""
        query = select(arrival.c.uids, arrival.c.seen_at, arrival.c.settled).where(
            arrival.c.mailbox == key, arrival.c.uidvalidity == uidvalidity
        )
        if open_only:
            query = query.where(arrival.c.settled.is_(False))
        rows = self._connection.execute(query.order_by(arrival.c.seen_at, arrival.c.id))
        return [ArrivalRecord(_from_pairs(pairs), seen_at, settled) for pairs, seen_at, settled in rows]

    def settle_arrivals(self, key: str, *, until: datetime) -> None:
        """A poll that began at ``until`` has covered everything that was found up to then."""
        query = update(arrival).where(
            arrival.c.mailbox == key, arrival.c.settled.is_(False), arrival.c.seen_at <= until
        )
        self._connection.execute(query.values(settled=True))

    def generations(self, key: str) -> Sequence[int]:
        """Every UIDVALIDITY that the mailbox has had."""
        queries = [
            select(table.c.uidvalidity).where(table.c.mailbox == key).distinct()
            for table in (arrival, intake, withheld)
        ]
        return sorted({value for query in queries for value in self._connection.execute(query).scalars()})

    def withheld(self, key: str, uidvalidity: int) -> Sequence[WithheldRecord]:
        """Mails that the server named and did not hand out, by UID."""
        columns = [withheld.c[name] for name in WithheldRecord.__dataclass_fields__]
        query = select(*columns).where(withheld.c.mailbox == key, withheld.c.uidvalidity == uidvalidity)
        return [WithheldRecord(**row) for row in self._connection.execute(query.order_by(withheld.c.uid)).mappings()]

    def put_withheld(self, key: str, uidvalidity: int, records: Iterable[WithheldRecord]) -> None:
        """Keep what is known of mails that were not handed out."""
        query = _insert(self._connection, withheld)
        changed = {name: query.excluded[name] for name in ("attempts", "last_at", "gone_at", "reason")}
        query = query.on_conflict_do_update(index_elements=list(withheld.primary_key.columns), set_=changed)
        rows = [
            {"mailbox": key, "uidvalidity": uidvalidity}
            | {name: getattr(record, name) for name in WithheldRecord.__dataclass_fields__}
            for record in records
        ]
        if rows:
            self._connection.execute(query, rows)

    def forget_withheld(self, key: str, uidvalidity: int) -> None:
        """Take out what has been taken in meanwhile."""
        taken = select(intake.c.uid).where(intake.c.mailbox == key, intake.c.uidvalidity == uidvalidity)
        self._connection.execute(
            delete(withheld).where(
                withheld.c.mailbox == key, withheld.c.uidvalidity == uidvalidity, withheld.c.uid.in_(taken)
            )
        )


def _to_pairs(uids: Collection[int]) -> list[list[int]]:
    pairs: list[list[int]] = []
    for uid in sorted(uids):
        if pairs and uid == pairs[-1][1] + 1:
            pairs[-1][1] = uid
        else:
            pairs.append([uid, uid])
    return pairs


def _from_pairs(pairs: Sequence[Sequence[int]]) -> frozenset[int]:
    return frozenset(uid for first, last in pairs for uid in range(first, last + 1))


def _insert(connection: Connection, table: Any) -> Any:
    """An insert that can handle conflicts, in the words of the database at hand."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
