"""The demo world put together: real servers on loopback ports, a workspace that points to them, and people in it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from csr_bot.demo.books import Books, make_books
from csr_bot.demo.erp import DemoErp
from csr_bot.demo.letters import Letter, make_disputes
from csr_bot.demo.mail import AUTHSERV_ID, DemoMail
from csr_bot.demo.portal import DemoPortal
from csr_bot.demo.workbook import write_workbook
from csr_bot.flow.moving import BOT
from csr_bot.ports import Doorbell
from csr_bot.records import Person
from csr_bot.settings import Settings
from csr_bot.wiring import House

BOT_NAME: Final = "billing"
MAILBOX: Final = "billing@sharedservices.example"
ARCHIVE: Final = "sent@sharedservices.example"
OWNER: Final = "ar-team@sharedservices.example"
TODAY: Final = datetime(2025, 11, 24, 13, 12, tzinfo=UTC)
"""Monday morning in New York: when the demo's customers write."""

PEOPLE: Final = (
    Person("anna", "Anna Berg", "anna@sharedservices.example", frozenset({"ar_analyst"}), True),
    Person("luis", "Luis Prado", "luis@sharedservices.example", frozenset({"ar_lead"}), True),
    Person("maya", "Maya Lindt", "maya@sharedservices.example", frozenset({"ar_manager"}), True),
    Person("omar", "Omar Haddad", "omar@sharedservices.example", frozenset({"ar_manager"}), True),
    Person("chen", "Chen Wei", "chen@sharedservices.example", frozenset({"controller"}), True),
    Person("rita", "Rita Moore", "rita@sharedservices.example", frozenset({"finance_director"}), True),
    Person("tom", "Tom Sato", "tom@sharedservices.example", frozenset({"ar_lead"}), True),
)


@dataclass(slots=True)
class DemoWorld:
    """The running world. ``house`` is csr_bot in it; everything else belongs to other people."""

    folder: Path
    books: Books
    mail: DemoMail
    erp: DemoErp
    portal: DemoPortal
    environ: Mapping[str, str]

    @classmethod
    def start(cls, folder: Path, *, at: datetime = TODAY, quiet: timedelta = timedelta(seconds=5)) -> Self:
        """Start every server, write the workspace below ``folder``, prepare the log. The clock there shows ``at``."""
        folder.mkdir(parents=True, exist_ok=True)
        offset = at - datetime.now(UTC)
        books = make_books(as_of=at.date())
        addresses = {MAILBOX, ARCHIVE, OWNER, *(contact.email for contact in books.contacts)}
        accounts = {address: secrets.token_urlsafe(12) for address in addresses}
        domains = {domain for customer in books.customers for domain in customer.email_domains}

        def now() -> datetime:
            return datetime.now(UTC) + offset

        mail = DemoMail(accounts, authenticated_domains=domains, clock=now).start()
        erp = DemoErp(folder / "erp", books, clock=now).start()
        portal = DemoPortal(folder / "portal", make_disputes(books), clock=now).start()
        environ = {
            "CSR_WORKSPACE": str(folder),
            "CSR_CLOCK_OFFSET_SECONDS": f"{offset.total_seconds():.0f}",
            "CSR_QUIET_SECONDS": f"{quiet.total_seconds():.0f}",
            "CSR_LEASE_SECONDS": "60",
        }
        world = cls(folder, books, mail, erp, portal, environ)
        world._write_workspace(accounts, now())
        world._prepare_log()
        return world

    def stop(self) -> None:
        """Stop every server. The folder stays."""
        self.portal.stop()
        self.erp.stop()
        self.mail.stop()

    def settings(self, **changes: str) -> Settings:
        """Settings of a csr_bot process in this world; ``changes`` are environment variables by name."""
        return Settings.from_env({**os.environ, **self.environ, **changes})

    def house(self, *, doorbell: Doorbell | None = None, **changes: str) -> House:
        """csr_bot in this world."""
        return House(self.settings(**changes), environ=os.environ, doorbell=doorbell)

    def deliver(self, letters: Iterable[Letter]) -> int:
        """Deliver letters to the bot's mailbox; returns how many."""
        count = 0
        for letter in letters:
            self.mail.deliver(letter.raw, sender=letter.envelope_from, recipient=MAILBOX)
            count += 1
        return count

    def _write_workspace(self, accounts: Mapping[str, str], now: datetime) -> None:
        for name in ("bots", "schedules", "policies", "ledgers", "secrets"):
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "secrets").chmod(0o700)
        values = {
            "demo_imap": accounts[MAILBOX],
            "demo_archive": accounts[ARCHIVE],
            "demo_smtp": accounts[MAILBOX],
            "demo_erp": self.erp.password,
            "demo_portal": self.portal.password,
        }
        for name, value in values.items():
            (self.folder / "secrets" / name).write_text(value, encoding="utf-8")
        policy = files("csr_bot").joinpath("cli", "templates", "policies", "standard.yaml").read_bytes()
        (self.folder / "policies" / "standard.yaml").write_bytes(policy)
        (self.folder / "bots" / f"{BOT_NAME}.py").write_text(self._bot_text(), encoding="utf-8")
        (self.folder / "schedules" / f"{BOT_NAME}.yaml").write_text(_SCHEDULE, encoding="utf-8")
        settings = "".join(f"{name}={value}\n" for name, value in self.environ.items() if name != "CSR_WORKSPACE")
        (self.folder / ".env").write_text(settings, encoding="utf-8")
        generated_at = now.replace(microsecond=0) - timedelta(hours=3)
        write_workbook(self.books, self.folder / "ledgers" / "open-items.xlsx", generated_at=generated_at)

    def _bot_text(self) -> str:
        return _BOT.format(
            name=BOT_NAME,
            owner=OWNER,
            mailbox=MAILBOX,
            archive=ARCHIVE,
            authserv=AUTHSERV_ID,
            imap_port=self.mail.imap_port,
            smtp_port=self.mail.smtp_port,
            erp_url=self.erp.url,
            erp_user=self.erp.user,
            portal_url=self.portal.url,
            portal_user=self.portal.user,
        )

    def _prepare_log(self) -> None:
        house = self.house()
        house.upgrade_database()
        now = house.clock.now()
        with house.log.begin() as records:
            for person in PEOPLE:
                records.house.put_person(person)
                records.events.add("person.added", actor=BOT, entity="person", entity_id=person.login, at=now)


_BOT: Final = '''"""The demo's billing desk: everything it needs runs on this computer."""

from csr_bot.bot import Bot, Erp, Mailbox, Outgoing, Portal, Secret, Workbook

bot = Bot(
    name="{name}",
    owner="{owner}",
    requests=("invoice_copy", "billing_dispute", "payment_status"),
    intake=(
        Mailbox(
            "{mailbox}",
            host="127.0.0.1",
            port={imap_port},
            security="plain",
            password=Secret("demo_imap"),
            trusts=("{authserv}",),
        ),
        Portal(
            name="fabrikam",
            url="{portal_url}",
            site="demo",
            customer_no="C-1002",
            user="{portal_user}",
            password=Secret("demo_portal"),
        ),
    ),
    ledger=Workbook("ledgers/open-items.xlsx"),
    erp=Erp(url="{erp_url}", screens="demo", user="{erp_user}", password=Secret("demo_erp")),
    outgoing=Outgoing(
        sender="{mailbox}",
        host="127.0.0.1",
        port={smtp_port},
        security="plain",
        user="{mailbox}",
        password=Secret("demo_smtp"),
        archive=Mailbox(
            "{archive}",
            host="127.0.0.1",
            port={imap_port},
            security="plain",
            password=Secret("demo_archive"),
        ),
    ),
    policy="policies/standard.yaml",
    mode="live",
)
'''

_SCHEDULE: Final = """timezone: America/New_York

runs:
  - poll: billing
    every: 10 seconds
  - import: billing/ledger
    at: 05:30
  - report: billing
    at: 18:00
    to: ar-team@sharedservices.example
"""
