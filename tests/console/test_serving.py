from __future__ import annotations

import re
import time
from contextlib import contextmanager

import httpx
import pytest

from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.answers import shipped_answers
from csr_bot.console.app import running_console
from csr_bot.console.guarding import is_address
from csr_bot.wiring import SilentDoorbell
from tests.console.conftest import OUTSIDE, digest_of
from tests.console.office import HOSTILE, LETTERS, NOW, StandingClock, draw_picture, open_log, open_office


@contextmanager
def console_of(log):
    with (
        running_console(log, StandingClock(), answers=shipped_answers(), host="127.0.0.1", port=0) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client


@pytest.mark.parametrize("path", ["/", "/runs", "/health", "/nowhere", "/static/console.css", "/blobs/" + "0" * 64])
def test_every_answer_carries_the_strict_headers(web, path):
    headers = web.get(path).headers
    policy = {directive.strip() for directive in headers["content-security-policy"].split(";")}
    assert {"default-src 'none'", "style-src 'self'", "img-src 'self'", "frame-ancestors 'none'"} <= policy
    assert "form-action 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize("kind", OUTSIDE)
def test_a_file_from_outside_is_only_ever_handed_over_to_be_saved(web, kind):
    response = web.get(f"/blobs/{digest_of(kind)}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith('attachment; filename="')
    assert response.headers["content-disposition"].count('"') == 2
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in response.headers["content-security-policy"]


def test_a_screenshot_is_shown_as_the_picture_it_is(web, office):
    with office.log.read() as records:
        (sha256,) = {
            receipt[3]
            for case in records.cases.list(status="resolved", category=None, customer=None)
            for effect in records.effects.of_case(case.id)
            for receipt in records.effects.receipts(effect.id)
            if receipt[3]
        }
    response = web.get(f"/blobs/{sha256}")
    assert (response.headers["content-type"], response.content) == ("image/png", draw_picture())
    assert "content-disposition" not in response.headers


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("127.0.0.1:8080", True),
        ("localhost", True),
        ("[::1]:8080", True),
        ("192.0.2.7", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example:8080", False),
        ("", False),
        ("[", False),
    ],
)
def test_only_an_address_is_answered_never_a_name_that_somebody_else_controls(web, host, answered):
    assert is_address(host) is answered
    assert web.get("/", headers={"host": host}).status_code in ({200} if answered else {400, 421})


def test_health_tells_what_is_open_and_how_far_the_chain_goes(web, office):
    with office.log.read() as records:
        seq = records.events.head()[0]
    assert web.get("/health").json() == {
        "database": "ok", "tasks_open": 0, "oldest_due_at": None, "chain": {"seq": seq}
    }  # fmt: skip
    assert seq > 100


def test_health_names_the_oldest_task(tmp_path):
    log = open_log(tmp_path)
    with log.begin() as records:
        records.tasks.add(kind="poll", subject="billing", queue="mail", due_at=NOW)
    with console_of(log) as web:
        assert web.get("/health").json() == {
            "database": "ok", "tasks_open": 1, "oldest_due_at": "2025-11-24T13:12:00+00:00", "chain": {"seq": 0}
        }  # fmt: skip


def test_a_database_that_does_not_answer_is_said_so(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'without-tables.sqlite3'}")
    log = SqlCaseLog(engine, doorbell=SilentDoorbell(), lock_folder=tmp_path)
    with console_of(log) as web:
        health, page = web.get("/health"), web.get("/")
    assert health.status_code == page.status_code == 503
    assert "the database did not answer" in health.json()["database"]
    assert "the database did not answer" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_an_empty_queue_says_when_the_last_mail_was_read_and_that_all_are_accounted_for(tmp_path):
    office = open_office(tmp_path)
    with console_of(office.log) as web:
        assert "No mail has been taken in yet." in web.get("/").text
        office.receive([LETTERS["newsletter"].raw, HOSTILE])
        said = " ".join(web.get("/").text.split())
    assert "Nothing waits for you" in said
    assert "All 2 mails are accounted for: 1 case, 1 ignored." in said
    assert "24 Nov 2025 13:12 UTC" in said


def test_what_is_stopped_or_unread_is_said_above_the_queue(tmp_path):
    office = open_office(tmp_path)
    with office.log.begin() as records:
        records.house.put_stop("*", why="year-end close", by="maya", at=NOW)
        run = records.house.begin_run("billing", "poll", at=NOW)
        records.house.end_run(run.id, status="failed", counters={}, error="the password is refused", at=NOW)
    with console_of(office.log) as web:
        said = web.get("/").text
    assert "year-end close" in said
    assert "the password is refused" in said


def test_answers_do_not_wait_for_the_network(web):
    started = time.perf_counter()
    for _ in range(20):
        web.get("/health")
    # With delayed acknowledgements each answer would take 40 ms and more.
    assert time.perf_counter() - started < 0.8


def test_a_console_ends_with_its_block_and_frees_its_port(tmp_path):
    with running_console(
        open_log(tmp_path), StandingClock(), answers=shipped_answers(), host="127.0.0.1", port=0
    ) as url:
        assert httpx.get(f"{url}/health").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health")


@pytest.mark.service
def test_postgresql_shows_the_same_cases_and_files(tmp_path, postgres_server):
    office = open_office(tmp_path, postgres_server.new_database())
    office.receive([LETTERS["s1-price"].raw, LETTERS["price-delta-200"].raw])
    with console_of(office.log) as web:
        queue, cases = web.get("/").text, web.get("/?status=all&before=CSR-2025-000103").text
        waiting, resolved = web.get("/cases/101"), web.get("/cases/CSR-2025-000102")
        assert web.get("/health").json()["database"] == "ok"
        assert web.get("/runs").status_code == 200
        assert web.get(re.search(r'src="(/blobs/[^"]+)"', resolved.text)[1]).content == draw_picture()
    assert "2,400.00 USD" in queue
    assert "CSR-2025-000102" not in queue
    assert "CSR-2025-000102" in cases
    assert waiting.headers["location"] == "/cases/CSR-2025-000101"
    assert "done and proved" in resolved.text
    office.log.engine.dispose()
