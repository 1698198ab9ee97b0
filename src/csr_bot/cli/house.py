"""What commands stand on: settings with the options laid over them, a checked database, the house, and who asks."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from csr_bot.cli.logs import configure_logs
from csr_bot.cli.outcome import WrongSetupError

if TYPE_CHECKING:
    from celery import Celery

    from csr_bot.settings import Settings
    from csr_bot.wiring import House

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="The workspace's folder, instead of CSR_WORKSPACE.", show_default=False),
]
LoginOption = Annotated[
    str | None,
    typer.Option("--as", help="Who is acting: a login of csr-bot user list.", envvar="CSR_USER", show_default=False),
]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, for those who read the record.")]


def read_settings(workspace: Path | None) -> Settings:
    """The settings of the environment, with the workspace of the option. Raises MistakesError."""
    from csr_bot.settings import Settings, read_environment

    configure_logs()
    chosen = {"CSR_WORKSPACE": str(workspace)} if workspace is not None else {}
    return Settings.from_env(read_environment({**os.environ, **chosen}))


def open_house(workspace: Path | None, *, rings: bool = False) -> House:
    """The house on a database that fits this program; ``rings`` if recorded tasks shall wake workers elsewhere."""
    from csr_bot.wiring import House

    settings = read_settings(workspace)
    require_database(settings)
    doorbell = None
    if rings and not settings.broker_url.startswith("memory"):
        from csr_bot.tasks import CeleryDoorbell, make_app

        doorbell = CeleryDoorbell(make_app(settings.broker_url))
    return House(settings, environ=os.environ, doorbell=doorbell)


def open_served_house(workspace: Path | None) -> tuple[House, Celery]:
    """The house of a process that works tasks off, with the Celery app that wakes it; its workspace has no mistakes."""
    from csr_bot.tasks import CeleryDoorbell, make_app, serve_tasks
    from csr_bot.wiring import House

    settings = read_settings(workspace)
    require_database(settings)
    celery = make_app(settings.broker_url)
    house = House(settings, environ=os.environ, doorbell=CeleryDoorbell(celery))
    _ = house.policies  # mistakes in the workspace are told now, not by the first task
    serve_tasks(celery, house)
    return house, celery


def require_database(settings: Settings) -> None:
    """Raise unless the database can be reached (UnavailableError) and has this program's schema (WrongSetupError)."""
    from csr_bot.adapters.sql.schema import schema_problem
    from csr_bot.wiring import House

    # Opening a SQLite file makes it: a command in the wrong folder would leave an empty one behind.
    file = find_sqlite_file(settings)
    if file is not None and not file.exists():
        raise WrongSetupError(f"CSR_DATABASE_URL: there is no database {file} yet: run csr-bot db upgrade")
    log = House(settings, environ=os.environ).log
    try:
        with log.read():
            problem = schema_problem(log.engine)
    finally:
        # Connections must not be shared with processes that are forked later.
        log.engine.dispose()
    if problem is not None:
        raise WrongSetupError(f"CSR_DATABASE_URL: {problem}")


def find_sqlite_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None for any other."""
    scheme, _, path = settings.database_url.partition(":///")
    return Path(path.partition("?")[0]) if scheme.startswith("sqlite") and path not in ("", ":memory:") else None


def require_login(login: str | None) -> str:
    """The person who acts. Raises WrongSetupError if nobody was named."""
    if not login:
        raise WrongSetupError("--as: say who is acting, as an option or in the variable CSR_USER")
    return login


def name_operator(login: str | None) -> str:
    """Who is written down for a step of operation: the person named, or the account of the operating system."""
    return login or f"os:{getpass.getuser()}"


def require_bot(house: House, name: str) -> str:
    """``name`` if the workspace declares it. Raises WrongSetupError naming the bots that there are."""
    if name not in house.workspace.bots:
        known = ", ".join(sorted(house.workspace.bots)) or "none"
        raise WrongSetupError(f"BOT: there is no bot {name!r}; there are: {known}")
    return name
