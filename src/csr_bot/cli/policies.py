"""Commands for policies before they are used: every mistake named, and what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csr_bot.cli.house import WorkspaceOption, open_house, read_settings
from csr_bot.cli.outcome import BAD, WrongSetupError
from csr_bot.cli.output import AsJson, print_document, print_table, print_text, show_progress
from csr_bot.cli.shapes import shape_change, show_money

if TYPE_CHECKING:
    from csr_bot.core.document import Mistake
    from csr_bot.core.policy import Policy

app = typer.Typer(help="Policies: who may decide what, and how soon.", no_args_is_help=True)

PolicyFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A policy file.", show_default=False)]


@dataclass(frozen=True, slots=True)
class _Read:
    """A policy file as far as it could be read."""

    file: Path
    policy: Policy | None
    mistakes: tuple[Mistake, ...]

    def as_json(self) -> dict[str, object]:
        found = {"policy_id": self.policy.policy_id, "version": self.policy.version} if self.policy else None
        return {"file": self.file, "ok": self.policy is not None, "policy": found, "mistakes": self.mistakes}


@app.command(epilog="Example: csr-bot policy check policies/emea.yaml")
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...", exists=True, dir_okay=False, help="Policy files; those of the workspace without any."
        ),
    ] = None,
    *,
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Check policy files; each mistake is named with file, line and field."""
    found = [_read(file) for file in files or _files_of(workspace)]
    mistakes = [mistake for each in found for mistake in each.mistakes]
    if json:
        policies = [each.as_json() for each in found]
        print_document({"ok": not mistakes, "policies": policies, "mistakes": mistakes})
    else:
        _print_mistakes(found)
        for each in found:
            if each.policy is not None:
                print_text(f"{each.file}: {each.policy.policy_id} version {each.policy.version}, no mistakes")
    if mistakes:
        raise typer.Exit(BAD)


@app.command(epilog="Example: csr-bot policy diff policies/emea.yaml policies/draft.yaml")
def diff(before: PolicyFile, after: PolicyFile, *, json: AsJson = False) -> None:
    """Say what differs between two policies, place by place; a different notation of the same is no difference."""
    from csr_bot.core.policy import diff as find_changes

    old, new = found = [_read(file) for file in (before, after)]
    if old.policy is None or new.policy is None:
        if json:
            print_document({"ok": False, "mistakes": [mistake for each in found for mistake in each.mistakes]})
        else:
            _print_mistakes(found)
        raise typer.Exit(BAD)
    changes = find_changes(old.policy, new.policy)
    if json:
        print_document({"ok": True, "before": old.file, "after": new.file, "changes": changes})
    elif changes:
        print_table(("place", "before", "after"), [(change.path, change.before, change.after) for change in changes])
    else:
        print_text("no difference")


@app.command(epilog="Example: csr-bot policy backtest --policy policies/draft.yaml")
def backtest(
    *,
    policy: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="The draft to try.", show_default=False)],
    workspace: WorkspaceOption = None,
    json: AsJson = False,
) -> None:
    """Decide the stored cases again under a draft: each case and amount that would change. Nothing is touched."""
    from csr_bot.flow.backtesting import backtest as decide_again

    draft = _read(policy)
    if draft.policy is None:
        if json:
            print_document({"ok": False, "mistakes": draft.mistakes})
        else:
            _print_mistakes([draft])
        raise typer.Exit(BAD)
    house = open_house(workspace)
    with house.log.read() as records, show_progress("cases") as advance:
        result = decide_again(records, draft.policy, after_case=advance)
    changed = [shape_change(change) for change in result.changed]
    sums = {"before": result.automatic_before, "after": result.automatic_after}
    if json:
        print_document({"ok": True, "cases": result.cases, "changed": changed, "automatic": sums})
        return
    names = ("case_no", "customer_no", "category", "reason", "before", "after", "total")
    if changed:
        print_table(names, [[_in_words(change)[name] for name in names] for change in changed])
    print_text(f"{len(changed)} of {result.cases} cases would go another way")
    for currency in sorted({*result.automatic_before, *result.automatic_after}):
        before, after = (total.get(currency, 0) for total in (result.automatic_before, result.automatic_after))
        print_text(f"moved by the bot alone: {before} {currency} before, {after} {currency} after")


def _in_words(change: dict[str, Any]) -> dict[str, Any]:
    """A changed case as a line of a table."""
    ways = {
        name: change[name]["route"] + (": " + ", ".join(" or ".join(step) for step in change[name]["steps"]))
        for name in ("before", "after")
    }
    return {**change, **ways, "total": show_money(change["after"]["total"] or change["before"]["total"])}


def _read(file: Path) -> _Read:
    from csr_bot.core.document import Mistake, MistakesError
    from csr_bot.core.policy import read_policy

    try:
        return _Read(file, read_policy(file.read_text(encoding="utf-8"), file=str(file)), ())
    except UnicodeDecodeError as error:
        return _Read(file, None, (Mistake(str(file), 0, "(file)", f"cannot be read: {error}"),))
    except MistakesError as error:
        return _Read(file, None, error.mistakes)


def _files_of(workspace: Path | None) -> list[Path]:
    folder = read_settings(workspace).workspace / "policies"
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise WrongSetupError(f"{folder}: there is no policy; name a file, or a workspace with policies")
    return files


def _print_mistakes(found: Sequence[_Read]) -> None:
    for each in found:
        for mistake in each.mistakes:
            print_text(str(mistake))
