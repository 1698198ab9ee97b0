"""The limit: the least that any intake has to do, without ORM, classification or matching.

Fetch 50, parse, HTML to text, store attachments, dedupe, look up the thread, insert request and audit rows, one commit,
one STORE. Takes the same arguments as the runners of csr_bot, so that it can stand in for them.
"""

from __future__ import annotations

import email
import hashlib
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from email.message import Message

import imapclient
from lxml import etree, html

from benchmarks.intake.runners import BATCH, Held, Job, Taken, run

SCHEMA = """
create table if not exists request(id integer primary key, uid int, message_id text unique, subject text, sender text,
    in_reply_to text, body text, parent int);
create table if not exists audit(id integer primary key, request int, event text, at text, previous text);
create table if not exists attachment(id integer primary key, request int, name text, sha256 text, content blob);
create index if not exists request_uid on request(uid);
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """What the loop keeps of a mail."""

    uid: int
    message_id: str
    subject: str
    sender: str
    in_reply_to: str | None
    body: str | None
    attachments: tuple[tuple[str, str, bytes], ...]


def take_in(job: Job) -> Taken:
    """Take in every mail of the mailbox that is not stored yet."""
    with closing(_connect(job.database)) as store, imapclient.IMAPClient(job.host, port=job.port, ssl=False) as box:
        # IMAPClient asks imaplib to format every answer for a logger that is off: 3x slower.
        box._imap.debug = 0  # noqa: SLF001  # there is no public switch
        box.login(job.user, job.password)
        box.select_folder("INBOX")
        known = {uid for (uid,) in store.execute("select uid from request where uid is not null")}
        uids = [uid for uid in box.search(["ALL"]) if uid not in known]
        batches = [uids[start : start + BATCH] for start in range(0, len(uids), BATCH)]
        for batch in batches:
            take_in_batch(box, store, batch)
    return Taken(mails=len(uids), commits=len(batches), fetches=len(batches), stores=len(batches))


def take_in_batch(box: imapclient.IMAPClient, store: sqlite3.Connection, uids: Sequence[int]) -> None:
    """One FETCH, one transaction, one STORE."""
    answers = box.fetch(uids, [b"BODY.PEEK[]"])
    mails = [_read(uid, answer[b"BODY[]"]) for uid, answer in answers.items()]
    store.execute("begin immediate")
    for mail in mails:
        _record(store, mail)
    store.execute("commit")
    box.add_flags(uids, [b"\\Seen"], silent=True)


def prefill(database: str, stored: int) -> None:
    """Create the tables and ``stored`` requests that came from elsewhere."""
    with closing(_connect(database)) as store:
        store.executescript(SCHEMA)
        store.execute("begin immediate")
        store.executemany(
            "insert into request(message_id, subject, sender, body) values (?, ?, ?, ?)",
            (
                (f"<stored.{number}@old.example>", "stored", f"user{number % 500}@old.example", "d" * 600)
                for number in range(stored)
            ),
        )
        store.execute("commit")


def count(database: str) -> Held:
    """Rows that came from the mailbox."""
    with closing(_connect(database)) as store:
        rows, distinct = store.execute(
            "select count(*), count(distinct message_id) from request where uid is not null"
        ).fetchone()
    return Held(rows=rows, distinct=distinct)


def _connect(database: str) -> sqlite3.Connection:
    store = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    store.execute("pragma journal_mode = wal")
    store.execute("pragma synchronous = full")
    return store


def _read(uid: int, raw: bytes) -> Mail:
    message = email.message_from_bytes(raw)
    body: str | None = None
    page: bytes | None = None
    attachments: list[tuple[str, str, bytes]] = []
    for part in _leaves(message):
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        name, kind = part.get_filename(), part.get_content_type()
        if name:
            attachments.append((name, hashlib.sha256(content).hexdigest(), content))
        elif kind == "text/plain" and body is None:
            body = content.decode("utf-8", "replace")
        elif kind == "text/html" and page is None:
            page = content
    if body is None and page is not None:
        body = etree.tostring(html.document_fromstring(page), method="text", encoding="unicode")
    reply = message["In-Reply-To"]
    return Mail(
        uid=uid,
        message_id=str(message["Message-ID"]),
        subject=str(message["Subject"]),
        sender=str(message["From"]),
        in_reply_to=str(reply) if reply else None,
        body=body,
        attachments=tuple(attachments),
    )


def _leaves(message: Message) -> Iterator[Message]:
    return (part for part in message.walk() if not part.is_multipart())


def _record(store: sqlite3.Connection, mail: Mail) -> None:
    parent = None
    if mail.in_reply_to:
        parent = store.execute("select id from request where message_id = ?", (mail.in_reply_to,)).fetchone()
    added = store.execute(
        "insert or ignore into request(uid, message_id, subject, sender, in_reply_to, body, parent)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (mail.uid, mail.message_id, mail.subject, mail.sender, mail.in_reply_to, mail.body, parent and parent[0]),
    )
    if added.rowcount == 0:
        return
    request = added.lastrowid
    store.execute(
        "insert into audit(request, event, at, previous) values (?, 'received', '2025-01-01T00:00:00Z', 'x')",
        (request,),
    )
    store.executemany(
        "insert into attachment(request, name, sha256, content) values (?, ?, ?, ?)",
        [(request, *attachment) for attachment in mail.attachments],
    )


if __name__ == "__main__":
    sys.exit(run(take_in=take_in, prefill=prefill, count=count))
