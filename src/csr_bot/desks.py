"""Loading of ``bots/*.py``: which values the words of ``csr_bot.bot`` take, and what must agree within one desk.

Files are read, never run (``csr_bot.declaration``). Whether hosts answer and secrets exist is for ``csr-bot doctor``,
what bots may not share for ``csr_bot.workspace``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from csr_bot.bot import Bot, Erp, Mailbox, OAuth, Outgoing, Portal, Secret, Workbook
from csr_bot.core.addresses import check_email, check_host, check_port, check_url, is_loopback
from csr_bot.core.document import Mistake, MistakesError
from csr_bot.core.request import Category
from csr_bot.declaration import Declaration, Grammar, Rule, read_declaration

NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
SECRET_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
FIELD_NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
RESERVED: Final = ("all",)
"""Names with a meaning of their own in schedules."""

REQUESTS: Final = tuple(category.value.lower() for category in Category if category is not Category.UNKNOWN)
WORKBOOK_SUFFIXES: Final = (".xlsx", ".xls", ".csv")
TLS_PORTS: Final = (993, 465)
"""Ports on which the server expects TLS from the first byte (RFC 8314, 7.3)."""

LEDGER_FIELDS: Final = frozenset(
    """
    company_code invoice_no doc_type customer_no customer_name invoice_date due_date service_from service_to po_no
    contract_no currency net tax gross paid credited open_amount status sign
    terms delivery_note dunning_level dispute_flag dispute_reason last_payment_date
    """.split()  # noqa: SIM905  # three lines of words instead of twenty
)
"""Our names for the columns of the sheet of invoices: the ones that a bot may give other headers."""


def load_bot(path: Path, *, screens: Collection[str] | None = None, sites: Collection[str] | None = None) -> Bot:
    """The bot that a file declares. Raises MistakesError with everything that is wrong in it.

    Paths in it are relative to the workspace, the folder above the file's. ``screens`` and ``sites`` are the ERPs and
    portals there is code for; None takes any name, for those who find out when they look it up.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MistakesError([Mistake(str(path), 0, "(file)", f"cannot be read: {error}")]) from None
    return read_bot(text, file=str(path), workspace=path.parent.parent, screens=screens, sites=sites).value


def read_bot(
    text: str,
    *,
    file: str,
    workspace: Path,
    screens: Collection[str] | None = None,
    sites: Collection[str] | None = None,
) -> Declaration[Bot]:
    """As ``load_bot``, from a text, with the line of every field."""
    grammar = Grammar(
        module="csr_bot.bot",
        words=(Bot, Erp, Mailbox, OAuth, Outgoing, Portal, Secret, Workbook),
        checks={
            **CHECKS,
            "Bot.policy": lambda path: _check_policy(path, workspace),
            "Erp.screens": _one_of("ERP screens", screens),
            "Portal.site": _one_of("portal site", sites),
        },
        rules=RULES,
    )
    return read_declaration(text, file=file, grammar=grammar, name="bot", word=Bot)


def find_bot_name(text: str) -> str | None:
    """The name in a bot file that may be full of mistakes, so that no "there is no bot" follows in its schedules."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    bots = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == Bot.__name__)
    for keyword in (keyword for call in bots for keyword in call.keywords):
        match keyword:
            case ast.keyword(arg="name", value=ast.Constant(value=str(name))):
                return name
    return None


def _check_name(name: str) -> str | None:
    if name in RESERVED:
        return f"{name!r} has a meaning of its own in schedules"
    return None if NAME.fullmatch(name) else f"{name!r} is not a name; use a-z, 0-9 and single hyphens"


def _check_secret_name(name: str) -> str | None:
    # What a password looks like is not repeated: the message ends up in logs.
    return None if SECRET_NAME.fullmatch(name) else "the name of a secret has a-z, 0-9 and _ only; never its value"


def _check_request(name: str) -> str | None:
    return None if name in REQUESTS else f"there is no category {name!r}; known are {', '.join(REQUESTS)}"


def _check_server_name(name: str) -> str | None:
    return f"{name!r} is not the name of a receiving server" if re.search(r"[\s;\"]", name) else None


def _check_workbook_path(path: str) -> str | None:
    if PurePosixPath(path).suffix.lower() in WORKBOOK_SUFFIXES:
        return None
    return f"{path!r} is not a workbook; it ends with one of {', '.join(WORKBOOK_SUFFIXES)}"


def _check_ledger_field(name: str) -> str | None:
    return (
        None if name in LEDGER_FIELDS else f"the ledger has no field {name!r}; our name comes first, the header second"
    )


def _check_portal_field(name: str) -> str | None:
    return None if FIELD_NAME.fullmatch(name) else f"{name!r} is not the name of a field; use a-z, 0-9 and _"


def _check_policy(path: str, workspace: Path) -> str | None:
    place = PurePosixPath(path)
    if place.is_absolute() or ".." in place.parts:
        return f"{path!r} must be inside the workspace"
    return None if (workspace / place).is_file() else f"there is no file {path!r} in the workspace"


def _one_of(title: str, known: Collection[str] | None) -> Callable[[str], str | None]:
    def check(name: str) -> str | None:
        if known is None or name in known:
            return None
        return f"there is no {title} {name!r}; known are {', '.join(sorted(known)) or 'none'}"

    return check


def _check_security(security: str, host: str) -> str | None:
    if security != "plain" or is_loopback(host):
        return None
    return f"'plain' sends passwords in the clear and is accepted on loopback only, not for {host}"


def _check_tls_port(port: int, security: str) -> str | None:
    if port in TLS_PORTS and security == "starttls":
        return f"port {port} expects TLS from the first byte; with 'starttls' give the port that speaks it (143 or 587)"
    return None


def _check_one_login(password: Secret | None, oauth: OAuth | None) -> str | None:
    if password is not None and oauth is not None:
        return "and oauth exclude each other: a login has one of them"
    return None


def _check_mailbox_login(password: Secret | None, oauth: OAuth | None) -> str | None:
    if password is None and oauth is None:
        return "is missing: a mailbox is opened with a password or with oauth"
    return _check_one_login(password, oauth)


def _check_login(password: Secret | None, user: str | None, oauth: OAuth | None) -> str | None:
    missing = user is not None and password is None and oauth is None
    return "is missing: a user cannot log in without one" if missing else None


def _check_grant(client_secret: Secret | None, refresh_token: Secret | None) -> str | None:
    if client_secret is None and refresh_token is None:
        return "is missing: without a refresh_token the program asks in its own name, which takes a secret"
    return None


def _check_intake(intake: tuple[Mailbox | Portal, ...]) -> str | None:
    return None if intake else "nothing would ever come in; name a Mailbox or a Portal"


def _check_headers(columns: Mapping[str, str]) -> str | None:
    headers = list(columns.values())
    twice = sorted({header for header in headers if headers.count(header) > 1})
    return f"one column cannot be two fields: {', '.join(twice)}" if twice else None


CHECKS: Final[Mapping[str, Callable[..., str | None]]] = {
    "Bot.name": _check_name,
    "Bot.owner": check_email,
    "Bot.requests[]": _check_request,
    "Secret.name": _check_secret_name,
    "Mailbox.address": check_email,
    "Mailbox.host": check_host,
    "Mailbox.port": check_port,
    "Mailbox.trusts[]": _check_server_name,
    "OAuth.token_url": check_url,
    "Outgoing.sender": check_email,
    "Outgoing.host": check_host,
    "Outgoing.port": check_port,
    "Portal.name": _check_name,
    "Portal.url": check_url,
    "Portal.columns{}": _check_portal_field,
    "Workbook.path": _check_workbook_path,
    "Workbook.columns{}": _check_ledger_field,
    "Erp.url": check_url,
}

RULES: Final = (
    Rule(Mailbox, ("security", "host"), _check_security),
    Rule(Mailbox, ("port", "security"), _check_tls_port),
    Rule(Outgoing, ("security", "host"), _check_security),
    Rule(Outgoing, ("port", "security"), _check_tls_port),
    Rule(Outgoing, ("password", "user", "oauth"), _check_login),
    Rule(Outgoing, ("password", "oauth"), _check_one_login),
    Rule(Mailbox, ("password", "oauth"), _check_mailbox_login),
    Rule(OAuth, ("client_secret", "refresh_token"), _check_grant),
    Rule(Bot, ("intake",), _check_intake),
    Rule(Workbook, ("columns",), _check_headers),
    Rule(Portal, ("columns",), _check_headers),
)
