"""The program: its commands put together, and the one place where errors become exit statuses."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from csr_bot import __version__
from csr_bot.cli import (
    audit,
    cases,
    classifying,
    governing,
    intake,
    ledgers,
    mandates,
    matching,
    people,
    policies,
    processes,
    queue,
    reading,
    reviewing,
    runs,
    setup,
    trial,
    values,
)
from csr_bot.cli.outcome import explain, say

app = typer.Typer(
    name="csr-bot",
    help="Resolves customer service requests of finance shared services, with proof of every step.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def prepare(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    """Resolve customer service requests of finance shared services, with proof of every step."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


for room in (setup, processes, reading, classifying, values, matching, trial, governing):
    room.add_commands(app)
app.add_typer(setup.database, name="db")
app.add_typer(ledgers.app, name="ledger")
app.add_typer(runs.runs, name="run")
app.add_typer(runs.schedules, name="schedule")
app.add_typer(cases.app, name="case")
app.add_typer(queue.app, name="queue")
queue.app.registered_commands.extend(reviewing.app.registered_commands)
app.add_typer(policies.app, name="policy")
app.add_typer(intake.app, name="intake")
app.add_typer(audit.app, name="audit")
mandates.add_commands(people.app)
app.add_typer(people.app, name="user")


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a mail holds may not fit the terminal's encoding; JSON reads the escapes back.
            stream.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        app(prog_name="csr-bot")
    except Exception as error:
        # Here alone: what a command expects to go wrong ends with a sentence, everything else with its traceback.
        explained = explain(error)
        if explained is None:
            raise
        status, sentence = explained
        say(sentence)
        sys.exit(status)
