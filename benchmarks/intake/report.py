"""Prints a measurement as tables for people and writes it as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.intake.figures import Measurement, find_figures
from benchmarks.intake.goals import Verdict

WORDS = {True: "[green]met[/]", False: "[red]missed[/]", None: "-"}


def print_report(
    console: Console,
    measurement: Measurement,
    verdicts: Sequence[Verdict],
    *,
    contenders: Sequence[str],
    sizes: Sequence[int],
) -> None:
    """The machine, the absolute figures and the goals."""
    for name, value in measurement.machine.items():
        console.print(f"{name}: {value}", highlight=False)
    console.print(_figures_table(measurement, contenders=contenders, sizes=sizes))
    console.print(_goals_table(verdicts))


def write_json(path: Path, measurement: Measurement, verdicts: Sequence[Verdict]) -> None:
    """Every single run, and the verdicts."""
    content = {**asdict(measurement), "goals": [asdict(verdict) for verdict in verdicts]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _figures_table(measurement: Measurement, *, contenders: Sequence[str], sizes: Sequence[int]) -> Table:
    table = Table(title="Intake: medians; starting the program left out, in brackets with it")
    table.add_column("contender")
    for heading in ("mails", "mails/s", "CPU ms/mail", "start s", "peak MB"):
        table.add_column(heading, justify="right")
    for size in sizes:
        for contender in contenders:
            figures = find_figures(measurement, contender, size)
            if figures is not None:
                table.add_row(
                    contender,
                    str(size),
                    f"{figures.mails_per_s:,.0f} ({figures.mails_per_s_with_start:,.0f})",
                    f"{figures.cpu_ms:.2f} ({figures.cpu_ms_with_start:.2f})",
                    f"{figures.start_wall_s:.2f}",
                    f"{figures.largest_process_mb:.0f}",
                )
    return table


def _goals_table(verdicts: Sequence[Verdict]) -> Table:
    table = Table(title="Goals")
    for heading in ("goal", "what", "bound", "measured", "", "note"):
        table.add_column(heading)
    for verdict in verdicts:
        table.add_row(verdict.goal, verdict.text, verdict.bound, verdict.figure, WORDS[verdict.met], verdict.note)
    return table
