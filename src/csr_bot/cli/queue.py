"""Commands on the exception queue: what waits, and what a person does with it. The rules are the flow's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import LoginOption, WhyOption, WorkspaceOption, open_house, require_login
from csr_bot.cli.outcome import BAD, say
from csr_bot.cli.output import AsJson, print_document, print_table, print_text
from csr_bot.cli.shapes import shape_case, shape_item, shape_money, show_money

if TYPE_CHECKING:
    from csr_bot.core.persons import Refusal
    from csr_bot.records import CaseRecord
    from csr_bot.wiring import House

app = typer.Typer(help="The exception queue: what waits for people.", no_args_is_help=True)

CaseNo = Annotated[str, typer.Argument(metavar="N", help="The case's number; 123 is enough of CSR-2025-000123.")]


@app.command("list", epilog="Example: csr-bot queue list --queue billing")
def list_items(
    *,
    queue: Annotated[str | None, typer.Option(help="Only this queue, such as billing.")] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """List what waits for people, oldest first."""
    shown: list[dict[str, Any]] = []
    with open_house(workspace).log.read() as records:
        for item in records.cases.open_items():
            if queue in (None, item.queue):
                case = records.cases.get(item.case_id)
                decision = records.cases.latest_decision(case.id)
                waits = decision if decision and decision.state == "submitted" else None
                shown.append(
                    {
                        **{name: shape_case(case)[name] for name in ("case_no", "category", "customer_no", "title")},
                        **shape_item(item),
                        "total": shape_money(waits.total) if waits else None,
                        "payload_sha256": waits.payload_sha256 if waits else None,
                    }
                )
    if json:
        print_document(shown)
        return
    names = ("case_no", "kind", "queue", "owner_role", "category", "customer_no", "total", "assignee", "reasons")
    print_table(names, [[{**item, "total": show_money(item["total"])}[name] for name in names] for item in shown])


@app.command(epilog="Example: csr-bot queue claim 123 --as luis")
def claim(
    case_no: CaseNo, *, login: LoginOption = None, workspace: WorkspaceOption = None, json: AsJson = False
) -> None:
    """Take a case for a quarter of an hour, so that nobody else works on it."""
    from csr_bot.flow import review

    person = require_login(login)
    take_step(workspace, lambda house: review.claim(house, case_no, login=person), json=json)


@app.command(epilog="Example: csr-bot queue approve 123 --as luis --hash 29e8e6cd46a4...")
def approve(
    case_no: CaseNo,
    *,
    login: LoginOption = None,
    payload: Annotated[
        str | None, typer.Option("--hash", help="The payload_sha256 you looked at; any other content is refused.")
    ] = None,
    comment: Annotated[str | None, typer.Option(help="A remark for the record.")] = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Approve the next step of a case's decision; with the last step its effects are released."""
    from csr_bot.flow import review

    person = require_login(login)
    take_step(
        workspace,
        lambda house: review.approve(house, case_no, login=person, payload_sha256=payload, comment=comment),
        json=json,
    )


@app.command(epilog="Example: csr-bot queue reject 123 --as luis --why 'the price was agreed by phone'")
def reject(
    case_no: CaseNo,
    *,
    why: WhyOption,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Turn a decision down: nothing of it is carried out, and the case goes back to review."""
    from csr_bot.flow import review

    person = require_login(login)
    take_step(workspace, lambda house: review.reject(house, case_no, login=person, why=why), json=json)


@app.command("return", epilog="Example: csr-bot queue return 123 --as luis --why 'line 2 is missing'")
def give_back(
    case_no: CaseNo,
    *,
    why: WhyOption,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Send a decision back to be prepared again."""
    from csr_bot.flow import review

    person = require_login(login)
    take_step(workspace, lambda house: review.reject(house, case_no, login=person, why=why, returned=True), json=json)


def take_step(workspace: Path | None, step: Callable[[House], Refusal | CaseRecord], *, json: bool) -> None:
    """Take a step on a case, and print how it stands then or why it was refused."""
    from csr_bot.core.persons import Refusal

    result = step(open_house(workspace, rings=True))
    if isinstance(result, Refusal):
        if json:
            print_document({"refused": {"rule": result.rule, "why": result.why}})
        else:
            say(f"{result.rule}: {result.why}")
        raise typer.Exit(BAD)
    if json:
        print_document(shape_case(result))
    else:
        print_text(f"{result.case_no} is {result.status}")
