"""Commands on lent authority: delegations, everything about one person, and what is odd about all of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import LoginOption, WhyOption, WorkspaceOption, name_operator, open_house
from csr_bot.cli.outcome import BAD, WrongSetupError, refuse
from csr_bot.cli.output import AsJson, print_document, print_facts, print_table, print_text
from csr_bot.cli.people import (
    FromOption,
    Login,
    accepted,
    find,
    policies_of,
    read_amount,
    read_span,
    require_roles,
    shape_limit,
    shape_person,
)

if TYPE_CHECKING:
    from csr_bot.caselog import Records
    from csr_bot.core.hygiene import Holding, Remark
    from csr_bot.core.persons import Delegation


def add_commands(app: typer.Typer) -> None:
    """Give the commands on people these as well."""
    app.command(
        epilog="Example: csr-bot user delegate maya omar --roles ar_manager --max 10000 --from 2025-11-28 "
        "--until 2025-12-05 --why 'on leave'"
    )(delegate)
    app.command(epilog="Example: csr-bot user undelegate 0199a3f2-... --as maya")(undelegate)
    app.command("show", epilog="Example: csr-bot user show omar")(show_person)
    app.command(epilog="Example: csr-bot user check --days 31")(check)


def delegate(  # noqa: PLR0913  # one option each
    delegator: Annotated[str, typer.Argument(metavar="FROM", help="Who delegates.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="Who approves for him.")],
    *,
    why: WhyOption,
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day, in UTC; 30 days at most.")],
    roles: Annotated[list[str], typer.Option(help="A role that is lent; may be repeated.")],
    start: FromOption = None,
    most: Annotated[str | None, typer.Option("--max", metavar="AMOUNT", help="Up to what amount.")] = None,
    actor: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Let somebody approve for somebody else for a while. Both names stand on what he approves."""
    from csr_bot.core.persons import Delegation
    from csr_bot.flow import staffing
    from csr_bot.ids import new_id

    house = open_house(workspace)
    named = [role for words in roles for role in words.split(",") if role]
    require_roles(house, named, option="--roles")
    since, end = read_span(house, start, until)
    new = Delegation(
        id=new_id(),
        delegator=delegator,
        delegate=to,
        roles=frozenset(named),
        max_amount=read_amount(house, most, option="--max"),
        valid_from=since,
        valid_until=end,
        why=why,
        created_by=name_operator(actor),
        created_at=house.clock.now(),
    )
    made = _shape_delegation(accepted(staffing.delegate(house, new, policies=policies_of(house))))
    if json:
        print_document(made)
    else:
        print_facts(made)


def undelegate(
    delegation: Annotated[str, typer.Argument(metavar="ID", help="The delegation, as user show names it.")],
    *,
    actor: LoginOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """End a delegation now. What was approved by it and is not carried out yet is not carried out any more."""
    from csr_bot.flow import staffing

    house = open_house(workspace)
    if not staffing.end_delegation(house, delegation, actor=name_operator(actor)):
        raise refuse(f"there is no delegation {delegation} that still runs")
    print_text(f"{delegation} has ended")


def show_person(login: Login, *, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """Show one person: roles for good and for a while, the limit, delegations from and to him."""
    house = open_house(workspace)
    person = find(house, login)
    with house.log.read() as records:
        shown = {
            **shape_person(person),
            "temporary": [
                {"role": item.role, "from": item.valid_from, "until": item.valid_until, "ended": item.withdrawn_at}
                for item in records.mandates.grants()
                if item.login == login
            ],
            "delegations": [_shape_delegation(item) for item in records.mandates.delegations(login)],
            "last_approvals": {
                role: at for (who, role), at in records.mandates.last_approvals().items() if who == login
            },
        }
    if json:
        print_document(shown)
    else:
        print_facts(shown)


def check(
    *,
    days: Annotated[int, typer.Option(help="How far back both sides of a pair are looked for.", min=1)] = 31,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Name what is odd about roles, limits and delegations; ends with 1 if somebody stands on both sides of a pair."""
    from csr_bot.core.hygiene import find_crossings, find_remarks

    house = open_house(workspace)
    now, policies = house.clock.now(), policies_of(house)
    if not policies:
        raise WrongSetupError("BOT: no bot has a policy whose roles could be checked")
    with house.log.read() as records:
        remarks = find_remarks(
            records.house.people(),
            delegations=records.mandates.delegations(),
            last_approvals=records.mandates.last_approvals(),
            policies=policies,
            at=now,
        )
        start = now - timedelta(days=days)
        remarks += find_crossings(_holdings(records), policies=policies, start=start, end=now)
    _print_remarks(remarks, json=json)
    if any(remark.breach for remark in remarks):
        raise typer.Exit(BAD)


def _holdings(records: Records) -> list[Holding]:
    """Every role that anybody has held, for good, for a while or as a delegate, as far as the record goes."""
    from csr_bot.core.hygiene import Holding, trace_roles

    changes: dict[str, list[tuple[datetime, frozenset[str]]]] = {}
    for event in records.events.all():
        roles = event.data.get("roles")
        if event.entity == "user" and isinstance(roles, list) and "active" in event.data:
            held = frozenset(str(role) for role in roles) if event.data["active"] else frozenset[str]()
            changes.setdefault(event.entity_id, []).append((event.at, held))
    found: list[Holding] = []
    for person in records.house.people():
        roles = person.roles if person.active else frozenset[str]()
        found += trace_roles(person.login, roles, changes=changes.get(person.login, []))
    for grant in records.mandates.grants():
        until = grant.withdrawn_at or grant.valid_until
        found.append(Holding(grant.login, grant.role, grant.valid_from, until, "for a while"))
    for loan in records.mandates.delegations():
        until, by = loan.withdrawn_at or loan.valid_until, f"for {loan.delegator}"
        found += [Holding(loan.delegate, role, loan.valid_from, until, by) for role in sorted(loan.roles)]
    return found


def _print_remarks(remarks: list[Remark], *, json: bool) -> None:
    shown: list[dict[str, Any]] = [
        {"login": each.login, "code": each.code, "breach": each.breach, "text": each.text} for each in remarks
    ]
    if json:
        print_document(shown)
    elif shown:
        print_table(("login", "code", "text"), [[each[name] for name in ("login", "code", "text")] for each in shown])
    else:
        print_text("nothing is odd")


def _shape_delegation(item: Delegation) -> dict[str, Any]:
    return {
        "id": item.id,
        "from": item.delegator,
        "to": item.delegate,
        "roles": sorted(item.roles),
        "max": shape_limit(item.max_amount),
        "valid_from": item.valid_from,
        "valid_until": item.valid_until,
        "why": item.why,
        "created_by": item.created_by,
        "ended": item.withdrawn_at,
    }
