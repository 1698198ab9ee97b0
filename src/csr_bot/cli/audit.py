"""Commands on the record's proof: the audit chain, its anchors, audit packs, and erasure after retention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import LoginOption, WhyOption, WorkspaceOption, name_operator, open_house
from csr_bot.cli.outcome import BAD, WrongSetupError, refuse, say
from csr_bot.cli.output import AsJson, print_document, print_facts, print_text

if TYPE_CHECKING:
    pass

app = typer.Typer(help="The audit chain, its anchors and audit packs.", no_args_is_help=True)

AnchorsOption = Annotated[
    Path | None,
    typer.Option(
        "--anchors", help="The file of anchors, instead of the workspace's anchors/chain.jsonl.", show_default=False
    ),
]


@app.callback()
def prepare() -> None:
    """The audit chain, its anchors and audit packs."""


@app.command(epilog="Example: csr-bot audit verify --file CSR-2025-000123.zip --anchors /mnt/auditor/chain.jsonl")
def verify(
    *,
    file: Annotated[
        Path | None, typer.Option("--file", help="Verify this audit pack instead, without the database.")
    ] = None,
    anchors: AnchorsOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Recompute the chain, compare it with its head and its anchors, and name the first event that does not fit."""
    if file is not None:
        _verify_pack(file, anchors, json=json)
        return
    from csr_bot.flow.anchoring import read_anchors, verify_chain

    house = open_house(workspace)
    known = read_anchors(_require(anchors) or house.anchors_file)
    with house.log.read() as records:
        verdict = verify_chain(records.events.all(), head=records.events.head(), anchors=known)
    last = verdict.last_anchor
    exposed = None if last is None else house.clock.now() - last.at
    if json:
        print_document({**asdict(verdict), "exposed_seconds": exposed.total_seconds() if exposed else None})
    else:
        word = f"the chain of {verdict.events} events is whole"
        print_text(word if verdict.ok else f"the chain is broken at event {verdict.broken_seq}: {verdict.why}")
        if last is None:
            print_text("there is no anchor that it agrees with: a chain written anew would not be noticed")
        else:
            age = str(exposed).partition(".")[0]
            print_text(f"last good anchor: event {last.seq}, {last.at:%Y-%m-%d %H:%M:%S} UTC, {age} ago")
            print_text(f"events since then, which only the chain itself vouches for: {verdict.unanchored}")
    if not verdict.ok:
        raise typer.Exit(BAD)


@app.command(epilog="Example: csr-bot audit anchor --to /mnt/auditor/chain.jsonl")
def anchor(
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The file to add to, instead of the workspace's.", show_default=False),
    ] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Add a line to a file outside the database that says how the chain stands now."""
    from csr_bot.flow.anchoring import add_anchor

    house = open_house(workspace)
    written = add_anchor(house.log, to or house.anchors_file, at=house.clock.now())
    if json:
        print_document(written)
    else:
        print_facts(asdict(written))


@app.command(epilog="Example: csr-bot audit erase --closed-before 2015-12-31 --why 'ten years are over' --as luis")
def erase(
    case_no: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="One case's number.", show_default=False)
    ] = None,
    *,
    why: WhyOption,
    closed_before: Annotated[
        str | None, typer.Option(help="All cases that ended before this day (UTC).", show_default=False)
    ] = None,
    keep_years: Annotated[int, typer.Option(min=0, help="Refuse cases that ended later than so many years ago.")] = 10,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Erase texts, senders, attachments, mails and evidence of cases past retention; digests and the chain stay."""
    from csr_bot.flow.erasing import erase_case, find_ended, latest_end

    if (case_no is None) == (closed_before is None):
        raise WrongSetupError("CASE or --closed-before: name one case, or a day")
    house = open_house(workspace)
    limit = latest_end(house.clock.now(), keep_years=keep_years)
    before = limit if closed_before is None else min(limit, _start_of(closed_before))
    numbers = find_ended(house.log, before=before) if case_no is None else [case_no]
    erased: list[Any] = []
    for number in numbers:
        found = erase_case(house.log, number, before=before, by=name_operator(login), why=why, at=house.clock.now())
        if isinstance(found, str):
            raise refuse(found)
        erased.append({"case_no": number, **asdict(found)})
    if json:
        print_document(erased)
    else:
        print_text(f"{len(erased)} cases erased")


def _verify_pack(file: Path, anchors: Path | None, *, json: bool) -> None:
    from csr_bot.auditpack.verifier import BrokenError, read_anchors, verify_pack

    known = _require(anchors)
    kept: Sequence[dict[str, Any]] = read_anchors(known) if known else ()
    if not file.is_file():
        raise WrongSetupError(f"--file: there is no file {file}")
    try:
        found = verify_pack(file, anchors=kept)
    except BrokenError as error:
        if json:
            print_document({"ok": False, "why": str(error)})
        else:
            print_text(f"the pack is broken: {error}")
        raise typer.Exit(BAD) from None
    if json:
        print_document({"ok": True, **found})
        return
    print_text(f"the pack of {found['case_no']} is sound: {found['files']} files, {found['events']} events")
    if not kept:
        say("its anchors are its own; compare with anchors that you kept, by --anchors FILE")
    print_text(f"the chain of {found['chain']} events is anchored up to event {found['anchored_to']}")


def _require(file: Path | None) -> Path | None:
    if file is not None and not file.is_file():
        raise WrongSetupError(f"--anchors: there is no file {file}")
    return file


def _start_of(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:
        raise WrongSetupError(f"--closed-before: {day!r} is not a day like 2015-12-31") from None
