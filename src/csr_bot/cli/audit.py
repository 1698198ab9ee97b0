"""Commands on the audit chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from csr_bot.cli.house import WorkspaceOption, open_house
from csr_bot.cli.outcome import BAD
from csr_bot.cli.output import AsJson, print_document, print_text

if TYPE_CHECKING:
    from csr_bot.records import Event

app = typer.Typer(help="The audit chain.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a recomputed chain says: how many events hold, and the first that does not, with what is wrong about it."""

    ok: bool
    events: int
    broken_seq: int | None
    why: str | None


@app.callback()
def prepare() -> None:
    """The audit chain."""


@app.command(epilog="Example: csr-bot audit verify --json")
def verify(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """Recompute the chain of every event and compare it with its head; name the first event that does not fit."""
    with open_house(workspace).log.read() as records:
        verdict = verify_chain(records.events.all(), head=records.events.head())
    if json:
        print_document(verdict)
    elif verdict.ok:
        print_text(f"the chain of {verdict.events} events is whole")
    else:
        print_text(f"the chain is broken at event {verdict.broken_seq}: {verdict.why}")
    if not verdict.ok:
        raise typer.Exit(BAD)


def verify_chain(events: Iterable[Event], *, head: tuple[int, str]) -> Verdict:
    """Whether every event follows from the one before and the last is the head (sequence number and hash)."""
    from csr_bot.core.chain import START, chain_hash, event_row

    seq, digest = 0, START
    for event in events:
        row = event_row(
            seq=event.seq,
            at=event.at,
            actor=event.actor,
            action=event.action,
            entity=event.entity,
            entity_id=event.entity_id,
            case_no=event.case_no,
            data=event.data,
        )
        if event.seq != seq + 1:
            return Verdict(ok=False, events=seq, broken_seq=seq + 1, why="the event is missing")
        if event.prev_hash != digest:
            return Verdict(ok=False, events=seq, broken_seq=event.seq, why="it does not follow the event before")
        if chain_hash(digest, row) != event.hash:
            return Verdict(ok=False, events=seq, broken_seq=event.seq, why="its content is not what was recorded")
        seq, digest = event.seq, event.hash
    if head != (seq, digest):
        why = "the event is missing at the end" if head[0] > seq else "the head of the chain does not fit"
        return Verdict(ok=False, events=seq, broken_seq=seq + 1 if head[0] > seq else seq, why=why)
    return Verdict(ok=True, events=seq, broken_seq=None, why=None)
