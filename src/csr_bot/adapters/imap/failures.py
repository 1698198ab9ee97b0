"""What the exceptions of a broken conversation mean."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from csr_bot.ports import UnavailableError

# RFC 5530 codes for "not now", and what Exchange says of a mailbox that is being moved or asked too much of.
NOT_NOW: Final = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED|OVERQUOTA)\]|not connected|thrott|try again later|too many",
    re.IGNORECASE,
)


@contextmanager
def reported(where: str, doing: str) -> Iterator[None]:
    """Whatever breaks in here is Unavailable: reading a mailbox changes nothing, so it may always be tried again."""
    try:
        yield
    except TimeoutError as exc:
        raise UnavailableError(f"{where}: {doing}: no answer in time") from exc
    except (OSError, imaplib.IMAP4.abort) as exc:
        raise UnavailableError(f"{where}: {doing}: the connection failed: {exc}") from exc
    except imaplib.IMAP4.error as exc:
        raise UnavailableError(f"{where}: {doing}: the server said no: {exc}") from exc
    except ValueError as exc:
        # imaplib and IMAPClient raise it for an answer that is no IMAP.
        raise UnavailableError(f"{where}: {doing}: the answer makes no sense: {exc}") from exc
