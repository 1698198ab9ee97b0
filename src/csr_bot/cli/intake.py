"""Commands on intake: every mail of a mailbox accounted for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import WorkspaceOption, open_house
from csr_bot.cli.outcome import BAD, WrongSetupError
from csr_bot.cli.output import AsJson, print_document, print_table, print_text

if TYPE_CHECKING:
    from csr_bot.flow.desk import Source
    from csr_bot.ports import MailboxSession
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
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Compare what each mailbox holds now with what was taken in: received = accounted for, and each exception."""
    house = open_house(workspace)
    sources = _sources(house, mailbox)
    wanted = _day(day)
    shown = [_state(house, source, wanted) for source in sources]
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


def _state(house: House, source: Source, day: date | None) -> dict[str, Any]:
    """The statement of one mailbox. Mails that only wait for the next poll are missing too: it says what is, now."""
    with source.mailbox.open() as session:
        validity = session.status.uidvalidity
        on_server = frozenset(session.uids(low=1))
        with house.log.read() as records:
            taken = records.intake.rows(source.mailbox.key, validity)
        missing = _on_day(session, sorted(on_server - {row.uid for row in taken}), day)
    taken = [row for row in taken if day is None or row.received_at.astimezone(UTC).date() == day]
    here = [row for row in taken if row.uid in on_server]
    counts = Counter(row.disposition for row in here)
    return {
        "mailbox": source.mailbox.key,
        "uidvalidity": validity,
        "day": day,
        "received": len(here) + len(missing),
        "accounted_for": len(here),
        "dispositions": dict(sorted(counts.items())),
        "difference": len(missing),
        "missing_uids": missing,
        "no_longer_on_server": len(taken) - len(here),
        "exceptions": [{"uid": row.uid, "reason": row.reason} for row in taken if row.disposition == "quarantined"],
    }


def _on_day(session: MailboxSession, uids: list[int], day: date | None) -> list[int]:
    if day is None or not uids:
        return uids
    return [mail.uid for mail in session.fetch(uids) if mail.received_at.astimezone(UTC).date() == day]


def _print(entry: dict[str, Any]) -> None:
    print_text(
        f"{entry['mailbox']}: {entry['received']} received, {entry['accounted_for']} accounted for, "
        f"difference {entry['difference']}"
    )
    print_table(("disposition", "mails"), list(entry["dispositions"].items()))
    for uid in entry["missing_uids"]:
        print_text(f"UID {uid} was not taken in")
    for exception in entry["exceptions"]:
        print_text(f"UID {exception['uid']}: {exception['reason']}")
    print_text("")
