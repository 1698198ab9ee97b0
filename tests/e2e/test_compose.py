"""Production as docker-compose.yml has it: its own commands as processes on a real Redis and PostgreSQL."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml

from csr_bot.core.case import AT_REST
from csr_bot.demo.letters import make_letters
from csr_bot.demo.world import MAILBOX, PEOPLE, DemoWorld
from csr_bot.wiring import House
from tests.e2e.processes import ROOT, run, started
from tests.services.postgres import PostgresServer
from tests.services.process import find_free_port, wait_until
from tests.services.redis import RedisServer

pytestmark = [pytest.mark.browser, pytest.mark.service]

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


def test_every_case_reaches_its_end_although_redis_is_emptied_in_the_middle(
    tmp_path: Path, redis_server: RedisServer, postgres_server: PostgresServer
) -> None:
    redis_server.flush()
    world = DemoWorld.start(tmp_path / "world")
    port = find_free_port()
    environ = {
        **world.environ,
        "CSR_DATABASE_URL": postgres_server.new_database(),
        "CSR_BROKER_URL": redis_server.url,
        "CSR_CONSOLE_PORT": str(port),
        "CSR_LEASE_SECONDS": "10",
        "CSR_QUIET_SECONDS": "2",
    }
    house = world.house(**environ)
    log = tmp_path / "processes.log"
    with ExitStack() as stack:
        stack.callback(world.stop)
        stack.callback(house.log.engine.dispose)
        migrated = run(*SERVICES["migrate"]["command"], environ=environ)
        assert migrated.returncode == 0, migrated.stderr
        with house.log.begin() as records:
            for person in PEOPLE:
                records.house.put_person(person)
        imported = run("ledger", "import", "billing", environ=environ)
        assert imported.returncode == 0, imported.stderr
        for service in ("web", "worker-mail", "worker-browser", "beat", "beat"):
            stack.enter_context(started(SERVICES[service]["command"], environ=environ, output=log))
        letters = make_letters(world.books, at=house.clock.now(), mailbox=MAILBOX)
        world.deliver(letters)
        wait_until(lambda: _taken_in(house) >= len(letters), what="the mails to be taken in", within=40)
        redis_server.flush()
        wait_until(lambda: _all_rest(house), what="every case to be at rest", within=240)
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert answer.status == 200
    with house.log.read() as records:
        verified = {
            effect.external_ref
            for case in records.cases.list(status=None, category=None, customer=None)
            for effect in records.effects.of_case(case.id)
            if effect.type.value == "create_credit_note" and effect.state.value == "verified"
        }
    notes = world.erp.credit_notes()
    assert len(notes) == 4
    assert {note.number for note in notes} == verified
    house.log.engine.dispose()


def _taken_in(house: House) -> int:
    with house.log.read() as records:
        return records.intake.count()


def _all_rest(house: House) -> bool:
    with house.log.read() as records:
        cases = records.cases.list(status=None, category=None, customer=None)
    return len(cases) >= 39 and all(case.status in AT_REST for case in cases)
