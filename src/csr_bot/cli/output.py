"""Where commands print: one JSON document for programs, a table for people, and nothing else on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def as_json(value: object) -> Any:  # noqa: PLR0911  # one line for each kind of value
    """A value in JSON types: amounts and numbers of documents as text, instants as ISO 8601 with offset."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(as_json(item) for item in value)
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if is_dataclass(value):
        return {item.name: as_json(getattr(value, item.name)) for item in fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def print_document(value: object) -> None:
    """One JSON document."""
    _write(json.dumps(as_json(value), ensure_ascii=False, indent=2))


def print_line(value: object) -> None:
    """One JSON line of a stream, sent at once."""
    _write(json.dumps(as_json(value), ensure_ascii=False))
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """A table for people; a value that is missing is left blank. What customers wrote is never read as markup."""
    table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    _console().print(table)


def print_facts(facts: Mapping[str, object]) -> None:
    """Names and values for people, one a line."""
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        table.add_row(Text(name, style="bold"), Text(_shown(value)))
    _console().print(table)


def print_text(text: str) -> None:
    """A line for people."""
    _write(text)


def _console() -> Console:
    # A pipe has no width: what is searched with other programs is not cut to eighty characters.
    return Console() if sys.stdout.isatty() else Console(width=220)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case Mapping():
            return ", ".join(f"{key}: {_shown(item)}" for key, item in value.items())
        case list() | tuple() | set() | frozenset():
            return ", ".join(_shown(item) for item in value)
        case _:
            return str(value)


@contextmanager
def show_progress(what: str) -> Iterator[Callable[[], None]]:
    """Counts up where somebody watches a terminal: what is yielded is called after each item."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    terminal = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(what), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True, disable=not terminal.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda: progress.advance(task)
