"""Commands on people: who may work with the bot, and in which roles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import LoginOption, WorkspaceOption, name_operator, open_house
from csr_bot.cli.outcome import WrongSetupError, refuse
from csr_bot.cli.output import AsJson, print_document, print_facts, print_table

if TYPE_CHECKING:
    from csr_bot.records import Person
    from csr_bot.wiring import House

app = typer.Typer(help="People and their roles.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The person's login.")]


@app.command(epilog="Example: csr-bot user add luis --name 'Luis Vega' --email luis@example.com --role ar_lead")
def add(
    login: Login,
    *,
    name: Annotated[str, typer.Option(help="The full name.")],
    email: Annotated[str, typer.Option(help="The e-mail address.")],
    role: Annotated[list[str], typer.Option(help="A role of the policies; may be repeated.")],
    actor: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Add a person."""
    from csr_bot.core.addresses import check_email
    from csr_bot.records import Person

    house = open_house(workspace)
    wrong = check_email(email)
    if wrong is not None:
        raise WrongSetupError(f"--email: {wrong}")
    _require_roles(house, role, option="--role")
    person = Person(login=login, name=name, email=email, roles=frozenset(role), active=True)
    with house.log.read() as records:
        if records.house.person(login) is not None:
            raise refuse(f"there is a user {login} already")
    _put(house, person, "user.added", by=actor, json=json)


@app.command(epilog="Example: csr-bot user role luis --add ar_manager --remove ar_lead")
def role(
    login: Login,
    *,
    add: Annotated[list[str] | None, typer.Option(help="A role to give; may be repeated.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="A role to take; may be repeated.")] = None,
    actor: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Give a person roles, or take them."""
    if not add and not remove:
        raise WrongSetupError("--add or --remove: name a role")
    house = open_house(workspace)
    _require_roles(house, add or [], option="--add")
    person = _find(house, login)
    roles = (person.roles | set(add or [])) - set(remove or [])
    _put(house, replace(person, roles=roles), "user.roles_changed", by=actor, json=json)


@app.command(epilog="Example: csr-bot user disable luis")
def disable(
    login: Login, *, actor: LoginOption = None, workspace: WorkspaceOption = None, json: AsJson = False
) -> None:
    """Let a person do nothing any more; what was done stays as it is."""
    house = open_house(workspace)
    _put(house, replace(_find(house, login), active=False), "user.disabled", by=actor, json=json)


@app.command("list", epilog="Example: csr-bot user list --json")
def list_people(*, workspace: WorkspaceOption = None, json: AsJson = False) -> None:
    """List everybody, by login."""
    with open_house(workspace).log.read() as records:
        people = [_shape(person) for person in records.house.people()]
    if json:
        print_document(people)
    else:
        names = ("login", "name", "email", "roles", "active")
        print_table(names, [[person[name] for name in names] for person in people])


def _find(house: House, login: str) -> Person:
    with house.log.read() as records:
        person = records.house.person(login)
    if person is None:
        raise refuse(f"there is no user {login}")
    return person


def _require_roles(house: House, roles: list[str], *, option: str) -> None:
    """Refuse a role that no policy knows: it could approve nothing, and nobody would see why. The bot's is its own."""
    from csr_bot.core.policy import BOT_ROLE

    known = frozenset[str]().union(*(rules.policy.roles for rules in house.policies.values())) - {BOT_ROLE}
    for role in roles:
        if role not in known:
            raise WrongSetupError(
                f"{option}: {role!r} is not a role of {', '.join(house.policies)}: {', '.join(sorted(known))}"
            )


def _put(house: House, person: Person, action: str, *, by: str | None, json: bool) -> None:
    at = house.clock.now()
    data = {"roles": sorted(person.roles), "active": person.active}
    with house.log.begin() as records:
        records.house.put_person(person)
        records.events.add(action, actor=name_operator(by), entity="user", entity_id=person.login, at=at, data=data)
    if json:
        print_document(_shape(person))
    else:
        print_facts(_shape(person))


def _shape(person: Person) -> dict[str, Any]:
    return {
        "login": person.login,
        "name": person.name,
        "email": person.email,
        "roles": sorted(person.roles),
        "active": person.active,
    }
