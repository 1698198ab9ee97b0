"""The service starters do what tests elsewhere rely on."""

from __future__ import annotations

import imaplib
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy.engine import make_url

from tests.services.dovecot import DovecotServer
from tests.services.postgres import PostgresServer
from tests.services.process import open_folder, wait_until
from tests.services.redis import RedisServer, running_redis

pytestmark = pytest.mark.service

MAIL = b"From: a@x.example\r\nSubject: %d\r\nMessage-ID: <%d@x.example>\r\n\r\nHello\r\n"


def read_subjects(server: DovecotServer, address: str, password: str, mailbox: str = "INBOX") -> list[bytes]:
    with imaplib.IMAP4(server.host, server.port) as session:
        session.login(address, password)
        session.select(mailbox, readonly=True)
        _, found = session.uid("fetch", "1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    return [part[1].strip() for part in found if isinstance(part, tuple)]


def test_mails_put_into_a_maildir_are_read_over_imap_in_their_order(
    dovecot_server: DovecotServer, tmp_path: Path
) -> None:
    address, password = dovecot_server.new_user()
    letter = tmp_path / "letter.eml"
    letter.write_bytes(MAIL % (1, 1))
    assert dovecot_server.deliver(address, [letter, MAIL % (2, 2), MAIL % (3, 3)]) == 3
    assert dovecot_server.deliver(address, (MAIL % (n, n) for n in range(4, 40))) == 36
    assert read_subjects(dovecot_server, address, password) == [b"Subject: %d" % n for n in range(1, 40)]


def test_a_mailbox_filled_by_deliver_can_be_written_over_imap(dovecot_server: DovecotServer) -> None:
    address, password = dovecot_server.new_user()
    dovecot_server.deliver(address, [MAIL % (1, 1)])
    with imaplib.IMAP4(dovecot_server.host, dovecot_server.port) as session:
        session.login(address, password)
        assert session.create("Processed")[0] == "OK"
        session.select()
        assert session.uid("move", "1", "Processed")[0] == "OK"
    assert read_subjects(dovecot_server, address, password, "Processed") == [b"Subject: 1"]
    dovecot_server.deliver(address, [MAIL % (2, 2)], mailbox="Processed")
    assert read_subjects(dovecot_server, address, password, "Processed") == [b"Subject: 1", b"Subject: 2"]


def test_a_wrong_password_is_refused(dovecot_server: DovecotServer) -> None:
    address, _ = dovecot_server.new_user()
    with imaplib.IMAP4(dovecot_server.host, dovecot_server.port) as session, pytest.raises(imaplib.IMAP4.error):
        session.login(address, "wrong")


def test_a_restarted_dovecot_keeps_its_mail(dovecot_server: DovecotServer) -> None:
    address, password = dovecot_server.new_user()
    dovecot_server.deliver(address, [MAIL % (1, 1)])
    dovecot_server.kill()
    with pytest.raises(OSError, match="refused"):
        imaplib.IMAP4(dovecot_server.host, dovecot_server.port)
    dovecot_server.start()
    assert read_subjects(dovecot_server, address, password) == [b"Subject: 1"]


def test_a_restarted_redis_keeps_its_data_and_a_flushed_one_forgets(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("queue", "one")
    redis_server.restart()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.get("queue") == b"one"
        redis_server.flush()
        assert client.get("queue") is None


def test_two_redis_servers_do_not_meet(redis_server: RedisServer) -> None:
    with open_folder("second") as folder, running_redis(folder) as second:
        assert second.port != redis_server.port


def test_each_new_database_is_empty_and_its_own(postgres_server: PostgresServer) -> None:
    first, second = make_url(postgres_server.new_database()), make_url(postgres_server.new_database())
    assert first.drivername == "postgresql+psycopg"
    with postgres_server.connect(first.database) as connection:
        connection.execute("create table kept (n int)")
    with postgres_server.connect(second.database) as connection:
        assert connection.execute("select to_regclass('kept')").fetchone() == (None,)


def test_a_killed_postgres_recovers_what_was_committed(postgres_server: PostgresServer) -> None:
    database = make_url(postgres_server.new_database()).database
    with postgres_server.connect(database) as connection:
        connection.execute("create table kept as select 1 as n")
        postgres_server.kill()
        wait_until(lambda: _is_broken(connection), what="the connection breaks")
    postgres_server.start()
    with postgres_server.connect(database) as connection:
        assert connection.execute("select n from kept").fetchone() == (1,)


def _is_broken(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("select 1")
    except psycopg.OperationalError:
        return True
    return False
