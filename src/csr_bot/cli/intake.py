"""Commands on intake: every mail of a mailbox accounted for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import WorkspaceOption, open_house
from csr_bot.cli.outcome import BAD, WrongSetupError
from csr_bot.cli.output import AsJson, print_document, print_table, print_text

if TYPE_CHECKING:
    from csr_bot.flow.desk import Source
    from csr_bot.flow.statement import Line, ServerView, Statement
    from csr_bot.wiring import House

app = typer.Typer(help="What came in.", no_args_is_help=True)


@app.callback()
def prepare() -> None:
    """What came in."""


@app.command(epilog="Example: csr-bot intake statement --mailbox billing@example.com --day 2025-11-24")
def statement(
    *,
    mailbox: Annotated[str | None, typer.Option(help="Only this address.")] = None,
    day: Annotated[str | None, typer.Option(help="Only what the server received on this day (UTC).")] = None,
    live: Annotated[
        bool | None,
        typer.Option(
            "--live/--no-live",
            help="Compare with the server, or with what polls wrote down only; by default with a server that answers.",
            show_default=False,
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Show for each mailbox that received = accounted for, and each exception by its UID; exit 1 if it is not."""
    house = open_house(workspace)
    sources = _sources(house, mailbox)
    wanted = _day(day)
    shown = [entry for source in sources for entry in _state(house, source, wanted, live=live)]
    if json:
        print_document(shown)
    else:
        for entry in shown:
            _print(entry)
    if any(entry["difference"] for entry in shown):
        raise typer.Exit(BAD)


def _sources(house: House, mailbox: str | None) -> list[Source]:
    sources = [source for name in sorted(house.workspace.bots) for source in house.desk(name).sources]
    chosen = [one for one in sources if mailbox in (None, one.mailbox.key, one.mailbox.key.rpartition("/")[0])]
    if mailbox is not None and not chosen:
        known = ", ".join(source.mailbox.key for source in sources) or "none"
        raise WrongSetupError(f"--mailbox: there is no mailbox {mailbox!r}; there are: {known}")
    return chosen


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise WrongSetupError(f"--day: {text!r} is not a day like 2025-11-24") from None


def _state(house: House, source: Source, day: date | None, *, live: bool | None) -> list[dict[str, Any]]:
    """The statement of a mailbox, and those of its earlier UIDVALIDITYs that have something to say."""
    from csr_bot.flow.statement import draw_up

    key = source.mailbox.key
    server, trouble = (None, None) if live is False else _ask_server(house, source, must=live is True)
    with house.log.read() as records:
        now, *earlier = draw_up(records, key, day=day, server=server)
    kept = [one for one in earlier if one.missing or (day is not None and one.lines)]
    return [_describe(one, day, live=server is not None, trouble=trouble) for one in (now, *kept)]


def _ask_server(house: House, source: Source, *, must: bool) -> tuple[ServerView | None, str | None]:
    """What the server holds; None and why, where it does not answer and need not."""
    from csr_bot.flow.statement import look_at_server
    from csr_bot.ports import PortError

    try:
        with source.mailbox.open() as session, house.log.read() as records:
            return look_at_server(records, source.mailbox.key, session), None
    except PortError as error:
        if must:
            raise
        return None, str(error)


def _describe(one: Statement, day: date | None, *, live: bool, trouble: str | None) -> dict[str, Any]:
    return {
        "mailbox": one.mailbox,
        "uidvalidity": one.uidvalidity,
        "day": day,
        "live": live,
        "not_live_because": trouble,
        "from_uid": one.low,
        "to_uid": one.high,
        "polled_at": one.polled_at,
        "received": one.received,
        "accounted_for": len(one.lines),
        "dispositions": one.dispositions,
        "difference": len(one.missing),
        "missing_uids": sorted(one.missing),
        "no_longer_on_server": one.left,
        "exceptions": [_exception(line) for line in one.named("quarantined")],
        "pending": [_exception(line) for line in one.named("pending")],
        "gone": [_exception(line) for line in one.named("gone")],
        "ignored": [_exception(line) for line in one.named("ignored")],
    }


def _exception(line: Line) -> dict[str, Any]:
    return {"uid": line.uid, "reason": line.reason, "at": line.at}


def _print(entry: dict[str, Any]) -> None:
    print_text(
        f"{entry['mailbox']}: {entry['received']} received, {entry['accounted_for']} accounted for, "
        f"difference {entry['difference']}"
    )
    if entry["not_live_because"]:
        print_text(f"The server was not asked: {entry['not_live_because']}")
    print_table(("disposition", "mails"), list(entry["dispositions"].items()))
    for uid in entry["missing_uids"]:
        print_text(f"UID {uid} was not taken in")
    for kind in ("exceptions", "pending", "gone"):
        for line in entry[kind]:
            print_text(f"UID {line['uid']}: {line['reason']}")
    print_text("")
