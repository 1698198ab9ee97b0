"""``python -m benchmarks.ledger``: imports of large ledgers and look-ups in them, beside bare reading and pandas."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

CACHE = Path("~/.cache/csr-bot-bench").expanduser()
REQUIREMENTS = Path(__file__).with_name("peer-requirements.txt")
HERE = "benchmarks.ledger"
GROWTH_GOAL = 1.5
XLSX_SPEED_GOAL = 4.0
XLSX_MEMORY_GOAL = 1.2


def main() -> int:
    """Measure, print, and return 0 unless a goal was missed."""
    given = _read_options()
    console = Console(width=None if sys.stdout.isatty() else 150)
    with tempfile.TemporaryDirectory(prefix="csr-ledger-") as name:
        folder = Path(name)
        lookups = [_look_up(folder, size) for size in sorted({*given.sizes, given.rows})]
        _print(console, "Look-ups, one request of chunks of 50 (SQLite)", lookups)
        csv = _import_beside_bare(folder, "ledger.csv", given.rows, repeats=1)
        _print(console, f"CSV, {given.rows:,} invoices", csv)
        xlsx = _import_beside_bare(folder, "ledger.xlsx", given.workbook_rows, repeats=given.repeats)
        if not given.without_peer:
            peer = _install_peer(given.cache)
            runs = [
                _run([str(peer), "-m", f"{HERE}.read_pandas", str(folder / "ledger.xlsx")])
                for _ in range(given.repeats)
            ]
            xlsx.append({"what": "pandas + openpyxl, text only", **_median(runs)})
        _print(console, f"XLSX, {given.workbook_rows:,} invoices", xlsx)
    goals = _judge(lookups, xlsx)
    for goal, value, met in goals:
        console.print(f"{'met   ' if met else 'MISSED'} {goal}: {value}", highlight=False)
    return 0 if all(met for _, _, met in goals) else 1


def _look_up(folder: Path, size: int) -> dict[str, Any]:
    file, log = folder / f"{size}.csv", folder / f"log-{size}"
    log.mkdir()
    _run([sys.executable, "-m", f"{HERE}.books", str(file), str(size)], prints=False)
    _run([sys.executable, "-m", f"{HERE}.run_import", str(file), str(log)])
    found = _run([sys.executable, "-m", f"{HERE}.run_lookups", str(log), str(size)])
    file.unlink()
    (log / "log.sqlite3").unlink()
    return {"invoices": size, **found}


def _import_beside_bare(folder: Path, name: str, rows: int, *, repeats: int) -> list[dict[str, Any]]:
    """The bare reading and the import of the same file, in turns."""
    file = folder / name
    _run([sys.executable, "-m", f"{HERE}.books", str(file), str(rows)], prints=False)
    bare, ours = [], []
    for turn in range(repeats):
        bare.append(_run([sys.executable, "-m", f"{HERE}.read_bare", str(file)]))
        log = folder / f"{name}-{turn}"
        log.mkdir()
        ours.append(_run([sys.executable, "-m", f"{HERE}.run_import", str(file), str(log)]))
        (log / "log.sqlite3").unlink()
    return [{"what": "cells read and dropped", **_median(bare)}, {"what": "csr-bot import", **_median(ours)}]


def _median(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    seconds = statistics.median(run["seconds"] for run in runs)
    rows = runs[0]["rows"]
    return {"rows": rows, "seconds": seconds, "rows_s": rows / seconds, "peak_mb": max(run["peak_mb"] for run in runs)}


def _judge(lookups: Sequence[dict[str, Any]], xlsx: Sequence[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    growth = lookups[-1]["microseconds"] / lookups[0]["microseconds"]
    wrong = sum(found["wrong"] for found in lookups)
    goals = [
        (
            f"G7 a request in the largest ledger at most {GROWTH_GOAL} times one in the smallest",
            f"{growth:.2f}",
            growth <= GROWTH_GOAL,
        ),
        ("G7 wrong automatic matches", str(wrong), wrong == 0),
    ]
    if len(xlsx) > 2:
        faster = xlsx[2]["seconds"] / xlsx[1]["seconds"]
        memory = xlsx[1]["peak_mb"] / xlsx[2]["peak_mb"]
        goals += [
            (
                f"G8 a workbook imported at least {XLSX_SPEED_GOAL} times as fast as read by pandas",
                f"{faster:.2f}",
                faster >= XLSX_SPEED_GOAL,
            ),
            (f"G8 memory at most {XLSX_MEMORY_GOAL} times that of pandas", f"{memory:.2f}", memory <= XLSX_MEMORY_GOAL),
        ]
    return goals


def _install_peer(cache: Path) -> Path:
    """An interpreter that has pandas. Needs the package index the first time."""
    pinned = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    environment = cache / f"pandas-{pinned}"
    finished, python = environment / "finished", environment / "bin" / "python"
    if not finished.exists():
        venv.create(environment, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", str(REQUIREMENTS)]
        _run(pip, prints=False)
        finished.touch()
    return python


def _run(command: list[str], *, prints: bool = True) -> dict[str, Any]:
    """What a process of its own prints, as JSON: its memory is its own too."""
    paths = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout)) if prints else {}


def _print(console: Console, title: str, rows: Sequence[dict[str, Any]]) -> None:
    table = Table(*rows[0], title=title, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(f"{value:,.1f}" if isinstance(value, float) else str(value) for value in row.values()))
    console.print(table)
    console.print()


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="invoices of the CSV file (%(default)s)")
    parser.add_argument("--workbook-rows", type=int, default=100_000, help="invoices of the workbook (%(default)s)")
    parser.add_argument(
        "--sizes", type=lambda text: [int(size) for size in text.split(",")], default=[10_000, 100_000],
        help="smaller ledgers to look things up in, with commas",
    )  # fmt: skip
    parser.add_argument("--repeats", type=int, default=3, help="runs on the workbook, medians are judged (%(default)s)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where pandas is installed (%(default)s)")
    parser.add_argument("--without-peer", action="store_true", help="leave pandas out: no package index needed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
