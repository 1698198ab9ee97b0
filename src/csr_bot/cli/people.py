"""Commands on people: who may work with the bot, in which roles, and up to which amount. The rules are the flow's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from csr_bot.cli.house import LoginOption, WorkspaceOption, name_operator, open_house
from csr_bot.cli.outcome import WrongSetupError, refuse
from csr_bot.cli.output import AsJson, print_document, print_facts, print_table

if TYPE_CHECKING:
    from csr_bot.core.money import Money
    from csr_bot.core.persons import Refusal
    from csr_bot.core.policy import Policy
    from csr_bot.records import Person
    from csr_bot.wiring import House

T = TypeVar("T")

app = typer.Typer(help="People, their roles, limits and delegations.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The person's login.")]
LimitOption = Annotated[
    str | None, typer.Option(metavar="AMOUNT", help="What the person may approve at most, in base currency.")
]
ManagerOption = Annotated[str | None, typer.Option(metavar="LOGIN", help="Whom the person reports to.")]
FromOption = Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day, in UTC; now without it.")]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DAY", help="The last day, in UTC.")]


@app.command(epilog="Example: csr-bot user add luis --name 'Luis Vega' --email luis@example.com --role ar_lead")
def add(  # noqa: PLR0913  # one option each
    login: Login,
    *,
    name: Annotated[str, typer.Option(help="The full name.")],
    email: Annotated[str, typer.Option(help="The e-mail address.")],
    role: Annotated[list[str], typer.Option(help="A role of the policies; may be repeated.")],
    limit: LimitOption = None,
    manager: ManagerOption = None,
    actor: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Add a person."""
    from csr_bot.core.addresses import check_email
    from csr_bot.flow import staffing
    from csr_bot.records import Person

    house = open_house(workspace)
    wrong = check_email(email)
    if wrong is not None:
        raise WrongSetupError(f"--email: {wrong}")
    require_roles(house, role, option="--role")
    ceiling = read_amount(house, limit, option="--limit")
    person = Person(login, name, email, frozenset(role), active=True, approval_limit=ceiling, manager=manager)
    added = staffing.add_person(house, person, policies=policies_of(house), actor=name_operator(actor))
    show(accepted(added), json=json)


@app.command(epilog="Example: csr-bot user role luis ar_manager --from 2025-12-01 --until 2025-12-12 --as chen")
def role(  # noqa: PLR0913  # one option each
    login: Login,
    role: Annotated[str | None, typer.Argument(metavar="[ROLE]", help="A role to hold for a while.")] = None,
    *,
    add: Annotated[list[str] | None, typer.Option(help="A role to give for good; may be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A role to take; may be repeated.")] = None,
    start: FromOption = None,
    end: UntilOption = None,
    limit: LimitOption = None,
    manager: ManagerOption = None,
    actor: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Give a person roles, for good or for a while, or take them; change the limit and the manager."""
    from csr_bot.flow import staffing

    if not any((role, add, remove, limit, manager)):
        raise WrongSetupError("--add or --remove: name a role")
    house = open_house(workspace)
    require_roles(house, [*(add or []), *([role] if role else [])], option="--add")
    person, taken = find(house, login), frozenset(remove or [])
    if role is not None and end is not None:
        _grant(house, login, role, start=start, end=end, by=name_operator(actor))
    elif role is not None and start is not None:
        raise WrongSetupError("--until: a role from a day on needs a day until which it is held")
    given = {*(add or []), *([role] if role and end is None else [])}
    changed = replace(
        person,
        roles=(person.roles | given) - taken,
        approval_limit=read_amount(house, limit, option="--limit") or person.approval_limit,
        manager=manager or person.manager,
    )
    if changed != person or taken:
        operator = name_operator(actor)
        changed = accepted(
            staffing.change_person(house, changed, removed=taken, policies=policies_of(house), actor=operator)
        )
    show(changed, json=json)


@app.command(epilog="Example: csr-bot user disable luis")
def disable(
    login: Login, *, actor: LoginOption = None, workspace: WorkspaceOption = None, json: AsJson = False
) -> None:
    """Let a person do nothing any more; what was done stays as it is, and delegations end."""
    from csr_bot.flow import staffing

    house = open_house(workspace)
    show(staffing.disable_person(house, find(house, login), actor=name_operator(actor)), json=json)


@app.command("list", epilog="Example: csr-bot user list --json")
def list_people(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """List everybody, by login, with the roles held now."""
    house = open_house(workspace)
    with house.log.read() as records:
        people = [shape_person(person) for person in records.house.people(at=house.clock.now())]
    if json:
        print_document(people)
    else:
        names = ("login", "name", "email", "roles", "limit", "manager", "active")
        print_table(names, [[person[name] for name in names] for person in people])


def find(house: House, login: str) -> Person:
    """The person of a login, with the roles held for good; ends the command if there is none."""
    with house.log.read() as records:
        person = records.house.person(login)
    if person is None:
        raise refuse(f"there is no user {login}")
    return person


def require_roles(house: House, roles: list[str], *, option: str) -> None:
    """Refuse a role that no policy knows: it could approve nothing, and nobody would see why. The bot's is its own."""
    from csr_bot.core.policy import BOT_ROLE

    known = frozenset[str]().union(*(rules.policy.roles for rules in house.policies.values())) - {BOT_ROLE}
    for role in roles:
        if role not in known:
            raise WrongSetupError(
                f"{option}: {role!r} is not a role of {', '.join(house.policies)}: {', '.join(sorted(known))}"
            )


def policies_of(house: House) -> list[Policy]:
    """The policies of all bots: a rule of one is kept by everybody."""
    return [rules.policy for rules in house.policies.values()]


def read_amount(house: House, text: str | None, *, option: str) -> Money | None:
    """An amount in the base currency of the policies."""
    from csr_bot.core.money import parse_money

    if text is None:
        return None
    currencies = sorted({policy.base_currency for policy in policies_of(house)})
    if len(currencies) != 1:
        raise WrongSetupError(f"{option}: the policies have more than one base currency: {', '.join(currencies)}")
    try:
        amount = parse_money(text, currencies[0])
    except ValueError as error:
        raise WrongSetupError(f"{option}: {error}") from None
    if amount.amount <= 0:
        raise WrongSetupError(f"{option}: a limit is above zero")
    return amount


def read_span(house: House, start: str | None, end: str) -> tuple[datetime, datetime]:
    """From the beginning of the first day, or from now, to the end of the last one."""
    since = house.clock.now() if start is None else _begin(start, option="--from")
    return since, _begin(end, option="--until") + timedelta(days=1)


def accepted(outcome: Refusal | T) -> T:
    """What was done; ends the command with the rule and its sentence if it was refused."""
    from csr_bot.core.persons import Refusal

    if isinstance(outcome, Refusal):
        raise refuse(f"{outcome.rule}: {outcome.why}")
    return outcome


def show(person: Person, *, json: bool) -> None:
    """Print a person."""
    if json:
        print_document(shape_person(person))
    else:
        print_facts(shape_person(person))


def shape_person(person: Person) -> Mapping[str, Any]:
    """A person as commands print one."""
    return {
        "login": person.login,
        "name": person.name,
        "email": person.email,
        "roles": sorted(person.roles),
        "active": person.active,
        "limit": shape_limit(person.approval_limit),
        "manager": person.manager,
    }


def shape_limit(limit: Money | None) -> str | None:
    """A limit as commands print one."""
    return None if limit is None else f"{limit.text()} {limit.currency}"


def _grant(house: House, login: str, role: str, *, start: str | None, end: str, by: str) -> None:
    from csr_bot.core.persons import RoleGrant
    from csr_bot.flow import staffing
    from csr_bot.ids import new_id

    since, until = read_span(house, start, end)
    if since >= until:
        raise WrongSetupError("--until: a role ends after it begins")
    grant = RoleGrant(new_id(), login, role, since, until, by)
    accepted(staffing.grant_role(house, grant, policies=policies_of(house)))


def _begin(day: str, *, option: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError:
        raise WrongSetupError(f"{option}: {day!r} is not a day like 2025-11-24") from None
