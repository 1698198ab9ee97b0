"""Who is measured, and how one of them is run once: a fresh mailbox, a fresh store, one process."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from tests.services.dovecot import DovecotServer

from benchmarks.intake.mailboxes import Account, filled_mailbox
from benchmarks.intake.peer import Peer
from benchmarks.intake.processes import Command, Usage, python_command, run_measured, run_plainly
from benchmarks.intake.proxy import counting_proxy
from benchmarks.intake.runners import Held

CSR_BOT = "csr_bot"
CSR_BOT_CELERY = "csr_bot through Celery"
BARE_LOOP = "bare loop"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one contender on ``size`` mails with ``stored`` cases there before.

    ``seconds`` and ``commits`` are what the program counted inside its intake, None for the peer. ``fetches``,
    ``body_fetches`` (those reading mail text) and ``stores`` were seen on the wire, and are None for runs without the
    counting proxy.
    """

    contender: str
    size: int
    stored: int
    usage: Usage
    seconds: float | None = None
    commits: int | None = None
    fetches: int | None = None
    body_fetches: int | None = None
    stores: int | None = None


class IncompleteRunError(Exception):
    """A run ended well but did not take in every mail: its time says nothing."""


class Contender(Protocol):
    """Something that can take in a mailbox."""

    @property
    def name(self) -> str: ...

    def prepare(self, folder: Path, account: Account, *, stored: int) -> Command:
        """A fresh store in ``folder`` with ``stored`` cases, and the command that takes in the account's mailbox."""
        ...


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner module of this package. ``templates`` keeps prepared stores, because filling one takes long."""

    name: str
    module: str
    templates: Path
    broker: str

    def prepare(self, folder: Path, account: Account, *, stored: int) -> Command:
        """Copy the prepared store. Raises CommandError where the module cannot prepare one."""
        template = self.templates / f"{self.module}-{stored}"
        if not template.exists():
            template.mkdir(parents=True)
            run_plainly(python_command(self.module, "--database", _url(template), "--prefill", str(stored)))
        shutil.copytree(template, folder, dirs_exist_ok=True)
        return self.command(folder, account)

    def command(self, folder: Path, account: Account) -> Command:
        """Take in the account's mailbox into the store that is in ``folder``."""
        where = [
            "--host",
            account.host,
            "--port",
            str(account.port),
            "--user",
            account.user,
            "--password",
            account.password,
        ]
        return python_command(self.module, *where, "--database", _url(folder), "--broker", self.broker)

    def count(self, folder: Path) -> Held:
        """What the store in ``folder`` holds."""
        return Held(**json.loads(run_plainly(python_command(self.module, "--database", _url(folder), "--count"))))


@dataclass(frozen=True, slots=True)
class Ground:
    """Where runs take place: the mail server, the mails in order, and a scratch folder."""

    server: DovecotServer
    mails: Sequence[Path]
    scratch: Path


def run_once(ground: Ground, contender: Contender, *, size: int, stored: int = 0, sample: bool = False) -> Run:
    """Run on a mailbox of the first ``size`` mails. Raises IncompleteRunError, CommandError."""
    with scratch_folder(ground) as folder, filled_mailbox(ground.server, ground.mails[:size]) as account:
        command = contender.prepare(folder, account, stored=stored)
        usage, output = run_measured(command, folder, sample=sample)
        return _run_from(contender, folder, output, usage=usage, size=size, stored=stored)


def count_once(ground: Ground, contender: Contender, *, size: int) -> Run:
    """The same with the counting proxy between: for its counts, not for its time."""
    with (
        scratch_folder(ground) as folder,
        filled_mailbox(ground.server, ground.mails[:size]) as account,
        counting_proxy(account.port) as seen,
    ):
        command = contender.prepare(folder, replace(account, port=seen.port), stored=0)
        usage, output = run_measured(command, folder)
        run = _run_from(contender, folder, output, usage=usage, size=size, stored=0)
        return replace(
            run, fetches=seen.commands["FETCH"], body_fetches=seen.body_fetches, stores=seen.commands["STORE"]
        )


def _run_from(contender: Contender, folder: Path, output: str, *, usage: Usage, size: int, stored: int) -> Run:
    if isinstance(contender, Peer):
        mails, seconds, commits = contender.count_mails(folder), None, None
    else:
        said = json.loads(output.splitlines()[-1])
        mails, seconds, commits = said["mails"], said["seconds"], said["commits"]
    if mails != size:
        raise IncompleteRunError(f"{contender.name} took in {mails} of {size} mails:\n{output[-2000:]}")
    return Run(contender.name, size, stored, usage, seconds=seconds, commits=commits)


@contextmanager
def scratch_folder(ground: Ground) -> Iterator[Path]:
    """A folder for one run, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=ground.scratch) as name:
        yield Path(name)


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'store.sqlite3'}"
