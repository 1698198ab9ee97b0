"""A desk at work: a bot's declaration together with the ports that it works through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from csr_bot.bot import Bot
from csr_bot.caselog import CaseLog, Records
from csr_bot.core.policy import Policy
from csr_bot.core.replies import Answers
from csr_bot.core.request import Category
from csr_bot.erpport import Erp
from csr_bot.ports import Clock, Ledger, Mailbox, Mailer, MailReader, Portal, TableReader


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy with the exact text that it was read from."""

    policy: Policy
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """A mailbox with the receiving servers whose word on senders is believed."""

    mailbox: Mailbox
    trusts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the steps of a case need. ``quiet`` is how long absence must last before it is believed."""

    bot: Bot
    rules: PolicyText
    answers: Answers
    log: CaseLog
    clock: Clock
    sources: Sequence[Source]
    reader: MailReader
    portals: Mapping[str, Portal]
    read_table: TableReader
    mailer: Mailer
    erp: Erp
    ledger: Ledger
    quiet: timedelta

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.rules.policy

    @property
    def categories(self) -> frozenset[Category]:
        """What this desk may resolve."""
        return frozenset(Category(name.upper()) for name in self.bot.requests)


def stopped(records: Records, bot: str, category: Category) -> str | None:
    """Why the kill switch holds back effects of this bot and category; None while it is off."""
    stops = records.house.stops()
    return next((stops[scope] for scope in ("*", bot, category.value) if scope in stops), None)
