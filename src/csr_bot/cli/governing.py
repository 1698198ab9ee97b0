"""The kill switch: commands that hold the bots back, and let them go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from csr_bot.cli.house import LoginOption, WhyOption, WorkspaceOption, name_operator, open_house
from csr_bot.cli.outcome import WrongSetupError, refuse
from csr_bot.cli.output import AsJson, print_document, print_text

if TYPE_CHECKING:
    from csr_bot.wiring import House

EVERYTHING = "*"

Scope = Annotated[
    str | None, typer.Argument(metavar="[BOT|CATEGORY]", help="A bot or a category; everything without it.")
]


def add_commands(app: typer.Typer) -> None:
    """Give the program these commands."""
    app.command(epilog="Example: csr-bot stop credit_note_request --why 'prices are wrong since 05:30'")(stop)
    app.command(epilog="Example: csr-bot start billing-emea")(start)


def stop(
    scope: Scope = None,
    *,
    why: WhyOption,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Hold back every effect of a bot, of a category or of all; taking in and deciding go on, nothing leaves."""
    house = open_house(workspace)
    name = _resolve(house, scope)
    if not why.strip():
        raise WrongSetupError("--why: say why, for those who find the bot stopped")
    who, at = name_operator(login), house.clock.now()
    with house.log.begin() as records:
        records.house.put_stop(name, why=why, by=who, at=at)
        records.events.add("stop.set", actor=who, entity="scope", entity_id=name, at=at, data={"why": why})
    _print_stops(house, json=json)


def start(
    scope: Scope = None, *, login: LoginOption = None, workspace: WorkspaceOption = None, json: AsJson = False
) -> None:
    """Let what was stopped go on; what was held back is carried out then."""
    house = open_house(workspace)
    name = _resolve(house, scope)
    who, at = name_operator(login), house.clock.now()
    with house.log.begin() as records:
        if not records.house.remove_stop(name):
            raise refuse(f"{'everything' if name == EVERYTHING else name} is not stopped")
        records.events.add("stop.lifted", actor=who, entity="scope", entity_id=name, at=at)
    _print_stops(house, json=json)


def _resolve(house: House, scope: str | None) -> str:
    """A bot's name, a category's code or everything. Anything else would be a stop that stops nothing."""
    from csr_bot.core.request import Category

    if scope in (None, EVERYTHING):
        return EVERYTHING
    assert scope is not None
    if scope in house.workspace.bots:
        return scope
    if scope.upper() in tuple(Category):
        return scope.upper()
    known = ", ".join((*sorted(house.workspace.bots), *(category.value.lower() for category in Category)))
    raise WrongSetupError(f"BOT|CATEGORY: {scope!r} is neither a bot nor a category; there are: {known}")


def _print_stops(house: House, *, json: bool) -> None:
    with house.log.read() as records:
        stops = records.house.stops()
    if json:
        print_document({"stopped": stops})
    else:
        names = {EVERYTHING: "everything"}
        lines = [f"{names.get(scope, scope)} is stopped: {why}" for scope, why in stops.items()]
        print_text("\n".join(lines) or "nothing is stopped")
