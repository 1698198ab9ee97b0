"""A workspace, the folder with bots, schedules, policies and answers that ops engineers edit: written and checked.

What stands in one file is checked by the module for its words; here is what only the files together can show: names and
mailboxes that two bots share, runs that two schedules repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from csr_bot.answers import FOLDER as ANSWERS
from csr_bot.answers import read_answers
from csr_bot.bot import Bot, Mailbox, Portal
from csr_bot.core.document import Mistake, MistakesError
from csr_bot.declaration import Declaration
from csr_bot.desks import find_bot_name, read_bot
from csr_bot.schedule import Schedule, read_schedule

FOLDERS: Final[Mapping[str, tuple[str, str]]] = {
    "bots": (".py", "a desk each"),
    "schedules": (".yaml", "what runs when"),
    "policies": (".yaml", "who may decide what"),
}

TEMPLATES: Final[Mapping[str, str]] = {
    "bots/example.py": "bots/example.py.txt",
    "schedules/example.yaml": "schedules/example.yaml",
    "policies/standard.yaml": "policies/standard.yaml",
    "answers/README": "answers/README",
    "secrets/README": "secrets/README",
    ".env.example": "env.example",
}
"""What ``csr-bot init`` writes, from which package data. The bot is kept as text, so no tool takes it for our code."""


class WorkspaceExistsError(ValueError):
    """A workspace would have been written over files of somebody's. The text names the folder."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that a workspace declares, free of mistakes: bots by name, and their schedules."""

    folder: Path
    bots: Mapping[str, Bot]
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True, slots=True)
class _BotFile:
    """A bot file as far as it could be read; ``name`` is known even of one with mistakes."""

    file: str
    name: str | None
    read: Declaration[Bot] | None


def write_workspace(folder: Path) -> tuple[Path, ...]:
    """Write the commented files of a new workspace and return them. Raises WorkspaceExistsError if it holds any."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceExistsError(f"{folder} is not empty; name a new or an empty folder")
    written = []
    for name, template in TEMPLATES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files("csr_bot").joinpath("cli", "templates", template).read_bytes())
        written.append(path)
    (folder / "secrets").chmod(0o700)
    return tuple(written)


def load_workspace(
    folder: Path, *, screens: Collection[str] | None = None, sites: Collection[str] | None = None
) -> Workspace:
    """The bots and schedules of a workspace. Raises MistakesError with everything that is wrong in them."""
    mistakes: list[Mistake] = []
    bots, schedules = _read(folder, mistakes, screens=screens, sites=sites)
    if mistakes:
        raise MistakesError(sorted(mistakes))
    return Workspace(folder, {desk.read.value.name: desk.read.value for desk in bots if desk.read}, schedules)


def check_workspace(
    folder: Path,
    *,
    screens: Collection[str],
    sites: Collection[str],
    read_policy: Callable[[str, str], object],
) -> tuple[Mistake, ...]:
    """Everything that is wrong in a workspace, by file (relative to it) and line.

    ``read_policy`` takes the text and the file name of a policy and raises MistakesError.
    """
    mistakes: list[Mistake] = []
    _read(folder, mistakes, screens=screens, sites=sites)
    for file, text in _texts(folder, "policies", mistakes):
        try:
            read_policy(text, file)
        except MistakesError as error:
            mistakes += error.mistakes
    try:
        read_answers(folder / ANSWERS)
    except MistakesError as error:
        mistakes += error.mistakes
    return tuple(sorted(mistakes))


def _read(
    folder: Path, mistakes: list[Mistake], *, screens: Collection[str] | None, sites: Collection[str] | None
) -> tuple[list[_BotFile], tuple[Schedule, ...]]:
    bots = []
    for file, text in _texts(folder, "bots", mistakes):
        try:
            found = read_bot(text, file=file, workspace=folder, screens=screens, sites=sites)
            bots.append(_BotFile(file, found.value.name, found))
        except MistakesError as error:
            mistakes += error.mistakes
            bots.append(_BotFile(file, find_bot_name(text), None))
    names = {desk.name for desk in bots if desk.name is not None}
    schedules = []
    for file, text in _texts(folder, "schedules", mistakes):
        try:
            schedules.append(read_schedule(text, file=file, bots=names))
        except MistakesError as error:
            mistakes += error.mistakes
    mistakes += [*_shared_between(bots), *_repeated_runs(schedules)]
    return bots, tuple(schedules)


def _texts(folder: Path, name: str, mistakes: list[Mistake]) -> Iterator[tuple[str, str]]:
    """The files of one folder with their texts. Any other file is a mistake: it would be passed over in silence."""
    suffix, purpose = FOLDERS[name]
    if not (folder / name).is_dir():
        mistakes.append(Mistake(name, 0, "(folder)", f"the folder is missing; it holds {purpose}"))
        return
    found = False
    for path in sorted((folder / name).iterdir()):
        file = f"{name}/{path.name}"
        if path.name.startswith((".", "__")):
            continue
        if path.suffix != suffix:
            mistakes.append(Mistake(file, 0, "(file)", f"is not read; files here end with {suffix}"))
            continue
        found = True
        try:
            yield file, path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            mistakes.append(Mistake(file, 0, "(file)", f"cannot be read: {error}"))
    if not found:
        mistakes.append(
            Mistake(name, 0, "(folder)", f"the folder has no file ending with {suffix}; it holds {purpose}")
        )


def _shared_between(bots: list[_BotFile]) -> Iterator[Mistake]:
    """Names, mailboxes and portals that two bots lay claim to, and archives that a bot would take in again."""
    taken: dict[object, str] = {}
    for desk in bots:
        for path, keys, title in _claims(desk):
            earlier = next((taken[key] for key in keys if key in taken), None)
            if earlier is not None:
                line = desk.read.lines[path] if desk.read else 1
                yield Mistake(desk.file, line, path, f"{title} stands in {earlier} already")
            taken |= dict.fromkeys(keys, f"{desk.file} ({path})")
    for desk in bots:
        if desk.read and (earlier := _find_taken(taken, desk.read.value.outgoing.archive)):
            reason = f"would be taken in again: it is the mailbox of {earlier}"
            yield Mistake(desk.file, desk.read.lines["outgoing.archive"], "outgoing.archive", reason)


def _claims(desk: _BotFile) -> Iterator[tuple[str, tuple[object, ...], str]]:
    if desk.name is not None:
        yield "name", (("bot", desk.name),), f"the bot {desk.name}"
    for index, source in enumerate(desk.read.value.intake if desk.read else ()):
        match source:
            case Mailbox():
                yield f"intake[{index}]", _mailbox_keys(source), f"the mailbox {source.address}"
            case Portal():
                yield f"intake[{index}]", (("portal", source.name),), f"the portal {source.name}"


def _mailbox_keys(mailbox: Mailbox) -> tuple[object, ...]:
    """One mailbox may be reached under two host names, or be written to under two addresses."""
    folder, user = mailbox.folder.casefold(), (mailbox.user or mailbox.address).casefold()
    return ("address", mailbox.address.casefold(), folder), ("login", mailbox.host.casefold(), user, folder)


def _find_taken(taken: Mapping[object, str], mailbox: Mailbox) -> str | None:
    return next((taken[key] for key in _mailbox_keys(mailbox) if key in taken), None)


def _repeated_runs(schedules: list[Schedule]) -> Iterator[Mistake]:
    first: dict[tuple[str, str], Schedule] = {}
    for schedule in schedules:
        for run in schedule.runs:
            earlier = first.setdefault((run.kind, run.bot), schedule)
            if earlier is not schedule:
                reason = f"{run.kind} of {run.bot} stands in {earlier.file} already"
                yield Mistake(schedule.file, run.line, run.kind.value, reason)
