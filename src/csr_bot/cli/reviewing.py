"""Commands with which reviewers settle what a case is about and say what is to be done; the rules are the flow's."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from csr_bot.cli.house import LoginOption, WhyOption, WorkspaceOption, require_login
from csr_bot.cli.outcome import WrongSetupError
from csr_bot.cli.output import AsJson
from csr_bot.cli.queue import CaseNo, take_step

if TYPE_CHECKING:
    from csr_bot.core.instruction import InstructedLine, Instruction, InstructionKind
    from csr_bot.core.persons import Refusal
    from csr_bot.records import CaseRecord
    from csr_bot.wiring import House

Kind = TypeVar("Kind", bound=StrEnum)
app = typer.Typer()
"""A part of ``csr-bot queue``."""

TextOption = Annotated[str, typer.Option(help="What the customer is told, in his language.")]


@app.command(epilog="Example: csr-bot queue grant 123 --as anna --line 1=2400.00")
def grant(
    case_no: CaseNo,
    *,
    line: Annotated[
        list[str] | None, typer.Option(help="LINE=NET to credit; may be repeated. None: what the bot has drafted.")
    ] = None,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Have a claim granted: you become its preparer, so somebody else approves it."""
    from csr_bot.core.instruction import InstructionKind

    person = require_login(login)
    wanted = dict(_split_line(text) for text in line or ())
    take_step(
        workspace,
        lambda house: _instruct(house, case_no, InstructionKind.GRANT, by=person, lines=wanted),
        json=json,
    )


@app.command(epilog="Example: csr-bot queue deny 123 --as anna --text 'The contract of July agrees 140.00 an hour.'")
def deny(
    case_no: CaseNo,
    *,
    text: TextOption,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Have a claim turned down with these words; somebody else approves that too."""
    from csr_bot.core.instruction import InstructionKind

    person = require_login(login)
    take_step(workspace, lambda house: _instruct(house, case_no, InstructionKind.DENY, by=person, text=text), json=json)


@app.command(epilog="Example: csr-bot queue answer 123 --as anna --text 'Your order leaves on Monday.'")
def answer(
    case_no: CaseNo,
    *,
    text: TextOption,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Answer a question in your own words, and resolve the case."""
    from csr_bot.core.instruction import InstructionKind

    person = require_login(login)
    take_step(
        workspace, lambda house: _instruct(house, case_no, InstructionKind.ANSWER, by=person, text=text), json=json
    )


@app.command(epilog="Example: csr-bot queue ask 123 --as anna --question 'the number of the invoice'")
def ask(
    case_no: CaseNo,
    *,
    question: Annotated[list[str], typer.Option(help="What is missing; may be repeated.")],
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Ask the customer for what is missing, in one list; the case waits for the answer."""
    from csr_bot.core.instruction import InstructionKind

    person = require_login(login)
    asked = tuple(question)
    take_step(
        workspace,
        lambda house: _instruct(house, case_no, InstructionKind.ASK, by=person, questions=asked),
        json=json,
    )


@app.command(epilog="Example: csr-bot queue choose 123 --as anna --invoice INV-2025-00455")
def choose(
    case_no: CaseNo,
    *,
    invoice: Annotated[list[str], typer.Option(help="The number of an invoice that is meant; may be repeated.")],
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Say which invoices a request means; the bot decides again on them."""
    from csr_bot.flow import instructing

    person = require_login(login)
    take_step(
        workspace,
        lambda house: instructing.choose_invoices(house, case_no, login=person, invoice_nos=invoice),
        json=json,
    )


@app.command(epilog="Example: csr-bot queue reclassify 123 --as anna --category billing_dispute --reason price")
def reclassify(
    case_no: CaseNo,
    *,
    category: Annotated[str, typer.Option(help="What is asked for, such as invoice_copy.")],
    reason: Annotated[str | None, typer.Option(help="Why an invoice is disputed, such as price.")] = None,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Say what a request is; the bot decides again."""
    from csr_bot.core.request import Category, DisputeReason
    from csr_bot.flow import instructing

    person = require_login(login)
    kind = _one_of(Category, category, option="--category")
    why = _one_of(DisputeReason, reason, option="--reason") if reason else None
    take_step(
        workspace,
        lambda house: instructing.reclassify(house, case_no, login=person, category=kind, reason=why),
        json=json,
    )


@app.command(epilog="Example: csr-bot queue withdraw 123 --as anna --why 'the customer found the delivery note'")
def withdraw(
    case_no: CaseNo,
    *,
    why: WhyOption,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """End a case that the customer has taken back."""
    from csr_bot.flow import instructing

    person = require_login(login)
    take_step(workspace, lambda house: instructing.withdraw_case(house, case_no, login=person, why=why), json=json)


@app.command(epilog="Example: csr-bot queue release 123 --as freya --genuine --why 'called back on the number on file'")
def release(
    case_no: CaseNo,
    *,
    genuine: Annotated[bool, typer.Option("--genuine/--fraud", help="Work on it, or close it for good.")],
    why: WhyOption,
    login: LoginOption = None,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Settle a case in quarantine."""
    from csr_bot.flow import instructing

    person = require_login(login)
    take_step(
        workspace,
        lambda house: instructing.release(house, case_no, login=person, genuine=genuine, why=why),
        json=json,
    )


def _instruct(
    house: House,
    case_no: str,
    kind: InstructionKind,
    *,
    by: str,
    text: str = "",
    questions: tuple[str, ...] = (),
    lines: dict[int, Decimal] | None = None,
) -> Refusal | CaseRecord:
    from csr_bot.core.instruction import Instruction
    from csr_bot.flow import instructing

    told: Instruction = Instruction(
        kind,
        by=by,
        at=house.clock.now(),
        text=text,
        questions=questions,
        lines=_with_currency(house, case_no, lines or {}),
    )
    return instructing.instruct(house, case_no, told)


def _with_currency(house: House, case_no: str, lines: dict[int, Decimal]) -> tuple[InstructedLine, ...]:
    """Net amounts in the currency of the one invoice that the case is about."""
    from csr_bot.core.instruction import InstructedLine
    from csr_bot.core.money import Money

    if not lines:
        return ()
    with house.log.read() as records:
        case = records.cases.by_no(case_no)
        snapshot = records.ledger.active_snapshot(case.bot) if case else None
        meant = {match.certain.invoice_no for match in case.matches if match.certain} if case else set()
        entry = records.ledger.invoice_facts(snapshot.id, meant.pop()) if snapshot and len(meant) == 1 else None
    if entry is None:
        raise WrongSetupError("--line: the case is not about exactly one invoice of the ledger; choose it first")
    return tuple(InstructedLine(number, Money(net, entry.invoice.currency)) for number, net in lines.items())


def _split_line(text: str) -> tuple[int, Decimal]:
    from csr_bot.core.money import parse_decimal

    number, sign, net = text.partition("=")
    try:
        value = parse_decimal(net)
    except ValueError:
        value = Decimal(0)
    if not sign or not number.strip().isdigit() or value <= 0:
        raise WrongSetupError(f"--line: {text!r} is not a line and a net amount above zero; write it like 1=2400.00")
    return int(number), value


def _one_of(known: type[Kind], text: str, *, option: str) -> Kind:
    try:
        return known(text.upper())
    except ValueError:
        raise WrongSetupError(f"{option}: {text!r} is none of {', '.join(known)}") from None
