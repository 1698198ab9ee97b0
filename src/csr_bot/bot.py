"""The words of ``bots/*.py``: a desk is declared with these frozen values and does nothing by itself.

Paths are relative to the workspace, secrets are names, never values. Reading and checking a bot file is ``load_bot``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Security = Literal["tls", "starttls", "plain"]
"""How a connection is protected. ``plain`` is accepted on loopback addresses only."""


@dataclass(frozen=True, slots=True)
class Secret:
    """The name of a password or token, looked up when it is needed."""

    name: str


@dataclass(frozen=True, slots=True)
class OAuth:
    """Where tokens come from that log in instead of a password (RFC 6749).

    With a ``refresh_token`` a person has agreed once (Google); without one the program asks in its own name, which
    takes a ``client_secret`` (Microsoft 365).
    """

    token_url: str
    client_id: str
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox that is read over IMAP, with a password or with ``oauth``.

    ``trusts`` names the receiving servers (authserv-id, RFC 8601) whose Authentication-Results are believed; with none,
    every sender stays unauthenticated. ``idle`` lets the server announce new mail (RFC 2177), so that a poll that is
    due soon comes at once.
    """

    address: str
    host: str
    password: Secret | None = None
    port: int = 993
    security: Security = "tls"
    user: str | None = None
    folder: str = "INBOX"
    trusts: tuple[str, ...] = ()
    oauth: OAuth | None = None
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How answers leave: SMTP, with a blind copy to an archive mailbox that proves what was sent."""

    sender: str
    host: str
    archive: Mailbox
    port: int = 465
    security: Security = "tls"
    user: str | None = None
    password: Secret | None = None
    oauth: OAuth | None = None


@dataclass(frozen=True, slots=True)
class Portal:
    """A customer's portal; ``site`` names the file in ``adapters/portals`` that knows its pages."""

    name: str
    url: str
    site: str
    customer_no: str
    user: str
    password: Secret
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workbook:
    """The receivables workbook. ``columns`` maps our field names to its headers where these are not known ones."""

    path: str
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Erp:
    """An ERP driven through its pages; ``screens`` names the file in ``adapters/erp/screens`` that knows them."""

    url: str
    screens: str
    user: str
    password: Secret


@dataclass(frozen=True, slots=True)
class Bot:
    """A desk: what it takes in, where its evidence is, and the policy it decides under.

    ``requests`` are the categories (lower case) that it may resolve; everything else goes to a person. In ``shadow``
    mode it decides and records but touches nothing.
    """

    name: str
    owner: str
    requests: tuple[str, ...]
    intake: tuple[Mailbox | Portal, ...]
    ledger: Workbook
    erp: Erp
    outgoing: Outgoing
    policy: str
    mode: Literal["shadow", "live"] = "shadow"
