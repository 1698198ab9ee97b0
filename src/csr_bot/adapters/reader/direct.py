"""Mails read in the process itself: for tests of rules and for one's own letters, never for mail from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from csr_bot.adapters.reader.reading import read_mail
from csr_bot.ports import MailReading


class DirectMailReader:
    """A `ports.MailReader` without walls."""

    def read(self, mails: Sequence[bytes], *, trusts: frozenset[str]) -> Iterator[MailReading]:
        """One reading for each mail, in order."""
        for raw in mails:
            yield read_mail(raw, trusts=trusts)
