"""``csr-bot try``: a mail on a bot's real evidence up to the decision and its planned effects, touching nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import WorkspaceOption, open_house, require_bot
from csr_bot.cli.output import AsJson, print_document, print_facts, print_table, print_text
from csr_bot.cli.requests import shape_request
from csr_bot.cli.shapes import shape_finding, shape_match, shape_money, shape_planned, shape_sender, show_money

if TYPE_CHECKING:
    from csr_bot.core.decide import Decision
    from csr_bot.flow.desk import Desk
    from csr_bot.flow.understanding import Understood
    from csr_bot.records import CaseRecord


def add_commands(app: typer.Typer) -> None:
    """Give the program this command."""
    app.command("try", epilog="Example: csr-bot try billing-emea letter.eml")(attempt)


def attempt(
    bot: Annotated[str, typer.Argument(metavar="BOT", help="The bot's name.")],
    file: Annotated[Path, typer.Argument(metavar="FILE.eml", exists=True, dir_okay=False, help="A mail.")],
    *,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Decide on a mail as the bot would, on real evidence, and show what it would do; nothing is stored or sent."""
    from csr_bot.core.decide import decide
    from csr_bot.flow.gathering import gather
    from csr_bot.flow.opening import draft_case
    from csr_bot.flow.understanding import understand_mails

    house = open_house(workspace)
    require_bot(house, bot)
    desk = house.desk(bot)
    trusts = frozenset[str]().union(*(source.trusts for source in desk.sources))
    readings = list(desk.reader.read([file.read_bytes()], trusts=trusts))
    (item,) = understand_mails(readings, log=house.log, bot=bot, policy=desk.policy)
    tried = []
    try:
        for number in range(len(item.requests)):
            case = draft_case(desk, item, number, at=house.clock.now())
            decision = decide(gather(desk, case).facts, desk.policy) if _is_worked_on(case) else None
            tried.append(_shape(desk, case, decision))
    finally:
        house.browser.close_thread()
    if json:
        print_document({"file": file, "bot": bot, **_shape_mail(item), "cases": tried})
    else:
        print_facts({"mail": item.parsed.subject, **_shape_mail(item)["sender"], "problem": item.problem})
        for entry in tried:
            _print(entry)


def _is_worked_on(case: CaseRecord) -> bool:
    from csr_bot.core.case import CaseStatus

    return case.status is CaseStatus.TRIAGED


def _shape_mail(item: Understood) -> dict[str, Any]:
    return {"subject": item.parsed.subject, "sender": shape_sender(item.sender), "problem": item.problem}


def _shape(desk: Desk, case: CaseRecord, decision: Decision | None) -> dict[str, Any]:
    """A case as it would be, with its decision; none where it is closed or quarantined at once."""
    shown = {
        "category": case.category.value,
        "state": case.status.value,
        "request": shape_request(case.request),
        "matches": [shape_match(match) for match in case.matches],
        "decision": None,
    }
    return shown if decision is None else {**shown, "decision": _shape_decision(desk, case, decision)}


def _shape_decision(desk: Desk, case: CaseRecord, decision: Decision) -> dict[str, Any]:
    from csr_bot.core.effects import payload_of, payload_sha256

    payload = payload_of(
        case_no=case.case_no, decision_version=1, policy_version=desk.policy.version, effects=decision.effects
    )
    return {
        "route": decision.route.value,
        "outcome": decision.outcome.value,
        "reasons": decision.reasons,
        "rationale": decision.rationale,
        "findings": [shape_finding(finding) for finding in decision.findings],
        "calculation": decision.calculation,
        "total": shape_money(decision.total),
        "steps": [sorted(step) for step in decision.steps],
        "queue": decision.queue,
        "effects": [shape_planned(effect) for effect in decision.effects],
        "payload": payload,
        "payload_sha256": payload_sha256(payload),
        "policy_version": desk.policy.version,
        "mode": desk.bot.mode,
    }


def _print(entry: dict[str, Any]) -> None:
    print_text("")
    decision = entry["decision"]
    best = [match["best"]["invoice_no"] for match in entry["matches"] if match["best"]]
    print_facts({"category": entry["category"], "state": entry["state"], "matches": best})
    if decision is None:
        return
    print_facts(
        {
            **{name: decision[name] for name in ("route", "outcome", "reasons", "rationale", "queue", "mode")},
            "total": show_money(decision["total"]),
            "approvals": [" or ".join(step) for step in decision["steps"]],
            "payload": decision["payload_sha256"],
        }
    )
    for columns, rows in (
        (("check", "subject", "result", "message", "expected", "actual"), decision["findings"]),
        (("seq", "type", "target", "params"), decision["effects"]),
    ):
        if rows:
            print_text("")
            print_table(columns, [[row[name] for name in columns] for row in rows])
