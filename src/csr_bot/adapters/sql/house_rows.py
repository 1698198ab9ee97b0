"""People, switches, runs, leases and stored files in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from csr_bot.adapters.sql.inserts import insert_rows
from csr_bot.adapters.sql.mandate_rows import temporary_roles
from csr_bot.adapters.sql.monies import join_money, split_money
from csr_bot.adapters.sql.tables import blob
from csr_bot.adapters.sql.work_tables import lease, pause, person, policy_version, run, signing_key, stop
from csr_bot.caselog import ConflictError
from csr_bot.ids import new_id
from csr_bot.records import Blob, Person, RunRecord


class SqlHouse:
    """``houselog.HouseRows`` on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_person(self, record: Person) -> None:
        """Add a person or change what is known of one."""
        row = {
            "login": record.login,
            "name": record.name,
            "email": record.email,
            "roles": sorted(record.roles),
            "active": record.active,
            "manager": record.manager,
            **split_money(record.approval_limit, "limit"),
        }
        self._connection.execute(delete(person).where(person.c.login == record.login))
        self._connection.execute(insert(person), row)

    def person(self, login: str, *, at: datetime | None = None) -> Person | None:
        """A person by login, with the roles that last; with ``at``, also those held for a while at that moment."""
        row = self._connection.execute(select(person).where(person.c.login == login)).mappings().first()
        return None if row is None else _person(row, temporary_roles(self._connection, at=at))

    def people(self, *, at: datetime | None = None) -> Sequence[Person]:
        """Everybody, by login, with roles as ``person`` gives them."""
        temporary = temporary_roles(self._connection, at=at)
        rows = self._connection.execute(select(person).order_by(person.c.login)).mappings()
        return [_person(row, temporary) for row in rows]

    def signing_key(self, name: str) -> bytes:
        """A key of this installation, made with its database."""
        query = select(signing_key.c.value).where(signing_key.c.name == name)
        return bytes.fromhex(self._connection.execute(query).scalar_one())

    def stops(self) -> Mapping[str, str]:
        """What the kill switch holds back, and why."""
        return {row[0]: row[1] for row in self._connection.execute(select(stop.c.scope, stop.c.why))}

    def put_stop(self, scope: str, *, why: str, by: str, at: datetime) -> None:
        """Stop a scope: ``*`` for all, a bot, or a category."""
        self.remove_stop(scope)
        self._connection.execute(insert(stop), {"scope": scope, "why": why, "by": by, "at": at})

    def remove_stop(self, scope: str) -> bool:
        """Let a scope go on; False if it was not stopped."""
        return self._connection.execute(delete(stop).where(stop.c.scope == scope)).rowcount == 1

    def pauses(self) -> Mapping[str, str]:
        """Bots whose schedules are paused, and why."""
        return {row[0]: row[1] for row in self._connection.execute(select(pause.c.bot, pause.c.why))}

    def put_pause(self, bot: str, *, why: str, by: str, at: datetime) -> None:
        """Pause the schedules of a bot."""
        self.remove_pause(bot)
        self._connection.execute(insert(pause), {"bot": bot, "why": why, "by": by, "at": at})

    def remove_pause(self, bot: str) -> bool:
        """Resume the schedules of a bot; False if they were not paused."""
        return self._connection.execute(delete(pause).where(pause.c.bot == bot)).rowcount == 1

    def use_policy(self, policy_id: str, version: int, *, sha256: str, yaml: str, at: datetime) -> None:
        """Keep the text of a policy version for ever; another text under the same version is refused."""
        query = select(policy_version.c.sha256).where(
            policy_version.c.policy_id == policy_id, policy_version.c.version == version
        )
        known = self._connection.execute(query).scalar_one_or_none()
        if known is None:
            row = {"policy_id": policy_id, "version": version, "sha256": sha256, "yaml": yaml, "first_used_at": at}
            self._connection.execute(insert(policy_version), row)
        elif known != sha256:
            raise ConflictError(f"{policy_id} version {version} was used with another text: raise its version")

    def add_slot(self, bot: str, kind: str, *, slot_at: datetime, status: str, why: str | None) -> bool:
        """Record a scheduled slot; False if somebody has recorded it already."""
        row = {
            "id": new_id(),
            "bot": bot,
            "kind": kind,
            "slot_at": slot_at,
            "started_at": slot_at,
            "status": status,
            "counters": {},
            "error": why,
        }
        query = _insert(self._connection, run).values(row).on_conflict_do_nothing().returning(run.c.id)
        return self._connection.execute(query).first() is not None

    def begin_run(self, bot: str, kind: str, *, at: datetime) -> RunRecord:
        """Start a run: the one of the newest slot that is due, or an unscheduled one."""
        due = (
            select(run.c.id)
            .where(run.c.bot == bot, run.c.kind == kind, run.c.status == "due")
            .order_by(run.c.slot_at.desc())
            .limit(1)
        )
        run_id = self._connection.execute(due).scalar_one_or_none()
        if run_id is None:
            run_id = new_id()
            row = {"id": run_id, "bot": bot, "kind": kind, "started_at": at, "status": "running", "counters": {}}
            self._connection.execute(insert(run), row)
        else:
            self._connection.execute(update(run).where(run.c.id == run_id).values(status="running", started_at=at))
        return RunRecord(**self._connection.execute(select(run).where(run.c.id == run_id)).mappings().one())

    def end_run(
        self, run_id: str, *, status: str, counters: Mapping[str, int], error: str | None, at: datetime
    ) -> None:
        """Record how a run ended."""
        values = {"status": status, "counters": counters, "error": error, "ended_at": at}
        self._connection.execute(update(run).where(run.c.id == run_id).values(**values))

    def runs(self, *, limit: int) -> Sequence[RunRecord]:
        """The newest runs."""
        query = select(run).order_by(run.c.started_at.desc(), run.c.id.desc()).limit(limit)
        return [RunRecord(**row) for row in self._connection.execute(query).mappings()]

    def last_slot(self, bot: str, kind: str) -> datetime | None:
        """The newest scheduled slot of a bot that was started."""
        query = select(func.max(run.c.slot_at)).where(run.c.bot == bot, run.c.kind == kind)
        return self._connection.execute(query).scalar()

    def take_lease(self, name: str, *, owner: str, now: datetime, until: datetime) -> bool:
        """Take or renew a lease; False while somebody else holds it."""
        query = _insert(self._connection, lease).values(name=name, owner=owner, until=until)
        taken = self._connection.execute(
            query.on_conflict_do_update(
                index_elements=[lease.c.name],
                set_={"owner": owner, "until": until},
                where=or_(lease.c.owner == owner, lease.c.until < now),
            ).returning(lease.c.owner)
        )
        return taken.first() is not None

    def put_blobs(self, blobs: Sequence[Blob], *, at: datetime) -> None:
        """Store files; one that is there already is left alone."""
        put_blobs(self._connection, blobs, at=at)

    def blob(self, sha256: str) -> Blob | None:
        """A stored file."""
        query = select(blob.c.sha256, blob.c.content_type, blob.c.content).where(blob.c.sha256 == sha256)
        row = self._connection.execute(query).first()
        return None if row is None else Blob(row.sha256, row.content_type, bytes(row.content))


def put_blobs(connection: Connection, blobs: Sequence[Blob], *, at: datetime) -> None:
    """Store files by their digest; one that is there already is left alone."""
    rows = {
        item.sha256: {
            "sha256": item.sha256,
            "content_type": item.content_type,
            "size": len(item.content),
            "content": item.content,
            "created_at": at,
        }
        for item in blobs
    }
    insert_rows(connection, blob, list(rows.values()), keep_known=True)


def _insert(connection: Connection, table: Any) -> Any:
    """An insert that can handle conflicts, in the words of the database at hand."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _person(row: RowMapping, temporary: Mapping[str, frozenset[str]]) -> Person:
    return Person(
        login=row["login"],
        name=row["name"],
        email=row["email"],
        roles=frozenset(row["roles"]) | temporary.get(row["login"], frozenset()),
        active=row["active"],
        approval_limit=join_money(row, "limit"),
        manager=row["manager"],
    )
