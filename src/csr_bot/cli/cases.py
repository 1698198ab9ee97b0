"""Commands on the record of cases: which there are, one with everything behind it, and a search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import WorkspaceOption, open_house
from csr_bot.cli.outcome import WrongSetupError, refuse
from csr_bot.cli.output import AsJson, print_document, print_facts, print_table, print_text
from csr_bot.cli.shapes import shape_case, shape_whole_case, show_money

if TYPE_CHECKING:
    from csr_bot.records import CaseRecord

MOST_FOUND = 100
"""Cases that a search prints at most."""

app = typer.Typer(help="The record of every customer request.", no_args_is_help=True)


@app.command("list", epilog="Example: csr-bot case list --state in_review --since 2025-11-24")
def list_cases(
    *,
    state: Annotated[str | None, typer.Option(help="Only cases in this state, such as in_review.")] = None,
    category: Annotated[str | None, typer.Option(help="Only this category, such as billing_dispute.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only cases of this customer number.")] = None,
    since: Annotated[str | None, typer.Option(help="Only what was received on this day (UTC) or later.")] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """List cases, oldest first."""
    from csr_bot.core.case import CaseStatus
    from csr_bot.core.request import Category

    state = _choose(state, tuple(CaseStatus), option="--state")
    category = _choose(category.upper() if category else None, tuple(Category), option="--category")
    earliest = _start_of(since)
    with open_house(workspace).log.read() as records:
        found = records.cases.list(status=state, category=category, customer=customer)
    _print_cases([case for case in found if earliest is None or case.received_at >= earliest], json=json)


@app.command(epilog="Example: csr-bot case search INV-2025-00417")
def search(
    text: Annotated[str, typer.Argument(help="A number, an amount, or words.")],
    *,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Find cases, newest first: by invoice, order or credit note number, amount, customer, or words of messages."""
    with open_house(workspace).log.read() as records:
        found = records.cases.search(text, limit=MOST_FOUND)
    _print_cases(found, json=json)


@app.command(epilog="Example: csr-bot case show 123 --json")
def show(
    case_no: Annotated[str, typer.Argument(metavar="N", help="The case's number; 123 is enough of CSR-2025-000123.")],
    *,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Show a case with its sender, matches, decision, effects and events."""
    with open_house(workspace).log.read() as records:
        case = records.cases.by_no(case_no)
        if case is None:
            raise refuse(f"there is no case {case_no}")
        whole = shape_whole_case(records, case)
    if json:
        print_document(whole)
    else:
        _print_whole(whole)


@app.command(epilog="Example: csr-bot case export 123 --to CSR-2025-000123.zip")
def export(
    case_no: Annotated[str, typer.Argument(metavar="N", help="The case's number; 123 is enough of CSR-2025-000123.")],
    *,
    to: Annotated[Path, typer.Option("--to", help="The ZIP to write.", show_default=False)],
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Write the audit pack of a case: record, PDF, mails, evidence, screenshots and proof, verifiable offline."""
    from csr_bot.auditpack import build_pack
    from csr_bot.flow.anchoring import read_anchors

    house = open_house(workspace)
    anchors = read_anchors(house.anchors_file)
    with house.log.read() as records:
        case = records.cases.by_no(case_no)
        if case is None:
            raise refuse(f"there is no case {case_no}")
        pack = build_pack(records, case, anchors=anchors)
    try:
        to.write_bytes(pack.content)
    except OSError as error:
        raise WrongSetupError(f"--to: {to} cannot be written: {error.strerror}") from None
    written = {
        "case_no": case.case_no,
        "path": to,
        "size": len(pack.content),
        "sha256": pack.sha256,
        "files": pack.files,
        "missing": list(pack.missing),
    }
    if json:
        print_document(written)
    else:
        print_facts(written)


def _choose(value: str | None, known: Sequence[str], *, option: str) -> str | None:
    if value is not None and value not in known:
        raise WrongSetupError(f"{option}: {value!r} is not one of {', '.join(known)}")
    return value


def _start_of(day: str | None) -> datetime | None:
    if day is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:
        raise WrongSetupError(f"--since: {day!r} is not a day like 2025-11-24") from None


def _print_cases(cases: Sequence[CaseRecord], *, json: bool) -> None:
    shown = [shape_case(case) for case in cases]
    if json:
        print_document(shown)
        return
    names = ("case_no", "state", "category", "customer_no", "outcome", "queue", "received_at", "title")
    print_table(names, [[case[name] for name in names] for case in shown])


def _print_whole(whole: dict[str, Any]) -> None:
    decision = whole["decision"] or {}
    print_facts({name: value for name, value in whole.items() if not isinstance(value, dict | list) and value})
    sender = whole["sender"]
    print_facts({"sender": f"{sender['level']}: {sender['reason']}", "fraud signs": sender["fraud_signs"]})
    print_facts(
        {
            "matches": [match["best"]["invoice_no"] for match in whole["matches"] if match["best"]],
            "route": decision.get("route"),
            "rationale": decision.get("rationale"),
            "reasons": whole["reasons"],
            "total": show_money(decision.get("total")),
            "payload": decision.get("payload_sha256"),
        }
    )
    for clock in whole["clocks"]:
        print_facts({clock["kind"].replace("_", " "): " ".join(clock["why"])})
    print_facts({"priority": whole["priority_parts"], "at risk": show_money(whole["amount_at_risk"])})
    for title, columns, rows in (
        ("Findings", ("check", "subject", "result", "message"), decision.get("findings", [])),
        ("Messages", ("direction", "from", "subject", "received_at"), whole["messages"]),
        ("Effects", ("seq", "type", "target", "state", "external_ref", "error"), whole["effects"]),
        ("Waiting", ("kind", "queue", "owner_role", "reasons", "assignee"), whole["waiting"]),
        ("Events", ("seq", "at", "actor", "action", "data"), whole["events"]),
    ):
        if rows:
            print_text("")
            print_table(columns, [[row[name] for name in columns] for row in rows], title=title)
