"""The command that shows how a mail is read; it touches nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from csr_bot.cli.outcome import WrongSetupError
from csr_bot.cli.output import print_line
from csr_bot.cli.requests import shape_mail


def add_commands(app: typer.Typer) -> None:
    """Give the program this command."""
    app.command(epilog="Example: csr-bot parse letters/*.eml | jq .subject")(parse)


def parse(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Mails; - is standard input.")],
    *,
    trusts: Annotated[
        list[str],
        typer.Option(metavar="AUTHSERV-ID", help="A receiving server whose Authentication-Results count; repeatable."),
    ] = [],  # noqa: B006  # the program's default, which nobody changes
) -> None:
    """Read e-mail files, one JSON line for each; a mail that cannot be understood says so in its line."""
    from csr_bot.core.parsing.mail import parse_message

    for file in files:
        mail = parse_message(_read_bytes(file), trusted_servers=frozenset(trusts))
        print_line(shape_mail(file, mail, trusts=bool(trusts)))


def _read_bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise WrongSetupError(f"FILE: {file} cannot be read: {error.strerror}") from None
