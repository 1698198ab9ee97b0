"""Commands on runs and schedules: one run now, what ran and with which counts, and what runs when."""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from csr_bot.cli.house import LoginOption, WhyOption, WorkspaceOption, name_operator, open_house, require_bot
from csr_bot.cli.outcome import BAD, WrongSetupError, refuse
from csr_bot.cli.output import AsJson, print_document, print_facts, print_table, print_text

if TYPE_CHECKING:
    from csr_bot.flow.desk import Desk
    from csr_bot.records import RunRecord
    from csr_bot.schedule import At, Every
    from csr_bot.wiring import House

RUNS_SHOWN = 50
RUNS_SEARCHED = 10_000


class BotOrVerb(TyperGroup):
    """``run BOT`` beside ``run list``: a first word that is no verb is a bot."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is meant by these words, and the words that are left for it."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["now", *args])


runs = typer.Typer(
    cls=BotOrVerb,
    help="Run a bot now (csr-bot run BOT), or see what ran.",
    no_args_is_help=True,
    context_settings={"ignore_unknown_options": True},
    epilog="Example: csr-bot run billing-emea --shadow",
)
schedules = typer.Typer(help="When what runs.", no_args_is_help=True)

BotName = Annotated[str, typer.Argument(metavar="BOT", help="The bot's name.")]


@runs.command(hidden=True, epilog="Example: csr-bot run billing-emea --shadow")
def now(
    bot: BotName,
    *,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Decide and record, touch nothing, whatever the bot's mode is.")
    ] = False,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Run a bot now, in this process: take in mail and portal rows, and work on whatever is due."""
    from csr_bot.flow.running import run_bot, work_off
    from csr_bot.tasks import QUEUES

    house = open_house(workspace)
    require_bot(house, bot)
    shop = house.workshop()
    if shadow:
        shop = replace(shop, desk=lambda name: _in_shadow(house.desk(name)))
    try:
        run = run_bot(shop, bot, "poll")
        tasks = sum(work_off(shop, queue, first=None, until=lambda: False) for queue in QUEUES)
    finally:
        house.browser.close_thread()
    if json:
        print_document({**_shape_run(run), "tasks": tasks})
    else:
        print_facts({**_shape_run(run), "tasks": tasks})
    if run.status != "ok":
        raise typer.Exit(BAD)


@runs.command("list", epilog="Example: csr-bot run list --json")
def list_runs(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = RUNS_SHOWN,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """List the newest runs, those that were skipped or paused with their reason."""
    with open_house(workspace).log.read() as records:
        shown = [_shape_run(run) for run in records.house.runs(limit=limit)]
    if json:
        print_document(shown)
    else:
        names = ("id", "bot", "kind", "status", "started_at", "ended_at", "counters", "error")
        print_table(names, [[run[name] for name in names] for run in shown])


@runs.command(epilog="Example: csr-bot run show 019aa5f2")
def show(
    run_id: Annotated[str, typer.Argument(metavar="ID", help="The run's id, or its beginning.")],
    *,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Show one run with its counters, and what became of each mail that it took in."""
    with open_house(workspace).log.read() as records:
        found = [run for run in records.house.runs(limit=RUNS_SEARCHED) if run.id.startswith(run_id)]
        items = records.intake.rows_of_run(found[0].id) if len(found) == 1 else ()
    if len(found) != 1:
        raise refuse(f"there {'is no run' if not found else 'are several runs'} {run_id}")
    names = ("mailbox", "uid", "disposition", "reason", "received_at", "message_id")
    shown = [{name: getattr(item, name) for name in names} for item in items]
    if json:
        print_document({**_shape_run(found[0]), "items": shown})
        return
    print_facts(_shape_run(found[0]))
    if shown:
        print_table(names, [list(item.values()) for item in shown])


@schedules.command("list", epilog="Example: csr-bot schedule list")
def list_schedules(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """List what is scheduled, and which bots are paused."""
    house = open_house(workspace)
    with house.log.read() as records:
        paused = records.house.pauses()
        shown = [
            {
                "bot": run.bot,
                "kind": run.kind.value,
                "rhythm": _describe(run.rhythm),
                "zone": schedule.zone.key,
                "file": schedule.file,
                "line": run.line,
                "last_at": records.house.last_slot(run.bot, run.kind.value),
                "paused": paused.get(run.bot),
            }
            for schedule in house.workspace.schedules
            for run in schedule.runs
        ]
    if json:
        print_document(shown)
    else:
        names = ("bot", "kind", "rhythm", "zone", "last_at", "paused", "file", "line")
        print_table(names, [[run[name] for name in names] for run in shown])


@schedules.command("next", epilog="Example: csr-bot schedule next --count 20")
def show_next(
    *,
    count: Annotated[int, typer.Option(min=1, help="How many of each schedule.")] = 10,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Show what runs next, in the time of its schedule."""
    from csr_bot.schedule import next_slots

    house = open_house(workspace)
    with house.log.read() as records:
        paused = records.house.pauses()
    shown: list[dict[str, Any]] = [
        {
            "at": slot.at.astimezone(schedule.zone),
            "bot": slot.bot,
            "kind": slot.kind.value,
            "paused": paused.get(slot.bot),
        }
        for schedule in house.workspace.schedules
        for slot in next_slots(schedule, house.clock.now(), count)
    ]
    shown.sort(key=itemgetter("at"))
    if json:
        print_document(shown)
    else:
        print_table(("at", "bot", "kind", "paused"), [list(slot.values()) for slot in shown])


@schedules.command(epilog="Example: csr-bot schedule pause billing-emea --why 'the mail server moves'")
def pause(
    bot: BotName, *, why: WhyOption, login: LoginOption = None, workspace: WorkspaceOption = None, json: AsJson = False
) -> None:
    """Start no scheduled run of a bot until it is resumed; each slot that is passed over is recorded."""
    house = open_house(workspace)
    require_bot(house, bot)
    if not why.strip():
        raise WrongSetupError("--why: say why, for those who find the bot idle")
    who, at = name_operator(login), house.clock.now()
    with house.log.begin() as records:
        records.house.put_pause(bot, why=why, by=who, at=at)
        records.events.add("bot.paused", actor=who, entity="bot", entity_id=bot, at=at, data={"why": why})
    _print_pauses(house, json=json)


@schedules.command(epilog="Example: csr-bot schedule resume billing-emea")
def resume(bot: BotName, *, login: LoginOption = None, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """Let the scheduled runs of a bot start again."""
    house = open_house(workspace)
    who, at = name_operator(login), house.clock.now()
    with house.log.begin() as records:
        if not records.house.remove_pause(bot):
            raise refuse(f"{bot} is not paused")
        records.events.add("bot.resumed", actor=who, entity="bot", entity_id=bot, at=at)
    _print_pauses(house, json=json)


def _in_shadow(desk: Desk) -> Desk:
    return replace(desk, bot=replace(desk.bot, mode="shadow"))


def _shape_run(run: RunRecord) -> dict[str, Any]:
    return {name: getattr(run, name) for name in type(run).__dataclass_fields__}


def _describe(rhythm: Every | At) -> str:
    from csr_bot.schedule import At

    if isinstance(rhythm, At):
        return "at " + ", ".join(f"{clock:%H:%M}" for clock in rhythm.clocks)
    window = rhythm.window
    return f"every {rhythm.interval} between {window.start:%H:%M} and {window.end:%H:%M}"


def _print_pauses(house: House, *, json: bool) -> None:
    with house.log.read() as records:
        pauses = records.house.pauses()
    if json:
        print_document({"paused": pauses})
    else:
        print_text("; ".join(f"{bot} is paused: {why}" for bot, why in pauses.items()) or "no bot is paused")
