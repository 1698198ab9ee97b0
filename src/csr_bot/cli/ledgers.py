"""Commands on the receivables ledger: read a workbook as the importer would, import it, and show what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import WorkspaceOption, open_house, require_bot
from csr_bot.cli.outcome import BAD
from csr_bot.cli.output import AsJson, print_document, print_facts, print_table, print_text
from csr_bot.cli.requests import show_amount

if TYPE_CHECKING:
    from csr_bot.adapters.workbook import WorkbookReading
    from csr_bot.records import RunRecord, SnapshotRecord

TABLES = ("customers", "contacts", "invoices", "lines", "payments", "allocations", "contracts", "price_terms", "usage")

app = typer.Typer(help="The receivables ledger.", no_args_is_help=True)


@app.command(epilog="Example: csr-bot ledger check ledgers/open-items.xlsx")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A workbook.")],
    *,
    bot: Annotated[str | None, typer.Option(help="Read it with the headers of this bot.")] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Read a workbook as the importer would: rows, control totals, and each row that is refused with its reason."""
    from csr_bot.adapters.workbook import read_workbook
    from csr_bot.ports import RefusedError

    columns = _columns(bot, workspace)
    try:
        shown = _shape_reading(read_workbook(file, columns=columns))
    except RefusedError as error:
        shown = {"file": file.name, "accepted": False, "reason": str(error)}
    if json:
        print_document(shown)
    else:
        print_facts({name: value for name, value in shown.items() if name not in ("refused", "warnings")})
        for name in ("refused", "warnings"):
            if shown.get(name):
                print_text("")
                print_table(
                    ("sheet", "row", "column", "reason"), [list(row.values()) for row in shown[name]], title=name
                )
    if not shown["accepted"]:
        raise typer.Exit(BAD)


@app.command("import", epilog="Example: csr-bot ledger import billing-emea")
def import_ledgers(
    bot: Annotated[str | None, typer.Argument(metavar="[BOT]", help="A bot; all of them without it.")] = None,
    *,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Import the ledger of a bot as a snapshot; it comes into force only if its own totals agree."""
    from csr_bot.flow.running import run_bot

    house = open_house(workspace)
    names = [require_bot(house, bot)] if bot else sorted(house.workspace.bots)
    runs: list[RunRecord] = [run_bot(house.workshop(), name, "import") for name in names]
    shown = [
        {"bot": run.bot, "status": run.status, "counters": run.counters, "error": run.error, "run": run.id}
        for run in runs
    ]
    if json:
        print_document(shown)
    else:
        print_table(("bot", "status", "counters", "error"), [list(run.values())[:-1] for run in shown])
    if any(run.status != "ok" or run.counters.get("accepted") == 0 for run in runs):
        raise typer.Exit(BAD)


@app.command(epilog="Example: csr-bot ledger status --json")
def status(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """Show the snapshot in force of each bot, and a newer one that was rejected."""
    house = open_house(workspace)
    shown: list[dict[str, Any]] = []
    with house.log.read() as records:
        for name in sorted(house.workspace.bots):
            active, latest = records.ledger.active_snapshot(name), records.ledger.latest_snapshot(name)
            rejected = latest if latest and latest.status == "rejected" else None
            shown.append(
                {
                    "bot": name,
                    "active": _shape_snapshot(active) if active else None,
                    "rejected": _shape_snapshot(rejected) if rejected else None,
                }
            )
    if json:
        print_document(shown)
        return
    names = ("file_name", "as_of", "imported_at", "rows", "refused_rows", "control_totals", "reason")
    rows = [
        [entry["bot"], state, *(entry[state][name] for name in names)]
        for entry in shown
        for state in ("active", "rejected")
        if entry[state]
    ]
    print_table(("bot", "state", *names), rows)


def _columns(bot: str | None, workspace: Path | None) -> dict[str, str]:
    if bot is None:
        return {}
    house = open_house(workspace)
    return dict(house.workspace.bots[require_bot(house, bot)].ledger.columns)


def _shape_reading(reading: WorkbookReading) -> dict[str, Any]:
    return {
        "file": reading.file_name,
        "sha256": reading.file_sha256,
        "as_of": reading.as_of,
        "generated_at": reading.generated_at,
        "rows": {name: len(getattr(reading, name)) for name in TABLES},
        "control_totals": _shape_totals(reading.control_totals),
        "accepted": reading.accepted,
        "reason": reading.reason,
        "refused": [_shape_place(row) for row in reading.refused],
        "warnings": [_shape_place(row) for row in reading.warnings],
    }


def _shape_place(row: Any) -> dict[str, Any]:
    return {"sheet": row.sheet, "row": row.row, "column": row.column, "reason": row.reason}


def _shape_totals(totals: Mapping[str, Decimal]) -> dict[str, str | None]:
    return {currency: show_amount(total, currency) for currency, total in totals.items()}


def _shape_snapshot(snapshot: SnapshotRecord) -> dict[str, Any]:
    return {
        "id": snapshot.id,
        "file_name": snapshot.file_name,
        "file_sha256": snapshot.file_sha256,
        "as_of": snapshot.as_of,
        "generated_at": snapshot.generated_at,
        "imported_at": snapshot.imported_at,
        "rows": snapshot.row_count,
        "refused_rows": len(snapshot.refused),
        "control_totals": _shape_totals(snapshot.control_totals),
        "reason": snapshot.reason,
    }
