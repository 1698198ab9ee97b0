"""Commands that run until they are stopped: the demo, everything in one process, and each part by itself."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from csr_bot.cli.house import WorkspaceOption, open_house, open_served_house
from csr_bot.cli.logs import configure_logs
from csr_bot.cli.outcome import WrongSetupError, say

if TYPE_CHECKING:
    from csr_bot.wiring import House

Host = Annotated[str | None, typer.Option("--host", help="Instead of CSR_CONSOLE_HOST.", show_default=False)]
Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="Instead of CSR_CONSOLE_PORT.", show_default=False)
]


def add_commands(app: typer.Typer) -> None:
    """Give the program these commands."""
    app.command(epilog="Example: csr-bot demo --once --json")(demo)
    app.command(epilog="Example: csr-bot up --workspace desk")(up)
    app.command(epilog="Example: csr-bot worker --queues browser --concurrency 2")(worker)
    app.command(epilog="Example: csr-bot beat --workspace desk")(beat)
    app.command(epilog="Example: csr-bot console --host 0.0.0.0 --port 8080")(console)


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the last case.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the console; 0 takes a free one.")] = 0,
    cases: Annotated[
        int | None, typer.Option(min=1, help="How many cases, instead of all.", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where the demo world is made, instead of a temporary folder.")
    ] = None,
) -> None:
    """Make a demo world with mail, an ERP and a portal, run the bots through it, and show what became of each case."""
    from csr_bot.demo.show import run_demo

    configure_logs()
    _end_tidily()
    raise typer.Exit(run_demo(once=once, port=port, cases=cases, as_json=json, folder=folder))


def up(*, workspace: WorkspaceOption = None, host: Host = None, port: Port = None) -> None:
    """Run worker, scheduler and console in one process, until stopped."""
    from csr_bot.beat import run_scheduler
    from csr_bot.console.app import serve
    from csr_bot.tasks import embedded_worker

    house, celery = open_served_house(workspace)
    _end_tidily()
    stop = threading.Event()
    scheduler = threading.Thread(target=run_scheduler, args=(house,), kwargs={"stop": stop}, name="scheduler")
    with embedded_worker(celery, concurrency=2):
        scheduler.start()
        try:
            serve(house, host=host or house.settings.console_host, port=_port(house, port))
        finally:
            stop.set()
            scheduler.join()


def worker(
    *,
    workspace: WorkspaceOption = None,
    queues: Annotated[str, typer.Option(help="Which queues, with commas between.")] = "mail,browser",
    concurrency: Annotated[int, typer.Option(min=1, help="How many tasks at once.")] = 2,
    pool: Annotated[str, typer.Option(help="prefork (processes) or threads.")] = "prefork",
) -> None:
    """Work tasks off, woken by the broker, until stopped. One or more of these and one beat make an installation."""
    from csr_bot.tasks import QUEUES, run_worker

    wanted = [name.strip() for name in queues.split(",") if name.strip()]
    if not wanted or not set(wanted) <= set(QUEUES):
        raise WrongSetupError(f"--queues: {queues!r} is not a choice of {', '.join(QUEUES)}")
    if pool not in ("prefork", "threads"):
        raise WrongSetupError(f"--pool: {pool!r} is not prefork or threads")
    house, celery = open_served_house(workspace)
    _require_broker(house)
    run_worker(celery, queues=wanted, concurrency=concurrency, pool=pool)


def beat(*, workspace: WorkspaceOption = None) -> None:
    """Start what is due and wake workers for what lies, until stopped. Several may run: one of them leads."""
    from csr_bot.beat import run_scheduler

    house, _ = open_served_house(workspace)
    _require_broker(house)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    say("the scheduler runs")
    run_scheduler(house, stop=stop)


def console(*, workspace: WorkspaceOption = None, host: Host = None, port: Port = None) -> None:
    """Serve the review console, until stopped."""
    from csr_bot.console.app import serve

    house = open_house(workspace, rings=True)
    _end_tidily()
    serve(house, host=host or house.settings.console_host, port=_port(house, port))


def _end_tidily() -> None:
    """Take a signal to stop as the normal end: the web server hands it on when it is done, and cleaning up follows."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))


def _port(house: House, chosen: int | None) -> int:
    return house.settings.console_port if chosen is None else chosen


def _require_broker(house: House) -> None:
    """Refuse the broker that reaches one process only: a worker on it would wait for ever."""
    if house.settings.broker_url.startswith("memory"):
        raise WrongSetupError(
            "CSR_BROKER_URL: memory:// wakes nobody in another process; name a Redis, or use csr-bot up"
        )
