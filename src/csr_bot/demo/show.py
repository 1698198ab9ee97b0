"""The demo: starts the world, lets its customers write, runs the bots for real, and shows what became of each case."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from csr_bot.beat import run_scheduler
from csr_bot.console.app import running_console
from csr_bot.core.case import AT_REST, CaseStatus
from csr_bot.core.effects import EffectState, EffectType
from csr_bot.demo.letters import Letter, make_letters
from csr_bot.demo.letters_more import make_more_letters
from csr_bot.demo.world import BOT_NAME, MAILBOX, DemoWorld
from csr_bot.flow.queues import BROWSER_QUEUE, MAIL_QUEUE
from csr_bot.records import CaseRecord, EffectRecord
from csr_bot.tasks import CeleryDoorbell, embedded_worker, make_app, serve_tasks
from csr_bot.wiring import House

PATIENCE: Final = timedelta(minutes=5)
_LOOK: Final = 0.2


def run_demo(*, once: bool, port: int, cases: int | None, as_json: bool, folder: Path | None) -> int:
    """Run the demo; returns the exit status. With ``once`` it ends after the last case, else it serves the console.

    ``cases`` is how many mails are delivered at least; None for those that the demo tells its story with.
    """
    started = time.monotonic()
    place = folder or Path(tempfile.mkdtemp(prefix="csr-bot-demo-"))
    err = Console(stderr=True, quiet=as_json)
    with ExitStack() as stack:
        err.print("Starting a mail server, an ERP and a portal ...")
        world = DemoWorld.start(place)
        stack.callback(world.stop)
        app = make_app("memory://")
        house = world.house(doorbell=CeleryDoorbell(app))
        serve_tasks(app, house)
        letters = _letters(world, house, cases)
        stack.enter_context(embedded_worker(app, concurrency=2))
        url = stack.enter_context(
            running_console(house.log, house.clock, answers=house.answers, host="127.0.0.1", port=port)
        )
        _stop_with(stack, house)
        _import_ledger(house)
        world.deliver(letters)
        _wait_until_done(house, err, expected=len(letters))
        summary = summarise(world, house, console=url, seconds=time.monotonic() - started)
        _print(summary, as_json=as_json)
        if not once:
            _serve(place, url, err)
    return 0


def _letters(world: DemoWorld, house: House, cases: int | None) -> Sequence[Letter]:
    letters = make_letters(world.books, at=house.clock.now(), mailbox=MAILBOX)
    missing = (cases or 0) - len(letters)
    return (*letters, *make_more_letters(world.books, at=house.clock.now(), mailbox=MAILBOX, count=max(0, missing)))


def _stop_with(stack: ExitStack, house: House) -> None:
    """The scheduler in a thread of its own, stopped with everything else."""
    stop = threading.Event()
    thread = threading.Thread(target=run_scheduler, args=(house,), kwargs={"stop": stop}, name="scheduler", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(10)

    stack.callback(end)


def _import_ledger(house: House) -> None:
    with house.log.begin() as records:
        records.tasks.add(kind="import", subject=BOT_NAME, queue=MAIL_QUEUE, due_at=house.clock.now())
    _wait(lambda: _has_ledger(house), "the ledger import")


def _has_ledger(house: House) -> bool:
    with house.log.read() as records:
        return records.ledger.active_snapshot(BOT_NAME) is not None


def _wait_until_done(house: House, err: Console, *, expected: int) -> None:
    """Polls as the schedule would, then waits until every case is at rest or waits for a person."""
    with house.log.begin() as records:
        records.tasks.add(kind="poll", subject=BOT_NAME, queue=BROWSER_QUEUE, due_at=house.clock.now())
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task("Working on the cases", total=None)

        def is_done() -> bool:
            with house.log.read() as records:
                taken_in = records.intake.count()
                cases = records.cases.list(status=None, category=None, customer=None)
                polled = any(run.kind == "poll" and run.ended_at is not None for run in records.house.runs(limit=50))
            resting = sum(case.status in AT_REST for case in cases)
            progress.update(bar, total=len(cases) or None, completed=resting)
            return polled and taken_in >= expected and resting == len(cases)

        _wait(is_done, "the cases")


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not end within {PATIENCE}")
        time.sleep(_LOOK)


def summarise(world: DemoWorld, house: House, *, console: str, seconds: float) -> dict[str, Any]:
    """What became of everything; the ERP's part is read from the ERP itself, not from our own log."""
    with house.log.read() as records:
        cases = [
            (case, records.effects.of_case(case.id))
            for case in records.cases.list(status=None, category=None, customer=None)
        ]
        taken_in = records.intake.count()
        waiting = {item.case_id for item in records.cases.open_items()}
        human = {
            case.id
            for case, _ in cases
            for decision in [records.cases.latest_decision(case.id)]
            if decision and any(given.approver != "bot" for given in records.cases.approvals(decision.id))
        }
    listed = [_listed(case, effects) for case, effects in cases]
    portal_rows = sum(case.portal_ticket is not None for case, _ in cases)
    resolved = {CaseStatus.RESOLVED, CaseStatus.CLOSED}
    in_doubt = {EffectState.SUBMITTING, EffectState.IN_DOUBT}
    return {
        "workspace": str(world.folder),
        "console": console,
        "cases": listed,
        "totals": {
            "messages": taken_in + portal_rows,
            "cases": len(cases),
            "auto_resolved": sum(_is_alone(case, human) and case.status in resolved for case, _ in cases),
            "queued": len(waiting),
            "in_doubt": sum(item.state in in_doubt for _, effects in cases for item in effects),
            "credited": _credited(item for _, effects in cases for item in effects),
        },
        "erp": {
            "credit_notes": [
                {
                    "number": note.number,
                    "invoice_no": note.invoice_no,
                    "amount": f"{note.amount:.2f}",
                    "currency": note.currency,
                    "reference": note.reference,
                }
                for note in world.erp.credit_notes()
            ]
        },
        "seconds": round(seconds, 1),
    }


_ANSWERS: Final = frozenset({EffectType.SEND_REPLY, EffectType.SEND_INVOICE_COPY, EffectType.PORTAL_COMMENT})


def _listed(case: CaseRecord, effects: Sequence[EffectRecord]) -> dict[str, Any]:
    return {
        "case_no": case.case_no,
        "title": case.title,
        "category": case.category.value,
        "state": case.status.value,
        "outcome": case.outcome.value if case.outcome else None,
        "reasons": list(case.reasons),
        "effects": [
            {"type": item.type.value, "state": item.state.value, "external_ref": item.external_ref} for item in effects
        ],
        "replies": sum(item.type in _ANSWERS and item.state is EffectState.VERIFIED for item in effects),
    }


def _is_alone(case: CaseRecord, human: set[str]) -> bool:
    """Resolved without a person, and there was something to resolve."""
    return case.id not in human and case.status is CaseStatus.RESOLVED


def _credited(effects: Iterable[EffectRecord]) -> dict[str, str]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for item in effects:
        if item.type is EffectType.CREATE_CREDIT_NOTE and item.state is EffectState.VERIFIED:
            sums[str(item.params["currency"])] += Decimal(str(item.params["amount"]))
    return {currency: f"{total:.2f}" for currency, total in sorted(sums.items())}


def _print(summary: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(summary, indent=2) + "\n")
        sys.stdout.flush()
        return
    out = Console()
    table = Table(title="What became of each case", title_justify="left")
    for title in ("Case", "What it says", "Category", "State", "What was done, or why it waits"):
        table.add_column(title, no_wrap=title in ("Case", "State"), overflow="fold")
    for case in summary["cases"]:
        done = ", ".join(_short(effect) for effect in case["effects"] if effect["state"] == "verified")
        why = ", ".join(case["reasons"]) if case["state"] != "resolved" else ""
        table.add_row(case["case_no"], Text(case["title"][:46]), case["category"], case["state"], done or why)
    out.print(table)
    totals = summary["totals"]
    credited = ", ".join(f"{amount} {currency}" for currency, amount in totals["credited"].items()) or "nothing"
    out.print(
        f"{totals['messages']} messages, {totals['cases']} cases: {totals['auto_resolved']} resolved without a person, "
        f"{totals['queued']} waiting for people, {totals['in_doubt']} in doubt; credited {credited}. "
        f"{summary['seconds']} s."
    )


def _short(effect: Mapping[str, Any]) -> str:
    if effect["type"] == EffectType.CREATE_CREDIT_NOTE.value:
        return f"credit note {effect['external_ref']}"
    return "answered"


def _serve(folder: Path, url: str, err: Console) -> None:
    """Until Ctrl-C. What people do meanwhile from another terminal is carried out here."""
    err.print(f"\nConsole: [link={url}]{url}[/link]   (Ctrl-C ends the demo)")
    err.print(f"Workspace: {folder}")
    err.print(f"Approve the first case: csr-bot queue approve 101 --as luis --workspace {folder}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        err.print("Ending.")
