"""django-helpdesk 2.6.1, the peer: an environment of its own below the cache folder, and its store, fresh for each run.

The store is SQLite as Django ships it (rollback journal). Its settings are in ``peer_site``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import venv
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.intake.mailboxes import Account
from benchmarks.intake.mails import RECEIVER
from benchmarks.intake.processes import Command, run_plainly

NAME = "django-helpdesk 2.6.1"
REQUIREMENTS = Path(__file__).with_name("peer-requirements.txt")
SITE = Path(__file__).with_name("peer_site")


@dataclass(frozen=True, slots=True)
class Peer:
    """An installed django-helpdesk; ``store`` is a migrated database with one mail queue, to be copied for each run."""

    programs: Path
    store: Path

    name = NAME

    def prepare(self, folder: Path, account: Account, *, stored: int) -> Command:
        """A fresh store in ``folder`` whose queue reads the account; only an empty store is known here."""
        if stored:
            raise ValueError("the peer is measured with an empty store")
        shutil.copyfile(self.store, folder / "db.sqlite3")
        with closing(sqlite3.connect(folder / "db.sqlite3")) as store, store:
            store.execute(
                "update helpdesk_queue set"
                " email_box_host = ?, email_box_port = ?, email_box_user = ?, email_box_pass = ?",
                (account.host, account.port, account.user, account.password),
            )
        return Command([str(self.programs / "django-admin"), "get_email", "--quiet"], _environment(folder))

    def count_mails(self, folder: Path) -> int:
        """How many mails the store in ``folder`` holds: each became a follow-up, a new ticket has one as well."""
        with closing(sqlite3.connect(folder / "db.sqlite3")) as store:
            return int(store.execute("select count(distinct message_id) from helpdesk_followup").fetchone()[0])


def install_peer(cache: Path, scratch: Path) -> Peer:
    """Install the peer below ``cache`` unless it is there, and make its empty store in ``scratch``.

    Needs the package index the first time. Raises CommandError with pip's words.
    """
    pinned = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    environment = cache / f"peer-{pinned}"
    finished = environment / "finished"
    if not finished.exists():
        venv.create(environment, with_pip=True, clear=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        run_plainly(Command([*pip, "--requirement", str(REQUIREMENTS)]))
        finished.touch()
    programs = environment / "bin"
    _make_store(programs, scratch)
    return Peer(programs, scratch / "db.sqlite3")


def _make_store(programs: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    queue = folder / "queue.json"
    queue.write_text(json.dumps([{"model": "helpdesk.queue", "pk": 1, "fields": _queue()}]))
    for arguments in (["migrate", "-v0"], ["loaddata", "-v0", "emailtemplate.json"], ["loaddata", "-v0", str(queue)]):
        run_plainly(Command([str(programs / "django-admin"), *arguments], _environment(folder)))


def _queue() -> dict[str, object]:
    return {
        "title": "CSR",
        "slug": "csr",
        "email_address": RECEIVER,
        "allow_email_submission": True,
        "email_box_type": "imap",
        "email_box_ssl": False,
        "email_box_imap_folder": "INBOX",
        "email_box_interval": 0,
    }


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": str(SITE),
        "DJANGO_SETTINGS_MODULE": "settings",
        "PEER_FOLDER": str(folder),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
    }
