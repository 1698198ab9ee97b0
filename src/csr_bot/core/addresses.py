"""The form of names that lead to other systems: hosts, URLs, e-mail addresses. Nothing is looked up or connected to.

Each ``check_`` returns what is wrong, in words for the person who wrote it, or None.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
PORT_MAX: Final = 65535


def check_host(host: str) -> str | None:
    """A host name (RFC 1123, 2.1) or an IP address without brackets."""
    labels = host.split(".")
    # What ends in a number is an address or nothing: no top-level domain is all digits (RFC 3696, 2).
    if ":" in host or labels[-1].isdigit():
        return None if _is_address(host) else f"{host!r} is not an IP address"
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        return f"{host!r} is not a host name"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host can only be this machine: what is sent there in the clear stays on it."""
    return host.lower() == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def check_email(address: str) -> str | None:
    """An e-mail address as a mailbox has it (RFC 5321, 4.1.2), without a display name, quotes or comments."""
    local, at, domain = address.rpartition("@")
    if not at or len(local) > 64 or not LOCAL_PART.fullmatch(local) or check_host(domain) or _is_address(domain):
        return f"{address!r} is not an e-mail address"
    return None


def check_url(url: str) -> str | None:
    """An https URL without user or password; plain http is accepted on loopback only."""
    try:
        parts = urlsplit(url)
        host, port_is_good = parts.hostname or "", parts.port != 0
    except ValueError as error:
        return f"not a URL: {error}"
    odd = parts.scheme not in ("http", "https") or any(sign.isspace() for sign in url)
    findings = (
        ("@" in parts.netloc, "user and password do not belong into a URL; name a Secret"),
        (odd, f"{url!r} is not a URL; write it like https://erp.example.com"),
        (check_host(host) is not None or not port_is_good, f"{url!r} does not name a host to connect to"),
        (bool(parts.query or parts.fragment), "a URL ends with its path here; leave out what follows ? or #"),
        (parts.scheme == "http" and not is_loopback(host), "http sends passwords in the clear; write https"),
    )
    return next((reason for wrong, reason in findings if wrong), None)


def check_port(port: int) -> str | None:
    """A TCP port that can be connected to."""
    return None if 1 <= port <= PORT_MAX else f"a port is a number from 1 to {PORT_MAX}, not {port}"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
