"""Runs and tasks: takes a recorded task, does what it says, and records how that ended.

Every task may be lost by the broker, come late or come twice: the row decides. An attempt is counted before the work,
so that a crash counts; after the last one a person is asked.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from csr_bot.bot import Portal as PortalWord
from csr_bot.caselog import CaseLog, Records
from csr_bot.core.case import CaseStatus
from csr_bot.flow.act import act
from csr_bot.flow.desk import Desk
from csr_bot.flow.intake import poll_source
from csr_bot.flow.ledger import import_ledger
from csr_bot.flow.moving import BOT, ask_person, move_case
from csr_bot.flow.portal import poll_portal
from csr_bot.flow.promises import settle_promises
from csr_bot.flow.report import send_report
from csr_bot.flow.stalling import attend
from csr_bot.flow.sweeping import sweep_clocks
from csr_bot.flow.work import work_case
from csr_bot.ports import Clock, PortError, UnavailableError
from csr_bot.records import RunRecord, TaskRecord

_logger = logging.getLogger(__name__)
BACKOFF: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Waits after the first, second and third failed attempt; after the next one the task is given up."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a worker works with: the log, and the desk of each bot."""

    log: CaseLog
    clock: Clock
    desk: Callable[[str], Desk]
    lease: timedelta
    owner: str


def work_off(shop: Workshop, queue: str, *, first: str | None, until: Callable[[], bool]) -> int:
    """Do the rung task and then whatever else is due in the queue, until nothing is or ``until`` says stop."""
    done = 0
    task_id = first
    while not until():
        with shop.log.begin() as records:
            now = shop.clock.now()
            limit = now + shop.lease
            task = (
                records.tasks.claim(task_id, owner=shop.owner, now=now, lease_until=limit)
                if task_id is not None
                else records.tasks.claim_next(queue, owner=shop.owner, now=now, lease_until=limit)
            )
        if task is None and task_id is None:
            break
        task_id = None
        if task is not None:
            perform(shop, task)
            done += 1
    return done


def perform(shop: Workshop, task: TaskRecord) -> None:
    """Do a claimed task and record how it ended."""
    if task.attempts > len(BACKOFF) + 1:
        # Nobody could record how the attempts before ended: whatever they died of is not tried for ever.
        _give_up(shop, task, task.last_error or "the worker died at every attempt")
        return
    try:
        later = _do(shop, task)
    except UnavailableError as error:
        _try_again(shop, task, str(error))
        return
    except Exception as error:
        # Whatever one case breaks must not stop the worker for the others.
        _logger.exception("task failed: %s %s", task.kind, task.subject)
        _try_again(shop, task, f"{type(error).__name__}: {error}")
        return
    with shop.log.begin() as records:
        if later is None:
            records.tasks.finish(task.id)
        else:
            records.tasks.retry(task.id, due_at=later[0], error=later[1], counts=False)


def _do(shop: Workshop, task: TaskRecord) -> tuple[datetime, str] | None:
    if task.kind == "work":
        work_case(_desk_of_case(shop, task.subject), task.subject)
    elif task.kind == "act":
        with shop.log.read() as records:
            case_id = records.effects.get(task.subject).case_id
        later = act(_desk_of_case(shop, case_id), task.subject)
        return None if later is None else (later.due_at, later.why)
    elif task.kind == "clocks":
        sweep_clocks(shop.desk(task.subject))
    else:
        run_bot(shop, task.subject, task.kind, task=task)
    return None


def _desk_of_case(shop: Workshop, case_id: str) -> Desk:
    with shop.log.read() as records:
        return shop.desk(records.cases.get(case_id).bot)


def run_bot(shop: Workshop, bot: str, kind: str, *, task: TaskRecord | None = None) -> RunRecord:
    """One run of a bot: poll, import or report. Takes over the slot that was scheduled for it, if there is one."""
    desk = shop.desk(bot)
    with shop.log.begin() as records:
        run = records.house.begin_run(bot, kind, at=shop.clock.now())
    counters: Counter[str] = Counter()
    problems: list[str] = []
    remarks: list[str] = []
    jobs: dict[str, Callable[[], Mapping[str, int]]] = {
        "poll": lambda: _poll(shop, desk, run.id, problems, remarks, task),
        "import": lambda: {**import_ledger(desk, after_step=_keeper(shop, task)), **settle_promises(desk)},
        "report": lambda: send_report(desk),
    }
    try:
        counters.update(jobs[kind]())
    except PortError as error:
        problems.append(str(error))
    except Exception as error:
        _end_run(shop, run, "failed", counters, f"{type(error).__name__}: {error}")
        raise
    status = "ok" if not problems else "partial" if counters else "failed"
    return _end_run(shop, run, status, counters, "; ".join([*problems, *remarks]) or None)


def _end_run(shop: Workshop, run: RunRecord, status: str, counters: Mapping[str, int], error: str | None) -> RunRecord:
    now = shop.clock.now()
    ended = replace(run, ended_at=now, status=status, counters=dict(counters), error=error)
    with shop.log.begin() as records:
        records.house.end_run(run.id, status=status, counters=ended.counters, error=error, at=now)
        records.events.add(
            "run.ended",
            actor=BOT,
            entity="run",
            entity_id=run.id,
            at=now,
            data={"bot": run.bot, "kind": run.kind, "status": status, "counters": ended.counters},
        )
    return ended


def _keeper(shop: Workshop, task: TaskRecord | None) -> Callable[[], None]:
    """What keeps a task, to be called now and then: it renews the lease once half of it is over, no sooner."""
    held_until = shop.clock.now() + shop.lease

    def hold() -> None:
        nonlocal held_until
        if task is not None and held_until - shop.clock.now() < shop.lease / 2:
            held_until = shop.clock.now() + shop.lease
            with shop.log.begin() as records:
                records.tasks.renew(task.id, owner=shop.owner, lease_until=held_until)

    return hold


def _poll(
    shop: Workshop, desk: Desk, run_id: str, problems: list[str], remarks: list[str], task: TaskRecord | None
) -> Counter[str]:
    """Every mailbox and portal of a desk; one that does not answer does not keep the others from being read."""
    counts: Counter[str] = Counter()
    hold = _keeper(shop, task)
    for source in desk.sources:
        poll = partial(poll_source, desk, source, run_id=run_id, counts=counts, remarks=remarks, after_chunk=hold)
        problem = attend(desk.log, desk.clock, source.mailbox.key, poll)
        if problem is not None:
            problems.append(problem)
    words = {word.name: word for word in desk.bot.intake if isinstance(word, PortalWord)}
    for name, portal in desk.portals.items():
        try:
            counts += poll_portal(desk, words[name], portal)
        except PortError as error:
            problems.append(f"{name}: {error}")
    return counts


def _try_again(shop: Workshop, task: TaskRecord, error: str) -> None:
    if task.attempts > len(BACKOFF):
        _give_up(shop, task, error)
        return
    wait = BACKOFF[task.attempts - 1]
    with shop.log.begin() as records:
        records.tasks.retry(task.id, due_at=shop.clock.now() + wait, error=error, counts=True)


def _give_up(shop: Workshop, task: TaskRecord, error: str) -> None:
    with shop.log.begin() as records:
        records.tasks.bury(task.id, error=error)
        if task.kind in ("work", "act"):
            _ask_about(shop, records, task, error)


def _ask_about(shop: Workshop, records: Records, task: TaskRecord, error: str) -> None:
    case_id = task.subject if task.kind == "work" else records.effects.get(task.subject).case_id
    case = records.cases.get_for_update(case_id)
    if case.status is CaseStatus.EXECUTING:
        reasons = ("GIVEN_UP", *(code for code in case.reasons if code != "GIVEN_UP"))
        case = move_case(records, case, CaseStatus.EXECUTION_FAILED, actor=BOT, at=shop.clock.now(), reasons=reasons)
    ask_person(
        records,
        case,
        kind="fix_execution",
        queue=case.queue or "triage",
        owner_role="ops_engineer",
        reasons=("GIVEN_UP", error[:300]),
        at=shop.clock.now(),
    )
