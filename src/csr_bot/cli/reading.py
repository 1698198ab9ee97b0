"""The command that shows how a mail is read; it touches nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from csr_bot.cli.outcome import WrongSetupError
from csr_bot.cli.output import print_line
from csr_bot.cli.requests import shape_mail

_AT_ONCE: Final = 10
"""Mails held in memory together."""


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
    from csr_bot.adapters.reader import WarmMailReader

    with WarmMailReader() as reader:
        for start in range(0, len(files), _AT_ONCE):
            names = files[start : start + _AT_ONCE]
            readings = reader.read([_read_bytes(name) for name in names], trusts=frozenset(trusts))
            for name, reading in zip(names, readings, strict=True):
                print_line(shape_mail(name, reading.parsed, trusts=bool(trusts)))


def _read_bytes(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise WrongSetupError(f"FILE: {file} cannot be read: {error.strerror}") from None
