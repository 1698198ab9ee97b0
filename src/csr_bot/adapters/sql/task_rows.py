"""Tasks in SQL: claimed by a conditional update, so that two workers never hold the same one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from csr_bot.adapters.sql.inserts import insert_rows
from csr_bot.adapters.sql.work_tables import task
from csr_bot.ids import new_id
from csr_bot.records import TaskRecord

_COLUMNS = [task.c[name] for name in TaskRecord.__dataclass_fields__]


class SqlTasks:
    """``caselog.TaskRows`` on one connection. ``recorded`` collects what is to be rung after the commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.recorded: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, *, kind: str, subject: str, queue: str, due_at: datetime) -> str | None:
        """Record a task; None if the same work is open already."""
        row = _new_task(kind=kind, subject=subject, queue=queue, due_at=due_at)
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(task), row)
        except IntegrityError:
            return None
        self.recorded[queue].append(row["id"])
        return str(row["id"])

    def add_for_new_cases(self, case_ids: Sequence[str], *, queue: str, due_at: datetime) -> None:
        """One ``work`` task for each of these cases, which nobody else can know yet."""
        rows = [_new_task(kind="work", subject=case_id, queue=queue, due_at=due_at) for case_id in case_ids]
        if rows:
            insert_rows(self._connection, task, rows)
            self.recorded[queue].extend(str(row["id"]) for row in rows)

    def claim(self, task_id: str, *, owner: str, now: datetime, lease_until: datetime) -> TaskRecord | None:
        """Take a task if it is due and free. The attempt is counted before the work, so that a crash counts."""
        claimed = self._connection.execute(
            update(task)
            .where(task.c.id == task_id, _is_free(now))
            .values(lease_owner=owner, lease_until=lease_until, attempts=task.c.attempts + 1)
        )
        if claimed.rowcount != 1:
            return None
        row = self._connection.execute(select(*_COLUMNS).where(task.c.id == task_id)).mappings().one()
        return TaskRecord(**row)

    def claim_next(self, queue: str, *, owner: str, now: datetime, lease_until: datetime) -> TaskRecord | None:
        """Take the task of a queue that has been due for longest."""
        query = (
            select(task.c.id)
            .where(task.c.queue == queue, _is_free(now))
            .order_by(task.c.due_at, task.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        task_id = self._connection.execute(query).scalar_one_or_none()
        return None if task_id is None else self.claim(task_id, owner=owner, now=now, lease_until=lease_until)

    def renew(self, task_id: str, *, owner: str, lease_until: datetime) -> bool:
        """Hold a task for longer; False if it is not held by ``owner`` any more."""
        held = self._connection.execute(
            update(task)
            .where(task.c.id == task_id, task.c.lease_owner == owner, task.c.state == "open")
            .values(lease_until=lease_until)
        )
        return held.rowcount == 1

    def finish(self, task_id: str) -> None:
        """The work is done and recorded in this transaction."""
        self._set(task_id, state="done", lease_owner=None, lease_until=None)

    def retry(self, task_id: str, *, due_at: datetime, error: str, counts: bool) -> None:
        """Try again later; ``counts`` says whether this was an attempt (waiting is none)."""
        values: dict[str, Any] = {"due_at": due_at, "last_error": error, "lease_owner": None, "lease_until": None}
        if not counts:
            values["attempts"] = task.c.attempts - 1
        self._set(task_id, **values)

    def bury(self, task_id: str, *, error: str) -> None:
        """Give up: a person has to look."""
        self._set(task_id, state="dead", last_error=error, lease_owner=None, lease_until=None)

    def due(self, *, now: datetime, limit: int) -> Mapping[str, Sequence[str]]:
        """Queue to ids of tasks that are due and free, at most ``limit`` of each queue, those due for longest first."""
        queues = self._connection.execute(select(task.c.queue).where(_is_free(now)).distinct()).scalars().all()
        found = {}
        for queue in queues:
            query = select(task.c.id).where(task.c.queue == queue, _is_free(now)).order_by(task.c.due_at).limit(limit)
            found[queue] = self._connection.execute(query).scalars().all()
        return found

    def open_count(self) -> int:
        """How many tasks are not finished."""
        query = select(func.count()).select_from(task).where(task.c.state == "open")
        return int(self._connection.execute(query).scalar_one())

    def next_due_at(self) -> datetime | None:
        """When the next open task is due."""
        return self._connection.execute(select(func.min(task.c.due_at)).where(task.c.state == "open")).scalar()

    def _set(self, task_id: str, **values: Any) -> None:
        self._connection.execute(update(task).where(task.c.id == task_id).values(**values))


def _is_free(now: datetime) -> ColumnElement[bool]:
    return and_(
        task.c.state == "open", task.c.due_at <= now, or_(task.c.lease_until.is_(None), task.c.lease_until < now)
    )


def _new_task(*, kind: str, subject: str, queue: str, due_at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "subject": subject,
        "queue": queue,
        "due_at": due_at,
        "state": "open",
        "attempts": 0,
        "created_at": due_at,
    }
