"""Mails for tests, written by hand."""

from __future__ import annotations

from csr_bot.core.message import ParsedMessage
from csr_bot.core.parsing.mail import parse_message


def make_mail(body: str = "Hello", *, sender: str = "Dana Ortiz <dana@fabrikam.example>", **headers: str) -> bytes:
    """A plain mail; keywords are further headers, with underscores for hyphens."""
    lines = [f"From: {sender}", "To: billing@shared.example", "Message-ID: <1@fabrikam.example>"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, "", body.replace("\n", "\r\n")])).encode()


def parse(body: str = "Hello", **headers: str) -> ParsedMessage:
    return parse_message(make_mail(body, **headers))


def make_multipart(kind: str, *parts: str) -> bytes:
    """A mail of parts, each written with its own headers."""
    inner = "".join(f"--sep\n{part}\n" for part in parts)
    return make_mail(f"{inner}--sep--\n", Content_Type=f'multipart/{kind}; boundary="sep"', MIME_Version="1.0")
