"""A real Dovecot IMAP server, unprivileged, with mailboxes as Maildir folders that tests fill directly."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from string import Template

from tests.services.inventory import DOVECOT
from tests.services.process import (
    LOOPBACK,
    ServerProcess,
    check_reachable,
    find_free_port,
    is_listening,
    is_root,
    refuse,
    require,
)

CONFIGURATION = Template(
    """
protocols = imap
listen = $host
base_dir = $folder/run
state_dir = $folder/run
instance_name = csr-$port
log_path = $folder/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_login_user = $user
default_internal_user = $user
default_internal_group = $group
first_valid_uid = 1
mail_location = maildir:$folder/mail/%u
mail_uid = $user
mail_gid = $group
mail_fsync = never
mail_max_userip_connections = 100
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $folder/users/%u
}
userdb {
  driver = static
  args = uid=$user gid=$group home=$folder/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $port
    address = $host
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
"""
)


@dataclass(frozen=True, slots=True)
class DovecotServer:
    """A running Dovecot: plain IMAP on loopback, one Maildir for each user."""

    port: int
    folder: Path
    process: ServerProcess
    owner: str
    group: str
    host: str = LOOPBACK
    _numbers: Iterator[int] = field(default_factory=partial(itertools.count, 1), repr=False)

    def add_user(self, address: str, password: str) -> None:
        """Let a user sign in from now on; the mailbox appears with the first sign-in or delivery."""
        # A file for each: Dovecot looks for changes of a file it knows only once a second.
        (self.folder / "users" / address).write_text(f"{address}:{{PLAIN}}{password}::::::\n", encoding="utf-8")

    def new_user(self) -> tuple[str, str]:
        """Add a user nobody else has, with an empty mailbox; returns address and password."""
        address, password = f"desk-{secrets.token_hex(4)}@corp.example", secrets.token_hex(8)
        self.add_user(address, password)
        return address, password

    def find_maildir(self, address: str, mailbox: str = "INBOX") -> Path:
        """Return the Maildir folder of a user's mailbox, whether or not it exists yet."""
        root = self.folder / "mail" / address
        return root if mailbox == "INBOX" else root / f".{mailbox.replace('/', '.')}"

    def deliver(self, address: str, mails: Iterable[bytes | Path], *, mailbox: str = "INBOX") -> int:
        """Put mails straight into a Maildir, unseen and in the given order; returns how many.

        Some thousand a second: no IMAP is spoken. UIDs follow the order of delivery.
        """
        maildir = self.find_maildir(address, mailbox)
        for part in ("tmp", "new", "cur"):
            self._make_folder(maildir / part)
        count = 0
        for mail in mails:
            # Dovecot hands out UIDs by file name, so the name counts up.
            name = f"1700000000.M{next(self._numbers):09d}P1.csr"
            draft = maildir / "tmp" / name
            if isinstance(mail, Path):
                shutil.copyfile(mail, draft)
            else:
                draft.write_bytes(mail)
            self._own(draft)
            draft.rename(maildir / "new" / name)  # a reader sees a whole mail or none
            count += 1
        return count

    def kill(self) -> None:
        """Kill the server; sessions break, mail stays."""
        self.process.kill()

    def start(self) -> None:
        """Start the server again on the same port."""
        self.process.start()

    def _make_folder(self, folder: Path) -> None:
        missing = [step for step in (folder, *folder.parents) if not step.exists()]
        for step in reversed(missing):
            step.mkdir(mode=0o700)
            self._own(step)

    def _own(self, path: Path) -> None:
        if is_root():
            shutil.chown(path, self.owner, self.group)


@contextmanager
def running_dovecot(folder: Path, users: Mapping[str, str] | None = None) -> Iterator[DovecotServer]:
    """Run a Dovecot with its files in ``folder`` and these users (address to password); skips where there is none.

    As root its processes and mail belong to ``nobody``, who must be able to enter ``folder``.
    """
    program = require(DOVECOT)
    version = DOVECOT.read_version()
    if not version.startswith("2.3."):  # 2.4 changed the language of its configuration
        refuse(f"Dovecot 2.3 is needed, {version} is installed")
    owner, group = _choose_owner()
    for part in ("run", "users", "mail"):
        (folder / part).mkdir()
    if is_root():
        check_reachable(folder)
        shutil.chown(folder / "mail", owner, group)
    port = find_free_port()
    configuration = folder / "dovecot.conf"
    configuration.write_text(
        CONFIGURATION.substitute(host=LOOPBACK, folder=folder, port=port, user=owner, group=group), encoding="utf-8"
    )
    process = ServerProcess(
        [str(program), "-F", "-c", str(configuration)], folder / "dovecot.out", is_ready=lambda: is_listening(port)
    )
    server = DovecotServer(port, folder, process, owner, group)
    for address, password in (users or {}).items():
        server.add_user(address, password)
    process.start()
    try:
        yield server
    finally:
        process.stop()


def _choose_owner() -> tuple[str, str]:
    if is_root():
        return "nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
    return pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
