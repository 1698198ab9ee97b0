"""The doctor: reaches every outside system once and gathers what each says of itself, with the cure where it ails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from csr_bot.cli.house import require_database
from csr_bot.cli.outcome import WrongSetupError

if TYPE_CHECKING:
    from csr_bot.bot import Bot
    from csr_bot.ports import Health
    from csr_bot.settings import Settings
    from csr_bot.wiring import House


@runtime_checkable
class Examined(Protocol):
    """What can say how it is."""

    def health(self) -> Health: ...


def examine(settings: Settings) -> list[Health]:
    """The state of every outside system of an installation. Raises MistakesError where bots or schedules are wrong."""
    from csr_bot.wiring import House

    house = House(settings, environ=os.environ)
    found = [_examine_database(settings), _examine_broker(settings), _examine_browser(house)]
    for name in sorted(house.workspace.bots):
        found.extend(_examine_bot(house, house.workspace.bots[name]))
    return found


def _examine_database(settings: Settings) -> Health:
    from csr_bot.ports import Health, PortError

    try:
        require_database(settings)
    except WrongSetupError as error:
        return Health("database", ok=False, detail=str(error), cure="Run csr-bot db upgrade.")
    except PortError as error:
        return Health("database", ok=False, detail=str(error), cure="Start the database or correct CSR_DATABASE_URL.")
    return Health("database", ok=True, detail="reached, and its schema is that of this program")


def _examine_broker(settings: Settings) -> Health:
    from csr_bot.ports import Health

    if settings.broker_url.startswith("memory"):
        return Health("broker", ok=True, detail="within one process: only for csr-bot up and csr-bot demo")
    from celery.exceptions import OperationalError

    from csr_bot.tasks import make_app

    try:
        with make_app(settings.broker_url).connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
    except (OperationalError, OSError) as error:
        return Health("broker", ok=False, detail=str(error), cure="Start the broker or correct CSR_BROKER_URL.")
    return Health("broker", ok=True, detail="reached")


def _examine_browser(house: House) -> Health:
    from csr_bot.ports import Health, PortError

    try:
        version = house.browser.version()
        house.browser.close_thread()
    except PortError as error:
        cure = "Install Chromium and its libraries, or name a browser that starts in CSR_BROWSER."
        return Health("browser", ok=False, detail=str(error), cure=cure)
    return Health("browser", ok=True, detail=version)


def _examine_bot(house: House, bot: Bot) -> Iterator[Health]:
    from csr_bot.ports import Health, PortError

    secrets = _examine_secrets(house, bot)
    yield secrets
    yield _examine_ledger(house, bot)
    if not secrets.ok:
        return  # without its passwords nothing of a desk can be reached
    try:
        desk = house.desk(bot.name)
    except PortError as error:
        yield Health(f"bot {bot.name}", ok=False, detail=str(error), cure="Correct the bot's file and what it names.")
        return
    parts = [*(source.mailbox for source in desk.sources), desk.mailer, desk.erp, *desk.portals.values()]
    for part in (*parts, house.mailbox(bot.outgoing.archive)):
        if isinstance(part, Examined):
            yield part.health()


def _examine_secrets(house: House, bot: Bot) -> Health:
    from csr_bot.bot import Portal
    from csr_bot.ports import Health

    logins = [word for word in (*bot.intake, bot.outgoing, bot.outgoing.archive) if not isinstance(word, Portal)]
    words = [word.password for word in (*bot.intake, bot.erp, bot.outgoing, bot.outgoing.archive)]
    words += [secret for one in logins if one.oauth for secret in (one.oauth.client_secret, one.oauth.refresh_token)]
    system = f"secrets of {bot.name}"
    missing = []
    for name in dict.fromkeys(word.name for word in words if word is not None):
        try:
            house.secrets.read(name)
        except LookupError as error:
            missing.append(str(error))
    if missing:
        cure = "Put each into a file of its name; secrets/README shows how."
        return Health(system, ok=False, detail="; ".join(missing), cure=cure)
    return Health(system, ok=True, detail="all found")


def _examine_ledger(house: House, bot: Bot) -> Health:
    from csr_bot.ports import Health

    path = house.settings.workspace / bot.ledger.path
    system = f"ledger of {bot.name}"
    if path.is_file():
        return Health(system, ok=True, detail=f"{path} is there; csr-bot ledger check reads it")
    cure = "Put the workbook there or correct its path in the bot's file."
    return Health(system, ok=False, detail=f"there is no file {path}", cure=cure)
