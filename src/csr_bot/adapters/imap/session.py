"""An open folder: which mails there are, their bytes, and a mark for people. Reading changes no flag.

Speed comes from batches (one FETCH and one STORE for a whole list), safety from fetching in pieces up to a bound, so
that no mail takes the worker's memory, whatever size the server states.
"""

from __future__ import annotations

import imaplib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from imapclient import IMAPClient

from csr_bot.adapters.imap.failures import NOT_NOW, reported
from csr_bot.ports import Fetched, FetchedMail, MailboxStatus

FIRST_PIECE = 512 * 1024
"""Bytes of each mail that come with the one round trip for the whole list."""
NEXT_PIECE = 4 * 1024 * 1024
"""Bytes asked for at a time of a mail that is larger than that."""
LARGEST_MAIL = 40 * 1024 * 1024
"""A larger mail is reported with its size, without its bytes."""
SEARCH_WINDOW = 80_000
"""UIDs in one answer to SEARCH: imaplib reads at most 1,000,000 bytes a line and a UID takes up to 11."""

_FIRST_ITEMS = ("RFC822.SIZE", "INTERNALDATE", f"BODY.PEEK[]<0.{FIRST_PIECE}>")
_SEEN = b"\\Seen"
_KEYWORD = b"$CsrBot"


class ImapSession:
    """An open folder. After an error the session is of no further use; open another."""

    def __init__(self, client: IMAPClient, selected: Mapping[bytes, Any], *, where: str) -> None:
        self.status = MailboxStatus(uidvalidity=selected[b"UIDVALIDITY"], uidnext=selected[b"UIDNEXT"])
        self._client = client
        self._where = where
        self._holds = int(selected.get(b"EXISTS", 0))
        allowed = selected.get(b"PERMANENTFLAGS", ())
        self._marks = [
            flag for flag in (_SEEN, _KEYWORD) if flag in allowed or (flag == _KEYWORD and b"\\*" in allowed)
        ]

    def uids(self, *, low: int) -> Sequence[int]:
        """All UIDs >= ``low`` that the folder holds now, ascending, whatever their flags."""
        found: set[int] = set()
        with reported(self._where, f"searching from UID {low}"):
            for window in self._windows(max(low, 1)):
                found.update(self._client.search(f"UID {window}"))
        # "n:*" always includes the last mail, even one below n (RFC 9051, 9, seq-range).
        return sorted(uid for uid in found if uid >= low)

    def fetch(self, uids: Sequence[int], *, room: int) -> Fetched:
        """The mails, in one round trip up to ``FIRST_PIECE`` bytes each, without changing a flag.

        A mail larger than ``LARGEST_MAIL`` has ``raw`` None; one that was named without its bytes counts as withheld.
        """
        mails: list[FetchedMail] = []
        withheld: list[int] = []
        held = 0
        with reported(self._where, f"fetching {len(uids)} mails"):
            rows = self._rows(uids)
            for place, uid in enumerate(uids):
                row = rows.pop(uid, {})
                # A row without a date is an unasked-for change of flags, not an answer.
                if not row.get(b"INTERNALDATE"):
                    withheld.append(uid)
                    continue
                if held and held + _expected_size(row) > room:
                    return Fetched(mails, withheld, uids[place:])
                mail = self._mail(uid, row)
                if mail is None:
                    withheld.append(uid)
                    continue
                mails.append(mail)
                held += len(mail.raw or b"")
        return Fetched(mails, withheld)

    def arrivals(self, uids: Sequence[int]) -> Mapping[int, datetime]:
        """When the server received each of these, of those that it still has."""
        if not uids:
            return {}
        with reported(self._where, f"asking for the dates of {len(uids)} mails"):
            rows = self._client.fetch(uids, ["INTERNALDATE"])
        return {uid: _to_utc(rows[uid][b"INTERNALDATE"]) for uid in uids if rows.get(uid, {}).get(b"INTERNALDATE")}

    def mark(self, uids: Sequence[int]) -> None:
        """Show people that these were taken in: as seen, and with a keyword where the folder keeps keywords."""
        if uids and self._marks:
            with reported(self._where, f"marking {len(uids)} mails"):
                self._client.add_flags(uids, self._marks, silent=True)

    def count_by_message_id(self, message_id: str) -> int:
        """How many mails in the folder carry this Message-ID, given with or without its angle brackets."""
        # HEADER searches for a part of the field: the brackets make the part a whole.
        whole = f"<{message_id.strip().removeprefix('<').removesuffix('>')}>"
        if not whole.isprintable():
            raise ValueError("a Message-ID has no control characters")
        with reported(self._where, "searching for a Message-ID"):
            return len(self._client.search(["HEADER", "Message-ID", whole]))

    def _windows(self, low: int) -> list[str]:
        if self._holds <= SEARCH_WINDOW:
            return [f"{low}:*"]
        starts = range(low, max(self.status.uidnext, low + 1), SEARCH_WINDOW)
        return [f"{start}:{start + SEARCH_WINDOW - 1}" for start in starts[:-1]] + [f"{starts[-1]}:*"]

    def _rows(self, uids: Sequence[int]) -> dict[int, dict[bytes, Any]]:
        """The first piece of every mail; one by one where the server refuses the list because of one of them."""
        try:
            return self._ask(uids)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as exc:
            refused = exc
        if NOT_NOW.search(str(refused)):
            raise refused
        if len(uids) == 1:
            return {}
        rows: dict[int, dict[bytes, Any]] = {}
        for uid in uids:
            rows.update(self._rows([uid]))
        if not rows:
            # All of them: that is not the mails' fault, so no mail may be set aside for it.
            raise refused
        return rows

    def _ask(self, uids: Sequence[int]) -> dict[int, dict[bytes, Any]]:
        return dict(self._client.fetch(uids, _FIRST_ITEMS))

    def _mail(self, uid: int, row: Mapping[bytes, Any]) -> FetchedMail | None:
        """The mail of a row; None if the server does not hand it out."""
        first: bytes | None = row.get(b"BODY[]<0>")
        size = int(row.get(b"RFC822.SIZE", 0))
        received_at = _to_utc(row[b"INTERNALDATE"])
        is_cut = first is None or len(first) >= FIRST_PIECE
        if is_cut and size > LARGEST_MAIL:
            return _too_large(uid, size, received_at)
        raw = self._whole(uid, first, size=size) if first is not None and is_cut else first
        if raw is None:
            return None
        if len(raw) > LARGEST_MAIL:
            return _too_large(uid, len(raw), received_at)
        return FetchedMail(uid=uid, raw=raw, size=len(raw), received_at=received_at)

    def _whole(self, uid: int, first: bytes, *, size: int) -> bytes | None:
        """The whole mail up to a piece above the bound, or None if a piece of it cannot be had.

        A full piece means that there is more, whatever size the server stated.
        """
        # A BytesIO hands its bytes over at the end; joining pieces would hold a large mail twice.
        whole = BytesIO()
        whole.write(first)
        while (start := whole.tell()) <= LARGEST_MAIL:
            try:
                answer = self._client.fetch([uid], [f"BODY.PEEK[]<{start}.{NEXT_PIECE}>"])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as exc:
                if NOT_NOW.search(str(exc)):
                    raise
                return None
            piece: bytes | None = answer.get(uid, {}).get(b"BODY[]<%d>" % start)
            whole.write(piece or b"")
            if len(piece or b"") < NEXT_PIECE:
                return None if piece is None and start < size else whole.getvalue()
        return whole.getvalue()


def _too_large(uid: int, size: int, received_at: datetime) -> FetchedMail:
    reason = f"TOO_LARGE: the mail has {size} bytes and was not fetched"
    return FetchedMail(uid=uid, raw=None, size=size, received_at=received_at, reason=reason)


def _expected_size(row: Mapping[bytes, Any]) -> int:
    """How much of the room a mail will take, by what the server says and by what came of it already."""
    first = len(row.get(b"BODY[]<0>") or b"")
    stated = int(row.get(b"RFC822.SIZE", 0))
    return first if first < FIRST_PIECE or stated > LARGEST_MAIL else max(first, stated)


def _to_utc(moment: datetime) -> datetime:
    """INTERNALDATE has a zone; without one (against RFC 9051) it is taken as UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
