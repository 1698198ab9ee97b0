"""Wiring: settings and bots to ports. The only place that knows which adapters there are, and that imports them."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Final, Protocol

from csr_bot.answers import FOLDER, read_answers
from csr_bot.bot import Bot, Mailbox, OAuth, Portal, Secret
from csr_bot.core.document import Mistake, MistakesError
from csr_bot.core.policy import read_policy
from csr_bot.core.replies import Answers
from csr_bot.flow.desk import Desk, PolicyText, Source
from csr_bot.flow.running import Workshop
from csr_bot.flow.scheduling import Scheduler
from csr_bot.ports import AccessTokens, Doorbell, LedgerReading, RefusedError, Table
from csr_bot.settings import Settings
from csr_bot.workspace import Workspace, load_workspace

if TYPE_CHECKING:
    from csr_bot.adapters.erp.browser import WarmChromium
    from csr_bot.adapters.imap import ImapMailbox
    from csr_bot.adapters.portals.demo import DemoPortalSite
    from csr_bot.adapters.reader import WarmMailReader
    from csr_bot.adapters.sql.log import SqlCaseLog

SCREENS: Final = ("demo",)
SITES: Final = ("demo",)


@dataclass(frozen=True, slots=True)
class OffsetClock:
    """The computer's clock, moved by a fixed time: zero, but for rehearsals on another day."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC) + self.offset


@dataclass(frozen=True, slots=True)
class FolderSecrets:
    """Secrets as files named after them, or as variables ``CSR_SECRET_NAME`` where there is no file."""

    folder: Path
    environ: Mapping[str, str] = field(repr=False)

    def read(self, name: str) -> str:
        """The secret's value. LookupError names both places that were looked at."""
        path = self.folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8").strip()
        variable = f"CSR_SECRET_{name.upper()}"
        if variable in self.environ:
            return self.environ[variable]
        raise LookupError(f"the secret {name!r} is neither in {path} nor in {variable}")


class Watch(Protocol):
    """Waits for a server's word on new mail until it is stopped."""

    def __call__(self, on_news: Callable[[], bool], *, stop: Event, on_trouble: Callable[[str], None]) -> None: ...


class SilentDoorbell:
    """Rings nobody: for a process that works its tasks off itself."""

    def ring(self, tasks: Mapping[str, Sequence[str]]) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class WorkbookLedger:
    """The desk's receivables workbook."""

    path: Path
    columns: Mapping[str, str]

    def open(self) -> LedgerReading:
        """The file as it is now."""
        from csr_bot.adapters.tables import open_ledger, probe_file

        probe_file(self.path)
        return open_ledger(self.path, columns=self.columns)


def read_portal_table(content: bytes, *, file_name: str, columns: Mapping[str, str]) -> Table:
    """An export of a portal; a workbook is tried in a child first."""
    from csr_bot.adapters.tables import probe_content, read_table

    probe_content(content, file_name=file_name)
    return read_table(content, file_name=file_name, columns=columns)


class House:
    """Everything that a process of csr_bot works with, made when it is first needed."""

    def __init__(self, settings: Settings, *, environ: Mapping[str, str], doorbell: Doorbell | None = None) -> None:
        self.settings = settings
        self.clock = OffsetClock(settings.clock_offset)
        self.secrets = FolderSecrets(settings.secrets_dir, environ)
        self.doorbell: Doorbell = doorbell or SilentDoorbell()
        self._desks: dict[str, Desk] = {}
        self._tokens: dict[OAuth, AccessTokens] = {}
        self._lock = Lock()

    @property
    def owner(self) -> str:
        """The name of the process among all others: asked for anew, because a pool forks its children later."""
        return f"{socket.gethostname()}-{os.getpid()}"

    @cached_property
    def log(self) -> SqlCaseLog:
        """The SQL log."""
        from csr_bot.adapters.sql.engine import open_engine
        from csr_bot.adapters.sql.log import SqlCaseLog

        locks = self.settings.workspace / "var" / "locks"
        return SqlCaseLog(open_engine(self.settings.database_url), doorbell=self.doorbell, lock_folder=locks)

    @property
    def anchors_file(self) -> Path:
        """Where the audit chain is anchored outside its database."""
        return self.settings.workspace / "anchors" / "chain.jsonl"

    def upgrade_database(self) -> None:
        """Bring the database to the version of this program."""
        from csr_bot.adapters.sql.schema import upgrade

        upgrade(self.log.engine)

    @cached_property
    def workspace(self) -> Workspace:
        """Bots and schedules. Raises MistakesError."""
        return load_workspace(self.settings.workspace, screens=SCREENS, sites=SITES)

    @cached_property
    def policies(self) -> Mapping[str, PolicyText]:
        """The policies of the bots, by file. Raises MistakesError with the mistakes of all, or RefusedError."""
        found: dict[str, PolicyText] = {}
        mistakes: list[Mistake] = []
        for name in sorted({bot.policy for bot in self.workspace.bots.values()}):
            try:
                found[name] = read_rules(self.settings.workspace / name, name=name)
            except MistakesError as error:
                mistakes += error.mistakes
        if mistakes:
            raise MistakesError(mistakes)
        return found

    @cached_property
    def answers(self) -> Answers:
        """The texts of answers. Raises MistakesError."""
        return read_answers(self.settings.workspace / FOLDER)

    @cached_property
    def reader(self) -> WarmMailReader:
        """The processes in which mails are read, started with the first mail."""
        from csr_bot.adapters.reader import WarmMailReader

        return WarmMailReader()

    @cached_property
    def browser(self) -> WarmChromium:
        """The browsers of this process, one for each thread that uses one."""
        from csr_bot.adapters.erp.browser import WarmChromium

        wanted = str(self.settings.browser) if self.settings.browser else None
        cache = self.settings.workspace / "var" / "browser"
        return WarmChromium(executable=wanted, cache=cache)

    def desk(self, name: str) -> Desk:
        """The desk of a bot; KeyError for an unknown one."""
        with self._lock:
            if name not in self._desks:
                self._desks[name] = self._open_desk(self.workspace.bots[name])
            return self._desks[name]

    def workshop(self) -> Workshop:
        """What a worker needs."""
        return Workshop(self.log, self.clock, self.desk, self.settings.lease, self.owner)

    def scheduler(self) -> Scheduler:
        """What a scheduler needs."""
        bots = self.workspace.bots.values()
        portals = frozenset(bot.name for bot in bots if any(isinstance(word, Portal) for word in bot.intake))
        return Scheduler(self.log, self.clock, self.doorbell, self.owner, self.clock.now(), portals)

    def watches(self) -> Sequence[tuple[str, Watch]]:
        """Bot and how to wait for news, of each mailbox that is to be watched."""
        return [
            (bot.name, partial(self._watch, word))
            for bot in self.workspace.bots.values()
            for word in bot.intake
            if isinstance(word, Mailbox) and word.idle
        ]

    def _watch(
        self,
        word: Mailbox,
        on_news: Callable[[], bool],
        *,
        stop: Event,
        on_trouble: Callable[[str], None],
    ) -> None:
        from csr_bot.adapters.imap.idling import watch

        watch(self.mailbox(word), on_news, stop=stop, on_trouble=on_trouble)

    def _open_desk(self, bot: Bot) -> Desk:
        from csr_bot.adapters.erp.screens.demo import DemoErpScreens
        from csr_bot.adapters.smtp import SmtpMailer

        outgoing = bot.outgoing
        archive = self.mailbox(outgoing.archive)
        return Desk(
            bot=bot,
            rules=self.policies[bot.policy],
            answers=self.answers,
            log=self.log,
            clock=self.clock,
            sources=[
                Source(self.mailbox(word), frozenset(word.trusts)) for word in bot.intake if isinstance(word, Mailbox)
            ],
            reader=self.reader,
            portals=self._open_portals(bot),
            read_table=read_portal_table,
            mailer=SmtpMailer(
                outgoing,
                login=self._login(outgoing.password, outgoing.oauth) or None,
                archive=archive,
            ),
            erp=DemoErpScreens(
                browser=self.browser,
                url=bot.erp.url,
                user=bot.erp.user,
                password=self._secret(bot.erp.password.name),
                clock=self.clock,
            ),
            ledger=WorkbookLedger(self.settings.workspace / bot.ledger.path, bot.ledger.columns),
            quiet=self.settings.quiet,
        )

    def mailbox(self, word: Mailbox) -> ImapMailbox:
        """A mailbox of a bot file, with its secrets."""
        from csr_bot.adapters.imap import ImapMailbox

        return ImapMailbox(word, login=self._login(word.password, word.oauth))

    def _login(self, password: Secret | None, oauth: OAuth | None) -> str | AccessTokens:
        """The password, or the tokens of a client: one source of them for all mailboxes that it opens."""
        if oauth is None:
            return self._secret(password.name) if password else ""
        from csr_bot.adapters.oauth import OAuthTokens

        if oauth not in self._tokens:
            client_secret, refresh_token = (
                self._secret(word.name) if word else None for word in (oauth.client_secret, oauth.refresh_token)
            )
            self._tokens[oauth] = OAuthTokens(oauth, client_secret=client_secret, refresh_token=refresh_token)
        return self._tokens[oauth]

    def _open_portals(self, bot: Bot) -> dict[str, DemoPortalSite]:
        from csr_bot.adapters.portals.demo import DemoPortalSite

        return {
            word.name: DemoPortalSite(
                key=word.name,
                browser=self.browser,
                url=word.url,
                user=word.user,
                password=self._secret(word.password.name),
                clock=self.clock,
            )
            for word in bot.intake
            if isinstance(word, Portal)
        }

    def _secret(self, name: str) -> str:
        try:
            return self.secrets.read(name)
        except LookupError as error:
            raise RefusedError(str(error)) from None


def read_rules(path: Path, *, name: str) -> PolicyText:
    """A policy file with its text and digest. Raises MistakesError, or RefusedError if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"{name}: {error}") from None
    return PolicyText(read_policy(text, file=name), text, hashlib.sha256(text.encode()).hexdigest())
