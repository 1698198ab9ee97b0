"""One mail to what the flow gets of it: parsed, its attachments read, its requests classified. Never raises.

It is the same work in a child process and in one's own.
"""

from __future__ import annotations

from csr_bot.adapters.reader.attachments import read_contents
from csr_bot.core.classification import read_requests
from csr_bot.core.parsing.mail import parse_message
from csr_bot.model import load_model
from csr_bot.ports import UNREADABLE, MailReading, unread_mail


def read_mail(raw: bytes, *, trusts: frozenset[str]) -> MailReading:
    """The reading of a mail; quarantined, with the reason, where it breaks the rules in any way."""
    try:
        parsed = read_contents(parse_message(raw, trusted_servers=trusts))
        requests = (UNREADABLE,) if parsed.quarantined is not None else read_requests(parsed, model=load_model())
    except MemoryError:
        raise  # a limit of the process, for its keeper to speak of
    except Exception as error:  # noqa: BLE001  # whatever a mail breaks, it is kept for a person and the rest goes on
        return unread_mail(raw, f"UNREADABLE: {type(error).__name__}: {error}"[:500])
    return MailReading(parsed, requests)
