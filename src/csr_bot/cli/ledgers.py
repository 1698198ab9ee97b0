"""Commands on the receivables ledger: read a file as the importer would, import it, and show what is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import WorkspaceOption, name_operator, open_house, require_bot
from csr_bot.cli.outcome import BAD, WrongSetupError
from csr_bot.cli.output import AsJson, as_json, print_document, print_facts, print_table, print_text
from csr_bot.cli.requests import show_amount

if TYPE_CHECKING:
    from csr_bot.ledgerlog import SnapshotRecord
    from csr_bot.ports import LedgerReading, LedgerRow, LedgerSummary, RowNote
    from csr_bot.records import RunRecord
    from csr_bot.wiring import House

TABLES = (
    "customers", "contacts", "invoices", "lines", "payments", "allocations", "contracts", "price_terms", "usage",
    "credit_profiles", "kyc_records", "letters_of_credit",
)  # fmt: skip

app = typer.Typer(help="The receivables ledger.", no_args_is_help=True)


@app.command(epilog="Example: csr-bot ledger check ledgers/open-items.xlsx --profile us")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A workbook or CSV file.")],
    *,
    profile: Annotated[str, typer.Option(help="How to read what the file leaves open.")] = "generic",
    currency: Annotated[str | None, typer.Option(help="The currency, where the file names none.")] = None,
    bot: Annotated[str | None, typer.Option(help="Read it with the headers of this bot.")] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Read a ledger as the importer would: columns, rows, totals, and each row that is refused with its reason."""
    from csr_bot.adapters.tables import open_ledger, probe_file
    from csr_bot.ports import RefusedError

    columns = _columns(bot, workspace)
    try:
        probe_file(file)
        reading = open_ledger(file, columns=columns, profile=profile, currency=currency)
        for _ in watch_rows(reading):
            pass
        shown = _shape_reading(reading.summary())
    except LookupError as error:
        raise typer.BadParameter(str(error), param_hint="--profile") from None
    except RefusedError as error:
        shown = {"file": file.name, "accepted": False, "reason": str(error)}
    if json:
        print_document(shown)
    else:
        _print_reading(shown)
    if not shown["accepted"]:
        raise typer.Exit(BAD)


@app.command("import", epilog="Example: csr-bot ledger import open-items.csv --bot billing-emea --profile us")
def import_ledgers(
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A workbook or CSV file; the declared ledger without it.")
    ] = None,
    *,
    bot: Annotated[
        str | None, typer.Option(help="Whose ledger it is; all bots without it, if there is no FILE.")
    ] = None,
    profile: Annotated[str, typer.Option(help="How to read what FILE leaves open.")] = "generic",
    currency: Annotated[str | None, typer.Option(help="The currency, where FILE names none.")] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Store a ledger as a snapshot; it comes into force only if its own totals agree."""
    house = open_house(workspace)
    path = Path(file) if file is not None else None
    if path is not None and not path.exists() and bot is None and file in house.workspace.bots:
        path, bot = None, file
    if path is None:
        _import_declared(house, [require_bot(house, bot)] if bot else sorted(house.workspace.bots), json=json)
        return
    if not path.is_file():
        raise WrongSetupError(f"FILE: there is no file {path}")
    shown = _import_file(house, path, require_bot(house, bot or _only_bot(house)), profile=profile, currency=currency)
    if json:
        print_document(shown)
    else:
        print_facts({name: value for name, value in shown.items() if name != "refused"})
        if shown["refused"]:
            _print_refused(shown["refused"])
    if shown["status"] == "rejected":
        raise typer.Exit(BAD)


@app.command(epilog="Example: csr-bot ledger status --changes 20")
def status(
    *,
    changes: Annotated[int, typer.Option(min=0, help="How many changed invoices of each ledger to list.")] = 0,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Show the snapshot in force of each bot, what changed with it, and a newer one that was rejected."""
    house = open_house(workspace)
    now = house.clock.now()
    shown: list[dict[str, Any]] = []
    with house.log.read() as records:
        for name in sorted(house.workspace.bots):
            active, latest = records.ledger.active_snapshot(name), records.ledger.latest_snapshot(name)
            rejected = latest if latest and latest.status == "rejected" else None
            listed = (
                records.ledger.changes(active.delta.since, active.id, limit=changes) if active and active.delta else ()
            )
            shown.append(
                {
                    "bot": name,
                    "active": _shape_snapshot(active, now) if active else None,
                    "rejected": _shape_snapshot(rejected, now) if rejected else None,
                    **({"changes": as_json(listed)} if changes else {}),
                }
            )
    if json:
        print_document(shown)
        return
    names = ("file_name", "as_of", "age_hours", "rows", "refused_rows", "control_totals", "delta", "reason")
    rows = [
        [entry["bot"], state, *(entry[state][name] for name in names)]
        for entry in shown
        for state in ("active", "rejected")
        if entry[state]
    ]
    print_table(("bot", "state", *names), rows)
    for entry in shown:
        if entry.get("changes"):
            print_text("")
            print_table(
                ("change", "company", "invoice"), [list(row.values()) for row in entry["changes"]], title=entry["bot"]
            )


def _import_declared(house: House, bots: Sequence[str], *, json: bool) -> None:
    from csr_bot.flow.running import run_bot

    runs: list[RunRecord] = [run_bot(house.workshop(), name, "import") for name in bots]
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


def _import_file(house: House, file: Path, bot: str, *, profile: str, currency: str | None) -> dict[str, Any]:
    """What came of it. A file that cannot be read is rejected like one whose totals do not agree."""
    from csr_bot.adapters.tables import open_ledger, probe_file
    from csr_bot.flow.ledger import store_reading
    from csr_bot.ports import RefusedError

    columns = house.workspace.bots[bot].ledger.columns
    now = house.clock.now()
    try:
        probe_file(file)
        reading = open_ledger(file, columns=columns, profile=profile, currency=currency)
        with house.log.read() as records:
            active = records.ledger.active_snapshot(bot)
        if active is not None and active.file_sha256 == reading.file_sha256:
            return {"bot": bot, "status": "unchanged", **_shape_snapshot(active, now), "refused": []}
        rows, actor = watch_rows(reading), name_operator(None)
        snapshot = store_reading(reading, bot=bot, log=house.log, clock=house.clock, rows=rows, actor=actor)
    except LookupError as error:
        raise typer.BadParameter(str(error), param_hint="--profile") from None
    except RefusedError as error:
        return {"bot": bot, "status": "rejected", "file_name": file.name, "reason": str(error), "refused": []}
    with house.log.read() as records:
        refused = list(records.ledger.refused_rows(snapshot.id))
    return {"bot": bot, "status": snapshot.status, **_shape_snapshot(snapshot, now), "refused": refused}


def _only_bot(house: House) -> str:
    """The bot whose ledger a file is, where nobody says."""
    names = sorted(house.workspace.bots)
    if len(names) != 1:
        raise WrongSetupError(f"--bot: say whose ledger it is: {', '.join(names) or 'there is no bot'}")
    return names[0]


def _print_refused(refused: Sequence[Mapping[str, Any]]) -> None:
    names = ("sheet", "row", "column", "reason", "detail")
    print_text("")
    print_table(names, [[row.get(name) for name in names] for row in refused], title="refused")


def _columns(bot: str | None, workspace: Path | None) -> dict[str, str]:
    if bot is None:
        return {}
    house = open_house(workspace)
    return dict(house.workspace.bots[require_bot(house, bot)].ledger.columns)


def watch_rows(reading: LedgerReading) -> Iterator[Sequence[LedgerRow]]:
    """The rows of a reading, with a progress bar where somebody watches a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    terminal = Console(stderr=True)
    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True, disable=not terminal.is_terminal) as progress:
        task = progress.add_task("", total=reading.rows_expected)
        for chunk in reading.rows():
            progress.advance(task, len(chunk))
            yield chunk


def _print_reading(shown: Mapping[str, Any]) -> None:
    print_facts({name: value for name, value in shown.items() if name not in ("sheets", "refused", "warnings")})
    for sheet in shown.get("sheets", ()):
        if sheet["header_row"] is not None:
            print_text("")
            columns = [[field, title] for field, title in sheet["columns"].items()]
            columns += [["", title] for title in sheet["unused"]]
            title = f"{sheet['name']}: header in row {sheet['header_row']}, {sheet['rows']} rows"
            print_table(("field", "column"), columns, title=title)
    for name in ("refused", "warnings"):
        if shown.get(name):
            print_text("")
            rows = [list(row.values()) for row in shown[name]]
            print_table(("sheet", "row", "column", "reason", "detail"), rows, title=name)


def _shape_reading(summary: LedgerSummary) -> dict[str, Any]:
    return {
        "file": summary.file_name,
        "sha256": summary.file_sha256,
        "form": summary.form,
        "profile": summary.profile,
        "as_of": summary.as_of,
        "as_of_from": summary.as_of_from,
        "generated_at": summary.generated_at,
        "rows": {name: summary.counts.get(name, 0) for name in TABLES},
        "control_totals": _shape_totals(summary.control_totals),
        "read_totals": _shape_totals(summary.read_totals),
        "duplicates": summary.duplicates,
        "refused_rows": summary.refused_count,
        "warned_rows": summary.warning_count,
        "accepted": summary.accepted,
        "reason": summary.reason,
        "sheets": as_json(summary.sheets),
        "refused": [_shape_place(row) for row in summary.refused],
        "warnings": [_shape_place(row) for row in summary.warnings],
    }


def _shape_place(note: RowNote) -> dict[str, Any]:
    return {
        "sheet": note.sheet,
        "row": note.row or None,
        "column": note.column or None,
        "reason": note.reason,
        "detail": note.detail or None,
    }


def _shape_totals(totals: Mapping[str, Decimal]) -> dict[str, str | None]:
    return {currency: show_amount(total, currency) for currency, total in totals.items()}


def _shape_snapshot(snapshot: SnapshotRecord, now: datetime) -> dict[str, Any]:
    delta = snapshot.delta
    return {
        "id": snapshot.id,
        "file_name": snapshot.file_name,
        "file_sha256": snapshot.file_sha256,
        "as_of": snapshot.as_of,
        "generated_at": snapshot.generated_at,
        "imported_at": snapshot.imported_at,
        "age_hours": round((now - (snapshot.generated_at or snapshot.imported_at)).total_seconds() / 3600, 1),
        "rows": snapshot.row_count,
        "counts": dict(snapshot.counts),
        "refused_rows": snapshot.refused_count,
        "control_totals": _shape_totals(snapshot.control_totals),
        "delta": delta
        and {
            "since": delta.since,
            "new": delta.new,
            "changed": delta.changed,
            "gone": delta.gone,
            "open_moved": _shape_totals(delta.moved),
        },
        "reason": snapshot.reason,
    }
