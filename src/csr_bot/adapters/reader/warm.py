"""Mails read in a warm child process: what no mail can do is harm the process that asks.

A mail that takes too long, too much memory or the child's life is quarantined with the reason, and the next is read on.
What a mail that took over its child could still do is lie about itself and the mails behind it in that child: a reading
is checked for its form only. Decisions rest on the ledger and the ERP, never on what a mail says alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final, Self

from csr_bot.ports import MailReading, UnavailableError, unread_mail
from csr_bot.sandbox import Codec, Failure, FailureCode, Limits, Sandbox, SandboxError, make_codec

LIMITS: Final = Limits(memory=512 * 1024 * 1024, seconds=8.0, answer=8 * 1024 * 1024, items=50_000)
TARGET: Final = "csr_bot.adapters.reader.child:start"

_WORDS: Final = {
    FailureCode.LIMIT_TIME: "LIMIT_TIME: reading the mail took too long",
    FailureCode.LIMIT_MEMORY: "LIMIT_MEMORY: reading the mail needs too much memory",
    FailureCode.LIMIT_ANSWER: "LIMIT_ANSWER: the mail says more than is kept of any mail",
    FailureCode.DIED: "READER_DIED: reading the mail ended its reader",
    FailureCode.FAILED: "UNREADABLE: its reader failed",
}


class WarmMailReader:
    """A `ports.MailReader` whose work is done in children under limits; one for each thread that reads at a time."""

    def __init__(self, *, limits: Limits = LIMITS, target: str = TARGET) -> None:
        self._sandbox = Sandbox(target, limits=limits)
        self._codec: Codec[MailReading] = make_codec(MailReading)

    def read(self, mails: Sequence[bytes], *, trusts: frozenset[str]) -> Iterator[MailReading]:
        """One reading for each mail, in order; mails are sent ahead while readings are taken.

        Raises UnavailableError where no child can be started.
        """
        outcomes = self._sandbox.run(mails, head=json.dumps(sorted(trusts)).encode())
        try:
            for raw, outcome in zip(mails, outcomes, strict=True):
                yield self._reading(raw, outcome)
        except SandboxError as error:
            raise UnavailableError(f"mail cannot be read here: {error}") from error

    def warm_up(self) -> None:
        """Start a child now rather than with the first mail."""
        self._sandbox.warm_up()

    def close(self) -> None:
        """End the children."""
        self._sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _reading(self, raw: bytes, outcome: bytes | Failure) -> MailReading:
        if isinstance(outcome, Failure):
            # After FAILED the words are the child's, and a mail may have chosen them.
            detail = "" if outcome.code is FailureCode.FAILED else f" ({outcome.detail})"
            return unread_mail(raw, _WORDS[outcome.code] + detail)
        try:
            return self._codec.decode(outcome)
        except ValueError:
            return unread_mail(raw, "READER_DIED: the reader's answer is no reading")
