"""What the trusted receiving server says about a sender: Authentication-Results, read strictly (RFC 8601).

Only the topmost run of these headers counts, and in it only those of a named server: a sender can write such a header
too, but not above the ones that the receiver adds. Trusting a server is configuration; by default nobody is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from csr_bot.core.message import Authentication
from csr_bot.core.parsing.mime import Headers

_NAME: Final = "authentication-results"
# Headers of the author: whatever stands at or below them did not come from the receiver.
_AUTHOR: Final = frozenset(
    {"from", "to", "subject", "date", "message-id", "dkim-signature", "mime-version", "content-type"}
)
# Headers that filters put between two results of one server.
_BETWEEN: Final = frozenset(
    {"received-spf", "arc-authentication-results", "x-spam-status", "x-spam-level", "x-spam-flag"}
)
_MAX_VALUE: Final = 4_000
_COMMENT: Final = re.compile(r"\([^()]*\)")
_RESULT: Final = re.compile(r"\s*(dmarc|spf|dkim)\s*=\s*([a-z]+)\b(.*)", re.DOTALL)
_PROPERTY: Final = re.compile(r"\b(header\.from|header\.d|header\.i|smtp\.mailfrom|smtp\.helo)\s*=\s*\"?([^\s;\"]+)")
_DOMAIN_PROPERTY: Final = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}


def read_authentication(
    headers: Headers, *, sender_domain: str | None, trusted_servers: Collection[str]
) -> Authentication:
    """The results for the domain in From; a result for any other domain is no result."""
    if not trusted_servers or not sender_domain:
        return Authentication()
    found: dict[str, str] = {}
    for value in _topmost_run(headers):
        server, _, rest = value[:_MAX_VALUE].partition(";")
        # Letter for letter, and no comment beside it: the name is configuration, not prose. A version 1 may follow.
        if server.strip().removesuffix(" 1") not in trusted_servers:
            continue
        for piece in _without_comments(rest).split(";"):
            result = _RESULT.match(piece)
            if result and _is_about(sender_domain, method=result[1], properties=result[3]):
                # The topmost header is the latest; a lower one never overrules it.
                found.setdefault(result[1], result[2])
    return Authentication(dmarc=found.get("dmarc"), spf=found.get("spf"), dkim=found.get("dkim"))


def _topmost_run(headers: Headers) -> list[str]:
    run: list[str] = []
    for name, value in headers:
        if name == _NAME:
            run.append(value)
        elif name in _AUTHOR or (run and name not in _BETWEEN):
            break
    return run


def _without_comments(value: str) -> str:
    for _ in range(5 if "(" in value else 0):
        shorter = _COMMENT.sub(" ", value)
        if shorter == value:
            break
        value = shorter
    return value


def _is_about(sender_domain: str, *, method: str, properties: str) -> bool:
    for name, value in _PROPERTY.findall(properties):
        if name in _DOMAIN_PROPERTY[method]:
            return _is_own_or_parent(value.rpartition("@")[2].lower().rstrip("."), sender_domain)
    return False


def _is_own_or_parent(domain: str, sender_domain: str) -> bool:
    if domain == sender_domain:
        return True
    labels = domain.split(".")
    # Without the public suffix list: "co.uk" and its like are nobody's organisation.
    registry = len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and len(labels[0]) <= 3)
    return not registry and sender_domain.endswith("." + domain)
