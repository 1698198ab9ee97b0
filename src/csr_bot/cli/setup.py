"""Commands that set an installation up and say what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from csr_bot.cli.doctor import examine
from csr_bot.cli.house import WorkspaceOption, find_sqlite_file, read_settings
from csr_bot.cli.outcome import BAD, WrongSetupError
from csr_bot.cli.output import AsJson, print_document, print_table, print_text

database = typer.Typer(help="The database of all cases.", no_args_is_help=True)


def add_commands(app: typer.Typer) -> None:
    """Give the program these commands."""
    app.command(epilog="Example: csr-bot init desk && csr-bot check --workspace desk")(init)
    app.command(epilog="Example: csr-bot check --json")(check)
    app.command(epilog="Example: csr-bot doctor --workspace desk")(doctor)
    app.command(epilog="Example: csr-bot answers ACK.txt --language de > answers/de/ACK.txt")(answers)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")]) -> None:
    """Write a commented workspace: settings, one bot, one schedule, a policy."""
    from csr_bot.workspace import WorkspaceExistsError, write_workspace

    try:
        written = write_workspace(folder)
    except WorkspaceExistsError as error:
        raise WrongSetupError(f"DIR: {error}") from None
    for path in written:
        print_text(str(path))


def check(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """Check bots, schedules, policies and answers; each mistake is named with file, line and field."""
    from csr_bot.core.policy import read_policy
    from csr_bot.wiring import SCREENS, SITES
    from csr_bot.workspace import check_workspace

    folder = read_settings(workspace).workspace
    mistakes = check_workspace(
        folder, screens=SCREENS, sites=SITES, read_policy=lambda text, file: read_policy(text, file=file)
    )
    if json:
        print_document({"workspace": folder, "ok": not mistakes, "mistakes": mistakes})
    else:
        for mistake in mistakes:
            print_text(str(mistake))
        if not mistakes:
            print_text(f"{folder}: no mistakes")
    if mistakes:
        raise typer.Exit(BAD)


def doctor(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """Reach every outside system, and say what is wrong and how to mend it."""
    found = examine(read_settings(workspace))
    if json:
        print_document(found)
    else:
        rows = [("ok" if item.ok else "WRONG", item.system, item.detail, item.cure) for item in found]
        print_table(("", "system", "finding", "cure"), rows)
    if not all(item.ok for item in found):
        raise typer.Exit(BAD)


def answers(
    name: Annotated[str, typer.Argument(metavar="NAME", help="ACK.txt and the like, or phrases.yaml.")],
    *,
    language: Annotated[str, typer.Option(help="en, de, fr, es or nl.")] = "en",
) -> None:
    """Print a text that comes with the program, to word it differently in the workspace."""
    from csr_bot.answers import shipped_text

    try:
        print_text(shipped_text(language, name).rstrip("\n"))
    except LookupError as error:
        raise WrongSetupError(str(error)) from None


@database.command(epilog="Example: csr-bot db upgrade")
def upgrade(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """Bring the database to the version of this program; one that is there already stays as it is."""
    import os

    from csr_bot.adapters.sql.schema import schema_problem
    from csr_bot.adapters.sql.schema import upgrade as bring_up
    from csr_bot.wiring import House

    settings = read_settings(workspace)
    log = House(settings, environ=os.environ).log
    with log.read():
        before = schema_problem(log.engine)
    bring_up(log.engine)
    place = find_sqlite_file(settings) or "the database"
    if json:
        print_document({"database": str(place), "changed": before is not None})
    else:
        print_text(f"{place} was brought up to date" if before else f"{place} is up to date already")
